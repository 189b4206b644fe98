import Foundation
import Kernels
import Statistics
import Testing

@Suite struct ComponentTests {
  /// Shrout and Fleiss 1979, Table 4: .17, .29, .71 and .44, .62, .91; intervals by pingouin 0.7.0
  /// unrounded.
  @Test(arguments: [
    (IntraclassCorrelations.Form.oneWay, false, 0.17, -0.13293232, 0.72256006),
    (.agreement, false, 0.29, 0.01878651, 0.76108437),
    (.consistency, false, 0.71, 0.34246477, 0.94585826),
    (.oneWay, true, 0.44, -0.88444216, 0.91241542),
    (.agreement, true, 0.62, 0.07113682, 0.92723204),
    (.consistency, true, 0.91, 0.67567471, 0.98589168),
  ])
  func shroutFleiss(
    form: IntraclassCorrelations.Form, averaged: Bool, printed: Double, low: Double, high: Double
  ) throws {
    let icc = try IntraclassCorrelations(Published.judges)[form, averaged: averaged]
    #expect(abs(icc.value - printed) <= 0.005)
    #expect(abs(icc.interval().low - low) <= 5e-9)
    #expect(abs(icc.interval().high - high) <= 5e-9)
    // pingouin: F 1.7946784922394683 with p .16476880834463953, and 11.027247956403299 with
    // p .000134566516484335.
    #expect(
      close(
        icc.pValue, form == .oneWay ? 0.16476880834463953 : 0.000134566516484335, relative: 1e-11))
  }

  @Test func iccNeedsVariance() throws {
    #expect(throws: Undefined.self) { try IntraclassCorrelations([[1, 1], [1, 1]]) }
    #expect(throws: Undefined.self) { try IntraclassCorrelations([[1, 2]]) }
    // Perfect consistency with a constant offset: agreement is below it.
    let offset = try IntraclassCorrelations([[1, 3], [2, 4], [5, 7]])
    #expect(offset[.consistency].value == 1)
    #expect(offset[.consistency].interval() == Interval(low: 1, high: 1))
    #expect(offset[.agreement].value < 1)
    #expect(offset[.agreement].name == "ICC(2,1)")
    #expect(offset[.agreement].interval().low < offset[.agreement].value)
  }

  /// NumPy and SciPy: S_w of the Wright readings 15.306669057866863 (Bland and Altman 1986 print
  /// 15.3), χ² interval 11.48593458423103 to 22.94690092738047, coefficient of variation
  /// .03499558697333108.
  @Test func repeatability() throws {
    let repeats = try Repeatability(Published.wright)
    #expect(close(repeats.standardDeviation, 15.306669057866863, relative: 1e-12))
    #expect(close(repeats.coefficient, 42.427142370705134, relative: 1e-12))
    #expect(close(repeats.interval().low, 11.48593458423103, relative: 1e-11))
    #expect(close(repeats.interval().high, 22.94690092738047, relative: 1e-11))
    #expect(close(repeats.coefficientOfVariation!, 0.03499558697333108, relative: 1e-12))
    #expect(close(Repeatability.multiplier(), 2.7718, relative: 1e-5))
    #expect(throws: Undefined.self) { try Repeatability([[1], [2]]) }
  }

  /// statsmodels 0.15.0 anova_lm of y ~ C(a) * C(b) on Houf and Burman's gauge study.
  @Test func balancedComponents() throws {
    let anova = try TwoWayANOVA(TwoWayLayout(Published.houf))
    #expect(close(anova.subjectMeanSquare, 437.328395, relative: 1e-8))
    #expect(close(anova.operatorMeanSquare, 19.633333, relative: 1e-7))
    #expect(close(anova.interactionMeanSquare, 2.695062, relative: 1e-6))
    #expect(close(anova.residualMeanSquare!, 0.511111, relative: 1e-6))
    let found = anova.components
    #expect(close(found.subject, 48.29259259259263, relative: 1e-11))
    #expect(close(found.operators, 0.5646090534979452, relative: 1e-11))
    #expect(close(found.interaction!, 0.7279835390946475, relative: 1e-11))
    #expect(close(found.residual, 0.5111111111111108, relative: 1e-11))
    #expect(close(found.interobserverICC, found.subject / found.total))
    #expect(
      close(found.total, found.subject + found.operators + found.interaction! + found.residual))
    // The sum of mean squares for the measurement variance is the sum of its components.
    let measurement = try anova.interval(of: .measurement)
    #expect(measurement.contains(found.interobserverError * found.interobserverError))
  }

  /// Without negative estimates REML of balanced data is ANOVA.
  @Test func likelihoodOfBalancedDataIsANOVA() throws {
    let layout = try TwoWayLayout(Published.houf)
    let anova = try TwoWayANOVA(layout).components
    let fit = try RestrictedLikelihood(layout).fit()
    // The place of a minimum is known to the root of the criterion's rounding: 300 · 2^-52 over a
    // curvature of at least .2 is 3e-13, its root 6e-7.
    let tolerance = 1e-6
    #expect(close(fit.components.subject, anova.subject, relative: tolerance))
    #expect(close(fit.components.operators, anova.operators, relative: tolerance))
    #expect(close(fit.components.interaction!, anova.interaction!, relative: tolerance))
    #expect(close(fit.components.residual, anova.residual, relative: tolerance))
    #expect(close(fit.mean.value, 35.8, relative: 1e-12))
  }

  /// statsmodels 0.15.0 MixedLM, REML, crossed components on 74 of the 90 measurements: −2 ℓ_R
  /// 246.03514507574778 and (48.22094, .61438, .65966, .44562); its optimiser stops early, so the
  /// estimates are those of SciPy's Nelder-Mead on the dense criterion, good to five digits, where
  /// −2 ℓ_R is 246.03514505670864. At (30, 1, .5, .4) the dense criterion is 248.1696597023999.
  @Test func unbalancedComponents() throws {
    let likelihood = try RestrictedLikelihood(TwoWayLayout(Published.unbalanced))
    let given = VarianceComponents(subject: 30, operators: 1, interaction: 0.5, residual: 0.4)
    #expect(close(likelihood.criterion(given), 248.1696597023999, relative: 1e-12))
    let fit = likelihood.fit()
    #expect(close(fit.criterion, 246.03514505670864, relative: 1e-12))
    #expect(fit.criterion <= 246.03514505670864 + 1e-9)
    #expect(close(fit.components.subject, 48.22369968, relative: 1e-5))
    #expect(close(fit.components.operators, 0.61435077, relative: 1e-5))
    #expect(close(fit.components.interaction!, 0.65964665, relative: 1e-5))
    #expect(close(fit.components.residual, 0.44561941, relative: 1e-5))
    #expect(close(fit.mean.value, 35.81609039137556, relative: 1e-6))
    #expect(close(fit.mean.standardError, 2.248509476021653, relative: 1e-4))
    #expect(throws: Undefined.self) { try TwoWayANOVA(TwoWayLayout(Published.unbalanced)) }
  }

  /// One measurement a cell, two cells empty: the same dense criterion without interaction,
  /// (48.93217817, .96318505, 1.00504141) at 128.79935687475398.
  @Test func singleMeasurements() throws {
    var cells = Published.unbalanced.map { $0.map { Array($0.prefix(1)) } }
    cells[1][0] = []
    cells[5][2] = []
    let likelihood = try RestrictedLikelihood(TwoWayLayout(cells))
    #expect(!likelihood.hasRepeats)
    let fit = likelihood.fit()
    #expect(fit.components.interaction == nil)
    #expect(close(fit.criterion, 128.79935687475398, relative: 1e-11))
    #expect(close(fit.components.subject, 48.93217817, relative: 1e-5))
    #expect(close(fit.components.operators, 0.96318505, relative: 1e-5))
    #expect(close(fit.components.residual, 1.00504141, relative: 1e-5))
    #expect(throws: Undefined.self) {
      try likelihood.profileInterval(of: .interaction, around: fit)
    }
  }

  /// Operators without any difference: the estimate is 0 exactly, and the profile starts there.
  @Test func aComponentAtItsBound() throws {
    var stream = RandomStream(3).child("bound")
    var cells = (0..<12).map { _ -> [[Double]] in
      let subject = 3 * stream.normal()
      return (0..<3).map { _ in (0..<2).map { _ in subject + stream.normal() } }
    }
    // Operators' means made equal.
    let means = (0..<3).map { j in cells.reduce(0) { $0 + $1[j].reduce(0, +) } / 24 }
    for i in 0..<12 { for j in 0..<3 { cells[i][j] = cells[i][j].map { $0 - means[j] } } }
    let likelihood = try RestrictedLikelihood(TwoWayLayout(cells))
    let fit = likelihood.fit()
    #expect(fit.components.operators == 0)
    let interval = try likelihood.profileInterval(of: .operators, around: fit)
    #expect(interval.low == 0 && interval.high > 0 && interval.high < 1)
    let anova = try TwoWayANOVA(TwoWayLayout(cells))
    #expect(anova.components.operators < 0 && anova.components.isNegative)
    #expect(anova.components.truncated.operators == 0)
    #expect(try anova.interval(of: .operators).low == 0)
  }

  /// The ends of the profile have the criterion at its minimum plus χ²(1).
  @Test func profileEnds() throws {
    let likelihood = try RestrictedLikelihood(TwoWayLayout(Published.unbalanced))
    let fit = likelihood.fit()
    let interval = try likelihood.profileInterval(of: .subject, around: fit)
    #expect(interval.low < fit.components.subject && fit.components.subject < interval.high)
    // Outside reference: none for the profile; the residual's χ² interval with about N − cells
    // degrees of freedom is what it approaches.
    let residual = try likelihood.profileInterval(of: .residual, around: fit)
    let exact = VariancePart(
      coefficient: 1, variance: fit.components.residual, degreesOfFreedom: 44
    ).varianceInterval()
    #expect(abs(log(residual.low / exact.low)) < 0.06)
    #expect(abs(log(residual.high / exact.high)) < 0.06)
  }

  /// Coverage of the balanced intervals with three operators, 1500 studies: standard error .0056.
  @Test func coverageOfBalancedIntervals() throws {
    var stream = RandomStream(11).child("components")
    let truth = VarianceComponents(subject: 4, operators: 0.5, interaction: 0.7, residual: 1)
    var hits: [TwoWayANOVA.Component: Int] = [:]
    let runs = 1500
    for _ in 0..<runs {
      let operators = (0..<3).map { _ in truth.operators.squareRoot() * stream.normal() }
      let cells = (0..<15).map { _ -> [[Double]] in
        let subject = truth.subject.squareRoot() * stream.normal()
        return operators.map { own in
          let both = truth.interaction!.squareRoot() * stream.normal()
          return (0..<2).map { _ in subject + own + both + stream.normal() }
        }
      }
      let anova = try TwoWayANOVA(TwoWayLayout(cells))
      for component in TwoWayANOVA.Component.allCases {
        let value =
          switch component {
          case .subject: truth.subject
          case .operators: truth.operators
          case .interaction: truth.interaction!
          case .residual: truth.residual
          case .measurement: truth.operators + truth.interaction! + truth.residual
          }
        if try anova.interval(of: component).contains(value) { hits[component, default: 0] += 1 }
      }
    }
    for component in TwoWayANOVA.Component.allCases {
      let coverage = Double(hits[component] ?? 0) / Double(runs)
      // The methods are approximations that err on the wide side.
      #expect(coverage > 0.95 - 4 * 0.0056 && coverage < 0.99, "\(component): \(coverage)")
    }
  }

  /// Without repeats the generalised interval of the consistency ICC is the exact F interval; 20 000
  /// draws leave .0025 of the quantile's probability, here less than .004 of the ICC.
  @Test func generalisedIntervals() throws {
    let cells = Published.houf.map { $0.map { Array($0.prefix(1)) } }
    let anova = try TwoWayANOVA(TwoWayLayout(cells))
    let exact = try IntraclassCorrelations(cells.map { $0.map { $0[0] } })[.consistency].interval()
    let drawn = anova.generalizedInterval(stream: RandomStream(1).child("icc")) {
      $0.consistencyICC
    }
    #expect(abs(drawn.low - exact.low) < 0.004)
    #expect(abs(drawn.high - exact.high) < 0.004)
    let again = anova.generalizedInterval(stream: RandomStream(1).child("icc")) {
      $0.consistencyICC
    }
    #expect(drawn == again)
  }
}
