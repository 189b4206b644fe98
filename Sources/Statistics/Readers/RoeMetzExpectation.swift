import Foundation

extension RoeMetzModel {
  /// [modality] expectation of the empirical AUROC over readers and cases, Φ(δ/√V) with
  /// V = 2(σ²_R + σ²_τR + σ²_C + σ²_τC + σ²_RC + σ²_E).
  public var expectedAUROCs: [Double] {
    let normal = Distributions.Normal()
    return separations.map { normal.cdf($0 / total.squareRoot()) }
  }

  /// What the Obuchowski-Rockette components of the empirical AUROC estimate, in expectation.
  ///
  /// All are probabilities that two pairs of ratings are both concordant, bivariate normal integrals.
  /// With ρ_R the correlation that readers' effects give to the differences of two pairs and ρ_C that of
  /// cases' effects when the pairs have both cases in common, a covariance of errors is
  ///
  ///     (Φ₂(ρ_R + ρ_C) + (m + n − 2) Φ₂(ρ_R + ρ_C/2) − (m + n − 1) Φ₂(ρ_R))/(m n)
  ///
  /// averaged over modalities or pairs of them: m positives, n negatives; pairs with one case in
  /// common have half of ρ_C.
  /// Reference: Hillis 2018, doi:10.1002/sim.7616.
  ///
  /// - Throws: `Undefined` with one modality.
  public func expectedComponents(
    positives: Int, negatives: Int
  ) throws(Undefined) -> ReaderComponents {
    precondition(
      positives > 0 && negatives > 0,
      "positives (\(positives)) and negatives (\(negatives)) must be positive")
    let t = separations.count
    guard t > 1 else { throw Undefined("one modality: nothing to compare") }
    let limits = separations.map { $0 / total.squareRoot() }
    let areas = expectedAUROCs
    let (m, n) = (Double(positives), Double(negatives))
    func share(_ variance: Double) -> Double { 2 * variance / total }
    func covariance(_ i: Int, _ k: Int, readers: Double, cases: Double) -> Double {
      func both(_ part: Double) -> Double {
        bivariateNormal(limits[i], limits[k], correlation: min(1, readers + part * cases))
      }
      return (both(1) + (m + n - 2) * both(0.5) - (m + n - 1) * both(0)) / (m * n)
    }
    func within(_ value: (Int) -> Double) -> Double {
      (0..<t).reduce(0) { $0 + value($1) } / Double(t)
    }
    func between(_ value: (Int, Int) -> Double) -> Double {
      var sum = 0.0
      for i in 0..<t { for k in (i + 1)..<max(i + 1, t) { sum += value(i, k) } }
      return sum / Double(t * (t - 1) / 2)
    }
    let ofReader = share(reader + modalityReader)
    let general = between { i, k in
      bivariateNormal(limits[i], limits[k], correlation: share(reader)) - areas[i] * areas[k]
    }
    let whole = within { i in
      bivariateNormal(limits[i], limits[i], correlation: ofReader) - areas[i] * areas[i]
    }
    let allCases = share(caseVariance + modalityCase + readerCase + error)
    return ReaderComponents(
      reader: general, modalityReader: whole - general,
      variance: within { covariance($0, $0, readers: ofReader, cases: allCases) },
      covariance1: between {
        covariance($0, $1, readers: share(reader), cases: share(caseVariance + readerCase))
      },
      covariance2: within {
        covariance($0, $0, readers: 0, cases: share(caseVariance + modalityCase))
      },
      covariance3: between { covariance($0, $1, readers: 0, cases: share(caseVariance)) },
      cases: positives + negatives)
  }

  /// Variance of the difference of a positive and a negative rating.
  private var total: Double {
    2 * (reader + modalityReader + caseVariance + modalityCase + readerCase + error)
  }
}

/// P(X ≤ h, Y ≤ k) of standard normal X and Y with a correlation in 0...1.
///
///     Φ(h) Φ(k) + (1/2π) ∫ exp(−(h² + k² − 2hk sin θ)/(2 cos² θ)) dθ,  θ from 0 to asin ρ
///
/// by Simpson's rule on 400 intervals: errors below 1e-10 where h = k, and elsewhere up to
/// correlations of .9. Reference: Drezner and Wesolowsky 1990, doi:10.1080/00949659008811236.
func bivariateNormal(_ h: Double, _ k: Double, correlation: Double) -> Double {
  precondition(
    (0...1).contains(correlation), "correlation (\(correlation)) must lie in 0...1")
  let normal = Distributions.Normal()
  let intervals = 400
  let step = asin(correlation) / Double(intervals)
  var sum = 0.0
  for i in 0...intervals {
    let sine = sin(Double(i) * step)
    // With h = k the exponent is −h²/(1 + sin θ), also at ρ = 1.
    let square = (h - k) * (h - k)
    let apart = square == 0 ? 0 : square / (2 * max(1 - sine * sine, .leastNormalMagnitude))
    let value = exp(-h * k / (1 + sine) - apart)
    sum += value * (i == 0 || i == intervals ? 1 : (i % 2 == 1 ? 4 : 2))
  }
  return normal.cdf(h) * normal.cdf(k) + sum * step / 3 / (2 * .pi)
}
