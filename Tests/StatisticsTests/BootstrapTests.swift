import Foundation
import Kernels
import Statistics
import Testing

@Suite struct BootstrapTests {
  let mean: WeightedStatistic = { weights in
    // The values are 0, 1, 4, 9, …
    var sum = 0.0
    var count = 0.0
    for i in weights.indices {
      sum += Double(weights[i]) * Double(i * i)
      count += Double(weights[i])
    }
    return count > 0 ? sum / count : .nan
  }

  /// The bootstrap standard error of a mean is √((n − 1)/n) s/√n in the limit; 20,000 replicates
  /// estimate a standard deviation to 1/√(2·20000) = .5 %; four of these.
  @Test func standardErrorOfAMean() throws {
    let values = (0..<30).map { Double($0 * $0) }
    let sample = Resampling.bootstrap(
      cases: Clusters(singletons: 30), replicates: 20_000, stream: RandomStream(1),
      statistics: [mean])
    let plain = try meanEstimate(values)
    let expected = plain.standardError * (29.0 / 30).squareRoot()
    #expect(close(try sample.distribution().standardError, expected, relative: 4 * 0.005))
    #expect(close(sample.observed[0], plain.value, relative: 0x1p-50))
  }

  @Test func drawsAreReproducibleAndUniform() throws {
    let count: @Sendable (Int) -> WeightedStatistic = { i in { Double($0[i]) } }
    func run(_ replicates: Int) -> Resampling {
      Resampling.bootstrap(
        cases: Clusters(singletons: 7), replicates: replicates, stream: RandomStream(2),
        statistics: (0..<7).map(count))
    }
    let long = run(4000)
    let short = run(100)
    let serial = Parallel.serially { run(4000) }
    for i in 0..<7 {
      #expect(long.replicates[i] == serial.replicates[i])
      #expect(Array(long.replicates[i][0..<100]) == short.replicates[i])
      // 28,000 draws of probability 1/7: standard deviation of the mean count √(6/7/4000) = .0146.
      let average = long.replicates[i].reduce(0, +) / 4000
      #expect(abs(average - 1) < 4 * 0.0147)
    }
    for r in 0..<4000 { #expect((0..<7).reduce(0) { $0 + long.replicates[$1][r] } == 7) }
  }

  /// scipy.stats.bootstrap (SciPy 1.17.1), 20,000 resamples, on AUROC(reader 1, treatment 1) and
  /// its difference from treatment 2: standard errors .030123 and .025402, percentile interval of
  /// the difference (−.08117, .01834), BCa (−.09317, .01196) and of the AUROC (.84031, .96578).
  ///
  /// Two standard errors from 20,000 replicates each differ by √2·.5 % = .7 % (one SD). A 2.5 %
  /// quantile has SD √(.025·.975/20000)/density, density ≈ .0584/SE: .0189 SE, two of them .027 SE.
  /// Four of either.
  @Test(.enabled(if: VanDyke.isPresent, "LIGHTBOX_DATA does not hold mrmc/vandyke_ratings.csv"))
  func againstSciPy() throws {
    let data = try VanDyke()
    let sample = try bootstrapAUROC(
      scores: [data.ratings[0][0], data.ratings[1][0]], labels: data.truth, replicates: 20_000,
      stream: RandomStream(3))
    let single = sample.distribution()
    let difference = sample.distribution { $0[0] - $0[1] }
    #expect(close(try single.standardError, 0.030122869668563302, relative: 4 * 0.007))
    #expect(close(try difference.standardError, 0.025402034971474488, relative: 4 * 0.007))
    func near(_ a: Interval, _ low: Double, _ high: Double, _ error: Double) {
      // BCa at the lower end sits further out in the tail (about 1.3 %), where quantiles are
      // noisier: √(.013·.987/20000)/.033 = .024, two of them .034.
      #expect(abs(a.low - low) < 4 * 0.034 * error, "\(a.low) against \(low)")
      #expect(abs(a.high - high) < 4 * 0.034 * error, "\(a.high) against \(high)")
    }
    near(try difference.percentile(), -0.08117311507936506, 0.018336107748183977, 0.0254)
    near(try difference.bca(), -0.09316819846539715, 0.011955453652145448, 0.0254)
    near(try single.bca(), 0.8403126384821503, 0.9657781820428892, 0.0301)
  }

  /// Obuchowski's variance against the cluster bootstrap on patients with one to four images.
  @Test func clusteredAgainstAnalytic() throws {
    var stream = RandomStream(4)
    var patients: [Int] = []
    var scores: [Double] = []
    var labels: [Bool] = []
    for patient in 0..<400 {
      let effect = 1.5 * stream.normal()
      let usual = stream.bernoulli(0.4)
      for _ in 0...stream.integer(below: 4) {
        let positive = stream.bernoulli(0.85) ? usual : !usual
        patients.append(patient)
        labels.append(positive)
        scores.append(effect + stream.normal() + (positive ? 1.5 : 0))
      }
    }
    let clusters = Clusters(patients)
    let analytic = try clusteredDeLong(scores: [scores], labels: labels, clusters: clusters)
    let naive = try deLong(scores: [scores], labels: labels)
    let sample = try bootstrapAUROC(
      scores: [scores], labels: labels, clusters: clusters, replicates: 4000,
      stream: RandomStream(5))
    let error = try sample.distribution().standardError
    // Monte Carlo: 1/√(2·4000) = 1.1 %, four of it; the linearisation itself is off by O(1/400).
    #expect(close(error, analytic.estimate().standardError, relative: 4 * 0.0112 + 0.01))
    // and what clustering costs is seen by both.
    #expect(analytic.estimate().standardError > 1.1 * naive.estimate().standardError)
  }

  /// Under the truth the p-value is uniform; a clear difference is found; a lattice tie counts.
  @Test func pValue() throws {
    let data = (0..<60).map { Double($0 % 7) - 3 }
    let statistic: WeightedStatistic = { weights in
      var sum = 0.0
      for i in weights.indices { sum += Double(weights[i]) * data[i] }
      return sum / Double(weights.count)
    }
    let sample = Resampling.bootstrap(
      cases: Clusters(singletons: 60), replicates: 4000, stream: RandomStream(6),
      statistics: [statistic])
    let distribution = sample.distribution()
    let observed = distribution.observed
    #expect(try distribution.pValue(against: observed) == 1)
    // Normal theory: two standard errors away, p ≈ .0455, Monte Carlo SD √(.0455·.9545/4000) = .0033,
    // and the lattice of the mean (1/60 against a standard error of .26) moves it by up to .007.
    let error = try distribution.standardError
    let p = try distribution.pValue(against: observed + 2 * error)
    #expect(abs(p - 0.0455) < 4 * 0.0033 + 0.007)
    #expect(try distribution.pValue(against: observed + 20 * error) == 1 / 4001)
  }

  @Test func undefinedResamplesAreCounted() throws {
    let sample = try bootstrapAUROC(
      scores: [[1, 2, 3, 4, 5]], labels: [false, false, true, false, false], replicates: 1000,
      stream: RandomStream(7))
    let distribution = sample.distribution()
    // P(the one positive is never drawn) = (4/5)^5 = .32768, SD .0148; all five positive: 1/3125.
    #expect(abs(Double(distribution.undefined) / 1000 - 0.32768 - 1 / 3125) < 4 * 0.0148)
    #expect(distribution.undefined + distribution.replicates.count == 1000)
    let perfect = try bootstrapAUROC(
      scores: [[1, 2, 3, 4]], labels: [false, false, true, true], replicates: 200,
      stream: RandomStream(8))
    #expect(throws: Undefined.self) { try perfect.distribution().bca() }
  }

  /// Sixteen resamples in a pass against one at a time, to the last bit: ties, clusters, an absent
  /// class, numbers of replicates that sixteen does not divide, a power of two of units, and enough
  /// units that draws are rejected (at 60,000 units one word in 90,000).
  @Test(arguments: [
    (cases: 301, units: 301, levels: 1e9, replicates: 100),
    (cases: 301, units: 301, levels: 6, replicates: 37),
    (cases: 256, units: 256, levels: 20, replicates: 16),
    (cases: 400, units: 150, levels: 20, replicates: 50),
    (cases: 9, units: 9, levels: 3, replicates: 70),
    (cases: 60_000, units: 60_000, levels: 100, replicates: 33),
    (cases: 100_000, units: 100_000, levels: 100, replicates: 3),
  ])
  func lanesKeepTheBits(_ sample: (cases: Int, units: Int, levels: Double, replicates: Int)) throws
  {
    let (first, labels) = simulated(sample.cases, levels: sample.levels, seed: 31)
    let second = simulated(sample.cases, levels: sample.levels, seed: 32).scores
    let clusters = Clusters((0..<sample.cases).map { $0 * 7919 % sample.units })
    #expect(clusters.count == sample.units)
    let stream = RandomStream(33)
    let ranked = try [first, second].map { try RankedScores(scores: $0, labels: labels) }
    let slow = Resampling.bootstrap(
      cases: clusters, replicates: sample.replicates, stream: stream,
      statistics: ranked.map { one in { one.auroc(weights: $0) } })
    let fast = try bootstrapAUROC(
      scores: [first, second], labels: labels, clusters: clusters, replicates: sample.replicates,
      stream: stream)
    #expect(fast.observed == slow.observed)
    for k in 0..<2 {
      #expect(
        fast.replicates[k].map(\.bitPattern) == slow.replicates[k].map(\.bitPattern))
    }
    let intervals = [slow, fast].map { try? $0.distribution { $0[0] - $0[1] }.bca() }
    #expect(intervals[0] == intervals[1])
  }

  @Test func quantiles() {
    // numpy.quantile([1, 2, 4, 8], .3) = 1.9
    #expect(close(quantile(sorted: [1, 2, 4, 8], 0.3), 1.9, relative: 0x1p-51))
    #expect(quantile(sorted: [1, 2, 4, 8], 0) == 1)
    #expect(quantile(sorted: [1, 2, 4, 8], 1) == 8)
  }

  /// Rule O by hand: differences .01, .02, .03 have mean .02 and s²/k = .0001/3; with v = .0001 the
  /// standard error is √(.0001·4/3); t(2, p) = (2p − 1)√(2/(4p(1 − p))) in closed form.
  @Test func pairedSeeds() throws {
    let estimate = try pairedSeedDifference([0.01, 0.02, 0.03], caseVariance: 0.0001)
    #expect(close(estimate.value, 0.02))
    #expect(estimate.degreesOfFreedom == 2)
    let half = 0.95 * (2 / 0.0975).squareRoot() * (0.0001 * 4 / 3).squareRoot()
    #expect(close(estimate.interval().width, 2 * half))
    #expect(throws: Undefined.self) { try pairedSeedDifference([0.1], caseVariance: 0) }
  }

  /// The bootstrap variance of a seed-mean difference against DeLong's contrast.
  @Test func caseVariance() throws {
    let (base, labels) = simulated(400, levels: 1e9, seed: 21)
    var stream = RandomStream(22)
    func noisy(_ scale: Double) -> [[Double]] {
      (0..<3).map { _ in base.map { $0 + scale * 1e8 * stream.normal() } }
    }
    let first = noisy(1)
    let second = noisy(3)
    let variance = try caseVarianceOfMeanDifference(
      first: first, second: second, labels: labels, replicates: 4000, stream: RandomStream(23))
    let analytic = try deLong(scores: first + second, labels: labels)
      .contrast([1, 1, 1, -1, -1, -1].map { $0 / 3 })
    // SD of a variance from 4000 replicates √(2/4000) = 2.2 %, four of it; DeLong's unbiasing 1 %.
    #expect(
      close(variance, analytic.standardError * analytic.standardError, relative: 4 * 0.0224 + 0.02))
  }
}
