import Foundation

extension CoxLikelihood {
  /// Score residuals, [position, covariate]: what each case adds to the gradient at γ.
  ///
  /// δ (z − m̄(t)) − e^η Σ (z − m_k)/S0_k over the event times up to the case's own, m̄ the mean of
  /// the m_k there. At its own event time a case that had the event counts 1 − φ_k. They sum to the
  /// gradient. O(n p).
  func scoreResiduals(_ gamma: [Double]) -> [Double] {
    let p = width
    let eta = predictors(gamma)
    /// Of one event time, and room for its sums in `vectors`: hazardMean, of deaths, mean.
    struct Step {
      var run: RiskOrder.Run
      var hazard, hazardOfDeaths: Double
    }
    var steps: [Step] = []
    var vectors: [Double] = []
    sweep(eta) { sums in
      steps.append(
        Step(run: sums.run, hazard: sums.hazard, hazardOfDeaths: sums.hazardOfDeaths))
      for vector in [sums.hazardMean, sums.hazardMeanOfDeaths, sums.mean] {
        for j in 0..<p { vectors.append(vector[j]) }
      }
    }
    // Sweeps go down in time inside a stratum; cases need sums from below.
    var byStart: [Int: Int] = [:]
    byStart.reserveCapacity(steps.count)
    for (k, step) in steps.enumerated() { byStart[step.run.start] = k }
    var residuals = [Double](repeating: 0, count: z.count)
    var mean = [Double](repeating: 0, count: p)
    var ofDeaths = mean
    for stratum in order.strata {
      var hazard = 0.0
      for j in 0..<p { mean[j] = 0 }
      for run in order.runs[stratum] {
        if let k = byStart[run.start] {
          let base = 3 * p * k
          let own = hazard + steps[k].hazardOfDeaths
          for j in 0..<p { ofDeaths[j] = mean[j] + vectors[base + p + j] }
          for i in run.start..<run.deaths {
            let risk = exp(eta[i])
            for j in 0..<p {
              let x = z[i * p + j]
              let average = vectors[base + 2 * p + j] / Double(run.events)
              residuals[i * p + j] = x - average - risk * (x * own - ofDeaths[j])
            }
          }
          hazard += steps[k].hazard
          for j in 0..<p { mean[j] += vectors[base + j] }
        }
        for i in run.deaths..<run.end {
          let risk = exp(eta[i])
          for j in 0..<p {
            residuals[i * p + j] = -risk * (z[i * p + j] * hazard - mean[j])
          }
        }
      }
    }
    return residuals
  }

  /// Σ over clusters of D Dᵀ, D = I⁻¹ times the cluster's summed score residuals; [p, p].
  func sandwich(_ gamma: [Double], inverse: [[Double]], clusters: Clusters) -> [Double] {
    let p = width
    precondition(
      clusters.codes.count == order.order.count,
      "clusters (count \(clusters.codes.count)) must match the cases (\(order.order.count))")
    let residuals = scoreResiduals(gamma)
    var sums = [Double](repeating: 0, count: clusters.count * p)
    for (position, i) in order.order.enumerated() {
      let cluster = Int(clusters.codes[Int(i)])
      for j in 0..<p { sums[cluster * p + j] += residuals[position * p + j] }
    }
    var result = [Double](repeating: 0, count: p * p)
    var change = [Double](repeating: 0, count: p)
    for cluster in 0..<clusters.count {
      for j in 0..<p {
        change[j] = 0
        for k in 0..<p { change[j] += inverse[j][k] * sums[cluster * p + k] }
      }
      for j in 0..<p {
        for k in 0..<p { result[j * p + k] += change[j] * change[k] }
      }
    }
    return result
  }
}

extension CoxRegression {
  /// A step of the baseline hazard.
  public struct HazardStep: Sendable, Hashable, Codable {
    /// Number of the stratum, 0 without strata.
    public var stratum: Int
    public var time: Double
    /// H0 up to and with this time.
    public var cumulativeHazard: Double
  }

  /// The cumulative baseline hazard of a case with mean covariates, at the event times, by stratum
  /// and time: Σ d/Σ_R exp((x − mean)ᵀβ), and with Efron's ties Σ_k 1/S0_k in the place of d/S0.
  ///
  /// The survival of a case is exp(−H0(t) exp((x − mean)ᵀβ)).
  /// Reference: Breslow 1972, doi:10.1111/j.2517-6161.1972.tb00900.x, discussion.
  public var baselineHazard: [HazardStep] {
    let eta = likelihood.predictors(gamma)
    let p = names.count
    // The shift that `predictors` took out.
    var own = 0.0
    for j in 0..<p { own += gamma[j] * likelihood.z[j] }
    let shift = own - eta[0]
    var steps: [HazardStep] = []
    likelihood.sweep(eta) { sums in
      steps.append(
        HazardStep(
          stratum: sums.run.stratum, time: sums.run.time,
          cumulativeHazard: sums.hazard * exp(-shift)))
    }
    steps.sort { ($0.stratum, $0.time) < ($1.stratum, $1.time) }
    for k in steps.indices.dropFirst() where steps[k].stratum == steps[k - 1].stratum {
      steps[k].cumulativeHazard += steps[k - 1].cumulativeHazard
    }
    return steps
  }
}
