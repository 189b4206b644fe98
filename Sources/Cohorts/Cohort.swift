import Tensors

/// Where data comes from; printed beside everything computed from it.
public enum DataTier: String, Codable, Hashable, Sendable {
  case simulated
  case aggregates
  case `public`
  case restricted
}

/// Patients, their images and labels, whatever the source: a phantom or an adapter.
public struct Cohort: Codable, Sendable {
  /// Name of the data set or phantom, for tables and run.json.
  public var name: String
  public var tier: DataTier
  public var labelNames: [String]
  public var patients: [Patient]
  public var cases: [Case]
  /// Images, one per case in the same order: [case, channel, height, width], 0...1.
  public var images: Tensor<Float>
  /// What a reader of any result must know of the data: unknown patients, duplicates, splits made.
  public var notes: [String]

  public init(
    name: String, tier: DataTier, labelNames: [String], patients: [Patient], cases: [Case],
    images: Tensor<Float>, notes: [String] = []
  ) {
    precondition(
      images.rank == 4 && images.shape[0] == cases.count,
      "images \(images.shape) must be [case, channel, height, width] with \(cases.count) cases")
    self.name = name
    self.tier = tier
    self.labelNames = labelNames
    self.patients = patients
    self.cases = cases
    self.images = images
    self.notes = notes
  }
}
