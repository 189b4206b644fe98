import Cohorts
import Kernels
import Plotting

/// One estimate of one trained model, as `cases/estimates.tsv` keeps it.
///
/// The rows of an arm, a cell and an estimator, one for each seed, give every statistic between
/// seeds again: their mean, their standard deviation, the paired differences of two arms.
public struct EstimateRow: TableRow, Hashable, Sendable {
  public static let columns = [
    Column("arm"), Column("seed"), Column("cell"), Column("estimator"), Column("value"),
    Column("standard error"), Column("n"),
  ]

  /// The arm of the study: `non-private`, `eps-1.06`.
  public var arm: String
  /// The seed that the model was trained with.
  public var seed: Int
  /// The cases that count: `all`, `sex=F`, `age=70+`.
  public var cell: String
  /// What was estimated, as recipes name it: `mean-auroc`, `auroc(effusion)`.
  public var estimator: String
  /// The estimate, with all its digits.
  public var value: Double
  /// Standard error over the cases of the cell, with the model fixed; nil where none is known.
  public var standardError: Double?
  /// Cases behind the value.
  public var n: Int

  public init(
    arm: String, seed: Int, cell: String, estimator: String, value: Double, standardError: Double?,
    n: Int
  ) {
    self.arm = arm
    self.seed = seed
    self.cell = cell
    self.estimator = estimator
    self.value = value
    self.standardError = standardError
    self.n = n
  }

  /// What no two rows of a table may share.
  fileprivate var key: [String] { [arm, String(seed), cell, estimator] }
}

extension StudyRun {
  /// The estimates of every arm, seed and cell: `cases/estimates.tsv`, one row per arm, seed, cell
  /// and estimator, with n and standard error.
  ///
  ///     try study.estimates(tier: .simulated, rows: try estimates(experiment))
  ///
  /// Never compressed and never a subset, so that what lies between the seeds recomputes from what
  /// is committed even where the per-case rows are those of one seed. Recipes read it as a table of
  /// cases: `mean(estimates; value | arm=eps-1.06, cell=sex=F)`. Logged, woven and checked as
  /// every other file of cases; once a study.
  ///
  /// Throws whatever computing the rows throws; a software error (70) for two rows of equal arm,
  /// seed, cell and estimator, or a standard error below zero; an input error for a cell that TSV
  /// cannot hold, NaN among them.
  public func estimates(
    _ title: String = "Estimates by arm, seed and cell", tier: DataTier? = nil,
    rows: @autoclosure () throws -> [EstimateRow], fileID: String = #fileID, line: Int = #line
  ) throws {
    // Kept beside whole sets of cases too, so that one folder serves every recipe.
    try cases("estimates", title, tier, keepsWhole: true, false, fileID, line) {
      (nil, try TSV.encode(try Self.distinct(try rows())))
    }
  }

  private static func distinct(_ rows: [EstimateRow]) throws -> [EstimateRow] {
    var seen: Set<[String]> = []
    for row in rows {
      let name = "\(row.estimator) of \(row.arm), seed \(row.seed), cell \(row.cell)"
      guard seen.insert(row.key).inserted else {
        throw LightboxError(.software, "cases/estimates.tsv: two rows hold \(name)")
      }
      if let error = row.standardError, error < 0 {
        throw LightboxError(
          .software, "cases/estimates.tsv: the standard error of \(name) is \(error)")
      }
    }
    return rows
  }
}
