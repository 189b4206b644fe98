import Kernels

/// Which voxels touch each other.
public enum Connectivity: Sendable {
  /// Common faces: 4 neighbours in the plane, 6 in space.
  case faces
  /// Common faces, edges or corners: 8 neighbours in the plane, 26 in space.
  case corners
}

/// The connected parts of a mask, largest first; equal sizes in the order of their first voxel.
///
/// O(voxels) by union-find over the neighbours that come before in row-major order.
public struct ConnectedComponents: Sendable {
  /// [voxel]: 0 outside the mask, else the number of its component from 1.
  public let labels: [Int32]
  /// Voxels of component k + 1.
  public let sizes: [Int]
  private let mask: Mask

  public init(_ mask: Mask, connectivity: Connectivity = .faces) {
    let (depth, height, width) = mask.extents
    precondition(
      mask.voxels.count < Int(Int32.max), "a mask of \(mask.shape) has too many voxels to label")
    var labels = [Int32](repeating: 0, count: mask.voxels.count)
    // parents[k] ≤ k; provisional labels count from 1.
    var parents: [Int32] = [0]
    func root(_ label: Int32, _ parents: inout [Int32]) -> Int32 {
      var k = label
      while parents[Int(k)] != k {
        parents[Int(k)] = parents[Int(parents[Int(k)])]
        k = parents[Int(k)]
      }
      return k
    }
    let offsets = Self.earlierNeighbours(connectivity, isVolume: mask.shape.count == 3)
    mask.voxels.withUnsafeBufferPointer { set in
      labels.withUnsafeMutableBufferPointer { labels in
        var i = -1
        for z in 0..<depth {
          for y in 0..<height {
            for x in 0..<width {
              i += 1
              guard set[i] else { continue }
              var own: Int32 = 0
              for (dz, dy, dx) in offsets {
                guard z + dz >= 0, y + dy >= 0, y + dy < height, x + dx >= 0, x + dx < width
                else { continue }
                let other = labels[i + (dz * height + dy) * width + dx]
                if other == 0 || other == own { continue }
                if own == 0 {
                  own = other
                } else {
                  let a = root(own, &parents)
                  let b = root(other, &parents)
                  if a != b { parents[Int(max(a, b))] = min(a, b) }
                }
              }
              if own == 0 {
                own = Int32(parents.count)
                parents.append(own)
              }
              labels[i] = own
            }
          }
        }
      }
    }
    var counts = [Int](repeating: 0, count: parents.count)
    let roots = parents.indices.map { root(Int32($0), &parents) }
    for label in labels where label > 0 { counts[Int(roots[Int(label)])] += 1 }
    // Roots are first voxels' labels, so rising labels are the order of first voxels.
    let order = counts.indices.filter { counts[$0] > 0 }
      .sorted { counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1 }
    var final = [Int32](repeating: 0, count: parents.count)
    for (rank, label) in order.enumerated() { final[label] = Int32(rank + 1) }
    let renamed = roots.map { final[Int($0)] }
    for i in labels.indices where labels[i] > 0 { labels[i] = renamed[Int(labels[i])] }
    self.labels = labels
    sizes = order.map { counts[$0] }
    self.mask = mask
  }

  /// Number of components.
  public var count: Int { sizes.count }

  /// Component number k, 0 the largest, as a mask.
  public func mask(_ k: Int) -> Mask {
    precondition(sizes.indices.contains(k), "component \(k) must be one of \(sizes.count)")
    return Mask(
      shape: mask.shape, spacingMM: mask.spacingMM, labels.map { $0 == Int32(k + 1) })
  }

  /// The largest component; the mask itself where it is empty.
  public var largest: Mask { sizes.isEmpty ? mask : mask(0) }

  /// Offsets to the neighbours of a voxel that come before it.
  private static func earlierNeighbours(
    _ connectivity: Connectivity, isVolume: Bool
  ) -> [(z: Int, y: Int, x: Int)] {
    var result: [(z: Int, y: Int, x: Int)] = []
    for z in isVolume ? -1...0 : 0...0 {
      for y in -1...1 {
        for x in -1...1 where (z, y, x) < (0, 0, 0) {
          if connectivity == .corners || abs(z) + abs(y) + abs(x) == 1 { result.append((z, y, x)) }
        }
      }
    }
    return result
  }
}
