/// Reads ages as radiology data sets write them and counts those that cannot be ages.
///
///     58 · 058Y (years) · 011M (months) · 003D (days)
struct ReleaseAges {
  /// Above it a number is a slip of the pen, such as the 411 and 155 of ChestX-ray14's first release.
  static let oldest = 120.0

  /// Ages at and below this stand for unknown, where the data set has no such patients.
  var unknownUpTo: Double?
  private(set) var missing = 0
  private(set) var impossible = 0

  init(unknownUpTo: Double? = nil) { self.unknownUpTo = unknownUpTo }

  /// Years, or nil for an empty field and for what cannot be an age; throws an input error for text
  /// that is none of the forms above and for negative numbers.
  mutating func years(_ table: ReleaseTable, _ row: Int, _ column: String) throws -> Double? {
    let text = try table.text(row, column).uppercased()
    if text.isEmpty {
      missing += 1
      return nil
    }
    let perYear = ["Y": 1.0, "M": 12, "D": 365.2425][text.suffix(1)]
    guard let number = Double(perYear == nil ? text[...] : text.dropLast()), number.isFinite,
      number >= 0
    else {
      throw table.error(
        row, column, expected: "an age such as 58, 058Y, 011M or 003D, or an empty field")
    }
    return checked(number / (perYear ?? 1))
  }

  /// The age, or nil where it cannot be one.
  mutating func checked(_ years: Double) -> Double? {
    if let unknownUpTo, years <= unknownUpTo {
      missing += 1
      return nil
    }
    guard (0...Self.oldest).contains(years) else {
      impossible += 1
      return nil
    }
    return years
  }

  var notes: [String] { notes(of: "films") }

  /// What a reader must know, of films or whatever the rows are.
  func notes(of rows: String) -> [String] {
    var notes: [String] = []
    if missing > 0 { notes.append("\(missing) \(rows) have no age.") }
    if impossible > 0 {
      notes.append(
        "\(impossible) ages below 0 or above \(Int(Self.oldest)) years count as unknown.")
    }
    return notes
  }
}
