import Foundation
import Kernels
import Statistics
import Testing

/// Both measures from all pairs, G case by case.
private func slowConcordance(
  _ data: SurvivalTimes, _ scores: [Double], tau: Double?
) -> (harrell: Double, uno: Double) {
  let n = data.count
  func censoring(before time: Double) -> Double {
    var g = 1.0
    for s in Set(data.times).sorted() where s < time {
      let c = (0..<n).filter { data.times[$0] == s && !data.events[$0] }.count
      let d = (0..<n).filter { data.times[$0] == s && data.events[$0] }.count
      let m = (0..<n).filter { data.times[$0] >= s }.count - d
      if c > 0 { g *= 1 - Double(c) / Double(m) }
    }
    return g
  }
  var sums = (above: 0.0, all: 0.0, weighted: 0.0, weights: 0.0)
  for i in 0..<n where data.events[i] {
    let g = censoring(before: data.times[i])
    for j in 0..<n where j != i {
      let outlives =
        data.times[j] > data.times[i] || (data.times[j] == data.times[i] && !data.events[j])
      guard outlives else { continue }
      let c: Double = scores[i] > scores[j] ? 1 : (scores[i] == scores[j] ? 0.5 : 0)
      sums.above += c
      sums.all += 1
      if data.times[i] < tau ?? .infinity {
        sums.weighted += c / (g * g)
        sums.weights += 1 / (g * g)
      }
    }
  }
  return (sums.above / sums.all, sums.weighted / sums.weights)
}

@Suite struct ConcordanceTests {
  @Test(arguments: [nil, 9.0])
  func agreesWithAllPairs(tau: Double?) throws {
    let (data, rows) = try simulatedSurvival(120, width: 1, seed: 21)
    let scores = rows.map { (2 * $0[0]).rounded() }
    let slow = slowConcordance(data, scores, tau: tau)
    let harrell = try HarrellC(data, scores: scores)
    let uno = try UnoC(data, scores: scores, tau: tau)
    #expect(agrees(harrell.value, slow.harrell, 1e-14))
    // Sums of some thousand weighted pairs.
    #expect(agrees(uno.value, slow.uno, 1e-12))
    #expect(harrell.tiedScores > 0 && harrell.tiedTimes > 0 && uno.largestWeight > 1)
    #expect(abs(harrell.value - uno.value) > 1e-4)
  }

  /// Events at 1 and 3, censored at 2 and 4; scores 5, 2, 1, 2. From 1 all others are known later,
  /// all with lower scores; from 3 only the case at 4, with a higher one: C = 3/4.
  @Test func byHand() throws {
    let data = try SurvivalTimes(times: [1, 3, 2, 4], events: [true, true, false, false])
    let c = try HarrellC(data, scores: [5, 1, 2, 2])
    #expect(c.concordant == 3 && c.discordant == 1 && c.tiedScores == 0 && c.value == 0.75)
    // G is 1 before 1 and 2/3 before 3: C = 3/(3 + 9/4) = 4/7.
    let uno = try UnoC(data, scores: [5, 1, 2, 2])
    #expect(agrees(uno.value, 4.0 / 7, 1e-15) && agrees(uno.largestWeight, 9.0 / 4, 1e-15))
    // Before 3 only the first event counts.
    let early = try UnoC(data, scores: [5, 1, 2, 2], tau: 3)
    #expect(early.value == 1 && early.events == 1 && early.tau == 3)
  }

  @Test func extremes() throws {
    let (data, _) = try simulatedSurvival(100, width: 1, seed: 22)
    let times = data.times.enumerated().map { $1 + 1e-3 * Double($0) }
    let untied = try SurvivalTimes(times: times, events: data.events)
    for (scores, value) in [
      (times.map { -$0 }, 1.0), (times, 0), (times.map { _ in 3 }, 0.5),
    ] {
      #expect(try HarrellC(untied, scores: scores).value == value)
      #expect(agrees(try UnoC(untied, scores: scores).value, value, 1e-14))
    }
    // All pairs agree: no case can change that.
    #expect(try HarrellC(untied, scores: times.map { -$0 }).estimate().standardError == 0)
  }

  /// Without censoring all weights are 1.
  @Test func unoIsHarrellWithoutCensoring() throws {
    let (data, rows) = try simulatedSurvival(90, width: 1, seed: 23)
    let full = try SurvivalTimes(
      times: data.times, events: [Bool](repeating: true, count: data.count))
    let scores = rows.map { $0[0] }
    let harrell = try HarrellC(full, scores: scores)
    let uno = try UnoC(full, scores: scores)
    #expect(agrees(harrell.value, uno.value, 1e-14) && uno.largestWeight == 1)
    #expect(agrees(harrell.estimate().standardError, uno.estimate().standardError, 1e-13))
  }

  /// C of every case taken m times, case k one time more or less: the central difference has an
  /// error of the order of m⁻², and rounding 1e-16·m.
  @Test func influenceIsTheDerivative() throws {
    let (data, rows) = try simulatedSurvival(60, width: 1, seed: 24)
    let scores = rows.map { (2 * $0[0]).rounded() }
    let m: Int32 = 100_000
    let harrell = try HarrellC(data, scores: scores)
    let uno = try UnoC(data, scores: scores, tau: 12)
    for (statistic, value, influence) in [
      (try HarrellC.statistic(data, scores: scores), harrell.value, harrell.influence),
      (try UnoC.statistic(data, scores: scores, tau: 12), uno.value, uno.influence),
    ] {
      for k in 0..<data.count {
        var weights = [Int32](repeating: m, count: data.count)
        #expect(agrees(weights.withUnsafeBufferPointer { statistic($0) }, value, 1e-12))
        weights[k] = m + 1
        let up = weights.withUnsafeBufferPointer { statistic($0) }
        weights[k] = m - 1
        let down = weights.withUnsafeBufferPointer { statistic($0) }
        #expect(abs((up - down) / 2 * Double(m) - influence[k]) < 1e-9)
      }
    }
    // C does not change where all weights grow together.
    #expect(abs(uno.influence.reduce(0, +)) < 1e-13)
    #expect(abs(harrell.influence.reduce(0, +)) < 1e-13)
  }

  /// A resample is what its cases would give alone, and the bootstrap's error is near the
  /// jackknife's: 2000 replicates give it to √(1/4000) = 1.6 %, four of them, and the linear
  /// approximation of C with 150 cases to ten per cent.
  @Test func bootstrap() throws {
    let (data, rows) = try simulatedSurvival(150, width: 1, seed: 25)
    let scores = rows.map { $0[0] }
    let statistics = [
      try HarrellC.statistic(data, scores: scores),
      try UnoC.statistic(data, scores: scores, tau: 12),
    ]
    var weights = (0..<150).map { Int32($0 % 3) }
    let repeated = weights.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    let copies = repeated.map { scores[$0] }
    let harrell = try HarrellC(data.subset(repeated), scores: copies)
    let uno = try UnoC(data.subset(repeated), scores: copies, tau: 12)
    weights.withUnsafeBufferPointer { w in
      #expect(agrees(statistics[0](w), harrell.value, 1e-13))
      #expect(agrees(statistics[1](w), uno.value, 1e-12))
    }
    weights = [Int32](repeating: 0, count: 150)
    #expect(weights.withUnsafeBufferPointer { statistics[1]($0) }.isNaN)
    let sample = Resampling.bootstrap(
      cases: Clusters(singletons: 150), replicates: 2000, stream: RandomStream(6),
      statistics: statistics)
    let errors = [
      try HarrellC(data, scores: scores).estimate().standardError,
      try UnoC(data, scores: scores, tau: 12).estimate().standardError,
    ]
    for k in 0..<2 {
      let error = try sample.distribution(k).standardError
      #expect(abs(error / errors[k] - 1) < 4 * 0.016 + 0.1, "\(error), \(errors[k])")
    }
  }

  @Test func invariances() throws {
    let (data, rows) = try simulatedSurvival(100, width: 1, seed: 26)
    let scores = rows.map { $0[0] }
    let own = try UnoC(data, scores: scores, tau: 10)
    let order = (0..<100).map { ($0 * 37) % 100 }
    let turned = try UnoC(data.subset(order), scores: order.map { scores[$0] }, tau: 10)
    #expect(agrees(own.value, turned.value, 1e-13))
    #expect(agrees(own.estimate().standardError, turned.estimate().standardError, 1e-12))
    let scaled = try UnoC(
      SurvivalTimes(times: data.times.map { 4 * $0 }, events: data.events),
      scores: scores.map { exp($0) }, tau: 40)
    #expect(scaled.value == own.value && scaled.influence == own.influence)
    let harrell = try HarrellC(data, scores: scores)
    let reversed = try HarrellC(data, scores: scores.map { -$0 })
    #expect(agrees(harrell.value + reversed.value, 1, 1e-15))
    #expect(
      harrell.estimate(clusters: Clusters(singletons: 100)) == harrell.estimate())
    // Each case twice in one cluster is the same information.
    let twice = try HarrellC(data.subset(Array(0..<100) + Array(0..<100)), scores: scores + scores)
    let clustered = twice.estimate(clusters: Clusters(Array(0..<100) + Array(0..<100)))
    #expect(agrees(clustered.standardError, harrell.estimate().standardError, 1e-13))
    #expect(clustered.n == 100)
  }

  /// R's survival prints .579 (se .021) for sex in the lung data. For age, scikit-survival 0.28.0:
  /// concordance_index_censored, and concordance_index_ipcw with censored times half a day later,
  /// because it takes G at an event with the censorings of that day and we without them.
  @Test(.enabled(if: OutsideTable.isPresent("lung.csv"), "LIGHTBOX_DATA does not hold lung.csv"))
  func lung() throws {
    let table = try OutsideTable("lung.csv")
    let data = try table.followUp("time", "status")
    let sex = try HarrellC(data, scores: table["sex"].map { -$0 }).estimate()
    #expect(abs(sex.value - 0.579) <= 0.0005 && abs(sex.standardError - 0.021) <= 0.0005)
    let age = try HarrellC(data, scores: table["age"])
    #expect(age.concordant == 10717 && age.discordant == 8706 && age.tiedScores == 591)
    #expect(agrees(age.value, 0.5502398321175177, 1e-14))
    let early = try UnoC(data, scores: table["age"], tau: 500)
    #expect(agrees(early.value, 0.5502825626722048, 1e-12))
    #expect(agrees(try UnoC(data, scores: table["age"]).value, 0.5492307257466761, 1e-12))
  }

  @Test func refusals() throws {
    let last = try SurvivalTimes(times: [1, 2, 3], events: [false, false, true])
    #expect(throws: Undefined.self) { try HarrellC(last, scores: [1, 2, 3]) }
    #expect(throws: Undefined.self) { try UnoC(last, scores: [1, 2, 3]) }
    let data = try SurvivalTimes(times: [1, 2, 3], events: [true, true, true])
    #expect(throws: Undefined.self) { try HarrellC(data, scores: [1, .nan, 3]) }
    #expect(throws: Undefined.self) { try UnoC(data, scores: [1, 2, 3], tau: 1) }
    #expect(throws: Undefined.self) { try UnoC(data, scores: [1, 2, 3], tau: -1) }
  }
}
