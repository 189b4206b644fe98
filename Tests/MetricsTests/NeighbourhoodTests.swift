import Foundation
import Kernels
import Metrics
import Statistics
import Tensors
import Testing

/// The definition on full matrices of distances in Double.
private func slow(
  _ x: Tensor<Float>, _ y: Tensor<Float>, _ k: Int
) -> (realBalls: [Int], recalled: [Bool], covered: [Bool]) {
  func square(_ a: Tensor<Float>, _ i: Int, _ b: Tensor<Float>, _ j: Int) -> Double {
    let d = a.shape[1]
    return a.withUnsafeElements { a in
      b.withUnsafeElements { b in
        let (own, other) = (a.baseAddress! + i * d, b.baseAddress! + j * d)
        var sum = 0.0
        for k in 0..<d {
          let difference = Double(own[k]) - Double(other[k])
          sum += difference * difference
        }
        return sum
      }
    }
  }
  func radii(_ a: Tensor<Float>) -> [Double] {
    (0..<a.shape[0]).map { i in
      (0..<a.shape[0]).filter { $0 != i }.map { square(a, i, a, $0) }.sorted()[k - 1]
    }
  }
  let (rx, ry) = (radii(x), radii(y))
  var result = (
    [Int](repeating: 0, count: ry.count), [Bool](repeating: false, count: rx.count),
    [Bool](repeating: false, count: rx.count)
  )
  for i in rx.indices {
    for j in ry.indices {
      let distance = square(x, i, y, j)
      if distance <= rx[i] {
        result.0[j] += 1
        result.2[i] = true
      }
      if distance <= ry[j] { result.1[i] = true }
    }
  }
  return result
}

@Suite struct NeighbourhoodTests {
  /// Counts of NumPy's full matrices in Double (Tests/Outside/metrics.py), exactly.
  @Test func againstNumPy() throws {
    let found = try Neighbourhoods(
      real: features(300, 24), fake: features(280, 24, offset: 1000, gain: 1.1, shift: 0.05))
    #expect(found.precision == 180.0 / 280)
    #expect(found.recall == 269.0 / 300)
    #expect(found.realBalls.reduce(0, +) == 386)
    #expect(found.density == 386.0 / (3 * 280))
    #expect(found.coverage == 180.0 / 300)
    #expect(near(found.realRadii.reduce(0, +), 453.54821911921726, 1e-13))
    #expect(near(found.fakeRadii.reduce(0, +), 462.33120741547316, 1e-13))
    // More than one tile, k = 5.
    let wider = try Neighbourhoods(
      real: features(600, 6), fake: features(530, 6, offset: 7000, gain: 0.8, shift: 0.1), k: 5)
    #expect(wider.precision == 530.0 / 530 && wider.recall == 537.0 / 600)
    #expect(wider.realBalls.reduce(0, +) == 3458 && wider.coverage == 577.0 / 600)
    #expect(near(wider.realRadii.reduce(0, +), 238.89174093190567, 1e-13))
  }

  /// Where Float cannot tell distances apart: a far-off centre, tight clusters, and copies.
  @Test(arguments: ["offset", "clusters", "copies", "collapsed"])
  func decisionsAreThoseOfDouble(_ kind: String) throws {
    var x = features(620, 8).elements
    var y = features(560, 8, offset: 4000).elements
    switch kind {
    case "offset":
      x = x.map { $0 + 300 }
      y = y.map { $0 + 300 }
    case "clusters":
      for i in x.indices { x[i] = Float((i / 8) % 3) * 50 + x[i] * 1e-3 }
      for i in y.indices { y[i] = Float((i / 8) % 2) * 50 + y[i] * 1e-3 }
    case "copies":
      for i in 0..<200 * 8 { y[i] = x[i] }
      for i in 0..<40 * 8 { x[4000 + i] = x[i] }
    default:
      for i in y.indices { y[i] = x[i % 8] }
    }
    let real = Tensor<Float>(shape: [620, 8], x)
    let fake = Tensor<Float>(shape: [560, 8], y)
    let found = try Neighbourhoods(real: real, fake: fake)
    let expected = slow(real, fake, 3)
    #expect(found.realBalls == expected.realBalls)
    #expect(found.isRecalled == expected.recalled)
    #expect(found.isCovered == expected.covered)
  }

  /// Sets that are screened by bytes where the machine can, among them one with elements beyond the
  /// range of bytes, and sets whose nearest neighbours bytes could not tell apart.
  @Test(arguments: ["even", "tails", "moved", "wider", "clusters", "one large feature"])
  func screens(_ kind: String) throws {
    let (n, m, d) = (1030, 1100, 260)
    var stream = RandomStream(41).child(kind)
    var x = (0..<n * d).map { _ in Float(stream.normal()) }
    var y = (0..<m * d).map { _ in Float(1.02 * stream.normal()) }
    switch kind {
    case "tails": for (row, feature) in [(700, 0), (800, 3), (900, 7)] { x[row * d + feature] = 9 }
    case "wider": for i in y.indices { y[i] *= 1.1 }
    case "moved": for i in y.indices { y[i] += 0.2 }
    case "clusters":
      for i in x.indices { x[i] = Float(i / d % 5) + 1e-3 * x[i] }
      for i in y.indices { y[i] = Float(i / d % 4) + 1e-3 * y[i] }
    case "one large feature":
      for i in stride(from: 0, to: x.count, by: d) { x[i] *= 1000 }
      for i in stride(from: 0, to: y.count, by: d) { y[i] *= 1000 }
    default: break
    }
    let real = Tensor<Float>(shape: [n, d], x)
    let fake = Tensor<Float>(shape: [m, d], y)
    let found = try Neighbourhoods(real: real, fake: fake)
    if ByteProduct.isAvailable {
      let floats = ["clusters", "one large feature"].contains(kind)
      #expect(found.screen == (floats ? .floats : .bytes))
    }
    let expected = slow(real, fake, 3)
    #expect(found.realBalls == expected.realBalls)
    #expect(found.isRecalled == expected.recalled)
    #expect(found.isCovered == expected.covered)
  }

  /// Threads and the order of tiles change nothing.
  @Test func serialIsTheSame() throws {
    let (x, y) = (features(1100, 12), features(1050, 12, offset: 2000, gain: 1.05))
    let parallel = try Neighbourhoods(real: x, fake: y)
    let serial = try Parallel.serially { try Neighbourhoods(real: x, fake: y) }
    #expect(parallel.realRadii == serial.realRadii)
    #expect(parallel.realBalls == serial.realBalls)
    #expect(parallel.isRecalled == serial.isRecalled)
  }

  /// The ceiling of identical distributions: P ≈ R ≈ .65 at d = 64, n = 1000 (papers' digest,
  /// simulated there with NumPy); one SD of a share of dependent vectors is about .02 here.
  @Test func ceiling() throws {
    var stream = RandomStream(21)
    func sample() -> Tensor<Float> {
      Tensor(shape: [1000, 64], (0..<64_000).map { _ in Float(stream.normal()) })
    }
    let found = try Neighbourhoods(real: sample(), fake: sample())
    #expect(abs(found.precision - 0.65) < 0.08 && abs(found.recall - 0.65) < 0.08)
    #expect(abs(found.density - 1) < 0.15)
  }

  @Test func refusals() {
    #expect(throws: Undefined.self) {
      try Neighbourhoods(real: features(3, 4), fake: features(10, 4))
    }
  }
}
