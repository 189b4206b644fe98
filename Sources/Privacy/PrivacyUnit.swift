/// Whom a guarantee protects: what neighbouring data sets differ by.
public enum PrivacyUnit: Hashable, Sendable {
  /// One image.
  case image
  /// A patient with all images; the number of the patient of every case. Numbers may be any, equal
  /// ones are one patient.
  case patient([Int])
}

/// Poisson batches of images, or of patients who each bring one image at random.
///
/// With patients as the unit, a patient joins a step with probability q whatever the number of
/// images, and with one image, clipped to C: one step is the sampled Gaussian mechanism at rate q
/// for neighbours that differ by a patient, and the accountants hold as they are. Sampling images
/// instead leaves a patient with k images with the cost of `GroupPrivacy.spent`.
///
/// Source: one record per user and step, as in McMahan et al. 2018, arXiv 1710.06963, and Charles
/// et al. 2024, arXiv 2407.07737.
public struct PoissonUnits: Sendable {
  /// Number of images, or of patients.
  public let count: Int
  /// Cases of every patient, patients by first appearance; nil where images are the unit.
  private let members: [[Int]]?

  public init(cases: Int, unit: PrivacyUnit) {
    switch unit {
    case .image:
      count = cases
      members = nil
    case .patient(let numbers):
      precondition(
        numbers.count == cases,
        "patients (\(numbers.count)) must be given for each of \(cases) cases")
      var places: [Int: Int] = [:]
      var members: [[Int]] = []
      for (index, number) in numbers.enumerated() {
        if let place = places[number] {
          members[place].append(index)
        } else {
          places[number] = members.count
          members.append([index])
        }
      }
      count = members.count
      self.members = members
    }
  }

  /// The cases of a step: each unit with probability `rate`, in order; possibly none.
  public func subsample(step: Int, rate: Double, source: NoiseSource) -> [Int] {
    let drawn = source.subsample(step: step, count: count, rate: rate)
    guard let members else { return drawn }
    let own = drawn.map { members[$0] }
    return zip(own, source.choices(step: step, below: own.map(\.count))).map { $0[$1] }
  }
}
