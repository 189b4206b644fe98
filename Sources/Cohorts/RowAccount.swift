/// What became of the rows of a file: each is kept or counted under the reason why it was not.
///
///     rows.summary
///     // "kxr_sq_bu00.txt: 4 of 7 rows kept; left out: 2 of reading project 37 (first in row 3), …"
public struct RowAccount: Codable, Hashable, Sendable {
  /// Rows left out for one reason.
  public struct Exclusion: Codable, Hashable, Sendable {
    public var reason: String
    public var count: Int
    /// The first such row as a spreadsheet shows it; the header is row 1.
    public var firstRow: Int
  }

  /// The file's path as given.
  public let file: String
  /// What is counted: rows, or readings where a row holds several.
  public let unit: String
  public private(set) var kept = 0
  /// In the order in which the reasons were first met.
  public private(set) var exclusions: [Exclusion] = []

  public init(file: String, unit: String = "rows") {
    self.file = file
    self.unit = unit
  }

  /// All that was read: kept and left out.
  public var read: Int { exclusions.reduce(kept) { $0 + $1.count } }

  /// Rows left out for a reason; 0 where there was none.
  public func count(_ reason: String) -> Int {
    exclusions.first { $0.reason == reason }?.count ?? 0
  }

  /// Counts a row that stays.
  mutating func keep() { kept += 1 }

  /// Counts a row that does not stay; `row` is an index into the rows of its table.
  mutating func exclude(_ reason: String, row: Int) {
    if let place = exclusions.firstIndex(where: { $0.reason == reason }) {
      exclusions[place].count += 1
      exclusions[place].firstRow = min(exclusions[place].firstRow, row + 2)
    } else {
      exclusions.append(Exclusion(reason: reason, count: 1, firstRow: row + 2))
    }
  }

  /// One line for a log or a page; the file without its folder.
  public var summary: String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let start = "\(name): \(kept) of \(read) \(unit) kept"
    if exclusions.isEmpty { return start }
    let reasons = exclusions.map { "\($0.count) \($0.reason) (first in row \($0.firstRow))" }
    return start + "; left out: " + reasons.joined(separator: ", ")
  }
}
