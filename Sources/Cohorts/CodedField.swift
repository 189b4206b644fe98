/// A field in the coding of the knee studies' text files: a number, alone or before a colon and its
/// meaning (`1: Right`), or a code that stands for a missing value.
enum CodedField: Equatable {
  case number(Double)
  /// The code as written: "" for an empty field, "." or "." and a letter as SAS writes them, or one
  /// of the codes of the study.
  case missing(String)

  /// Reads a field without padding; nil where it is neither. `codes` are further missing codes.
  init?(_ text: String, missing codes: Set<String> = []) {
    let code = String(text.prefix { $0 != ":" }).withoutPadding
    if code.isEmpty || codes.contains(code.uppercased()) || Self.isSASMissing(code) {
      self = .missing(code)
    } else if let value = Double(code), value.isFinite {
      self = .number(value)
    } else {
      return nil
    }
  }

  /// The number, or nil where it is missing.
  var value: Double? {
    if case .number(let value) = self { return value }
    return nil
  }

  private static func isSASMissing(_ code: String) -> Bool {
    guard code.first == ".", code.count <= 2 else { return false }
    return code.dropFirst().allSatisfy { $0 == "_" || ($0.isASCII && $0.isLetter) }
  }
}

extension ReleaseTable {
  /// A coded field as a number from a range, or the code of a missing value.
  ///
  /// Throws an input error at the field when it is another text or a number beyond the range.
  func coded(
    _ row: Int, _ column: String, in range: ClosedRange<Double>, missing codes: Set<String> = []
  ) throws -> CodedField {
    guard let field = CodedField(try text(row, column), missing: codes),
      field.value.map(range.contains) ?? true
    else {
      let (low, high) = (Int(range.lowerBound), Int(range.upperBound))
      throw error(row, column, expected: "\(low) to \(high) or a missing code such as . or .A")
    }
    return field
  }
}
