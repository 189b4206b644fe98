extension Parallel {
  /// Calls `body` once for each pair row ≥ column of 0..<count: the tiles of one triangle of a
  /// symmetric matrix, row by row.
  public static func triangle(_ count: Int, _ body: (_ row: Int, _ column: Int) -> Void) {
    each(count * (count + 1) / 2) { part in
      var row = Int((Double(8 * part + 1).squareRoot() - 1) / 2)
      while row * (row + 1) / 2 > part { row -= 1 }
      while (row + 1) * (row + 2) / 2 <= part { row += 1 }
      body(row, part - row * (row + 1) / 2)
    }
  }
}
