import Foundation
import Imaging
import Kernels

/// The signed Euclidean distance map of a wavy ball in 256³ voxels of 1 x .8 x .8 mm.
enum DistanceMapWorkload {
  static func run(_ session: BenchSession) throws {
    let side = 256
    var voxels: [Bool] = []
    voxels.reserveCapacity(side * side * side)
    for z in 0..<side {
      for y in 0..<side {
        for x in 0..<side {
          let (a, b, c) = (Double(z - 128), Double(y - 120), Double(x - 132))
          let wave = 12 * sin(Double(z) / 9) * cos(Double(y) / 11) + 6 * sin(Double(x) / 7)
          voxels.append((a * a + b * b + c * c).squareRoot() < 70 + wave)
        }
      }
    }
    let mask = Mask(shape: [side, side, side], spacingMM: [1, 0.8, 0.8], voxels)
    try session.compare(
      "signed distance map, 256³", mode: "exact, float32", goal: Goal(must: 0.8, aim: 0.4),
      peers: [
        PeerCommand(name: "SimpleITK", mode: "SignedMaurerDistanceMap", script: "distance_map.py")
      ]
    ) {
      _ = mask.signedDistanceMap()
      return nil
    }
  }
}
