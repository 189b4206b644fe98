import Foundation
import Kernels
import Physics
import Testing

@Suite struct DetectorTests {
  /// NIST SRD 126, tables 3 and 4: mass attenuation times density, in 1/mm.
  @Test(arguments: [
    (Tissue.water, 60.0, 0.02059), (.water, 80, 0.01837), (.muscle, 50, 0.1 * 0.2262 * 1.05),
    (.corticalBone, 60, 0.1 * 0.3148 * 1.92), (.iron, 40, 0.1 * 3.629 * 7.874),
  ])
  func attenuationAtTabulatedEnergies(tissue: Tissue, energy: Double, expected: Double) {
    #expect(abs(tissue.attenuation(energyKeV: energy) - expected) < 1e-12)
  }

  @Test func attenuationFallsWithEnergy() {
    for tissue in Tissue.allCases {
      let values = stride(from: 40.0, through: 80, by: 5).map {
        tissue.attenuation(energyKeV: $0)
      }
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 }, "\(tissue)")
    }
  }

  /// Beer-Lambert: layers multiply.
  @Test func transmissionOfLayersMultiplies() {
    let t = XRayDetector.transmission([0.5, 1.25, 1.75])
    #expect(abs(t[0] * t[1] - t[2]) < 4 * t[2].ulp)
    #expect(XRayDetector.logRatio(t[0], t[2]) - 1.25 < 8 * Float(1.25).ulp)
  }

  /// Relative noise variance falls as one over the dose, where counts are few and where many.
  @Test(arguments: [0.02, 2.0])
  func noiseVarianceFollowsDose(base: Double) {
    let n = 60_000
    var points: [(Double, Double)] = []
    for (index, factor) in [1.0, 3, 10, 30, 100].enumerated() {
      let detector = XRayDetector(exposureMicrogray: base * factor)
      var signal = [Float](repeating: 0.03, count: n)
      var stream = RandomStream(5).child(index)
      detector.addQuantumNoise(to: &signal, pixelMM: 0.2, stream: &stream)
      let mean = signal.reduce(0) { $0 + Double($1) } / Double(n)
      // The mean of n counts around λ n has relative error 1/√(λ n).
      let counts = 0.03 * base * factor * XRayDetector.quantaPerSquareMMPerMicrogray * 0.04
      #expect(abs(mean / 0.03 - 1) < 5 / (counts * Double(n)).squareRoot() + 1e-6)
      let square = signal.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      points.append((log(factor), log(square / Double(n) / (mean * mean))))
    }
    let mx = points.reduce(0) { $0 + $1.0 } / 5
    let my = points.reduce(0) { $0 + $1.1 } / 5
    let slope =
      points.reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
      / points.reduce(0) { $0 + ($1.0 - mx) * ($1.0 - mx) }
    // The limit of the phantoms' physics row.
    #expect(abs(slope + 1) < 0.05, "slope \(slope)")
  }

  /// A pixel's noise depends on its own signal alone.
  @Test func noiseElsewhereStays() {
    let detector = XRayDetector(exposureMicrogray: 1)
    var a = [Float](repeating: 0.05, count: 100)
    var b = a
    b[40] = 0.2
    var first = RandomStream(9)
    var second = RandomStream(9)
    detector.addQuantumNoise(to: &a, pixelMM: 0.3, stream: &first)
    detector.addQuantumNoise(to: &b, pixelMM: 0.3, stream: &second)
    for index in 0..<100 where index != 40 { #expect(a[index] == b[index]) }
    #expect(a[40] != b[40])
  }

  /// A blurred point has the variance of the kernel; a blurred constant stays.
  @Test func blurKeepsMassAndWidens() {
    var point = [Float](repeating: 0, count: 41 * 41)
    point[20 * 41 + 20] = 1
    gaussianBlur(&point, rows: 41, columns: 41, sigma: 2)
    var sum = 0.0
    var second = 0.0
    for y in 0..<41 {
      for x in 0..<41 {
        sum += Double(point[y * 41 + x])
        second += Double(point[y * 41 + x]) * Double((x - 20) * (x - 20))
      }
    }
    #expect(abs(sum - 1) < 1e-5)
    // The variance of the normal density sampled at whole samples, -6...6; the bound is the
    // rounding of 13 Float products a pass, weighted with squares up to 36.
    let weights = (-6...6).map { exp(-Double($0 * $0) / 8) }
    let squares = zip(-6...6, weights).map { Double($0 * $0) * $1 }
    let expected = squares.reduce(0, +) / weights.reduce(0, +)
    #expect(abs(second - expected) < 36 * 26 * 0x1p-24)
  }

  @Test func displayIsMonotoneAndClipped() {
    let display = DisplayTransform(low: 1, high: 3, gamma: 1)
    // The logarithm is within 2 ulp of 2, and half of that difference remains.
    #expect(abs(display.value(expf(-2)) - 0.5) <= 3 * Float(2).ulp / 2)
    #expect(display.value(1) == 0 && display.value(0) == 1)
  }

  /// Against the C library: 4 ulp of logarithms up to 18.4, over a range of 1.7, then the power.
  @Test(arguments: [0.7, 1, 1.4])
  func displayMeetsTheFormula(gamma: Double) {
    let display = DisplayTransform(low: 0.6, high: 2.3, gamma: gamma)
    var values = (0..<3000).map { Float($0) / 3000 }
    let signals = values
    display.apply(to: &values)
    for (value, signal) in zip(values, signals) {
      let linear = (-log(max(Double(signal), 1e-8)) - 0.6) / 1.7
      let expected = pow(min(1, max(0, linear)), gamma)
      // A root is steep near 0: its argument may be off by two roundings of 1.
      let off = pow(min(1, max(0, linear) + 0x1p-22), gamma) - expected
      #expect(abs(Double(value) - expected) <= off + 16 * 0x1p-24, "\(signal)")
      #expect(display.value(signal) == value)
    }
  }

  /// Four levels with counts 1, 2, 1: cumulative 1, 3, 4 → 0, 2/3, 1.
  @Test func equalisationByHand() {
    var values: [Float] = [0.2, 0.4, 0.4, 1]
    equalizeHistogram(&values)
    #expect(values == [0, 2.0 / 3, 2.0 / 3, 1])
  }
}
