import Cohorts

/// Everything that decides a simulated abdominal CT cohort, apart from its random stream.
///
/// All numbers are chosen, not measured, unless a source is named.
public struct AbdomenConfiguration: Codable, Hashable, Sendable {
  public var maleShare = 0.6
  /// Mean and standard deviation of the age in years; cut at 20 and 95.
  public var ageMean = 66.0
  public var ageDeviation = 12.0
  /// Share of patients with pancreatic ductal adenocarcinoma, the same in both sexes and at all ages.
  public var carcinomaShare = 0.5
  /// Share of the carcinomas that sit in the head of the pancreas.
  public var headShare = 0.65
  /// Share of carcinomas that dilate the duct behind them, and of patients without one whose duct is
  /// wide all the same.
  public var dilationWithCarcinoma = 0.7
  public var dilationWithout = 0.06
  /// Radius of a carcinoma in millimetres.
  public var radiusMM = 7.0...18.0
  /// How much darker a carcinoma is than the gland, in Hounsfield units; of each patient within a half.
  public var contrastHU = 32.0
  /// Noise of a pixel in Hounsfield units.
  public var noiseHU = 18.0

  public init() {}
}
