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

      Example, on the file that comes with the project (simulated):

        lightbox roc Examples/readings.tsv --truth truth --score model \\
          --compare reader --cluster patient
      """)

  @Argument(help: "The table of cases.")
  var file: String
  @Option(help: "Column of the score.")
  var score: String
  @Option(help: "Column of the truth, 0 or 1.")
  var truth: String
  @Option(help: "Column that names the patient, where there are several cases of one.")
  var cluster: String?
  @Option(help: "Column of a second score on the same cases.")
  var compare: String?
  @Option(help: "Also sensitivity and specificity of calls score >= threshold.")
  var threshold: Double?
  @Option(help: "Level of the intervals.")
  var level: Double = 0.95
  @Option(help: "Also bootstrap intervals (patients, or cases) from this many replicates.")
  var bootstrap: Int?
  @Option(help: "Seed of the bootstrap.")
  var seed: UInt64 = 1
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    guard level > 0, level < 1 else {
      throw LightboxError(.usage, "--level \(level): expected between 0 and 1")
    }
    if let bootstrap, bootstrap < 100 {
      throw LightboxError(.usage, "--bootstrap \(bootstrap): expected 100 replicates or more")
    }
    let report = try RocReport(self)
    print(try json ? Printed.json(report) : report.text())
  }
}

/// What `lightbox roc` found.
struct RocReport: Encodable {
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

  init(_ options: Roc) throws {
    let readings = try Readings(table: try TextTable.read(options.file), truth: options.truth)
    let columns = [options.score] + (options.compare.map { [$0] } ?? [])
    let scores = try columns.map { try readings.numbers($0) }
    let clusters = try readings.clusters(options.cluster)
    let found = try readings.defined(options.truth) {
      if let clusters {
        return try clusteredDeLong(scores: scores, labels: readings.labels, clusters: clusters)
      }
      return try deLong(scores: scores, labels: readings.labels)
    }
    file = options.file
    truth = options.truth
    cases = readings.labels.count
    positives = found.positives
    negatives = found.negatives
    cluster = options.cluster
    self.clusters = clusters?.count
    level = options.level
    threshold = options.threshold
    variance = clusters == nil ? "DeLong 1988, independent cases" : "Obuchowski 1997, clustered"
    var sample: Resampling?
    if let replicates = options.bootstrap {
      sample = try bootstrapAUROC(
        scores: scores, labels: readings.labels, clusters: clusters, replicates: replicates,
        stream: RandomStream(options.seed).child("roc"))
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
    if let second = options.compare {
      let paired = found.difference(0, 1)
      difference = Difference(
        first: options.score, second: second, value: paired.value,
        standardError: paired.standardError, interval: paired.interval(level: level),
        z: paired.statistic(), pValue: paired.pValue())
      if let sample {
        difference?.bootstrap = try Bootstrapped(
          sample.distribution { $0[0] - $0[1] }, level: level, test: true)
      }
    }
  }

  func text() -> String {
    let percent = "\(Printed.fixed(100 * level, level * 100 == (level * 100).rounded() ? 0 : 1)) %"
    let units = clusters.map { " of \($0) clusters (\(cluster!))" } ?? ""
    var lines = [
      "\(file): \(cases) cases\(units), \(positives) positive, \(negatives) negative", "",
    ]
    var rows = [["score", "AUROC", "SE", "\(percent) interval"]]
    for curve in curves {
      rows.append([
        curve.score, Printed.fixed(curve.auroc), Printed.fixed(curve.standardError),
        Printed.interval(curve.interval),
      ])
      if let bootstrap = curve.bootstrap { rows += Self.rows(bootstrap) }
    }
    if let difference {
      rows.append([
        "\(difference.first) - \(difference.second)", Printed.fixed(difference.value),
        Printed.fixed(difference.standardError), Printed.interval(difference.interval),
        "z \(Printed.fixed(difference.z, 2)), p \(Printed.pValue(difference.pValue))",
      ])
      if let bootstrap = difference.bootstrap { rows += Self.rows(bootstrap) }
    }
    lines += Printed.columns(rows)
    if let threshold {
      lines.append("")
      var rates = [["score >= \(threshold)", "", "", "\(percent) interval"]]
      for curve in curves {
        for (name, rate) in [
          ("sensitivity", curve.sensitivity), ("specificity", curve.specificity),
        ] {
          guard let rate else { continue }
          rates.append([
            "\(curve.score) \(name)", Printed.fixed(rate.value), "\(rate.successes)/\(rate.trials)",
            Printed.interval(rate.interval),
          ])
        }
      }
      lines += Printed.columns(rates)
    }
    lines.append("")
    lines.append("ties: \(ties); variance: \(variance); interval: logit (difference: normal)")
    if threshold != nil {
      lines.append(
        "sensitivity, specificity: Wilson interval"
          + (cluster == nil ? "" : ", which ignores the clusters and is too narrow for them"))
    }
    return lines.joined(separator: "\n")
  }

  private static func rows(_ bootstrap: Bootstrapped) -> [[String]] {
    let p = bootstrap.pValue.map { ["p \(Printed.pValue($0))"] } ?? []
    let left = bootstrap.undefined > 0 ? ", \(bootstrap.undefined) undefined" : ""
    let error = Printed.fixed(bootstrap.standardError)
    var rows: [[String]] = []
    if let interval = bootstrap.percentile {
      rows.append(
        ["  bootstrap percentile\(left)", "", error, Printed.interval(interval)] + p)
    }
    if let interval = bootstrap.bca {
      rows.append(["  bootstrap BCa", "", error, Printed.interval(interval)])
    }
    if let reason = bootstrap.reason { rows.append(["  bootstrap: \(reason)"]) }
    return rows
  }
}
