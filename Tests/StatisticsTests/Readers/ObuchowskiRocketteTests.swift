import Foundation
import Kernels
import Statistics
import Testing

/// Van Dyke's study against the output of OR-DBM MRMC 2.51 (University of Iowa, run of 2020 kept in
/// the R package RJafroc under inst/IowaResults/VanDyke.txt): trapezoidal areas, jackknife.
@Suite(.enabled(if: VanDyke.isPresent, "LIGHTBOX_DATA does not hold mrmc/vandyke_ratings.csv"))
struct VanDykeReadersTests {
  static func ratings() throws -> CrossedRatings {
    let data = try VanDyke()
    return CrossedRatings(ratings: data.ratings, truth: data.truth)
  }

  /// Half a unit of the last printed decimal, and one rounding of ours.
  static func printed(_ value: Double, _ expected: Double, _ decimals: Int) -> Bool {
    abs(value - expected) <= 0.5 * pow(10, -Double(decimals)) + 1e-12
  }

  @Test func componentsAndMeanSquares() throws {
    let study = try ObuchowskiRockette(
      ReaderPerformance(try Self.ratings(), method: .jackknife))
    let c = study.components
    for (value, expected) in [
      (c.reader, 0.00153500), (c.modalityReader, 0.00020040), (c.variance, 0.00080229),
      (c.covariance1, 0.00034661), (c.covariance2, 0.00034407), (c.covariance3, 0.00023903),
      (c.correlations[0], 0.43203138), (c.correlations[1], 0.42886683),
      (c.correlations[2], 0.29793328), (study.meanSquares.modality, 0.00479617),
      (study.meanSquares.reader, 0.00383620), (study.meanSquares.modalityReader, 0.00055103),
      (study.meanSquares.readerWithin[0], 0.00308263),
      (study.meanSquares.readerWithin[1], 0.00130460),
    ] {
      #expect(Self.printed(value, expected, 8), "\(value) for \(expected)")
    }
    #expect(c.cases == 114)
  }

  @Test func randomReadersRandomCases() throws {
    let analysis = try ObuchowskiRockette(
      ReaderPerformance(try Self.ratings(), method: .jackknife)
    ).analysis(.readersAndCases)
    #expect(Self.printed(analysis.statistic, 4.46, 2))
    #expect(analysis.numeratorDegrees == 1)
    #expect(Self.printed(try #require(analysis.denominatorDegrees), 15.26, 2))
    #expect(Self.printed(analysis.errorTerm, 0.00107626, 8))
    #expect(Self.printed(analysis.pValue, 0.0517, 4))
    let difference = analysis.differences[0].estimate
    #expect(Self.printed(difference.value, -0.04380032, 8))
    #expect(Self.printed(difference.standardError, 0.02075, 5))
    #expect(Self.printed(difference.statistic(), -2.11, 2))
    #expect(Self.printed(difference.pValue(), 0.0517, 4))
    #expect(Self.printed(difference.interval().low, -0.08796, 5))
    #expect(Self.printed(difference.interval().high, 0.00036, 5))
    let expected = [
      (0.89703704, 0.03317360, 12.74, 0.82522360, 0.96885048),
      (0.94083736, 0.02156637, 12.71, 0.89413783, 0.98753689),
    ]
    for (mean, row) in zip(analysis.modalities, expected) {
      #expect(Self.printed(mean.value, row.0, 8))
      #expect(Self.printed(mean.standardError, row.1, 8))
      #expect(Self.printed(try #require(mean.degreesOfFreedom), row.2, 2))
      #expect(Self.printed(mean.interval().low, row.3, 8))
      #expect(Self.printed(mean.interval().high, row.4, 8))
    }
  }

  @Test func fixedReaders() throws {
    let performance = try ReaderPerformance(try Self.ratings(), method: .jackknife)
    let analysis = try ObuchowskiRockette(performance).analysis(.cases)
    #expect(Self.printed(analysis.statistic, 5.47595, 5))
    #expect(analysis.denominatorDegrees == nil)
    #expect(Self.printed(analysis.pValue, 0.0193, 4))
    let difference = analysis.differences[0].estimate
    #expect(Self.printed(difference.standardError, 0.01872, 5))
    #expect(Self.printed(difference.interval().low, -0.08049, 5))
    #expect(Self.printed(difference.interval().high, -0.00711, 5))
    let expected = [(0.02428971, 0.84943008, 0.94464399), (0.01677632, 0.90795637, 0.97371835)]
    for (mean, row) in zip(analysis.modalities, expected) {
      #expect(Self.printed(mean.standardError, row.0, 8))
      #expect(Self.printed(mean.interval().low, row.1, 8))
      #expect(Self.printed(mean.interval().high, row.2, 8))
    }
    let single = [
      (-0.02818, 0.02551, 0.2693, -0.07818, 0.02182),
      (-0.04654, 0.02630, 0.0768, -0.09809, 0.00501),
      (-0.01787, 0.03121, 0.5668, -0.07904, 0.04330),
      (-0.02625, 0.01729, 0.1290, -0.06014, 0.00764),
      (-0.10016, 0.04406, 0.0230, -0.18651, -0.01381),
    ]
    for (reader, row) in single.enumerated() {
      let paired = performance.difference(0, 1, reader: reader)
      #expect(Self.printed(paired.value, row.0, 5))
      #expect(Self.printed(paired.standardError, row.1, 5))
      #expect(Self.printed(paired.pValue(), row.2, 4))
      #expect(Self.printed(paired.interval().low, row.3, 5))
      #expect(Self.printed(paired.interval().high, row.4, 5))
    }
  }

  @Test func fixedCases() throws {
    let analysis = try ObuchowskiRockette(
      ReaderPerformance(try Self.ratings(), method: .jackknife)
    ).analysis(.readers)
    #expect(Self.printed(analysis.statistic, 8.70, 2))
    #expect(analysis.denominatorDegrees == 4)
    #expect(Self.printed(analysis.pValue, 0.0420, 4))
    let difference = analysis.differences[0].estimate
    #expect(Self.printed(difference.standardError, 0.01485, 5))
    #expect(Self.printed(difference.interval().low, -0.08502, 5))
    #expect(Self.printed(difference.interval().high, -0.00258, 5))
    #expect(Self.printed(analysis.modalities[0].interval().low, 0.82809808, 8))
    #expect(Self.printed(analysis.modalities[1].interval().high, 0.98568536, 8))
  }

  /// The same output's DBM components, and the F of Obuchowski and Rockette from pseudovalues.
  @Test func dorfmanBerbaumMetz() throws {
    let ratings = try Self.ratings()
    let pseudo = try DorfmanBerbaumMetz(ratings)
    let c = pseudo.components
    for (value, expected) in [
      (c.reader, 0.00153500), (c.caseVariance, 0.02724923), (c.modalityReader, 0.00020040),
      (c.modalityCase, 0.01197530), (c.readerCase, 0.01226473), (c.rest, 0.03997160),
    ] {
      #expect(Self.printed(value, expected, 8), "\(value) for \(expected)")
    }
    let other = try ObuchowskiRockette(ReaderPerformance(ratings, method: .jackknife))
      .analysis(.readersAndCases)
    #expect(abs(pseudo.statistic / other.statistic - 1) < 1e-9)
    #expect(abs(pseudo.denominatorDegrees! / other.denominatorDegrees! - 1) < 1e-9)
    #expect(abs(pseudo.pValue / other.pValue - 1) < 1e-9)
  }

  /// DeLong's covariances, and binomial ones for ratings of 3 and more: NumPy and SciPy from all
  /// pairs of cases.
  @Test func deLongAndRates() throws {
    let ratings = try Self.ratings()
    let rows: [(ReaderFigure, [Double])] = [
      (.auroc, [4.48485432182081, 15.066107938873085, 0.051233030824809477, 5.5457892888619575]),
      (
        .sensitivity(threshold: 3),
        [6.689492696717431, 15.71732443250637, 0.02008822008114106, 8.566371681415903]
      ),
      (
        .specificity(threshold: 3),
        [0.20172055769801428, 5.5726413114265245, 0.6702700972938792, 0.2981410031567897]
      ),
    ]
    for (figure, expected) in rows {
      let study = try ObuchowskiRockette(ReaderPerformance(ratings, figure: figure))
      let both = try study.analysis(.readersAndCases)
      let found = [
        both.statistic, both.denominatorDegrees!, both.pValue, try study.analysis(.cases).statistic,
      ]
      // Sums of a few thousand rounded terms.
      for (a, b) in zip(found, expected) { #expect(abs(a / b - 1) < 1e-11, "\(a) for \(b)") }
    }
  }

  /// RJafroc's tests/testthat/test-SsSampleSizeRoc.R, which follow Hillis 2011 and 2018.
  @Test func power() throws {
    let plan = ReaderStudyPower(
      try ObuchowskiRockette(ReaderPerformance(try Self.ratings(), method: .jackknife)).components)
    let d = -0.043800322
    #expect(abs(plan.power(at: d, readers: 10, cases: 165) - 0.80541995) < 1e-7)
    #expect(
      abs(plan.power(at: d, readers: 10, cases: 131, generalization: .cases) - 0.80091813) < 1e-7)
    #expect(
      abs(plan.power(at: d, readers: 10, cases: 53, generalization: .readers) - 0.80496663) < 1e-7)
    #expect(abs(plan.power(at: d, readers: 6, cases: 111) - 0.5526116) < 1e-7)
    #expect(plan.cases(toDetect: d, readers: 6) == 251)
  }
}

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
