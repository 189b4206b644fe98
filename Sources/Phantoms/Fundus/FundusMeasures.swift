import Foundation
import Imaging

/// What classical image analysis reads off a photograph of the back of the eye, at 32x32 as at
/// 64x64.
///
/// The disc is the brightest round spot in green and blue once dark lines are closed; cup and disc
/// radius come from a least-squares fit of a two-step disc; vessels are what is darker in green than
/// its surroundings; light and pigment are fitted over the retina away from the disc.
extension FundusPictures {
  public var measures: [String] {
    [
      "cup-to-disc ratio", "disc radius [half-widths]", "disc x [half-widths]",
      "disc y [half-widths]", "vessel darkness [share]", "illumination to the right",
      "illumination downwards", "pigmentation [log red/green]",
    ]
  }

  /// Limits of what counts as an eye. Real pictures, whose worst thousandth sets them with a margin,
  /// keep inside: `make phantoms` reports the share of reals called impossible.
  enum Limit {
    /// Excess of the disc over the retina around it, in green and blue relative to the retina.
    static let discContrast: Float = 0.25
    /// Excess of a second spot over that of the disc.
    static let secondSpot: Float = 0.65
    /// Distance of two spots that are not one, in half-widths.
    static let separation: Float = 0.42
    /// Red in the middle of the picture, and light outside the field.
    static let darkest: Float = 0.25
    static let outside: Float = 0.20
    /// Vessel darkness without which no retina lives.
    static let vessels = 0.004
  }

  public func measure(_ pixels: [Float], size: Int) -> PictureMeasures {
    let plane = size * size
    precondition(pixels.count == 3 * plane, "pixels (\(pixels.count)) must be 3 x \(size) squared")
    let red = PicturePlane(size: size, Array(pixels[..<plane]))
    let green = PicturePlane(size: size, Array(pixels[plane..<2 * plane]))
    let blue = PicturePlane(size: size, Array(pixels[(2 * plane)...]))
    let nothing = [Double?](repeating: nil, count: measures.count)

    let within = ring(red, from: 0, to: 0.8)
    guard PicturePlane.quantile(within, 0.5) > Limit.darkest else {
      return PictureMeasures(values: nothing, impossible: "no retina")
    }
    let nerve = PicturePlane(size: size, zip(green.values, blue.values).map { ($0 + $1) / 2 })
    let closed = nerve.closed(size / 32)
    let spots = brightSpots(closed)
    let retina = fit(red, green, away: spots.first?.at)
    guard let spot = spots.first, spot.excess > Limit.discContrast else {
      return PictureMeasures(
        values: [nil, nil, nil, nil] + retina, impossible: "no optic disc")
    }
    let disc = fitDisc(closed, near: spot.at)
    let values: [Double?] =
      [disc.cupToDisc, disc.radius, Double(disc.at.x), Double(disc.at.y)] + retina
    var impossible: String?
    if spots.count > 1, spots[1].excess > Limit.secondSpot * spot.excess {
      impossible = "two optic discs"
    } else if let corners = PicturePlane.mean(ring(red, from: 1.15, to: 2)), corners > Limit.outside
    {
      impossible = "light outside the retina"
    } else if let vessels = retina[0], vessels < Limit.vessels {
      impossible = "no vessels"
    }
    return PictureMeasures(values: values, impossible: impossible)
  }

  /// The values between two distances from the middle.
  private func ring(_ plane: PicturePlane, from low: Float, to high: Float) -> [Float] {
    var result: [Float] = []
    for row in 0..<plane.size {
      for column in 0..<plane.size {
        let (x, y) = (plane.place(column), plane.place(row))
        let distance = (x * x + y * y).squareRoot()
        if distance >= low, distance < high {
          result.append(plane.values[row * plane.size + column])
        }
      }
    }
    return result
  }

  /// A local maximum: its place and its excess over the retina, relative to the retina.
  private struct Spot {
    var at: SIMD2<Float>
    var excess: Float
  }

  /// The bright spots, strongest first, none closer to a stronger one than two discs may be.
  private func brightSpots(_ closed: PicturePlane) -> [Spot] {
    let size = closed.size
    let soft = closed.blurred(0.09)
    // The mean of the lit part around, not of the dark beyond the border.
    let lit = PicturePlane(size: size, closed.values.map { $0 > 0.05 ? 1 : 0 }).blurred(0.45)
    var wide = closed.blurred(0.45)
    for index in wide.values.indices { wide.values[index] /= max(0.1, lit.values[index]) }
    var spots: [Spot] = []
    for row in 1..<(size - 1) {
      for column in 1..<(size - 1) {
        let (x, y) = (closed.place(column), closed.place(row))
        guard x * x + y * y < 0.81 else { continue }
        let index = row * size + column
        let value = soft.values[index]
        guard
          [-size - 1, -size, -size + 1, -1, 1, size - 1, size, size + 1].allSatisfy({
            soft.values[index + $0] <= value
          })
        else { continue }
        spots.append(
          Spot(
            at: SIMD2(x, y), excess: (value - wide.values[index]) / max(0.02, wide.values[index])))
      }
    }
    spots.sort { $0.excess > $1.excess }
    var kept: [Spot] = []
    for spot in spots {
      let isNew = kept.allSatisfy {
        let d = $0.at - spot.at
        return (d * d).sum() > Limit.separation * Limit.separation
      }
      if isNew { kept.append(spot) }
    }
    return kept
  }

  /// Centre, radius and cup of the disc near a place.
  ///
  /// The centre is the centroid of what exceeds the retina by half of the disc's excess. Then for a
  /// grid of radii r and ratios c the model b(1 − d) + a(d + (p − 1) k), with d and k the
  /// shares of a pixel in disc and cup (radius c r) and p the mean brightness of cup over rim, is fitted to the pixels around by least squares in a and b; the best pair counts.
  private func fitDisc(
    _ closed: PicturePlane, near start: SIMD2<Float>
  ) -> (at: SIMD2<Float>, radius: Double, cupToDisc: Double) {
    let size = closed.size
    var at = start
    func around(_ reach: Float) -> [(offset: SIMD2<Float>, value: Float)] {
      var result: [(SIMD2<Float>, Float)] = []
      for row in 0..<size {
        for column in 0..<size {
          let offset = SIMD2(closed.place(column), closed.place(row)) - at
          if (offset * offset).sum() < reach * reach {
            result.append((offset, closed.values[row * size + column]))
          }
        }
      }
      return result
    }
    for _ in 0..<3 {
      let pixels = around(0.34)
      let values = pixels.map(\.value)
      let low = PicturePlane.quantile(values, 0.2)
      let threshold = low + 0.35 * (PicturePlane.quantile(values, 0.95) - low)
      var sum = SIMD2<Float>()
      var weight: Float = 1e-6
      for pixel in pixels where pixel.value > threshold {
        let excess = min(pixel.value - threshold, threshold - low)
        sum += excess * pixel.offset
        weight += excess
      }
      at += sum / weight
    }
    let pixels = around(0.42)
    let distances = pixels.map { pixel -> Float in
      let u = pixel.offset.x / 0.93
      return (u * u + pixel.offset.y * pixel.offset.y).squareRoot()
    }
    let extra = Float(FundusEye.meanPallor - 1)
    let edge = (closed.pixel * closed.pixel + 0.04 * 0.04).squareRoot()
    func error(_ radius: Float, _ ratio: Float) -> Float {
      // Normal equations of value = b·(1 − d) + a·(d + (p − 1) k).
      var (pp, pq, qq, pv, qv, vv) = (
        Float(0), Float(0), Float(0), Float(0), Float(0), Float(0)
      )
      let inverse = 1 / edge
      for (index, distance) in distances.enumerated() {
        let d = min(1, max(0, 0.5 + (radius - distance) * inverse))
        let k = min(1, max(0, 0.5 + (radius * ratio - distance) * inverse))
        let (p, q, v) = (
          1 - d, d + extra * k * min(1, radius * ratio * inverse), pixels[index].value
        )
        pp += p * p
        pq += p * q
        qq += q * q
        pv += p * v
        qv += q * v
        vv += v * v
      }
      let determinant = max(1e-9, pp * qq - pq * pq)
      let b = (pv * qq - qv * pq) / determinant
      let a = (qv * pp - pv * pq) / determinant
      return vv - a * qv - b * pv
    }
    var best = (error: Float.infinity, radius: Float(0.2), ratio: Float(0.4))
    func search(_ radii: StrideThrough<Float>, _ ratios: StrideThrough<Float>) {
      for radius in radii {
        for ratio in ratios {
          let found = error(radius, ratio)
          if found < best.error { best = (found, radius, ratio) }
        }
      }
    }
    search(stride(from: 0.13, through: 0.30, by: 0.02), stride(from: 0.05, through: 0.98, by: 0.1))
    let (radius, ratio) = (best.radius, best.ratio)
    search(
      stride(from: radius - 0.01, through: radius + 0.011, by: 0.01),
      stride(from: max(0, ratio - 0.06), through: min(1, ratio + 0.061), by: 0.02))
    return (at, Double(best.radius), Double(best.ratio))
  }

  /// Vessel darkness, slopes of the light and pigment of the retina, in that order.
  private func fit(
    _ red: PicturePlane, _ green: PicturePlane, away disc: SIMD2<Float>?
  ) -> [Double?] {
    let size = red.size
    let closed = green.closed(size / 32)
    var logs: [Float] = []
    var darkness = 0.0
    var count = 0
    // ln R = a + x gx + y gy − c (x² + y²), by sums over a symmetric field less the disc.
    var normal = [[Double]](repeating: [Double](repeating: 0, count: 5), count: 4)
    for row in 0..<size {
      for column in 0..<size {
        let (x, y) = (red.place(column), red.place(row))
        guard x * x + y * y < 0.64 else { continue }
        if let disc {
          let offset = SIMD2(x, y) - disc
          if (offset * offset).sum() < 0.36 * 0.36 { continue }
        }
        let index = row * size + column
        let (r, g) = (max(0.01, red.values[index]), max(0.01, green.values[index]))
        logs.append(logf(r / g))
        darkness += Double((closed.values[index] - g) / max(0.01, closed.values[index]))
        count += 1
        let terms = [1, Double(x), Double(y), Double(x * x + y * y)]
        for i in 0..<4 {
          for j in 0..<4 { normal[i][j] += terms[i] * terms[j] }
          normal[i][4] += terms[i] * Double(logf(r))
        }
      }
    }
    guard count > 16 else { return [nil, nil, nil, nil] }
    for i in 0..<4 {
      for j in (i + 1)..<4 {
        let factor = normal[j][i] / max(1e-12, normal[i][i])
        for k in i..<5 { normal[j][k] -= factor * normal[i][k] }
      }
    }
    var solution = [Double](repeating: 0, count: 4)
    for i in stride(from: 3, through: 0, by: -1) {
      var rest = normal[i][4]
      for k in i + 1..<4 { rest -= normal[i][k] * solution[k] }
      solution[i] = rest / max(1e-12, normal[i][i])
    }
    return [
      darkness / Double(count), solution[1], solution[2],
      Double(PicturePlane.quantile(logs, 0.5)),
    ]
  }
}
