import Foundation
import Kernels

/// A flat detector: how line integrals become counts.
///
///     I = I₀ (e^{−L} + S) ,   N ~ Poisson(I · quanta per pixel)
///
/// S is the scattered part of the signal; I₀ is the unattenuated beam.
public struct XRayDetector: Sendable, Codable, Equatable {
  /// Air kerma of the unattenuated beam at the detector in µGy.
  public var exposureMicrogray: Double
  /// Effective energy of the beam in keV.
  public var energyKeV: Double
  /// Scatter fraction S/(P+S) behind 200 mm of soft tissue; 0.6 to 0.9 without a grid over the
  /// mediastinum, 0.3 to 0.5 over the lungs (Sorenson and Nelson 1976, Niklason et al. 1981).
  public var scatterFraction: Double
  /// Standard deviation in millimetres of the Gaussian point-spread function.
  public var blurMM: Double

  /// Quanta per mm² and µGy at 60 keV. IEC 62220-1 gives 30,174 for RQA5 (mean energy about
  /// 52 keV); taken as constant over 40 to 80 keV.
  public static let quantaPerSquareMMPerMicrogray = 30174.0

  public init(
    exposureMicrogray: Double, energyKeV: Double = 60, scatterFraction: Double = 0.5,
    blurMM: Double = 0.2
  ) {
    precondition(
      exposureMicrogray > 0, "exposureMicrogray (\(exposureMicrogray)) must be positive")
    precondition(
      (0..<1).contains(scatterFraction), "scatterFraction (\(scatterFraction)) must lie in 0..<1")
    self.exposureMicrogray = exposureMicrogray
    self.energyKeV = energyKeV
    self.scatterFraction = scatterFraction
    self.blurMM = blurMM
  }

  /// Modulation transfer of the blur at a spatial frequency in cycles/mm: exp(−2π²σ²f²).
  public func modulationTransfer(frequency f: Double) -> Double {
    exp(-2 * .pi * .pi * blurMM * blurMM * f * f)
  }

  /// Primary transmission e^{−L}, each value.
  public static func transmission(_ lineIntegrals: [Float]) -> [Float] {
    lineIntegrals.map { expf(-$0) }
  }

  /// ln(a/b) of two signals: the change of the line integral from a to b.
  @inlinable
  public static func logRatio(_ a: Float, _ b: Float) -> Float { logf(a / b) }

  /// Replaces expected signals (relative to the open beam) by Poisson counts over their mean open
  /// count, one per pixel of `pixelMM` width.
  ///
  /// Each pixel has one standard normal number z of its own, drawn in order from the stream: the
  /// count is the Poisson quantile of Φ(z) below a mean of 50 and λ + √λ z + (z² − 1)/6 above it
  /// (Cornish-Fisher to first order; mean λ, variance λ + 1/18). A pixel's noise thus depends on its own
  /// signal only: changing one region of an image leaves the noise elsewhere as it was.
  public func addQuantumNoise(
    to signal: inout [Float], pixelMM: Double, stream: inout RandomStream
  ) {
    let open = exposureMicrogray * Self.quantaPerSquareMMPerMicrogray * pixelMM * pixelMM
    var draws = [Float](repeating: 0, count: signal.count)
    draws.withUnsafeMutableBufferPointer { stream.fillNormal($0) }
    for index in signal.indices {
      let mean = Double(signal[index]) * open
      let z = Double(draws[index])
      signal[index] = Float(Self.count(mean: mean, z: z) / open)
    }
  }

  /// The coupled count of `addQuantumNoise`.
  static func count(mean: Double, z: Double) -> Double {
    if mean > 50 { return max(0, mean + mean.squareRoot() * z + (z * z - 1) / 6) }
    let target = erfc(-z / 2.0.squareRoot()) / 2
    var term = exp(-mean)
    var sum = term
    var k = 0.0
    while sum < target && k < 200 {
      k += 1
      term *= mean / k
      sum += term
    }
    return k
  }
}

/// Separable Gaussian blur of a row-major map in place, cut at three standard deviations, edges
/// repeated. Does nothing below a twentieth of a sample.
public func gaussianBlur(
  _ values: inout [Float], rows: Int, columns: Int, sigma: Double
) {
  precondition(values.count == rows * columns, "values (\(values.count)) must be rows x columns")
  guard sigma > 0.05 else { return }
  let radius = Int((3 * sigma).rounded(.up))
  var kernel = (-radius...radius).map { Float(exp(-Double($0 * $0) / (2 * sigma * sigma))) }
  let total = kernel.reduce(0, +)
  kernel = kernel.map { $0 / total }
  var line = [Float](repeating: 0, count: columns + 2 * radius)
  var blurred = [Float](repeating: 0, count: values.count)
  line.withUnsafeMutableBufferPointer { line in
    blurred.withUnsafeMutableBufferPointer { blurred in
      values.withUnsafeMutableBufferPointer { values in
        // Both passes add whole rows times one weight, along x from a row with repeated ends.
        for row in 0..<rows {
          let own = values.baseAddress! + row * columns
          for i in 0..<line.count { line[i] = own[min(columns - 1, max(0, i - radius))] }
          let to = blurred.baseAddress! + row * columns
          for k in kernel.indices {
            Float.accumulate(columns, line.baseAddress! + k, scale: kernel[k], to)
          }
        }
        values.update(repeating: 0)
        for row in 0..<rows {
          let to = values.baseAddress! + row * columns
          for k in kernel.indices {
            let source = min(rows - 1, max(0, row + k - radius))
            Float.accumulate(columns, blurred.baseAddress! + source * columns, scale: kernel[k], to)
          }
        }
      }
    }
  }
}
