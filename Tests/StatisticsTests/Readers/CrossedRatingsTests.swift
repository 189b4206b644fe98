import Kernels
import Statistics
import Testing

@Suite struct CrossedRatingsTests {
  typealias Row = CrossedRatings.Row

  /// Two modalities, two readers, three cases; rows 2 to 13.
  static func rows() -> [Row] {
    var rows: [Row] = []
    for (c, truth) in [("a", true), ("b", false), ("c", false)] {
      for modality in ["film", "screen"] {
        for reader in ["R1", "R2"] {
          rows.append(
            Row(
              number: rows.count + 2, modality: modality, reader: reader, caseName: c, truth: truth,
              rating: Double(rows.count)))
        }
      }
    }
    return rows
  }

  static func message(_ rows: [Row]) -> String {
    do {
      _ = try CrossedRatings(rows: rows, file: "f.tsv")
      return "none"
    } catch {
      #expect(error.kind == .input)
      return error.description
    }
  }

  @Test func orderOfAppearance() throws {
    let ratings = try CrossedRatings(rows: Self.rows(), file: "f.tsv")
    #expect(ratings.modalities == ["film", "screen"] && ratings.readers == ["R1", "R2"])
    #expect(ratings.cases == ["a", "b", "c"] && ratings.truth == [true, false, false])
    #expect(ratings.ratings == [[[0, 4, 8], [1, 5, 9]], [[2, 6, 10], [3, 7, 11]]])
    #expect(ratings.positives == 1 && ratings.negatives == 2 && ratings.clusters == nil)
  }

  @Test func clustersComeWithTheCases() throws {
    let rows = Self.rows().map { row in
      var row = row
      row.cluster = row.caseName == "c" ? "P2" : "P1"
      return row
    }
    let clusters = try #require(try CrossedRatings(rows: rows, file: "f.tsv").clusters)
    #expect(clusters.codes == [0, 0, 1])
    var bad = rows
    bad[3].cluster = "P9"
    #expect(Self.message(bad).contains("row 5") && Self.message(bad).contains("P9"))
  }

  @Test func refusals() {
    var rows = Self.rows()
    rows.append(rows[5])
    rows[12].number = 14
    let twice = Self.message(rows)
    #expect(twice.hasPrefix("f.tsv, row 14, column rating: found a second rating of case b"))
    #expect(twice.contains("reader R2 with modality film") && twice.contains("row 7"))

    rows = Self.rows()
    rows.remove(at: 6)
    let missing = Self.message(rows)
    #expect(missing.contains("1 of 12 ratings missing"))
    #expect(missing.contains("case b (first in row 6) by reader R1 with modality screen"))

    rows = Self.rows()
    rows[4].truth = true
    #expect(Self.message(rows).hasPrefix("f.tsv, row 7, column truth: found 0 for case b"))

    rows = Self.rows().map { row in
      var row = row
      row.truth = false
      return row
    }
    #expect(Self.message(rows).contains("found 0 for all 3 cases"))
    #expect(Self.message([]).contains("no rows"))
    #expect(
      Self.message(Self.rows().filter { $0.reader == "R1" }).contains(
        "column reader: found only R1"))
    #expect(
      Self.message(Self.rows().filter { $0.modality == "film" })
        .contains("column modality: found only film"))
  }
}
