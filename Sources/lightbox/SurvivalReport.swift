import Foundation
import Kernels
import Plotting
import Statistics

/// What `lightbox survival` found.
struct SurvivalReport: Encodable {
  struct Curve: Encodable {
    /// Of the group; "all" without groups.
    var name: String
    var cases, events: Int
    var followUp: Double
    var median: KaplanMeier.Quantile
    var restrictedMean: Value?
    var at: [At]
  }
  /// An estimate with its interval.
  struct Value: Encodable {
    var value, standardError: Double
    var interval: Interval
    init(_ estimate: Estimate, level: Double) {
      value = estimate.value
      standardError = estimate.standardError
      interval = estimate.interval(level: level)
    }
  }
  struct At: Encodable {
    var time: Double
    var survival: KaplanMeier.Point?
    /// Why there is none.
    var reason: String?
  }
  struct LogRankTest: Encodable {
    var groups: [LogRank.Group]
    var result: ChiSquaredTest
    var strata: Int
  }

  var file, time, event: String
  var group: String?
  var cases, events: Int
  var followUp: Double
  var leftOut: SurvivalColumns.LeftOut
  var level: Double
  var interval: SurvivalIntervalKind
  /// End of the restricted means.
  var tau: Double
  var curves: [Curve] = []
  var logRank: LogRankTest?
  var cox: SurvivalModel?
  var concordance: [SurvivalConcordance] = []
  var drawn: [String]?

  init(_ options: Survival) throws {
    let drawing = try options.plot.map { try SurvivalPlot($0) }
    let columns = try SurvivalColumns(options)
    let data = columns.data
    file = options.file
    time = options.time
    event = "\(options.event) = \(options.eventValue ?? "1")"
    group = options.group
    cases = data.count
    events = data.eventCount
    followUp = data.times.max()!
    leftOut = columns.leftOut
    level = options.level
    interval = options.interval
    if let groups = columns.group {
      let test = try columns.defined(options.group, "groups that can be compared") {
        try LogRank(data, groups: groups, strata: columns.strata)
      }
      logRank = LogRankTest(groups: test.groups, result: test.result, strata: test.strata)
    }
    let parts =
      columns.group.map { groups in
        groups.names.indices.map { (groups.names[$0], data.subset(groups.cases($0))) }
      } ?? [("all", data)]
    let estimates = parts.map { KaplanMeier($0.1) }
    tau = options.tau ?? KaplanMeier.commonTau(estimates)
    let times = try options.times()
    for (k, curve) in estimates.enumerated() {
      curves.append(
        Curve(
          name: parts[k].0, cases: curve.cases, events: curve.eventCount,
          followUp: curve.times.last!,
          median: curve.quantile(level: level, kind: interval),
          restrictedMean: (try? curve.restrictedMean(to: tau)).map { Value($0, level: level) },
          at: times.map { time in
            do {
              let point = try curve.point(at: time, level: options.level, kind: options.interval)
              return At(time: time, survival: point)
            } catch {
              return At(time: time, reason: "\(error)")
            }
          }))
    }
    if let covariates = columns.covariates {
      let clusters =
        columns.clusters ?? (options.robust ? Clusters(singletons: data.count) : nil)
      let fit = try columns.defined(nil, "covariates with finite, separate effects") {
        try CoxRegression(
          data, covariates: covariates.rows, names: covariates.names, ties: options.ties,
          strata: columns.strata, robust: clusters)
      }
      cox = SurvivalModel(fit, options)
      if columns.strata == nil {
        concordance += try columns.defined(nil, "cases that can be ordered") {
          try SurvivalConcordance.both(
            "Cox model, on its own cases", data, fit.linearPredictors, columns.clusters, options,
            bootstrap: false)
        }
      }
    }
    if let score = columns.score {
      concordance += try columns.defined(options.score, "cases that can be ordered") {
        try SurvivalConcordance.both(
          options.score!, data, score, columns.clusters, options, bootstrap: true)
      }
    }
    if let drawing { drawn = try drawing.draw(self, curves: estimates) }
  }

  func text(_ style: TableStyle) -> String {
    let comment = style == .latex ? "% " : ""
    var lines = [
      comment + "\(file): \(cases) cases, \(events) events (\(event)), \(time) up to "
        + Printed.exact(followUp)
    ]
    if !leftOut.rows.isEmpty {
      let counts = leftOut.columns.map { "\($0.column) \($0.rows)" }.joined(separator: ", ")
      let shown = leftOut.rows.prefix(10).map(String.init).joined(separator: ", ")
      let more = leftOut.rows.count > 10 ? ", …" : ""
      lines.append(
        comment + "left out for an empty field (\(counts)): "
          + "\(leftOut.rows.count) rows: \(shown)\(more)")
    }
    for section in sections {
      lines.append("")
      lines += style.lines(section)
    }
    if let drawn {
      lines += ["", comment + "drawn: \(drawn.joined(separator: ", "))"]
    }
    return lines.joined(separator: "\n")
  }

  private var percent: String { RocReport.percent(level) }

  private var sections: [TableStyle.Section] {
    [survival] + (curves[0].at.isEmpty ? [] : [survivalAtTimes])
      + (logRank.map { [test($0)] } ?? [])
      + (cox?.sections(percent) ?? [])
      + (concordance.isEmpty ? [] : [SurvivalConcordance.section(concordance, percent)])
  }

  private var survival: TableStyle.Section {
    var rows = [
      [
        group ?? "group", "cases", "events", "median", "\(percent) interval",
        "mean to \(Printed.exact(tau))", "SE", "\(percent) interval",
      ]
    ]
    for curve in curves {
      let mean = curve.restrictedMean
      rows.append([
        curve.name, "\(curve.cases)", "\(curve.events)", Self.reached(curve.median.value),
        "\(Self.reached(curve.median.low)) to \(Self.reached(curve.median.high))",
        mean.map { Printed.significant($0.value, digits: 4) } ?? "not known",
        mean.map { Printed.significant($0.standardError, digits: 3) } ?? "",
        mean.map {
          "\(Printed.significant($0.interval.low, digits: 4)) to "
            + Printed.significant($0.interval.high, digits: 4)
        } ?? "",
      ])
    }
    return TableStyle.Section(
      title: "Survival, Kaplan-Meier", rows: rows,
      notes: [
        "median: smallest time with S <= 1/2, Brookmeyer-Crowley interval, \(interval.rawValue) "
          + "band; restricted mean: normal interval"
      ])
  }

  private static func reached(_ time: Double?) -> String {
    time.map(Printed.exact) ?? "not reached"
  }

  private var survivalAtTimes: TableStyle.Section {
    var rows = [[group ?? "group", "at", "at risk", "S", "SE", "\(percent) interval"]]
    for curve in curves {
      for at in curve.at {
        guard let point = at.survival else {
          rows.append([curve.name, Printed.exact(at.time), "", at.reason ?? ""])
          continue
        }
        rows.append([
          curve.name, Printed.exact(at.time), "\(point.atRisk)", Cells.fixed(point.survival),
          point.standardError.map { Cells.fixed($0) } ?? "",
          point.interval.map { Cells.interval($0) } ?? "none at S = 0",
        ])
      }
    }
    return TableStyle.Section(
      title: "Survival at times", rows: rows,
      notes: ["variance: Greenwood; interval: \(interval.rawValue)"])
  }

  private func test(_ test: LogRankTest) -> TableStyle.Section {
    var rows = [[group ?? "group", "cases", "observed", "expected"]]
    for group in test.groups {
      rows.append([
        group.name, "\(group.cases)", "\(group.observed)", Cells.fixed(group.expected, 2),
      ])
    }
    let strata = test.strata > 1 ? ", \(test.strata) strata" : ""
    return TableStyle.Section(
      title: "Log-rank test\(strata)", rows: rows,
      notes: [SurvivalModel.text("chi-squared", test.result) + "; hypergeometric variance"])
  }
}
