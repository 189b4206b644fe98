import Foundation
import Kernels
import Plotting
import Statistics

/// The curves of `lightbox survival --plot`: Kaplan-Meier steps with their bands.
struct SurvivalPlot {
  /// Where the drawing goes; table and script lie beside it.
  let folder, name: String

  /// - path: of the drawing, `curves.svg`.
  /// - Throws: a usage error (64) for another ending, or a name that is not plain.
  init(_ path: String) throws { (folder, name) = try DrawingPath.parts(path) }

  /// A corner of the steps, or a censored case on them.
  struct Row: TableRow {
    static let columns = [
      Column("group"), Column("time"), Column("survival"), Column("low"), Column("high"),
      Column("at risk"), Column("censored at"),
    ]
    var group: String
    var time: Double
    var survival, low, high: Double?
    var atRisk: Int?
    var censoredAt: Double?
  }

  /// Steps lower than this are drawn together: a million cases give a drawing of bounded size.
  static let finest = 0.0005
  /// Censored cases are marked in drawings with at most so many censoring times.
  static let mostMarks = 300

  /// Draws all curves in one panel and gives the paths of drawing, table and script.
  func draw(_ report: SurvivalReport, curves: [KaplanMeier]) throws -> [String] {
    let marks = curves.reduce(0) { $0 + $1.censored.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }
    var rows: [Row] = []
    for (curve, own) in zip(curves, report.curves) {
      let name = report.group.map { "\($0) \(own.name)" } ?? own.name
      let label = "\(name): \(own.cases) cases, \(own.events) events"
      rows += Self.steps(
        curve, label, level: report.level, kind: report.interval,
        marks: marks <= Self.mostMarks)
    }
    let level = RocReport.percent(report.level)
    let files = try Figure.render(
      rows, name: name, directory: folder,
      footer: "\((report.file as NSString).lastPathComponent) · \(report.event)",
      metadata: [
        (name: "interval", value: report.interval.rawValue), (name: "variance", value: "Greenwood"),
      ]
    ) { plot in
      plot.line(
        x: \.time, y: \.survival, band: (\.low, \.high), series: \.group, markers: false
      )
      .points(x: \.time, y: \.censoredAt, series: \.group, open: true)
      .axes(y: 0.0...1.0)
      .labels(x: report.time, y: "Survival, bands: \(level) \(report.interval.rawValue)")
    }
    return [files.drawing, files.table, files.script]
  }

  private static func steps(
    _ curve: KaplanMeier, _ label: String, level: Double, kind: SurvivalIntervalKind, marks: Bool
  ) -> [Row] {
    var last = Row(
      group: label, time: 0, survival: 1, low: 1, high: 1, atRisk: curve.cases)
    var rows = [last]
    let end = curve.times.count - 1
    for k in curve.times.indices {
      let isStep = curve.events[k] > 0 && last.survival! - curve.survival[k] >= finest
      if isStep || k == end {
        last.time = curve.times[k]
        last.atRisk = curve.atRisk[k]
        rows.append(last)
        let band = curve.interval(k, level: level, kind: kind)
        last.survival = curve.survival[k]
        last.low = band?.low
        last.high = band?.high
        rows.append(last)
      }
    }
    // After the steps: rows without a survival would cut their line.
    for k in curve.times.indices where marks && curve.censored[k] > 0 {
      rows.append(Row(group: label, time: curve.times[k], censoredAt: curve.survival[k]))
    }
    return rows
  }
}
