import Foundation
import Kernels
import Statistics

/// What `lightbox readers` found.
struct ReadersReport: Encodable {
  /// An estimate with interval, written out.
  struct Value: Encodable {
    var value: Double
    var standardError: Double
    var degreesOfFreedom: Double?
    var interval: Interval

    init(_ estimate: Estimate, _ level: Double) {
      value = estimate.value
      standardError = estimate.standardError
      degreesOfFreedom = estimate.degreesOfFreedom
      interval = estimate.interval(level: level)
    }
  }
  /// Two modalities over all readers.
  struct Difference: Encodable {
    var first, second: String
    var estimate: Value
    var pValue: Double
    var holm: Double?
  }
  struct Analysis: Encodable {
    var generalization: String
    /// "F" or "chi-squared".
    var test: String
    var statistic: Double
    var numeratorDegrees: Double
    var denominatorDegrees: Double?
    var pValue: Double
    var differences: [Difference]
    /// [modality]
    var modalities: [Value]
  }
  /// Two modalities by one reader.
  struct ReaderDifference: Encodable {
    var reader, first, second: String
    var value: Double
    var standardError: Double?
    var interval: Interval
    var pValue: Double
    var holm: Double?
    /// Of rates: cases that only the first, only the second call gets right.
    var discordant: [Int]?
  }
  /// Predictive values of one reader with one modality.
  struct Predictive: Encodable {
    var reader, modality: String
    var positive, negative: Double?
    var positiveInterval, negativeInterval: Interval?
  }
  struct Plan: Encodable {
    var readers: Int
    /// nil where no number of cases is enough.
    var cases: Int?
    var powerWithThese: Double
  }
  struct PseudovalueTest: Encodable {
    var statistic, pValue: Double
    var denominatorDegrees: Double?
  }

  var file: String
  var figure: String
  var threshold: Double?
  var prevalence: Double?
  var covariance: String
  var cluster: String?
  var clusters: Int?
  var cases, positives, negatives: Int
  var modalityColumn: String
  var modalities, readers: [String]
  /// [modality][reader]
  var values: [[Double]]
  var level: Double
  var components: ReaderComponents
  var meanSquares: ReaderMeanSquares
  var analyses: [Analysis]
  var undefined: [String] = []
  var readerDifferences: [ReaderDifference]
  /// With jackknife covariances.
  var dorfmanBerbaumMetz: PseudovalueTest?
  var predictive: [Predictive]?
  var detect: Double?
  var plans: [Plan]?
  var drawn: [String]?

  init(_ options: Readers) throws {
    let drawing = try options.plot.map { try ReadersPlot($0) }
    let ratings = try options.ratings()
    let merit = options.merit
    func defined<Result>(_ body: () throws -> Result) throws -> Result {
      do {
        return try body()
      } catch let error as Undefined {
        throw LightboxError.input(
          file: options.file, column: options.rating, found: error.reason,
          expected: "ratings that define the estimate")
      }
    }
    let (performance, study) = try defined {
      let performance = try ReaderPerformance(ratings, figure: merit, method: options.method)
      return (performance, try ObuchowskiRockette(performance))
    }
    file = options.file
    figure = merit.name
    threshold = options.threshold
    prevalence = options.prevalence
    cluster = options.cluster
    clusters = ratings.clusters?.count
    let name = options.covariance == .delong && merit != .auroc ? "binomial" : performance.method
    covariance =
      options.covariance == .bootstrap ? "\(name), \(options.replicates) replicates" : name
    cases = ratings.truth.count
    positives = ratings.positives
    negatives = ratings.negatives
    modalityColumn = options.modality
    modalities = ratings.modalities
    readers = ratings.readers
    values = performance.values
    level = options.level
    components = study.components
    meanSquares = study.meanSquares
    analyses = study.analyses.map { Self.written($0, ratings.modalities, options.level) }
    for kind in ObuchowskiRockette.Generalization.allCases {
      do {
        _ = try study.analysis(kind)
      } catch {
        undefined.append(error.reason)
      }
    }
    readerDifferences = try defined {
      try Self.readerDifferences(ratings, performance, merit, options.level)
    }
    if options.covariance == .jackknife, !analyses.isEmpty {
      let pseudo = try? DorfmanBerbaumMetz(ratings, figure: merit)
      dorfmanBerbaumMetz = pseudo.map {
        PseudovalueTest(
          statistic: $0.statistic, pValue: $0.pValue, denominatorDegrees: $0.denominatorDegrees)
      }
    }
    if let prevalence = options.prevalence, let threshold = options.threshold {
      predictive = try defined {
        try Self.predictive(ratings, threshold, prevalence, options.level)
      }
    }
    if let detect = options.detect {
      self.detect = detect
      let power = ReaderStudyPower(study.components)
      plans = [3, 4, 5, 6, 8, 10, 15, 20].map { readers in
        Plan(
          readers: readers, cases: power.cases(toDetect: detect, readers: readers),
          powerWithThese: power.power(at: detect, readers: readers, cases: cases))
      }
    }
    if let drawing { drawn = try drawing.draw(self, ratings) }
  }

  private static func written(
    _ analysis: ObuchowskiRockette.Analysis, _ names: [String], _ level: Double
  ) -> Analysis {
    let pValues = analysis.differences.map { $0.estimate.pValue() }
    let adjusted = holm(pValues)
    return Analysis(
      generalization: analysis.generalization.rawValue,
      test: analysis.generalization == .cases ? "chi-squared" : "F",
      statistic: analysis.statistic, numeratorDegrees: analysis.numeratorDegrees,
      denominatorDegrees: analysis.denominatorDegrees, pValue: analysis.pValue,
      differences: analysis.differences.enumerated().map { k, difference in
        Difference(
          first: names[difference.first], second: names[difference.second],
          estimate: Value(difference.estimate, level), pValue: pValues[k],
          holm: pValues.count > 1 ? adjusted[k] : nil)
      },
      modalities: analysis.modalities.map { Value($0, level) })
  }

  /// AUROC by the covariance matrix, rates by McNemar.
  private static func readerDifferences(
    _ ratings: CrossedRatings, _ performance: ReaderPerformance, _ figure: ReaderFigure,
    _ level: Double
  ) throws -> [ReaderDifference] {
    var rows: [ReaderDifference] = []
    for (j, reader) in ratings.readers.enumerated() {
      for i in ratings.modalities.indices {
        for k in ratings.modalities.indices.dropFirst(i + 1) {
          let names = (ratings.modalities[i], ratings.modalities[k])
          if let table = figure.mcNemar(
            ratings.ratings[i][j], ratings.ratings[k][j], truth: ratings.truth)
          {
            rows.append(
              ReaderDifference(
                reader: reader, first: names.0, second: names.1, value: try table.difference,
                interval: try table.interval(level: level), pValue: table.midPValue,
                discordant: [table.firstOnly, table.secondOnly]))
          } else {
            let paired = performance.difference(i, k, reader: j)
            rows.append(
              ReaderDifference(
                reader: reader, first: names.0, second: names.1, value: paired.value,
                standardError: paired.standardError, interval: paired.interval(level: level),
                pValue: paired.pValue()))
          }
        }
      }
    }
    for (k, adjusted) in holm(rows.map(\.pValue)).enumerated() { rows[k].holm = adjusted }
    return rows
  }

  private static func predictive(
    _ ratings: CrossedRatings, _ threshold: Double, _ prevalence: Double, _ level: Double
  ) throws -> [Predictive] {
    try ratings.readers.enumerated().flatMap { j, reader in
      try ratings.modalities.enumerated().map { i, modality in
        let values = try PredictiveValues(
          ConfusionTable(
            scores: ratings.ratings[i][j], labels: ratings.truth, threshold: threshold),
          prevalence: prevalence)
        return Predictive(
          reader: reader, modality: modality, positive: try? values.positive,
          negative: try? values.negative,
          positiveInterval: try? values.positiveInterval(level: level),
          negativeInterval: try? values.negativeInterval(level: level))
      }
    }
  }
}
