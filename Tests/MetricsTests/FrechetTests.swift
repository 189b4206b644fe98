import Foundation
import Kernels
import Metrics
import Statistics
import Tensors
import Testing

@Suite struct FrechetTests {
  let real = features(300, 24)
  let fake = features(280, 24, offset: 1000, gain: 1.1, shift: 0.05)

  /// SciPy 1.17.1, `sqrtm` of the product (Tests/Outside/metrics.py); d³ operations of either side
  /// err by some d · 2^-53 times traces of 3: 1e-12 of the distance is ten times that.
  @Test func againstSquareRootOfTheProduct() throws {
    let distance = try FrechetDistance(real, fake)
    #expect(distance.route == .cholesky && !distance.isRankDeficient)
    #expect(near(distance.value, 0.38349767558192394, 1e-12), "\(distance.value)")
    #expect(near(distance.meanTerm, 0.2564130095967031, 1e-12))
    // 700 x 300 goes through the band.
    let wide = try FrechetDistance(
      features(700, 300), features(650, 300, offset: 5000, gain: 1.05, shift: 0.02))
    #expect(near(wide.value, 6.922145349385758, 1e-12), "\(wide.value)")
  }

  /// NumPy's singular values of X₁X₂ᵀ for sets without covariances of full rank. Roots of what
  /// should be 0 are off by √(2^-53 λmax) ≈ 1e-8 each, a few of them.
  @Test func withoutFullRank() throws {
    let few = try FrechetDistance(rows(real, 0..<20), fake)
    #expect(few.route == .vectors && few.isRankDeficient)
    #expect(near(few.value, 1.4470126147644242, 1e-7), "\(few.value)")
    let turned = try FrechetDistance(fake, rows(real, 0..<20))
    #expect(near(turned.value, few.value, 1e-12))
    let flat = Tensor<Float>(
      shape: [300, 24], real.elements.enumerated().map { $0.offset % 24 == 5 ? 0.25 : $0.element })
    for (a, b) in [(flat, fake), (fake, flat)] {
      let distance = try FrechetDistance(a, b)
      #expect(near(distance.value, 0.8462855685476018, 1e-7), "\(distance.value)")
    }
    // Both singular, the same dead feature: as without that feature.
    let kept = (0..<300 * 24).filter { $0 % 24 != 5 }
    let without = Tensor<Float>(shape: [300, 23], kept.map { real.elements[$0] })
    let fakeFlat = Tensor<Float>(
      shape: [280, 24], fake.elements.enumerated().map { $0.offset % 24 == 5 ? 0.25 : $0.element })
    let fakeWithout = Tensor<Float>(
      shape: [280, 23], kept.filter { $0 < 280 * 24 }.map { fake.elements[$0] })
    let singular = try FrechetDistance(flat, fakeFlat)
    #expect(singular.route == .eigenvectors)
    #expect(near(singular.value, try FrechetDistance(without, fakeWithout).value, 1e-9))
  }

  /// Commuting covariances: Σ (μ₁ − μ₂)² + (σ₁ − σ₂)².
  @Test func diagonalClosedForm() {
    func moments(_ mean: [Double], _ sd: [Double]) -> FeatureMoments {
      let d = mean.count
      var covariance = [Double](repeating: 0, count: d * d)
      for k in 0..<d { covariance[k * d + k] = sd[k] * sd[k] }
      return FeatureMoments(n: 100, mean: mean, covariance: covariance)
    }
    let a = moments([0, 1, 2], [1, 2, 3])
    let b = moments([1, 1, 0], [2, 2, 0.5])
    // 1 + 0 + 4 and 1 + 0 + 6.25.
    let distance = FrechetDistance(a, b)
    #expect(near(distance.value, 12.25, 16 * 0x1p-52))
    #expect(near(FrechetDistance(b, a).value, 12.25, 16 * 0x1p-52))
  }

  /// A set against itself is 0 within rounding of traces of 3; shifts add their square; a rotation
  /// of both changes nothing.
  @Test func invariances() throws {
    #expect(abs(try FrechetDistance(real, real).value) < 1e-12)
    let shifted = Tensor<Float>(shape: real.shape, real.elements.map { $0 + 0.5 })
    // Float sums round to 2^-24 relative.
    #expect(near(try FrechetDistance(real, shifted).value, 24 * 0.25, 1e-6))
    func swapped(_ x: Tensor<Float>) -> Tensor<Float> {
      let d = x.shape[1]
      return Tensor(
        shape: x.shape,
        (0..<x.count).map { x.elements[$0 / d * d + (d - 1 - $0 % d)] })
    }
    #expect(
      near(
        try FrechetDistance(swapped(real), swapped(fake)).value,
        try FrechetDistance(real, fake).value, 1e-12))
  }

  /// Moments against loops, with a number of rows that the blocks of 512 do not divide.
  @Test func moments() throws {
    let x = features(1300, 40, shift: 3)
    let found = try FeatureMoments(x)
    let single = try FeatureMoments(x, precision: .single)
    let values = x.elements.map { Double($0) }
    var worst = (0.0, 0.0)
    for j in 0..<40 {
      let mean = (0..<1300).reduce(0) { $0 + values[$1 * 40 + j] } / 1300
      #expect(near(found.mean[j], mean, 1300 * 0x1p-53))
      for k in 0...j {
        let other = found.mean[k]
        let c = (0..<1300).reduce(0) {
          $0 + (values[$1 * 40 + j] - mean) * (values[$1 * 40 + k] - other)
        }
        let scale = (found.covariance[j * 41] * found.covariance[k * 41]).squareRoot()
        worst.0 = max(worst.0, abs(found.covariance[j * 40 + k] - c / 1299) / scale)
        worst.1 = max(worst.1, abs(single.covariance[j * 40 + k] - c / 1299) / scale)
        #expect(found.covariance[j * 40 + k] == found.covariance[k * 40 + j])
      }
    }
    // n roundings; the stated bound of .single, of which a hundredth is common.
    #expect(worst.0 <= 1300 * 0x1p-53, "\(worst.0)")
    #expect(worst.1 <= 513 * 0x1p-24 / 100, "\(worst.1)")
  }

  /// E[FD] of two samples of N(0, I) is about d(d + 1)/(2n) + 2d/n: 1.104 for d = 64 and n = 2000;
  /// the limit is 0. Two hundred repeats in NumPy average 1.1047 and .0008, and scatter by .033 and,
  /// extrapolated, by .063: four of these.
  @Test func extrapolation() throws {
    var stream = RandomStream(11)
    func sample() -> Tensor<Float> {
      Tensor(shape: [2000, 64], (0..<2000 * 64).map { _ in Float(stream.normal()) })
    }
    let (a, b) = (sample(), sample())
    let bias = 64.0 * 65 / 4000 + 128 / 2000
    let plain = try FrechetDistance(a, b).value
    #expect(abs(plain - bias) < 4 * 0.033, "\(plain) against \(bias)")
    let limit = try frechetLimit(a, b, stream: RandomStream(12))
    #expect(abs(limit.limit) < 4 * 0.063, "\(limit.limit)")
    #expect(limit.points.last!.n == 2000 && limit.points.first!.n == 1000)
    #expect(near(limit.points.last!.value, plain, 1e-12))
  }

  @Test func refusals() {
    #expect(throws: Undefined.self) { try FrechetDistance(real, features(300, 23)) }
    #expect(throws: Undefined.self) { try FrechetDistance(rows(real, 0..<1), fake) }
    var broken = real
    broken[7, 3] = .nan
    #expect(throws: Undefined("feature 3 of vector 7 is not finite")) {
      try FrechetDistance(broken, fake)
    }
  }
}
