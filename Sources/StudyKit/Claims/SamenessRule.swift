import Plotting
import Statistics

extension VerdictEngine {
  /// Rule E: the effect lies inside a margin; of a family of m members, in all but at most k.
  ///
  /// A member that is a family itself, such as one group's changes by two measures, lies inside
  /// where all of them do and outside where one does.
  ///
  /// **Agrees.** With k = 0 every member's 90 % interval lies inside: an intersection-union test,
  /// each member at 5 %, needs no correction. With k > 0 the hypothesis to reject is "k + 1 or
  /// more lie outside", a partial conjunction, at 5 % by Simes: for some i in 1...k + 1 at most
  /// k + 1 − i members' intervals at the level 1 − 0.1·i/(k + 1) are not inside. For k = 1: all
  /// 95 % intervals but one, or all 90 % intervals. What agrees for k agrees for k + 1. Valid for
  /// independent and positively dependent members.
  ///
  /// A family must have more than k members left to lie inside: k counts at most m − 1. Of two
  /// groups whose gaps mirror each other, measured as one member, none may be outside.
  ///
  /// **Disagrees.** More than k members lie wholly outside at the Bonferroni level 1 − 0.05/(all
  /// effects compared).
  ///
  /// Y. Benjamini, R. Heller, Screening for partial conjunction hypotheses, Biometrics 64 (2008),
  /// doi:10.1111/j.1541-0420.2007.00984.x.
  enum Sameness {
    static func judge(
      _ measured: Measured, _ low: Double, _ high: Double, outside: Int
    ) -> Outcome {
      let members = effects(of: measured)
      let allowed = min(outside, max(0, members.count - 1))
      let all = members.flatMap { $0 }
      guard !members.isEmpty, !members.contains(where: \.isEmpty) else {
        return .undecided("nothing was compared")
      }
      if all.contains(where: { $0.isWithoutError }) {
        return .undecided("a value without its uncertainty shows no sameness")
      }
      func intervals(_ level: Double) -> [[Interval]]? {
        let found = members.map { $0.compactMap { $0.interval(level: level) } }
        return found.map(\.count) == members.map(\.count) ? found : nil
      }
      let corrected = 1 - 0.05 / Double(all.count)
      guard let wide = intervals(corrected), let narrow = intervals(0.9) else {
        return .undecided("no interval can be formed")
      }
      let margin = "\(show(low)) to \(show(high))"
      func isOutside(_ interval: Interval) -> Bool { interval.low > high || interval.high < low }
      let beyond = wide.compactMap { $0.first(where: isOutside) }
      if beyond.count > allowed {
        let count = allowed == 0 ? "" : "\(beyond.count) of \(members.count) members: "
        let level = Printed.significant(100 * corrected, digits: 3)
        return .disagrees("\(count)\(level) % interval \(show(beyond[0])) wholly outside \(margin)")
      }
      func notInside(_ intervals: [[Interval]]) -> Int {
        intervals.filter { !$0.allSatisfy { $0.low > low && $0.high < high } }.count
      }
      func reach(_ interval: Interval) -> Double { max(interval.high - high, low - interval.low) }
      let worst = narrow.flatMap { $0 }.max { reach($0) < reach($1) }!
      let text = "90 % interval \(show(worst))"
      for step in (1...(allowed + 1)).reversed() {
        let level = 1 - 0.1 * Double(step) / Double(allowed + 1)
        guard let found = step > allowed ? narrow : intervals(level) else { continue }
        let open = notInside(found)
        guard open <= allowed + 1 - step else { continue }
        if open == 0 { return .agrees("\(text) inside \(margin)") }
        return .agrees(
          "all but \(open) of \(members.count) members inside \(margin) at the "
            + "\(Printed.significant(100 * level, digits: 3)) % level, \(allowed) may be outside")
      }
      guard allowed > 0 else { return .undecided("\(text) not inside \(margin)") }
      return .undecided(
        "\(notInside(narrow)) of \(members.count) members not inside \(margin), "
          + "\(beyond.count) wholly outside, \(allowed) may be; the widest reach: \(text)")
    }

    /// Members, and the effects of each.
    static func effects(of measured: Measured) -> [[Measured]] {
      func leaves(_ measured: Measured) -> [Measured] {
        if case .family(let members) = measured { members.flatMap(leaves) } else { [measured] }
      }
      if case .family(let members) = measured { return members.map(leaves) }
      return [[measured]]
    }

    /// Whether the point values of a setting lie inside, but for the allowed number of members of
    /// a family; nil where a value is missing. A setting that measures one effect stands for
    /// itself: nothing else can make up for it.
    static func isInside(
      _ measured: Measured, _ low: Double, _ high: Double, outside: Int
    ) -> Bool? {
      let members = effects(of: measured)
      let allowed = min(outside, max(0, members.count - 1))
      let values = members.map { $0.compactMap(\.value) }
      guard !members.isEmpty, values.map(\.count) == members.map(\.count) else { return nil }
      let beyond = values.filter { !$0.allSatisfy { low < $0 && $0 < high } }.count
      if case .family = measured { return beyond <= allowed }
      return beyond == 0
    }
  }
}

extension Measured {
  /// Whether it is a number that claims to be exact.
  var isWithoutError: Bool {
    if case .value = self { true } else { false }
  }
}
