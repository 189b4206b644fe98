import Foundation
import Kernels
import Statistics
import Tensors

/// Whether generated pictures lie nearer to the pictures a network was trained on than to others of
/// the same kind that it never saw.
///
/// For every generated vector the distances to its nearest training and its nearest held-out vector
/// are compared. Both sets must have the same size and come from the same source: then a
/// network that copied nothing lies nearer to its training set for half of its pictures. (With
/// more training than held-out vectors the share exceeds one half without any copying.)
///
/// Generated pictures are no independent trials: many may share one nearest real picture, all the
/// more where a network draws few kinds. `share` therefore carries the standard error of the
/// exchange of the two sets: with c_r generated vectors whose nearest of all 2N reals is r, and
/// training vectors chosen at random among the reals,
///
///     share = Σ_(r in training) c_r / n,   variance = (N/2) s²(c) / n²,
///
/// s² the variance of c over the 2N reals (divisor 2N − 1). The binomial interval of `nearer` is the
/// smaller one that ignores this. Compare with a planted copier: an analysis that does not find it
/// finds nothing.
/// Reference for the exchange: Meehan, Chaudhuri and Dasgupta 2020, doi:10.48550/arXiv.2004.05675
/// (the three samples), Cochran 1977, Sampling Techniques, theorem 2.2 (the variance).
public struct NearestTraining: Sendable, Codable {
  /// Per generated vector: distance to, and number of, its nearest training vector.
  public let training: NearestReferences
  /// The same of held-out vectors.
  public let heldOut: NearestReferences
  /// Vectors in either real set.
  public let reals: Int

  /// - Parameters:
  ///   - generated: [n, d]
  ///   - training: [N, d]
  ///   - heldOut: [N, d]
  /// - Throws: `Undefined` with sets of unequal sizes, fewer than two real vectors, features that
  ///   are not finite, or unequal d.
  public init(
    generated: Tensor<Float>, training: Tensor<Float>, heldOut: Tensor<Float>
  ) throws(Undefined) {
    let (n, m, _) = try Features.checkedPair(training, heldOut, atLeast: 2)
    guard n == m else {
      throw Undefined("\(n) training against \(m) held-out vectors: sizes must be equal")
    }
    reals = n
    self.training = try NearestReferences(of: generated, among: training)
    self.heldOut = try NearestReferences(of: generated, among: heldOut)
  }

  /// Generated vectors.
  public var count: Int { training.indices.count }

  /// Per generated vector: whether training is nearer (1), held-out (0), or both equally (½).
  private var wins: [Double] {
    zip(training.distances, heldOut.distances).map { $0 < $1 ? 1 : $0 > $1 ? 0 : 0.5 }
  }

  /// Generated vectors nearer to training, among those that are not equally near to both.
  public var nearer: Proportion {
    get throws(Undefined) {
      let untied = wins.filter { $0 != 0.5 }
      return try Proportion(
        successes: untied.filter { $0 == 1 }.count, trials: untied.count,
        of: "generated vectors nearer to one of the sets")
    }
  }

  /// The share nearer to training, ties as halves; its `pValue(against: 0.5)` is the test for
  /// copying, against exchanges of the two real sets.
  public var share: Estimate {
    var counts = [Double](repeating: 0, count: 2 * reals)
    for (i, win) in wins.enumerated() {
      counts[training.indices[i]] += win
      counts[reals + heldOut.indices[i]] += 1 - win
    }
    let mean = counts.reduce(0, +) / Double(2 * reals)
    let squares = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let variance = Double(reals) / 2 * squares / Double(2 * reals - 1)
    return Estimate(
      value: wins.reduce(0, +) / Double(count),
      standardError: variance.squareRoot() / Double(count), n: count)
  }

  /// The exact two-sided sign test of `nearer` against one half, each generated vector a trial.
  public var signTest: Double {
    get throws(Undefined) {
      let nearer = try nearer
      let law = Distributions.Binomial(trials: nearer.trials, probability: 0.5)
      let least = Double(min(nearer.successes, nearer.trials - nearer.successes))
      return min(1, 2 * law.cdf(least))
    }
  }

  /// The mean of distance to training − distance to held-out, in units of the features: negative
  /// where training is nearer. Its `pValue()` is the paired t test, each generated vector a pair.
  ///
  /// - Throws: `Undefined` with fewer than two generated vectors.
  public var difference: Estimate {
    get throws(Undefined) { try pairedDifference(training.distances, heldOut.distances) }
  }

  /// Per generated vector: distance to training over distance to held-out; small is suspicious,
  /// 0 a copy. Of two zeros 1.
  public var ratios: [Double] {
    zip(training.distances, heldOut.distances).map { $0 == $1 ? 1 : $0 / $1 }
  }

  /// Generated vectors whose distance to training is below a share of that to held-out.
  public func copies(below ratio: Double) -> Int { ratios.filter { $0 < ratio }.count }
}
