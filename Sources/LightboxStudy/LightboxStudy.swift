// The umbrella that studies import.
@_exported import Autodiff
@_exported import Cohorts
@_exported import Generative
@_exported import Imaging
@_exported import Kernels
@_exported import Metrics
@_exported import Networks
@_exported import Phantoms
@_exported import Physics
@_exported import Plotting
@_exported import Privacy
@_exported import Statistics
@_exported import StudyKit
@_exported import Tensors
@_exported import Training
