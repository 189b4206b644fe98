import Foundation

/// The image of one scatterer: a product of Gaussians along the beam, across it in the image, and
/// across the image plane.
///
///     h(a, l, e) = exp(−a²/2σa²) exp(−l²/2σl²) exp(−e²/2σe²)
///
/// It is the *complex envelope* of the echo: the carrier's phase at a scatterer's position is uniform,
/// so it is part of the scatterer's own complex strength. Widths are those at half amplitude,
/// FWHM = √(8 ln 2) σ.
public struct PointSpread: Codable, Hashable, Sendable {
  /// Full widths at half amplitude in mm.
  public var axialMM, lateralMM, elevationalMM: Double

  public init(axialMM: Double = 0.3, lateralMM: Double = 0.8, elevationalMM: Double = 2) {
    precondition(
      axialMM > 0 && lateralMM > 0 && elevationalMM > 0,
      "widths (\(axialMM), \(lateralMM), \(elevationalMM)) must be positive")
    self.axialMM = axialMM
    self.lateralMM = lateralMM
    self.elevationalMM = elevationalMM
  }

  /// σ = FWHM / √(8 ln 2).
  public static func sigma(_ width: Double) -> Double { width / (8 * log(2)).squareRoot() }

  /// Volume in mm³ inside the half-amplitude surface, π/6 times the product of the widths: the
  /// strict reading of "resolution cell".
  public var cellMM3: Double { .pi / 6 * axialMM * lateralMM * elevationalMM }

  /// Correlation of the speckle's *intensity* with itself after a shift in mm, in fully developed
  /// speckle: the squared normalised autocorrelation of h,
  ///
  ///     ρ = exp(−a²/2σa² − l²/2σl² − e²/2σe²)
  ///
  /// so its widths at half height are those of h's amplitude.
  public func intensityCorrelation(
    axialMM a: Double = 0, lateralMM l: Double = 0, elevationalMM e: Double = 0
  ) -> Double {
    let q = (
      a / Self.sigma(axialMM), l / Self.sigma(lateralMM), e / Self.sigma(elevationalMM)
    )
    return exp(-0.5 * (q.0 * q.0 + q.1 * q.1 + q.2 * q.2))
  }

  /// Samples of exp(−x²/2σ²) at whole multiples of `stepMM`, or half multiples where `isBetween`,
  /// out to `reach` σ.
  ///
  /// Scatterers are moved to the nearest sample before the convolution. The speckle of one frame
  /// does not notice, since the grid under it stays white; against the exact sum the error's share
  /// of the energy is step²/(24 σ²) an axis.
  static func taps(
    widthMM: Double, stepMM: Double, isBetween: Bool, reach: Double = 3
  ) -> [Float] {
    let sigma = Self.sigma(widthMM)
    let offset = isBetween ? 0.5 : 0
    let half = max(1, Int((reach * sigma / stepMM + 0.5).rounded()))
    let first = isBetween ? -Double(half) + offset : -Double(half)
    let count = isBetween ? 2 * half : 2 * half + 1
    return (0..<count).map { k in
      let x = (first + Double(k)) * stepMM
      return Float(exp(-x * x / (2 * sigma * sigma)))
    }
  }
}
