/// Follow-up of cases: how long each was seen, and whether that ended with the event or was
/// censored.
///
///     let data = try SurvivalTimes(times: [6, 6, 7, 10], events: [true, false, true, false])
///
/// Follow-up starts at 0 for everyone: no delayed entry. Times are tied where they are equal to
/// the last bit. A case censored at the time of an event counts as seen beyond it.
public struct SurvivalTimes: Sendable, Hashable {
  /// [case] length of follow-up, 0 or more, in any unit.
  public let times: [Double]
  /// [case] whether it ended with the event.
  public let events: [Bool]
  /// Number of events.
  public let eventCount: Int

  public var count: Int { times.count }

  /// - Throws: `Undefined` without a case, without an event, or where a time is negative or not
  ///   finite. Cases are counted from 0.
  public init(times: [Double], events: [Bool]) throws(Undefined) {
    precondition(
      times.count == events.count,
      "times (count \(times.count)) must match events (count \(events.count))")
    precondition(
      times.count < Int(Int32.max), "times (count \(times.count)) must be fewer than 2^31")
    guard !times.isEmpty else { throw Undefined("no case") }
    for i in times.indices where !(times[i] >= 0 && times[i].isFinite) {
      throw Undefined("the time of case \(i) is \(times[i]): a finite time of 0 or more is needed")
    }
    let found = events.reduce(0) { $0 + ($1 ? 1 : 0) }
    guard found > 0 else { throw Undefined("no event among \(times.count) cases") }
    self.times = times
    self.events = events
    eventCount = found
  }

  private init(checked times: [Double], _ events: [Bool]) {
    self.times = times
    self.events = events
    eventCount = events.reduce(0) { $0 + ($1 ? 1 : 0) }
  }

  /// The cases with these indices, in this order; unlike the whole they may hold no event.
  public func subset(_ cases: [Int]) -> SurvivalTimes {
    precondition(!cases.isEmpty, "cases must not be empty")
    return SurvivalTimes(checked: cases.map { times[$0] }, cases.map { events[$0] })
  }
}

/// Names that divide cases into groups or strata.
///
/// Groups are numbered by rising value where all names are numbers, else by the order of their
/// characters: never by where they first appear.
public struct SurvivalGroups: Sendable, Hashable {
  /// [group]
  public let names: [String]
  /// [case] index into `names`.
  public let codes: [Int32]

  public var count: Int { names.count }

  public init(_ labels: [String]) {
    var seen: Set<String> = []
    for label in labels { seen.insert(label) }
    let values = seen.map { (name: $0, value: Double($0)) }
    let areNumbers = values.allSatisfy { $0.value?.isFinite ?? false }
    let sorted = values.sorted {
      if areNumbers, $0.value! != $1.value! { return $0.value! < $1.value! }
      return $0.name < $1.name
    }
    names = sorted.map(\.name)
    var places: [String: Int32] = [:]
    for (k, name) in names.enumerated() { places[name] = Int32(k) }
    codes = labels.map { places[$0]! }
  }

  /// Indices of the cases of a group.
  public func cases(_ group: Int) -> [Int] {
    codes.indices.filter { Int(codes[$0]) == group }
  }
}

/// Cases by stratum and rising time, those with the event first where times are equal.
struct RiskOrder: Sendable {
  /// Positions of the cases of one stratum with one time: `start..<deaths` had the event,
  /// `deaths..<end` were censored. At risk are `start..<` the end of the stratum.
  struct Run: Sendable {
    var start, deaths, end: Int
    var time: Double
    var stratum: Int
    var events: Int { deaths - start }
    var censored: Int { end - deaths }
  }
  /// [position] case.
  let order: [Int32]
  /// By stratum and rising time.
  let runs: [Run]
  /// [stratum] its indices in `runs`.
  let strata: [Range<Int>]

  /// O(n log n).
  init(_ data: SurvivalTimes, strata groups: SurvivalGroups? = nil) {
    precondition(
      groups.map { $0.codes.count == data.count } ?? true,
      "strata must match the cases (count \(data.count))")
    let codes = groups?.codes ?? [Int32](repeating: 0, count: data.count)
    // Keys side by side: sorting indices would jump through memory at each comparison.
    struct Key {
      var time: Double
      var index, stratum: Int32
      var censored: Bool
    }
    var keys = (0..<data.count).map {
      Key(
        time: data.times[$0], index: Int32($0), stratum: codes[$0], censored: !data.events[$0])
    }
    keys.sort { a, b in
      if a.stratum != b.stratum { return a.stratum < b.stratum }
      if a.time != b.time { return a.time < b.time }
      if a.censored != b.censored { return b.censored }
      return a.index < b.index
    }
    let indices = keys.map(\.index)
    var runs: [Run] = []
    var strata: [Range<Int>] = []
    var start = 0
    var first = 0
    while start < indices.count {
      let i = Int(indices[start])
      var run = Run(
        start: start, deaths: start, end: start, time: data.times[i], stratum: strata.count)
      while run.end < indices.count {
        let j = Int(indices[run.end])
        guard codes[j] == codes[i], data.times[j] == run.time else { break }
        run.end += 1
        if data.events[j] { run.deaths = run.end }
      }
      runs.append(run)
      start = run.end
      if start == indices.count || codes[Int(indices[start])] != codes[i] {
        strata.append(first..<runs.count)
        first = runs.count
      }
    }
    order = indices
    self.runs = runs
    self.strata = strata
  }

  /// End of the positions of a stratum.
  func end(of stratum: Int) -> Int { runs[strata[stratum].upperBound - 1].end }
}
