import Kernels
import Metrics
import Statistics
import Tensors
import Testing

@Suite struct KernelDistanceTests {
  let real = features(300, 24)
  let fake = features(280, 24, offset: 1000, gain: 1.1, shift: 0.05)

  /// scikit-learn 1.9.1, `polynomial_kernel(degree=3, gamma=1/d, coef0=1)` (Tests/Outside).
  /// Kernels are near 4 and the distance near .14: 30 units of rounding carry through.
  @Test func allPairsAgainstScikitLearn() throws {
    let found = try KernelDistance.ofAllPairs(real, fake)
    #expect(near(found.value, 0.14405351476524508, 300 * 30 * 0x1p-53), "\(found.value)")
    #expect(found.n == 280)
  }

  /// The jackknife by leaving vectors out for real.
  @Test func jackknife() throws {
    let (x, y) = (rows(real, 0..<12), rows(fake, 0..<9))
    func without(_ t: Tensor<Float>, _ k: Int) -> Tensor<Float> {
      let d = t.shape[1]
      return Tensor(
        shape: [t.shape[0] - 1, d],
        t.elements.enumerated().filter { $0.offset / d != k }.map(\.element))
    }
    var variance = 0.0
    for left in [
      try (0..<12).map { try KernelDistance.ofAllPairs(without(x, $0), y).value },
      try (0..<9).map { try KernelDistance.ofAllPairs(x, without(y, $0)).value },
    ] {
      let n = Double(left.count)
      let mean = left.reduce(0, +) / n
      variance += (n - 1) / n * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    let found = try KernelDistance.ofAllPairs(x, y)
    #expect(near(found.standardError, variance.squareRoot(), 1e-10))
  }

  /// Blocks are the distances of their vectors; their mean is unbiased; equal distributions give 0
  /// within four standard errors; a tile boundary changes nothing.
  @Test func blocks() throws {
    let found = try KernelDistance(real, fake, blockSize: 70, stream: RandomStream(1))
    #expect(found.blocks.count == 4 && found.blockSize == 70)
    #expect(found.estimate.n == 4 && found.estimate.degreesOfFreedom == 3)
    let whole = try KernelDistance.ofAllPairs(real, fake)
    #expect(abs(found.estimate.value - whole.value) < 4 * found.estimate.standardError)
    let big = features(2000, 24)
    let same = try KernelDistance(
      rows(big, 0..<1000), rows(big, 1000..<2000), blockSize: 100, stream: RandomStream(2))
    #expect(same.blocks.count == 10)
    #expect(abs(same.estimate.value) < 4 * same.estimate.standardError)
    // Fewer than two blocks of the size asked for: the size is lowered.
    #expect(try KernelDistance(real, fake, stream: RandomStream(1)).blockSize == 140)
  }
}
