import Foundation
import Kernels
import Testing

/// `fillNormal` as a distribution and as arithmetic. Seeds are fixed; limits are those of a
/// statistic that passes in all but about one of a million seeds.
@Suite struct NormalNumbersTests {
  static func draw(_ count: Int, seed: UInt64 = 11, deviation: Float = 1) -> [Float] {
    var stream = RandomStream(seed).child("normal numbers")
    return [Float](unsafeUninitializedCapacity: count) { buffer, used in
      stream.fillNormal(
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]), standardDeviation: deviation)
      used = count
    }
  }

  static let many = draw(1_000_000)

  /// The formula on the words of each block: u in Float as documented, the rest in
  /// Double by the C library. Rounding u cannot differ, so what remains are the polynomials: 2 ulp
  /// of the logarithm become 1 under the root, the root, the angle, sine and the product add
  /// less than 1 each.
  @Test func equalsTheFormula() {
    let stream = RandomStream(11).child("normal numbers")
    let key = SIMD2(
      UInt32(truncatingIfNeeded: stream.key), UInt32(truncatingIfNeeded: stream.key >> 32))
    var worst = 0.0
    for block in 0..<50_000 {
      let words = Philox.block(counter: SIMD4(UInt32(block), 0, 0, 0), key: key)
      for half in 0..<2 {
        let u = Float(words[2 * half]) * 0x1p-32 + 0x1p-33
        let radius = (-2 * log(Double(u))).squareRoot()
        let angle = 2 * Double.pi * Double(words[2 * half + 1]) * 0x1p-32
        for (place, expected) in [(0, radius * cos(angle)), (1, radius * sin(angle))] {
          let found = Self.many[4 * block + 2 * half + place]
          let unit = Double(Float(expected).ulp)
          worst = max(worst, abs(Double(found) - expected) / unit)
        }
      }
    }
    #expect(worst <= 6, "\(worst) ulp")
  }

  @Test func partsEqualTheWhole() {
    let whole = Self.draw(40_003)
    for cut in [4, 1024, 39_996] {
      var stream = RandomStream(11).child("normal numbers")
      var parts = [Float](repeating: 0, count: 40_003)
      parts.withUnsafeMutableBufferPointer {
        stream.fillNormal(UnsafeMutableBufferPointer(rebasing: $0[..<cut]))
        stream.fillNormal(UnsafeMutableBufferPointer(rebasing: $0[cut...]))
      }
      #expect(parts == whole, "cut at \(cut)")
    }
    #expect(Parallel.serially { Self.draw(40_003) } == whole)
    for count in 1...9 { #expect(Self.draw(count) == Array(whole[..<count])) }
    #expect(Self.draw(0).isEmpty)
    #expect(Self.draw(40_003, deviation: 2) == whole.map { 2 * $0 })
  }

  @Test func continuesAtAFreshBlock() {
    var stream = RandomStream(3)
    _ = stream.nextUInt32()
    var three = [Float](repeating: 0, count: 3)
    three.withUnsafeMutableBufferPointer { stream.fillNormal($0) }
    #expect(stream.position == 2)
  }

  /// E x = 0, E x² = 1, E x³ = 0, E x⁴ = 3, with variances 1, 2, 15, 96 over n.
  @Test func moments() {
    let n = Double(Self.many.count)
    for (power, moment, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      let mean = Self.many.reduce(0.0) { $0 + pow(Double($1), Double(power)) } / n
      #expect(abs(mean - moment) < 4.9 * (variance / n).squareRoot(), "moment \(power): \(mean)")
    }
  }

  /// √n sup |F_n - Φ| exceeds k with probability 2 e^(-2k²): 10^-6 at k = 2.694.
  @Test func kolmogorovSmirnov() {
    let sorted = Self.many.map { Double($0) }.sorted()
    let n = Double(sorted.count)
    var distance = 0.0
    for (i, x) in sorted.enumerated() {
      let p = 0.5 * erfc(-x / 2.0.squareRoot())
      distance = max(distance, p - Double(i) / n, Double(i + 1) / n - p)
    }
    #expect(distance * n.squareRoot() < 2.694)
  }

  /// Binomial counts beyond 2 to 4.5 deviations on either side.
  @Test func tails() {
    let n = Double(Self.many.count)
    for limit in [2, 3, 3.5, 4, 4.5] {
      let p = 0.5 * erfc(limit / 2.0.squareRoot())
      for sign in [1.0, -1] {
        let count = Double(Self.many.filter { sign * Double($0) > limit }.count)
        // Poisson with a mean of at least 3.4: 4.9 deviations and a count for its skewness.
        #expect(abs(count - n * p) < 4.9 * (n * p).squareRoot() + 4, "\(sign * limit): \(count)")
      }
    }
    #expect(Self.many.allSatisfy { abs($0) <= 6.77 })
  }

  /// Neighbours and blocks: correlations of x and of x² at distances 1 to 8 have standard error
  /// 1/√n (and 2/√n · ½ after dividing by the variance 2).
  @Test func correlations() {
    let n = Double(Self.many.count)
    for distance in 1...8 {
      var (plain, squared) = (0.0, 0.0)
      for i in distance..<Self.many.count {
        let (x, y) = (Double(Self.many[i - distance]), Double(Self.many[i]))
        plain += x * y
        squared += (x * x - 1) * (y * y - 1) / 2
      }
      #expect(abs(plain / n) < 4.9 / n.squareRoot(), "distance \(distance)")
      #expect(abs(squared / n) < 6 / n.squareRoot(), "squares at distance \(distance)")
    }
  }

  /// Pairs of neighbours over 8 x 8 cells of equal probability: chi-square with 63 degrees of
  /// freedom exceeds 130 with probability 10^-6.
  @Test func pairsFillThePlane() {
    let edges: [Float] = [
      -1.150_349_4, -0.674_489_75, -0.318_639_36, 0, 0.318_639_36,
      0.674_489_75, 1.150_349_4,
    ]
    func cell(_ x: Float) -> Int { edges.reduce(0) { $0 + (x > $1 ? 1 : 0) } }
    for start in 0..<2 {
      var cells = [Double](repeating: 0, count: 64)
      var pairs = 0.0
      for i in stride(from: start, to: Self.many.count - 1, by: 2) {
        cells[8 * cell(Self.many[i]) + cell(Self.many[i + 1])] += 1
        pairs += 1
      }
      let expected = pairs / 64
      let chi = cells.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
      #expect(chi < 130, "start \(start): \(chi)")
    }
  }
}
