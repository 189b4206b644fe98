import Kernels

/// `{{id}}` in prose: numbers of the run, never typed.
///
/// - `{{id}}` of a value or text: as printed, with its unit; `{{id.number}}` without.
/// - `{{id}}` of a claim: measured value with interval. `.value`, `.low`, `.high`, `.paper`,
///   `.verdict` (with the tier), `.reason`, `.tier` are its parts. A claim judged on several tiers
///   gives the row at risk that comes last in the ledger; `{{id@public}}`, `{{id@public.low}}`
///   name a tier.
struct Substitution {
  private var words: [String: String] = [:]

  init(log: [LogRow], claims: [WovenClaim]) {
    for row in log where row.kind == .value || row.kind == .text {
      let value = row.value ?? ""
      words[row.id] = row.unit.map { "\(value) \($0)" } ?? value
      words[row.id + ".number"] = value
    }
    func put(_ key: String, _ claim: WovenClaim) {
      func number(_ value: Double?) -> String? {
        var alone = claim
        alone.measured = value
        alone.low = nil
        return value == nil ? nil : alone.outcome
      }
      let parts: [(String, String?)] = [
        ("", claim.outcome.isEmpty ? claim.verdict : claim.outcome),
        (".value", number(claim.measured)), (".low", number(claim.low)),
        (".high", number(claim.high)), (".paper", claim.printed), (".verdict", claim.judged),
        (".reason", claim.reason), (".tier", claim.tier),
      ]
      for (suffix, text) in parts { words[key + suffix] = text ?? "–" }
    }
    var chosen: [String: WovenClaim] = [:]
    for claim in claims {
      put("\(claim.id)@\(claim.tier)", claim)
      if chosen[claim.id] == nil || claim.isAtRisk || !chosen[claim.id]!.isAtRisk {
        chosen[claim.id] = claim
      }
    }
    for claim in chosen.values { put(claim.id, claim) }
  }

  /// The line with every `{{id}}` replaced.
  ///
  /// - Throws: an input error naming file and line for an id that nothing has.
  func applied(to line: String, file: String, row: Int) throws -> String {
    var result = ""
    var rest = line[...]
    while let open = rest.range(of: "{{"),
      let close = rest[open.upperBound...].range(of: "}}")
    {
      result += rest[..<open.lowerBound]
      let id = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
      guard let text = words[id] else {
        let near = words.keys.filter { $0.hasPrefix(id.prefix(4)) }.sorted().first
        throw LightboxError.input(
          file: file, row: row, found: "{{\(id)}}",
          expected: "the id of a claim, a value or a text of this run",
          hint: near.map { "did you mean \($0)?" } ?? "the run made no such output")
      }
      result += text
      rest = rest[close.upperBound...]
    }
    return result + rest
  }
}
