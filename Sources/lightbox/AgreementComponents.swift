import Kernels
import Statistics

/// What `lightbox agreement` says about all methods together.
struct AgreementComponents: Encodable {
  struct Part: Encodable {
    var name: String
    /// As estimated: by ANOVA it may be negative.
    var variance: Double
    var interval: Interval?
    /// Of the variance, negatives as 0.
    var standardDeviation: Double
  }
  /// A standard error of measurement with what follows from it.
  struct Spread: Encodable {
    var name: String
    var standardError: Double
    var interval: Interval?
    /// 1.96 √2 times it.
    var coefficient: Double
    /// Over the mean of all measurements, where that is positive.
    var ofMean: Double?
  }
  struct Correlation: Encodable {
    var name, of: String
    var value: Double
    var interval: Interval?
  }
  struct Repeats: Encodable {
    var method: String
    var subjects: Int
    var withinSD: Double
    var interval: Interval
    var coefficient: Double
    var coefficientInterval: Interval
    var coefficientOfVariation: Double?
  }
  struct ErrorVariance: Encodable {
    var method: String
    var variance: Double
    var interval: Interval
    /// One-sided, of no error at all.
    var pValue: Double
  }

  var estimation: String
  var parts: [Part] = []
  var spreads: [Spread] = []
  var correlations: [Correlation] = []
  var repeatability: [Repeats] = []
  /// Grubbs 1948, three methods only.
  var errorVariances: [ErrorVariance]?
  /// Subjects measured by all methods, on whom ICC and Grubbs rest.
  var complete: Int
  /// Why components are missing.
  var reason: String?

  init(_ data: Measurements, level: Double) {
    complete = data.complete.count
    estimation = ""
    let means = data.complete.map { i in
      data.cells[i].map { $0.reduce(0) { $0 + $1.value } / Double($0.count) }
    }
    do {
      try fit(TwoWayLayout(data.values), level: level)
    } catch {
      reason = "\(error)"
    }
    let r = data.repeats
    let unit =
      r.upperBound == 1
      ? "single values"
      : r.lowerBound == r.upperBound
        ? "means of \(r.upperBound) repeats" : "means of \(r.lowerBound) to \(r.upperBound) repeats"
    if let table = try? IntraclassCorrelations(means) {
      for averaged in [false, true] {
        for form in IntraclassCorrelations.Form.allCases {
          let icc = table[form, averaged: averaged]
          correlations.append(
            Correlation(
              name: icc.name, of: averaged ? "mean of \(table.raters) methods, \(unit)" : unit,
              value: icc.value, interval: icc.interval(level: level)))
        }
      }
    }
    for (j, method) in data.methods.enumerated() {
      guard let own = try? Repeatability(data.values.map { $0[j] }) else { continue }
      repeatability.append(
        Repeats(
          method: method, subjects: own.subjects, withinSD: own.standardDeviation,
          interval: own.interval(level: level), coefficient: own.coefficient,
          coefficientInterval: own.coefficientInterval(level: level),
          coefficientOfVariation: own.coefficientOfVariation))
    }
    if data.methods.count == 3,
      let errors = try? GrubbsVariances(
        means.map { $0[0] }, means.map { $0[1] }, means.map { $0[2] })
    {
      errorVariances = (0..<3).map {
        ErrorVariance(
          method: data.methods[$0], variance: errors.variances[$0],
          interval: errors.interval($0, level: level), pValue: errors.pValueOfNoError($0))
      }
    }
  }

  private mutating func fit(_ layout: TwoWayLayout, level: Double) throws {
    let found: VarianceComponents
    let mean: Double
    var interval: (TwoWayANOVA.Component) -> Interval?
    var correlation: ((VarianceComponents) -> Double) -> Interval? = { _ in nil }
    if let anova = try? TwoWayANOVA(layout) {
      estimation = "ANOVA of balanced data"
      found = anova.components
      mean = anova.mean
      interval = { try? anova.interval(of: $0, level: level) }
      let stream = RandomStream(1).child("agreement").child("icc")
      correlation = { anova.generalizedInterval(level: level, stream: stream, of: $0) }
    } else {
      let likelihood = try RestrictedLikelihood(layout)
      let fit = likelihood.fit()
      estimation = "REML of unbalanced data, profile intervals"
      found = fit.components
      mean = fit.mean.value
      interval = {
        $0 == .measurement
          ? nil : try? likelihood.profileInterval(of: $0, around: fit, level: level)
      }
    }
    var named: [(String, Double, TwoWayANOVA.Component)] = [
      ("subject", found.subject, .subject), ("method", found.operators, .operators),
    ]
    if let interaction = found.interaction {
      named.append(("subject x method", interaction, .interaction))
    }
    named.append(
      (
        found.interaction == nil ? "residual, with subject x method" : "residual", found.residual,
        .residual
      ))
    parts = named.map { name, variance, component in
      Part(
        name: name, variance: variance, interval: interval(component),
        standardDeviation: Swift.max(0, variance).squareRoot())
    }
    func spread(_ name: String, _ error: Double, _ component: TwoWayANOVA.Component) -> Spread {
      Spread(
        name: name, standardError: error,
        interval: interval(component).map {
          Interval(low: $0.low.squareRoot(), high: $0.high.squareRoot())
        }, coefficient: Repeatability.multiplier() * error, ofMean: mean > 0 ? error / mean : nil)
    }
    if found.interaction != nil {
      spreads.append(spread("within a method", found.intraobserverError, .residual))
    }
    spreads.append(spread("between methods", found.interobserverError, .measurement))
    guard found.total > 0 else { return }
    correlations.append(
      Correlation(
        name: "agreement between methods", of: "single values, components",
        value: found.interobserverICC, interval: correlation { $0.interobserverICC }))
    if let intra = found.intraobserverICC {
      correlations.append(
        Correlation(
          name: "agreement within a method", of: "single values, components", value: intra,
          interval: correlation { $0.intraobserverICC ?? .nan }))
    }
  }
}
