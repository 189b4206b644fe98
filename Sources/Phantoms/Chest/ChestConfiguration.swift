import Cohorts

/// Everything that decides a simulated chest cohort, apart from its random stream.
public struct ChestConfiguration: Codable, Hashable, Sendable {
  public var population = ChestPopulation()
  /// Probability of a positive label (grade 3 or 4) per finding, in the order of
  /// `ChestFinding.allCases`, at a site without shift and for the average patient. Chosen.
  public var prevalence = [0.34, 0.24, 0.19, 0.17, 0.19, 0.17, 0.18, 0.18, 0.03, 0.025]
  /// Probability that a reader's grade is one off the true one.
  public var raterError = 0.08
  /// Multiplies the visible strength of findings.
  public var contrast = 1.0
  /// Multiplies what disturbs: lung texture, anatomical variation, window jitter.
  public var clutter = 1.0
  /// Groups of patients whose images are harder (or easier) to read.
  public var groups: [ChestGroup] = []

  public init() {}

  /// The difficulty of a patient: the sum over the groups that the patient belongs to.
  public func difficulty(of patient: Patient) -> Double {
    groups.reduce(0) { $0 + ($1.contains(patient) ? $1.difficulty : 0) }
  }
}

/// Who is imaged.
public struct ChestPopulation: Codable, Hashable, Sendable {
  public var maleShare = 0.64
  /// Lower bounds of the age groups in years; the last group ends at 100.
  public var ageGroups = [18.0, 30, 60, 70, 80]
  /// Shares of the age groups.
  public var ageShares = [0.05, 0.25, 0.22, 0.30, 0.18]
  /// Relative frequency of 1, 2, … 8 images per patient; mean 4.3.
  public var imagesPerPatient = [0.16, 0.13, 0.12, 0.12, 0.12, 0.12, 0.12, 0.11]
  /// Mean number of comorbidities below 30 and from 80 years on; linear between.
  public var comorbidities = 0.8...3.0
  /// Correlation of every finding's latent with age and comorbidity.
  public var burdenLoading = 0.35
  /// Correlation of the latents of cardiomegaly and congestion.
  public var heartLungCorrelation = 0.4

  public init() {}
}

/// A group of patients by sex and age, with a difficulty of its own.
///
/// Difficulty 0 is the configuration's own; 1 weakens findings by a third and strengthens clutter
/// by a half. It does not touch the size or prevalence of the group, so the two can be crossed.
public struct ChestGroup: Codable, Hashable, Sendable {
  public var sex: Sex?
  public var ageYears: Range<Double>?
  public var difficulty: Double

  public init(sex: Sex? = nil, ageYears: Range<Double>? = nil, difficulty: Double) {
    self.sex = sex
    self.ageYears = ageYears
    self.difficulty = difficulty
  }

  public func contains(_ patient: Patient) -> Bool {
    if let sex, patient.sex != sex { return false }
    if let ageYears, !ageYears.contains(patient.ageYears ?? -1) { return false }
    return true
  }
}
