/// Scored cases with the group of each: the input of all group comparisons.
public struct FairnessCases: Sendable {
  /// [case]
  public let scores: [Double]
  /// [case]
  public let labels: [Bool]
  /// [case]; an empty name means unknown. Cases of unknown group belong to no group and to no
  /// "others"; `unknown` counts them.
  public let groups: [String]
  /// A score at or above it is a positive call. Choose it on validation data.
  public let threshold: Double
  /// Patients of the cases; nil where cases are independent.
  public let clusters: Clusters?
  /// Group names, sorted.
  public let names: [String]
  /// Cases of unknown group.
  public let unknown: Int
  let members: [String: [Int]]

  public init(
    scores: [Double], labels: [Bool], groups: [String], threshold: Double,
    clusters: Clusters? = nil
  ) {
    precondition(
      scores.count == labels.count,
      "scores (count \(scores.count)) must match labels (count \(labels.count))")
    precondition(
      scores.count == groups.count,
      "scores (count \(scores.count)) must match groups (count \(groups.count))")
    if let clusters {
      precondition(
        scores.count == clusters.codes.count,
        "scores (count \(scores.count)) must match clusters (count \(clusters.codes.count))")
    }
    self.scores = scores
    self.labels = labels
    self.groups = groups
    self.threshold = threshold
    self.clusters = clusters
    let codes = Clusters(groups)
    var lists = [[Int]](repeating: [], count: codes.count)
    for i in groups.indices { lists[Int(codes.codes[i])].append(i) }
    var members: [String: [Int]] = [:]
    for list in lists { members[groups[list[0]]] = list }
    unknown = members.removeValue(forKey: "")?.count ?? 0
    names = members.keys.sorted()
    self.members = members
  }

  /// Case indices of a group; empty for a name that does not occur.
  public func indices(of group: String) -> [Int] { members[group] ?? [] }

  /// Case indices of all known groups but one.
  public func indices(besides group: String) -> [Int] {
    groups.indices.filter { groups[$0] != group && !groups[$0].isEmpty }
  }
}
