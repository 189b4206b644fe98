import Foundation

/// The side marker of a film: an R at the viewer's upper left or an L at the upper right, burned in.
///
/// It has nothing to do with the patient, so a network that draws it well has learned the film, and
/// one that mirrors, doubles or drops it shows what it has not understood.
struct ChestMarker {
  /// "R" or "L".
  var letter: Character
  /// Centre in half-widths of the film, and height likewise.
  var centre: SIMD2<Float>
  static let height: Float = 0.30
  static let ink: Float = 0.96

  /// The strokes of a letter around the origin, in half-widths.
  private static func strokes(_ letter: Character, mirrored: Bool) -> [[SIMD2<Float>]] {
    StrokeFont.strokes(letter).map { stroke in
      stroke.map { point in
        let x = (point.x - 0.31) * height
        return SIMD2(mirrored ? -x : x, (point.y - 0.5) * height)
      }
    }
  }

  /// How much of every pixel the letter covers, at four samples a pixel and axis; [size, size].
  static func coverage(
    _ letter: Character, mirrored: Bool = false, at centre: SIMD2<Float>, size: Int
  ) -> [Float] {
    let factor = 4
    var map = StrokeMap(fine: factor * size)
    for stroke in strokes(letter, mirrored: mirrored) {
      map.add(stroke.map { $0 + centre }, radius: 0.105 * height, strength: 1)
    }
    var result = [Float](repeating: 0, count: size * size)
    let reach = height
    let rows = range(centre.y, reach, size)
    let columns = range(centre.x, reach, size)
    for row in rows {
      for column in columns {
        var sum: Float = 0
        for y in 0..<factor {
          for x in 0..<factor {
            sum += map.values[(row * factor + y) * map.fine + column * factor + x]
          }
        }
        result[row * size + column] = sum / Float(factor * factor)
      }
    }
    return result
  }

  /// The pixels whose places lie within `reach` of a place.
  static func range(_ centre: Float, _ reach: Float, _ size: Int) -> Range<Int> {
    let low = Int(((centre - reach + 1) * Float(size) / 2).rounded(.down))
    let high = Int(((centre + reach + 1) * Float(size) / 2).rounded(.up))
    return max(0, min(size, low))..<max(0, min(size, high))
  }

  /// Burns the letter into a film.
  func burn(into pixels: inout [Float], size: Int) {
    let cover = Self.coverage(letter, at: centre, size: size)
    for index in pixels.indices where cover[index] > 0 {
      pixels[index] += (Self.ink - pixels[index]) * cover[index]
    }
  }
}

/// Looks for side markers in a film.
struct ChestMarkerReader {
  /// A letter as it stands in a corner.
  struct Reading {
    var letter: Character
    var isMirrored: Bool
    var centre: SIMD2<Float>
    /// Normalised correlation of film and letter around the place.
    var score: Float
    /// Brightness of the letter itself, as a regression on its coverage gives it.
    var ink: Float
  }

  /// A letter cut out: what it covers, centred on zero, with its own square sum.
  private struct Template {
    var letter: Character
    var isMirrored: Bool
    /// [side, side]; the centre lies `fraction` of a pixel off the middle of the box.
    var values: [Float]
    var fraction: SIMD2<Float>
    /// Mean of the coverage, and root of the square sum of the coverage less it.
    var mean, norm: Float
  }

  /// Brightness of a letter over the film around it, and of its ink, at least.
  private static let contrast: Float = 0.3
  private static let ink: Float = 0.78

  let size: Int
  private let side: Int
  private let templates: [Template]

  init(size: Int) {
    self.size = size
    let half = Int((ChestMarker.height * Float(size) / 4).rounded(.up))
    side = 2 * half + 1
    // Quarters of a pixel where letters are small, halves where they are not.
    let fractions: [Float] = size <= 32 ? [-0.375, -0.125, 0.125, 0.375] : [-0.25, 0.25]
    var made: [Template] = []
    for letter in ["R", "L"] as [Character] {
      for isMirrored in [false, true] {
        for fy in fractions {
          for fx in fractions {
            // The middle pixel of a film, moved by a fraction of a pixel.
            let middle = (2 * (Float(size / 2) + 0.5)) / Float(size) - 1
            let shift = SIMD2(fx, fy) * (2 / Float(size))
            let cover = ChestMarker.coverage(
              letter, mirrored: isMirrored, at: SIMD2(middle, middle) + shift, size: size)
            var values: [Float] = []
            for row in -half...half {
              for column in -half...half {
                values.append(cover[(size / 2 + row) * size + size / 2 + column])
              }
            }
            let mean = values.reduce(0, +) / Float(values.count)
            let centred = values.map { $0 - mean }
            let norm = max(1e-6, centred.reduce(0) { $0 + $1 * $1 }.squareRoot())
            made.append(
              Template(
                letter: letter, isMirrored: isMirrored, values: centred.map { $0 / norm },
                fraction: shift, mean: mean, norm: norm))
          }
        }
      }
    }
    templates = made
  }

  /// The best reading in the upper left (or right) corner.
  func read(_ film: PicturePlane, left: Bool) -> Reading {
    let half = side / 2
    var best = Reading(letter: "R", isMirrored: false, centre: .zero, score: -1, ink: 0)
    let columns = ChestMarker.range(left ? -0.78 : 0.78, 0.15, size)
    let rows = ChestMarker.range(-0.78, 0.15, size)
    var window = [Float](repeating: 0, count: side * side)
    for row in rows {
      for column in columns {
        var (sum, square) = (Float(0), Float(0))
        for y in 0..<side {
          for x in 0..<side {
            // Beyond the border the film goes on as it ends.
            let at = min(size - 1, max(0, row + y - half))
            let value = film.values[at * size + min(size - 1, max(0, column + x - half))]
            window[y * side + x] = value
            sum += value
            square += value * value
          }
        }
        let count = Float(side * side)
        // A contrast of a twentieth of the grey scale is no letter.
        let spread = max(0.05 * count.squareRoot(), (square - sum * sum / count).squareRoot())
        for template in templates {
          var product: Float = 0
          for index in window.indices { product += window[index] * template.values[index] }
          let contrast = product / template.norm
          let ink = sum / count + contrast * (1 - template.mean)
          let isInk = contrast > Self.contrast && ink > Self.ink
          if isInk, product / spread > best.score {
            best = Reading(
              letter: template.letter, isMirrored: template.isMirrored,
              centre: SIMD2(film.place(column), film.place(row)) + template.fraction,
              score: product / spread, ink: ink)
          }
        }
      }
    }
    return best
  }
}
