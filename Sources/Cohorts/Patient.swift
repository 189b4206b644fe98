/// A person in a cohort.
public struct Patient: Codable, Hashable, Sendable {
  /// Unique within the cohort; splits never divide a patient.
  public var id: String
  public var sex: Sex?
  /// Age in years at the first image; nil where the data set has none.
  public var ageYears: Double?
  /// Number of comorbidities; nil where unknown.
  public var comorbidities: Int?

  public init(id: String, sex: Sex? = nil, ageYears: Double? = nil, comorbidities: Int? = nil) {
    self.id = id
    self.sex = sex
    self.ageYears = ageYears
    self.comorbidities = comorbidities
  }
}

/// Recorded sex, in the coding of the source files.
public enum Sex: String, Codable, Hashable, Sendable, CaseIterable {
  case female = "F"
  case male = "M"
}
