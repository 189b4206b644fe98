import Foundation
import Kernels
import Statistics
import Testing

@Suite struct FairnessTests {
  /// Women: 4 cases, calls 1 1 0 0, truth 1 0 0 1. Men: 5 cases, calls 1 1 1 0 0, truth 1 1 0 0 0.
  let scores = [0.9, 0.8, 0.2, 0.1, 0.7, 0.6, 0.55, 0.3, 0.4]
  let labels = [true, false, false, true, true, true, false, false, false]
  let groups = ["F", "F", "F", "F", "M", "M", "M", "M", "M"]

  func cases(_ scores: [Double]? = nil) -> FairnessCases {
    FairnessCases(
      scores: scores ?? self.scores, labels: labels, groups: groups, threshold: 0.5)
  }

  @Test func handWorked() throws {
    // accuracy .5 against .8; positive rate .5 against .6; TPR .5 against 1; FPR .5 against 1/3;
    // AUROC: women 3 of 4 pairs wrong or right: (.9>.8, .9>.2, .1<.8, .1<.2) .5, men 1.
    let expected: [(FairnessMeasure, Double)] = [
      (.accuracy, -0.3), (.parity, -0.1), (.truePositiveRate, -0.5),
      (.falsePositiveRate, 0.5 - 1.0 / 3), (.auroc, -0.5),
      (.calibration, (2.0 - 2) / 4 - (2.55 - 2) / 5),
    ]
    for (measure, value) in expected {
      let gap = try fairnessGap(measure, of: "F", versus: "M", cases())
      // A handful of roundings of numbers below 4.
      #expect(abs(gap.value - value) <= 16 * 0x1p-53, "\(measure)")
      let reverse = try fairnessGap(measure, of: "M", cases())
      #expect(reverse.value == -gap.value)
      #expect(close(reverse.standardError, gap.standardError, relative: 16 * 0x1p-53))
    }
    // √(p₁q₁/n₁ + p₂q₂/n₂)
    let accuracy = try fairnessGap(.accuracy, of: "F", versus: "M", cases())
    #expect(close(accuracy.standardError, (0.25 / 4 + 0.16 / 5).squareRoot()))
  }

  /// The paper's formula, by its own weights, for three age groups.
  @Test func paperFormula() throws {
    let (scores, labels) = simulated(300, seed: 41)
    let names = ["0-40", "40-60", "60-"]
    let ages = (0..<300).map { names[$0 * $0 % 3 == 0 ? 0 : $0 % 5 == 0 ? 1 : 2] }
    let cases = FairnessCases(scores: scores, labels: labels, groups: ages, threshold: 1)
    var accuracy: [String: (n: Double, value: Double)] = [:]
    for name in names {
      let members = ages.indices.filter { ages[$0] == name }
      let right = members.filter { (scores[$0] >= 1) == labels[$0] }.count
      accuracy[name] = (Double(members.count), Double(right) / Double(members.count))
    }
    for name in names {
      let others = names.filter { $0 != name }.map { accuracy[$0]! }
      let weighted =
        others.map { $0.n * $0.value }.reduce(0, +) / others.map(\.n).reduce(0, +)
      let gap = try fairnessGap(.accuracy, of: name, cases)
      #expect(abs(gap.value - (accuracy[name]!.value - weighted)) <= 16 * 0x1p-53)
    }
  }

  /// The AUROC gap of independent groups has DeLong's two variances.
  @Test func aurocGap() throws {
    let (scores, labels) = simulated(400, seed: 42)
    let groups = (0..<400).map { $0 % 3 == 0 ? "a" : "b" }
    let cases = FairnessCases(scores: scores, labels: labels, groups: groups, threshold: 0)
    let gap = try fairnessGap(.auroc, of: "a", versus: "b", cases)
    func part(_ name: String) throws -> Estimate {
      let members = groups.indices.filter { groups[$0] == name }
      return try deLong(
        scores: [members.map { scores[$0] }], labels: members.map { labels[$0] }
      ).estimate()
    }
    let expected = try part("a").minus(independent: try part("b"))
    #expect(close(gap.value, expected.value, relative: 1e-14))
    #expect(close(gap.standardError, expected.standardError, relative: 1600 * 0x1p-53))
  }

  /// Analytic standard errors, clustered, against the cluster bootstrap for all measures, gaps and
  /// paired changes.
  @Test func clusteredAgainstBootstrap() throws {
    var stream = RandomStream(43)
    var first: [Double] = []
    var second: [Double] = []
    var labels: [Bool] = []
    var groups: [String] = []
    var patients: [Int] = []
    for patient in 0..<600 {
      let effect = stream.normal()
      let group = stream.bernoulli(0.4) ? "F" : "M"
      for _ in 0..<(1 + stream.integer(below: 3)) {
        let positive = stream.bernoulli(0.4)
        let logit = effect + stream.normal() + (positive ? 1 : -1)
        first.append(1 / (1 + exp(-logit)))
        second.append(1 / (1 + exp(-logit - 0.7 * stream.normal())))
        labels.append(positive)
        groups.append(group)
        patients.append(patient)
      }
    }
    func make(_ scores: [Double]) -> FairnessCases {
      FairnessCases(
        scores: scores, labels: labels, groups: groups, threshold: 0.5,
        clusters: Clusters(patients))
    }
    let bootstrap = FairnessBootstrap(replicates: 2000, stream: RandomStream(44))
    let gaps = fairnessGaps(make(first), bootstrap: bootstrap)
    let changes = fairnessGaps(make(first), baseline: make(second), bootstrap: bootstrap)
    #expect(gaps.count == 6)
    for cell in gaps + changes {
      let error = try #require(cell.estimate).standardError
      // Monte Carlo 1/√(2·2000) = 1.6 %, four of it; ratio estimators on 240 patients: 2 %.
      let bootstrapped = try #require(cell.bootstrap)
      #expect(
        close(bootstrapped.standardError, error, relative: 4 * 0.016 + 0.02),
        "\(cell.measure) \(bootstrapped.standardError) against \(error)")
    }
    // Pairing pays.
    #expect(changes[4].estimate!.standardError < 0.8 * gaps[4].estimate!.standardError)
    // The value of a change is the difference of the gaps.
    let other = fairnessGaps(make(second))
    for i in gaps.indices {
      let difference = gaps[i].estimate!.value - other[i].estimate!.value
      #expect(abs(changes[i].estimate!.value - difference) <= 16 * 0x1p-53)
    }
  }

  @Test func missingCellsKeepTheirReason() throws {
    let cases = FairnessCases(
      scores: [0.9, 0.2, 0.7, 0.4, 3], labels: [true, false, false, false, true],
      groups: ["a", "a", "b", "b", ""], threshold: 0.5)
    #expect(cases.unknown == 1)
    let cells = fairnessGaps(cases)
    #expect(cells.count == FairnessMeasure.allCases.count)
    let tpr = try #require(cells.first { $0.measure == .truePositiveRate })
    #expect(tpr.estimate == nil)
    #expect(tpr.reason == "b: no positive case among 2")
    let auroc = try #require(cells.first { $0.measure == .auroc })
    #expect(auroc.reason == "b: no positive case among 2")
    #expect(cells.first { $0.measure == .accuracy }?.estimate?.value == 0.5)
    let levels = fairnessLevels(cases)
    #expect(levels.count == 2 * FairnessMeasure.allCases.count)
    #expect(throws: Undefined("c: no cases")) {
      try fairnessGap(.parity, of: "c", versus: "a", cases)
    }
    // Scores that are no probabilities have no calibration.
    let raw = FairnessCases(
      scores: [2, -1, 3, 0], labels: [true, false, true, false], groups: ["a", "a", "b", "b"],
      threshold: 1)
    #expect(throws: Undefined("a: the score of case 0 is 2.0, outside 0...1")) {
      try fairnessGap(.calibration, of: "a", raw)
    }
  }

  @Test func threeGroupsAgainstReference() {
    let cases = FairnessCases(
      scores: [1, 2, 3, 4, 5, 6], labels: [true, false, true, false, true, false],
      groups: ["x", "y", "z", "x", "y", "z"], threshold: 3)
    #expect(Set(fairnessGaps(cases).map(\.group)) == ["x", "y", "z"])
    #expect(Set(fairnessGaps(cases).map(\.versus)) == ["others"])
    let against = fairnessGaps(cases, versus: "y", measures: [.parity])
    #expect(against.map(\.group) == ["x", "z"])
    #expect(against.map(\.versus) == ["y", "y"])
  }
}
