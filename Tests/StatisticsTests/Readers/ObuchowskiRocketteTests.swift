import Foundation
import Kernels
import Statistics
import Testing

@Suite struct ObuchowskiRocketteTests {
  /// Three readers, two modalities, whole ratings with ties.
  static func simulated(_ stream: RandomStream, levels: Double = 1.5) -> CrossedRatings {
    let drawn = RoeMetzModel(.highLow, separation: .middle)
      .ratings(readers: 3, positives: 14, negatives: 17, stream: stream)
    return CrossedRatings(
      ratings: drawn.ratings.map { $0.map { $0.map { (levels * $0).rounded() } } },
      truth: drawn.truth)
  }

  /// θ = .8 .9 / .7 .6, Var .01, Cov1 .004, Cov2 .003, Cov3 .001: MS(T) = .04, MS(R) = 0,
  /// MS(TR) = .01, error term .01 + 2·.002 = .014, F = 20/7, df .014²/.01² = 1.96, χ² = .04/.008.
  @Test func handWorked() throws {
    let covariance = (0..<4).map { a in
      (0..<4).map { b in
        switch (a / 2 == b / 2, a % 2 == b % 2) {
        case (true, true): 0.01
        case (false, true): 0.004
        case (true, false): 0.003
        case (false, false): 0.001
        }
      }
    }
    let study = try ObuchowskiRockette(
      ReaderPerformance(
        values: [[0.8, 0.9], [0.7, 0.6]], covariance: covariance, positives: 30, negatives: 70))
    let both = try study.analysis(.readersAndCases)
    #expect(abs(both.statistic - 20.0 / 7) < 1e-12)
    #expect(abs(both.denominatorDegrees! - 1.96) < 1e-12)
    #expect(abs(try study.analysis(.cases).statistic - 5) < 1e-12)
    #expect(abs(try study.analysis(.readers).statistic - 4) < 1e-12)
    #expect(abs(study.components.reader - -0.008) < 1e-15)
    #expect(abs(study.components.modalityReader - 0.006) < 1e-15)
    #expect(study.components.cases == 100)
    // Modality 1: MS(R) = .005, variance (.005 + 2·.003)/2, df .011²/.005².
    #expect(abs(both.modalities[0].standardError - 0.0055.squareRoot()) < 1e-12)
    #expect(abs(both.modalities[0].degreesOfFreedom! - 4.84) < 1e-9)
  }

  /// Cov2 below Cov3 counts as equal: readers and cases fall together with fixed cases.
  @Test func negativeSharedVarianceIsZero() throws {
    let covariance = (0..<4).map { a in
      (0..<4).map { b in
        a == b ? 0.01 : a % 2 == b % 2 ? 0.004 : a / 2 == b / 2 ? 0.001 : 0.003
      }
    }
    let study = try ObuchowskiRockette(
      ReaderPerformance(
        values: [[0.8, 0.9], [0.7, 0.6]], covariance: covariance, positives: 30, negatives: 70))
    let both = try study.analysis(.readersAndCases)
    let readers = try study.analysis(.readers)
    #expect(both.statistic == readers.statistic && both.denominatorDegrees == 1)
    #expect(study.components.shared == 0)
  }

  /// With two modalities fixed cases are the paired t test over readers, and fixed readers the
  /// contrast of the covariance matrix.
  @Test(arguments: 0..<4) func knownTests(k: Int) throws {
    let ratings = Self.simulated(RandomStream(3).child(k))
    let performance = try ReaderPerformance(ratings)
    let study = try ObuchowskiRockette(performance)
    let paired = try pairedDifference(performance.values[0], performance.values[1])
    let readers = try study.analysis(.readers)
    #expect(abs(readers.pValue - paired.pValue()) < 1e-12)
    #expect(abs(readers.differences[0].estimate.standardError - paired.standardError) < 1e-14)
    if study.components.covariance2 > study.components.covariance3 {
      let weights = [1.0, 1, 1, -1, -1, -1].map { $0 / 3 }
      let contrast = try deLong(scores: ratings.ratings.flatMap { $0 }, labels: ratings.truth)
        .contrast(weights)
      let cases = try study.analysis(.cases)
      let estimate = cases.differences[0].estimate
      #expect(abs(estimate.standardError / contrast.standardError - 1) < 1e-10)
      #expect(abs(cases.pValue - contrast.pValue()) < 1e-10)
    }
  }

  /// Covariances from all pairs of cases and from AUROCs counted anew without each case.
  @Test func slowCovariances() throws {
    let ratings = Self.simulated(RandomStream(4))
    let scores = ratings.ratings.flatMap { $0 }
    let n = ratings.truth.count
    let fast = try ReaderPerformance(ratings)
    let jackknife = try ReaderPerformance(ratings, method: .jackknife)
    let left = scores.map { s in
      (0..<n).map { k in
        let kept = (0..<n).filter { $0 != k }
        return slowAUROC(kept.map { s[$0] }, kept.map { ratings.truth[$0] })
      }
    }
    func covariance(_ a: [Double], _ b: [Double]) -> Double {
      let (x, y) = (a.reduce(0, +) / Double(n), b.reduce(0, +) / Double(n))
      return zip(a, b).reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) } * Double(n - 1) / Double(n)
    }
    for a in scores.indices {
      #expect(abs(fast.values[a / 3][a % 3] - slowAUROC(scores[a], ratings.truth)) < 1e-14)
      for b in scores.indices {
        let slow = slowDeLong(scores[a], scores[b], ratings.truth)
        #expect(abs(fast.covariance[a][b] - slow) < 1e-14)
        #expect(abs(jackknife.covariance[a][b] - covariance(left[a], left[b])) < 1e-14)
      }
    }
  }

  /// DBM is OR with jackknife covariances, whatever the figure, with clusters too.
  @Test(arguments: [
    ReaderFigure.auroc, .sensitivity(threshold: 1), .specificity(threshold: 1),
  ])
  func pseudovaluesGiveTheSame(figure: ReaderFigure) throws {
    let drawn = Self.simulated(RandomStream(5))
    for clusters in [nil, Clusters((0..<31).map { $0 % 13 })] as [Clusters?] {
      let ratings = CrossedRatings(
        ratings: drawn.ratings, truth: drawn.truth, clusters: clusters)
      let pseudo = try DorfmanBerbaumMetz(ratings, figure: figure)
      let study = try ObuchowskiRockette(
        ReaderPerformance(ratings, figure: figure, method: .jackknife))
      let both = try study.analysis(.readersAndCases)
      #expect(abs(pseudo.statistic - both.statistic) < 1e-9 * max(1, both.statistic))
      #expect(abs(pseudo.denominatorDegrees! / both.denominatorDegrees! - 1) < 1e-9)
      #expect(abs(pseudo.components.reader - study.components.reader) < 1e-10)
    }
  }

  @Test func invariances() throws {
    let ratings = Self.simulated(RandomStream(6))
    func analyses(_ ratings: CrossedRatings) throws -> [ObuchowskiRockette.Analysis] {
      try ObuchowskiRockette(ReaderPerformance(ratings)).analyses
    }
    let plain = try analyses(ratings)
    #expect(plain.count == 3)
    let order = [2, 0, 1]
    let turned = CrossedRatings(
      ratings: ratings.ratings.map { row in order.map { row[$0] } }, truth: ratings.truth)
    let stretched = CrossedRatings(
      ratings: ratings.ratings.map { $0.map { $0.map { exp($0) } } }, truth: ratings.truth)
    let reversed = CrossedRatings(
      ratings: ratings.ratings.map { $0.map { $0.reversed() } }, truth: ratings.truth.reversed())
    for other in [turned, stretched, reversed] {
      for (a, b) in zip(plain, try analyses(other)) {
        #expect(abs(a.statistic - b.statistic) <= 1e-10 * max(1, a.statistic))
        #expect(abs(a.pValue - b.pValue) <= 1e-10)
      }
    }
    let swapped = CrossedRatings(ratings: ratings.ratings.reversed(), truth: ratings.truth)
    for (a, b) in zip(plain, try analyses(swapped)) {
      #expect(abs(a.statistic - b.statistic) <= 1e-10 * max(1, a.statistic))
      #expect(abs(a.differences[0].estimate.value + b.differences[0].estimate.value) < 1e-14)
      #expect(abs(a.modalities[0].standardError - b.modalities[1].standardError) < 1e-14)
    }
  }

  /// Each case twice under its own cluster says nothing new.
  @Test(arguments: [ReaderFigure.auroc, .sensitivity(threshold: 1), .specificity(threshold: 1)])
  func copiesCarryNoInformation(figure: ReaderFigure) throws {
    let ratings = Self.simulated(RandomStream(7))
    let n = ratings.truth.count
    let twice = CrossedRatings(
      ratings: ratings.ratings.map { $0.map { s in (0..<2 * n).map { s[$0 / 2] } } },
      truth: (0..<2 * n).map { ratings.truth[$0 / 2] },
      clusters: Clusters((0..<2 * n).map { $0 / 2 }))
    for method in [ReaderPerformance.Method.deLong, .jackknife] {
      let one = try ReaderPerformance(ratings, figure: figure, method: method)
      let two = try ReaderPerformance(twice, figure: figure, method: method)
      #expect(two.units == n)
      for a in one.covariance.indices {
        for b in one.covariance.indices {
          #expect(abs(one.covariance[a][b] - two.covariance[a][b]) < 1e-13)
        }
      }
    }
  }

  /// 2,000 replicates give variances to 3 % (√(2/B)): four of these, 2.5 % for the divisor n of 40
  /// cases and DeLong's excess stay below 20 %.
  @Test func bootstrap() throws {
    let ratings = RoeMetzModel(.highLow, separation: .middle)
      .ratings(readers: 2, positives: 40, negatives: 40, stream: RandomStream(8))
    let method = ReaderPerformance.Method.bootstrap(replicates: 2000, stream: RandomStream(9))
    let one = try ReaderPerformance(ratings, method: method)
    let other = try ReaderPerformance(ratings)
    for k in 0..<4 {
      #expect(abs(one.covariance[k][k] / other.covariance[k][k] - 1) < 0.2)
    }
    #expect(try ReaderPerformance(ratings, method: method).covariance == one.covariance)
  }

  @Test func threeModalities() throws {
    let ratings = RoeMetzModel(.highLow, separation: .middle, modalities: 3)
      .ratings(readers: 4, positives: 20, negatives: 25, stream: RandomStream(10))
    let both = try ObuchowskiRockette(ReaderPerformance(ratings)).analysis(.readersAndCases)
    #expect(both.numeratorDegrees == 2)
    #expect(both.differences.map(\.first) == [0, 0, 1])
    #expect(both.differences.map(\.second) == [1, 2, 2])
    let sum = both.differences[0].estimate.value + both.differences[2].estimate.value
    #expect(abs(both.differences[1].estimate.value - sum) < 1e-14)
  }

  @Test func refusals() throws {
    let truth = [true, true, false, false]
    let good: [Double] = [3, 1, 2, 0]
    func reason(_ ratings: [[[Double]]], _ truth: [Bool]) -> String {
      do {
        _ = try ObuchowskiRockette(
          ReaderPerformance(CrossedRatings(ratings: ratings, truth: truth)))
        return "none"
      } catch {
        return error.reason
      }
    }
    #expect(reason([[good, good]], truth) == "one modality: nothing to compare")
    #expect(reason([[good], [good]], truth) == "one reader: readers have no variance")
    #expect(
      reason([[good, good], [good, [2, 2, 2, 2]]], truth)
        == "reader 2 rates all 4 cases 2.0 with 2: a constant has no ROC curve")
    #expect(
      reason([[good, good], [good, good]], [true, false, false, false])
        == "1 positive case: at least 2 are needed for a variance")
    #expect(reason([[good, good], [good, [.nan, 1, 2, 3]]], truth).contains("is NaN"))
    // The same ratings everywhere: no analysis has an error term.
    let same = try ObuchowskiRockette(
      ReaderPerformance(CrossedRatings(ratings: [[good, good], [good, good]], truth: truth)))
    #expect(same.analyses.isEmpty)
    #expect(throws: Undefined.self) { try same.analysis(.readersAndCases) }
  }

  /// More cases and more readers help; where Var(TR) remains, cases alone may never do.
  @Test func planning() throws {
    let components = ReaderComponents(
      reader: 0.001, modalityReader: 0.0002, variance: 0.0008, covariance1: 0.00035,
      covariance2: 0.00034, covariance3: 0.00024, cases: 100)
    let plan = ReaderStudyPower(components)
    let powers = [50, 100, 200, 400].map { plan.power(at: 0.04, readers: 6, cases: $0) }
    #expect(zip(powers, powers.dropFirst()).allSatisfy { $0 < $1 })
    #expect(
      plan.power(at: 0.04, readers: 6, cases: 100) < plan.power(at: 0.04, readers: 12, cases: 100))
    #expect(abs(plan.power(at: 0, readers: 6, cases: 100) - 0.05) < 1e-9)
    let cases = try #require(plan.cases(toDetect: 0.04, readers: 6))
    #expect(plan.power(at: 0.04, readers: 6, cases: cases) >= 0.8)
    #expect(plan.power(at: 0.04, readers: 6, cases: cases - 1) < 0.8)
    #expect(plan.cases(toDetect: 0.01, readers: 3) == nil)
  }
}
