import Cohorts
import Foundation
import Plotting
import Statistics

/// Turns what was measured into a verdict: pure functions of the declaration, the tier and the
/// measurement, as the rules in claims.tsv state.
public enum VerdictEngine {
  /// Seeds that an ordering needs, and a primary setting under rule M.
  public static let fewestSeeds = 5
  /// Seeds that a flip or an alternative needs.
  public static let fewestSeedsOfSetting = 3
  /// Alternatives in which the outcome must hold, of the three named before the run.
  public static let alternativesNeeded = 2

  /// The verdict of a claim on a tier; `measurement` is nil where the study computed nothing.
  public static func judge(
    _ claim: ClaimDeclaration, tier: DataTier, measurement: ClaimMeasurement?
  ) -> Judgement {
    let rule = claim.rule(tier)
    let measured = measurement?.measured
    func verdict(_ verdict: Verdict, _ reason: String) -> Judgement {
      let level = isSameness(rule.form) ? 0.9 : 0.95
      let interval = measured?.interval(level: level)
      return Judgement(
        verdict: verdict, reason: reason, value: measured?.value, low: interval?.low,
        high: interval?.high, n: measured?.n,
        seeds: measured?.seedCount(stated: measurement?.seeds))
    }
    switch rule.form {
    case .untestable:
      return verdict(.untestableHere, "no rule can judge it on \(tier.rawValue) data")
    case .context: return verdict(.context, "a fact about the authors' data")
    case .contextAsPrinted:
      return verdict(.contextAsPrinted, "the printed numbers are the claim itself")
    case .builtIn: return verdict(.builtIn, "tuned to the paper: agreement proves nothing")
    case .composite: return verdict(.composite, "a summary of other rows")
    case .test where tier == .simulated || tier == .aggregates:
      return verdict(.untestableHere, "rule T judges public data only")
    default: break
    }
    guard let measurement, let measured else {
      return verdict(.undecided, "not measured in this run")
    }
    if case .notAvailable(let why) = measured { return verdict(.untestableHere, why) }
    if let reason = measurement.reason, !reason.isEmpty {
      return verdict(.untestableHere, reason)
    }
    if case .relation(holds: nil, let detail) = measured { return verdict(.undecided, detail) }
    let outcome = outcome(rule.form, measured, claim: claim, seeds: measurement.seeds)
    let speaksBySimulation =
      tier == .simulated && (rule.needsFlip || (claim.kind.isEmpirical && isEffect(rule.form)))
    if speaksBySimulation {
      let final = Simulation.judge(rule.form, outcome, claim: claim, measurement: measurement)
      return verdict(final.verdict, final.reason)
    }
    return verdict(outcome.verdict, outcome.reason)
  }

  /// A verdict before flips, with its reason.
  struct Outcome {
    var verdict: Verdict
    var reason: String

    static func agrees(_ why: String) -> Outcome { Outcome(verdict: .agrees, reason: why) }
    static func disagrees(_ why: String) -> Outcome { Outcome(verdict: .disagrees, reason: why) }
    static func undecided(_ why: String) -> Outcome { Outcome(verdict: .undecided, reason: why) }
  }

  static func isSameness(_ form: ClaimRule.Form) -> Bool {
    if case .sameness = form { true } else { false }
  }

  static func isEffect(_ form: ClaimRule.Form) -> Bool {
    switch form {
    case .ordering, .sameness: true
    default: false
    }
  }

  // MARK: The rules

  /// The rule applied to the primary setting.
  static func outcome(
    _ form: ClaimRule.Form, _ measured: Measured, claim: ClaimDeclaration, seeds: Int?
  ) -> Outcome {
    switch form {
    case .ordering(let margin): return ordering(measured, margin, seeds)
    case .sameness(let low, let high, let allowed):
      return Sameness.judge(measured, low, high, outside: allowed)
    case .rounding: return fact(measured) ?? rounding(measured, claim)
    case .bounds: return fact(measured) ?? bounds(measured, claim)
    case .value: return sameData(measured, claim)
    case .audit, .test:
      return fact(measured)
        ?? .undecided("a number cannot decide this rule; state whether it holds")
    case .context, .contextAsPrinted, .builtIn, .composite, .untestable:
      return .undecided("no rule")
    }
  }

  /// Facts that hold or do not.
  private static func fact(_ measured: Measured) -> Outcome? {
    switch measured {
    case .holds(let holds): return holds ? .agrees("holds") : .disagrees("does not hold")
    case .relation(let holds?, let detail):
      return holds ? .agrees(detail) : .disagrees(detail)
    case .relation(nil, let detail): return .undecided(detail)
    case .set(let names):
      return names.isEmpty
        ? .agrees("none fails") : .disagrees("fails for \(names.joined(separator: ", "))")
    default: return nil
    }
  }

  /// O(m): low > m agrees, high < −m disagrees; at least five seeds, which must be known: cases of
  /// one model, however many, are not seeds.
  private static func ordering(_ measured: Measured, _ margin: Double, _ seeds: Int?) -> Outcome {
    switch measured {
    case .family(let members): return all(members.map { ordering($0, margin, seeds) })
    case .pairedSeeds, .estimate: break
    default:
      return .undecided("an ordering is judged on differences between seeds with their error")
    }
    guard let count = measured.seedCount(stated: seeds) else {
      return .undecided("an ordering needs \(fewestSeeds) seeds, and their number is not stated")
    }
    guard count >= fewestSeeds else {
      return .undecided("an ordering needs \(fewestSeeds) seeds, has \(count)")
    }
    guard let interval = measured.interval() else {
      return .undecided("no 95 % interval can be formed")
    }
    let text = "95 % interval \(show(interval))"
    if interval.low > margin { return .agrees("\(text) above \(show(margin))") }
    if interval.high < -margin { return .disagrees("\(text) below \(show(-margin))") }
    return .undecided("\(text) reaches \(margin == 0 ? "zero" : "±\(show(margin))")")
  }

  /// R on numbers: the value, interval or readings against the printed interval.
  private static func rounding(_ measured: Measured, _ claim: ClaimDeclaration) -> Outcome {
    guard let printed = claim.printedNumber?.interval(tolerance: claim.tolerance) else {
      return .undecided("no printed number to compare with")
    }
    func touches(_ x: Interval) -> Bool { x.low <= printed.high && printed.low <= x.high }
    if case .readings(let readings) = measured {
      let fitting = readings.filter(touches).count
      let text = "\(fitting) of \(readings.count) readings fit \(show(printed))"
      if readings.isEmpty || (fitting > 0 && fitting < readings.count) { return .undecided(text) }
      return fitting > 0 ? .agrees(text) : .disagrees(text)
    }
    guard let interval = measured.interval() else {
      return .undecided("no interval can be formed")
    }
    let text = "\(show(interval)) against the printed \(show(printed))"
    return touches(interval) ? .agrees(text) : .disagrees(text)
  }

  /// B: true, or false, on the whole feasible set.
  private static func bounds(_ measured: Measured, _ claim: ClaimDeclaration) -> Outcome {
    guard let set = measured.interval() else { return .undecided("no feasible set was given") }
    let text = "feasible set \(show(set))"
    let margin = claim.tolerance ?? 0
    switch claim.kind {
    case .ordering, .difference, .test:
      if set.low > margin { return .agrees("\(text) above \(show(margin))") }
      if set.high < -margin { return .disagrees("\(text) below \(show(-margin))") }
      return .undecided("\(text) holds both answers")
    case .sameness:
      if set.low > -margin, set.high < margin { return .agrees("\(text) inside ±\(show(margin))") }
      if set.low > margin || set.high < -margin {
        return .disagrees("\(text) outside ±\(show(margin))")
      }
      return .undecided("\(text) holds both answers")
    default:
      guard let printed = claim.printedNumber?.interval(tolerance: claim.tolerance) else {
        return .undecided("\(text); no printed number to compare with")
      }
      if printed.low <= set.low, set.high <= printed.high {
        return .agrees("\(text) inside the printed \(show(printed))")
      }
      if set.high < printed.low || set.low > printed.high {
        return .disagrees("\(text) misses the printed \(show(printed))")
      }
      return .undecided("\(text) holds more than the printed \(show(printed))")
    }
  }

  /// V: the printed value in our 95 % interval; further out than half a digit disagrees.
  private static func sameData(_ measured: Measured, _ claim: ClaimDeclaration) -> Outcome {
    guard let number = claim.printedNumber else {
      return .undecided("no printed number to compare with")
    }
    guard let ours = measured.interval() else {
      return .undecided("no 95 % interval can be formed")
    }
    let text = "printed \(claim.printed), ours \(show(ours))"
    let printed = number.interval()
    if ours.contains(number.fraction) { return .agrees(text) }
    // A count or an exact value agrees where it prints the same.
    if case .value = measured, printed.contains(ours.low) { return .agrees(text) }
    return printed.high < ours.low || printed.low > ours.high ? .disagrees(text) : .undecided(text)
  }

  /// One outcome for several that must all hold.
  private static func all(_ outcomes: [Outcome]) -> Outcome {
    if let bad = outcomes.first(where: { $0.verdict == .disagrees }) { return bad }
    if let open = outcomes.first(where: { $0.verdict == .undecided }) { return open }
    return outcomes.first ?? .undecided("nothing was compared")
  }

  static func show(_ x: Double) -> String { Printed.significant(x, digits: 3) }
  static func show(_ x: Interval) -> String { "\(show(x.low)) to \(show(x.high))" }
}
