import Kernels

/// A dense array of numbers with a shape, row-major, as a value.
///
/// Images are [batch, channel, height, width], volumes [batch, channel, depth, height, width].
/// Storage is shared until written (copy on write). Rank 0 is a single number.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// Extents from the slowest to the fastest axis.
  public private(set) var shape: [Int]
  @usableFromInline var storage: Storage

  /// The memory behind tensors: one aligned block of the pool, given back by its last owner.
  @usableFromInline
  final class Storage: @unchecked Sendable {
    @usableFromInline let buffer: UnsafeMutableBufferPointer<Scalar>
    init(count: Int) {
      let raw = MemoryPool.shared.take(count * MemoryLayout<Scalar>.stride)
      buffer = UnsafeMutableBufferPointer(
        start: raw.bindMemory(to: Scalar.self, capacity: max(1, count)), count: count)
    }
    deinit {
      MemoryPool.shared.give(
        UnsafeMutableRawPointer(buffer.baseAddress!), buffer.count * MemoryLayout<Scalar>.stride)
    }
  }

  /// The elements, for kernels in this module; valid while the tensor is alive.
  var pointer: UnsafePointer<Scalar> { UnsafePointer(storage.buffer.baseAddress!) }

  /// A tensor whose elements `fill` writes; every element must be written.
  public init(
    shape: [Int], fill: (UnsafeMutableBufferPointer<Scalar>) throws -> Void
  ) rethrows {
    precondition(shape.allSatisfy { $0 >= 0 }, "shape \(shape) must not be negative")
    self.shape = shape
    storage = Storage(count: shape.reduce(1, *))
    try fill(storage.buffer)
  }

  /// A tensor from its elements in row-major order.
  public init(shape: [Int], _ elements: [Scalar]) {
    precondition(
      shape.reduce(1, *) == elements.count,
      "shape \(shape) must hold the given elements (count \(elements.count))")
    self.init(shape: shape) { _ = $0.initialize(from: elements) }
  }

  /// A tensor of one repeated number.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public init(repeating value: Scalar, shape: [Int]) {
    self.init(shape: shape) { $0.initialize(repeating: value) }
  }

  /// A tensor of rank 0.
  public init(_ value: Scalar) { self.init(repeating: value, shape: []) }

  /// A tensor of zeros.
  public static func zeros(_ shape: [Int]) -> Tensor { Tensor(repeating: 0, shape: shape) }

  /// A tensor of ones.
  public static func ones(_ shape: [Int]) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// Number of elements.
  public var count: Int { storage.buffer.count }

  /// Number of axes.
  public var rank: Int { shape.count }

  /// The elements in row-major order, as an array.
  public var elements: [Scalar] { Array(storage.buffer) }

  /// The only element of a tensor that has one.
  public var item: Scalar {
    precondition(count == 1, "item needs one element, shape \(shape) has \(count)")
    return storage.buffer[0]
  }

  /// The element at an index tuple; for tests and small tables, not for loops.
  public subscript(_ index: Int...) -> Scalar {
    get { storage.buffer[offset(index)] }
    set {
      let position = offset(index)
      withUnsafeMutableElements { $0[position] = newValue }
    }
  }

  private func offset(_ index: [Int]) -> Int {
    precondition(
      index.count == rank && zip(index, shape).allSatisfy { (0..<$1).contains($0) },
      "index \(index) must lie inside shape \(shape)")
    return zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// Reads the elements in row-major order.
  @inlinable
  public func withUnsafeElements<Result>(
    _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(storage.buffer)) }
  }

  /// Writes the elements in place; storage shared with other tensors is copied first.
  public mutating func withUnsafeMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    if !isKnownUniquelyReferenced(&storage) {
      let copy = Storage(count: count)
      _ = copy.buffer.initialize(from: storage.buffer)
      storage = copy
    }
    return try withExtendedLifetime(storage) { try body(storage.buffer) }
  }

  /// The same elements under another shape; one extent may be -1 and is then worked out.
  public func reshaped(_ newShape: [Int]) -> Tensor {
    var target = newShape
    if let hole = target.firstIndex(of: -1) {
      let rest = target.enumerated().reduce(1) { $1.offset == hole ? $0 : $0 * $1.element }
      target[hole] = rest == 0 ? 0 : count / rest
    }
    precondition(
      target.reduce(1, *) == count, "shape \(newShape) must hold \(count) elements of \(shape)")
    var result = self
    result.shape = target
    return result
  }
}

extension Tensor: Equatable {
  /// Whether shapes and all elements are equal (NaN equals nothing).
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && a.storage.buffer.elementsEqual(b.storage.buffer)
  }
}
