import Statistics

/// Which combinations of measured factors generated pictures show, of those that real ones show.
///
/// Every factor is cut into bins of equal counts at quantiles of the reference; a cell is one bin of
/// each. A second sample of reals, of the same size as the fakes, says what share a perfect
/// generator would reach: few pictures miss rare cells by chance alone.
///
/// Rows are measured factors, of fakes and reals by the same measuring; a row with a factor that
/// could not be read lies in no cell.
public struct ModeCoverage: Sendable, Codable, Hashable {
  /// One set of pictures against the cells of the reference.
  public struct Share: Sendable, Codable, Hashable {
    /// Occupied reference cells that the set occupies too, over those that the reference occupies.
    public var covered: Double
    /// Pictures in cells where the reference has none, over the set.
    public var outside: Double
    /// Pictures with a factor that could not be read, over the set.
    public var unread: Double
  }

  /// Bins of each factor.
  public let bins: Int
  /// Cells that the reference occupies, of bins^factors.
  public let occupied: Int
  public let fake: Share
  /// The second sample of reals.
  public let real: Share
  /// Pictures in the fakes, and in the second reals.
  public let n: Int

  /// - Parameters:
  ///   - reference: rows [picture, factor] of real pictures
  ///   - real: rows of other real pictures, as many as fakes
  ///   - fake: rows of generated pictures
  ///   - bins: of each factor; where a factor repeats values, bins may be empty
  /// - Throws: `Undefined` where sizes of real and fake differ, a set is empty, or no row of the
  ///   reference could be read.
  public init(
    reference: [[Double?]], real: [[Double?]], fake: [[Double?]], bins: Int
  ) throws(Undefined) {
    precondition(bins >= 2, "bins (\(bins)) must be 2 or more")
    guard real.count == fake.count, !fake.isEmpty else {
      throw Undefined(
        "\(real.count) real against \(fake.count) fake rows: equal numbers are needed")
    }
    let factors = reference.first?.count ?? 0
    precondition(
      (reference + real + fake).allSatisfy { $0.count == factors } && factors > 0,
      "rows must have the same factors, one at least")
    let read = reference.compactMap(Self.complete)
    guard !read.isEmpty else { throw Undefined("no row of the reference could be read") }
    let edges = (0..<factors).map { factor in
      let values = read.map { $0[factor] }.sorted()
      return (1..<bins).map { values[$0 * values.count / bins] }
    }
    let cells = Set(read.map { Self.cell($0, edges) })
    func share(_ rows: [[Double?]]) -> Share {
      let found = rows.compactMap(Self.complete).map { Self.cell($0, edges) }
      return Share(
        covered: Double(cells.intersection(found).count) / Double(cells.count),
        outside: Double(found.filter { !cells.contains($0) }.count) / Double(rows.count),
        unread: Double(rows.count - found.count) / Double(rows.count))
    }
    self.bins = bins
    occupied = cells.count
    self.fake = share(fake)
    self.real = share(real)
    n = fake.count
  }

  /// The row where every factor could be read.
  private static func complete(_ row: [Double?]) -> [Double]? {
    let values = row.compactMap { $0 }.filter { !$0.isNaN }
    return values.count == row.count ? values : nil
  }

  /// Per factor, the number of edges at or below the value.
  private static func cell(_ row: [Double], _ edges: [[Double]]) -> [Int] {
    zip(row, edges).map { value, edges in edges.reduce(0) { $0 + ($1 <= value ? 1 : 0) } }
  }
}
