import Kernels
import Testing

@Suite struct ByteProductTests {
  /// Against loops in Int, exactly: random bytes, and the extremes, at which 16 bits are nearly full.
  @Test(
    .enabled(if: ByteProduct.isAvailable, "oneDNN has no vector products of bytes here"),
    arguments: [(1, 1, 1), (7, 19, 63), (48, 33, 257), (130, 70, 2048)])
  func againstLoops(_ rows: Int, _ columns: Int, _ depth: Int) {
    let limit = ByteProduct.limit
    var stream = RandomStream(1).child(depth)
    for isExtreme in [false, true] {
      func bytes(_ count: Int) -> [Int8] {
        (0..<count).map { _ in
          Int8(
            isExtreme
              ? (stream.bernoulli(0.95) ? limit : -limit)
              : stream.integer(below: 2 * limit + 1) - limit)
        }
      }
      let (a, b) = (bytes(rows * depth), bytes(columns * depth))
      var c = [Int32](repeating: 7, count: rows * columns)
      #expect(
        ByteProduct.multiply(
          rows: rows, columns: columns, depth: depth, a, depth, b, depth, &c, columns))
      let expected = (0..<rows * columns).map { place in
        (0..<depth).reduce(0) {
          $0 + Int(a[place / columns * depth + $1]) * Int(b[place % columns * depth + $1])
        }
      }
      #expect(c.map { Int($0) } == expected)
    }
  }

  /// Only the two neighbours of a number come out, and their mean over 40,000 streams is the number:
  /// standard deviation √(f (1 − f) / 40,000) ≤ .0025, five of these for the worst of 11.
  @Test func roundingIsUnbiased() {
    let values: [Float] = [0, 0.5, -0.25, 7, 63.9, -63.9, 78.5, -78.5, 1e-4, -12.01, 3.7]
    var sums = [Int](repeating: 0, count: values.count)
    var rounded = [Int8](repeating: 0, count: values.count)
    for seed in 0..<40_000 {
      ByteProduct.round(
        values, count: values.count, stream: RandomStream(UInt64(seed)), into: &rounded)
      for (i, value) in values.enumerated() {
        #expect(
          Float(rounded[i]) >= value.rounded(.down) && Float(rounded[i]) <= value.rounded(.up))
        sums[i] += Int(rounded[i])
      }
    }
    for (sum, value) in zip(sums, values) {
      #expect(abs(Double(sum) / 40_000 - Double(value)) < 5 * 0.0025, "\(value)")
    }
  }

  /// Each number has bits of its own: two halves are up or down together half the time.
  @Test func roundingsAreApart() {
    let count = 8000
    var rounded = [Int8](repeating: 0, count: count)
    ByteProduct.round(
      [Float](repeating: 0.5, count: count), count: count, stream: RandomStream(3),
      into: &rounded)
    for lag in [1, 2, 4, count / 4, count / 2] {
      let equal = (0..<count - lag).reduce(0) { $0 + (rounded[$1] == rounded[$1 + lag] ? 1 : 0) }
      // Standard deviation ½/√n.
      let share = Double(equal) / Double(count - lag)
      #expect(abs(share - 0.5) < 5 * 0.5 / Double(count - lag).squareRoot(), "lag \(lag)")
    }
  }
}
