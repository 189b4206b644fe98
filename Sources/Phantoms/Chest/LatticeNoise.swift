import Foundation
import Kernels

/// Smooth correlated noise in the plane: unit normal numbers on a turned square lattice under
/// quadratic B-splines, rescaled to unit variance on average.
///
/// A function of millimetres, not of pixels: images of any resolution sample the same field.
struct LatticeNoise: Sendable {
  private let nodes: Nodes
  private let size: Int
  private let inverse, cosine, sine: Float

  /// Node values at a fixed address, so that reading one costs no bookkeeping.
  private final class Nodes: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Float>
    init(count: Int) {
      // One more, since nodes are read four at a time.
      values = .allocate(capacity: count + 1)
      values.initialize(repeating: 0)
    }
    deinit { values.deallocate() }
  }

  /// A field with the given lattice constant that covers a disc around the origin.
  init(spacingMM: Double, radiusMM: Double, stream: inout RandomStream) {
    size = 2 * Int((radiusMM / spacingMM).rounded(.up)) + 4
    let angle = stream.uniform(in: 0...1.5)
    cosine = Float(cos(angle))
    sine = Float(sin(angle))
    inverse = Float(1 / spacingMM)
    nodes = Nodes(count: size * size)
    stream.fillNormal(UnsafeMutableBufferPointer(rebasing: nodes.values[0..<(size * size)]))
  }

  /// The field at a point in millimetres.
  @inline(__always)
  func callAsFunction(_ x: Float, _ y: Float) -> Float {
    let half = Float(size) / 2
    let limit = Float(size) - 2.01
    let u = min(limit, max(1, (cosine * x + sine * y) * inverse + half))
    let v = min(limit, max(1, (cosine * y - sine * x) * inverse + half))
    let i = Int(u + 0.5)
    let j = Int(v + 0.5)
    let a = Self.weights(u - Float(i))
    let b = Self.weights(v - Float(j))
    let at = UnsafeRawPointer(nodes.values.baseAddress! + ((j &- 1) &* size &+ i &- 1))
    let line = size &* MemoryLayout<Float>.stride
    // Four nodes of each of three rows; the fourth column has no weight.
    let upper = at.loadUnaligned(as: SIMD4<Float>.self)
    let middle = at.loadUnaligned(fromByteOffset: line, as: SIMD4<Float>.self)
    let lower = at.loadUnaligned(fromByteOffset: 2 &* line, as: SIMD4<Float>.self)
    let column = upper * b.x + middle * b.y + lower * b.z
    let sum = a.x * column.x + a.y * column.y + a.z * column.z
    // The mean over a cell of the squared weights is (11/20)² in two dimensions.
    return sum * (20.0 / 11)
  }

  @inline(__always)
  private static func weights(_ t: Float) -> SIMD3<Float> {
    let low = 0.5 - t
    let high = 0.5 + t
    return SIMD3(0.5 * low * low, 0.75 - t * t, 0.5 * high * high)
  }
}
