/// Intraclass correlations of n subjects that each of k raters measured once: the six forms of
/// Shrout and Fleiss with their intervals.
///
///     let icc = try IntraclassCorrelations(ratings)   // [subject][rater]
///     icc[.agreement].value            // ICC(2,1)
///     icc[.agreement].interval()
///
/// Mean squares: MS_R between subjects, MS_C between raters, MS_E residual, MS_W within subjects.
///
/// | form | Shrout-Fleiss | McGraw-Wong | estimate |
/// |---|---|---|---|
/// | oneWay | ICC(1,1) | ICC(1) | (MS_R − MS_W)/(MS_R + (k − 1)MS_W) |
/// | agreement | ICC(2,1) | ICC(A,1) | (MS_R − MS_E)/(MS_R + (k − 1)MS_E + k(MS_C − MS_E)/n) |
/// | consistency | ICC(3,1) | ICC(C,1) | (MS_R − MS_E)/(MS_R + (k − 1)MS_E) |
///
/// and the same for means of k raters, ρ_k = kρ/(1 + (k − 1)ρ): ICC(1,k), ICC(2,k), ICC(3,k). The
/// forms differ in what counts as error: agreement counts systematic differences between raters,
/// consistency does not. Estimates may be negative.
///
/// Intervals: exact F for oneWay and consistency, Satterthwaite's for agreement.
/// References: Shrout and Fleiss 1979, doi:10.1037/0033-2909.86.2.420; McGraw and Wong 1996,
/// doi:10.1037/1082-989X.1.1.30, Table 7.
public struct IntraclassCorrelations: Sendable, Hashable, Codable {
  /// Number of subjects and of raters.
  public let subjects, raters: Int
  public let subjectMeanSquare, raterMeanSquare, residualMeanSquare, withinMeanSquare: Double

  /// - Parameters:
  ///   - ratings: [subject][rater], complete
  /// - Throws: `Undefined` with fewer than two subjects or raters, a value that is not finite, or
  ///   no variance at all.
  public init(_ ratings: [[Double]]) throws(Undefined) {
    let n = ratings.count
    let k = ratings.first?.count ?? 0
    guard n > 1, k > 1 else {
      throw Undefined("\(n) subjects by \(k) raters: an ICC needs at least 2 of both")
    }
    precondition(ratings.allSatisfy { $0.count == k }, "ratings must have \(k) raters in every row")
    guard ratings.joined().allSatisfy(\.isFinite) else {
      throw Undefined("a rating that is not finite")
    }
    let grand = ratings.joined().reduce(0, +) / Double(n * k)
    let rows = ratings.map { $0.reduce(0, +) / Double(k) }
    let columns = (0..<k).map { j in ratings.reduce(0) { $0 + $1[j] } / Double(n) }
    var (within, residual) = (0.0, 0.0)
    for i in 0..<n {
      for j in 0..<k {
        let w = ratings[i][j] - rows[i]
        let e = w - (columns[j] - grand)
        within += w * w
        residual += e * e
      }
    }
    let subjectSquares = rows.reduce(0) { $0 + ($1 - grand) * ($1 - grand) } * Double(k)
    let raterSquares = columns.reduce(0) { $0 + ($1 - grand) * ($1 - grand) } * Double(n)
    guard subjectSquares + within > 0 else { throw Undefined("all ratings are equal: no ICC") }
    subjects = n
    raters = k
    subjectMeanSquare = subjectSquares / Double(n - 1)
    raterMeanSquare = raterSquares / Double(k - 1)
    residualMeanSquare = residual / Double((n - 1) * (k - 1))
    withinMeanSquare = within / Double(n * (k - 1))
  }

  /// What counts as error.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// Raters differ from subject to subject: ICC(1,·).
    case oneWay
    /// Absolute agreement with a random sample of raters: ICC(2,·), ICC(A,·).
    case agreement
    /// Consistency of these raters: ICC(3,·), ICC(C,·).
    case consistency
  }

  /// The correlation of single ratings, or of means of all k raters.
  public subscript(form: Form, averaged averaged: Bool = false) -> IntraclassCorrelation {
    IntraclassCorrelation(table: self, form: form, isAveraged: averaged)
  }
}

/// One form of the intraclass correlation, with interval and test.
public struct IntraclassCorrelation: Sendable, Hashable, Codable {
  let table: IntraclassCorrelations
  public let form: IntraclassCorrelations.Form
  /// Whether it is that of means of k raters.
  public let isAveraged: Bool

  /// In Shrout and Fleiss's notation, "ICC(2,1)" or "ICC(2,k)".
  public var name: String {
    let number = [.oneWay: 1, .agreement: 2, .consistency: 3][form]!
    return "ICC(\(number),\(isAveraged ? "k" : "1"))"
  }

  /// The mean square against which subjects are tested.
  private var error: Double {
    form == .oneWay ? table.withinMeanSquare : table.residualMeanSquare
  }
  private var errorDegrees: Double {
    let (n, k) = (Double(table.subjects), Double(table.raters))
    return form == .oneWay ? n * (k - 1) : (n - 1) * (k - 1)
  }
  private var subjectDegrees: Double { Double(table.subjects - 1) }

  private var single: Double {
    let (n, k) = (Double(table.subjects), Double(table.raters))
    let r = table.subjectMeanSquare
    let between = form == .agreement ? k * (table.raterMeanSquare - error) / n : 0
    return (r - error) / (r + (k - 1) * error + between)
  }

  /// k ρ/(1 + (k − 1)ρ).
  private func averaged(_ rho: Double) -> Double {
    let k = Double(table.raters)
    return isAveraged ? k * rho / (1 + (k - 1) * rho) : rho
  }

  public var value: Double { averaged(single) }

  /// MS_R over the error mean square, infinite without error.
  public var f: Double { table.subjectMeanSquare / error }

  /// One-sided p-value of ρ = 0, by F with n − 1 and the error's degrees of freedom.
  public var pValue: Double {
    error == 0 ? 0 : Distributions.FisherF(subjectDegrees, errorDegrees).survival(f)
  }

  /// The interval of the population value; it has no width where the error mean square is 0.
  public func interval(level: Double = 0.95) -> Interval {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let upper = (1 + level) / 2
    let (n, k) = (Double(table.subjects), Double(table.raters))
    if error == 0, form != .agreement || table.raterMeanSquare == 0 {
      return Interval(low: value, high: value)
    }
    if form != .agreement {
      let low = f / Distributions.FisherF(subjectDegrees, errorDegrees).quantile(upper)
      let high = f * Distributions.FisherF(errorDegrees, subjectDegrees).quantile(upper)
      return Interval(
        low: averaged((low - 1) / (low + k - 1)), high: averaged((high - 1) / (high + k - 1)))
    }
    let (r, c, e, rho) = (table.subjectMeanSquare, table.raterMeanSquare, error, single)
    let a = k * rho / (n * (1 - rho))
    let b = 1 + k * rho * (n - 1) / (n * (1 - rho))
    let sum = a * c + b * e
    let degrees =
      sum * sum / (a * c * a * c / (k - 1) + b * e * b * e / ((n - 1) * (k - 1)))
    let below = Distributions.FisherF(subjectDegrees, degrees).quantile(upper)
    let above = Distributions.FisherF(degrees, subjectDegrees).quantile(upper)
    let rest = k * c + (k * n - k - n) * e
    return Interval(
      low: averaged(n * (r - below * e) / (below * rest + n * r)),
      high: averaged(n * (above * r - e) / (rest + n * above * r)))
  }
}
