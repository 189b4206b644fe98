import Imaging
import Metrics
import Statistics
import Tensors
import Testing

@Suite struct OverlapTests {
  /// NumPy and SciPy 1.17.1 (Tests/Outside/metrics.py): counts exactly.
  @Test func counts() throws {
    let overlap = Overlap(firstBall, secondBall)
    #expect(overlap.first == 1187 && overlap.second == 1033 && overlap.both == 900)
    #expect(try overlap.dice == 1800.0 / 2220)
    #expect(try overlap.jaccard == 900.0 / 1320)
    let (dice, jaccard) = (try overlap.dice, try overlap.jaccard)
    #expect(near(jaccard, dice / (2 - dice), 4 * 0x1p-52))
    // 1187 voxels of 1.5 x .8 x .6 mm.
    #expect(near(firstBall.volumeML, 1187 * 0.72 / 1000, 4 * 0x1p-52))
    let empty = grid { _, _, _ in false }
    #expect(throws: Undefined.self) { try Overlap(empty, empty).dice }
    #expect(try Overlap(empty, firstBall).dice == 0)
  }

  /// The same against SciPy's exact distance maps of eroded masks, percentiles by NumPy. Distances
  /// come from a Float map: 2^-23 relative.
  @Test func surfaceDistancesAgainstSciPy() throws {
    let found = try SurfaceDistances(firstBall, secondBall)
    let float = 0x1p-22
    #expect(found.firstToSecond.count == 418 && found.secondToFirst.count == 362)
    #expect(near(found.hausdorff, 3, float))
    #expect(near(found.largerPercentile(), 1.8027756377319946, float))
    #expect(near(found.pooledPercentile(), 1.7999999999999998, float))
    #expect(near(found.averageSymmetric, 0.7161286269138808, float))
    #expect(near(found.meanOfDirections, 0.7114469146228499, float))
    #expect(found.withinTolerance(1) == 0.7730769230769231)
    let turned = try SurfaceDistances(secondBall, firstBall)
    #expect(turned.firstToSecond == found.secondToFirst)
    #expect(throws: Undefined.self) {
      try SurfaceDistances(firstBall, grid { _, _, _ in false })
    }
  }

  /// Boxes shifted by two voxels along z: the moved faces are 3 mm apart, nothing is farther.
  @Test func boxes() throws {
    let box = grid { z, y, x in (5..<12).contains(z) && (4..<10).contains(y) && (3..<9).contains(x)
    }
    let moved = grid { z, y, x in
      (7..<14).contains(z) && (4..<10).contains(y) && (3..<9).contains(x)
    }
    let found = try SurfaceDistances(box, moved)
    #expect(found.hausdorff == 3)
    #expect(try SurfaceDistances(box, box).hausdorff == 0)
    #expect(try SurfaceDistances(box, box).withinTolerance(0) == 1)
  }

  /// Balls of radius 12 and 15 mm at 1 mm. Centred on a corner of voxels, NumPy counts 7208 and
  /// 14,328 centres inside. That is no random place: symmetry puts centres in or out by eights, and
  /// 14,328 is 191 from 4/3 π r³. Over 300 random places NumPy's counts scatter about 4/3 π r³ by
  /// 13.5 and 15.9 voxels, and four of these bound a place without symmetry. Surfaces are 3 mm
  /// apart within half a voxel on average, and within a diagonal everywhere.
  @Test func spheres() throws {
    func ball(_ radius: Double, at offset: [Double] = [0, 0, 0]) -> Mask {
      let n = 40
      return Mask(
        shape: [n, n, n],
        (0..<n * n * n).map { i in
          let z = Double(i / (n * n)) - 19.5 - offset[0]
          let y = Double(i / n % n) - 19.5 - offset[1]
          let x = Double(i % n) - 19.5 - offset[2]
          return z * z + y * y + x * x <= radius * radius
        })
    }
    let (small, large) = (ball(12), ball(15))
    #expect(small.count == 7208 && large.count == 14_328)
    let place = [0.31, -0.17, 0.44]
    #expect(abs(ball(12, at: place).volumeML - 7.238) < 4 * 0.0135)
    #expect(abs(ball(15, at: place).volumeML - 14.137) < 4 * 0.0159)
    let found = try SurfaceDistances(small, large)
    #expect(abs(found.averageSymmetric - 3) < 0.5)
    #expect(found.hausdorff < 3 + 3.0.squareRoot())
    #expect(
      near(
        partialVolumeML(Tensor(repeating: 0.25, shape: [4, 4, 5]), spacingMM: [1, 1, 2]), 0.04,
        1e-12))
  }
}
