import Foundation
import Kernels
import Plotting
import Statistics

/// The drawing of `lightbox readers --plot`: readers' ROC curves, a panel for each modality; for
/// rates the readers' differences and their mean, a panel for each pair.
struct ReadersPlot {
  /// Where the drawing goes; table and script lie beside it.
  let folder, name: String

  /// - path: of the drawing, `readers.svg`.
  /// - Throws: a usage error (64) for another ending, or a name that is not plain.
  init(_ path: String) throws { (folder, name) = try DrawingPath.parts(path) }

  /// A corner of a reader's curve.
  struct Corner: TableRow {
    static let columns = [
      Column("modality"), Column("reader"), Column("threshold"), Column("1 - specificity"),
      Column("sensitivity"),
    ]
    var modality, reader: String
    var threshold, falsePositiveRate, truePositiveRate: Double
  }

  /// A difference with its interval.
  struct Bar: TableRow {
    static let columns = [
      Column("pair"), Column("reader"), Column("difference"), Column("low"), Column("high"),
    ]
    var pair, reader: String
    var difference, low, high: Double
  }

  /// Draws and gives the paths of drawing, table and script.
  func draw(_ report: ReadersReport, _ ratings: CrossedRatings) throws -> [String] {
    let footer =
      "\((report.file as NSString).lastPathComponent) · \(report.positives) positive, "
      + "\(report.negatives) negative"
    let metadata = [
      (name: "figure", value: report.figure), (name: "covariance", value: report.covariance),
    ]
    let files =
      try report.figure == "AUROC"
      ? Figure.render(
        corners(report, ratings), name: name, directory: folder, footer: footer,
        metadata: metadata
      ) { plot in
        plot.panels(by: \.modality) { panel, _ in
          panel.roc(
            falsePositiveRate: \.falsePositiveRate, truePositiveRate: \.truePositiveRate,
            series: \.reader
          ).size(width: 360, height: 360)
        }
      }
      : Figure.render(
        bars(report), name: name, directory: folder, footer: footer, metadata: metadata
      ) { plot in
        let label = "Difference in \(report.figure), \(RocReport.percent(report.level)) intervals"
        plot.panels(by: \.pair) { panel, _ in
          panel.points(x: \.difference, y: \.reader, interval: (\.low, \.high))
            .reference(x: 0).labels(x: label, y: "Reader")
        }
      }
    return [files.drawing, files.table, files.script]
  }

  private func corners(_ report: ReadersReport, _ ratings: CrossedRatings) throws -> [Corner] {
    try ratings.modalities.enumerated().flatMap { i, modality in
      let mean = report.values[i].reduce(0, +) / Double(ratings.readers.count)
      let title = "\(report.modalityColumn) \(modality): mean AUROC \(Cells.fixed(mean, 3))"
      return try ratings.readers.enumerated().flatMap { j, reader in
        try ROCCurve(scores: ratings.ratings[i][j], labels: ratings.truth).points.map {
          Corner(
            modality: title, reader: "reader \(reader)", threshold: $0.threshold,
            falsePositiveRate: $0.falsePositiveRate, truePositiveRate: $0.truePositiveRate)
        }
      }
    }
  }

  private func bars(_ report: ReadersReport) -> [Bar] {
    let single = report.readerDifferences.map { row in
      Bar(
        pair: "\(row.first) − \(row.second)", reader: "reader \(row.reader)",
        difference: row.value, low: row.interval.low, high: row.interval.high)
    }
    let labels = [
      ObuchowskiRockette.Generalization.readersAndCases.rawValue: "mean, all random",
      ObuchowskiRockette.Generalization.cases.rawValue: "mean, fixed readers",
      ObuchowskiRockette.Generalization.readers.rawValue: "mean, fixed cases",
    ]
    let all = report.analyses.flatMap { analysis in
      analysis.differences.map { row in
        Bar(
          pair: "\(row.first) − \(row.second)",
          reader: labels[analysis.generalization] ?? analysis.generalization,
          difference: row.estimate.value, low: row.estimate.interval.low,
          high: row.estimate.interval.high)
      }
    }
    return single + all
  }
}
