import Foundation
import Kernels
import Plotting
import Statistics

/// The panels of `lightbox agreement --plot`: difference against mean for every pair of methods.
struct AgreementPlot {
  /// Where the drawing goes; table and script lie beside it.
  let folder, name: String

  /// - path: of the drawing, `agreement.svg`.
  /// - Throws: a usage error (64) for another ending, or a name that is not plain.
  init(_ path: String) throws { (folder, name) = try DrawingPath.parts(path) }

  /// A subject, or an end of the lines across a panel.
  struct Row: TableRow {
    static let columns = [
      Column("pair"), Column("subject"), Column("mean"), Column("difference"), Column("end"),
      Column("bias"), Column("bias low"), Column("bias high"), Column("lower limit"),
      Column("lower low"), Column("lower high"), Column("upper limit"), Column("upper low"),
      Column("upper high"),
    ]
    var pair: String
    var subject: String?
    var mean, difference, end: Double?
    var bias, biasLow, biasHigh, lower, lowerLow, lowerHigh, upper, upperLow, upperHigh: Double?
  }

  /// Draws one panel for each pair and gives the paths of drawing, table and script.
  func draw(_ report: AgreementReport) throws -> [String] {
    let operation = report.scale == .ratio ? "/" : "−"
    let rows = report.pairs.flatMap { pair -> [Row] in
      let title = "\(pair.first) \(operation) \(pair.second)"
      let means = pair.points.map(\.mean)
      let room = 0.05 * (means.max()! - means.min()!)
      let ends = [means.min()! - room, means.max()! + room].map { end in
        Row(
          pair: title, end: end, bias: pair.bias.value, biasLow: pair.bias.interval.low,
          biasHigh: pair.bias.interval.high, lower: pair.limits.low,
          lowerLow: pair.limitIntervals.lower.low, lowerHigh: pair.limitIntervals.lower.high,
          upper: pair.limits.high, upperLow: pair.limitIntervals.upper.low,
          upperHigh: pair.limitIntervals.upper.high)
      }
      return ends
        + pair.points.map {
          Row(pair: title, subject: $0.subject, mean: $0.mean, difference: $0.difference)
        }
    }
    let level = RocReport.percent(report.level)
    let label = ["difference": "Difference", "ratio": "Ratio", "percent": "Difference [% of mean]"]
    let files = try Figure.render(
      rows, name: name, directory: folder,
      footer: "\((report.file as NSString).lastPathComponent) · \(report.subjects) subjects",
      metadata: [(name: "intervals", value: report.pairs[0].intervals)]
    ) { plot in
      let draw = { (panel: Plot<Row>) in
        panel.order(series: ["bias", "limits of agreement", "subjects"])
        panel.line(
          x: \.end, y: \.bias, band: (\.biasLow, \.biasHigh), label: "bias", markers: false
        ).line(
          x: \.end, y: \.lower, band: (\.lowerLow, \.lowerHigh), label: "limits of agreement",
          markers: false
        ).line(
          x: \.end, y: \.upper, band: (\.upperLow, \.upperHigh), label: "limits of agreement",
          markers: false
        ).points(x: \.mean, y: \.difference, label: "subjects", open: true)
          .reference(y: report.scale == .ratio ? 1 : 0)
          .labels(
            x: report.scale == .ratio ? "Geometric mean of the two" : "Mean of the two",
            y: "\(label[report.scale.rawValue]!), bands: \(level) intervals")
      }
      if report.pairs.count == 1 {
        draw(plot)
      } else {
        plot.panels(by: \.pair) { panel, _ in draw(panel) }
      }
    }
    return [files.drawing, files.table, files.script]
  }
}
