import Physics

/// A place where radiographs are taken: apparatus, habits and case mix.
///
/// All numbers are chosen, not measured, unless a source is named.
public struct ChestSite: Codable, Hashable, Sendable {
  public var name: String
  /// Air kerma at the detector in µGy; every image varies around it.
  public var exposureMicrogray: Double
  /// Effective energy in keV.
  public var energyKeV: Double
  /// See `XRayDetector.scatterFraction`.
  public var scatterFraction: Double
  /// Detector unsharpness in millimetres.
  public var blurMM: Double
  /// Width of the square film in millimetres.
  public var fieldMM: Double
  /// Size of its patients relative to adults.
  public var patientScale: Double
  /// Age range that replaces the population's shares where given.
  public var ageYears: ClosedRange<Double>?
  /// Share of images taken from the front with the patient in bed.
  public var bedsideShare: Double
  /// Multiplies the spread of rotation, centring, tilt and inspiration.
  public var positioning: Double
  /// Share of images with visible collimation, and how far it cuts in as a share of the field.
  public var collimation: Double
  public var collimationDepth: Double
  /// Gamma of the display transform and the width of its window relative to the anatomy.
  public var gamma: Double
  public var windowWidth: Double
  /// Spread of window level and width between images.
  public var windowJitter: Double
  /// Mean number of lines and tubes in a bedside image.
  public var devices: Double
  /// Probability that a chest drain accompanies a positive pneumothorax or effusion.
  public var drain: Double
  /// Corner of the laterality letter: "R" at the viewer's upper left, "L" at the upper right.
  public var letter: String
  /// Text burned into the lower corner; empty for none. Characters A-Z and space.
  public var text: String
  /// Added to the latent normal scale of every finding: .3 turns a prevalence of .20 into .29.
  public var prevalenceShift: Double
  /// Histogram equalisation of the finished image, as in the published pre-processing.
  public var equalizes: Bool

  /// Intensive care: portable apparatus, no grid, patients in bed.
  public static let bedside = ChestSite(
    name: "bedside", exposureMicrogray: 3, energyKeV: 56, scatterFraction: 0.66, blurMM: 0.25,
    fieldMM: 356, patientScale: 1, ageYears: nil, bedsideShare: 0.92, positioning: 1,
    collimation: 0.25, collimationDepth: 0.06, gamma: 1, windowWidth: 1, windowJitter: 1,
    devices: 3, drain: 0.35, letter: "R", text: "AP", prevalenceShift: 0, equalizes: false)

  /// Emergency department: half of the patients stand.
  public static let emergency = ChestSite(
    name: "emergency", exposureMicrogray: 4, energyKeV: 60, scatterFraction: 0.5, blurMM: 0.2,
    fieldMM: 370, patientScale: 1, ageYears: nil, bedsideShare: 0.45, positioning: 0.8,
    collimation: 0.45, collimationDepth: 0.09, gamma: 0.85, windowWidth: 1.15, windowJitter: 0.8,
    devices: 1, drain: 0.2, letter: "L", text: "", prevalenceShift: -0.25, equalizes: false)

  /// Outpatients, upright, from behind, with grid.
  public static let outpatient = ChestSite(
    name: "outpatient", exposureMicrogray: 5, energyKeV: 64, scatterFraction: 0.35, blurMM: 0.15,
    fieldMM: 350, patientScale: 1, ageYears: nil, bedsideShare: 0.03, positioning: 0.5,
    collimation: 0.3, collimationDepth: 0.05, gamma: 1.15, windowWidth: 0.95, windowJitter: 0.5,
    devices: 0.1, drain: 0.05, letter: "R", text: "PA", prevalenceShift: -0.7, equalizes: false)

  /// An old computed-radiography cassette: hard contrast, noise, equalised histogram.
  public static let cassette = ChestSite(
    name: "cassette", exposureMicrogray: 1.2, energyKeV: 52, scatterFraction: 0.6, blurMM: 0.45,
    fieldMM: 364, patientScale: 1, ageYears: nil, bedsideShare: 0.7, positioning: 1.2,
    collimation: 0.6, collimationDepth: 0.08, gamma: 1, windowWidth: 0.85, windowJitter: 1.3,
    devices: 2, drain: 0.35, letter: "L", text: "SUPINE", prevalenceShift: 0.15, equalizes: true)

  /// Children of one to five years, as in the public films that the realism rows compare with;
  /// the unsharpness stands for motion and for the many resamplings of such files.
  public static let paediatric = ChestSite(
    name: "paediatric", exposureMicrogray: 2, energyKeV: 50, scatterFraction: 0.3, blurMM: 1.25,
    fieldMM: 146, patientScale: 0.5, ageYears: 1...5.99, bedsideShare: 0.5, positioning: 0.9,
    collimation: 0.06, collimationDepth: 0.08, gamma: 0.9, windowWidth: 1.3, windowJitter: 1,
    devices: 0.1, drain: 0, letter: "", text: "", prevalenceShift: 0, equalizes: false)

  /// The adult sites, for studies of shift between institutions.
  public static let adults = [bedside, emergency, outpatient, cassette]
}
