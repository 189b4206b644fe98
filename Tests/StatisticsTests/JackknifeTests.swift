import Foundation
import Statistics
import Testing

/// The Van Dyke study as printed by OR-DBM MRMC 2.5 (University of Iowa, run of 2017 kept in the
/// R package RJafroc under inst/obumrm2): trapezoidal areas, covariances by the jackknife.
@Suite(.enabled(if: VanDyke.isPresent, "LIGHTBOX_DATA does not hold mrmc/vandyke_ratings.csv"))
struct JackknifeTests {
  /// Half a unit of the last of eight printed decimals, and one rounding of ours.
  let printed = 0.5e-8 + 1e-12

  @Test func areas() throws {
    let data = try VanDyke()
    let expected = [
      [0.91964573, 0.85877617, 0.90386473, 0.97310789, 0.82979066],
      [0.94782609, 0.90531401, 0.92173913, 0.99935588, 0.92995169],
    ]
    for treatment in 0..<2 {
      for reader in 0..<5 {
        let value = try auroc(scores: data.ratings[treatment][reader], labels: data.truth)
        #expect(abs(value - expected[treatment][reader]) <= printed)
      }
    }
  }

  /// Jackknife covariances (N − 1)/N Σ (A₋ᵢ − Ā)(B₋ᵢ − B̄) from AUROCs of reweighted cases.
  @Test func covariances() throws {
    let data = try VanDyke()
    let ranked = try data.ratings.map {
      try $0.map { try RankedScores(scores: $0, labels: data.truth) }
    }
    var left = [[[Double]]](repeating: [[Double]](repeating: [], count: 5), count: 2)
    for i in 0..<114 {
      var weights = [Int32](repeating: 1, count: 114)
      weights[i] = 0
      weights.withUnsafeBufferPointer { weights in
        for t in 0..<2 {
          for r in 0..<5 { left[t][r].append(ranked[t][r].auroc(weights: weights)) }
        }
      }
    }
    func covariance(_ a: [Double], _ b: [Double]) -> Double {
      let meanA = a.reduce(0, +) / 114
      let meanB = b.reduce(0, +) / 114
      return zip(a, b).map { ($0 - meanA) * ($1 - meanB) }.reduce(0, +) * 113 / 114
    }
    var error = 0.0
    var cov1 = 0.0
    var cov2 = 0.0
    var cov3 = 0.0
    for t in 0..<2 {
      for r in 0..<5 {
        error += covariance(left[t][r], left[t][r]) / 10
        cov1 += covariance(left[t][r], left[1 - t][r]) / 10
        for other in 0..<5 where other != r {
          cov2 += covariance(left[t][r], left[t][other]) / 40
          cov3 += covariance(left[t][r], left[1 - t][other]) / 40
        }
      }
    }
    #expect(abs(error - 0.00080229) <= printed)
    #expect(abs(cov1 - 0.00034661) <= printed)
    #expect(abs(cov2 - 0.00034407) <= printed)
    #expect(abs(cov3 - 0.00023903) <= printed)

    // The jackknife is (N − 1)/N (S10/(m − 1) + S01/(n − 1)) where DeLong is S10/m + S01/n: the
    // ratio lies between 113/114 · 69/68 and 113/114 · 45/44, so the printed value brackets ours.
    let ours = try deLong(scores: data.ratings[0] + data.ratings[1], labels: data.truth)
    let mean = (0..<10).map { ours.covariance[$0][$0] }.reduce(0, +) / 10
    let low = 113.0 / 114 * 69 / 68
    let high = 113.0 / 114 * 45 / 44
    #expect(low <= (0.00080229 + printed) / mean && (0.00080229 - printed) / mean <= high)
  }

  /// Reader 1 of the printed single-reader tests: difference −.02818, jackknife error .02551;
  /// DeLong's error is smaller by √ of the ratio above.
  @Test func pairedDifference() throws {
    let data = try VanDyke()
    let printed: [(value: Double, error: Double)] = [
      (-0.02818, 0.02551), (-0.04654, 0.02630), (-0.01787, 0.03121), (-0.02625, 0.01729),
      (-0.10016, 0.04406),
    ]
    for reader in 0..<5 {
      let paired = try deLong(
        scores: [data.ratings[0][reader], data.ratings[1][reader]], labels: data.truth
      ).difference(0, 1)
      #expect(abs(paired.value - printed[reader].value) <= 0.5e-5 + 1e-12)
      let ratio = printed[reader].error / paired.standardError
      let slack = 0.5e-5 / paired.standardError
      #expect(ratio >= (113.0 / 114 * 69 / 68).squareRoot() - slack)
      #expect(ratio <= (113.0 / 114 * 45 / 44).squareRoot() + slack)
    }
  }
}
