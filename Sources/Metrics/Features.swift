import Kernels
import Statistics
import Tensors

/// What the metrics on feature matrices [n, d] share: rows, checks, means, exact distances.
public enum Features {
  /// Number of vectors and of features.
  ///
  /// - Throws: `Undefined` with fewer vectors than needed, or where a feature is not finite.
  static func checked(
    _ features: Tensor<Float>, atLeast least: Int
  ) throws(Undefined) -> (n: Int, d: Int) {
    precondition(
      features.rank == 2 && features.shape[1] > 0,
      "features \(features.shape) must be [vector, feature]")
    let (n, d) = (features.shape[0], features.shape[1])
    guard n >= least else { throw Undefined("\(n) feature vectors: at least \(least) are needed") }
    let bad = features.withUnsafeElements { values -> Int? in
      // A sum of x − x is 0 unless something is not finite.
      var isFinite = true
      for start in stride(from: 0, to: values.count, by: 1 << 16) {
        var sums = SIMD16<Float>(repeating: 0)
        let end = min(values.count, start + 1 << 16)
        var i = start
        while i + 16 <= end {
          let x = UnsafeRawPointer(values.baseAddress! + i).loadUnaligned(as: SIMD16<Float>.self)
          sums += x - x
          i += 16
        }
        while i < end {
          sums[0] += values[i] - values[i]
          i += 1
        }
        if sums.sum() != 0 { isFinite = false }
      }
      return isFinite ? nil : values.firstIndex { !$0.isFinite }
    }
    if let bad { throw Undefined("feature \(bad % d) of vector \(bad / d) is not finite") }
    return (n, d)
  }

  /// Both matrices checked, with equal numbers of features.
  static func checkedPair(
    _ first: Tensor<Float>, _ second: Tensor<Float>, atLeast least: Int
  ) throws(Undefined) -> (n: Int, m: Int, d: Int) {
    let (n, d) = try checked(first, atLeast: least)
    let (m, other) = try checked(second, atLeast: least)
    guard d == other else { throw Undefined("\(d) features against \(other)") }
    return (n, m, d)
  }

  /// The mean of each feature, rows added in Double in their order.
  static func mean(_ features: Tensor<Float>) -> [Double] {
    let (n, d) = (features.shape[0], features.shape[1])
    var sums = [Double](repeating: 0, count: d)
    sums.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let sums = buffer.baseAddress!
      features.withUnsafeElements { values in
        nonisolated(unsafe) let values = values.baseAddress!
        Parallel.chunks(of: d, grain: 256) { range in
          for i in 0..<n {
            let row = values + i * d
            for k in range { sums[k] += Double(row[k]) }
          }
        }
      }
    }
    return sums.map { $0 / Double(n) }
  }

  /// x − μ of a range of rows, the subtraction in Double, into [rows, d] whose rows lie `stride`
  /// numbers apart (d by default).
  static func center<Scalar: BinaryFloatingPoint>(
    _ features: Tensor<Float>, _ rows: Range<Int>, _ mean: [Double],
    into target: UnsafeMutablePointer<Scalar>, stride: Int? = nil
  ) {
    let d = features.shape[1]
    let stride = stride ?? d
    features.withUnsafeElements { values in
      mean.withUnsafeBufferPointer { mean in
        nonisolated(unsafe) let (values, mean, target) = (
          values.baseAddress!, mean.baseAddress!, target
        )
        Parallel.chunks(of: rows.count, grain: 64) { range in
          for r in range {
            let row = values + (rows.lowerBound + r) * d
            let to = target + r * stride
            for k in 0..<d { to[k] = Scalar(Double(row[k]) - mean[k]) }
          }
        }
      }
    }
  }

  /// The vectors with the given numbers, in that order: [indices, d].
  public static func rows(_ features: Tensor<Float>, _ indices: ArraySlice<Int>) -> Tensor<Float> {
    let d = features.shape[1]
    return features.withUnsafeElements { values in
      Tensor(shape: [indices.count, d]) { target in
        for (r, index) in indices.enumerated() {
          (target.baseAddress! + r * d).update(from: values.baseAddress! + index * d, count: d)
        }
      }
    }
  }

  /// ‖a − b‖², every step in Double.
  @inline(__always)
  static func squaredDistance(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ d: Int
  ) -> Double {
    var sums = SIMD8<Double>(repeating: 0)
    var k = 0
    while k &+ 8 <= d {
      let x = UnsafeRawPointer(a + k).loadUnaligned(as: SIMD8<Float>.self)
      let y = UnsafeRawPointer(b + k).loadUnaligned(as: SIMD8<Float>.self)
      let difference = SIMD8<Double>(x) - SIMD8<Double>(y)
      sums += difference * difference
      k &+= 8
    }
    let four = sums.lowHalf + sums.highHalf
    let two = four.lowHalf + four.highHalf
    var total = two[0] + two[1]
    while k < d {
      let difference = Double(a[k]) - Double(b[k])
      total += difference * difference
      k &+= 1
    }
    return total
  }
}
