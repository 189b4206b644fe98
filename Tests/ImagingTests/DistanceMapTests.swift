import Foundation
import Imaging
import Kernels
import Tensors
import Testing

/// A number in [0, 1) from two indices, as in Tests/Outside/metrics.py.
private func mixed(_ i: Int, _ j: Int) -> Double {
  var h = ((i * 73_856_093) ^ (j * 19_349_663)) & 0x7FFF_FFFF
  h = (h * 1_103_515_245 + 12345) & 0x7FFF_FFFF
  return Double((h >> 8) & 0xFFFF) / 65536
}

private func grid(_ isSet: (Int, Int, Int) -> Bool) -> Mask {
  Mask(
    shape: [20, 17, 23], spacingMM: [1.5, 0.8, 0.6],
    (0..<20 * 17 * 23).map { isSet($0 / (17 * 23), $0 / 23 % 17, $0 % 23) })
}

@Suite struct DistanceMapTests {
  let scattered = grid { z, y, x in mixed(z * 31 + y, x) < 0.1 && z > 3 }
  let ball = grid { z, y, x in
    let a = (Double(z) - 9) * 1.5 / 9
    let b = (Double(y) - 8) * 0.8 / 4.5
    let c = (Double(x) - 11) * 0.6 / 5
    return a * a + b * b + c * c <= 1
  }

  /// Nearly full, so that both surfaces leave something.
  let noise = grid { z, y, x in mixed(z * 31 + y, x) < 0.97 }

  /// Every voxel against every set voxel, and the sum and maximum of SciPy 1.17.1's
  /// `distance_transform_edt` (Tests/Outside/metrics.py); a Float each: 2 ulp.
  @Test func againstSciPyAndAllPairs() {
    let map = scattered.distanceMap()
    let members = scattered.voxels.indices.filter { scattered.voxels[$0] }
    #expect(members.count == 585)
    var worst = 0.0
    for i in scattered.voxels.indices {
      var best = Double.infinity
      for j in members {
        let z = Double(i / 391 - j / 391) * 1.5
        let y = Double(i / 23 % 17 - j / 23 % 17) * 0.8
        let x = Double(i % 23 - j % 23) * 0.6
        best = min(best, z * z + y * y + x * x)
      }
      let exact = best.squareRoot()
      let found = Double(map.elements[i])
      worst = max(worst, exact == 0 ? found : abs(found - exact) / exact)
    }
    #expect(worst <= 0x1p-22, "\(worst)")
    let sum = map.elements.reduce(0) { $0 + Double($1) }
    #expect(abs(sum - 12936.528752292505) <= 12937 * 0x1p-22)
    #expect(abs(Double(map.elements.max()!) - 7.177743377970544) <= 7.18 * 0x1p-22)
  }

  /// SimpleITK 2.5.7's `SignedMaurerDistanceMap` of a ball, and of a box that the edge of the grid
  /// cuts off: sum, least and largest. Ours is within 2 ulp of the exact map, whose sums SciPy
  /// gives; SimpleITK's voxels err by up to 1.4e-6 and 1.7e-6 mm. Surfaces by faces and by corners:
  /// SciPy's erosions.
  @Test(arguments: [
    (
      box: false, exact: 25363.21681137706, sum: 25363.215909043305, least: -3.671512,
      most: 10.115829
    ),
    (box: true, exact: 74354.58480972987, sum: 74354.58398342133, least: -1.6, most: 22.924223),
  ])
  func signedAgainstSimpleITK(
    _ outside: (box: Bool, exact: Double, sum: Double, least: Float, most: Float)
  ) {
    let cut = grid { z, y, x in z < 6 && (3..<9).contains(y) && (4..<12).contains(x) }
    let mask = outside.box ? cut : ball
    let map = mask.signedDistanceMap()
    let sum = map.elements.reduce(0) { $0 + Double($1) }
    let voxels = Double(map.count)
    #expect(abs(sum - outside.exact) <= voxels * 32 * 0x1p-23, "\(sum)")
    #expect(abs(sum - outside.sum) <= voxels * 1.7e-6, "\(sum)")
    #expect(abs(map.elements.min()! - outside.least) <= 2e-6)
    #expect(abs(map.elements.max()! - outside.most) <= 5e-6)
    #expect(map.elements.allSatisfy { $0 != 0 || $0.sign == .plus })
  }

  @Test func surfaces() {
    #expect(ball.surface().count == 418 && ball.surface(.corners).count == 664)
    // A full grid: its rim where the edge counts, nothing where it does not.
    let full = grid { _, _, _ in true }
    #expect(full.surface().count == 20 * 17 * 23 - 18 * 15 * 21)
    #expect(full.surface(.corners, countsGridEdge: false).count == 0)
    #expect(full.signedDistanceMap().elements.allSatisfy { $0 == -.infinity })
    #expect(full.complement.signedDistanceMap().elements.allSatisfy { $0 == .infinity })
    // By definition, on noise: a voxel belongs if one of its 6 or 26 neighbours is missing.
    for (connectivity, reach) in [(Connectivity.faces, 1), (.corners, 3)] {
      for edge in [true, false] {
        let expected = (0..<20 * 17 * 23).map { i in
          let (z, y, x) = (i / 391, i / 23 % 17, i % 23)
          guard noise.voxels[i] else { return false }
          for dz in -1...1 {
            for dy in -1...1 {
              for dx in -1...1 where abs(dz) + abs(dy) + abs(dx) <= reach {
                let (a, b, c) = (z + dz, y + dy, x + dx)
                if (0..<20) ~= a && (0..<17) ~= b && (0..<23) ~= c {
                  if !noise.voxels[(a * 17 + b) * 23 + c] { return true }
                } else if edge {
                  return true
                }
              }
            }
          }
          return false
        }
        #expect(noise.surface(connectivity, countsGridEdge: edge).voxels == expected)
      }
    }
    let slice = Mask(shape: [17, 23], Array(noise.voxels[..<391]))
    #expect(slice.surface(.corners).count <= slice.count)
    #expect(Mask(shape: [3, 3], [Bool](repeating: true, count: 9)).surface().count == 8)
  }

  /// One voxel in the plane: √(dy² + dx²) to the last bit for unit spacing; none: ∞.
  @Test func closedForms() {
    var one = [Bool](repeating: false, count: 50 * 70)
    one[20 * 70 + 33] = true
    let map = Mask(shape: [50, 70], one).distanceMap()
    let doubled = Mask(shape: [50, 70], spacingMM: [0.3, 0.3], one).distanceMap()
    for i in 0..<50 * 70 {
      let (dy, dx) = (i / 70 - 20, i % 70 - 33)
      let exact = Float(dy * dy + dx * dx).squareRoot()
      #expect(map.elements[i] == exact)
      #expect(doubled.elements[i] == Float(0.3) * exact)
    }
    let none = Mask(shape: [4, 5], [Bool](repeating: false, count: 20))
    #expect(none.distanceMap().elements.allSatisfy { $0 == .infinity })
    #expect(none.bounds == nil && none.surface().count == 0)
    let full = none.complement
    #expect(full.distanceMap().elements.allSatisfy { $0 == 0 })
    // The rim of a full plane is its surface.
    #expect(full.surface().count == 14)
  }

  @Test func serialIsTheSame() {
    let parallel = scattered.distanceMap()
    let serial = Parallel.serially { scattered.distanceMap() }
    #expect(parallel == serial)
  }

  @Test func boxes() {
    #expect(ball.bounds! == [3..<16, 3..<14, 3..<20])
    let part = ball.cropped(to: ball.bounds!)
    #expect(part.count == ball.count && part.shape == [13, 11, 17])
    #expect(part.bounds! == [0..<13, 0..<11, 0..<17])
  }

  /// scipy.ndimage.label: number and largest sizes.
  @Test func componentsAgainstSciPy() {
    let faces = ConnectedComponents(scattered)
    #expect(faces.count == 429 && Array(faces.sizes.prefix(5)) == [7, 6, 5, 5, 5])
    let corners = ConnectedComponents(scattered, connectivity: .corners)
    #expect(corners.count == 130 && Array(corners.sizes.prefix(5)) == [59, 41, 39, 22, 19])
    #expect(corners.largest.count == 59)
    #expect(corners.sizes.reduce(0, +) == 585)
    // A ring of two arms that meet late is one component.
    let ring = Mask(shape: [3, 3], [true, false, true, true, false, true, true, true, true])
    #expect(ConnectedComponents(ring).count == 1)
    #expect(ConnectedComponents(Mask(shape: [2, 2], [true, false, false, true])).count == 2)
  }
}
