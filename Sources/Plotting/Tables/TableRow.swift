/// A column of a table: its name, the unit of its values and how many digits are written.
public struct Column: Sendable, Hashable {
  public var name: String
  /// Unit as printed in the header, `volume [ml]`; nil for counts, shares and names.
  public var unit: String?
  /// Significant digits written; nil writes the shortest decimal that reads back to the same
  /// Double. Digits round what is written, so values read back are the rounded ones.
  public var digits: Int?

  public init(_ name: String, unit: String? = nil, digits: Int? = nil) {
    precondition(digits.map { (1...17).contains($0) } ?? true, "digits (\(digits!)) not in 1...17")
    self.name = name
    self.unit = unit
    self.digits = digits
  }

  /// The header cell: `name` or `name [unit]`.
  public var heading: String { unit.map { "\(name) [\($0)]" } ?? name }
}

/// A row of a table as a plain struct.
///
/// `columns` follow the stored properties in their order; a property's name and its column's name
/// need not be equal. Properties are String, Bool, Double, Float, integers, enums with a raw
/// value, and optionals of these (nil is the empty cell). A nested struct of such properties
/// takes one column for each of them.
///
///     struct PrivacyRow: TableRow {
///       static let columns = [Column("epsilon"), Column("auroc", digits: 4)]
///       var epsilon, auroc: Double
///     }
public protocol TableRow: Codable {
  static var columns: [Column] { get }
}
