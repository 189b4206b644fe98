import ArgumentParser
import Foundation
import Imaging
import Kernels
import Statistics

/// `lightbox roc`: AUROC of one or two scores with standard errors, intervals and their difference.
struct Roc: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roc",
    abstract: "AUROC with interval, two scores compared, sensitivity and specificity.",
    discussion: """
      FILE is CSV or TSV (also .gz), one case a row, truth 0 or 1, higher scores more positive.
      Ties count one half. Variance: DeLong 1988; with --cluster, Obuchowski 1997. Interval: on \
      the logit scale; at AUROC 1 or 0 the exact bound from disjoint pairs. The difference is paired.
      Refused: one class only, a single case of a class, constant scores, empty fields.

      Example, on the file that comes with the project (simulated):

        lightbox roc Examples/readings.tsv --truth truth --score model \\
          --compare reader --cluster patient
      """)

  @OptionGroup var cases: ScoredCases
  @Option(help: "Also sensitivity and specificity of calls score >= threshold.")
  var threshold: Double?
  @Option(help: "Level of the intervals.")
  var level: Double = 0.95
  @Option(
    help: ArgumentHelp("Draw the curves; data and script go beside it.", valueName: "file.svg"))
  var plot: String?

  func validate() throws {
    guard level > 0, level < 1 else {
      throw ValidationError("--level \(level): expected between 0 and 1")
    }
  }

  func run() throws { try RocReport(self).show(asJSON: cases.json) }
}

/// What `lightbox roc` found.
struct RocReport: Report {
  struct Curve: Encodable {
    var score: String
    var auroc: Double
    var standardError: Double
    var interval: Interval
    var bootstrap: Bootstrapped?
    var sensitivity: Rate?
    var specificity: Rate?
  }
  struct Rate: Encodable {
    var successes: Int
    var trials: Int
    var value: Double
    /// Wilson's, for independent cases.
    var interval: Interval
    init(_ proportion: Proportion, level: Double) {
      successes = proportion.successes
      trials = proportion.trials
      value = proportion.value
      interval = proportion.wilson(level: level)
    }
  }
  struct Difference: Encodable {
    var first: String
    var second: String
    var value: Double
    var standardError: Double
    var interval: Interval
    var z: Double
    var pValue: Double
    var bootstrap: Bootstrapped?
  }
  struct Bootstrapped: Encodable {
    var replicates: Int
    var undefined: Int
    var standardError: Double
    var percentile: Interval?
    var bca: Interval?
    var pValue: Double?
    var reason: String?

    init(_ distribution: BootstrapDistribution, level: Double, test: Bool) throws {
      replicates = distribution.replicates.count + distribution.undefined
      undefined = distribution.undefined
      standardError = try distribution.standardError
      if test { pValue = try distribution.pValue() }
      do {
        percentile = try distribution.percentile(level: level)
        bca = try distribution.bca(level: level)
      } catch {
        reason = error.reason
      }
    }
  }

  var file: String
  var truth: String
  var cases: Int
  var positives: Int
  var negatives: Int
  var cluster: String?
  var clusters: Int?
  var level: Double
  var threshold: Double?
  var ties = "one half"
  var variance: String
  var curves: [Curve] = []
  var difference: Difference?
  /// Files of the drawing: drawing, table, script.
  var drawn: [String]?

  init(_ options: Roc) throws {
    let drawing = try options.plot.map { try RocPlot($0) }
    let readings = try options.cases.readings(try options.cases.table())
    let columns = [options.cases.score] + (options.cases.compare.map { [$0] } ?? [])
    let scores = try columns.map { try readings.scores($0) }
    let clusters = try readings.clusters(options.cases.cluster)
    let found = try readings.defined(options.cases.truth) {
      if let clusters {
        return try clusteredDeLong(scores: scores, labels: readings.labels, clusters: clusters)
      }
      return try deLong(scores: scores, labels: readings.labels)
    }
    file = options.cases.file
    truth = options.cases.truth
    cases = readings.labels.count
    positives = found.positives
    negatives = found.negatives
    cluster = options.cases.cluster
    self.clusters = clusters?.count
    level = options.level
    threshold = options.threshold
    variance = clusters == nil ? "DeLong 1988, independent cases" : "Obuchowski 1997, clustered"
    var sample: Resampling?
    if let replicates = options.cases.bootstrap {
      sample = try bootstrapAUROC(
        scores: scores, labels: readings.labels, clusters: clusters, replicates: replicates,
        stream: options.cases.stream("roc"))
    }
    for (k, column) in columns.enumerated() {
      let estimate = found.estimate(k)
      var curve = Curve(
        score: column, auroc: estimate.value, standardError: estimate.standardError,
        interval: found.interval(k, level: level))
      if let sample {
        curve.bootstrap = try Bootstrapped(sample.distribution(k), level: level, test: false)
      }
      if let threshold {
        let table = ConfusionTable(
          scores: scores[k], labels: readings.labels, threshold: threshold)
        curve.sensitivity = Rate(try table.sensitivity, level: level)
        curve.specificity = Rate(try table.specificity, level: level)
      }
      curves.append(curve)
    }
    if let second = options.cases.compare {
      let paired = found.difference(0, 1)
      difference = Difference(
        first: options.cases.score, second: second, value: paired.value,
        standardError: paired.standardError, interval: paired.interval(level: level),
        z: paired.statistic(), pValue: paired.pValue())
      if let sample {
        difference?.bootstrap = try Bootstrapped(
          sample.distribution { $0[0] - $0[1] }, level: level, test: true)
      }
    }
    if let drawing {
      drawn = try drawing.draw(self, scores: scores, labels: readings.labels)
    }
  }

  /// "95 %".
  static func percent(_ level: Double) -> String {
    let isWhole = level * 100 == (level * 100).rounded()
    return "\(Cells.fixed(100 * level, isWhole ? 0 : 1)) %"
  }

  func text() -> String {
    let percent = Self.percent(level)
    let units = clusters.map { " of \($0) clusters (\(cluster!))" } ?? ""
    var lines = [
      "\(file): \(cases) cases\(units), \(positives) positive, \(negatives) negative", "",
    ]
    var rows = [["score", "AUROC", "SE", "\(percent) interval"]]
    for curve in curves {
      rows.append([
        curve.score, Cells.fixed(curve.auroc), Cells.fixed(curve.standardError),
        Cells.interval(curve.interval),
      ])
      if let bootstrap = curve.bootstrap { rows += Self.rows(bootstrap) }
    }
    if let difference {
      rows.append([
        "\(difference.first) - \(difference.second)", Cells.fixed(difference.value),
        Cells.fixed(difference.standardError), Cells.interval(difference.interval),
        "z \(Cells.fixed(difference.z, 2)), p \(Cells.pValue(difference.pValue))",
      ])
      if let bootstrap = difference.bootstrap { rows += Self.rows(bootstrap) }
    }
    lines += Cells.columns(rows)
    if let threshold {
      lines.append("")
      var rates = [["score >= \(threshold)", "", "", "\(percent) interval"]]
      for curve in curves {
        for (name, rate) in [
          ("sensitivity", curve.sensitivity), ("specificity", curve.specificity),
        ] {
          guard let rate else { continue }
          rates.append([
            "\(curve.score) \(name)", Cells.fixed(rate.value), "\(rate.successes)/\(rate.trials)",
            Cells.interval(rate.interval),
          ])
        }
      }
      lines += Cells.columns(rates)
    }
    lines.append("")
    lines.append("ties: \(ties); variance: \(variance); interval: logit (difference: normal)")
    if threshold != nil {
      lines.append(
        "sensitivity, specificity: Wilson interval"
          + (cluster == nil ? "" : ", which ignores the clusters and is too narrow for them"))
    }
    if let drawn { lines.append("drawn: \(drawn.joined(separator: ", "))") }
    return lines.joined(separator: "\n")
  }

  private static func rows(_ bootstrap: Bootstrapped) -> [[String]] {
    let p = bootstrap.pValue.map { ["p \(Cells.pValue($0))"] } ?? []
    let left = bootstrap.undefined > 0 ? ", \(bootstrap.undefined) undefined" : ""
    let error = Cells.fixed(bootstrap.standardError)
    var rows: [[String]] = []
    if let interval = bootstrap.percentile {
      rows.append(
        ["  bootstrap percentile\(left)", "", error, Cells.interval(interval)] + p)
    }
    if let interval = bootstrap.bca {
      rows.append(["  bootstrap BCa", "", error, Cells.interval(interval)])
    }
    if let reason = bootstrap.reason { rows.append(["  bootstrap: \(reason)"]) }
    return rows
  }
}
