import Foundation
import Kernels
import Statistics
import Testing

@Suite struct RoeMetzTests {
  static let trials = 400

  /// Analyses of simulated studies of five readers, 50 positives and 50 negatives.
  static func studies(_ model: RoeMetzModel, _ stream: RandomStream) throws -> [ObuchowskiRockette]
  {
    try Parallel.map(trials) { k in
      try ObuchowskiRockette(
        ReaderPerformance(
          model.ratings(readers: 5, positives: 50, negatives: 50, stream: stream.child(k))))
    }
  }

  /// Size lies between 4 and 6 %: the counts that either end leaves possible with probability
  /// above 1/2000. An analysis that takes as fixed what varies rejects too often: cases where
  /// ratings of a case agree (HL), readers where they differ much (LH).
  @Test(arguments: [RoeMetzModel.Structure.highLow, .lowHigh])
  func size(structure: RoeMetzModel.Structure) throws {
    let found = RoeMetzModel(structure, separation: .middle).rejections(
      studies: Self.trials, readers: 5, positives: 50, negatives: 50,
      stream: RandomStream(1997).child("null").child("\(structure.rawValue) mid"))
    #expect(found.studies == Self.trials && found.undefined == 0)
    let low = Distributions.Binomial(trials: Self.trials, probability: 0.04).quantile(0.0005)
    let high = Distributions.Binomial(trials: Self.trials, probability: 0.06).quantile(0.9995)
    let rejected = Double(found.readersAndCases)
    #expect(low <= rejected && rejected <= high, "\(rejected) of \(Self.trials)")
    #expect(Double(structure == .highLow ? found.readers : found.cases) > high)
  }

  /// A longer simulation begins like a shorter one, and counts what the analyses say.
  @Test func rejectionsAreThoseOfTheStudies() throws {
    let model = RoeMetzModel(.lowHigh, separation: .middle)
    let stream = RandomStream(12)
    let found = model.rejections(
      studies: 30, readers: 3, positives: 12, negatives: 12, alpha: 0.2, stream: stream)
    var counts = [0, 0, 0]
    for k in 0..<30 {
      let study = try ObuchowskiRockette(
        ReaderPerformance(
          model.ratings(readers: 3, positives: 12, negatives: 12, stream: stream.child(k))))
      for (i, analysis) in study.analyses.enumerated() where analysis.pValue < 0.2 {
        counts[i] += 1
      }
    }
    #expect([found.readersAndCases, found.cases, found.readers] == counts)
    #expect(try found.rate(.cases).value == Double(counts[1]) / 30)
  }

  /// Estimated components scatter around Hillis' expectation. DeLong's covariances are too large by
  /// (ξ11 − ξ10 − ξ01)/(mn); mn times the expectation is linear in m + n, and that excess times mn
  /// its value at 0.
  @Test(arguments: [RoeMetzModel.Structure.highLow, .lowHigh])
  func componentsMeetTheirExpectation(structure: RoeMetzModel.Structure) throws {
    let model = RoeMetzModel(structure, separation: .middle)
    let name = "\(structure.rawValue) mid"
    let studies = try Self.studies(model, RandomStream(1997).child("null").child(name))
    func errors(_ c: ReaderComponents) -> [Double] {
      [c.variance, c.covariance1, c.covariance2, c.covariance3]
    }
    let small = errors(try model.expectedComponents(positives: 50, negatives: 50))
    let large = errors(try model.expectedComponents(positives: 100, negatives: 100))
    for k in 0..<4 {
      let excess = (200 * 2500 * small[k] - 100 * 10_000 * large[k]) / 100 / 2500
      #expect(excess > 0)
      let found = try meanEstimate(studies.map { errors($0.components)[k] })
      // Eight comparisons and four more below: 4.5 standard errors.
      #expect(abs(found.value - small[k] - excess) < 4.5 * found.standardError, "error \(k)")
    }
    let expected = try model.expectedComponents(positives: 50, negatives: 50)
    let readers = try meanEstimate(studies.map(\.components.reader))
    #expect(abs(readers.value - expected.reader) < 4.5 * readers.standardError)
    let area = try meanEstimate(studies.map { $0.performance.values[0].reduce(0, +) / 5 })
    #expect(abs(area.value - model.expectedAUROCs[0]) < 4.5 * area.standardError)
  }

  /// SciPy: bivariate normal probabilities by quad over the conditional normal.
  @Test func expectedComponents() throws {
    let first = try RoeMetzModel(.highLow, separation: .low)
      .expectedComponents(positives: 50, negatives: 50)
    let second = try RoeMetzModel(
      separations: [1.5, 1.8], reader: 0.03, modalityReader: 0.03, caseVariance: 0.1,
      modalityCase: 0.1, readerCase: 0.2, error: 0.6
    ).expectedComponents(positives: 45, negatives: 69)
    let expected = [
      [
        0.000656062099282817, 0.0006570644641110124, 0.0026750188599802016, 0.0012448491494286686,
        0.0015063988481068549, 0.0007319054609948608,
      ],
      [
        0.001256223126718914, 0.0013686006946959095, 0.0011058364260514973, 0.00025574486858979945,
        0.00016444725005792832, 7.781911036185527e-05,
      ],
    ]
    for (c, row) in zip([first, second], expected) {
      let found = [
        c.reader, c.modalityReader, c.variance, c.covariance1, c.covariance2, c.covariance3,
      ]
      // Differences of probabilities known to 1e-11, over the pairs: nine digits.
      for (a, b) in zip(found, row) { #expect(abs(a / b - 1) < 1e-8, "\(a) for \(b)") }
    }
  }

  /// Without reader effects errors are all there is; with cases seen alike by all, Cov1 = Cov2 =
  /// Cov3 = Var, whose closed form at AUROC 1/2 is (m + n + 1)/(12 m n).
  @Test func closedForms() throws {
    let model = RoeMetzModel(
      separations: [0, 0], reader: 0, modalityReader: 0, caseVariance: 1, modalityCase: 0,
      readerCase: 0, error: 0)
    let c = try model.expectedComponents(positives: 20, negatives: 30)
    let variance = 51.0 / (12 * 600)
    for value in [c.variance, c.covariance1, c.covariance2, c.covariance3] {
      #expect(abs(value / variance - 1) < 1e-9)
    }
    #expect(abs(c.reader) < 1e-12 && abs(c.modalityReader) < 1e-12)
    let independent = try RoeMetzModel(
      separations: [1, 1], reader: 0, modalityReader: 0, caseVariance: 0, modalityCase: 0,
      readerCase: 0, error: 1
    ).expectedComponents(positives: 20, negatives: 30)
    #expect(abs(independent.covariance1) < 1e-12 && abs(independent.covariance2) < 1e-12)
  }

  /// Roe and Metz 1997, Table 1: AUROC of a typical reader .702, .855, .961 (.8556 rounds up).
  @Test func publishedStructures() {
    for (separation, area) in zip(RoeMetzModel.Separation.allCases, [0.702, 0.855, 0.961]) {
      for structure in RoeMetzModel.Structure.allCases {
        let model = RoeMetzModel(structure, separation: separation)
        let cases = model.caseVariance + model.modalityCase + model.readerCase + model.error
        #expect(abs(cases - 1) < 1e-15)
        let typical = Distributions.Normal().cdf(model.separations[0] / (2 * cases).squareRoot())
        #expect(abs(typical - area) < 1e-3)
        #expect(model.reader == model.modalityReader)
      }
    }
    #expect(RoeMetzModel(.highHigh, separation: .high).reader == 0.056)
    #expect(RoeMetzModel(.lowLow, separation: .high).reader == 0.0055)
  }

  /// Planned power against the rejections of 400 simulated studies: four standard errors.
  @Test func powerIsReached() throws {
    let model = RoeMetzModel(
      separations: [1.5, 1.9], reader: 0.0055, modalityReader: 0.0055, caseVariance: 0.3,
      modalityCase: 0.3, readerCase: 0.2, error: 0.2)
    let areas = model.expectedAUROCs
    let planned = ReaderStudyPower(
      try model.expectedComponents(positives: 50, negatives: 50)
    ).power(at: areas[1] - areas[0], readers: 5, cases: 100)
    // SciPy: noncentral F with the same components.
    #expect(abs(planned - 0.44922886106591) < 1e-7)
    let rate = try model.rejections(
      studies: Self.trials, readers: 5, positives: 50, negatives: 50,
      stream: RandomStream(2011).child("power")
    ).rate(.readersAndCases).value
    #expect(abs(rate - planned) < 4 * (0.25 / Double(Self.trials)).squareRoot(), "\(rate)")
  }

  @Test func streams() {
    let model = RoeMetzModel(.highHigh, separation: .low)
    let one = model.ratings(readers: 2, positives: 3, negatives: 4, stream: RandomStream(1))
    let same = model.ratings(readers: 2, positives: 3, negatives: 4, stream: RandomStream(1))
    let more = model.ratings(readers: 2, positives: 5, negatives: 4, stream: RandomStream(1))
    let other = model.ratings(readers: 2, positives: 3, negatives: 4, stream: RandomStream(2))
    #expect(one.ratings == same.ratings && one.ratings != other.ratings)
    #expect(one.truth == [true, true, true, false, false, false, false])
    for i in 0..<2 {
      for j in 0..<2 {
        #expect(one.ratings[i][j].suffix(4) == more.ratings[i][j].suffix(4))
        #expect(one.ratings[i][j].prefix(3) == more.ratings[i][j].prefix(3))
      }
    }
  }
}
