import Cohorts
import Foundation
import StudyKit
import Testing

/// Judges one measurement of a claim whose public rule is given.
func judge(
  _ rule: String, _ measured: Measured?, kind: String = "ordering", printed: String = "0.87",
  tolerance: String = "", tier: DataTier = .public, seeds: Int? = nil
) throws -> Judgement {
  let column = tier == .aggregates ? "rule.aggregates" : "rule.public"
  let claim = try declared([
    column: rule, "kind": kind, "printed": printed, "tolerance": tolerance,
    "tolerance_origin": tolerance.isEmpty ? "" : "stated margin",
  ])
  let measurement = measured.map {
    ClaimMeasurement(id: "a.b", tier: tier.rawValue, measured: $0, seeds: seeds)
  }
  return VerdictEngine.judge(claim, tier: tier, measurement: measurement)
}

@Suite struct ClaimIntervalTests {
  /// Differences 1…5: mean 3, s² 2.5, s²/k .5; t(4, .975) = 2.776445105 (scipy.stats.t.ppf).
  @Test func seedsAlone() throws {
    let measured = Measured.pairedSeeds([1, 2, 3, 4, 5], caseVariance: 0)
    let interval = try #require(measured.interval())
    let half = 2.7764451051977987 * 0.5.squareRoot()
    #expect(abs(interval.low - (3 - half)) < 1e-12)
    #expect(abs(interval.high - (3 + half)) < 1e-12)
    #expect(measured.value == 3)
  }

  /// The same with v = .75: √(.5 + .75); t(4, .95) = 2.131846786 for the 90 % interval.
  @Test func seedsAndCases() throws {
    let measured = Measured.pairedSeeds([1, 2, 3, 4, 5], caseVariance: 0.75)
    let interval = try #require(measured.interval(level: 0.9))
    let half = 2.13184678632665 * 1.25.squareRoot()
    #expect(abs(interval.high - interval.low - 2 * half) < 1e-12)
  }

  @Test func estimates() throws {
    let normal = try #require(
      Measured.estimate(1, standardError: 0.5, degreesOfFreedom: nil, n: 100).interval())
    #expect(abs(normal.high - (1 + 0.5 * 1.959963984540054)) < 1e-12)
    let t = try #require(
      Measured.estimate(1, standardError: 0.5, degreesOfFreedom: 4, n: 5).interval())
    #expect(abs(t.high - (1 + 0.5 * 2.7764451051977987)) < 1e-12)
  }

  @Test func noIntervalFromOneSeedOrNaN() {
    #expect(Measured.pairedSeeds([1], caseVariance: 0).interval() == nil)
    #expect(Measured.pairedSeeds([1, .nan], caseVariance: 0).interval() == nil)
    #expect(
      Measured.estimate(.nan, standardError: 1, degreesOfFreedom: nil, n: 9).interval() == nil)
    #expect(Measured.holds(true).interval() == nil)
  }
}

@Suite struct ClaimVerdictTests {
  static let above = Measured.pairedSeeds([0.02, 0.03, 0.025, 0.03, 0.02], caseVariance: 0)
  static let around = Measured.pairedSeeds([-0.02, 0.03, 0.01, -0.03, 0.02], caseVariance: 0)
  static let below = Measured.pairedSeeds([-0.02, -0.03, -0.025, -0.03, -0.02], caseVariance: 0)

  @Test func ordering() throws {
    #expect(try judge("O(0)", Self.above).verdict == .agrees)
    #expect(try judge("O(0)", Self.below).verdict == .disagrees)
    #expect(try judge("O(0)", Self.around).verdict == .undecided)
    // Mean .025, half-width 2.776·√(2.5e-5/5) = .0062: a margin of .02 is reached.
    #expect(try judge("O(.018)", Self.above).verdict == .agrees)
    #expect(try judge("O(.02)", Self.above).verdict == .undecided)
    #expect(try judge("O(.018)", Self.below).verdict == .disagrees)
    // Case variance widens the interval until it reaches zero.
    let wide = Measured.pairedSeeds([0.02, 0.03, 0.025, 0.03, 0.02], caseVariance: 1e-4)
    #expect(try judge("O(0)", wide).verdict == .undecided)
  }

  @Test func orderingNeedsFiveSeeds() throws {
    let four = Measured.pairedSeeds([0.2, 0.2, 0.2, 0.201], caseVariance: 0)
    let result = try judge("O(0)", four)
    #expect(result.verdict == .undecided)
    #expect(result.reason.contains("5 seeds"))
    // Many cases of one model are not many seeds.
    let cases = Measured.estimate(0.2, standardError: 0.001, degreesOfFreedom: nil, n: 5000)
    #expect(try judge("O(0)", cases, seeds: 1).verdict == .undecided)
    #expect(try judge("O(0)", cases, seeds: 5).verdict == .agrees)
    // Their number must be known: n is no substitute, on either side.
    let unknown = try judge("O(0)", cases)
    #expect(unknown.verdict == .undecided)
    #expect(unknown.reason.contains("not stated"))
    let below = Measured.estimate(-0.2, standardError: 0.001, degreesOfFreedom: nil, n: 5000)
    #expect(try judge("O(0)", below).verdict == .undecided)
    // What the form counts wins over what the study states, and a family is its poorest member.
    #expect(try judge("O(0)", four, seeds: 9).verdict == .undecided)
    #expect(try judge("O(0)", .family([Self.above, cases])).verdict == .undecided)
    #expect(try judge("O(0)", .family([Self.above, cases]), seeds: 5).verdict == .agrees)
    #expect(try judge("O(0)", .family([Self.above, four]), seeds: 9).verdict == .undecided)
    // Numbers without an error are no differences between seeds.
    for exact in [Measured.value(0.2), .interval(low: 0.1, high: 0.2)] {
      #expect(try judge("O(0)", exact, seeds: 5).verdict == .undecided)
    }
  }

  /// Touching the margin is not beyond it.
  @Test func orderingIsStrict() throws {
    let same = Measured.pairedSeeds([1, 1, 1, 1, 1], caseVariance: 0)
    #expect(try judge("O(1)", same).verdict == .undecided)
    #expect(try judge("O(.999)", same).verdict == .agrees)
    let other = Measured.pairedSeeds([-1, -1, -1, -1, -1], caseVariance: 0)
    #expect(try judge("O(1)", other).verdict == .undecided)
  }

  @Test func sameness() throws {
    func same(_ mean: Double, _ error: Double) throws -> Verdict {
      try judge(
        "E(.02)", .estimate(mean, standardError: error, degreesOfFreedom: nil, n: 5),
        kind: "sameness"
      ).verdict
    }
    // 90 %: ±1.645 SE; 95 %: ±1.960 SE.
    #expect(try same(0, 0.012) == .agrees)  // ±.01974
    #expect(try same(0, 0.0123) == .undecided)  // ±.0202
    #expect(try same(0.01, 0.0060) == .agrees)  // to .01987
    #expect(try same(0.04, 0.0101) == .disagrees)  // 95 % from .0202
    #expect(try same(0.04, 0.0103) == .undecided)  // 95 % from .0198, 90 % from .023
    #expect(try same(-0.04, 0.0101) == .disagrees)
    // A large p value is no evidence of sameness.
    #expect(try same(0, 0.5) == .undecided)
  }

  @Test func samenessOfAFamily() throws {
    func member(_ mean: Double, _ error: Double) -> Measured {
      .estimate(mean, standardError: error, degreesOfFreedom: nil, n: 5)
    }
    func family(_ members: [Measured]) throws -> Verdict {
      try judge("E(.02)", .family(members), kind: "sameness").verdict
    }
    #expect(try family([member(0, 0.01), member(0.005, 0.005)]) == .agrees)
    #expect(try family([member(0, 0.01), member(0.015, 0.01)]) == .undecided)
    #expect(try family([member(0, 0.01), member(0.06, 0.01)]) == .disagrees)
    // Outside alone at 95 %, but not at the level for five members (z 2.576: .0217 - .0259 reach).
    let edge = member(0.0402, 0.01)
    #expect(try family([edge]) == .disagrees)
    #expect(try family([edge] + (0..<4).map { _ in member(0, 0.001) }) == .undecided)
    #expect(try family([]) == .undecided)
  }

  /// Two-sided normal quantiles: 1.645 at 90 %, 1.960 at 95 %, 2.394 at 1 − .05/3 and 2.638 at
  /// 1 − .05/6 (scipy.stats.norm.ppf), for a standard error of .01.
  @Test func samenessOfAllMembersButOne() throws {
    func member(_ mean: Double, _ error: Double = 0.01) -> Measured {
      .estimate(mean, standardError: error, degreesOfFreedom: nil, n: 5)
    }
    func family(_ members: [Measured], _ rule: String = "E(.02, at most 1 outside)") throws
      -> Verdict
    {
      try judge(rule, .family(members), kind: "sameness").verdict
    }
    let out = member(0.06)  // from .036 at 1 − .05/3
    let surely = member(0, 0.01)  // ±.0196 at 95 %
    let barely = member(0.003)  // .0195 at 90 %, .0226 at 95 %
    #expect(try family([surely, surely, surely]) == .agrees)
    #expect(try family([out, surely, surely]) == .agrees)
    #expect(try family([out, surely, surely], "E(.02)") == .disagrees)
    #expect(try family([out, out, surely]) == .disagrees)
    #expect(try family([out, out, surely], "E(.02, at most 2 outside)") == .undecided)
    // One member is not "all but one": it must lie inside itself.
    #expect(try family([out]) == .disagrees)
    #expect(try family([surely]) == .agrees)
    // One is outside: the others must lie inside at half the error.
    #expect(try family([out, barely, surely]) == .undecided)
    // All inside at 90 % agrees under the strict rule, so it does under the lenient one.
    #expect(try family([barely, barely, barely], "E(.02)") == .agrees)
    #expect(try family([barely, barely, barely]) == .agrees)
    // One that touches the margin and one that is outside may both be outside.
    #expect(try family([out, member(0.02), surely]) == .undecided)
    // Nothing was compared.
    #expect(try family([]) == .undecided)
  }

  /// A group with two measures is one member, outside where either measure is.
  @Test func aGroupOutsideByTwoMeasuresIsOneGroup() throws {
    func pair(_ auroc: Double, _ parity: Double) -> Measured {
      .family(
        [auroc, parity].map {
          .estimate($0, standardError: 0.01, degreesOfFreedom: nil, n: 5)
        })
    }
    let groups = [pair(0.06, -0.06), pair(0, 0), pair(0, 0)]
    func verdict(_ rule: String, _ groups: [Measured]) throws -> Judgement {
      try judge(rule, .family(groups), kind: "sameness")
    }
    #expect(try verdict("E(.02, at most 1 outside)", groups).verdict == .agrees)
    #expect(try verdict("E(.02)", groups).verdict == .disagrees)
    let two = try verdict("E(.02, at most 1 outside)", [pair(0.06, 0), pair(0, -0.06), pair(0, 0)])
    #expect(two.verdict == .disagrees)
    #expect(two.reason.contains("2 of 3 members"))
    // Level 1 − .05/6: .0463 − .0264 < .02 < .0463 − .0239, where three effects were compared.
    let edge = [pair(0.0463, 0), pair(0.0463, 0), pair(0, 0)]
    #expect(try verdict("E(.02, at most 1 outside)", edge).verdict == .undecided)
  }

  @Test func samenessNeedsUncertainty() throws {
    #expect(try judge("E(.02)", .value(0), kind: "sameness").verdict == .undecided)
  }

  @Test func rounding() throws {
    func r(_ measured: Measured, _ printed: String = "2.6 %") throws -> Verdict {
      try judge("R", measured, kind: "arithmetic", printed: printed, tier: .aggregates).verdict
    }
    #expect(try r(.holds(true)) == .agrees)
    #expect(try r(.holds(false)) == .disagrees)
    #expect(try r(.relation(holds: nil, detail: "one total is missing")) == .undecided)
    #expect(try r(.interval(low: 0.02, high: 0.04)) == .agrees)
    #expect(try r(.interval(low: 0.0265, high: 0.04)) == .agrees)
    #expect(try r(.interval(low: 0.027, high: 0.04)) == .disagrees)
    #expect(try r(.value(0.026)) == .agrees)
    #expect(try r(.value(0.0266)) == .disagrees)
    #expect(
      try r(.readings([.init(low: 0.02, high: 0.04), .init(low: 0.022, high: 0.044)])) == .agrees)
    #expect(
      try r(.readings([.init(low: 0.02, high: 0.04), .init(low: 0.05, high: 0.1)])) == .undecided)
    #expect(try r(.readings([.init(low: 0.05, high: 0.1)])) == .disagrees)
    #expect(try r(.set([])) == .agrees)
    #expect(try r(.set(["oldest"])) == .disagrees)
    #expect(try r(.value(1), "five findings") == .undecided)
  }

  @Test func bounds() throws {
    func b(_ low: Double, _ high: Double, _ kind: String, _ tolerance: String = "") throws
      -> Verdict
    {
      try judge(
        "B", .interval(low: low, high: high), kind: kind, tolerance: tolerance, tier: .aggregates
      ).verdict
    }
    #expect(try b(0.01, 0.2, "ordering") == .agrees)
    #expect(try b(-0.2, -0.01, "ordering") == .disagrees)
    #expect(try b(-0.01, 0.2, "ordering") == .undecided)
    #expect(try b(0, 0.2, "ordering") == .undecided)
    #expect(try b(0.01, 0.2, "ordering", "0.02") == .undecided)
    #expect(try b(-0.01, 0.01, "sameness", "0.02") == .agrees)
    #expect(try b(-0.01, 0.03, "sameness", "0.02") == .undecided)
    #expect(try b(0.021, 0.03, "sameness", "0.02") == .disagrees)
    // Against the printed .87: .865 to .875.
    #expect(try b(0.866, 0.874, "value") == .agrees)
    #expect(try b(0.85, 0.89, "value") == .undecided)
    #expect(try b(0.88, 0.89, "value") == .disagrees)
  }

  @Test func valueOnTheSameData() throws {
    func v(_ mean: Double, _ error: Double) throws -> Verdict {
      try judge(
        "V", .estimate(mean, standardError: error, degreesOfFreedom: nil, n: 1000), kind: "value"
      ).verdict
    }
    #expect(try v(0.86, 0.01) == .agrees)
    #expect(try v(0.90, 0.01) == .disagrees)  // from .8804
    #expect(try v(0.8920, 0.01) == .undecided)  // from .8724: past .87, not past .875
    #expect(try judge("V", .value(193311), kind: "value", printed: "193,311").verdict == .agrees)
    #expect(try judge("V", .value(193312), kind: "value", printed: "193,311").verdict == .disagrees)
  }

  @Test func auditsAndTests() throws {
    #expect(try judge("X", .relation(holds: true, detail: "it does")).verdict == .agrees)
    #expect(try judge("X", .holds(false)).verdict == .disagrees)
    #expect(try judge("X", .value(1)).verdict == .undecided)
    #expect(try judge("T", .holds(true)).verdict == .agrees)
    #expect(try judge("T", .holds(true), tier: .aggregates).verdict == .untestableHere)
  }

  @Test func notAtRisk() throws {
    #expect(try judge("context", Self.above).verdict == .context)
    #expect(try judge("context (as printed)", nil).verdict == .contextAsPrinted)
    #expect(try judge("built in", Self.above).verdict == .builtIn)
    #expect(try judge("composite", nil).verdict == .composite)
    #expect(try judge("-", Self.above).verdict == .untestableHere)
    let missing = try judge("O(0)", .notAvailable("the data set records no ages"))
    #expect(missing.verdict == .untestableHere)
    #expect(missing.reason == "the data set records no ages")
    // Declared, at risk, and nothing computed: an open row, never a missing one.
    #expect(try judge("O(0)", nil).verdict == .undecided)
  }
}

@Suite struct ClaimSimulationTests {
  static let seeds = [0.02, 0.03, 0.025, 0.03, 0.02]

  static func effect(_ mean: Double, seeds: Int = 3) -> Measured {
    .pairedSeeds((0..<seeds).map { mean + 0.001 * Double($0 - seeds / 2) }, caseVariance: 0)
  }

  static func alternatives(_ means: [Double]) -> [Setting] {
    means.enumerated().map { Setting("knob \($0 + 1)", effect($1)) }
  }

  func judge(
    _ measured: Measured, flip: Setting?, _ alternatives: [Double], rule: String = "O(0) M(flip)",
    flipColumn: String = "no noise: E(.005)", kind: String = "ordering"
  ) throws -> Judgement {
    let claim = try declared(["rule.simulated": rule, "flip": flipColumn, "kind": kind])
    return VerdictEngine.judge(
      claim, tier: .simulated,
      measurement: ClaimMeasurement(
        id: "a.b", tier: "simulated", measured: measured, flip: flip,
        alternatives: Self.alternatives(alternatives)))
  }

  let flipped = Setting("no noise", ClaimSimulationTests.effect(0.001))

  @Test func agreesWithFlipAndTwoOfThree() throws {
    let primary = Measured.pairedSeeds(Self.seeds, caseVariance: 0)
    #expect(try judge(primary, flip: flipped, [0.01, 0.02, 0.03]).verdict == .agrees)
    #expect(try judge(primary, flip: flipped, [0.01, -0.02, 0.03]).verdict == .agrees)
    #expect(try judge(primary, flip: flipped, [0.01, -0.02, -0.03]).verdict == .undecided)
    #expect(try judge(primary, flip: flipped, [0.01]).verdict == .undecided)
    #expect(try judge(primary, flip: flipped, []).verdict == .undecided)
  }

  @Test func withoutAFlipItIsUndecided() throws {
    let primary = Measured.pairedSeeds(Self.seeds, caseVariance: 0)
    #expect(try judge(primary, flip: nil, [0.01, 0.02, 0.03]).verdict == .undecided)
    let stuck = Setting("no noise", Self.effect(0.02))
    #expect(try judge(primary, flip: stuck, [0.01, 0.02, 0.03]).verdict == .undecided)
    let few = Setting("no noise", Self.effect(0.001, seeds: 2))
    #expect(try judge(primary, flip: few, [0.01, 0.02, 0.03]).verdict == .undecided)
    // An empirical ordering on simulated data needs a flip even where its rule forgot to say so.
    #expect(
      try judge(primary, flip: nil, [0.01, 0.02], rule: "O(0)").verdict == .undecided)
  }

  /// Without a rule of its own the flip must reach the other side.
  @Test func flipToTheOtherSide() throws {
    let primary = Measured.pairedSeeds(Self.seeds, caseVariance: 0)
    let none = Setting("small N", Self.effect(0.001))
    let reversed = Setting("small N", Self.effect(-0.01))
    #expect(
      try judge(primary, flip: none, [0.01, 0.02], flipColumn: "small N fails").verdict
        == .undecided)
    #expect(
      try judge(primary, flip: reversed, [0.01, 0.02], flipColumn: "small N fails").verdict
        == .agrees)
  }

  @Test func primaryNeedsFiveSeeds() throws {
    let four = Measured.pairedSeeds([0.02, 0.02, 0.02, 0.021], caseVariance: 0)
    #expect(try judge(four, flip: flipped, [0.01, 0.02, 0.03]).verdict == .undecided)
  }

  @Test func alternativesNeedThreeSeeds() throws {
    let claim = try declared([:])
    let result = VerdictEngine.judge(
      claim, tier: .simulated,
      measurement: ClaimMeasurement(
        id: "a.b", tier: "simulated", measured: .pairedSeeds(Self.seeds, caseVariance: 0),
        flip: flipped,
        alternatives: (0..<3).map { Setting("knob \($0)", Self.effect(0.02, seeds: 2)) }))
    #expect(result.verdict == .undecided)
  }

  /// A setting measured on many cases of one model is not a setting of three seeds.
  @Test func settingsNeedAKnownNumberOfSeeds() throws {
    func estimate(_ mean: Double) -> Measured {
      .estimate(mean, standardError: 0.001, degreesOfFreedom: nil, n: 5000)
    }
    func verdict(primary: Int?, flip: Int?, alternatives: Int?) throws -> Verdict {
      VerdictEngine.judge(
        try declared([:]), tier: .simulated,
        measurement: ClaimMeasurement(
          id: "a.b", tier: "simulated", measured: estimate(0.02),
          flip: Setting("no noise", estimate(0.001), seeds: flip),
          alternatives: (0..<3).map { Setting("knob \($0)", estimate(0.02), seeds: alternatives) },
          seeds: primary)
      ).verdict
    }
    #expect(try verdict(primary: 5, flip: 3, alternatives: 3) == .agrees)
    #expect(try verdict(primary: nil, flip: 3, alternatives: 3) == .undecided)
    #expect(try verdict(primary: 5, flip: nil, alternatives: 3) == .undecided)
    #expect(try verdict(primary: 5, flip: 3, alternatives: nil) == .undecided)
  }

  @Test func largelyTheSameMustBeAbleToFail() throws {
    func family(_ means: [Double]) -> Measured { .family(means.map { Self.effect($0, seeds: 5) }) }
    func verdict(_ flip: Measured, _ primary: [Double] = [0.05, 0, 0]) throws -> Verdict {
      let claim = try declared([
        "rule.simulated": "E(.02, at most 1 outside) M(flip)", "kind": "sameness",
        "flip": "small-and-hard group must disagree",
      ])
      return VerdictEngine.judge(
        claim, tier: .simulated,
        measurement: ClaimMeasurement(
          id: "a.b", tier: "simulated", measured: family(primary), flip: Setting("hard", flip),
          alternatives: [[0.05, 0, 0], [0, 0, 0.03], [0.05, 0.05, 0]].enumerated().map {
            Setting("knob \($0)", family($1))
          })
      ).verdict
    }
    #expect(try verdict(family([0.05, 0.05, 0])) == .agrees)
    // One group outside is what the rule allows, so it reverses nothing.
    #expect(try verdict(family([0.05, 0, 0])) == .undecided)
    // A flip that measures the hard group alone stands or falls with it.
    #expect(try verdict(Self.effect(0.05)) == .agrees)
    #expect(try verdict(Self.effect(0.01)) == .undecided)
    // Two groups outside disagree, but only one alternative shows it.
    #expect(try verdict(family([0.05, 0.05, 0]), [0.05, 0.05, 0]) == .undecided)
  }

  @Test func disagreementMustRecurToo() throws {
    let primary = Measured.pairedSeeds(Self.seeds.map { -$0 }, caseVariance: 0)
    #expect(try judge(primary, flip: flipped, [-0.01, -0.02, 0.03]).verdict == .disagrees)
    #expect(try judge(primary, flip: flipped, [-0.01, 0.02, 0.03]).verdict == .undecided)
    #expect(try judge(primary, flip: nil, [-0.01, -0.02]).verdict == .undecided)
    // A flip on the same side as a disagreement has reversed nothing, even one that was asked for.
    for column in ["small N fails", "the copy must win: O(0)"] {
      let worse = Setting("small N", Self.effect(-0.03))
      #expect(
        try judge(primary, flip: worse, [-0.01, -0.02, -0.03], flipColumn: column).verdict
          == .undecided)
    }
    let better = Setting("small N", Self.effect(0.03))
    #expect(
      try judge(primary, flip: better, [-0.01, -0.02, -0.03], flipColumn: "small N fails").verdict
        == .disagrees)
  }

  @Test func samenessMustBeAbleToFail() throws {
    func same(_ flip: Double, _ alternatives: [Double], primary: Double = 0) throws -> Verdict {
      try judge(
        Self.effect(primary, seeds: 5), flip: Setting("small and hard", Self.effect(flip)),
        alternatives, rule: "E(.02) M(flip)", flipColumn: "small-and-hard group must disagree",
        kind: "sameness"
      ).verdict
    }
    #expect(try same(0.03, [0.01, 0.001, 0.05]) == .agrees)
    #expect(try same(-0.03, [0.01, 0.001, 0.05]) == .agrees)
    #expect(try same(0.01, [0.01, 0.001, 0.05]) == .undecided)
    #expect(try same(0.03, [0.03, 0.001, 0.05]) == .undecided)
    // A primary setting outside the margin is reversed by a flip inside it, and by no other.
    #expect(try same(0.001, [0.03, 0.04, 0.001], primary: 0.05) == .disagrees)
    #expect(try same(0.03, [0.03, 0.04, 0.001], primary: 0.05) == .undecided)
  }

  /// Whatever the verdict, an empirical claim on simulated data is never called reproduced.
  @Test func simulationNeverReproduces() {
    for verdict in Verdict.allCases {
      for kind in ClaimKind.allCases {
        let words = verdict.words(tier: .simulated, kind: kind)
        #expect(words.contains("simulated data"))
        if kind.isEmpirical { #expect(!words.contains("reproduced")) }
        if kind.isEmpirical {
          #expect(!verdict.words(tier: .aggregates, kind: kind).contains("reproduced"))
        }
      }
    }
    #expect(Verdict.agrees.words(tier: .public, kind: .ordering) == "reproduced (public data)")
    #expect(
      Verdict.disagrees.words(tier: .aggregates, kind: .arithmetic)
        == "not reproduced (aggregates data)")
  }
}
