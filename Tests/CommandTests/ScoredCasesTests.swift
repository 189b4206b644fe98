import Foundation
import Testing

/// What `roc` and `fairness` refuse, each with file, column and a way on.
@Suite struct ScoredCasesTests {
  static func outcome(
    _ verb: String, _ rows: [String], _ more: [String] = []
  ) throws -> Command.Outcome {
    var found: Command.Outcome?
    try Command.withFolder { folder in
      let path = folder + "/cases.tsv"
      try (["y\ts\tg"] + rows).joined(separator: "\n").write(
        toFile: path, atomically: true, encoding: .utf8)
      let group = verb == "fairness" ? ["--group", "g"] : []
      found = try Command.run([verb, path, "--truth", "y", "--score", "s"] + group + more)
    }
    return try #require(found)
  }

  static let both = [
    (["1\t.9\ta", "1\t.8\ta", "1\t.7\tb"], "column y: found 1 in all 3 rows"),
    (["0\t.9\ta", "0\t.8\ta"], "column y: found 0 in all 2 rows"),
    (["1\t.5\ta", "0\t.5\ta", "0\t.5\tb", "1\t.5\tb"], "column s: found 0.5 in all 4 rows"),
    (["1\t.9\ta", "0\tnan\ta"], "row 3, column s: found nan"),
    (["1\t.9\ta", "0\t\ta"], "row 3, column s: found an empty field"),
    (["1\t.9\ta", "2\t.4\ta"], "row 3, column y: found 2, expected 0 or 1"),
    (["1\t.9\ta", "0\t.4"], "row 3"),
  ]

  @Test(arguments: both)
  func rocRefuses(rows: [String], part: String) throws {
    let outcome = try Self.outcome("roc", rows)
    #expect(outcome.code == 65 && outcome.output == "")
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  @Test(
    arguments: both + [
      (["1\t.9\ta", "0\t.4\ta", "1\t.2\ta"], "column g: found 1 group"),
      (["1\t.9\ta", "0\t.4\ta", "0\t.7\tb"], "column g: found b has 1 case"),
    ])
  func fairnessRefuses(rows: [String], part: String) throws {
    let outcome = try Self.outcome("fairness", rows, ["--threshold", "0.5"])
    #expect(outcome.code == 65 && outcome.output == "")
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  @Test func aSingleCaseOfAClassHasNoVariance() throws {
    let outcome = try Self.outcome("roc", ["1\t.9\ta", "0\t.8\ta", "0\t.7\tb"])
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("only one positive case: no variance"))
  }

  /// All calls of a side alike: linearisation has no variance there, and no p-value follows.
  @Test func cellsWithoutVarianceHaveNoInterval() throws {
    struct Found: Decodable {
      struct Row: Decodable {
        var name: String
        var interval: [String: Double]?
        var pValue, holm: Double?
      }
      var levels, gaps: [Row]
    }
    let rows = ["1\t.9\ta", "0\t.4\ta", "1\t.3\ta", "0\t.7\tb", "0\t.8\tb", "1\t.6\tb"]
    let outcome = try Self.outcome("fairness", rows, ["--threshold", "0.5", "--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let found = try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
    // Negatives: none of one called in a, both in b. FPR 0 and 1, without a variance.
    let fpr = (found.levels + found.gaps).filter { $0.name.hasPrefix("FPR") }
    #expect(fpr.count == 3)
    #expect(fpr.allSatisfy { $0.interval == nil && $0.pValue == nil && $0.holm == nil })
    let accuracy = found.gaps.filter { $0.name == "accuracy difference" }
    #expect(accuracy.count == 1 && accuracy[0].interval != nil && accuracy[0].pValue != nil)
    let text = try Self.outcome("fairness", rows, ["--threshold", "0.5"])
    #expect(text.output.contains("no variance: all cases that count are alike"))
  }

  /// The six gaps of the example file at its threshold of 0.462: scikit-learn's roc_auc_score and
  /// NumPy means of the 65 women less those of the 146 men. Means of at most 146 numbers.
  @Test func gapsOfTheExampleFile() throws {
    struct Found: Decodable {
      struct Row: Decodable {
        struct Cell: Decodable {
          struct Estimate: Decodable {
            var value: Double
          }
          var group: String
          var estimate: Estimate?
        }
        var name: String
        var cell: Cell
      }
      var threshold: Double
      var gaps: [Row]
    }
    let outcome = try Command.run(
      "fairness", "Examples/readings.tsv", "--truth", "truth", "--score", "model", "--group",
      "sex", "--cluster", "patient", "--validation-split", "split=validation", "--json")
    let found = try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
    #expect(found.threshold == 0.462)
    let expected = [
      "accuracy difference": -0.10400421496311907,
      "statistical parity difference": 0.17523709167544782, "TPR gap": -0.025985663082437216,
      "FPR gap": 0.2233169129720854, "AUROC gap": -0.12712427388456315,
      "calibration gap": -0.08057123287671233,
    ]
    for (name, value) in expected {
      let row = try #require(found.gaps.first { $0.name == name && $0.cell.group == "F" })
      let ours = try #require(row.cell.estimate?.value)
      #expect(abs(ours - value) < 1e-13, "\(name)")
    }
  }
}
