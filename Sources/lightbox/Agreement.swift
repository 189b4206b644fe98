import ArgumentParser
import Imaging
import Kernels
import Statistics

/// `lightbox agreement`: bias, limits of agreement, variance components, ICC, repeatability.
struct Agreement: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agreement",
    abstract: "Bias, limits of agreement, variance components, ICC, repeatability.",
    discussion: """
      FILE is CSV or TSV (also .gz). Long: --method and --value, one measurement a row. Wide: \
      --columns, one method a column, repeats of a subject in further rows. Methods may be operators.
      Pairs are first minus second. Limits are bias +- 1.96 SD for two single measurements. One value \
      each: exact intervals (Carkeet 2015). Repeats: Bland and Altman 2007, intervals by Zou 2013; \
      the true value is taken as constant unless --linked. p-values of bias: paired t, Holm.
      Components: ANOVA where balanced, else REML; operators are a random sample.

      Example, on the file that comes with the project (simulated):

        lightbox agreement Examples/volumes.tsv --subject volunteer \\
          --method operator --value "volume [ml]" --repeat repeat
      """)

  @Argument(help: "The table of measurements.")
  var file: String
  @Option(help: "Column of the subject.")
  var subject: String
  @Option(help: "Column of the method or operator (long form).")
  var method: String?
  @Option(help: "Column of the value (long form).")
  var value: String?
  @Option(help: "Columns of the methods, separated by commas (wide form).")
  var columns: String?
  @Option(name: .customLong("repeat"), help: "Column that names the repeat.")
  var repeated: String?
  @Flag(help: "Values of one repeat were taken together; the true value may differ between them.")
  var linked = false
  @Option(help: "Compare as difference, ratio or percent of the mean.")
  var scale: DifferenceScale = .difference
  @Option(help: "Also test sameness: bias within this of 0 (of 1, as a ratio above 1).")
  var margin: Double?
  @Option(help: "Level of the intervals.")
  var level: Double = 0.95
  @Option(help: "Power at which the smallest detectable bias is stated.")
  var power: Double = 0.8
  @Option(help: "Print tables as text, markdown or latex.")
  var tables: TableStyle = .text
  @Option(
    help: ArgumentHelp("Draw the panels; data and script go beside it.", valueName: "file.svg"))
  var plot: String?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard level > 0, level < 1 else {
      throw ValidationError("--level \(level): expected between 0 and 1")
    }
    guard power > 0.05, power < 1 else {
      throw ValidationError("--power \(power): expected between 0.05 and 1")
    }
    if let margin, margin <= (scale == .ratio ? 1 : 0) || !margin.isFinite {
      throw ValidationError(
        "--margin \(margin): expected above \(scale == .ratio ? "1, a ratio" : "0")")
    }
    switch (method, value, columns) {
    case (_?, _?, nil), (nil, nil, _?): break
    default:
      throw ValidationError("give either --method and --value (long), or --columns (wide)")
    }
  }

  func run() throws {
    let report = try AgreementReport(self)
    print(try json ? JSONText.text(report) : report.text(tables))
  }

  /// The measurements, read and checked.
  func measurements() throws -> Measurements {
    let table = try TextTable.read(file)
    if let columns {
      let names = columns.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init)
      guard Set(names).count == names.count, names.count > 1 else {
        throw LightboxError(.usage, "--columns \(columns): expected two or more different columns")
      }
      return try Measurements(wide: table, subject: subject, columns: names, repeated: repeated)
    }
    return try Measurements(
      long: table, subject: subject, method: method!, value: value!, repeated: repeated)
  }
}

extension DifferenceScale: ExpressibleByArgument {}
