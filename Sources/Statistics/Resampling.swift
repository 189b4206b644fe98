import Kernels

/// A statistic of a resample in which case i appears `weights[i]` times; NaN where undefined.
public typealias WeightedStatistic = @Sendable (UnsafeBufferPointer<Int32>) -> Double

/// Bootstrap replicates of several statistics on the same resamples, so that any contrast of them
/// is paired.
///
///     let sample = Resampling.bootstrap(
///       cases: Clusters(patients), replicates: 10_000, stream: stream.child("bootstrap"),
///       statistics: [first, second])
///     let difference = sample.distribution { $0[0] - $0[1] }
///     try difference.bca()
///
/// Clusters are drawn with replacement, as many as there are, with all their cases (the cluster
/// bootstrap; with singletons, the ordinary one). Replicate r draws from the child r of the stream,
/// so results depend neither on threads nor on how many replicates there are beside it.
/// Reference: Davison and Hinkley 1997, doi:10.1017/CBO9780511802843, section 3.8.
public struct Resampling: Sendable {
  /// The statistics on the data themselves.
  public let observed: [Double]
  /// [statistic, replicate]; NaN where the statistic is undefined on that resample.
  public let replicates: [[Double]]
  let clusters: Clusters
  let statistics: [WeightedStatistic]

  /// Draws the replicates, in parallel.
  public static func bootstrap(
    cases clusters: Clusters, replicates: Int, stream: RandomStream,
    statistics: [WeightedStatistic]
  ) -> Resampling {
    precondition(replicates > 0, "replicates (\(replicates)) must be positive")
    precondition(clusters.count > 0, "cases must not be empty")
    let count = clusters.codes.count
    let units = clusters.count
    let singletons = units == count
    var flat = [Double](repeating: .nan, count: statistics.count * replicates)
    flat.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      Parallel.chunks(of: replicates, grain: 32) { range in
        var drawn = [Int32](repeating: 0, count: units)
        var weights = [Int32](repeating: 0, count: singletons ? 0 : count)
        for replicate in range {
          drawn.withUnsafeMutableBufferPointer {
            drawWithReplacement($0, key: stream.child(replicate).key)
          }
          if !singletons {
            clusters.codes.withUnsafeBufferPointer { codes in
              for i in 0..<count { weights[i] = drawn[Int(codes[i])] }
            }
          }
          (singletons ? drawn : weights).withUnsafeBufferPointer { weights in
            for k in statistics.indices {
              out[k * replicates + replicate] = statistics[k](weights)
            }
          }
        }
      }
    }
    let ones = [Int32](repeating: 1, count: count)
    let observed = ones.withUnsafeBufferPointer { ones in statistics.map { $0(ones) } }
    return Resampling(
      observed: observed,
      replicates: statistics.indices.map { k in
        Array(flat[k * replicates..<(k + 1) * replicates])
      },
      clusters: clusters, statistics: statistics)
  }

  /// `bootstrap` of AUROCs, sixteen resamples in a pass: the same replicates to the last bit.
  public static func bootstrap(
    cases clusters: Clusters, replicates: Int, stream: RandomStream, aurocs ranked: [RankedScores]
  ) -> Resampling {
    let statistics: [WeightedStatistic] = ranked.map { one in { one.auroc(weights: $0) } }
    // Counts of pairs are kept in 32 bits: at most (cases of a resample / 2)².
    var sizes = [Int](repeating: 0, count: clusters.count)
    for code in clusters.codes { sizes[Int(code)] += 1 }
    let cases = clusters.count * (sizes.max() ?? 0)
    guard cases < 92_000 else {
      return bootstrap(
        cases: clusters, replicates: replicates, stream: stream, statistics: statistics)
    }
    precondition(replicates > 0, "replicates (\(replicates)) must be positive")
    precondition(clusters.count > 0, "cases must not be empty")
    precondition(
      ranked.allSatisfy { $0.span == clusters.codes.count },
      "scores (\(ranked.map(\.span)) cases) must match the cases (count \(clusters.codes.count))")
    let plans = ranked.map { RankedScores.LanePlan($0, clusters) }
    var flat = [Double](repeating: .nan, count: plans.count * replicates)
    let width = ResampleLanes.lanes
    flat.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      Parallel.chunks(of: replicates, grain: 4 * width) { range in
        let lanes = ResampleLanes(units: clusters.count)
        defer { lanes.deallocate() }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { found in
          for first in Swift.stride(from: range.lowerBound, to: range.upperBound, by: width) {
            let count = min(width, range.upperBound - first)
            lanes.draw(keys: (first..<first + count).map { stream.child($0).key })
            for (k, plan) in plans.enumerated() {
              plan.aurocs(lanes, into: found.baseAddress!)
              for lane in 0..<count { out[k * replicates + first + lane] = found[lane] }
            }
          }
        }
      }
    }
    return Resampling(
      observed: ranked.map { one in
        [Int32](repeating: 1, count: clusters.codes.count)
          .withUnsafeBufferPointer { one.auroc(weights: $0) }
      },
      replicates: plans.indices.map { k in Array(flat[k * replicates..<(k + 1) * replicates]) },
      clusters: clusters, statistics: statistics)
  }

  /// The bootstrap distribution of a function of the statistics, statistic k by default.
  public func distribution(_ k: Int = 0) -> BootstrapDistribution {
    distribution { $0[k] }
  }

  /// The bootstrap distribution of a function of the statistics, such as `{ $0[0] - $0[1] }`.
  public func distribution(
    of contrast: @escaping @Sendable ([Double]) -> Double
  ) -> BootstrapDistribution {
    let total = replicates.first?.count ?? 0
    let values = (0..<total).map { r in contrast(replicates.map { $0[r] }) }
    let jackknife = self.jackknife
    return BootstrapDistribution(
      observed: contrast(observed), replicates: values.filter { !$0.isNaN },
      undefined: values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }, units: clusters.count,
      jackknife: { jackknife().map(contrast) })
  }

  /// The statistics with one group of clusters left out at a time: [group][statistic].
  ///
  /// Groups are single clusters up to 1000 of them; beyond, 1000 groups of every thousandth
  /// cluster, whose summed influence has the same third moment in expectation.
  private var jackknife: @Sendable () -> [[Double]] {
    let clusters = self.clusters
    let statistics = self.statistics
    return {
      let groups = min(1000, clusters.count)
      var result = [[Double]](repeating: [], count: groups)
      result.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let out = buffer
        Parallel.chunks(of: groups, grain: 8) { range in
          var weights = [Int32](repeating: 1, count: clusters.codes.count)
          for group in range {
            for i in weights.indices {
              weights[i] = Int(clusters.codes[i]) % groups == group ? 0 : 1
            }
            out[group] = weights.withUnsafeBufferPointer { w in statistics.map { $0(w) } }
          }
        }
      }
      return result
    }
  }
}

/// Draws `counts.count` times with replacement from as many units and counts how often each came.
///
/// One 32-bit word of Philox under the key makes a draw, by Lemire's multiplication with
/// rejection, so all units have the same probability exactly.
@inline(__always)
private func drawWithReplacement(_ counts: UnsafeMutableBufferPointer<Int32>, key: UInt64) {
  let n = counts.count
  let bound = UInt32(n)
  let threshold = (0 &- bound) % bound
  let philoxKey = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  for i in 0..<n { counts[i] = 0 }
  var block: UInt64 = 0
  var left = n
  while left > 0 {
    let words = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), 0, 0),
      key: philoxKey)
    block &+= 1
    for w in 0..<4 {
      let product = UInt64(words[w]) &* UInt64(bound)
      if UInt32(truncatingIfNeeded: product) < threshold { continue }
      counts[Int(product >> 32)] &+= 1
      left -= 1
      if left == 0 { break }
    }
  }
}
