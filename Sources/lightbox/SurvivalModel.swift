import Kernels
import Plotting
import Statistics

/// The Cox regression of `lightbox survival`.
struct SurvivalModel: Encodable {
  struct Coefficient: Encodable {
    var name: String
    var coefficient, standardError, hazardRatio: Double
    var interval: Interval
    var z, pValue: Double
  }
  struct Proportionality: Encodable {
    var transform: ProportionalHazards.Transform
    /// [covariate]
    var tests: [ChiSquaredTest]
    var global: ChiSquaredTest
  }

  var ties: CoxRegression.Ties
  var variance: String
  var strata: Int
  var clusters: Int?
  var coefficients: [Coefficient]
  var likelihoodRatio, score: ChiSquaredTest
  var wald: ChiSquaredTest?
  var logLikelihood, nullLogLikelihood: Double
  var iterations: Int
  var proportionality: Proportionality?
  /// Why there is no test of proportional hazards.
  var reason: String?

  init(_ fit: CoxRegression, _ options: Survival) {
    ties = fit.ties
    strata = fit.strata
    clusters = options.cluster == nil ? nil : fit.clusters
    variance =
      fit.robustCovariance == nil
      ? "inverse information"
      : "Lin and Wei 1989" + (options.cluster.map { ", summed by \($0)" } ?? "")
    coefficients = fit.names.indices.map { j in
      let estimate = fit.estimate(j)
      let ratio = fit.hazardRatio(j, level: options.level)
      return Coefficient(
        name: fit.names[j], coefficient: estimate.value, standardError: estimate.standardError,
        hazardRatio: ratio.value, interval: ratio.interval, z: estimate.statistic(),
        pValue: estimate.pValue())
    }
    likelihoodRatio = fit.likelihoodRatioTest
    score = fit.scoreTest
    wald = try? fit.waldTest()
    logLikelihood = fit.logLikelihood
    nullLogLikelihood = fit.nullLogLikelihood
    iterations = fit.iterations
    do {
      let test = try fit.proportionalHazards(options.timeScale)
      proportionality = Proportionality(
        transform: test.transform, tests: test.tests, global: test.global)
    } catch {
      reason = "\(error)"
    }
  }

  /// "chi-squared 10.33, 1 df, p 0.0013".
  static func text(_ name: String, _ test: ChiSquaredTest) -> String {
    "\(name) \(Cells.fixed(test.statistic, 2)), \(test.degreesOfFreedom) df, "
      + "p \(Cells.pValue(test.pValue))"
  }

  func sections(_ percent: String) -> [TableStyle.Section] {
    var rows = [
      ["covariate", "coefficient", "SE", "hazard ratio", "\(percent) interval", "z", "p"]
        + (proportionality == nil ? [] : ["p of PH"])
    ]
    func short(_ x: Double) -> String { Printed.significant(x, digits: 4) }
    for (k, own) in coefficients.enumerated() {
      rows.append(
        [
          own.name, short(own.coefficient), short(own.standardError), short(own.hazardRatio),
          "\(short(own.interval.low)) to \(short(own.interval.high))", Cells.fixed(own.z, 2),
          Cells.pValue(own.pValue),
        ] + (proportionality.map { [Cells.pValue($0.tests[k].pValue)] } ?? []))
    }
    let isRobust = variance != "inverse information"
    let tests = [
      Self.text("likelihood ratio", likelihoodRatio),
      wald.map { Self.text(isRobust ? "robust Wald" : "Wald", $0) }, Self.text("score", score),
    ]
    var notes = [
      tests.compactMap { $0 }.joined(separator: "; "),
      "ties: \(ties.rawValue); variance: \(variance)" + (strata > 1 ? "; \(strata) strata" : ""),
    ]
    if isRobust, clusters != nil {
      notes.append("likelihood ratio and score tests take the cases as independent")
    }
    if let proportionality {
      notes.append(
        "PH: proportional hazards, score test of Grambsch and Therneau, time as "
          + "\(proportionality.transform.rawValue); "
          + Self.text("all together", proportionality.global))
    } else if let reason {
      notes.append("no test of proportional hazards: \(reason)")
    }
    return [TableStyle.Section(title: "Cox regression", rows: rows, notes: notes)]
  }
}

/// A concordance of `lightbox survival`.
struct SurvivalConcordance: Encodable {
  var score, measure: String
  var value, standardError: Double
  var interval: Interval
  /// Harrell's: comparable pairs, and those with equal scores.
  var comparable, tiedScores: Int?
  /// Uno's: events counted up to it, and their largest weight.
  var tau, largestWeight: Double?
  var bootstrap: RocReport.Bootstrapped?

  /// Harrell's and Uno's C.
  static func both(
    _ name: String, _ data: SurvivalTimes, _ scores: [Double], _ clusters: Clusters?,
    _ options: Survival, bootstrap: Bool
  ) throws -> [SurvivalConcordance] {
    let harrell = try HarrellC(data, scores: scores)
    let uno = try UnoC(data, scores: scores, tau: options.tau)
    func found(_ measure: String, _ estimate: Estimate) -> SurvivalConcordance {
      SurvivalConcordance(
        score: name, measure: measure, value: estimate.value,
        standardError: estimate.standardError,
        interval: estimate.interval(level: options.level).clamped(to: 0...1))
    }
    var both = [
      found("Harrell", harrell.estimate(clusters: clusters)),
      found("Uno", uno.estimate(clusters: clusters)),
    ]
    both[0].comparable = harrell.comparable
    both[0].tiedScores = harrell.tiedScores
    both[1].tau = uno.tau
    both[1].largestWeight = uno.largestWeight
    if bootstrap, let replicates = options.bootstrap {
      let sample = Resampling.bootstrap(
        cases: clusters ?? Clusters(singletons: data.count), replicates: replicates,
        stream: RandomStream(options.seed).child("survival"),
        statistics: [
          try HarrellC.statistic(data, scores: scores),
          try UnoC.statistic(data, scores: scores, tau: options.tau),
        ])
      for k in 0..<2 {
        both[k].bootstrap = try RocReport.Bootstrapped(
          sample.distribution(k), level: options.level, test: false)
      }
    }
    return both
  }

  static func section(_ found: [SurvivalConcordance], _ percent: String) -> TableStyle.Section {
    var rows = [["score", "C", "", "SE", "\(percent) interval", ""]]
    for one in found {
      let detail =
        one.comparable.map { "\($0) pairs, \(one.tiedScores ?? 0) tied" }
        ?? (one.tau.map { "events before \(Printed.exact($0))" } ?? "all events")
        + ", weights up to \(Printed.significant(one.largestWeight ?? 1, digits: 3))"
      rows.append([
        one.score, one.measure, Cells.fixed(one.value), Cells.fixed(one.standardError),
        Cells.interval(one.interval), detail,
      ])
      guard let bootstrap = one.bootstrap else { continue }
      let error = Cells.fixed(bootstrap.standardError)
      let left = bootstrap.undefined > 0 ? "\(bootstrap.undefined) undefined" : ""
      if let interval = bootstrap.percentile {
        rows.append(["  bootstrap percentile", "", "", error, Cells.interval(interval), left])
      }
      if let interval = bootstrap.bca {
        rows.append(["  bootstrap BCa", "", "", error, Cells.interval(interval), ""])
      }
      if let reason = bootstrap.reason { rows.append(["  bootstrap: \(reason)"]) }
    }
    return TableStyle.Section(
      title: "Concordance: a higher score, an earlier event", rows: rows,
      notes: [
        "equal scores: one half; events at one time: left out; variance: infinitesimal jackknife; "
          + "interval: normal"
      ])
  }
}
