import Foundation
import Kernels
import Statistics
import Testing

@Suite struct LogRankTests {
  /// Expected 19.25 and 10.75, χ² 16.79 as printed in many textbooks; all digits by lifelines
  /// 0.30.3, multivariate_logrank_test.
  @Test func freireich() throws {
    let test = try LogRank(Freireich.data(), groups: SurvivalGroups(Freireich.arms))
    #expect(test.groups.map(\.name) == ["6-MP", "placebo"])
    #expect(test.groups.map(\.observed) == [9, 21] && test.groups.map(\.cases) == [21, 21])
    #expect(abs(test.groups[0].expected - 19.25) <= 0.005)
    #expect(abs(test.groups[1].expected - 10.75) <= 0.005)
    #expect(agrees(test.result.statistic, 16.792940989216547, 1e-12))
    #expect(close(test.result.pValue, 4.168809109334511e-05, relative: 1e-10))
    #expect(test.result.degreesOfFreedom == 1 && test.strata == 1)
  }

  /// Times 1 (a), 2 (b), 3 (a), 4+ (b): E_a = 2/4 + 1/3 + 1/2 = 4/3,
  /// V = 1/4 + 2/9 + 1/4 = 13/18, χ² = (2 − 4/3)²/V = 8/13.
  @Test func byHand() throws {
    let data = try SurvivalTimes(times: [1, 2, 3, 4], events: [true, true, true, false])
    let test = try LogRank(data, groups: SurvivalGroups(["a", "b", "a", "b"]))
    #expect(agrees(test.groups[0].expected, 4.0 / 3, 1e-15))
    #expect(agrees(test.covariance[0][0], 13.0 / 18, 1e-15))
    #expect(agrees(test.result.statistic, 8.0 / 13, 1e-14))
  }

  /// R's survival documents 10.3 on the lung data, 91.6 and 73.4 expected; digits by lifelines
  /// 0.30.3.
  @Test(.enabled(if: OutsideTable.isPresent("lung.csv"), "LIGHTBOX_DATA does not hold lung.csv"))
  func lung() throws {
    let table = try OutsideTable("lung.csv")
    let test = try LogRank(
      table.followUp("time", "status"), groups: SurvivalGroups(table["sex"].map { "\($0)" }))
    #expect(abs(test.groups[0].expected - 91.6) <= 0.05)
    #expect(abs(test.groups[1].expected - 73.4) <= 0.05)
    #expect(agrees(test.result.statistic, 10.326741954885637, 1e-12))
  }

  /// Four groups with ties: O, E and V time by time from the definition; the group that is left out
  /// of the quadratic form does not matter.
  @Test func agreesWithTheDefinition() throws {
    let (data, _) = try simulatedSurvival(80, width: 1, seed: 9)
    let names = (0..<80).map { ["a", "b", "c", "d"][$0 * 3 % 7 % 4] }
    let test = try LogRank(data, groups: SurvivalGroups(names))
    let groups = ["a", "b", "c", "d"]
    var expected = [Double](repeating: 0, count: 4)
    var covariance = [[Double]](repeating: expected, count: 4)
    for time in Set(data.times).sorted() {
      let risk = groups.map { g in
        Double(names.indices.filter { names[$0] == g && data.times[$0] >= time }.count)
      }
      let d = Double(data.times.indices.filter { data.times[$0] == time && data.events[$0] }.count)
      let n = risk.reduce(0, +)
      for j in 0..<4 {
        expected[j] += d * risk[j] / n
        for l in 0..<4 where n > 1 {
          let kronecker: Double = j == l ? 1 : 0
          let spread = risk[j] / n * (kronecker - risk[l] / n)
          covariance[j][l] += d * (n - d) / (n - 1) * spread
        }
      }
    }
    for j in 0..<4 {
      #expect(agrees(test.groups[j].expected, expected[j], 1e-13))
      for l in 0..<4 { #expect(agrees(test.covariance[j][l], covariance[j][l], 1e-13)) }
    }
    // Other names, so that another group comes last.
    let turned = names.map { ["a": "z", "b": "b", "c": "c", "d": "d"][$0]! }
    let other = try LogRank(data, groups: SurvivalGroups(turned))
    #expect(agrees(other.result.statistic, test.result.statistic, 1e-11))
    #expect(test.result.degreesOfFreedom == 3)
  }

  /// Strata add O, E and V; one stratum for all changes nothing.
  @Test func strataAdd() throws {
    let (data, _) = try simulatedSurvival(120, width: 1, seed: 10)
    let arms = (0..<120).map { $0 % 2 == 0 ? "a" : "b" }
    let sites = (0..<120).map { $0 % 3 == 0 ? "x" : "y" }
    let whole = try LogRank(
      data, groups: SurvivalGroups(arms), strata: SurvivalGroups(sites))
    var difference = 0.0
    var variance = 0.0
    for site in ["x", "y"] {
      let rows = sites.indices.filter { sites[$0] == site }
      let part = try LogRank(
        data.subset(rows), groups: SurvivalGroups(rows.map { arms[$0] }))
      difference += Double(part.groups[0].observed) - part.groups[0].expected
      variance += part.covariance[0][0]
    }
    #expect(agrees(whole.result.statistic, difference * difference / variance, 1e-12))
    #expect(whole.strata == 2)
    let single = try LogRank(
      data, groups: SurvivalGroups(arms), strata: SurvivalGroups(arms.map { _ in "all" }))
    #expect(single.result == (try LogRank(data, groups: SurvivalGroups(arms)).result))
  }

  /// 2000 pairs of equal groups of 50, censored: 5 % are rejected. The share has a standard
  /// deviation of √(.05·.95/2000) = .0049, four of them; .005 more for the χ² approximation.
  @Test func size() throws {
    let root = RandomStream(31).child("log-rank")
    var rejected = 0
    let groups = SurvivalGroups((0..<100).map { $0 < 50 ? "a" : "b" })
    for trial in 0..<2000 {
      var stream = root.child(trial)
      var times: [Double] = []
      var events: [Bool] = []
      for _ in 0..<100 {
        let died = stream.exponential()
        let left = 2 * stream.uniform()
        times.append(min(died, left))
        events.append(died <= left)
      }
      let test = try LogRank(SurvivalTimes(times: times, events: events), groups: groups)
      if test.result.pValue < 0.05 { rejected += 1 }
    }
    #expect(abs(Double(rejected) / 2000 - 0.05) < 4 * 0.0049 + 0.005, "\(rejected) of 2000")
  }

  @Test func refusals() throws {
    let data = try SurvivalTimes(
      times: [1, 2, 3, 4, 5, 6], events: [false, false, true, true, true, false])
    func reason(_ names: [String], _ strata: [String]? = nil) -> String {
      do {
        _ = try LogRank(
          data, groups: SurvivalGroups(names), strata: strata.map { SurvivalGroups($0) })
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(reason(["a", "a", "a", "a", "a", "a"]) == "1 group: at least 2 are needed")
    #expect(reason(["a", "b", "b", "b", "b", "b"]) == "group a has 1 case: at least 2 are needed")
    #expect(reason(["a", "a", "b", "b", "b", "b"]).hasPrefix("group a has no expected event"))
    #expect(
      reason(["a", "b", "a", "a", "b", "b"], ["x", "y", "x", "x", "y", "y"]).contains(
        "in its stratum"))
    #expect(reason(["a", "b", "a", "b", "a", "b"]) == "")
  }
}
