import Foundation

/// The partial likelihood of sorted cases, event time by event time.
///
/// With η = zᵀγ, risk set R and deaths D at a time, d of them, and φ_k = k/d (Efron) or 0
/// (Breslow), k = 0, …, d − 1, a time contributes
///
///     Σ_D η − Σ_k ln S0_k,   S0_k = Σ_R e^η − φ_k Σ_D e^η,
///
/// with gradient Σ_D z − Σ_k m_k and information Σ_k V_k, m_k and V_k the mean and covariance of z
/// with the weights in S0_k. Everything is shifted by max η, which cancels.
struct CoxLikelihood: Sendable {
  let order: RiskOrder
  let ties: CoxRegression.Ties
  /// Number of covariates.
  let width: Int
  /// [position, covariate] centred and scaled covariates.
  let z: [Double]

  /// Sums over the k of one event time. Pointers are good during the visit only.
  struct Sums {
    var run: RiskOrder.Run
    /// Σ ln S0_k, shifted.
    var logarithm = 0.0
    /// Σ_D η, shifted.
    var predictor = 0.0
    /// Σ 1/S0_k: the increment of the cumulative hazard, over e^shift.
    var hazard = 0.0
    /// Σ (1 − φ_k)/S0_k: what of it falls on the deaths.
    var hazardOfDeaths = 0.0
    /// [covariate] Σ_D z.
    let deaths: UnsafeMutablePointer<Double>
    /// [covariate] Σ m_k.
    let mean: UnsafeMutablePointer<Double>
    /// [covariate] Σ m_k/S0_k.
    let hazardMean: UnsafeMutablePointer<Double>
    /// [covariate] Σ (1 − φ_k) m_k/S0_k.
    let hazardMeanOfDeaths: UnsafeMutablePointer<Double>
    /// [covariate, covariate] Σ V_k, lower triangle.
    let information: UnsafeMutablePointer<Double>
  }

  /// η less its maximum, [position].
  func predictors(_ gamma: [Double]) -> [Double] {
    let p = width
    var eta = [Double](repeating: 0, count: order.order.count)
    var top = -Double.infinity
    for i in eta.indices {
      var sum = 0.0
      for j in 0..<p { sum += gamma[j] * z[i * p + j] }
      eta[i] = sum
      top = Swift.max(top, sum)
    }
    for i in eta.indices { eta[i] -= top }
    return eta
  }

  /// Calls `visit` for every event time, strata in order, times falling. O(n p²).
  func sweep(_ eta: [Double], _ visit: (Sums) -> Void) {
    let p = width
    let scratch = UnsafeMutablePointer<Double>.allocate(capacity: 6 * p + 3 * p * p)
    defer { scratch.deallocate() }
    // Of the risk set and of the deaths at one time: Σ e^η z and the lower triangle of Σ e^η z zᵀ.
    let first = scratch
    let deathsFirst = scratch + p
    let second = scratch + 2 * p
    let deathsSecond = second + p * p
    let information = deathsSecond + p * p
    let sums = information + p * p
    z.withUnsafeBufferPointer { z in
      for stratum in order.strata {
        var zeroth = 0.0
        for k in 0..<p { first[k] = 0 }
        for k in 0..<p * p { second[k] = 0 }
        for run in order.runs[stratum].reversed() {
          for i in run.deaths..<run.end {
            let risk = exp(eta[i])
            zeroth += risk
            Self.add(z.baseAddress! + i * p, risk, p, first, second)
          }
          guard run.events > 0 else { continue }
          var found = Sums(
            run: run, deaths: sums, mean: sums + p, hazardMean: sums + 2 * p,
            hazardMeanOfDeaths: sums + 3 * p, information: information)
          for k in 0..<4 * p { sums[k] = 0 }
          for k in 0..<p * p { information[k] = 0 }
          for k in 0..<p { deathsFirst[k] = 0 }
          for k in 0..<p * p { deathsSecond[k] = 0 }
          var deathsZeroth = 0.0
          for i in run.start..<run.deaths {
            let risk = exp(eta[i])
            found.predictor += eta[i]
            deathsZeroth += risk
            let row = z.baseAddress! + i * p
            for k in 0..<p { found.deaths[k] += row[k] }
            Self.add(row, risk, p, deathsFirst, deathsSecond)
          }
          zeroth += deathsZeroth
          for k in 0..<p { first[k] += deathsFirst[k] }
          for j in 0..<p { for k in 0...j { second[j * p + k] += deathsSecond[j * p + k] } }
          let d = run.events
          // Breslow's terms are all the same.
          let terms = ties == .breslow ? 1 : d
          let weight = ties == .breslow ? Double(d) : 1
          for term in 0..<terms {
            let phi = Double(term) / Double(d)
            let s0 = zeroth - phi * deathsZeroth
            found.logarithm += weight * log(s0)
            found.hazard += weight / s0
            found.hazardOfDeaths += weight * (1 - phi) / s0
            for j in 0..<p {
              let mean = (first[j] - phi * deathsFirst[j]) / s0
              found.mean[j] += weight * mean
              found.hazardMean[j] += weight * mean / s0
              found.hazardMeanOfDeaths[j] += weight * (1 - phi) * mean / s0
              for k in 0...j {
                let other = (first[k] - phi * deathsFirst[k]) / s0
                let square = (second[j * p + k] - phi * deathsSecond[j * p + k]) / s0
                information[j * p + k] += weight * (square - mean * other)
              }
            }
          }
          visit(found)
        }
      }
    }
  }

  @inline(__always)
  private static func add(
    _ row: UnsafePointer<Double>, _ risk: Double, _ p: Int,
    _ first: UnsafeMutablePointer<Double>, _ second: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<p {
      let weighted = risk * row[j]
      first[j] += weighted
      for k in 0...j { second[j * p + k] += weighted * row[k] }
    }
  }

  /// ln L, its gradient [covariate] and the information [covariate, covariate], lower triangle.
  struct Value: Sendable {
    var logLikelihood = 0.0
    var gradient: [Double]
    var information: [Double]
  }

  func value(_ gamma: [Double]) -> Value {
    let p = width
    var result = Value(
      gradient: [Double](repeating: 0, count: p),
      information: [Double](repeating: 0, count: p * p))
    sweep(predictors(gamma)) { sums in
      result.logLikelihood += sums.predictor - sums.logarithm
      for j in 0..<p {
        result.gradient[j] += sums.deaths[j] - sums.mean[j]
        for k in 0...j { result.information[j * p + k] += sums.information[j * p + k] }
      }
    }
    return result
  }
}
