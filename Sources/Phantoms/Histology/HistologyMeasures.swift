import Foundation
import Imaging

/// What colour deconvolution and counting read off a stained tile.
///
/// Optical densities are unmixed with the reference stains, not the laboratory's own, as one has to
/// where these are unknown.
extension HistologyPictures {
  public var measures: [String] {
    [
      "nuclear area [share]", "dark nuclear area [share]", "mucin [share]", "lumen [share]",
      "mean haematoxylin", "mean eosin", "stain angle [degrees]",
    ]
  }

  /// Thresholds of the measures and limits of what counts as stained tissue; the worst thousandth
  /// of real pictures, with a margin, sets the latter.
  enum Limit {
    /// Haematoxylin of a nucleus, and of a lymphocyte.
    static let nucleus: Float = 0.50
    static let dark: Float = 1.35
    /// Total density of mucin, and of an empty lumen, at most.
    static let mucin: ClosedRange<Float> = 0.12...0.42
    static let lumen: Float = 0.16
    /// Share of haematoxylin in mucin's density.
    static let blueness: Float = 0.62
    /// Mean total density of a section at all stained.
    static let unstained: Float = 0.12
    /// Root mean square distance from the plane of the two stains.
    static let offPlane: Float = 0.052
    /// Share of the tile in nuclei: none, and more than can lie side by side.
    static let nuclei = 0.004...0.75
  }

  public func measure(_ pixels: [Float], size: Int) -> PictureMeasures {
    let plane = size * size
    precondition(pixels.count == 3 * plane, "pixels (\(pixels.count)) must be 3 x \(size) squared")
    let reference = StainMatrix.reference
    var h = [Float](repeating: 0, count: plane)
    var e = h
    var densities = [SIMD3<Float>](repeating: .zero, count: plane)
    var rest = 0.0
    for index in 0..<plane {
      let light = SIMD3(pixels[index], pixels[plane + index], pixels[2 * plane + index])
      let density = SIMD3(
        -logf(max(0.02, light.x)), -logf(max(0.02, light.y)), -logf(max(0.02, light.z)))
      let amounts = reference.unmixed(density)
      h[index] = amounts.h
      e[index] = amounts.e
      densities[index] = density
      rest += Double(amounts.rest * amounts.rest)
    }
    let total = densities.map { ($0 * $0).sum().squareRoot() }
    let mean = total.reduce(0, +) / Float(plane)
    guard mean > Limit.unstained else {
      return PictureMeasures(
        values: [Double?](repeating: nil, count: measures.count), impossible: "nothing stained")
    }
    func share(_ condition: (Int) -> Bool) -> Double {
      Double((0..<plane).filter(condition).count) / Double(plane)
    }
    let nuclear = share { h[$0] > Limit.nucleus }
    let isMucin = (0..<plane).map {
      Limit.mucin.contains(total[$0]) && h[$0] > Limit.blueness * (h[$0] + max(0, e[$0]))
    }
    let isLumen = total.map { $0 < Limit.lumen }
    let values: [Double?] = [
      nuclear, share { h[$0] > Limit.dark }, inner(isMucin, size: size),
      inner(isLumen, size: size), Double(h.reduce(0, +)) / Double(plane),
      Double(e.reduce(0, +)) / Double(plane), stainAngle(densities, total),
    ]
    var impossible: String?
    if Float((rest / Double(plane)).squareRoot()) > Limit.offPlane {
      impossible = "colours of no two stains"
    } else if nuclear < Limit.nuclei.lowerBound {
      impossible = "no nuclei"
    } else if nuclear > Limit.nuclei.upperBound {
      impossible = "nothing but nuclei"
    }
    return PictureMeasures(values: values, impossible: impossible)
  }

  /// Share of the pixels that satisfy a condition together with at least three of their four
  /// neighbours: thin seams between a nucleus and a lumen do not count.
  private func inner(_ holds: [Bool], size: Int) -> Double {
    var count = 0
    for row in 0..<size {
      for column in 0..<size where holds[row * size + column] {
        var neighbours = 0
        for (y, x) in [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)] {
          let isInside = y >= 0 && y < size && x >= 0 && x < size
          if !isInside || holds[y * size + x] { neighbours += 1 }
        }
        if neighbours >= 3 { count += 1 }
      }
    }
    return Double(count) / Double(size * size)
  }

  /// Angle between the outermost stain directions (2nd and 98th percentile) in the plane of the
  /// reference stains, of pixels with density, after Macenko et al. 2009.
  private func stainAngle(_ densities: [SIMD3<Float>], _ total: [Float]) -> Double? {
    let reference = StainMatrix.reference
    let first = reference.eosin
    let second = StainMatrix.cross(reference.normal, first)
    var angles: [Float] = []
    for (density, size) in zip(densities, total) where size > 0.35 {
      angles.append(atan2f((density * second).sum(), (density * first).sum()) * 180 / .pi)
    }
    guard angles.count >= 20 else { return nil }
    let spread =
      PicturePlane.quantile(angles, 0.98) - PicturePlane.quantile(angles, 0.02)
    return Double(abs(spread))
  }
}
