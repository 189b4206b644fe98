import Foundation
import Imaging
import Metrics
import Tensors
import Testing

@Suite struct EnclosedVolumeTests {
  /// Flat faces, edges and corners of a box of voxels in closed form.
  ///
  /// Along each axis the interpolation rises from 0 to 1 within one voxel. A cell at a face is half
  /// inside, at an edge where x y > 1/2: 1/2 − ln 2 / 2; at a corner where x y z > 1/2:
  /// 1 − (1 + ln 2 + ln² 2 / 2) / 2. Midpoints of 1/8 leave less than 1/128 of an edge's cell.
  @Test(arguments: [[1, 1, 1], [3, 2, 5], [4, 4, 4]])
  func boxesInClosedForm(size: [Int]) {
    let shape = size.map { $0 + 2 }
    let voxels = (0..<shape.reduce(1, *)).map { i in
      let place = [i / (shape[1] * shape[2]), i / shape[2] % shape[1], i % shape[2]]
      return (0..<3).allSatisfy { place[$0] >= 1 && place[$0] <= size[$0] }
    }
    let mask = Mask(shape: shape, spacingMM: [1, 0.5, 2], voxels)
    let inner = size.map { Double($0 - 1) }
    let half = log(2.0)
    let edges = 4 * (inner[0] + inner[1] + inner[2])
    let faces = 2 * (inner[0] * inner[1] + inner[1] * inner[2] + inner[0] * inner[2])
    let expected =
      inner.reduce(1, *) + faces / 2 + edges * (0.5 - half / 2)
      + 8 * (1 - (1 + half + half * half / 2) / 2)
    #expect(abs(mask.surfaceVolumeMM3 - expected) < (edges + 8) / 128, "\(expected)")
    #expect(mask.countedVolumeMM3 == Double(size.reduce(1, *)))
    // The rim of the grid ends the body as an empty voxel does.
    let tight = Mask(shape: size, spacingMM: [1, 0.5, 2], Array(repeating: true, count: size.reduce(1, *)))
    #expect(abs(tight.surfaceVolumeMM3 - mask.surfaceVolumeMM3) < 1e-12)
  }

  struct Body: Sendable {
    let axes, centre: SIMD3<Double>
    let angle: Double
  }

  /// Ellipsoids [mm], turned and off the grid of 0.8 x 0.7 x 0.9 mm.
  static let bodies: [Body] = [
    Body(axes: [9, 9, 9], centre: [0, 0, 0], angle: 0),
    Body(axes: [9, 9, 9], centre: [0.31, -0.17, 0.42], angle: 0),
    Body(axes: [7, 9, 18], centre: [0.11, 0.23, -0.35], angle: 0.7),
    Body(axes: [5, 8, 12], centre: [-0.4, 0.05, 0.2], angle: 1.9),
  ]

  /// Values at voxel centres of a grid that holds the body.
  static func sampled(
    _ body: Body, spacing: SIMD3<Double>, _ value: (Double) -> Float
  ) -> Tensor<Float> {
    let back = SpatialTransform.rotation(radians: body.angle, about: [1, 2, -1]).inverse!
    let counts = (0..<3).map { 2 * Int(20 / spacing[$0]) + 1 }
    return Tensor(shape: [counts[2], counts[1], counts[0]]) { output in
      var i = 0
      for z in 0..<counts[2] {
        for y in 0..<counts[1] {
          for x in 0..<counts[0] {
            let index = SIMD3(
              Double(x - counts[0] / 2), Double(y - counts[1] / 2), Double(z - counts[2] / 2))
            let q = back(index * spacing - body.centre) / body.axes
            output[i] = value((q * q).sum().squareRoot())
            i += 1
          }
        }
      }
    }
  }

  /// Four standard deviations of counting at a random place, √(0.0667 A h⁴) (Matheron's constant
  /// for cubic lattices; Gundersen and Jensen 1987, doi:10.1111/j.1365-2818.1987.tb02837.x), and the
  /// bias of surfaces with rounded steps, (h²/6) ∫H dA, both as shares of the volume.
  static func bounds(_ body: Body, spacing: SIMD3<Double>) -> (scatter: Double, rounding: Double) {
    let (a, b, c) = (body.axes.x, body.axes.y, body.axes.z)
    let truth = 4 / 3 * Double.pi * a * b * c
    // Thomsen's formula, within 1.1 % of the area.
    let p = 1.6075
    let mean = (pow(a * b, p) + pow(a * c, p) + pow(b * c, p)) / 3
    let area = 4 * Double.pi * pow(mean, 1 / p)
    let h = pow(spacing.x * spacing.y * spacing.z, 1.0 / 3)
    let curvature = 4 * Double.pi * (a + b + c) / 3
    return (4 * (0.0667 * area).squareRoot() * h * h / truth, h * h / 6 * curvature / truth)
  }

  @Test(arguments: bodies) func masksComeBack(body: Body) {
    let spacing = SIMD3(0.8, 0.7, 0.9)
    let truth = 4 / 3 * Double.pi * body.axes.x * body.axes.y * body.axes.z
    let mask = Mask(
      Self.sampled(body, spacing: spacing) { $0 <= 1 ? 1 : 0 },
      spacingMM: [spacing.z, spacing.y, spacing.x])
    let bound = Self.bounds(body, spacing: spacing)
    let counted = mask.countedVolumeMM3 / truth - 1
    let surface = mask.surfaceVolumeMM3 / truth - 1
    #expect(abs(counted) < bound.scatter, "\(counted) of \(bound)")
    #expect(abs(surface) < bound.scatter + 2 * bound.rounding, "\(surface) of \(bound)")
  }

  /// A map that is 1/2 on the ellipsoid and falls evenly across it: between centres the linear
  /// interpolation cuts chords, which moves the surface by (h²/6) H and by nothing else.
  @Test(arguments: bodies) func gradedMapsComeBackCloser(body: Body) {
    let spacing = SIMD3(0.8, 0.7, 0.9)
    let truth = 4 / 3 * Double.pi * body.axes.x * body.axes.y * body.axes.z
    let values = Self.sampled(body, spacing: spacing) { Float(max(0, 1.5 - $0)) }
    let found =
      EnclosedVolume.voxels(in: values, above: 0.5) * (spacing.x * spacing.y * spacing.z)
    let bound = Self.bounds(body, spacing: spacing).rounding
    #expect(abs(found / truth - 1) < 1.5 * bound, "\(found / truth - 1) of \(bound)")
  }

  /// Shares of voxels sum to the volume, whatever lies beside 0...1.
  @Test func sharesAreSummed() {
    let values = Tensor<Float>(shape: [1, 2, 3], [0.25, 0.5, 1, 1.5, -2, 0])
    #expect(EnclosedVolume.sum(of: values) == 2.75)
  }
}
