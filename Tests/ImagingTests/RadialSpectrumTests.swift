import Foundation
import Imaging
import Kernels
import Tensors
import Testing

@Suite struct RadialSpectrumTests {
  /// v = (7y + 3x + xy) mod 11 on 8 x 8; expected from NumPy 2.4.6 (hanning, fft2, rint of hypot).
  static let values: [Double] = (0..<64).map { (i: Int) -> Double in
    let (y, x) = (i / 8, i % 8)
    let mixed = 7 * y + 3 * x + x * y
    return Double(mixed % 11)
  }

  @Test func binsAsInNumPy() {
    let expected = [
      30.545662573935996, 30.558951816175625, 59.06917284798985, 96.71146499906868,
      62.790141396490256,
    ]
    let power = RadialSpectrum(Self.values, size: 8).power
    // An FFT of 64 values of size 10 errs by some 64 · 10 · 2^-53 in amplitude.
    for (ours, theirs) in zip(power, expected) {
      let bound: Double = 1280 * 0x1p-53 * theirs.squareRoot() + 0x1p-50 * theirs
      #expect(abs(ours - theirs) <= bound)
    }
    let image = Image(pixels: Tensor(shape: [1, 8, 8], Self.values.map { Float($0) }))
    #expect(abs(image.leftRightCorrelation - -0.13014439132210556) <= 64 * 0x1p-53)
  }

  /// Mirroring, gain and offset leave the slope alone; a constant image has none.
  @Test func slopeIgnoresMirrorGainAndOffset() {
    let mirrored: [Double] = (0..<64).map { (i: Int) -> Double in Self.values[i / 8 * 8 + 7 - i % 8]
    }
    let a = RadialSpectrum(Self.values, size: 8).slope(over: 1...4)
    let b = RadialSpectrum(mirrored, size: 8).slope(over: 1...4)
    #expect(abs(a - b) <= 1e-12)
    let scaled = RadialSpectrum(Self.values.map { 3 * $0 + 20 }, size: 8).slope(over: 1...4)
    #expect(abs(a - scaled) <= 1e-12)
    #expect(RadialSpectrum([Double](repeating: 2, count: 64), size: 8).slope(over: 1...4).isNaN)
  }

  /// Means and standard deviations on the training split of the given PneumoniaMNIST, as DESIGN.md
  /// section 5 states them, to half a printed digit.
  @Test(.enabled(if: outsideFiles != nil, "LIGHTBOX_DATA names no folder of outside files"))
  func pneumoniaMNIST() throws {
    let archive = try NPZ(outsideFiles! + "/pneumoniamnist.npz")
    let images = try archive.array("train_images")
    let labels = try archive.array("train_labels").integers()
    let values = images.doubles
    var slopes: [[Double]] = [[], []]
    var symmetries: [[Double]] = [[], []]
    let measured = try Parallel.map(labels.count) { i -> (slope: Double, symmetry: Double) in
      let one = Array(values[(i * 784)..<((i + 1) * 784)])
      let image = Image(pixels: Tensor(shape: [1, 28, 28], one.map { Float($0) }))
      return (RadialSpectrum(one, size: 28).slope(), image.leftRightCorrelation)
    }
    for (label, values) in zip(labels, measured) {
      slopes[label].append(values.slope)
      symmetries[label].append(values.symmetry)
    }
    func check(_ sample: [Double], _ mean: Double, _ deviation: Double) {
      let n = Double(sample.count)
      let average = sample.reduce(0, +) / n
      let squares = sample.reduce(0) { $0 + ($1 - average) * ($1 - average) }
      #expect(abs(average - mean) <= 0.005)
      #expect(abs((squares / (n - 1)).squareRoot() - deviation) <= 0.005)
    }
    #expect(slopes.map(\.count) == [1214, 3494])
    check(slopes[0], -3.85, 0.51)
    check(slopes[1], -3.55, 0.66)
    check(symmetries[0], 0.68, 0.15)
    check(symmetries[1], 0.57, 0.22)
  }
}
