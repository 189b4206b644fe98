import Foundation
import Kernels
import Statistics
import Testing

@Suite struct CoxRegressionTests {
  /// β 1.509 (Breslow) and 1.572 (Efron), tests as R's survival prints them; digits by statsmodels
  /// 0.15.0, PHReg. Newton's last step is below 1e-9, so its error is of the order of its square.
  @Test(arguments: [
    (
      CoxRegression.Ties.breslow, 1.5091914125858783, 0.4095644063667413, -86.37962207114555,
      [15.21, 13.58, 15.93]
    ),
    (.efron, 1.5721251488290666, 0.4123967177094555, -85.00842457737163, [16.35, 14.53, 17.25]),
  ])
  func freireich(
    ties: CoxRegression.Ties, beta: Double, error: Double, likelihood: Double, tests: [Double]
  ) throws {
    let fit = try CoxRegression(
      Freireich.data(), covariates: Freireich.covariates, names: ["placebo"], ties: ties)
    #expect(agrees(fit.coefficients[0], beta, 1e-11))
    #expect(agrees(fit.estimate(0).standardError, error, 1e-11))
    #expect(agrees(fit.logLikelihood, likelihood, 1e-12))
    #expect(abs(fit.likelihoodRatioTest.statistic - tests[0]) <= 0.005)
    #expect(abs(try fit.waldTest().statistic - tests[1]) <= 0.005)
    #expect(abs(fit.scoreTest.statistic - tests[2]) <= 0.005)
    #expect(fit.events == 30 && fit.cases == 42 && fit.strata == 1)
    let ratio = fit.hazardRatio(0)
    #expect(agrees(ratio.value, exp(beta), 1e-10))
    #expect(agrees(log(ratio.interval.high) - beta, 1.959963984540054 * error, 1e-10))
  }

  /// Without ties the score test of an indicator is the log-rank test: where no two die together.
  @Test func scoreTestIsLogRank() throws {
    let (tied, rows) = try simulatedSurvival(70, width: 1, seed: 41)
    let data = try SurvivalTimes(
      times: tied.times.enumerated().map { $1 + 1e-3 * Double($0) }, events: tied.events)
    let arms = rows.map { $0[0] > 0.3 ? 1.0 : 0 }
    let test = try LogRank(data, groups: SurvivalGroups(arms.map { "\($0)" }))
    for ties in CoxRegression.Ties.allCases {
      let fit = try CoxRegression(data, covariates: arms.map { [$0] }, ties: ties)
      #expect(agrees(fit.scoreTest.statistic, test.result.statistic, 1e-12))
    }
  }

  /// Value, zero gradient and information against the definition, with ties and strata. Central
  /// differences with step 1e-5: error about 1e-10 of third derivatives of the order of 100.
  @Test(arguments: CoxRegression.Ties.allCases, [false, true])
  func agreesWithTheDefinition(ties: CoxRegression.Ties, stratified: Bool) throws {
    let (data, rows) = try simulatedSurvival(90, width: 3, seed: 42)
    let strata = stratified ? (0..<90).map { "\($0 % 3)" } : nil
    let slow = SlowCox(data, rows, ties, strata: strata)
    let fit = try CoxRegression(
      data, covariates: rows, ties: ties, strata: strata.map { SurvivalGroups($0) })
    let found = slow.value(fit.coefficients)
    #expect(agrees(found.logLikelihood, fit.logLikelihood, 1e-12))
    #expect(agrees(slow.value([0, 0, 0]).logLikelihood, fit.nullLogLikelihood, 1e-12))
    #expect(found.gradient.allSatisfy { abs($0) < 1e-9 })
    let unit = product(fit.covariance, slow.information(fit.coefficients))
    for j in 0..<3 {
      for k in 0..<3 { #expect(abs(unit[j][k] - (j == k ? 1 : 0)) < 1e-6) }
    }
    #expect(fit.strata == (stratified ? 3 : 1))
  }

  /// The sandwich from numerical derivatives of the gradient by case weights.
  @Test(arguments: CoxRegression.Ties.allCases)
  func robustVariance(ties: CoxRegression.Ties) throws {
    let (data, rows) = try simulatedSurvival(70, width: 2, seed: 43)
    let clusters = (0..<70).map { $0 / 2 }
    let strata = (0..<70).map { "\($0 % 2)" }
    let fit = try CoxRegression(
      data, covariates: rows, ties: ties, strata: SurvivalGroups(strata),
      robust: Clusters(clusters))
    let residuals = SlowCox(data, rows, ties, strata: strata).scoreResiduals(fit.coefficients)
    var middle = [[Double]](repeating: [0, 0], count: 2)
    for cluster in 0..<35 {
      let sum = (0..<2).map { residuals[2 * cluster][$0] + residuals[2 * cluster + 1][$0] }
      for j in 0..<2 { for k in 0..<2 { middle[j][k] += sum[j] * sum[k] } }
    }
    let expected = product(product(fit.covariance, middle), fit.covariance)
    for j in 0..<2 {
      for k in 0..<2 {
        let scale = (expected[j][j] * expected[k][k]).squareRoot()
        #expect(abs(fit.robustCovariance![j][k] - expected[j][k]) < 1e-6 * scale)
      }
    }
    #expect(fit.estimate(0).standardError == fit.robustCovariance![0][0].squareRoot())
    #expect(fit.clusters == 35 && fit.estimate(0).n == 35)
  }

  /// Breslow's residuals sum to nothing: Σ e^η H0(t) over the cases is the number of events.
  @Test func baselineHazard() throws {
    let (data, rows) = try simulatedSurvival(80, width: 2, seed: 44)
    let fit = try CoxRegression(data, covariates: rows, ties: .breslow)
    let steps = fit.baselineHazard
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.time < $1.time })
    let total = zip(data.times, fit.linearPredictors).reduce(0.0) { sum, one in
      let hazard = steps.last { $0.time <= one.0 }?.cumulativeHazard ?? 0
      return sum + exp(one.1) * hazard
    }
    #expect(agrees(total, Double(data.eventCount), 1e-12))
  }

  @Test func invariances() throws {
    let (data, rows) = try simulatedSurvival(80, width: 2, seed: 45)
    let fit = try CoxRegression(data, covariates: rows, robust: Clusters(singletons: 80))
    let order = (0..<80).map { ($0 * 29) % 80 }
    let turned = try CoxRegression(
      data.subset(order), covariates: order.map { rows[$0] }, robust: Clusters(singletons: 80))
    let scaled = try CoxRegression(
      SurvivalTimes(times: data.times.map { $0 * $0 + 1 }, events: data.events),
      covariates: rows.map { [1e6 * $0[0] + 3e6, -1e-6 * $0[1]] },
      robust: Clusters(singletons: 80))
    for j in 0..<2 {
      let unit = j == 0 ? 1e-6 : -1e6
      #expect(agrees(turned.coefficients[j], fit.coefficients[j], 1e-11))
      #expect(close(scaled.coefficients[j], fit.coefficients[j] * unit, relative: 1e-8))
      #expect(
        close(
          scaled.estimate(j).standardError, fit.estimate(j).standardError * abs(unit),
          relative: 1e-8))
    }
    #expect(agrees(try scaled.waldTest().statistic, try fit.waldTest().statistic, 1e-8))
    // A case taken twice in one cluster, with Breslow's ties, is the same information.
    let twice = try CoxRegression(
      data.subset(Array(0..<80) + Array(0..<80)), covariates: rows + rows, ties: .breslow,
      robust: Clusters(Array(0..<80) + Array(0..<80)))
    let once = try CoxRegression(
      data, covariates: rows, ties: .breslow, robust: Clusters(singletons: 80))
    #expect(agrees(twice.coefficients[0], once.coefficients[0], 1e-10))
    #expect(
      close(twice.estimate(0).standardError, once.estimate(0).standardError, relative: 1e-9))
  }

  /// Recidivism of 432 men (Rossi, Berk and Lenihan 1980): Fox's appendix on Cox regression prints
  /// −.379, −.057, .314, −.150, −.434, −.085, .091; digits by statsmodels 0.15.0, PHReg.
  @Test(.enabled(if: OutsideTable.isPresent("rossi.csv"), "LIGHTBOX_DATA does not hold rossi.csv"))
  func rossi() throws {
    let table = try OutsideTable("rossi.csv")
    let data = try table.followUp("week", "arrest")
    let names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    let rows = (0..<432).map { i in names.map { name in table[name][i] } }
    let efron = try CoxRegression(data, covariates: rows, names: names)
    let beta = [
      -0.3794221668712061, -0.05743774301376135, 0.3138997859492904, -0.14979569722278288,
      -0.43370387669025284, -0.08487108299083533, 0.09149707935112109,
    ]
    let errors = [
      0.19137948071280914, 0.021999470627953932, 0.3079927763929374, 0.21222429615816385,
      0.38186805746492164, 0.19575667192092297, 0.028648550073470582,
    ]
    for j in 0..<7 {
      #expect(agrees(efron.coefficients[j], beta[j], 1e-11))
      #expect(agrees(efron.estimate(j).standardError, errors[j], 1e-11))
    }
    #expect(agrees(efron.logLikelihood, -658.747659446086, 1e-12))
    #expect(abs(efron.likelihoodRatioTest.statistic - 33.27) <= 0.005)
    let breslow = try CoxRegression(data, covariates: rows, names: names, ties: .breslow)
    #expect(agrees(breslow.coefficients[0], -0.3790218877950278, 1e-11))
    #expect(agrees(breslow.coefficients[6], 0.09111154050046584, 1e-11))
    // scikit-survival 0.28.0, concordance_index_censored of the linear predictor.
    let c = try HarrellC(data, scores: efron.linearPredictors)
    #expect(agrees(c.value, 0.6403292470997135, 1e-12))
  }

  /// R's survival prints −.5310 (.1672) for sex, tests 10.63, 10.09 and 10.33. With age, sex and
  /// ECOG: statsmodels 0.15.0, PHReg, its robust errors by institution and by case (Breslow), and
  /// lifelines 0.30.3 for strata (its fit stops at 1e-7).
  @Test(.enabled(if: OutsideTable.isPresent("lung.csv"), "LIGHTBOX_DATA does not hold lung.csv"))
  func lung() throws {
    let table = try OutsideTable("lung.csv")
    let sex = try CoxRegression(
      table.followUp("time", "status"), covariates: table["sex"].map { [$0] })
    #expect(abs(sex.coefficients[0] - -0.5310) <= 0.00005)
    #expect(abs(sex.estimate(0).standardError - 0.1672) <= 0.00005)
    #expect(abs(sex.likelihoodRatioTest.statistic - 10.63) <= 0.005)
    #expect(abs(try sex.waldTest().statistic - 10.09) <= 0.005)
    #expect(abs(sex.scoreTest.statistic - 10.33) <= 0.005)

    let full = (0..<228).filter { !table["ph.ecog"][$0].isNaN && !table["inst"][$0].isNaN }
    let data = try table.followUp("time", "status", full)
    let rows = full.map { [table["age"][$0], table["sex"][$0], table["ph.ecog"][$0]] }
    let sites = Clusters(full.map { "\(table["inst"][$0])" })
    let fit = try CoxRegression(data, covariates: rows, ties: .breslow, robust: sites)
    let single = try CoxRegression(
      data, covariates: rows, ties: .breslow, robust: Clusters(singletons: full.count))
    let beta = [0.01120492445876016, -0.55582545137577, 0.46837865799179673]
    let errors = [0.009261520055166178, 0.1680742576991293, 0.11428601812148254]
    let bySite = [0.0068675111622947356, 0.11199820114271306, 0.11712326890785599]
    let byCase = [0.009837593424611612, 0.16548858511200668, 0.12598515416445724]
    for j in 0..<3 {
      #expect(agrees(fit.coefficients[j], beta[j], 1e-11))
      #expect(agrees(fit.covariance[j][j].squareRoot(), errors[j], 1e-11))
      #expect(agrees(fit.estimate(j).standardError, bySite[j], 1e-10))
      #expect(agrees(single.estimate(j).standardError, byCase[j], 1e-10))
    }
    let stratified = try CoxRegression(
      data, covariates: rows.map { [$0[0], $0[2]] }, strata: SurvivalGroups(rows.map { "\($0[1])" })
    )
    #expect(abs(stratified.coefficients[0] - 0.01070840139064324) <= 1e-7)
    #expect(abs(stratified.coefficients[1] - 0.4690629418837104) <= 1e-6)
    #expect(agrees(stratified.logLikelihood, -624.0354314740316, 1e-12))
  }
}

@Suite struct ProportionalHazardsTests {
  /// R's survival documents cox.zph on the ovarian data: .698 for age, 2.371 for ECOG, 3.633 in all;
  /// and age alone .16162 (.04974), likelihood ratio 14.29.
  @Test func ovarian() throws {
    let data = try Ovarian.data()
    let age = try CoxRegression(data, covariates: Ovarian.rows.map { [$0.2] })
    #expect(abs(age.coefficients[0] - 0.16162) <= 0.000005)
    #expect(abs(age.estimate(0).standardError - 0.04974) <= 0.000005)
    #expect(abs(age.likelihoodRatioTest.statistic - 14.29) <= 0.005)
    let fit = try CoxRegression(data, covariates: Ovarian.rows.map { [$0.2, $0.3] })
    let test = try fit.proportionalHazards()
    #expect(abs(test.tests[0].statistic - 0.698) <= 0.0005)
    #expect(abs(test.tests[1].statistic - 2.371) <= 0.0005)
    #expect(abs(test.global.statistic - 3.633) <= 0.0005)
    #expect(test.global.degreesOfFreedom == 2 && test.transform == .kaplanMeier)
  }

  /// With ties: for one covariate, the score test of x·t added at 0, its information from numerical
  /// derivatives of the extended likelihood.
  @Test(arguments: CoxRegression.Ties.allCases)
  func agreesWithTheExtendedModel(ties: CoxRegression.Ties) throws {
    let (data, rows) = try simulatedSurvival(60, width: 1, seed: 51)
    let fit = try CoxRegression(data, covariates: rows, ties: ties)
    let test = try fit.proportionalHazards(.identity)
    // ∂ ln L/∂β and ∂ ln L/∂θ of hazards exp(x (β + θ (t − 8))), each event time by itself.
    func gradient(_ beta: Double, _ theta: Double) -> [Double] {
      var sums = [0.0, 0.0]
      for time in Set(data.times).sorted() {
        let later = data.times.indices.filter { data.times[$0] > time }
        let now = data.times.indices.filter { data.times[$0] == time }
        guard now.contains(where: { data.events[$0] }) else { continue }
        // One event time alone: everyone else is censored.
        let part = SlowCox(
          try! SurvivalTimes(
            times: now.map { _ in 1 } + later.map { _ in 1 },
            events: now.map { data.events[$0] } + later.map { _ in false }),
          (now + later).map { rows[$0] }, ties)
        let slope = part.value([beta + theta * (time - 8)]).gradient[0]
        sums[0] += slope
        sums[1] += slope * (time - 8)
      }
      return sums
    }
    let beta = fit.coefficients[0]
    let h = 1e-5
    let byBeta = zip(gradient(beta - h, 0), gradient(beta + h, 0)).map { ($0 - $1) / (2 * h) }
    let byTheta = zip(gradient(beta, -h), gradient(beta, h)).map { ($0 - $1) / (2 * h) }
    let left = byTheta[1] - byBeta[1] * byBeta[1] / byBeta[0]
    let score = gradient(beta, 0)[1]
    #expect(agrees(test.tests[0].statistic, score * score / left, 1e-6))
    #expect(agrees(test.global.statistic, test.tests[0].statistic, 1e-12))
    let faster = try CoxRegression(
      SurvivalTimes(times: data.times.map { 7 * $0 }, events: data.events), covariates: rows,
      ties: ties)
    #expect(
      agrees(
        try faster.proportionalHazards(.identity).global.statistic, test.global.statistic, 1e-9))
    #expect(try fit.proportionalHazards(.log).global.statistic >= 0)
  }

  @Test func refusals() throws {
    let one = try SurvivalTimes(times: [2, 2, 3, 3, 4], events: [true, true, false, false, false])
    let fit = try CoxRegression(one, covariates: [[1], [4], [2], [3], [0]])
    #expect(throws: Undefined.self) { try fit.proportionalHazards() }
    let zero = try SurvivalTimes(times: [0, 2, 3, 3, 4], events: [true, true, true, false, false])
    let other = try CoxRegression(zero, covariates: [[2], [1], [4], [0], [3]])
    #expect(throws: Undefined.self) { try other.proportionalHazards(.log) }
  }
}

@Suite struct CoxRefusalTests {
  /// 20 cases at 1, …, 20, every third censored.
  static let times = (1...20).map(Double.init)
  static let events = (0..<20).map { $0 % 3 != 0 }
  static let first: [Double] = [0, 1, 4, 2, 2, 4, 1, 0, 1, 4, 2, 2, 4, 1, 0, 1, 4, 2, 2, 4]
  static let second: [Double] = [0, 3, 1, 4, 2, 0, 3, 1, 4, 2, 0, 3, 1, 4, 2, 0, 3, 1, 4, 2]

  static func reason(_ columns: [String: [Double]]) throws -> String {
    let names = columns.keys.sorted()
    let rows = (0..<20).map { i in names.map { columns[$0]![i] } }
    do {
      _ = try CoxRegression(
        SurvivalTimes(times: times, events: events), covariates: rows, names: names)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func constantAndCollinearColumns() throws {
    let a = Self.first
    let b = Self.second
    #expect(try Self.reason(["a": a, "b": b]) == "")
    #expect(try Self.reason(["a": a, "b": b.map { _ in 3 }]) == "b is 3.0 in all 20 cases")
    let sum = zip(a, b).map { 2 * $0 - $1 }
    #expect(
      try Self.reason(["a": a, "b": b, "c": sum])
        == "c is a linear combination of a, b: collinear")
    #expect(
      try Self.reason(["a": a, "b": b, "c": a.map { 5 - 1e-3 * $0 }])
        == "c is a linear combination of a: collinear")
    var early = [Double](repeating: 0, count: 20)
    early[0] = 1
    #expect(
      try Self.reason(["a": a, "b": early])
        == "b does not vary among the cases at risk at any event")
    var hole = b
    hole[4] = .nan
    #expect(try Self.reason(["a": a, "b": hole]) == "b of case 4 is nan")
  }

  /// A covariate that falls with time; one that no event has; one that orders the events only
  /// together with another.
  @Test func monotoneLikelihood() throws {
    let falling = Self.times.map { -$0 }
    let censored = Self.events.map { $0 ? 0.0 : 1 }
    let mixed = zip(falling, Self.second).map { $0 + 1000 * $1 }
    for columns in [
      ["a": Self.first, "b": falling], ["a": Self.first, "b": censored],
      ["b": mixed, "a": Self.second],
    ] {
      let reason = try Self.reason(columns)
      #expect(reason.contains("has no finite coefficient"), "\(reason)")
    }
    #expect(try Self.reason(["a": Self.first, "b": falling]).hasPrefix("b has"))
    #expect(try Self.reason(["a": Self.first, "b": censored]).hasPrefix("b has"))
  }

  /// Scales of 1e-200 and offsets of 1e9 are no reason to refuse.
  @Test func anyScale() throws {
    let a = Self.first
    let b = Self.second
    #expect(try Self.reason(["a": a.map { 1e-200 * $0 }, "b": b.map { 1e200 * $0 }]) == "")
    #expect(try Self.reason(["a": a, "b": b.map { 1e9 + $0 }]) == "")
  }

  /// The residuals of two clusters are opposite: their sandwich has rank one.
  @Test func waldNeedsClusters() throws {
    let rows = zip(Self.first, Self.second).map { [$0, $1] }
    let data = try SurvivalTimes(times: Self.times, events: Self.events)
    let fit = try CoxRegression(
      data, covariates: rows, robust: Clusters(Self.times.map { $0 < 11 ? "one" : "two" }))
    #expect(throws: Undefined.self) { try fit.waldTest() }
    #expect(throws: Undefined.self) {
      try CoxRegression(data, covariates: rows, robust: Clusters(Self.times.map { _ in "one" }))
    }
  }
}
