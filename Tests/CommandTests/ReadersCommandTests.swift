import Foundation
import FoundationXML
import Testing

@Suite struct ReadersCommandTests {
  struct Ends: Decodable {
    var low, high: Double
  }
  struct Value: Decodable {
    var value, standardError: Double
    var degreesOfFreedom: Double?
    var interval: Ends
  }
  struct Found: Decodable {
    struct Difference: Decodable {
      var first, second: String
      var estimate: Value
      var pValue: Double
    }
    struct Analysis: Decodable {
      var generalization, test: String
      var statistic, pValue: Double
      var denominatorDegrees: Double?
      var differences: [Difference]
      var modalities: [Value]
    }
    struct Single: Decodable {
      var reader: String
      var value, pValue, holm: Double
      var discordant: [Int]?
    }
    struct Pseudovalues: Decodable {
      var statistic: Double
    }
    struct Predictive: Decodable {
      var positive, negative: Double?
      var positiveInterval: Ends?
    }
    struct Plan: Decodable {
      var readers: Int
      var cases: Int?
      var powerWithThese: Double
    }
    var cases, positives, negatives: Int
    var clusters: Int?
    var modalities, readers: [String]
    var values: [[Double]]
    var analyses: [Analysis]
    var readerDifferences: [Single]
    var dorfmanBerbaumMetz: Pseudovalues?
    var predictive: [Predictive]?
    var plans: [Plan]?
    var drawn: [String]?
  }

  static let example = ["readers", "Examples/reader-study.tsv", "--modality", "aid"]

  static func found(_ arguments: [String]) throws -> Found {
    let outcome = try Command.run(arguments + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
  }

  /// NumPy and SciPy on the example file: Obuchowski's clustered covariances from all pairs of cases.
  @Test func analysisOfTheExampleFile() throws {
    let found = try Self.found(Self.example + ["--cluster", "patient", "--detect", "0.05"])
    #expect(found.cases == 56 && found.positives == 20 && found.negatives == 36)
    #expect(found.clusters == 28 && found.readers == ["A", "B", "C", "D"])
    #expect(found.modalities == ["without", "with"])
    let areas = [
      [0.79375, 0.85625, 0.8868055555555555, 0.8944444444444445],
      [0.8354166666666667, 0.9236111111111112, 0.86875, 0.8722222222222222],
    ]
    for (a, b) in zip(found.values.joined(), areas.joined()) { #expect(abs(a - b) < 1e-14) }
    let analyses = found.analyses
    #expect(analyses.map(\.test) == ["F", "chi-squared", "F"])
    #expect(abs(analyses[0].statistic - 0.2901575155253152) < 1e-10)
    #expect(abs(try #require(analyses[0].denominatorDegrees) - 12.812224366877082) < 1e-8)
    #expect(abs(analyses[0].pValue - 0.5993542618644475) < 1e-10)
    #expect(abs(analyses[1].statistic - 0.2504846825006794) < 1e-10)
    #expect(abs(analyses[2].pValue - 0.4951463385551078) < 1e-10)
    #expect(abs(analyses[0].differences[0].estimate.value - -0.0171875) < 1e-14)
    #expect(found.dorfmanBerbaumMetz == nil && found.predictive == nil && found.drawn == nil)
    let plans = try #require(found.plans)
    #expect(plans.map(\.readers) == [3, 4, 5, 6, 8, 10, 15, 20])
    #expect(zip(plans, plans.dropFirst()).allSatisfy { $0.powerWithThese < $1.powerWithThese })
  }

  /// The same by the jackknife over patients, with the pseudovalues' F beside it.
  @Test func jackknifeAndPseudovalues() throws {
    let found = try Self.found(
      Self.example + ["--cluster", "patient", "--covariance", "jackknife"])
    #expect(abs(found.analyses[0].statistic - 0.2819884902761858) < 1e-10)
    #expect(
      abs(try #require(found.dorfmanBerbaumMetz).statistic - found.analyses[0].statistic) < 1e-9)
  }

  /// Calls from rating 4 on: binomial covariances by NumPy, mid-p by SciPy's binomial.
  @Test func sensitivityWithMcNemar() throws {
    let found = try Self.found(
      Self.example + [
        "--figure", "sensitivity", "--threshold", "4", "--prevalence", "0.1",
      ])
    #expect(abs(found.analyses[0].statistic - 1.3053435114503804) < 1e-10)
    #expect(abs(found.analyses[0].pValue - 0.2551539694440653) < 1e-10)
    #expect(found.readerDifferences.map(\.discordant) == [[3, 5], [2, 4], [2, 4], [3, 3]])
    let expected = [0.5078125, 0.453125, 0.453125, 0.84375]
    for (row, p) in zip(found.readerDifferences, expected) { #expect(abs(row.pValue - p) < 1e-12) }
    #expect(found.readerDifferences.allSatisfy { $0.holm == 1 })
    let predictive = try #require(found.predictive)
    #expect(predictive.count == 8)
    // Reader A without aid: 11 of 20 positives and 5 of 36 negatives are called, prevalence .1.
    let right = 0.1 * 11 / 20
    let wrong = 0.9 * 5 / 36
    #expect(abs(try #require(predictive[0].positive) - right / (right + wrong)) < 1e-12)
    #expect(try #require(predictive[0].positiveInterval).low < right / (right + wrong))
  }

  @Test func tablesForPapers() throws {
    let text = try Command.run(Self.example + ["--cluster", "patient"])
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("56 cases of 28 clusters (patient), 20 positive, 36 negative"))
    #expect(text.lines.contains { $0.hasPrefix("random readers, random cases") })
    #expect(text.lines.contains { $0.hasPrefix("without - with") && $0.contains("-0.0172") })
    #expect(text.output.contains("ties one half; covariance: DeLong, clustered"))
    #expect(text.lines.allSatisfy { $0.count <= 110 && !$0.hasSuffix(" ") })
    let markdown = try Command.run(Self.example + ["--tables", "markdown"])
    #expect(markdown.lines.contains { $0.hasPrefix("| without - with | random readers") })
    let latex = try Command.run(Self.example + ["--tables", "latex"])
    #expect(latex.output.contains("\\begin{tabular}"))
    let repeated = try Command.run(Self.example + ["--covariance", "bootstrap"])
    let again = try Command.run(Self.example + ["--covariance", "bootstrap"])
    #expect(repeated.code == 0 && repeated.output == again.output)
    #expect(repeated.output.contains("bootstrap, 2000 replicates"))
  }

  @Test(arguments: [[], ["--figure", "specificity", "--threshold", "4"]])
  func plots(more: [String]) throws {
    try Command.withFolder { folder in
      let drawing = folder + "/readers.svg"
      let found = try Self.found(Self.example + more + ["--plot", drawing])
      #expect(found.drawn == ["svg", "tsv", "gp"].map { "\(folder)/readers.\($0)" })
      let svg = try String(contentsOfFile: drawing, encoding: .utf8)
      #expect(XMLParser(data: Data(svg.utf8)).parse())
      for reader in found.readers { #expect(svg.contains("reader \(reader)")) }
      let table = try String(contentsOfFile: folder + "/readers.tsv", encoding: .utf8)
      let rows = table.split(separator: "\n").count - 1
      // Rates: four readers and three analyses of one pair. Curves: at most six corners each.
      #expect(more.isEmpty ? rows > 24 && rows <= 48 : rows == 7)
      let first = try Data(contentsOf: URL(fileURLWithPath: drawing))
      _ = try Command.run(Self.example + more + ["--plot", drawing])
      #expect(try Data(contentsOf: URL(fileURLWithPath: drawing)) == first)
    }
  }

  static let vanDyke = ProcessInfo.processInfo.environment["LIGHTBOX_DATA"].map {
    $0 + "/mrmc/vandyke_ratings.csv"
  }

  /// As OR-DBM MRMC 2.51 prints it: F 4.46 with 15.26 degrees of freedom, p .0517; χ² 5.48.
  @Test(
    .enabled(
      if: vanDyke.map { FileManager.default.fileExists(atPath: $0) } ?? false,
      "LIGHTBOX_DATA does not hold mrmc/vandyke_ratings.csv"))
  func vanDykeAsPublished() throws {
    let outcome = try Command.run(
      "readers", Self.vanDyke!, "--modality", "treatment", "--covariance", "jackknife")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let tests = outcome.lines.filter { $0.hasPrefix("random readers, random cases") }
    #expect(tests.contains { $0.contains("F 4.46") && $0.contains("1; 15.26") })
    #expect(tests.contains { $0.hasSuffix("0.0517") })
    #expect(outcome.lines.contains { $0.contains("chi-squared 5.48") && $0.hasSuffix("0.0193") })
    #expect(outcome.lines.contains { $0.hasPrefix("1 - 2") && $0.contains("-0.0438") })
    #expect(outcome.output.contains("Dorfman-Berbaum-Metz on pseudovalues: F 4.46, p 0.0517"))
  }

  @Test(arguments: [
    (["--level", "1"], 64 as Int32, "--level 1"), (["--figure", "sensitivity"], 64, "--threshold"),
    (["--prevalence", "0.1"], 64, "--threshold"), (["--detect", "0"], 64, "--detect 0"),
    (["--replicates", "5"], 64, "--replicates 5"), (["--plot", "panel.pdf"], 64, "ends in .svg"),
    (["--plot", "/proc/none/panel.svg"], 73, "/proc/none"),
    (["--reader", "nobody"], 65, "no such column"), (["--rating", "aid"], 65, "found without"),
    (["--truth", "rating"], 65, "expected 0 or 1"), (["--case", "patient"], 65, "for case P"),
  ])
  func faultsEndWithTheirCode(_ more: [String], _ code: Int32, _ part: String) throws {
    let outcome = try Command.run(Self.example + more)
    #expect(outcome.code == code)
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
    #expect(outcome.output == "")
  }

  /// What keeps a study from being crossed, or its figures from being defined.
  @Test(arguments: [
    (["R1\t1\ta\t1\t3", "R1\t2\ta\t1\t3", "R2\t1\ta\t0\t1"], "row 4, column truth: found 0"),
    (
      ["R1\t1\ta\t1\t3", "R1\t2\ta\t1\t3", "R2\t1\ta\t1\t1", "R1\t1\tb\t0\t1"],
      "4 of 8 ratings missing: case b (first in row 5)"
    ),
    (["R1\t1\ta\t1\t3", "R1\t1\ta\t1\t4", "R2\t2\ta\t1\t1"], "1 for all 1 cases"),
    (["R1\t1\ta\t1\t", "R2\t2\ta\t1\t1"], "row 2, column rating: found an empty field"),
    (["R1\t1\ta\t1\t3", "R1\t2\ta\t1\t3"], "column reader: found only R1"),
  ])
  func badFilesNameTheirPlace(_ rows: [String], _ part: String) throws {
    try Command.withFolder { folder in
      let path = folder + "/bad.tsv"
      try (["reader\tmodality\tcase\ttruth\trating"] + rows).joined(separator: "\n").write(
        toFile: path, atomically: true, encoding: .utf8)
      let outcome = try Command.run("readers", path)
      #expect(outcome.code == 65)
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
  }

  /// One case of a class, and a reader who rates all alike.
  @Test func undefinedFiguresAreNamed() throws {
    try Command.withFolder { folder in
      func write(_ ratings: [(String, String, [Int])], truth: [Int]) throws -> String {
        var lines = ["reader\tmodality\tcase\ttruth\trating"]
        for (reader, modality, values) in ratings {
          for (k, value) in values.enumerated() {
            lines.append("\(reader)\t\(modality)\t\(k)\t\(truth[k])\t\(value)")
          }
        }
        let path = folder + "/study.tsv"
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return path
      }
      let good = [3, 1, 2, 1]
      let lonely = try Command.run(
        "readers",
        try write(
          [("A", "1", good), ("A", "2", good), ("B", "1", good), ("B", "2", good)],
          truth: [1, 0, 0, 0]))
      #expect(lonely.code == 65 && lonely.errors.contains("1 positive case: at least 2"))
      let constant = try Command.run(
        "readers",
        try write(
          [("A", "1", good), ("A", "2", good), ("B", "1", good), ("B", "2", [2, 2, 2, 2])],
          truth: [1, 1, 0, 0]))
      #expect(constant.code == 65 && constant.errors.contains("reader B rates all 4 cases 2.0"))
    }
  }
}
