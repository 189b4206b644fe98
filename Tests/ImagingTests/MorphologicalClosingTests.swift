import Imaging
import Testing

@Suite struct MorphologicalClosingTests {
  /// A set without any symmetry on a grid of 14 x 12 x 17.
  static func scattered(spacing: [Double]) -> Mask {
    var voxels: [Bool] = []
    for z in 0..<14 {
      for y in 0..<12 {
        for x in 0..<17 {
          voxels.append((x * 7 + y * 13 + z * 29 + x * y * 3 + y * z * 5) % 23 < 3)
        }
      }
    }
    return Mask(shape: [14, 12, 17], spacingMM: spacing, voxels)
  }

  /// SciPy's binary_dilation and binary_erosion with balls on the padded set: voxels, and the sum of
  /// their numbers.
  @Test(arguments: [
    ([1.0, 1, 1], 1.0, 458, 649_746), ([1.0, 1, 1], 2, 1457, 2_173_031),
    ([2.0, 1, 1], 2, 889, 1_259_418), ([0.5, 0.5, 0.5], 1, 1457, 2_173_031),
  ])
  func meetsSciPy(_ spacing: [Double], _ radius: Double, _ count: Int, _ sum: Int) {
    let closed = Self.scattered(spacing: spacing).closed(radiusMM: radius)
    #expect(closed.count == count)
    #expect(closed.voxels.indices.reduce(0) { $0 + (closed.voxels[$1] ? $1 : 0) } == sum)
  }

  @Test func slitsNarrowerThanTheBallAreFilled() {
    // Two plates of 2 voxels, 3 voxels apart, reaching the edges of the grid.
    func plates(gap: Int) -> Mask {
      Mask(
        shape: [6, 20, 20],
        (0..<2400).map { i in
          let y = i / 20 % 20
          return (6..<8).contains(y) || (8 + gap..<10 + gap).contains(y)
        })
    }
    #expect(plates(gap: 3).closed(radiusMM: 4).voxels[8 * 20 + 10 + 2 * 400])
    #expect(plates(gap: 5).closed(radiusMM: 2) == plates(gap: 5))
  }

  @Test func closingKeepsTheSetAndRepeatsNothing() {
    let set = Self.scattered(spacing: [1, 1, 1])
    let once = set.closed(radiusMM: 2)
    #expect(zip(set.voxels, once.voxels).allSatisfy { !$0 || $1 })
    #expect(once.closed(radiusMM: 2) == once)
    #expect(set.closed(radiusMM: 0) == set)
    let empty = Mask(shape: [3, 3, 3], [Bool](repeating: false, count: 27))
    #expect(empty.closed(radiusMM: 2) == empty)
  }
}
