import Foundation
import Kernels

/// Smooth correlated noise in the plane: unit normal numbers on a turned square lattice with
/// quintic interpolation, rescaled to unit variance on average.
///
/// A function of millimetres, not of pixels: images of any resolution sample the same field.
struct LatticeNoise: Sendable {
  private let nodes: [Float]
  private let size: Int
  private let inverse, cosine, sine: Float

  /// A field with the given lattice constant that covers a disc around the origin.
  init(spacingMM: Double, radiusMM: Double, stream: inout RandomStream) {
    size = 2 * Int((radiusMM / spacingMM).rounded(.up)) + 4
    let angle = stream.uniform(in: 0...1.5)
    cosine = Float(cos(angle))
    sine = Float(sin(angle))
    inverse = Float(1 / spacingMM)
    var drawn = [Float](repeating: 0, count: size * size)
    drawn.withUnsafeMutableBufferPointer { stream.fillNormal($0) }
    nodes = drawn
  }

  /// The field at a point in millimetres.
  func callAsFunction(_ x: Float, _ y: Float) -> Float {
    let half = Float(size) / 2
    let u = min(Float(size) - 1.001, max(0, (cosine * x + sine * y) * inverse + half))
    let v = min(Float(size) - 1.001, max(0, (cosine * y - sine * x) * inverse + half))
    let i = Int(u)
    let j = Int(v)
    let a = Self.ease(u - Float(i))
    let b = Self.ease(v - Float(j))
    return nodes.withUnsafeBufferPointer { nodes in
      let at = j &* size &+ i
      let top = nodes[at] + a * (nodes[at &+ 1] - nodes[at])
      let below = at &+ size
      let bottom = nodes[below] + a * (nodes[below &+ 1] - nodes[below])
      // 1.38: one over the root mean square weight of quintic interpolation over a cell.
      return 1.38 * (top + b * (bottom - top))
    }
  }

  private static func ease(_ t: Float) -> Float { t * t * t * (t * (6 * t - 15) + 10) }
}
