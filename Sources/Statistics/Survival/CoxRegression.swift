import Foundation

/// Cox's proportional hazards regression.
///
///     let fit = try CoxRegression(
///       data, covariates: rows, names: ["age", "sex"], robust: Clusters(patients))
///     fit.estimate(0).pValue()
///     fit.hazardRatio(0)                     // 95 %
///
/// The hazard of a case is h0(t) exp(xᵀβ), with an h0 for each stratum. β maximises the partial
/// likelihood with Efron's or Breslow's treatment of tied event times, by Newton-Raphson from 0
/// with steps halved where the likelihood would fall; it ends where no coefficient moves by more
/// than 1e-9 (in standard deviations of its covariate). Covariance: inverse information, and with
/// `robust` the sandwich of Lin and Wei, score residuals summed by cluster, without a small-sample
/// factor. Rescaling or shifting a covariate changes nothing but its own scale.
/// References: Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x; Efron 1977,
/// doi:10.1080/01621459.1977.10480613; Breslow 1974, doi:10.2307/2529620; Lin and Wei 1989,
/// doi:10.1080/01621459.1989.10478874.
public struct CoxRegression: Sendable {
  /// How event times that are equal enter the partial likelihood.
  public enum Ties: String, Sendable, Codable, CaseIterable { case efron, breslow }

  /// [covariate]
  public let names: [String]
  /// [covariate] β.
  public let coefficients: [Double]
  /// [covariate, covariate] inverse information.
  public let covariance: [[Double]]
  /// [covariate, covariate] sandwich, where it was asked for.
  public let robustCovariance: [[Double]]?
  /// At β, and at 0.
  public let logLikelihood, nullLogLikelihood: Double
  /// U(0)ᵀ I(0)⁻¹ U(0): with one covariate that tells groups apart, and no ties, the log-rank test.
  public let scoreTest: ChiSquaredTest
  /// Newton steps taken.
  public let iterations: Int
  public let ties: Ties
  public let cases, events: Int
  /// Number of strata; 1 without any.
  public let strata: Int
  /// Number of clusters of the robust variance.
  public let clusters: Int?
  /// [covariate] means and standard deviations over all cases.
  public let means, deviations: [Double]
  let data: SurvivalTimes
  let likelihood: CoxLikelihood
  /// β in standard deviations.
  let gamma: [Double]

  /// Fits the model. O(iterations · n p²).
  ///
  /// - `covariates`: [case][covariate].
  /// - `names`: of the covariates, for errors; "covariate 0", … by default.
  /// - `robust`: the clusters of the robust variance; `Clusters(singletons:)` is Lin and Wei's own.
  /// - Throws: `Undefined`, naming the covariate, where one is not finite, constant (over all cases
  ///   or within every risk set), a combination of others, or has no finite coefficient because the
  ///   likelihood is monotone; and with a single cluster.
  public init(
    _ data: SurvivalTimes, covariates: [[Double]], names: [String]? = nil, ties: Ties = .efron,
    strata: SurvivalGroups? = nil, robust: Clusters? = nil
  ) throws(Undefined) {
    precondition(
      covariates.count == data.count,
      "covariates (count \(covariates.count)) must match the cases (count \(data.count))")
    let p = covariates[0].count
    precondition(p > 0, "covariates must not be empty")
    precondition(
      covariates.allSatisfy { $0.count == p }, "covariates must have \(p) values in every case")
    let names = names ?? (0..<p).map { "covariate \($0)" }
    if let robust, robust.count < 2 {
      throw Undefined("\(robust.count) cluster: the robust variance needs at least 2")
    }
    precondition(names.count == p, "names (count \(names.count)) must match the \(p) covariates")
    let scale = try Self.scale(covariates, names)
    let order = RiskOrder(data, strata: strata)
    var z = [Double](repeating: 0, count: data.count * p)
    for (position, i) in order.order.enumerated() {
      let row = covariates[Int(i)]
      for j in 0..<p { z[position * p + j] = (row[j] - scale.means[j]) / scale.deviations[j] }
    }
    let likelihood = CoxLikelihood(order: order, ties: ties, width: p, z: z)
    let null = likelihood.value([Double](repeating: 0, count: p))
    let factor = try Self.factor(null, names, events: data.eventCount)
    scoreTest = ChiSquaredTest(
      statistic: factor.quadratic(null.gradient), degreesOfFreedom: p)
    let fit = try Self.maximise(likelihood, null, factor, names)

    self.names = names
    self.data = data
    self.likelihood = likelihood
    self.ties = ties
    gamma = fit.gamma
    means = scale.means
    deviations = scale.deviations
    logLikelihood = fit.value.logLikelihood
    nullLogLikelihood = null.logLikelihood
    iterations = fit.steps
    cases = data.count
    events = data.eventCount
    self.strata = order.strata.count
    clusters = robust?.count
    let s = scale.deviations
    coefficients = (0..<p).map { fit.gamma[$0] / s[$0] }
    let inverse = fit.factor.inverse()
    covariance = (0..<p).map { j in (0..<p).map { inverse[j][$0] / (s[j] * s[$0]) } }
    robustCovariance = robust.map {
      let sandwich = likelihood.sandwich(fit.gamma, inverse: inverse, clusters: $0)
      return (0..<p).map { j in (0..<p).map { sandwich[j * p + $0] / (s[j] * s[$0]) } }
    }
  }

  /// Means and standard deviations (divisor n) of the covariates.
  private static func scale(
    _ rows: [[Double]], _ names: [String]
  ) throws(Undefined) -> (means: [Double], deviations: [Double]) {
    let n = Double(rows.count)
    var means = [Double](repeating: 0, count: names.count)
    var deviations = means
    for j in names.indices {
      var varies = false
      for i in rows.indices {
        guard rows[i][j].isFinite else {
          throw Undefined("\(names[j]) of case \(i) is \(rows[i][j])")
        }
        if rows[i][j] != rows[0][j] { varies = true }
        means[j] += rows[i][j] / n
      }
      guard varies else {
        throw Undefined("\(names[j]) is \(rows[0][j]) in all \(rows.count) cases")
      }
      // In units of the largest deviation, so that squares neither overflow nor vanish.
      var largest = 0.0
      for row in rows { largest = Swift.max(largest, abs(row[j] - means[j])) }
      var squares = 0.0
      for row in rows {
        let x = (row[j] - means[j]) / largest
        squares += x * x / n
      }
      deviations[j] = largest * squares.squareRoot()
    }
    return (means, deviations)
  }

  /// The factor of the information at 0; covariates that carry none, or none of their own, throw.
  private static func factor(
    _ null: CoxLikelihood.Value, _ names: [String], events: Int
  ) throws(Undefined) -> SymmetricFactor {
    let p = names.count
    for j in 0..<p where !(null.information[j * p + j] > 1e-12 * Double(events)) {
      throw Undefined("\(names[j]) does not vary among the cases at risk at any event")
    }
    let factor = SymmetricFactor(null.information, size: p)
    guard let j = factor.dependent else { return factor }
    let others = zip(names, factor.combination()).filter { abs($0.1) > 1e-6 }.map(\.0)
    throw Undefined(
      "\(names[j]) is a linear combination of \(others.joined(separator: ", ")): collinear")
  }

  private struct Fit {
    var gamma: [Double]
    var value: CoxLikelihood.Value
    var factor: SymmetricFactor
    var steps: Int
  }

  /// Newton-Raphson with step halving.
  ///
  /// Where the likelihood is monotone the steps stay about as long while the information fades,
  /// so a covariate whose information fell below 1e-9 of that at 0 has no finite coefficient.
  private static func maximise(
    _ likelihood: CoxLikelihood, _ null: CoxLikelihood.Value, _ first: SymmetricFactor,
    _ names: [String]
  ) throws(Undefined) -> Fit {
    let p = names.count
    var fit = Fit(
      gamma: [Double](repeating: 0, count: p), value: null, factor: first, steps: 0)
    while true {
      let step = fit.factor.solve(fit.value.gradient)
      let widest = step.indices.max { abs(step[$0]) < abs(step[$1]) }!
      let monotone = Undefined(
        "\(names[widest]) has no finite coefficient: the likelihood keeps rising with it (monotone; "
          + "its values, or a combination with others, separate events from those who outlive them)"
      )
      var fraction = 1.0
      var next = fit
      while true {
        for j in 0..<p { next.gamma[j] = fit.gamma[j] + fraction * step[j] }
        next.value = likelihood.value(next.gamma)
        let slack = 1e-11 * (1 + abs(fit.value.logLikelihood))
        if next.value.logLikelihood >= fit.value.logLikelihood - slack { break }
        fraction /= 2
        guard fraction > 1e-12 else { throw monotone }
      }
      next.steps += 1
      for j in 0..<p {
        let left = next.value.information[j * p + j]
        guard left > 1e-9 * null.information[j * p + j] else { throw monotone }
      }
      next.factor = SymmetricFactor(next.value.information, size: p)
      guard next.factor.dependent == nil, next.steps < 100 else { throw monotone }
      let moved = (0..<p).allSatisfy {
        abs(next.gamma[$0] - fit.gamma[$0]) <= 1e-9 * Swift.max(1, abs(next.gamma[$0]))
      }
      fit = next
      if moved { return fit }
    }
  }

  /// Coefficient j with its standard error: robust where that was asked for, else of the inverse
  /// information. `n` counts the events, or the clusters.
  public func estimate(_ j: Int) -> Estimate {
    Estimate(
      value: coefficients[j], standardError: (robustCovariance ?? covariance)[j][j].squareRoot(),
      n: clusters ?? events)
  }

  /// exp(β_j) and the interval exp(β_j ± z SE).
  public func hazardRatio(_ j: Int, level: Double = 0.95) -> (value: Double, interval: Interval) {
    let interval = estimate(j).interval(level: level)
    return (
      exp(coefficients[j]), Interval(low: exp(interval.low), high: exp(interval.high))
    )
  }

  /// 2 (ln L(β) − ln L(0)).
  public var likelihoodRatioTest: ChiSquaredTest {
    ChiSquaredTest(
      statistic: Swift.max(0, 2 * (logLikelihood - nullLogLikelihood)),
      degreesOfFreedom: names.count)
  }

  /// βᵀ V⁻¹ β, V the robust covariance where there is one.
  ///
  /// - Throws: `Undefined` where the robust covariance is singular, as with fewer clusters than
  ///   covariates.
  public func waldTest() throws(Undefined) -> ChiSquaredTest {
    let p = names.count
    let v = robustCovariance ?? covariance
    // In standard deviations: singularity is judged free of scales.
    let scaled = (0..<p * p).map { v[$0 / p][$0 % p] * deviations[$0 / p] * deviations[$0 % p] }
    let factor = SymmetricFactor(scaled, size: p, tolerance: 1e-12)
    guard factor.dependent == nil else {
      throw Undefined("the robust covariance is singular: fewer clusters than covariates")
    }
    return ChiSquaredTest(statistic: factor.quadratic(gamma), degreesOfFreedom: p)
  }

  /// [case] (x − mean)ᵀβ: higher means a higher hazard.
  public var linearPredictors: [Double] {
    let p = names.count
    var result = [Double](repeating: 0, count: cases)
    for (position, i) in likelihood.order.order.enumerated() {
      var sum = 0.0
      for j in 0..<p { sum += gamma[j] * likelihood.z[position * p + j] }
      result[Int(i)] = sum
    }
    return result
  }
}
