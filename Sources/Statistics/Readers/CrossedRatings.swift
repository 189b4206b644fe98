import Kernels

/// Ratings of a fully crossed reader study: every reader rates every case with every modality.
///
/// Higher ratings mean "more positive". A modality is what is compared (a treatment, a display,
/// with and without help); a cluster is what several cases share (two knees of one patient).
/// Read one from a long table with `init(rows:file:columns:)`, which names what keeps the table
/// from being crossed.
public struct CrossedRatings: Sendable {
  /// In order of appearance; differences are the earlier less the later.
  public let modalities: [String]
  public let readers: [String]
  public let cases: [String]
  /// [case], true for a positive.
  public let truth: [Bool]
  /// [modality][reader][case]
  public let ratings: [[[Double]]]
  /// Of the cases; nil where they are independent.
  public let clusters: Clusters?

  /// From arrays; names default to 1, 2, ….
  ///
  /// - `ratings`: [modality][reader][case]
  /// - `truth`: [case]
  public init(
    ratings: [[[Double]]], truth: [Bool], clusters: Clusters? = nil, modalities: [String]? = nil,
    readers: [String]? = nil, cases: [String]? = nil
  ) {
    func numbered(_ count: Int) -> [String] { (0..<count).map { "\($0 + 1)" } }
    let modalityCount = ratings.count
    let readerCount = ratings.first?.count ?? 0
    precondition(
      ratings.allSatisfy { $0.count == readerCount && $0.allSatisfy { $0.count == truth.count } },
      "ratings must hold [modality][reader][case] for \(readerCount) readers, \(truth.count) cases")
    precondition(
      clusters.map { $0.codes.count == truth.count } ?? true,
      "clusters must match the \(truth.count) cases")
    self.modalities = modalities ?? numbered(modalityCount)
    self.readers = readers ?? numbered(readerCount)
    self.cases = cases ?? numbered(truth.count)
    precondition(
      self.modalities.count == modalityCount && self.readers.count == readerCount
        && self.cases.count == truth.count, "every modality, reader and case needs one name")
    self.ratings = ratings
    self.truth = truth
    self.clusters = clusters
  }

  public var positives: Int { truth.reduce(0) { $0 + ($1 ? 1 : 0) } }
  public var negatives: Int { truth.count - positives }

  /// [score][case], modality by modality: score of modality i and reader j is i·readers + j.
  var scores: [[Double]] { ratings.flatMap { $0 } }

  /// The units that are left out or drawn together: clusters, or single cases.
  var units: Clusters { clusters ?? Clusters(singletons: truth.count) }
}
