import Foundation

/// How a claim is judged on one tier, fixed before any run.
///
/// Written as in claims.tsv: `O(0) M(flip)`, `E(.02)`, `E(0.8..1.25)`,
/// `E(.02, at most 1 outside)`, `R`, `B`, `T`, `V`, `X`,
/// `context`, `context (as printed)`, `built in`, `composite`, `-`.
public struct ClaimRule: Hashable, Sendable, CustomStringConvertible {
  public enum Form: Hashable, Sendable {
    /// R: every printed number is an interval of half its last digit; they satisfy the relation.
    case rounding
    /// B: unknown inputs range over their whole feasible set.
    case bounds
    /// O(m): the 95 % interval of paired seed differences lies beyond m; five seeds.
    case ordering(margin: Double)
    /// E: the 90 % interval lies inside low...high, for all members of a family but at most
    /// `outside`.
    case sameness(low: Double, high: Double, outside: Int = 0)
    /// T: the paper's own test, on public data.
    case test
    /// V: the printed value in our 95 % interval, same data and split.
    case value
    /// X: an audit of what the code does.
    case audit
    case context
    /// It only re-reads the printed numbers that state the claim.
    case contextAsPrinted
    /// Tuned to the paper: agreement proves nothing.
    case builtIn
    /// A summary of other rows, without a verdict of its own.
    case composite
    /// People, foreign data, no falsifier.
    case untestable
  }

  public var form: Form
  /// M(flip): a simulation may speak only where a flip was run and flipped.
  public var needsFlip: Bool
  /// What the flip's outcome must be, where the rule names it: `M(flip: … E(.005))`.
  public var description: String

  /// Parses a rule; nil where the text is none.
  public init?(_ text: String) {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    description = trimmed
    needsFlip = false
    let fixed: [String: Form] = [
      "-": .untestable, "untestable here": .untestable, "context": .context,
      "context (as printed)": .contextAsPrinted, "built in": .builtIn, "composite": .composite,
    ]
    if let form = fixed[trimmed.lowercased()] {
      self.form = form
      return
    }
    var found: Form?
    for token in Self.tokens(trimmed) {
      guard let name = token.first else { return nil }
      if name == "M" {
        guard token.count == 1 || token.hasPrefix("M("), !needsFlip else { return nil }
        needsFlip = true
        continue
      }
      guard found == nil, let form = Self.form(token) else { return nil }
      found = form
    }
    guard let found else { return nil }
    if needsFlip {
      switch found {
      case .ordering, .sameness, .audit: break
      default: return nil
      }
    }
    form = found
  }

  /// The outcome that a flip column asks for after its last colon: `no noise: E(.005)`.
  static func required(byFlip text: String) -> Form? {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let rule = ClaimRule(String(text[text.index(after: colon)...]))
    switch rule?.form {
    case .ordering, .sameness: return rule?.form
    default: return nil
    }
  }

  /// Splits at spaces outside parentheses.
  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = [""]
    var depth = 0
    for c in text {
      if c == "(" { depth += 1 }
      if c == ")" { depth -= 1 }
      if depth == 0, c == " " || c == "\t" {
        tokens.append("")
      } else {
        tokens[tokens.count - 1].append(c)
      }
    }
    return tokens.filter { !$0.isEmpty }
  }

  private static func form(_ token: String) -> Form? {
    switch token {
    case "R": return .rounding
    case "B": return .bounds
    case "T": return .test
    case "V": return .value
    case "X": return .audit
    default: break
    }
    guard token.hasSuffix(")"), let open = token.firstIndex(of: "(") else { return nil }
    let inside = String(token[token.index(after: open)...].dropLast())
    switch token[..<open] {
    case "O":
      guard let margin = number(inside), margin >= 0 else { return nil }
      return .ordering(margin: margin)
    case "E":
      let parts = inside.components(separatedBy: ",")
      guard parts.count <= 2, let outside = parts.count == 1 ? 0 : allowed(parts[1]) else {
        return nil
      }
      if let margin = number(parts[0]) {
        return margin > 0 ? .sameness(low: -margin, high: margin, outside: outside) : nil
      }
      let range = parts[0].replacingOccurrences(of: "ratio", with: "")
        .replacingOccurrences(of: " to ", with: "..")
      let ends = range.components(separatedBy: "..").map(number)
      guard ends.count == 2, let low = ends[0], let high = ends[1], low < high else { return nil }
      return .sameness(low: low, high: high, outside: outside)
    default: return nil
    }
  }

  /// The number of `at most 1 outside`; one at least.
  private static func allowed(_ text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.count == 4, words[0] == "at", words[1] == "most", words[3] == "outside",
      let count = Int(words[2]), count > 0
    else { return nil }
    return count
  }

  private static func number(_ text: String) -> Double? {
    var text = text.trimmingCharacters(in: .whitespaces)
    let isPercent = text.hasSuffix("%")
    if isPercent { text = text.dropLast().trimmingCharacters(in: .whitespaces) }
    guard let value = Double(text.hasPrefix(".") ? "0" + text : text), value.isFinite else {
      return nil
    }
    return isPercent ? value / 100 : value
  }
}
