import Kernels

/// Positions inside planes (or volumes) that a pooling picked, [batch, channel, ..., width].
public struct PlanePositions: Sendable {
  /// The shape of the picked elements.
  public let shape: [Int]
  /// Extents ((depth,) height, width) of the planes that the positions point into.
  public let plane: [Int]
  private let storage: Storage

  /// Memory of the pool, given back by its last owner.
  private final class Storage: @unchecked Sendable {
    let buffer: UnsafeMutableBufferPointer<Int32>
    init(count: Int) {
      let raw = MemoryPool.shared.take(count * MemoryLayout<Int32>.stride)
      buffer = UnsafeMutableBufferPointer(
        start: raw.bindMemory(to: Int32.self, capacity: max(1, count)), count: count)
    }
    deinit {
      MemoryPool.shared.give(
        UnsafeMutableRawPointer(buffer.baseAddress!), buffer.count * MemoryLayout<Int32>.stride)
    }
  }

  /// Positions that `fill` writes, all of them.
  init(shape: [Int], plane: [Int], fill: (UnsafeMutablePointer<Int32>) -> Void) {
    self.shape = shape
    self.plane = plane
    storage = Storage(count: shape.reduce(1, *))
    fill(storage.buffer.baseAddress!)
  }

  func withPointer(_ body: (UnsafePointer<Int32>) -> Void) {
    withExtendedLifetime(storage) { body(storage.buffer.baseAddress!) }
  }
}

extension Tensor {
  func poolingGeometry(_ size: Int, _ stride: Int, _ padding: Int) -> PoolingGeometry {
    precondition(rank == 4, "pooling needs [batch, channel, height, width], shape is \(shape)")
    precondition(
      size > 0 && stride > 0 && padding >= 0 && 2 * padding <= size,
      "size (\(size)), stride (\(stride)) must be positive, padding (\(padding)) at most half a size"
    )
    precondition(
      shape[2] + 2 * padding >= size && shape[3] + 2 * padding >= size,
      "size (\(size)) must fit into shape \(shape) with padding \(padding)")
    return PoolingGeometry(
      planes: shape[0] * shape[1], height: shape[2], width: shape[3], size: size, stride: stride,
      padding: padding)
  }

  /// The maximum over windows, and where it was found: the first place of equal ones, as PyTorch.
  /// Windows are cut at the border.
  public func maxPooled(
    size: Int, stride: Int, padding: Int = 0
  ) -> (values: Tensor, positions: PlanePositions) {
    let g = poolingGeometry(size, stride, padding)
    let target = [shape[0], shape[1], g.outputHeight, g.outputWidth]
    var values = Tensor(shape: target) { _ in }
    let places = PlanePositions(shape: target, plane: [shape[2], shape[3]]) { positions in
      values.withUnsafeMutableElements { y in
        if y.isEmpty { return }
        Scalar.maxPool(g, pointer, y.baseAddress!, positions)
      }
    }
    return (values, places)
  }

  /// The elements at the given places of each plane.
  public func gathered(at places: PlanePositions) -> Tensor {
    precondition(
      shape == Array(places.shape[..<2]) + places.plane,
      "shape \(shape) must have the planes \(places.plane) of positions \(places.shape)")
    return Tensor(shape: places.shape) { y in
      if y.isEmpty { return }
      places.withPointer { positions in
        Scalar.gatherPlanes(
          planes: shape[0] * shape[1], source: places.plane.reduce(1, *),
          target: places.shape[2...].reduce(1, *), pointer, positions, y.baseAddress!)
      }
    }
  }

  /// Zeros with the elements added at the given places of each plane: the adjoint of `gathered`.
  public func scattered(at places: PlanePositions) -> Tensor {
    precondition(shape == places.shape, "shape \(shape) must be \(places.shape)")
    return Tensor(shape: Array(shape[..<2]) + places.plane) { y in
      if y.isEmpty { return }
      places.withPointer { positions in
        Scalar.scatterPlanes(
          planes: shape[0] * shape[1], source: shape[2...].reduce(1, *),
          target: places.plane.reduce(1, *), pointer, positions, y.baseAddress!)
      }
    }
  }

  /// The mean over windows; padding counts as zeros (PyTorch's count_include_pad).
  public func averagePooled(size: Int, stride: Int, padding: Int = 0) -> Tensor {
    let g = poolingGeometry(size, stride, padding)
    return Tensor(shape: [shape[0], shape[1], g.outputHeight, g.outputWidth]) { y in
      if y.isEmpty { return }
      Scalar.averagePool(g, pointer, y.baseAddress!)
    }
  }

  /// The gradient of `averagePooled` at this input, from the gradient of its result.
  public func averagePooledGradient(
    upstream: Tensor, size: Int, stride: Int, padding: Int = 0
  ) -> Tensor {
    Self.averageUnpooled(upstream, inputShape: shape, size: size, stride: stride, padding: padding)
  }

  /// The adjoint of `averagePooled` for an input shape.
  public static func averageUnpooled(
    _ upstream: Tensor, inputShape: [Int], size: Int, stride: Int, padding: Int
  ) -> Tensor {
    Tensor(shape: inputShape) { x in
      if x.isEmpty { return }
      let g = PoolingGeometry(
        planes: inputShape[0] * inputShape[1], height: inputShape[2], width: inputShape[3],
        size: size, stride: stride, padding: padding)
      precondition(
        upstream.shape == [inputShape[0], inputShape[1], g.outputHeight, g.outputWidth],
        "upstream shape \(upstream.shape) must be that of pooling \(inputShape)")
      Scalar.averagePoolGradient(g, upstream.pointer, x.baseAddress!)
    }
  }
}
