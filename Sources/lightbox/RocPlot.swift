import Foundation
import Kernels
import Plotting
import Statistics

/// The curves of `lightbox roc --plot`, drawn with the studies' own plot.
struct RocPlot {
  /// Where the drawing goes; table and script lie beside it.
  let folder, name: String

  /// - path: of the drawing, `curve.svg`.
  /// - Throws: a usage error (64) for another ending, or a name that is not plain.
  init(_ path: String) throws { (folder, name) = try DrawingPath.parts(path) }

  /// A corner of a curve: cases are called positive where their score reaches the threshold.
  struct Row: TableRow {
    static let columns = [
      Column("score"), Column("threshold"), Column("1 - specificity"), Column("sensitivity"),
    ]
    var score: String
    var threshold, falsePositiveRate, truePositiveRate: Double
  }

  /// Draws one curve for each score and gives the paths of drawing, table and script.
  ///
  /// The legend states AUROC and interval, as the text does.
  func draw(_ report: RocReport, scores: [[Double]], labels: [Bool]) throws -> [String] {
    let level = RocReport.percent(report.level)
    let rows = try zip(report.curves, scores).flatMap { curve, values in
      let area = Cells.fixed(curve.auroc, 3)
      let interval = Cells.interval(curve.interval, 3)
      return try ROCCurve(scores: values, labels: labels).points.map {
        Row(
          score: "\(curve.score): AUROC \(area), \(level) interval \(interval)",
          threshold: $0.threshold, falsePositiveRate: $0.falsePositiveRate,
          truePositiveRate: $0.truePositiveRate)
      }
    }
    let cases = "\(report.positives) positive, \(report.negatives) negative"
    let files = try Figure.render(
      rows, name: name, directory: folder,
      footer: "\((report.file as NSString).lastPathComponent) · \(cases)",
      metadata: [(name: "truth", value: report.truth), (name: "variance", value: report.variance)]
    ) { plot in
      plot.roc(
        falsePositiveRate: \.falsePositiveRate, truePositiveRate: \.truePositiveRate,
        series: \.score
      ).size(width: 420, height: 420)
    }
    return [files.drawing, files.table, files.script]
  }
}
