import Foundation
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
