import Plotting

/// One output of a run, with the line that made it: what the weaver needs.
public struct LogRow: TableRow, Hashable, Sendable {
  public static let columns = [
    Column("file"), Column("line"), Column("kind"), Column("id"), Column("tier"), Column("title"),
    Column("value"), Column("unit"),
  ]

  /// What an output is.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case table, figure, cases, claim, value, text
    /// A source file, with the digest of its text as value: what makes a log stale.
    case source
  }

  /// The source, relative to the root: `Studies/dp-fairness/DPFairness.swift`.
  public var file: String
  public var line: Int
  public var kind: Kind
  public var id: String
  /// Tier of the data behind it; nil where it has none of its own.
  public var tier: String?
  /// Title of a table, caption of a figure.
  public var title: String?
  /// The printed value of kinds value and text.
  public var value: String?
  public var unit: String?

  public init(
    file: String, line: Int, kind: Kind, id: String, tier: String? = nil, title: String? = nil,
    value: String? = nil, unit: String? = nil
  ) {
    self.file = file
    self.line = line
    self.kind = kind
    self.id = id
    self.tier = tier
    self.title = title
    self.value = value
    self.unit = unit
  }
}
