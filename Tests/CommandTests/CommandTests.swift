import Foundation
import FoundationXML
import Testing

@Suite struct RocCommandTests {
  struct Found: Decodable {
    struct Curve: Decodable {
      struct Interval: Decodable {
        var low, high: Double
      }
      var score: String
      var auroc: Double
      var interval: Interval
    }
    var cases, positives: Int
    var curves: [Curve]
    var drawn: [String]?
  }

  static let arguments = ["Examples/readings.tsv", "--truth", "truth", "--score", "model"]

  /// AUROC of both columns: scikit-learn 1.x roc_auc_score on the example file. Both sum one half
  /// of the same pairs; 1e-12 is the rounding of at most 313² additions.
  @Test func areasOfTheExampleFile() throws {
    let outcome = try Command.run(
      "roc", "Examples/readings.tsv", "--truth", "truth", "--score", "model", "--compare",
      "reader", "--cluster", "patient", "--json")
    #expect(outcome.code == 0)
    let found = try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
    #expect(found.cases == 313 && found.positives == 146)
    #expect(found.curves.map(\.score) == ["model", "reader"])
    #expect(abs(found.curves[0].auroc - 0.8900418341399393) < 1e-12)
    #expect(abs(found.curves[1].auroc - 0.8005905996226724) < 1e-12)
    #expect(found.drawn == nil)
  }

  /// Corners by scikit-learn's roc_curve(drop_intermediate=False): 264 and 6. The drawn table's
  /// trapezoid area is the printed AUROC, and the legend states it with its interval.
  @Test func plotDrawsTheCurvesWithTheirIntervals() throws {
    try Command.withFolder { folder in
      let drawing = folder + "/roc_curve-1.svg"
      let outcome = try Command.run(
        "roc", "Examples/readings.tsv", "--truth", "truth", "--score", "model", "--compare",
        "reader", "--level", "0.9", "--plot", drawing, "--json")
      #expect(outcome.code == 0)
      let found = try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
      let files = ["svg", "tsv", "gp"].map { "\(folder)/roc_curve-1.\($0)" }
      #expect(found.drawn == files)
      let table = try String(contentsOfFile: files[1], encoding: .utf8).split(separator: "\n")
        .map { $0.components(separatedBy: "\t") }
      #expect(table[0] == ["score", "threshold", "1 - specificity", "sensitivity"])
      let svg = try String(contentsOfFile: files[0], encoding: .utf8)
      #expect(XMLParser(data: Data(svg.utf8)).parse())
      for (curve, corners) in zip(found.curves, [264, 6]) {
        let label =
          "\(curve.score): AUROC \(String(format: "%.3f", curve.auroc)), 90 % interval "
          + String(format: "%.3f to %.3f", curve.interval.low, curve.interval.high)
        let points = table.dropFirst().filter { $0[0] == label }
          .map { (x: Double($0[2])!, y: Double($0[3])!) }
        #expect(points.count == corners)
        let area = zip(points, points.dropFirst()).reduce(0.0) {
          $0 + ($1.1.x - $1.0.x) * ($1.1.y + $1.0.y) / 2
        }
        #expect(abs(area - curve.auroc) < 1e-12)
        #expect(svg.contains(label))
      }
      #expect(svg.contains("146 positive, 167 negative"))
      // The same command again gives the same bytes.
      let first = try Data(contentsOf: URL(fileURLWithPath: files[0]))
      _ = try Command.run(
        "roc", "Examples/readings.tsv", "--truth", "truth", "--score", "model", "--compare",
        "reader", "--level", "0.9", "--plot", drawing)
      #expect(try Data(contentsOf: URL(fileURLWithPath: files[0])) == first)
    }
  }

  @Test(arguments: [
    (["--level", "1"], 64 as Int32, "--level 1"), (["--bootstrap", "20"], 64, "--bootstrap 20"),
    (["--plot", "curve.pdf"], 64, "ends in .svg"), (["--plot", "a b.svg"], 64, "letters"),
    (["--plot", "/proc/none/curve.svg"], 73, "/proc/none"),
    (["--cluster", "person"], 65, "column person: found no such column"),
  ])
  func faultsEndWithTheirCode(_ more: [String], _ code: Int32, _ part: String) throws {
    let outcome = try Command.run(["roc"] + Self.arguments + more)
    #expect(outcome.code == code)
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
    #expect(outcome.output == "")
  }
}

@Suite struct FairnessCommandTests {
  /// Threshold: Youden on the 102 validation rows by scikit-learn's roc_curve, 0.462. Gap in
  /// AUROC between women and men on the other rows: roc_auc_score, -0.1271 to its four decimals.
  @Test func gapsOfTheExampleFile() throws {
    let outcome = try Command.run(
      "fairness", "Examples/readings.tsv", "--truth", "truth", "--score", "model", "--group",
      "sex", "--cluster", "patient", "--validation-split", "split=validation")
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("threshold: 0.462 (model), Youden on 102 rows"))
    let gap = outcome.lines.filter { $0.hasPrefix("F - M") && $0.contains("AUROC") }
    #expect(gap.count == 1 && gap[0].contains("-0.1271"))
  }

  @Test func thresholdAndSplitExcludeEachOther() throws {
    let outcome = try Command.run(
      "fairness", "Examples/readings.tsv", "--truth", "truth", "--score", "model", "--group",
      "sex")
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("give one of --threshold and --validation-split"))
  }
}

@Suite struct ExplainCommandTests {
  /// The fixture study lies beside the command; in an empty root nothing was ever run.
  @Test func asksTheStudysOwnProgram() throws {
    try Command.withFolder { root in
      let outcome = try Command.run("explain", "fixture-study", "--root", root, "--scale", "smoke")
      #expect(outcome.code == 0)
      let own = try Command.run(
        "--explain", "--root", root, "--scale", "smoke", program: "fixture-study")
      #expect(outcome.output == own.output)
      #expect(outcome.lines.contains { $0.hasPrefix("run    start") && $0.contains("never run") })
      // Two seeds at smoke scale: the options reach the study.
      #expect(outcome.lines.filter { $0.hasPrefix("run    walks") }.count == 2)
      let json = try Command.run("explain", "fixture-study", "--root", root, "--json")
      #expect(json.code == 0)
      struct Explained: Decodable {
        var study: String
        var lines: [String]
      }
      let found = try JSONDecoder().decode(Explained.self, from: Data(json.output.utf8))
      #expect(found.study == "fixture-study")
      #expect(found.lines.filter { $0.hasPrefix("run    walks") }.count == 4)
      #expect(!FileManager.default.fileExists(atPath: root + "/Figures"))
    }
  }

  @Test func endsWithTheStudysCode() throws {
    try Command.withFolder { root in
      let outcome = try Command.run("explain", "fixture-study", "--root", root, "--seeds", "0")
      #expect(outcome.code == 64)
      #expect(outcome.errors.contains("--seeds 0"))
    }
  }

  @Test(arguments: ["nothing-of-the-kind", "../lightbox", ""])
  func unknownStudies(name: String) throws {
    let outcome = try Command.run("explain", name)
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("dp-fairness, oa-progression, phantoms"), "\(outcome.errors)")
  }

  /// A study that is there but not built: what to do.
  @Test func aStudyWithoutItsProgram() throws {
    try Command.withFolder { root in
      try FileManager.default.createDirectory(
        atPath: root + "/Studies/later", withIntermediateDirectories: true)
      let outcome = try Command.run("explain", "later", "--root", root)
      #expect(outcome.code == 64)
      #expect(outcome.errors.contains("run `make explain-later`"))
    }
  }
}
