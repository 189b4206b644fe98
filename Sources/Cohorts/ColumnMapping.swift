import Foundation
import Imaging
import Kernels

/// Which columns of a table hold what, and how images become tensors.
///
/// Written as pairs, `image=path,patient=subject_id,sex=patient_sex,age=age,split=split,
/// labels=effusion;cardiomegaly`, or as a JSON file with the same keys, where `labels` is an
/// array. Columns that are not mapped are looked for under their own key ("image", "patient",
/// "sex", …); labels under "label" and names starting with "label_" or "label.".
public struct ColumnMapping: Sendable, Equatable {
  /// Columns by role: image, case, patient, sex, age, comorbidities, split, site, findings.
  public var columns: [String: String] = [:]
  /// Columns of the labels or, with a findings column, the names to look for in it.
  public var labels: [String] = []
  /// What the sex column holds for women and men, beside F, M, female and male.
  public var female, male: String?
  /// Folder of the images, relative to the table's; "" for the table's own.
  public var folder = ""
  /// Height and width of the images in the cohort; nil keeps the files' own, all equal.
  public var height, width: Int?
  /// 1 for grey, 3 for RGB.
  public var channels = 1
  /// Where the data come from; restricted unless said otherwise.
  public var tier = DataTier.restricted
  /// Name of the data set; by default that of the file or folder.
  public var name: String?

  static let roles = [
    "image", "case", "patient", "sex", "age", "comorbidities", "split", "site", "findings",
  ]
  static let options = [
    "labels", "female", "male", "folder", "size", "channels", "tier", "name",
  ]

  /// The mapping of a table that uses the keys as its column names.
  public init() {}

  /// Parses pairs, or reads the JSON file when the text ends in `.json`.
  ///
  /// Throws a usage error for an unknown key or a bad value, an input error for a bad file.
  public init(_ text: String) throws {
    self.init()
    if text.hasSuffix(".json") {
      try read(json: text)
      return
    }
    for pair in text.split(separator: ",") {
      guard let equals = pair.firstIndex(of: "=") else {
        throw LightboxError(
          .usage, "column mapping: found \(pair), expected pairs such as image=path,sex=gender")
      }
      let key = pair[..<equals].trimmingCharacters(in: .whitespaces)
      let value = pair[pair.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      try set(key, value.split(separator: ";").map(String.init), "column mapping", .usage)
    }
  }

  private mutating func read(json path: String) throws {
    let data = Data(try FileBytes.read(path))
    guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw LightboxError.input(
        file: path, found: "text that is not a JSON object",
        expected: "an object such as {\"image\": \"path\", \"labels\": [\"effusion\"]}")
    }
    for key in object.keys.sorted() {
      let values: [String]
      switch object[key] {
      case let text as String: values = [text]
      case let list as [String]: values = list
      case let number as NSNumber: values = [number.stringValue]
      default:
        throw LightboxError.input(
          file: path, column: key, found: "a value of another kind",
          expected: "a text, a number or an array of texts")
      }
      try set(key, values, path, .input)
    }
  }

  private mutating func set(
    _ key: String, _ values: [String], _ source: String, _ kind: LightboxError.Kind
  ) throws {
    func fail(_ expected: String) -> LightboxError {
      LightboxError(
        kind, "\(source): found \(key)=\(values.joined(separator: ";")), expected \(expected)")
    }
    if key == "labels" {
      labels = values
      return
    }
    guard Self.roles.contains(key) || Self.options.contains(key) else {
      throw fail("one of \((Self.roles + Self.options).joined(separator: ", "))")
    }
    guard values.count == 1, let value = values.first else { throw fail("one value") }
    switch key {
    case "female": female = value
    case "male": male = value
    case "folder": folder = value
    case "name": name = value
    case "size":
      let parts = value.split(separator: "x").compactMap { Int($0) }
      guard (1...2).contains(parts.count), parts.allSatisfy({ (1...16384).contains($0) }) else {
        throw fail("pixels such as size=64 or size=64x48 (height x width)")
      }
      (height, width) = (parts[0], parts.last!)
    case "channels":
      guard let number = Int(value), number == 1 || number == 3 else { throw fail("1 or 3") }
      channels = number
    case "tier":
      guard let named = DataTier(rawValue: value) else {
        throw fail("simulated, aggregates, public or restricted")
      }
      tier = named
    default: columns[key] = value
    }
  }

  /// The column of a role: as mapped, else one of that name if the table has it.
  ///
  /// Throws an input error listing the table's columns when a mapped column is missing.
  func column(_ role: String, in table: TextTable) throws -> String? {
    if let mapped = columns[role] {
      _ = try table.index(of: mapped)
      return mapped
    }
    return table.has(role) ? role : nil
  }

  /// Columns (or findings) of the labels.
  func labelColumns(in table: TextTable) throws -> [String] {
    if !labels.isEmpty {
      if columns["findings"] == nil { for name in labels { _ = try table.index(of: name) } }
      return labels
    }
    let found = table.header.filter {
      $0 == "label" || $0.hasPrefix("label_") || $0.hasPrefix("label.")
    }
    guard !found.isEmpty else {
      throw LightboxError.input(
        file: table.file, found: "no label column",
        expected: "columns named in labels=…, one of \(table.header.joined(separator: ", "))")
    }
    return found
  }
}
