import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import Training

/// The numbers of a differentially private stochastic gradient step.
public struct DPSGDParameters: Codable, Hashable, Sendable {
  /// Which halves of the mechanism act. Everything but `.full` is an ablation and not private.
  public enum Mode: String, Codable, Hashable, Sendable, CaseIterable {
    case full = "clip and noise"
    case clipOnly = "clip only"
    case noiseOnly = "noise only"
    case neither
  }

  /// C: the largest norm of the gradient of one example, over all parameters jointly.
  public var clippingNorm: Double
  /// σ: the noise's standard deviation in units of C.
  public var noiseMultiplier: Double
  public var mode: Mode

  public init(clippingNorm: Double = 1.5, noiseMultiplier: Double, mode: Mode = .full) {
    precondition(clippingNorm > 0, "clippingNorm (\(clippingNorm)) must be positive")
    precondition(noiseMultiplier >= 0, "noiseMultiplier (\(noiseMultiplier)) must be ≥ 0")
    self.clippingNorm = clippingNorm
    self.noiseMultiplier = noiseMultiplier
    self.mode = mode
  }

  var clips: Bool { mode == .full || mode == .clipOnly }
  var isNoisy: Bool { (mode == .full || mode == .noiseOnly) && noiseMultiplier > 0 }
}

/// The private gradient estimate of DP-SGD, with example-level (add or remove one) neighbours.
///
/// Step t draws a Poisson subsample S (every case with probability q = B/N), possibly empty, and
/// releases
///
///     g̃ = (Σ_{i∈S} g_i · min(1, C/(‖g_i‖₂ + 10⁻⁶)) + N(0, σ²C² I)) / (qN)
///
/// with the norm over all parameters jointly, the noise drawn once per step whatever the
/// micro-batches, and the division by the expected batch, never the drawn one. The number of
/// steps is ⌊epochs · N/B⌋.
///
/// With `unit: .patient` the neighbours differ by a patient with all images: S draws patients, each
/// with probability q = B / patients, and every drawn patient joins with one image at random, so
/// that nobody moves a step by more than C.
///
/// Each micro-batch needs one backward pass (Bu et al. 2023, "Differentially private optimization
/// on large model at small cost"): norms and clipped sums come from the layers' inputs and
/// output gradients.
///
/// Source: Abadi et al. 2016, doi:10.1145/2976749.2978318; the 10⁻⁶ is that of Opacus.
public struct DPSGD<Scalar: TensorScalar>: GradientEstimator {
  public let cases: Int
  public let plan: TrainingPlan
  public let parameters: DPSGDParameters
  public let source: NoiseSource
  private let sampling: PoissonUnits

  /// `plan.batchSize` is the expected batch qN, at most the number of `cases` (or of patients, where
  /// they are the unit).
  public init(
    cases: Int, plan: TrainingPlan, parameters: DPSGDParameters, source: NoiseSource,
    unit: PrivacyUnit = .image
  ) {
    let sampling = PoissonUnits(cases: cases, unit: unit)
    precondition(
      (1...max(1, sampling.count)).contains(plan.batchSize),
      "batchSize (\(plan.batchSize)) must lie in 1...\(sampling.count)")
    self.sampling = sampling
    self.cases = cases
    self.plan = plan
    self.parameters = parameters
    self.source = source
  }

  /// q, the probability of a case (or patient) to join a step.
  public var samplingRate: Double { Double(plan.batchSize) / Double(sampling.count) }

  /// ⌊epochs · N/B⌋, in exact arithmetic.
  public static func steps(epochs: Int, cases: Int, batchSize: Int) -> Int {
    epochs * cases / batchSize
  }

  public var steps: Int { Self.steps(epochs: plan.epochs, cases: cases, batchSize: plan.batchSize) }
  public var isRepeatable: Bool { source.isRepeatable }

  /// The cases that a step draws, in order; not for release.
  func batch(step: Int) -> [Int] {
    sampling.subsample(step: step, rate: samplingRate, source: source)
  }

  /// The same batches and source with other parameters.
  func with(_ parameters: DPSGDParameters) -> DPSGD {
    DPSGD(cases: cases, plan: plan, parameters: parameters, source: source, sampling: sampling)
  }

  private init(
    cases: Int, plan: TrainingPlan, parameters: DPSGDParameters, source: NoiseSource,
    sampling: PoissonUnits
  ) {
    self.cases = cases
    self.plan = plan
    self.parameters = parameters
    self.source = source
    self.sampling = sampling
  }

  public func estimate(
    step: Int, network: any Network<Scalar>, data: TrainingData<Scalar>,
    loss: MultiLabelLoss<Scalar>
  ) throws -> GradientEstimate<Scalar> {
    precondition(data.count == cases, "data (\(data.count) cases) must be the \(cases) planned for")
    let batch = batch(step: step)
    let bound = parameters.clippingNorm
    var sum = network.parameters.map { Tensor<Scalar>.zeros($0.shape) }
    var losses = 0.0
    var norms: [Double] = []
    for start in stride(from: 0, to: batch.count, by: plan.microBatch) {
      let part = data.batch(batch[start..<min(batch.count, start + plan.microBatch)])
      let variables = network.variables
      let each = loss(network(Variable(part.images)), targets: part.targets, known: part.known)
      let backward = PerExampleBackward(of: each, at: variables, freeingGraph: true)
      let found = backward.squaredNorms.map { $0.squareRoot() }
      guard found.allSatisfy(\.isFinite) else {
        throw LightboxError(
          .software,
          "step \(step): found a per-example gradient that is not finite; "
            + "lower the learning rate")
      }
      sum.add(
        backward.weightedSum(
          found.map { parameters.clips ? Scalar(min(1, bound / ($0 + 1e-6))) : 1 }))
      norms += found
      losses += each.value.elements.reduce(0) { $0 + Double($1) }
    }
    var statistics = StepStatistics(step: step, batch: batch.count, loss: nil)
    if !batch.isEmpty {
      let count = Double(batch.count)
      statistics.loss = losses / count
      statistics.meanNorm = norms.reduce(0, +) / count
      statistics.clippedFraction =
        parameters.clips ? Double(norms.filter { $0 + 1e-6 > bound }.count) / count : 0
    }
    if parameters.isNoisy {
      let deviation = parameters.noiseMultiplier * bound
      let dimension = Double(sum.reduce(0) { $0 + $1.count })
      statistics.signalToNoise = sum.norm() / (deviation * dimension.squareRoot())
      source.addNoise(step: step, deviation: deviation, to: &sum)
    }
    let share = Scalar(1 / Double(plan.batchSize))
    sum = sum.map { $0 * share }
    return GradientEstimate(gradients: sum, statistics: statistics)
  }
}

/// Trains a network in place by DP-SGD.
///
/// `plan.batchSize` is the expected batch. The record's `releases` is the number of compositions
/// to account for, at sampling rate `plan.batchSize / data.count` and the parameters' noise
/// multiplier.
@discardableResult
public func trainPrivately<Scalar>(
  _ network: any Network<Scalar>, on data: TrainingData<Scalar>, plan: TrainingPlan,
  parameters: DPSGDParameters, source: NoiseSource, continuing: Continuation<Scalar> = .none,
  progress: ((StepStatistics, _ steps: Int) throws -> Void)? = nil
) throws -> TrainingRecord {
  try train(
    network, on: data, plan: plan,
    estimator: DPSGD(cases: data.count, plan: plan, parameters: parameters, source: source),
    continuing: continuing, progress: progress)
}
