/// One image of one patient, with its labels.
public struct Case: Codable, Hashable, Sendable {
  /// Unique within the cohort; file name or generated number.
  public var id: String
  /// `Patient.id` of the person shown.
  public var patient: String
  public var split: Split
  /// Site (hospital, device) that the image comes from; empty where unknown.
  public var site: String
  /// One label per name in `Cohort.labelNames`, in that order: 0 or 1; nil where not recorded.
  public var labels: [Int?]

  public init(id: String, patient: String, split: Split, site: String = "", labels: [Int?]) {
    self.id = id
    self.patient = patient
    self.split = split
    self.site = site
    self.labels = labels
  }
}

/// The role of a case.
public enum Split: String, Codable, Hashable, Sendable, CaseIterable {
  case train, validation, test
}
