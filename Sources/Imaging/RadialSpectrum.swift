import Foundation
import Kernels

/// Power of an image by spatial frequency, averaged over directions.
///
/// The mean is removed, the image is multiplied by the outer product of two symmetric Hann windows
/// w[i] = .5 − .5 cos(2πi / (n − 1)), and |DFT|² is averaged over the frequencies whose radius
/// √(u² + v²), in cycles per image, rounds to the bin's number.
public struct RadialSpectrum: Sendable {
  /// power[k]: mean of |DFT|² over radius k, k = 0 ... n/2; unnormalised.
  public let power: [Double]

  /// The spectrum of n x n values in row-major order.
  public init(_ values: [Double], size n: Int) {
    precondition(n > 1 && values.count == n * n, "\(values.count) values must fill \(n) x \(n)")
    let mean = values.reduce(0, +) / Double(values.count)
    let window = (0..<n).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(n - 1)) }
    var real = [Double](repeating: 0, count: n * n)
    var imaginary = real
    for y in 0..<n {
      for x in 0..<n { real[y * n + x] = (values[y * n + x] - mean) * window[y] * window[x] }
    }
    // Rows, then columns.
    for y in 0..<n {
      let row = y * n..<(y + 1) * n
      let line = FFT.transform(real: Array(real[row]), imaginary: Array(imaginary[row]))
      real.replaceSubrange(row, with: line.real)
      imaginary.replaceSubrange(row, with: line.imaginary)
    }
    var sums = [Double](repeating: 0, count: n / 2 + 1)
    var counts = sums
    for x in 0..<n {
      let line = FFT.transform(
        real: (0..<n).map { real[$0 * n + x] }, imaginary: (0..<n).map { imaginary[$0 * n + x] })
      let u = Double(x <= n / 2 ? x : x - n)
      for y in 0..<n {
        let v = Double(y <= n / 2 ? y : y - n)
        let bin = Int((u * u + v * v).squareRoot().rounded())
        guard bin < sums.count else { continue }
        sums[bin] += line.real[y] * line.real[y] + line.imaginary[y] * line.imaginary[y]
        counts[bin] += 1
      }
    }
    power = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
  }

  /// The spectrum of the first channel of a square image.
  public init(_ image: Image) {
    precondition(
      image.height == image.width, "image \(image.height) x \(image.width) must be square")
    let plane = image.height * image.width
    self.init(
      image.pixels.withUnsafeElements { values in (0..<plane).map { Double(values[$0]) } },
      size: image.height)
  }

  /// Least-squares slope of log power on log frequency over whole cycles per image.
  ///
  /// The default, 3...12 cycles, covers radii 2.5 to 12.5: coarse anatomy below and the edge of a
  /// 28 x 28 grid above are left out. NaN when a bin has no power (a constant image).
  public func slope(over cycles: ClosedRange<Int> = 3...12) -> Double {
    precondition(
      cycles.lowerBound > 0 && cycles.upperBound < power.count && cycles.count > 1,
      "cycles \(cycles) must lie inside 1...\(power.count - 1)")
    let x = cycles.map { log(Double($0)) }
    let y = cycles.map { log(power[$0]) }
    guard y.allSatisfy(\.isFinite) else { return .nan }
    let meanX = x.reduce(0, +) / Double(x.count)
    let meanY = y.reduce(0, +) / Double(y.count)
    let products = zip(x, y).map { ($0 - meanX) * ($1 - meanY) }.reduce(0, +)
    let squares = x.map { ($0 - meanX) * ($0 - meanX) }.reduce(0, +)
    return products / squares
  }
}

extension Image {
  /// Pearson correlation of the first channel with its own mirror image (left and right swapped)
  /// over all pixels: 1 for a symmetric image; NaN for a constant one.
  public var leftRightCorrelation: Double {
    let (height, width) = (height, width)
    let count = Double(height * width)
    return pixels.withUnsafeElements { values in
      var mean = 0.0
      for i in 0..<(height * width) { mean += Double(values[i]) }
      mean /= count
      var products = 0.0
      var squares = 0.0
      for y in 0..<height {
        for x in 0..<width {
          let here = Double(values[y * width + x]) - mean
          let there = Double(values[y * width + width - 1 - x]) - mean
          products += here * there
          squares += here * here
        }
      }
      return products / squares
    }
  }
}
