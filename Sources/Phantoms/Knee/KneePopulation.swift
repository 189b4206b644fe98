/// What simulated patients with knees are drawn from, and how their knees change.
///
/// Sources: visits and the range of ages are those of the Osteoarthritis Initiative; 58 % of its
/// participants are women and 60 % of the knees have grade 0 or 1 at the start (PMC9840689). Knees
/// with osteoarthritis lose .13 ± .15 mm of joint space a year (Emrani et al. 2008,
/// doi:10.1016/j.joca.2007.12.004); of the knees of grade 0 or 1, 12 % rise by two grades within four
/// years (Driban et al. 2016, doi:10.1177/1759720X16658032). The numbers below were chosen so that
/// these come out; `make phantoms` compares. Shapes, sizes and nuisance are chosen.
public struct KneePopulation: Codable, Hashable, Sendable {
  /// Months after the start at which films are taken.
  public var visits = [0, 12, 24, 36, 48, 72, 96]
  public var femaleShare = 0.58
  /// Share of the variance of the log rate that the anatomy score explains: 0, .1, .25 or .5. At 0
  /// nothing in a picture tells a fast knee from a slow one.
  public var anatomyToRate = 0.25
  /// Median progression in stages a year, and the standard deviation of its logarithm.
  public var rateMedian = 0.12
  public var rateSpread = 1.0
  /// Largest progression in stages a year.
  public var rateLimit = 1.2
  /// Mean and standard deviation of the stage at the start.
  public var stageMean = 1.5
  public var stageSpread = 1.7
  /// Share of a misread grade, one too high or too low: .13 makes a linear weighted κ of .85 or so.
  public var misread = 0.13
  /// Share of the patients with worse grade 1.5 lost between two visits; higher grades are lost more.
  public var dropOut = 0.1
  /// Knees replaced a year, by grade.
  public var replacementRate = [0, 0, 0.002, 0.015, 0.07]
  /// Multiplies positioning and exposure: 0 gives every film of a knee the same view.
  public var nuisance = 1.0

  public init() {}
}

/// Right or left; pictures show every knee as a right one.
public enum KneeSide: String, Codable, Hashable, Sendable, CaseIterable {
  case right = "R"
  case left = "L"
}

/// The inner or outer half of a joint.
public enum KneeCompartment: Int, Codable, Hashable, Sendable, CaseIterable {
  case medial, lateral

  /// Where it lies in a picture: 1 at the viewer's right, -1 at the left.
  package var sign: Float { self == .medial ? 1 : -1 }
}

/// A place where spurs of bone grow.
public enum KneeMargin: Int, Codable, Hashable, Sendable, CaseIterable {
  case medialTibia, lateralTibia, medialFemur, lateralFemur

  public var compartment: KneeCompartment {
    self == .medialTibia || self == .medialFemur ? .medial : .lateral
  }
  public var isFemur: Bool { self == .medialFemur || self == .lateralFemur }
}
