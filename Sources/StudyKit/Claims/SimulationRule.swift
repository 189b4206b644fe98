import Foundation
import Statistics

extension VerdictEngine {
  /// Rule M: a simulation may speak to an empirical claim only if a setting in which the outcome
  /// must reverse was run and reversed it, and only if the outcome of the primary setting (five
  /// seeds, the full rule) recurs in two of the three alternative settings of its knobs.
  ///
  /// A flip that was not run, or did not flip, leaves the outcome undecided: nothing shows that it
  /// could have been otherwise, and leaving a control out must not take a claim off the list of
  /// those at risk. Too few seeds or too few alternatives leave it undecided too, with the map.
  ///
  /// What must reverse is the outcome that there was: where the primary setting disagrees with the
  /// claim, a flip that disagrees as well shows nothing, however rightly it does so.
  enum Simulation {
    static func judge(
      _ form: ClaimRule.Form, _ primary: Outcome, claim: ClaimDeclaration,
      measurement: ClaimMeasurement
    ) -> Outcome {
      guard let flip = measurement.flip else {
        return .undecided(
          "no flip was run: nothing shows that it could have been otherwise "
            + "(primary setting: \(primary.reason))")
      }
      switch flipped(form, flip, from: primary.verdict, claim: claim) {
      case .some(true): break
      case .some(false):
        return .undecided(
          "the flip did not reverse it (\(describe(flip))): nothing shows that it could have "
            + (primary.verdict == .disagrees ? "come out otherwise" : "failed")
            + " (primary setting: \(primary.reason))")
      case .none:
        return .undecided(
          "the flip (\(describe(flip))) needs \(fewestSeedsOfSetting) seeds to be read")
      }
      let seeds = measurement.measured.seedCount(stated: measurement.seeds)
      if isEffect(form), (seeds ?? 0) < fewestSeeds {
        let found = seeds.map { "has \($0)" } ?? "and their number is not stated"
        return .undecided("the primary setting needs \(fewestSeeds) seeds, \(found)")
      }
      let told = "\(primary.reason); flip: \(describe(flip))"
      guard primary.verdict != .undecided else { return .undecided(told) }
      let recurs = measurement.alternatives.map {
        same(form, $0, as: primary.verdict)
      }
      let count = recurs.filter { $0 }.count
      let map = zip(measurement.alternatives, recurs)
        .map { "\(describe($0)) \($1 ? "holds" : "fails")" }.joined(separator: "; ")
      let reason =
        "\(told); alternatives \(count) of \(recurs.count)"
        + (map.isEmpty ? "" : " (\(map))")
      guard count >= alternativesNeeded else { return .undecided(reason) }
      return Outcome(verdict: primary.verdict, reason: reason)
    }

    private static func describe(_ setting: Setting) -> String {
      switch setting.measured {
      case .relation(_, let detail): "\(setting.name): \(detail)"
      case .holds(let holds): "\(setting.name): \(holds ? "holds" : "does not hold")"
      default: "\(setting.name): \(setting.measured.value.map(show) ?? "no value")"
      }
    }

    /// Whether the flip reversed the outcome; nil where too few seeds can tell.
    ///
    /// What must happen is the flip column's own rule (`…: E(.005)`), else the opposite of the
    /// outcome: the mean beyond the margin on the other side, or outside the margin of sameness; for
    /// an outcome that disagrees with the claim, the side that the claim is on.
    static func flipped(
      _ form: ClaimRule.Form, _ flip: Setting, from outcome: Verdict, claim: ClaimDeclaration
    ) -> Bool? {
      let disagreed = outcome == .disagrees
      if let holds = holds(flip.measured) { return holds == disagreed }
      guard let mean = mean(flip) else { return nil }
      switch ClaimRule.required(byFlip: claim.flip) {
      case .sameness(let low, let high, let allowed)?:
        return Sameness.isInside(flip.measured, low, high, outside: allowed)
      case .ordering(let margin)?: return !disagreed && mean < -margin
      default: break
      }
      switch form {
      case .ordering(let margin): return disagreed ? mean > margin : mean < -margin
      case .sameness(let low, let high, let allowed):
        return Sameness.isInside(flip.measured, low, high, outside: allowed).map {
          $0 == disagreed
        }
      default: return nil
      }
    }

    /// Whether a setting shows the outcome that the primary setting had.
    private static func same(
      _ form: ClaimRule.Form, _ setting: Setting, as verdict: Verdict
    ) -> Bool {
      if let holds = holds(setting.measured) { return holds == (verdict == .agrees) }
      guard let mean = mean(setting) else { return false }
      switch form {
      case .ordering(let margin): return verdict == .agrees ? mean > margin : mean < -margin
      case .sameness(let low, let high, let allowed):
        return Sameness.isInside(setting.measured, low, high, outside: allowed)
          == (verdict == .agrees)
      default: return false
      }
    }

    private static func holds(_ measured: Measured) -> Bool? {
      switch measured {
      case .holds(let holds), .relation(let holds?, _): holds
      case .set(let names): names.isEmpty
      default: nil
      }
    }

    /// The mean over at least three seeds; of a family, the member furthest from zero.
    private static func mean(_ setting: Setting) -> Double? {
      guard let seeds = setting.measured.seedCount(stated: setting.seeds),
        seeds >= fewestSeedsOfSetting
      else { return nil }
      return setting.measured.value
    }
  }
}
