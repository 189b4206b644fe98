import ArgumentParser
import Foundation
import Imaging
import Kernels
import Statistics

/// `lightbox fairness`: levels in groups and gaps between them, with standard errors.
struct Fairness: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fairness",
    abstract: "Gaps between groups in accuracy, positive rate, TPR, FPR, AUROC, calibration.",
    discussion: """
      FILE is CSV or TSV (also .gz), one case a row, truth 0 or 1. A gap is the level of a group \
      less that of all others pooled, or of --versus. "Accuracy difference" is what some papers call \
      statistical parity difference; the textbook one compares positive rates. Standard errors: \
      linearisation, AUROC by DeLong, summed by --cluster. Holm over all gaps printed.
      Calls are score >= threshold, chosen by Youden's index on validation rows, or given. Refused: \
      one class only, one group only, groups of one case, constant scores, empty fields.

      Example, on the file that comes with the project (simulated):

        lightbox fairness Examples/readings.tsv --truth truth --score model \\
          --group sex --cluster patient --validation-split split=validation
      """)

  @OptionGroup var cases: ScoredCases
  @Option(help: "Column of the group.")
  var group: String
  @Option(help: "Group to compare with, instead of all others pooled.")
  var versus: String?
  @Option(help: "Threshold of a positive call, instead of --validation-split.")
  var threshold: Double?
  @Option(help: "COLUMN=VALUE of the rows that choose the threshold; the others are judged.")
  var validationSplit: String?

  func run() throws { try FairnessReport(self).show(asJSON: cases.json) }
}

/// What `lightbox fairness` found.
struct FairnessReport: Report {
  /// A cell with the interval and p-value that the table prints.
  struct Row: Encodable {
    var name: String
    var cell: FairnessCell
    var interval: Interval?
    var pValue: Double?
    var holm: Double?
  }

  var file: String
  var score: String
  var compare: String?
  var group: String
  var cases: Int
  var unknownGroup: Int
  var clusters: Int?
  var threshold: Double
  var compareThreshold: Double?
  var thresholdFrom: String
  var levels: [Row]
  var gaps: [Row]

  init(_ options: Fairness) throws {
    let table = try options.cases.table()
    var judged: [Int]?
    var validation: Readings?
    switch (options.threshold, options.validationSplit) {
    case (nil, let split?):
      let parts = split.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw LightboxError(
          .usage, "--validation-split \(split): expected COLUMN=VALUE, such as split=validation")
      }
      let names = try table.column(parts[0])
      judged = names.indices.filter { names[$0] != parts[1] }
      let chosen = names.indices.filter { names[$0] == parts[1] }
      guard !chosen.isEmpty else {
        throw LightboxError.input(
          file: table.file, column: parts[0], found: "no row with \(parts[1])",
          expected: "validation rows to choose the threshold on")
      }
      validation = try options.cases.readings(table, rows: chosen)
      thresholdFrom = "Youden on \(chosen.count) rows with \(split)"
    case (_?, nil): thresholdFrom = "given"
    default:
      throw LightboxError(
        .usage,
        "give one of --threshold and --validation-split: a threshold chosen on the judged cases "
          + "flatters them")
    }
    let readings = try options.cases.readings(table, rows: judged)
    let groups = try readings.names(options.group)
    let clusters = try readings.clusters(options.cases.cluster)
    func cases(_ column: String) throws -> FairnessCases {
      let threshold =
        try options.threshold
        ?? readings.defined(column) {
          try youdenThreshold(scores: validation!.numbers(column), labels: validation!.labels)
        }
      return FairnessCases(
        scores: try readings.scores(column), labels: readings.labels, groups: groups,
        threshold: threshold, clusters: clusters)
    }
    let model = try cases(options.cases.score)
    let baseline = try options.cases.compare.map { try cases($0) }
    guard model.names.count > 1 else {
      throw LightboxError.input(
        file: table.file, column: options.group,
        found: "\(model.names.count) group\(model.names.count == 1 ? "" : "s")",
        expected: "at least two groups")
    }
    for name in model.names {
      let count = groups.count { $0 == name }
      guard count < 2 else { continue }
      throw LightboxError.input(
        file: table.file, column: options.group, found: "\(name) has \(count) case",
        expected: "at least 2 in every group", hint: "leave its row out, or merge it with another")
    }
    if let versus = options.versus, !model.names.contains(versus) {
      throw LightboxError.input(
        file: table.file, column: options.group, found: "no group \(versus)",
        expected: "one of \(model.names.joined(separator: ", "))")
    }
    file = options.cases.file
    score = options.cases.score
    compare = options.cases.compare
    group = options.group
    self.cases = readings.labels.count
    unknownGroup = model.unknown
    self.clusters = clusters?.count
    threshold = model.threshold
    compareThreshold = baseline?.threshold
    let bootstrap = options.cases.bootstrap.map {
      FairnessBootstrap(
        replicates: $0, stream: options.cases.stream("fairness"))
    }
    levels = fairnessLevels(model).map {
      Row(name: $0.measure.levelName, cell: $0, interval: Self.varying($0)?.interval())
    }
    gaps = fairnessGaps(
      model, baseline: baseline, versus: options.versus, bootstrap: bootstrap
    ).map {
      Row(
        name: $0.measure.gapName, cell: $0, interval: Self.varying($0)?.interval(),
        pValue: Self.varying($0)?.pValue())
    }
    let tested = gaps.indices.filter { gaps[$0].pValue != nil }
    for (k, adjusted) in zip(tested, holm(tested.map { gaps[$0].pValue! })) {
      gaps[k].holm = adjusted
    }
  }

  /// The estimate of a cell where it has a variance: where all cases are alike, linearisation
  /// gives 0, and neither an interval nor a p-value follows from that.
  private static func varying(_ cell: FairnessCell) -> Estimate? {
    cell.estimate.flatMap { $0.standardError > 0 ? $0 : nil }
  }

  func text() -> String {
    let units = clusters.map { " of \($0) clusters" } ?? ""
    let unknown = unknownGroup > 0 ? "; \(unknownGroup) without \(group), in no group" : ""
    var lines = ["\(file): \(cases) cases\(units) judged\(unknown)"]
    let other = compareThreshold.map { " and \($0) (\(compare!))" } ?? ""
    lines.append("threshold: \(threshold) (\(score))\(other), \(thresholdFrom)")
    lines.append("")
    var rows = [[group, "measure", "value", "SE", "95 % interval", "cases", "positive"]]
    for row in levels { rows.append(Self.cells(row, row.cell.group, counts: true)) }
    lines += Cells.columns(rows)
    lines.append("")
    let what = compare.map { "change of gap, \(score) - \($0)" } ?? "gap"
    rows = [[group, what, "value", "SE", "95 % interval", "p", "Holm"]]
    for row in gaps {
      let name = "\(row.cell.group) - \(row.cell.versus ?? "")"
      rows.append(Self.cells(row, name, counts: false))
      if let bootstrap = row.cell.bootstrap {
        let left = bootstrap.undefined > 0 ? ", \(bootstrap.undefined) undefined" : ""
        rows.append([
          "", "  bootstrap\(left)", "", Cells.fixed(bootstrap.standardError),
          Cells.interval(bootstrap.interval), Cells.pValue(bootstrap.pValue),
        ])
      } else if row.cell.estimate != nil, let reason = row.cell.reason {
        rows.append(["", "  \(reason)"])
      }
    }
    lines += Cells.columns(rows)
    lines.append("")
    if (levels + gaps).contains(where: { $0.cell.estimate != nil && $0.interval == nil }) {
      lines.append("no variance: all cases that count are alike; no interval or p follows from it.")
    }
    lines.append("p > 0.05 is no evidence of sameness; compare the interval with a margin.")
    return lines.joined(separator: "\n")
  }

  private static func cells(_ row: Row, _ name: String, counts: Bool) -> [String] {
    guard let estimate = row.cell.estimate else {
      return [name, row.name, "missing: \(row.cell.reason ?? "")"]
    }
    var cells = [
      name, row.name, Cells.fixed(estimate.value), Cells.fixed(estimate.standardError),
      row.interval.map { Cells.interval($0) } ?? "no variance",
    ]
    if counts {
      cells += ["\(row.cell.cases)", "\(row.cell.positives)"]
    } else if let p = row.pValue, let holm = row.holm {
      cells += [Cells.pValue(p), Cells.pValue(holm)]
    }
    return cells
  }
}
