import Foundation
import Imaging
import Kernels
import Physics
import Tensors
import Testing

@Suite struct CompounderTests {
  static let pixels = Tensor<Float>(
    shape: [40, 30], (0..<1200).map { Float(($0 * 7919) % 256) })

  /// Frames in all directions, the volume smaller than what they sweep.
  static let geometry = VolumeGeometry(
    shape: [23, 37, 19], originMM: [-4, -9, -5], spacingMM: [0.5, 0.6, 0.45],
    direction: {
      let turn = SpatialTransform.rotation(radians: 0.2, about: [1, 2, 3])
      return .init(x: turn.x, y: turn.y, z: turn.z)
    }())

  static func pose(_ frame: Int) -> SpatialTransform {
    let angle = 0.37 * Double(frame)
    return SpatialTransform.rotation(radians: angle, about: [0.3, sin(angle), 1])
      * SpatialTransform.translation([-4.5, -6, 0.2 * Double(frame - 10)])
      * SpatialTransform.scaling([0.3, 0.3, 0.3])
  }

  static func compounded(
    _ settings: CompoundingSettings, frames: Int = 21
  ) -> CompoundedVolume {
    let compounder = Compounder(geometry: geometry, settings: settings)
    for frame in 0..<frames { compounder.add(pixels, imageToWorld: pose(frame)) }
    return compounder.result()
  }

  static let allSettings = CompoundingSettings.Interpolation.allCases.flatMap { interpolation in
    CompoundingSettings.Rule.allCases.map {
      CompoundingSettings(
        interpolation: interpolation, rule: $0,
        clip: ClipRectangle(x: 2, y: 3, width: 24, height: 60))
    }
  }

  /// One thread and many own the same slabs; batches of sixteen do not show.
  @Test(arguments: allSettings) func threadsDoNotShow(settings: CompoundingSettings) {
    let many = Self.compounded(settings)
    let one = Parallel.serially { Self.compounded(settings) }
    #expect(many.volume == one.volume && many.weights == one.weights)
    #expect(many.pixelsOutside == one.pixelsOutside)
  }

  /// A loop over all pixels and voxels' weights in Double, written from the definitions.
  struct Slow {
    var values: [Double]
    var weights: [Double]
    var outside = 0

    init(_ settings: CompoundingSettings, frames: Int = 21) {
      let g = CompounderTests.geometry
      values = Array(repeating: 0, count: g.count)
      weights = values
      for frame in 0..<frames {
        let map = g.worldToIndex * CompounderTests.pose(frame)
        for y in 3..<40 {
          for x in 2..<27 {
            // The sum in the order of the fast loop, so that rounding takes the same side.
            let p = map.translation + map.y * Double(y) + map.x * Double(x)
            add(settings, p, Double(CompounderTests.pixels[y, x]), g)
          }
        }
      }
    }

    mutating func add(
      _ settings: CompoundingSettings, _ p: SIMD3<Double>, _ pixel: Double, _ g: VolumeGeometry
    ) {
      let size = [g.width, g.height, g.depth]
      var reached: [(Int, Double)] = []
      if settings.interpolation == .nearest {
        let k = (0..<3).map { Int((p[$0] + 0.5).rounded(.down)) }
        if (0..<3).allSatisfy({ (0..<size[$0]).contains(k[$0]) }) {
          reached = [((k[2] * g.height + k[1]) * g.width + k[0], 1)]
        }
      } else if (0..<3).allSatisfy({ p[$0] >= 0 && p[$0] <= Double(size[$0] - 1) }) {
        for z in 0..<g.depth where abs(p.z - Double(z)) < 1 {
          for y in 0..<g.height where abs(p.y - Double(y)) < 1 {
            for x in 0..<g.width where abs(p.x - Double(x)) < 1 {
              let weight =
                (1 - abs(p.x - Double(x))) * (1 - abs(p.y - Double(y))) * (1 - abs(p.z - Double(z)))
              reached.append(((z * g.height + y) * g.width + x, weight))
            }
          }
        }
      }
      if reached.isEmpty { outside += 1 }
      for (i, weight) in reached {
        switch settings.rule {
        case .mean:
          values[i] += weight * pixel
          weights[i] += weight
        case .maximum where weight >= 0.125:
          values[i] = weights[i] > 0 ? max(values[i], pixel) : pixel
          weights[i] = 1
        case .latest where weight >= 0.125:
          values[i] = pixel
          weights[i] = 1
        default: break
        }
      }
    }
  }

  /// Sums of at most 21 · 925 weights in Float: each of n terms is off by 2 ulp of its size and
  /// every addition by half an ulp of the sum, together below n · 2^-23 of it; n here is 400.
  @Test(arguments: allSettings.filter { $0.rule != .roundedMean })
  func meetsTheDefinition(settings: CompoundingSettings) {
    let slow = Slow(settings)
    let found = Self.compounded(settings)
    #expect(found.pixels == 21 * 25 * 37)
    #expect(found.pixelsOutside == slow.outside && slow.outside > 0)
    var (worst, seen) = (0.0, 0)
    for i in slow.values.indices {
      let weight = Double(found.weights.elements[i])
      #expect((weight > 0) == (slow.weights[i] > 0))
      guard weight > 0 else { continue }
      seen += 1
      let expected = settings.rule == .mean ? slow.values[i] / slow.weights[i] : slow.values[i]
      worst = max(worst, abs(Double(found.volume.voxels.elements[i]) - expected))
    }
    #expect(worst <= (settings.rule == .mean ? 255 * 400 * 0x1p-23 : 0), "\(worst)")
    #expect(seen > 1500 && found.seen == seen, "\(seen)")
  }

  /// One pixel at (0.25, 0.5, 0): weights .375, .125, .375, .125 for four voxels.
  @Test func weightsOfOnePixel() {
    let geometry = VolumeGeometry(shape: [2, 2, 2])
    func splat(_ rule: CompoundingSettings.Rule, _ values: [Float]) -> CompoundedVolume {
      let compounder = Compounder(
        geometry: geometry, settings: CompoundingSettings(rule: rule))
      for value in values {
        compounder.add(
          Tensor(shape: [1, 1], [value]), imageToWorld: .translation([0.25, 0.5, 0]))
      }
      return compounder.result()
    }
    let mean = splat(.mean, [10, 20])
    #expect(mean.weights.elements == [0.75, 0.25, 0.75, 0.25, 0, 0, 0, 0])
    #expect(mean.volume.voxels.elements == [15, 15, 15, 15, 0, 0, 0, 0])
    #expect(splat(.maximum, [20, 10]).volume.voxels.elements == [20, 20, 20, 20, 0, 0, 0, 0])
    #expect(splat(.latest, [20, 10]).volume.voxels.elements == [10, 10, 10, 10, 0, 0, 0, 0])
    // 10; 15; (8 + 2 · 15) / 3 = 12.67 becomes 13; (12 + 3 · 13) / 4 = 12.75 becomes 13.
    #expect(splat(.roundedMean, [10, 20, 8, 12]).volume.voxels.elements[0] == 13)
    #expect(splat(.roundedMean, [10, 20, 8, 12]).weights.elements[1] == 128)
    // A black pixel is seen.
    #expect(splat(.maximum, [0]).seen == 4)
  }

  /// The last plane of voxel centres belongs to the volume; what lies beyond is counted.
  @Test func edgesOfTheVolume() {
    let compounder = Compounder(geometry: VolumeGeometry(shape: [3, 3, 3]))
    let row = Tensor<Float>(shape: [1, 4], [1, 2, 3, 4])
    compounder.add(row, imageToWorld: .translation([0, 2, 2]))
    let found = compounder.result()
    #expect(found.pixels == 4 && found.pixelsOutside == 1)
    #expect(Array(found.volume.voxels.elements[24...]) == [1, 2, 3])
    #expect(found.seen == 3)
  }

  /// A sweep that no hand makes is an error, not an allocation.
  @Test func boxesHaveALimit() throws {
    let far = [SpatialTransform.identity, .translation([9000, 9000, 9000])]
    #expect(
      message {
        try VolumeGeometry(
          sweptBy: far, frameWidth: 10, frameHeight: 10, spacingMM: .one, file: "s.mha")
      } == "s.mha: found a sweep of 9009 x 9009 x 9000 mm, more than 2^29 voxels, expected the "
        + "reach of a hand; check the calibration and the reference, or take a larger spacing")
    let clip = ClipRectangle(x: 20, y: 0, width: 5, height: 5)
    #expect(
      message {
        try VolumeGeometry(
          sweptBy: far, frameWidth: 10, frameHeight: 10, clip: clip, spacingMM: .one, file: "s.mha")
      }?.hasPrefix("s.mha: found a clip rectangle outside the frames of 10 x 10") == true)
  }
}

@Suite struct HoleFillingTests {
  /// Known voxels of a line 0 . . 6 . . . along x, 7 x 1 x 1.
  static func line(_ known: [Int: Float], count: Int = 7) -> CompoundedVolume {
    let compounder = Compounder(geometry: VolumeGeometry(shape: [1, 1, count]))
    for (x, value) in known.sorted(by: { $0.key < $1.key }) {
      compounder.add(
        Tensor(shape: [1, 1], [value]), imageToWorld: .translation([Double(x), 0, 0]))
    }
    return compounder.result()
  }

  /// By hand: linear between 8 and 20; (8/1 + 20/2) / (1/1 + 1/2) = 12. Cubes of five hold 125
  /// voxels.
  @Test func fillsLines() {
    let holes = Self.line([0: 8, 3: 20])
    #expect(holes.filled(by: []).filled == 0)
    let sticks = holes.filled(by: [.sticks(length: 9, count: 1)])
    #expect(sticks.volume.voxels.elements == [8, 12, 16, 20, 0, 0, 0])
    #expect(sticks.filled == 2 && sticks.seen == 2)
    #expect(holes.filled(by: [.sticks(length: 3, count: 1)]).filled == 0)
    let inverse = holes.filled(by: [.inverseDistance(size: 5, leastKnown: 0)])
    #expect(inverse.volume.voxels.elements == [8, 12, 16, 20, 20, 20, 0])
    let both = holes.filled(by: [.inverseDistance(size: 5, leastKnown: 1 / 125)])
    #expect(both.volume.voxels.elements == [8, 12, 16, 20, 0, 0, 0])
    let nearest = holes.filled(by: [.nearest(size: 3, leastKnown: 0)])
    #expect(nearest.volume.voxels.elements == [8, 8, 20, 20, 20, 0, 0])
    let next = holes.filled(by: [
      .sticks(length: 9, count: 1), .nearest(size: 5, leastKnown: 0),
    ])
    #expect(next.volume.voxels.elements == [8, 12, 16, 20, 20, 20, 0])
  }

  /// Weights exp(-d² / (2 · 0.5²)); Float results: an ulp of 20.
  @Test func gaussianIsAQuotientOfConvolutions() {
    let (a, b) = (exp(-1 / 0.5), exp(-4 / 0.5))
    let found = Self.line([0: 8, 3: 20]).filled(by: [
      .gaussian(size: 5, deviation: 0.5, leastKnown: 0)
    ])
    let expected = [8, (8 * a + 20 * b) / (a + b), (8 * b + 20 * a) / (a + b), 20, 20, 20, 0]
    for (x, value) in found.volume.voxels.elements.enumerated() {
      #expect(abs(Double(value) - expected[x]) <= Double(Float(20).ulp))
    }
  }
}
