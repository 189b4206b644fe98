/// What differs between two tables, cell by cell.
///
/// Columns are paired by their headings. Rows are paired by their places where both tables have
/// equally many, as `FolderCheck` counts them. Otherwise they are paired by their key: the fewest
/// leading columns, at most `longestKey`, that tell every row of either table from the others.
/// Where there is no key, the equal rows at the start and at the end are paired, and what lies
/// between was removed and added.
struct TableDifference {
  typealias Table = (header: [String], rows: [[String]])

  /// A cell whose two values differ.
  struct Cell: Hashable {
    var column, old, new: String
  }

  /// A row with a difference; counted as a spreadsheet does, the header is row 1.
  struct Row: Hashable {
    /// Row of the old table; nil for one that was added.
    var old: Int?
    /// Row of the new table; nil for one that was removed.
    var new: Int?
    /// `arm private, epsilon 2`.
    var key: String
    /// Empty for rows that were added or removed.
    var cells: [Cell]
  }

  let old, new: Table
  private(set) var removedColumns: [String] = []
  private(set) var addedColumns: [String] = []
  /// In the order of the old table; those that were added come last.
  private(set) var rows: [Row] = []

  /// Columns that a key may have.
  static let longestKey = 4

  /// Columns that both tables have, by place.
  private var shared: [(old: Int, new: Int)] = []
  /// Shared columns that tell the rows apart; empty where none do.
  private var key: [(old: Int, new: Int)] = []

  /// Compares two tables.
  ///
  /// - Parameters:
  ///   - named: headings of a key; rows are then paired by it, whatever their number, where it
  ///     tells them apart.
  ///   - accepts: whether two unequal cells need not be listed.
  init(
    old: Table, new: Table, key named: [String] = [],
    accepts: (_ old: String, _ new: String) -> Bool = { _, _ in false }
  ) {
    self.old = old
    self.new = new
    pairColumns()
    let wanted = shared.filter { named.contains(old.header[$0.old]) }
    let isNamed = !named.isEmpty && wanted.count == named.count && tellsApart(wanted)
    key = isNamed ? wanted : leadingKey()
    let isByPlace = !isNamed && old.rows.count == new.rows.count
    let pairs: [(old: Int?, new: Int?)] =
      isByPlace ? old.rows.indices.map { (old: $0, new: $0) } : pairedRows()
    for pair in pairs {
      var cells: [Cell] = []
      if let a = pair.old, let b = pair.new {
        for column in shared {
          let (from, to) = (old.rows[a][column.old], new.rows[b][column.new])
          if from != to && !accepts(from, to) {
            cells.append(Cell(column: old.header[column.old], old: from, new: to))
          }
        }
        if cells.isEmpty { continue }
      }
      rows.append(
        Row(
          old: pair.old.map { $0 + 2 }, new: pair.new.map { $0 + 2 }, key: keyText(pair),
          cells: cells))
    }
  }

  /// The cell of a row in a column; nil where the row or the column is not there.
  func value(_ row: Row, _ column: String, isNew: Bool) -> String? {
    let table = isNew ? new : old
    guard let number = isNew ? row.new : row.old,
      let place = table.header.firstIndex(of: column)
    else { return nil }
    return table.rows[number - 2][place]
  }

  // MARK: Columns

  /// Equal headings are paired in their order, were there two of one name.
  private mutating func pairColumns() {
    var places: [String: [Int]] = [:]
    for (place, heading) in new.header.enumerated().reversed() {
      places[heading, default: []].append(place)
    }
    var isPaired = [Bool](repeating: false, count: new.header.count)
    for (place, heading) in old.header.enumerated() {
      if let other = places[heading]?.popLast() {
        shared.append((old: place, new: other))
        isPaired[other] = true
      } else {
        removedColumns.append(heading)
      }
    }
    addedColumns = new.header.indices.filter { !isPaired[$0] }.map { new.header[$0] }
  }

  // MARK: Rows

  private func oldKey(_ row: Int, _ columns: [(old: Int, new: Int)]) -> [String] {
    columns.map { old.rows[row][$0.old] }
  }

  private func newKey(_ row: Int, _ columns: [(old: Int, new: Int)]) -> [String] {
    columns.map { new.rows[row][$0.new] }
  }

  private func tellsApart(_ columns: [(old: Int, new: Int)]) -> Bool {
    Set(old.rows.indices.map { oldKey($0, columns) }).count == old.rows.count
      && Set(new.rows.indices.map { newKey($0, columns) }).count == new.rows.count
  }

  private func leadingKey() -> [(old: Int, new: Int)] {
    guard !shared.isEmpty else { return [] }
    for length in 1...min(Self.longestKey, shared.count) {
      let columns = Array(shared.prefix(length))
      if tellsApart(columns) { return columns }
    }
    return []
  }

  private func pairedRows() -> [(old: Int?, new: Int?)] {
    var pairs: [(old: Int?, new: Int?)] = []
    guard !key.isEmpty else {
      let limit = min(old.rows.count, new.rows.count)
      func isEqual(_ a: Int, _ b: Int) -> Bool { oldKey(a, shared) == newKey(b, shared) }
      var start = 0
      while start < limit, isEqual(start, start) { start += 1 }
      var end = 0
      while end < limit - start, isEqual(old.rows.count - 1 - end, new.rows.count - 1 - end) {
        end += 1
      }
      for row in start..<old.rows.count - end { pairs.append((old: row, new: nil)) }
      for row in start..<new.rows.count - end { pairs.append((old: nil, new: row)) }
      return pairs
    }
    var places: [[String]: Int] = [:]
    for row in new.rows.indices { places[newKey(row, key)] = row }
    var isPaired = [Bool](repeating: false, count: new.rows.count)
    for row in old.rows.indices {
      let place = places[oldKey(row, key)]
      if let place { isPaired[place] = true }
      pairs.append((old: row, new: place))
    }
    for row in new.rows.indices where !isPaired[row] { pairs.append((old: nil, new: row)) }
    return pairs
  }

  /// The key's cells with their headings, or the first cell where there is no key.
  private func keyText(_ pair: (old: Int?, new: Int?)) -> String {
    let columns = key.isEmpty ? Array(shared.prefix(1)) : key
    return columns.map { column in
      var cell = ""
      if let row = pair.old {
        cell = old.rows[row][column.old]
      } else if let row = pair.new {
        cell = new.rows[row][column.new]
      }
      return "\(old.header[column.old]) \(cell.isEmpty ? "missing" : cell)"
    }.joined(separator: ", ")
  }
}
