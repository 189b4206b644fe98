import Kernels
import Tensors

/// Bounds on squared distances between vectors from one fast matrix product.
///
///     lower_i + lower_j − 2 P_ij  ≤  ‖x_i − x_j‖²  ≤  lower_i + lower_j − 2 P_ij + slack_i + slack_j
///
/// where P approximates the products of centred vectors, in Float or, where that pays, of vectors
/// rounded to bytes (`ByteScreen.swift`). Comparisons that the bounds leave open are settled in
/// Double on the original vectors, so nearly all work is fast and decisions are those of Double.
struct DistanceScreen {
  /// What is multiplied.
  enum Digits {
    /// The vectors [n, d] with the centre taken off.
    case floats(Tensor<Float>)
    /// Those divided by `step` and rounded at random, [n, d].
    case bytes([Int8], step: Double)
  }

  /// The vectors [n, d] as given.
  let original: Tensor<Float>
  /// What was taken off.
  let center: [Double]
  let digits: Digits
  let lower: [Float]
  let slack: [Float]

  var count: Int { original.shape[0] }
  var dimension: Int { original.shape[1] }

  init(
    _ original: Tensor<Float>, center: [Double], _ digits: Digits, lower: [Float],
    slack: [Float]
  ) {
    self.original = original
    self.center = center
    self.digits = digits
    self.lower = lower
    self.slack = slack
  }

  /// Bounds from products in Float.
  ///
  /// With c = γ_(d+16) = (d + 16) u / (1 − (d + 16) u) and u = 2^-24, lower = (1 − c) ‖x‖² and
  /// slack = 2c ‖x‖²: the error of a sum of d products in any order is at most
  /// γ_d ‖x‖‖y‖ ≤ γ_d (‖x‖² + ‖y‖²)/2 (Higham, Accuracy and Stability of Numerical Algorithms,
  /// section 3.1), and sixteen more roundings cover centring, norms and the final sums.
  init(_ features: Tensor<Float>, center: [Double]) {
    let (n, d) = (features.shape[0], features.shape[1])
    precondition(d + 16 < 1 << 22, "\(d) features are too many for bounds in Float")
    let unit = Double(d + 16) * 0x1p-24
    let c = unit / (1 - unit)
    let centered = Tensor<Float>(shape: [n, d]) {
      Features.center(features, 0..<n, center, into: $0.baseAddress!)
    }
    var lower = [Float](repeating: 0, count: n)
    var slack = lower
    centered.withUnsafeElements { x in
      for i in 0..<n {
        let row = x.baseAddress! + i * d
        let squares = Float.dot(d, row, row)
        lower[i] = Float((1 - c) * squares)
        slack[i] = Float(2 * c * squares).nextUp
      }
    }
    self.init(features, center: center, .floats(centered), lower: lower, slack: slack)
  }

  /// P of a range of rows of one screen and a range of another, [rows, columns].
  static func products(
    _ x: DistanceScreen, _ rows: Range<Int>, _ y: DistanceScreen, _ columns: Range<Int>,
    into values: UnsafeMutablePointer<Float>
  ) {
    let d = x.dimension
    switch (x.digits, y.digits) {
    case (.floats(let a), .floats(let b)):
      a.withUnsafeElements { a in
        b.withUnsafeElements { b in
          Float.multiply(
            transposeA: false, transposeB: true, rows: rows.count, columns: columns.count,
            depth: d, alpha: 1, a.baseAddress! + rows.lowerBound * d, d,
            b.baseAddress! + columns.lowerBound * d, d, beta: 0, values, columns.count)
        }
      }
    case (.bytes(let a, let step), .bytes(let b, let otherStep)):
      let count = rows.count * columns.count
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          values.withMemoryRebound(to: Int32.self, capacity: count) { whole in
            let isDone = ByteProduct.multiply(
              rows: rows.count, columns: columns.count, depth: d,
              a.baseAddress! + rows.lowerBound * d, d, b.baseAddress! + columns.lowerBound * d, d,
              whole, columns.count)
            precondition(isDone, "products of bytes worked before and do not now")
          }
        }
      }
      scale(values, count: count, by: Float(step * otherStep))
    default: preconditionFailure("both screens must hold floats, or both bytes")
    }
  }

  /// Turns integers into Floats times a factor, in place.
  private static func scale(
    _ values: UnsafeMutablePointer<Float>, count: Int, by factor: Float
  ) {
    let bytes = UnsafeMutableRawPointer(values)
    var i = 0
    while i &+ 16 <= count {
      let whole = bytes.loadUnaligned(fromByteOffset: 4 &* i, as: SIMD16<Int32>.self)
      bytes.storeBytes(
        of: SIMD16<Float>(whole) * factor, toByteOffset: 4 &* i, as: SIMD16<Float>.self)
      i &+= 16
    }
    while i < count {
      let whole = bytes.loadUnaligned(fromByteOffset: 4 &* i, as: Int32.self)
      bytes.storeBytes(of: Float(whole) * factor, toByteOffset: 4 &* i, as: Float.self)
      i &+= 1
    }
  }

  /// Calls `body` with each column of a row whose lower bound is at most `own` or the column's
  /// limit; sixteen are passed over at a time where none is.
  @inline(__always)
  static func scan(
    _ products: UnsafePointer<Float>, count: Int, lower: Float,
    _ lowers: UnsafePointer<Float>, own: Float, _ limits: UnsafePointer<Float>,
    _ body: (_ column: Int, _ lower: Float) -> Void
  ) {
    var c = 0
    let ownLimit = SIMD16<Float>(repeating: own)
    let ownLower = SIMD16<Float>(repeating: lower)
    while c &+ 16 <= count {
      let product = UnsafeRawPointer(products + c).loadUnaligned(as: SIMD16<Float>.self)
      let other = UnsafeRawPointer(lowers + c).loadUnaligned(as: SIMD16<Float>.self)
      let limit = UnsafeRawPointer(limits + c).loadUnaligned(as: SIMD16<Float>.self)
      let bound = (ownLower + other) - (product + product)
      // What is left to the limit has its highest bit set where a column is out.
      let left = ownLimit.replacing(with: limit, where: ownLimit .< limit) - bound
      let signs = unsafeBitCast(left, to: SIMD16<UInt32>.self)
      let eight = signs.lowHalf & signs.highHalf
      let four = eight.lowHalf & eight.highHalf
      let two = four.lowHalf & four.highHalf
      if Int32(bitPattern: two[0] & two[1]) >= 0 {
        for lane in 0..<16 where left[lane] >= 0 { body(c &+ lane, bound[lane]) }
      }
      c &+= 16
    }
    while c < count {
      let bound = (lower + lowers[c]) - (products[c] + products[c])
      if bound <= max(limits[c], own) { body(c, bound) }
      c &+= 1
    }
  }
}
