import Foundation
import Kernels
import Physics

/// What findings look like: numbers drawn once per image, the same whatever the severities are.
struct ChestFindingShapes: Sendable {
  struct Focus: Sendable {
    var x, y, a, b: Float
    /// Severity from which the focus is seen.
    var onset: Float
  }
  /// Foci of infiltrates, right and left.
  var foci: [[Focus]] = []
  /// Plates of atelectasis: centre, half-length, slope, thickness; right and left.
  var plates: [[SIMD4<Float>]] = []
  var plateHeights: [[Float]] = []
  /// Relative opacity of infiltrate, wedge, haze; right and left.
  var opacity: [Float] = []
  /// Slope of the border of a collapsed lower lobe.
  var wedgeSlope: [Float] = []
  /// How much of an effusion layers behind the lung.
  var layering: [Float] = []
  /// Left and right weight of congestion.
  var hazeWeight: [Float] = []
  let coarse, middle, fine: LatticeNoise

  init(view: ChestView, stream: RandomStream) {
    var draw = stream.child("findings")
    for side in 0..<2 {
      let sign: Float = side == 0 ? -1 : 1
      var foci: [Focus] = []
      // The main focus favours the lower zones; the others lie anywhere.
      for index in 0..<5 {
        let height =
          index == 0 ? -55 + 115 * draw.uniform().squareRoot() : draw.uniform(in: -75...70)
        let lateral = draw.uniform(in: 40...108)
        let size = (index == 0 ? 25 : 17) * exp(0.3 * draw.normal())
        let flat = exp(0.25 * draw.normal())
        foci.append(
          Focus(
            x: sign * Float(lateral), y: Float(height), a: Float(size * flat),
            b: Float(size / flat), onset: Float(index) * 0.75))
      }
      self.foci.append(foci)
      var plates: [SIMD4<Float>] = []
      for _ in 0..<3 {
        plates.append(
          SIMD4(
            sign * Float(draw.uniform(in: 50...95)), Float(draw.uniform(in: 18...45)),
            Float(draw.uniform(in: -0.35...0.35)), Float(draw.uniform(in: 1.6...3.6))))
      }
      self.plates.append(plates)
      plateHeights.append((0..<3).map { _ in Float(draw.uniform(in: 8...62)) })
      opacity.append(Float(exp(0.25 * draw.normal())))
      wedgeSlope.append(tanf(Float(draw.uniform(in: 0.75...1.35))))
      layering.append(Float(view.recumbency * draw.uniform(in: 0.6...1)))
      hazeWeight.append(Float(exp(0.15 * draw.normal())))
    }
    coarse = LatticeNoise(spacingMM: 26, radiusMM: 260, stream: &draw)
    middle = LatticeNoise(spacingMM: 10.5, radiusMM: 230, stream: &draw)
    fine = LatticeNoise(spacingMM: 5, radiusMM: 210, stream: &draw)
  }
}

extension ChestScene {
  /// What findings do to the aerated depth of a lung at a point.
  struct Opacities {
    /// Share of the air replaced by fluid or collapse, 0...1.
    var filled: Float = 0
    /// Fluid layered behind, in millimetres.
    var layered: Float = 0
    /// Whether the point lies in a pneumothorax.
    var isOutsidePleura = false
  }

  /// Fills from all findings at a point inside a lung.
  @inline(__always)
  func opacities(
    _ x: Float, _ y: Float, at place: LungPoint, shapes: ChestFindingShapes
  ) -> Opacities {
    var result = Opacities()
    let side = place.side
    let strength = Float(contrast)
    let sign: Float = side == 0 ? -1 : 1
    func join(_ share: Float) {
      if share > 0 { result.filled = 1 - (1 - result.filled) * (1 - min(0.97, share)) }
    }

    let effusion = levels[2 + side]
    if effusion > 0 {
      // The meniscus: highest along the side wall, falling off inwards.
      let wall = max(0, 1 - place.lateral) * 68
      let amount = strength * (6 + 5.2 * effusion * effusion) * (1 - 0.55 * shapes.layering[side])
      let sulcus = domes[side] + 46
      let surface = sulcus - amount * (0.5 + 0.62 * expf(-wall / 24))
      join(min(1, max(0, (y - surface) / 9 + 0.5)) * 0.95)
      let gradient = min(1, max(0.15, (y + 90) / 190))
      result.layered =
        strength * (1.2 + 2.6 * effusion) * (0.25 + shapes.layering[side]) * gradient
    }

    let infiltrate = levels[4 + side]
    if infiltrate > 0 {
      var envelope: Float = 0
      for focus in shapes.foci[side] where infiltrate > focus.onset {
        let grown = 0.72 + 0.13 * infiltrate
        let u = (x - focus.x) / (focus.a * grown)
        let v = (y - focus.y) / (focus.b * grown)
        let inside = 1.25 - u * u - v * v
        if inside > 0 { envelope = max(envelope, min(1, inside)) }
      }
      if envelope > 0 {
        let texture =
          envelope
          * (0.80 + 0.30 * shapes.middle(x, y) + 0.16 * shapes.fine(x, y)
            + 0.22 * shapes.coarse(x, y))
        join(strength * shapes.opacity[side] * (0.04 + 0.105 * infiltrate) * max(0, texture))
      }
    }

    let collapse = levels[6 + side]
    if collapse > 0 {
      for index in 0..<3 where collapse > 0.2 + 0.9 * Float(index) {
        let plate = shapes.plates[side][index]
        let along = (x - plate.x) / plate.y
        if abs(along) < 1 {
          let height = domes[side] - shapes.plateHeights[side][index] + plate.z * (x - plate.x)
          let across = (y - height) / (plate.w * (0.6 + 0.22 * collapse))
          if abs(across) < 2.5 {
            join(
              strength * (0.12 + 0.085 * collapse) * expf(-across * across) * (1 - along * along))
          }
        }
      }
      if collapse > 1 {
        // A wedge from the hilum to the base, beside the spine.
        let dx = sign * x - 14
        let dy = y - 4
        if dy > 0 {
          let reach = dy * shapes.wedgeSlope[side] * (0.55 + 0.1 * collapse)
          let inside = min(1, max(0, (reach - dx) / 6 + 0.5)) * min(1, dy / 25)
          if inside > 0 {
            join(strength * 0.10 * (collapse - 1) * inside * (0.9 + 0.15 * shapes.middle(x, y)))
          }
        }
      }
    }

    let congestion = levels[1]
    if congestion > 0 {
      let dx = (sign * x - 38) / 42
      let dy = (y + 2) / 52
      let butterfly = expf(-dx * dx - dy * dy)
      let middle = shapes.middle(x, y)
      let grain = 0.3 * shapes.coarse(x, y) + 0.2 * middle + 0.12 * shapes.fine(x, y)
      let texture = max(0, 0.8 + grain)
      let weight = strength * shapes.hazeWeight[side]
      join(weight * (0.050 * congestion * butterfly + 0.010 * congestion) * texture)
      if congestion > 1.5, place.lateral > 0.45, y > 5 {
        // Septal lines: short, horizontal, at the side of the bases.
        let phase = (y / 7 - (y / 7).rounded(.down) - 0.5) * 7
        let line = expf(-phase * phase / 0.9)
        join(weight * 0.05 * (congestion - 1.5) * line * max(0, 0.4 + middle))
      }
    }

    let leak = levels[8 + side]
    if leak > 0 {
      // The lung shrinks away from the apex and the side wall.
      let up = min(1, max(0, (60 - y) / 120))
      let edge = 1 - (0.06 + 0.11 * leak) * (0.35 + 0.65 * up)
      result.isOutsidePleura = place.outline > edge && (place.lateral > 0 || place.vertical < -0.6)
    }
    return result
  }
}
