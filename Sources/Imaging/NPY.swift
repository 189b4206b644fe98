import Kernels

/// NumPy's `.npy` format: header versions 1.0 to 3.0, both byte orders, C and Fortran order.
///
/// Arrays of Python objects are refused: unpickling runs code. Written files are version 1.0 (2.0
/// where the header needs it), little-endian, C order, as `numpy.save` writes them.
///
/// Source: numpy.lib.format, NEP 1.
public enum NPY {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The array in a file.
  ///
  /// Throws an input error naming the file when it is missing, not a `.npy`, truncated, or of an
  /// element type that is not a number or boolean.
  public static func read(_ path: String) throws -> NPYArray {
    try decode(try FileBytes.read(path), file: path)
  }

  /// The array in `.npy` bytes; `file` names them in errors.
  public static func decode(_ bytes: [UInt8], file: String) throws -> NPYArray {
    func fail(_ found: String, _ expected: String = "a NumPy array") -> LightboxError {
      .input(file: file, found: found, expected: expected)
    }
    guard bytes.starts(with: magic) else {
      throw fail(bytes.isEmpty ? "an empty file" : "no NumPy signature")
    }
    guard bytes.count >= 12 else { throw fail("an early end in the header") }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw fail("format version \(version).\(bytes[7])", "version 1, 2 or 3")
    }
    let start = version == 1 ? 10 : 12
    var length = 0
    for i in (8..<start).reversed() { length = length << 8 | Int(bytes[i]) }
    guard length <= bytes.count - start else { throw fail("an early end in the header") }
    let text = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
    guard let header = NPYHeader(text) else { throw fail("the header \(text)") }
    guard let type = NPYArray.ElementType(rawValue: header.descriptor) else {
      throw fail(
        "elements of type \(header.order)\(header.descriptor)",
        "one of " + NPYArray.ElementType.allCases.map(\.rawValue).joined(separator: ", "))
    }
    var size = type.size
    for extent in header.shape {
      let product = size.multipliedReportingOverflow(by: extent)
      guard !product.overflow else { throw fail("shape \(header.shape)", "a shape that fits") }
      size = product.partialValue
    }
    guard bytes.count - start - length >= size else {
      throw fail(
        "\(bytes.count - start - length) bytes of data", "\(size) for shape \(header.shape)")
    }
    var data = Array(bytes[(start + length)..<(start + length + size)])
    if header.order == ">" { swapBytes(&data, type.size) }
    if header.isFortran, header.shape.count > 1 {
      data = rowMajor(data, shape: header.shape, size: type.size)
    }
    return NPYArray(shape: header.shape, type: type, bytes: data, file: file)
  }

  /// `.npy` bytes of an array.
  public static func encode(_ array: NPYArray) -> [UInt8] {
    let order = array.type.size == 1 ? "|" : "<"
    let extents = array.shape.map(String.init).joined(separator: ", ")
    let shape = array.shape.count == 1 ? "(\(extents),)" : "(\(extents))"
    let text =
      "{'descr': '\(order)\(array.type.rawValue)', 'fortran_order': False, 'shape': \(shape), }"
    // Header and preamble end on a multiple of 64 bytes, the last byte being a newline.
    var prefix = 10
    if (text.utf8.count + prefix + 64) / 64 * 64 - prefix > 0xFFFF { prefix = 12 }
    let total = (text.utf8.count + prefix + 64) / 64 * 64
    let length = total - prefix
    var output = magic + [prefix == 10 ? 1 : 2, 0]
    for i in 0..<(prefix - 8) { output.append(UInt8(truncatingIfNeeded: length >> (8 * i))) }
    output += Array(text.utf8)
    output += [UInt8](repeating: UInt8(ascii: " "), count: total - 1 - output.count)
    output.append(UInt8(ascii: "\n"))
    return output + array.bytes
  }

  /// Writes an array to a file, whole or not at all.
  public static func write(_ array: NPYArray, to path: String) throws {
    try FileBytes.write(encode(array), to: path)
  }

  private static func swapBytes(_ data: inout [UInt8], _ size: Int) {
    data.withUnsafeMutableBufferPointer { data in
      for start in stride(from: 0, to: data.count, by: size) {
        for i in 0..<(size / 2) { data.swapAt(start + i, start + size - 1 - i) }
      }
    }
  }

  /// Elements stored with the first axis fastest, put in row-major order.
  private static func rowMajor(_ data: [UInt8], shape: [Int], size: Int) -> [UInt8] {
    var strides = [Int](repeating: size, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var output = data
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    for target in stride(from: 0, to: data.count, by: size) {
      for byte in 0..<size { output[target + byte] = data[source + byte] }
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return output
  }
}

/// The dictionary literal at the head of a `.npy` file.
struct NPYHeader {
  var order: Character = "|"
  var descriptor = ""
  var isFortran = false
  var shape: [Int] = []

  /// Nil when a key is missing or a value is not of its kind.
  init?(_ text: String) {
    guard let description = Self.value("descr", text), let quote = description.first,
      quote == "'" || quote == "\"",
      let close = description.dropFirst().firstIndex(of: quote)
    else { return nil }
    descriptor = String(description[description.index(after: description.startIndex)..<close])
    if let first = descriptor.first, "<>|=".contains(first) {
      order = first
      descriptor.removeFirst()
    }
    guard let fortran = Self.value("fortran_order", text) else { return nil }
    if fortran.hasPrefix("True") {
      isFortran = true
    } else if !fortran.hasPrefix("False") {
      return nil
    }
    guard let tuple = Self.value("shape", text), tuple.first == "(",
      let end = tuple.firstIndex(of: ")")
    else { return nil }
    for part in tuple[tuple.index(after: tuple.startIndex)..<end].split(separator: ",") {
      // Python 2 wrote extents as 12L.
      let digits = part.filter { $0 != " " && $0 != "L" }
      if digits.isEmpty { continue }
      guard let extent = Int(digits), extent >= 0 else { return nil }
      shape.append(extent)
    }
  }

  /// The text after a key and its colon.
  private static func value(_ key: String, _ text: String) -> Substring? {
    for quote in ["'", "\""] {
      guard let place = text.firstRange(of: "\(quote)\(key)\(quote)") else { continue }
      var rest = text[place.upperBound...].drop { $0 == " " }
      guard rest.first == ":" else { return nil }
      rest = rest.dropFirst().drop { $0 == " " }
      return rest
    }
    return nil
  }
}
