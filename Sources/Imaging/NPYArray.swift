import Kernels
import Tensors

/// An array as NumPy stores it: element type, shape and values in row-major order.
public struct NPYArray: Sendable {
  /// Element types, named as in NumPy's descriptors without the byte order.
  public enum ElementType: String, Sendable, CaseIterable {
    case bool = "b1"
    case u1, u2, u4, u8
    case i1, i2, i4, i8
    case f4, f8

    /// Bytes an element.
    public var size: Int { Int(rawValue.suffix(1))! }
  }

  /// Extents from the slowest to the fastest axis; empty for a single number.
  public let shape: [Int]
  public let type: ElementType
  /// Elements in row-major order, little-endian.
  public let bytes: [UInt8]
  /// What errors call the array: the file, for a member of an archive with its name.
  public let file: String

  init(shape: [Int], type: ElementType, bytes: [UInt8], file: String) {
    self.shape = shape
    self.type = type
    self.bytes = bytes
    self.file = file
  }

  /// An array of elements in row-major order.
  public init<Element: NPYElement>(shape: [Int], _ elements: [Element]) {
    precondition(
      shape.reduce(1, *) == elements.count,
      "shape \(shape) must hold the given elements (count \(elements.count))")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(elements.count * Element.npyType.size)
    for element in elements { element.appendLittleEndian(to: &bytes) }
    self.init(shape: shape, type: Element.npyType, bytes: bytes, file: "array")
  }

  /// A tensor as f4 or f8.
  public init<Scalar: TensorScalar & NPYElement>(_ tensor: Tensor<Scalar>) {
    self.init(shape: tensor.shape, tensor.elements)
  }

  /// Number of elements.
  public var count: Int { bytes.count / type.size }

  /// The elements, when they have exactly this type; throws an input error otherwise.
  public func elements<Element: NPYElement>(of type: Element.Type) throws -> [Element] {
    guard type.npyType == self.type else {
      throw LightboxError.input(
        file: file, found: "elements of type \(self.type.rawValue)",
        expected: "type \(type.npyType.rawValue)")
    }
    return load(type)
  }

  /// All elements as Double; 64-bit integers beyond 2^53 are rounded, booleans are 0 and 1.
  public var doubles: [Double] {
    converted {
      Double($0)
    } integers: {
      Double($0)
    }
  }

  /// All elements as Float, rounded to nearest; booleans are 0 and 1.
  public var floats: [Float] {
    converted {
      Float($0)
    } integers: {
      Float($0)
    }
  }

  /// All elements as integers; floating-point elements must be whole, else an input error.
  public func integers() throws -> [Int] {
    var bad: Double?
    let result: [Int] = converted { value in
      if let whole = Int(exactly: value) { return whole }
      bad = bad ?? value
      return 0
    } integers: { value in
      if let whole = Int(exactly: value) { return whole }
      bad = bad ?? Double(value)
      return 0
    }
    guard let bad else { return result }
    throw LightboxError.input(file: file, found: "\(bad)", expected: "integers")
  }

  /// The array as a tensor of Float.
  public var tensor: Tensor<Float> { Tensor(shape: shape, floats) }

  private func load<Element: NPYElement>(_: Element.Type) -> [Element] {
    bytes.withUnsafeBytes { raw in
      (0..<count).map { Element(littleEndian: raw, at: $0 * type.size) }
    }
  }

  private func converted<Result>(
    _ real: (Double) -> Result, integers: (Int128) -> Result
  ) -> [Result] {
    switch type {
    case .bool: load(Bool.self).map { integers($0 ? 1 : 0) }
    case .u1: load(UInt8.self).map { integers(Int128($0)) }
    case .u2: load(UInt16.self).map { integers(Int128($0)) }
    case .u4: load(UInt32.self).map { integers(Int128($0)) }
    case .u8: load(UInt64.self).map { integers(Int128($0)) }
    case .i1: load(Int8.self).map { integers(Int128($0)) }
    case .i2: load(Int16.self).map { integers(Int128($0)) }
    case .i4: load(Int32.self).map { integers(Int128($0)) }
    case .i8: load(Int64.self).map { integers(Int128($0)) }
    case .f4: load(Float.self).map { real(Double($0)) }
    case .f8: load(Double.self).map { real($0) }
    }
  }
}

/// A Swift type that NumPy has a descriptor for.
public protocol NPYElement: Sendable {
  static var npyType: NPYArray.ElementType { get }
  /// The element stored at a byte offset.
  init(littleEndian bytes: UnsafeRawBufferPointer, at offset: Int)
  func appendLittleEndian(to bytes: inout [UInt8])
}

extension NPYElement where Self: FixedWidthInteger {
  public init(littleEndian bytes: UnsafeRawBufferPointer, at offset: Int) {
    self.init(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Self.self))
  }
  public func appendLittleEndian(to bytes: inout [UInt8]) {
    withUnsafeBytes(of: littleEndian) { bytes.append(contentsOf: $0) }
  }
}

extension UInt8: NPYElement { public static var npyType: NPYArray.ElementType { .u1 } }
extension UInt16: NPYElement { public static var npyType: NPYArray.ElementType { .u2 } }
extension UInt32: NPYElement { public static var npyType: NPYArray.ElementType { .u4 } }
extension UInt64: NPYElement { public static var npyType: NPYArray.ElementType { .u8 } }
extension Int8: NPYElement { public static var npyType: NPYArray.ElementType { .i1 } }
extension Int16: NPYElement { public static var npyType: NPYArray.ElementType { .i2 } }
extension Int32: NPYElement { public static var npyType: NPYArray.ElementType { .i4 } }
extension Int64: NPYElement { public static var npyType: NPYArray.ElementType { .i8 } }

extension Bool: NPYElement {
  public static var npyType: NPYArray.ElementType { .bool }
  public init(littleEndian bytes: UnsafeRawBufferPointer, at offset: Int) {
    self = bytes[offset] != 0
  }
  public func appendLittleEndian(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension Float: NPYElement {
  public static var npyType: NPYArray.ElementType { .f4 }
  public init(littleEndian bytes: UnsafeRawBufferPointer, at offset: Int) {
    self.init(bitPattern: UInt32(littleEndian: bytes, at: offset))
  }
  public func appendLittleEndian(to bytes: inout [UInt8]) {
    bitPattern.appendLittleEndian(to: &bytes)
  }
}

extension Double: NPYElement {
  public static var npyType: NPYArray.ElementType { .f8 }
  public init(littleEndian bytes: UnsafeRawBufferPointer, at offset: Int) {
    self.init(bitPattern: UInt64(littleEndian: bytes, at: offset))
  }
  public func appendLittleEndian(to bytes: inout [UInt8]) {
    bitPattern.appendLittleEndian(to: &bytes)
  }
}
