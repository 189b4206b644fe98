import Foundation
import Kernels
import Tensors

/// Where the randomness of a private mechanism comes from: which cases join a step, and the
/// noise on their sum.
public enum NoiseSource: Sendable {
  /// A named stream, for simulations: every step has streams of its own, so a step that is taken
  /// again releases the identical numbers.
  case seeded(RandomStream)
  /// The operating system's generator, for real patients: nobody can draw it again, and a step
  /// is never repeatable.
  case secure

  public var isRepeatable: Bool {
    if case .seeded = self { true } else { false }
  }

  /// A Poisson subsample of 0..<count for one step: each number independently with probability
  /// `rate`, in order; possibly empty.
  public func subsample(step: Int, count: Int, rate: Double) -> [Int] {
    precondition((0...1).contains(rate), "rate (\(rate)) must lie in 0...1")
    switch self {
    case .seeded(let stream):
      var draws = stream.child("subsample").child(step)
      return draws.poissonSubsample(count: count, rate: rate)
    case .secure:
      var words = SecureWords(expecting: count)
      return (0..<count).filter { _ in words.uniform() < rate }
    }
  }

  /// One number below each of `bounds`, for a step: 0 where a bound is 1.
  public func choices(step: Int, below bounds: [Int]) -> [Int] {
    switch self {
    case .seeded(let stream):
      var draws = stream.child("choice").child(step)
      return bounds.map { $0 == 1 ? 0 : draws.integer(below: $0) }
    case .secure:
      var words = SecureWords(expecting: bounds.count)
      // Of 2^53 equally likely values: a bound of thousands is met to one part in 10^12.
      return bounds.map { min($0 - 1, Int(words.uniform() * Double($0))) }
    }
  }

  /// Adds N(0, deviation²) to every element, tensor after tensor.
  ///
  /// Normals have Float's resolution for either scalar. Secure ones are the sum of four
  /// Box-Muller normals divided by 2, which makes the attack on the low bits of a single one
  /// harder (Holohan and Braghin 2021, arXiv 2107.10138); it is no proof for floating point.
  public func addNoise<Scalar: TensorScalar>(
    step: Int, deviation: Double, to tensors: inout [Tensor<Scalar>]
  ) {
    switch self {
    case .seeded(let stream):
      var draws = stream.child("noise").child(step)
      for index in tensors.indices {
        tensors[index].withUnsafeMutableElements { addSeeded($0, deviation, &draws) }
      }
    case .secure:
      for index in tensors.indices {
        tensors[index].withUnsafeMutableElements { addSecure($0, deviation) }
      }
    }
  }
}

@_specialize(where Scalar == Float)
@_specialize(where Scalar == Double)
private func addSeeded<Scalar: TensorScalar>(
  _ target: UnsafeMutableBufferPointer<Scalar>, _ deviation: Double, _ draws: inout RandomStream
) {
  let normals = UnsafeMutableBufferPointer<Float>.allocate(capacity: target.count)
  draws.fillNormal(normals)
  for i in 0..<target.count { target[i] += Scalar(deviation * Double(normals[i])) }
  normals.deallocate()
}

@_specialize(where Scalar == Float)
@_specialize(where Scalar == Double)
private func addSecure<Scalar: TensorScalar>(
  _ target: UnsafeMutableBufferPointer<Scalar>, _ deviation: Double
) {
  guard let target = target.baseAddress.map({ ($0, target.count) }) else { return }
  nonisolated(unsafe) let elements = target.0
  SecureWords.normals(count: target.1) { range, numbers in
    for (place, i) in range.enumerated() {
      elements[i] += Scalar(deviation * Double(numbers[place]))
    }
  }
}
