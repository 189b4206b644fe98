import ArgumentParser
import Imaging
import Kernels
import Statistics

/// `lightbox survival`: Kaplan-Meier curves, log-rank test, Cox regression, concordance.
struct Survival: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survival",
    abstract: "Kaplan-Meier, log-rank, Cox regression, Harrell's and Uno's C.",
    discussion: """
      FILE is CSV or TSV (also .gz), one case a row. Times are 0 or more from a common start; events \
      are 1 and censored cases 0, or --event-value names the event. Text covariates become one \
      column a level, the first is the reference. Higher scores mean earlier events. The output names \
      ties, variances and intervals. Refused: negative times, no event, groups of one case, constant \
      or collinear covariates, coefficients without a finite estimate, empty or NA fields (see \
      --complete-cases).

      Example, on the file that comes with the project (simulated):

        lightbox survival Examples/survival.tsv --time days --event died \\
          --group arm --covariates age,arm --score score --tau 365 --at 180,365
      """)

  @Argument(help: "The table of cases.")
  var file: String
  @Option(help: "Column of the length of follow-up.")
  var time: String
  @Option(help: "Column that tells whether it ended with the event.")
  var event: String
  @Option(help: "What this column says for an event, instead of 1; all else is censored.")
  var eventValue: String?
  @Option(help: "Column of the groups: a curve each, log-rank test.")
  var group: String?
  @Option(help: "Columns of the covariates, separated by commas: Cox regression.")
  var covariates: String?
  @Option(help: "Column of the strata of log-rank test and Cox regression.")
  var strata: String?
  @Option(help: "Tied event times in the Cox regression: efron or breslow.")
  var ties: CoxRegression.Ties = .efron
  @Option(help: "Time in the test of proportional hazards: km, identity or log.")
  var timeScale: ProportionalHazards.Transform = .kaplanMeier
  @Flag(help: "Robust variance in the Cox regression (Lin and Wei), as with --cluster.")
  var robust = false
  @Option(help: "Column that names the patient, where there are several cases of one.")
  var cluster: String?
  @Option(help: "Column of a score: concordance.")
  var score: String?
  @Option(help: "End of the restricted mean, and of the events that Uno's C counts.")
  var tau: Double?
  @Option(help: "Times at which survival is stated, separated by commas.")
  var at: String?
  @Option(help: "Interval of survival: log-log, log or plain.")
  var interval: SurvivalIntervalKind = .logLog
  @Option(help: "Level of the intervals.")
  var level: Double = 0.95
  @Option(help: "Also bootstrap the concordance of the score, with this many replicates.")
  var bootstrap: Int?
  @Option(help: "Seed of the bootstrap.")
  var seed: UInt64 = 1
  @Flag(help: "Leave out rows with an empty or NA field in a column used; they are listed.")
  var completeCases = false
  @Option(help: "Print tables as text, markdown or latex.")
  var tables: TableStyle = .text
  @Option(
    help: ArgumentHelp("Draw the curves; data and script go beside it.", valueName: "file.svg"))
  var plot: String?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard level > 0, level < 1 else {
      throw ValidationError("--level \(level): expected between 0 and 1")
    }
    if let tau, !(tau > 0 && tau.isFinite) {
      throw ValidationError("--tau \(tau): expected a positive time")
    }
    if let bootstrap, bootstrap < 100 {
      throw ValidationError("--bootstrap \(bootstrap): expected 100 replicates or more")
    }
    if bootstrap != nil, score == nil {
      throw ValidationError("--bootstrap: expected --score, the column it is for")
    }
    if strata != nil, group == nil, covariates == nil {
      throw ValidationError("--strata: expected --group or --covariates, which it is for")
    }
    if cluster != nil, covariates == nil, score == nil {
      throw ValidationError("--cluster: expected --covariates or --score, which it is for")
    }
    if robust, covariates == nil {
      throw ValidationError("--robust: expected --covariates, which it is for")
    }
    _ = try times()
  }

  func run() throws {
    let report = try SurvivalReport(self)
    print(try json ? JSONText.text(report) : report.text(tables))
  }

  /// The times of `--at`.
  func times() throws -> [Double] {
    try (at ?? "").split(separator: ",").map { part in
      guard let time = Double(part.filter { $0 != " " }), time >= 0, time.isFinite else {
        throw ValidationError("--at \(part): expected times of 0 or more, separated by commas")
      }
      return time
    }
  }
}

extension CoxRegression.Ties: ExpressibleByArgument {}
extension ProportionalHazards.Transform: ExpressibleByArgument {}
extension SurvivalIntervalKind: ExpressibleByArgument {}
