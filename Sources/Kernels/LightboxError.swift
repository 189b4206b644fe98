/// An error that says what was found, what was expected and what to do next.
///
///     throw LightboxError.input(
///       file: "labels.csv", row: 12, column: "effusion", found: "7", expected: "0 or 1",
///       hint: "map graded labels with --columns")
///
/// prints as `labels.csv, row 12, column effusion: found 7, expected 0 or 1; map graded labels …`.
/// Rows count from 1 and the header is row 1, as a spreadsheet shows them.
public struct LightboxError: Error, CustomStringConvertible, Sendable {
  /// The process exit code that an error of this kind ends a command with (sysexits).
  public enum Kind: Int32, Sendable {
    case usage = 64
    case input = 65
    case software = 70
    case cannotWrite = 73
    case io = 74
    case locked = 75
  }

  public var kind: Kind
  public var description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// Bad data in a file: exit code 65.
  public static func input(
    file: String, row: Int? = nil, column: String? = nil, found: String, expected: String,
    hint: String? = nil
  ) -> LightboxError {
    var place = file
    if let row { place += ", row \(row)" }
    if let column { place += ", column \(column)" }
    let next = hint.map { "; \($0)" } ?? ""
    return LightboxError(.input, "\(place): found \(found), expected \(expected)\(next)")
  }

  /// An output that cannot be made: exit code 73.
  public static func cannotWrite(_ path: String, _ why: String) -> LightboxError {
    LightboxError(.cannotWrite, "\(path): cannot write: \(why)")
  }
}
