import ArgumentParser
import Imaging
import Kernels
import Statistics

/// `lightbox readers`: multi-reader multi-case analysis of a fully crossed reader study.
struct Readers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "readers",
    abstract: "Reader study: modalities compared over readers and cases (Obuchowski-Rockette).",
    discussion: """
      FILE is CSV or TSV (also .gz), one rating a row, truth 0 or 1, higher ratings more positive. \
      Every reader must have rated every case with every modality; what is missing is named.
      Differences are the earlier modality less the later. Degrees of freedom: Hillis 2007. Pairs \
      and single readers: Holm. Rates count a rating >= --threshold as a positive call; single \
      readers then by McNemar's mid-p and Tango's interval.

      Example, on the file that comes with the project (simulated):

        lightbox readers Examples/reader-study.tsv --modality aid --cluster patient
      """)

  enum Figure: String, ExpressibleByArgument, CaseIterable {
    case auroc, sensitivity, specificity
  }
  enum Covariance: String, ExpressibleByArgument, CaseIterable {
    case delong, jackknife, bootstrap
  }

  @Argument(help: "The table of ratings.")
  var file: String
  @Option(help: "Column of the reader.")
  var reader: String = "reader"
  @Option(name: .customLong("case"), help: "Column of the case.")
  var caseName: String = "case"
  @Option(help: "Column of the modality or treatment.")
  var modality: String = "modality"
  @Option(help: "Column of the truth, 0 or 1.")
  var truth: String = "truth"
  @Option(help: "Column of the rating.")
  var rating: String = "rating"
  @Option(help: "Column that names the patient, where there are several cases of one.")
  var cluster: String?
  @Option(help: "Figure of merit.")
  var figure: Figure = .auroc
  @Option(help: "A rating at or above it is a positive call.")
  var threshold: Double?
  @Option(help: "Also predictive values at this prevalence.")
  var prevalence: Double?
  @Option(help: "Covariance of the readers' figures.")
  var covariance: Covariance = .delong
  @Option(help: "Replicates of the bootstrap.")
  var replicates: Int = 2000
  @Option(help: "Seed of the bootstrap.")
  var seed: UInt64 = 1
  @Option(help: "Also plan: cases that find this difference with power 0.8.")
  var detect: Double?
  @Option(help: "Level of the intervals.")
  var level: Double = 0.95
  @Option(help: "Print tables as text, markdown or latex.")
  var tables: TableStyle = .text
  @Option(
    help: ArgumentHelp("Draw curves, or differences of rates.", valueName: "file.svg"))
  var plot: String?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard level > 0, level < 1 else {
      throw ValidationError("--level \(level): expected between 0 and 1")
    }
    guard (100...1_000_000).contains(replicates) else {
      throw ValidationError("--replicates \(replicates): expected 100 to 1000000")
    }
    if figure != .auroc, threshold == nil {
      throw ValidationError(
        "--figure \(figure.rawValue): give --threshold, a positive call's rating")
    }
    if let threshold, !threshold.isFinite {
      throw ValidationError("--threshold \(threshold): expected a finite number")
    }
    if let prevalence {
      guard prevalence > 0, prevalence < 1 else {
        throw ValidationError("--prevalence \(prevalence): expected between 0 and 1")
      }
      guard threshold != nil else {
        throw ValidationError("--prevalence: give --threshold, a positive call's rating")
      }
    }
    if let detect, detect <= 0 || detect >= 1 {
      throw ValidationError("--detect \(detect): expected between 0 and 1")
    }
  }

  func run() throws {
    let report = try ReadersReport(self)
    print(try json ? JSONText.text(report) : report.text(tables))
  }

  /// The ratings, read and checked.
  func ratings() throws -> CrossedRatings {
    let table = try TextTable.read(file)
    let places = try [modality, reader, caseName].map { try table.index(of: $0) }
    let clusterPlace = try cluster.map { try table.index(of: $0) }
    let truthPlace = try table.index(of: truth)
    var rows: [CrossedRatings.Row] = []
    rows.reserveCapacity(table.rows.count)
    for row in table.rows.indices {
      let fields = table.rows[row]
      func name(_ place: Int) throws -> String {
        if fields[place].isEmpty {
          throw table.error(row, table.header[place], expected: "a name")
        }
        return fields[place]
      }
      let truth: Bool
      switch fields[truthPlace] {
      case "0", "0.0": truth = false
      case "1", "1.0": truth = true
      default:
        throw table.error(
          row, self.truth, expected: "0 or 1", hint: "1 is the positive class; code other labels so"
        )
      }
      guard let value = try table.double(row, rating) else {
        throw table.error(
          row, rating, expected: "a rating",
          hint: "the study must be crossed: leave the case out for all readers")
      }
      rows.append(
        CrossedRatings.Row(
          number: row + 2, modality: try name(places[0]), reader: try name(places[1]),
          caseName: try name(places[2]), truth: truth, rating: value,
          cluster: try clusterPlace.map(name)))
    }
    return try CrossedRatings(
      rows: rows, file: file,
      columns: CrossedRatings.Columns(
        modality: modality, reader: reader, caseName: caseName, truth: truth, rating: rating,
        cluster: cluster))
  }

  /// The figure of merit with its threshold.
  var merit: ReaderFigure {
    switch figure {
    case .auroc: .auroc
    case .sensitivity: .sensitivity(threshold: threshold ?? 0)
    case .specificity: .specificity(threshold: threshold ?? 0)
    }
  }

  var method: ReaderPerformance.Method {
    switch covariance {
    case .delong: .deLong
    case .jackknife: .jackknife
    case .bootstrap:
      .bootstrap(replicates: replicates, stream: RandomStream(seed).child("readers"))
    }
  }
}
