import Tensors

/// Where the voxels of a volume lie in space.
///
/// World coordinates are LPS millimetres: x to the patient's left, y to the back, z to the head.
/// Voxel (i, j, k) along the x, y and z axes of the grid has its centre at
///
///     origin + i spacing.x direction.x + j spacing.y direction.y + k spacing.z direction.z
public struct VolumeGeometry: Sendable, Equatable, Codable {
  /// Unit vectors along the axes of the grid: the columns of the direction matrix.
  public struct Direction: Sendable, Equatable, Codable {
    public var x, y, z: SIMD3<Double>

    public init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>) {
      self.x = x
      self.y = y
      self.z = z
    }

    public static let identity = Direction(x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1])

    /// Whether the columns are orthonormal within `tolerance`.
    func isOrthonormal(within tolerance: Double = 1e-4) -> Bool {
      let columns = [x, y, z]
      return (0..<3).allSatisfy { a in
        (0..<3).allSatisfy { b in
          abs((columns[a] * columns[b]).sum() - (a == b ? 1 : 0)) <= tolerance
        }
      }
    }
  }

  /// Numbers of voxels, [z, y, x].
  public var shape: [Int]
  /// Centre of voxel (0, 0, 0) in mm, LPS.
  public var originMM: SIMD3<Double>
  /// Distances between neighbouring centres along the x, y and z axes of the grid in mm.
  public var spacingMM: SIMD3<Double>
  public var direction: Direction

  public init(
    shape: [Int], originMM: SIMD3<Double> = .zero, spacingMM: SIMD3<Double> = .one,
    direction: Direction = .identity
  ) {
    precondition(
      shape.count == 3 && shape.allSatisfy { $0 > 0 },
      "shape \(shape) must be [z, y, x], all positive")
    precondition(
      (0..<3).allSatisfy { spacingMM[$0] > 0 && spacingMM[$0].isFinite },
      "spacingMM \(spacingMM) must be positive")
    self.shape = shape
    self.originMM = originMM
    self.spacingMM = spacingMM
    self.direction = direction
  }

  /// From voxel indices (x, y, z) to LPS mm.
  public var indexToWorld: SpatialTransform {
    SpatialTransform(
      x: direction.x * spacingMM.x, y: direction.y * spacingMM.y, z: direction.z * spacingMM.z,
      translation: originMM)
  }

  /// From LPS mm to voxel indices (x, y, z), fractions between centres.
  public var worldToIndex: SpatialTransform {
    guard let inverse = indexToWorld.inverse else {
      preconditionFailure("direction \(direction) must have independent columns")
    }
    return inverse
  }

  public var depth: Int { shape[0] }
  public var height: Int { shape[1] }
  public var width: Int { shape[2] }
  /// Number of voxels.
  public var count: Int { shape.reduce(1, *) }
  /// Volume of one voxel in mm³.
  public var voxelVolumeMM3: Double { abs(indexToWorld.determinant) }

  /// The geometry that an index-to-world map means; nil where the map is singular.
  init?(shape: [Int], indexToWorld map: SpatialTransform) {
    let lengths = [map.x, map.y, map.z].map { ($0 * $0).sum().squareRoot() }
    guard map.inverse != nil, lengths.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    self.init(
      shape: shape, originMM: map.translation,
      spacingMM: [lengths[0], lengths[1], lengths[2]],
      direction: Direction(x: map.x / lengths[0], y: map.y / lengths[1], z: map.z / lengths[2]))
  }
}

/// Values on a grid in space: voxels [z, y, x] with origin, spacing and direction.
public struct Volume: Sendable, Equatable {
  public var voxels: Tensor<Float>
  /// Everything but the values; its shape is that of `voxels`.
  public let geometry: VolumeGeometry

  public init(voxels: Tensor<Float>, geometry: VolumeGeometry) {
    precondition(
      voxels.shape == geometry.shape,
      "voxels \(voxels.shape) must have the shape of the geometry, \(geometry.shape)")
    self.voxels = voxels
    self.geometry = geometry
  }

  /// The value at a point in LPS mm, trilinear between centres; nil outside the outermost centres.
  public func value(at point: SIMD3<Double>) -> Float? {
    let p = geometry.worldToIndex(point)
    let last = SIMD3(
      Double(geometry.width - 1), Double(geometry.height - 1), Double(geometry.depth - 1))
    guard (0..<3).allSatisfy({ p[$0] >= 0 && p[$0] <= last[$0] }) else { return nil }
    let low = (0..<3).map { Int(p[$0]) }
    let f = (0..<3).map { p[$0] - Double(low[$0]) }
    return voxels.withUnsafeElements { values in
      var sum = 0.0
      for (dz, wz) in [(0, 1 - f[2]), (1, f[2])] where wz > 0 {
        for (dy, wy) in [(0, 1 - f[1]), (1, f[1])] where wy > 0 {
          for (dx, wx) in [(0, 1 - f[0]), (1, f[0])] where wx > 0 {
            let row = ((low[2] + dz) * geometry.height + low[1] + dy) * geometry.width
            sum += wx * wy * wz * Double(values[row + low[0] + dx])
          }
        }
      }
      return Float(sum)
    }
  }
}
