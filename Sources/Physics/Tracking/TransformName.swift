/// The name of a transform between coordinate systems, as PLUS writes it: `ProbeToTracker`.
public struct TransformName: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let from, to: String

  public init(from: String, to: String) {
    self.from = from
    self.to = to
  }

  /// The two systems in a name; nil unless exactly one "To" stands between a letter and a capital,
  /// so that `TrackerToTool` is clear and `AToBToC` is not a name.
  public init?(_ text: String) {
    let letters = Array(text)
    let places = letters.indices.filter { k in
      k > 0 && k + 2 < letters.count && letters[k] == "T" && letters[k + 1] == "o"
        && letters[k + 2].isUppercase
    }
    guard places.count == 1, letters[0].isUppercase else { return nil }
    self.init(
      from: String(letters[..<places[0]]), to: String(letters[(places[0] + 2)...]))
  }

  public var description: String { from + "To" + to }

  public static func < (a: TransformName, b: TransformName) -> Bool {
    (a.from, a.to) < (b.from, b.to)
  }
}
