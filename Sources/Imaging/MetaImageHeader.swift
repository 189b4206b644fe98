import Foundation
import Kernels

/// The text at the head of a MetaImage file (.mha, .mhd) and of the sequences that PLUS writes.
///
/// Axes are listed x first. Fields that this reader does not know are kept in `fields`.
///
/// Source: MetaIO's documentation, https://itk.org/Wiki/ITK/MetaIO/Documentation.
package struct MetaImageHeader: Sendable {
  /// The header file.
  package let file: String
  /// All fields; of a repeated one the last.
  package let fields: [String: String]
  /// Numbers of voxels, x first.
  package let dimensions: [Int]
  package let type: VoxelType
  /// The file with the voxels and where they start.
  package let dataFile: String
  package let dataOffset: Int
  package let isCompressed: Bool
  package let isBigEndian: Bool

  /// MetaIO's names. MET_LONG and MET_ULONG are missing: their size depends on who wrote them.
  static let typeNames: [VoxelType: String] = [
    .uint8: "MET_UCHAR", .int8: "MET_CHAR", .uint16: "MET_USHORT", .int16: "MET_SHORT",
    .uint32: "MET_UINT", .int32: "MET_INT", .uint64: "MET_ULONG_LONG", .int64: "MET_LONG_LONG",
    .float32: "MET_FLOAT", .float64: "MET_DOUBLE",
  ]

  /// Reads the header, not the voxels.
  package init(_ path: String) throws {
    func fail(_ found: String, _ expected: String, _ hint: String? = nil) -> LightboxError {
      .input(file: path, found: found, expected: expected, hint: hint)
    }
    let (fields, end) = try Self.lines(path)
    file = path
    self.fields = fields
    func isTrue(_ keys: String...) -> Bool {
      keys.contains { ["TRUE", "1", "YES"].contains(fields[$0]?.uppercased() ?? "") }
    }
    guard let sizes = fields["DimSize"] else { throw fail("no field DimSize", "a MetaImage") }
    let dimensions = sizes.split(separator: " ").compactMap { Int($0) }
    guard let stated = fields["NDims"].flatMap({ Int($0) }), stated == dimensions.count,
      dimensions.allSatisfy({ $0 > 0 }),
      // In bytes of the widest type, so that no later product overflows.
      !dimensions.reduce(
        (8, false),
        {
          let product = $0.0.multipliedReportingOverflow(by: $1)
          return (product.partialValue, $0.1 || product.overflow)
        }
      ).1
    else {
      throw fail(
        "NDims = \(fields["NDims"] ?? "") with DimSize = \(sizes)", "as many positive sizes")
    }
    self.dimensions = dimensions
    let name = fields["ElementType"] ?? "none"
    guard let type = Self.typeNames.first(where: { $0.value == name })?.key else {
      throw fail(
        "ElementType \(name)",
        "one of " + VoxelType.allCases.map { Self.typeNames[$0]! }.joined(separator: ", "))
    }
    self.type = type
    if let channels = fields["ElementNumberOfChannels"], channels != "1" {
      throw fail(
        "\(channels) channels", "one number a voxel", "convert colour images to grey before")
    }
    if let binary = fields["BinaryData"], binary.uppercased() == "FALSE" {
      throw fail("voxels as text (BinaryData = False)", "binary voxels")
    }
    isCompressed = isTrue("CompressedData")
    isBigEndian = isTrue("BinaryDataByteOrderMSB", "ElementByteOrderMSB")
    let data = fields["ElementDataFile"] ?? ""
    if data.uppercased() == "LOCAL" {
      dataFile = path
      dataOffset = end
      return
    }
    guard !data.isEmpty, !data.uppercased().hasPrefix("LIST"), !data.contains("%") else {
      throw fail(
        "ElementDataFile = \(data)", "LOCAL or the name of one file", "join the slices before")
    }
    dataFile =
      data.hasPrefix("/")
      ? data
      : ((path as NSString).deletingLastPathComponent as NSString)
        .appendingPathComponent(data)
    let skipped = fields["HeaderSize"].flatMap { Int($0) } ?? 0
    if skipped >= 0 {
      dataOffset = skipped
    } else {
      // MetaIO's -1: the voxels are the last bytes of the file.
      let size = (try? FileManager.default.attributesOfItem(atPath: dataFile)[.size] as? Int) ?? 0
      dataOffset = max(0, size - dimensions.reduce(type.size, *))
    }
  }

  /// The fields up to ElementDataFile, and where the next byte is.
  private static func lines(_ path: String) throws -> (fields: [String: String], end: Int) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists, !isFolder.boolValue, let file = fopen(path, "rb") else {
      throw LightboxError.input(
        file: path, found: isFolder.boolValue ? "a folder" : "no readable file",
        expected: "a MetaImage file")
    }
    defer { fclose(file) }
    var fields: [String: String] = [:]
    var line = [CChar](repeating: 0, count: 1 << 16)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(message: line)
      let parts = text.split(separator: "=", maxSplits: 1)
      guard text.hasSuffix("\n"), parts.count == 2 else {
        if text.allSatisfy(\.isWhitespace) { continue }
        break
      }
      let key = parts[0].trimmingCharacters(in: .whitespacesAndNewlines)
      fields[key] = parts[1].trimmingCharacters(in: .whitespacesAndNewlines)
      if key == "ElementDataFile" { return (fields, ftello(file)) }
    }
    throw LightboxError.input(
      file: path, found: fields.isEmpty ? "no MetaImage header" : "an early end in the header",
      expected: "lines \"key = value\" up to ElementDataFile")
  }

  /// The numbers of the first field present among synonyms; throws unless there are `count`.
  package func numbers(_ keys: [String], count: Int) throws -> [Double]? {
    guard let key = keys.first(where: { fields[$0] != nil }) else { return nil }
    let parts = fields[key]!.split(separator: " ")
    let numbers = parts.compactMap { Double($0) }.filter(\.isFinite)
    guard numbers.count == count, parts.count == count else {
      throw LightboxError.input(
        file: file, found: "\(key) = \(fields[key]!)", expected: "\(count) numbers")
    }
    return numbers
  }

  /// The voxels as a stream, in the order of the file.
  package func voxels() throws -> StoredBytes {
    try StoredBytes(dataFile, offset: dataOffset, isCompressed: isCompressed)
  }

  /// Throws an input error unless the data can hold what the header states, before memory is spent on
  /// it. Deflate expands at most 1032-fold.
  package func checkSize() throws {
    var status = stat()
    guard stat(dataFile, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw LightboxError.input(
        file: dataFile, found: access(dataFile, F_OK) == 0 ? "no readable file" : "no file",
        expected: "the voxels")
    }
    let held = max(0, Int(status.st_size) - dataOffset)
    let stated = dimensions.reduce(type.size, *)
    if !isCompressed, held < stated { throw early(held, of: stated) }
    guard isCompressed, stated / 1032 > held else { return }
    throw LightboxError.input(
      file: dataFile, found: "\(held) bytes of compressed voxels",
      expected: "data for \(stated) bytes, as the header states",
      hint: "the file was cut; copy or download it again")
  }

  /// What is missing when the data hold fewer bytes than the header states.
  package func early(_ found: Int, of expected: Int) -> LightboxError {
    .input(
      file: dataFile, found: "\(found) bytes of voxels",
      expected:
        "\(expected) for \(dimensions.map(String.init).joined(separator: " x ")) of "
        + Self.typeNames[type]!, hint: "the file was cut; copy or download it again")
  }
}
