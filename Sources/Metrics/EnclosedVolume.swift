import Imaging
import Kernels
import Tensors

/// Volumes of what a mask or a graded map encloses, in mm³.
///
/// Three estimators of one quantity: voxels counted (every voxel of a mask is a whole box), values
/// summed (a graded map holds each voxel's share), and the space inside the surface of the
/// trilinear interpolation at a level. For a body with smooth surface and voxels of h all three err
/// by O(h²) at a given position; counting scatters most when the body is moved by parts of a voxel.
extension Mask {
  /// Number of voxels times the volume of one.
  public var countedVolumeMM3: Double { Double(count) * voxelMeasure }

  /// The volume inside the surface at 1/2 of the trilinear interpolation between voxel centres;
  /// outside the grid there is nothing. A plane mask has none and is refused.
  ///
  /// Flat faces lie half-way between the centres inside and outside, as in counting; edges and
  /// corners are rounded.
  public var surfaceVolumeMM3: Double {
    precondition(shape.count == 3, "shape \(shape) must be [z, y, x]")
    let values = Tensor<Float>(shape: shape) { output in
      for i in voxels.indices { output[i] = voxels[i] ? 1 : 0 }
    }
    return EnclosedVolume.voxels(in: values, above: 0.5) * voxelMeasure
  }
}

/// Space enclosed by level surfaces of values on a grid.
public enum EnclosedVolume {
  /// Lines per cell and direction along which the surface is looked for.
  private static let lines = 8

  /// Where the trilinear interpolation of values [z, y, x] exceeds a level, in voxels.
  ///
  /// Beyond the outermost centres values fall to 0 within one voxel, so the level must not be
  /// negative. Between eight centres the share above the level is the mean over 64 lines along x,
  /// on each of which the interpolation is linear and the share exact. O(voxels).
  public static func voxels(in values: Tensor<Float>, above level: Float) -> Double {
    precondition(values.rank == 3, "values must be [z, y, x], got \(values.shape)")
    precondition(level >= 0, "level (\(level)) must not be negative")
    let (depth, height, width) = (values.shape[0], values.shape[1], values.shape[2])
    var sums = [Double](repeating: 0, count: depth + 1)
    values.withUnsafeElements { values in
      sums.withUnsafeMutableBufferPointer { sums in
        nonisolated(unsafe) let values = values
        nonisolated(unsafe) let sums = sums
        Parallel.each(depth + 1) { layer in
          func line(_ z: Int, _ y: Int) -> UnsafePointer<Float>? {
            z >= 0 && z < depth && y >= 0 && y < height
              ? values.baseAddress! + (z * height + y) * width : nil
          }
          var whole = 0
          var parts = 0.0
          for row in 0...height {
            // Values of the cell's corners, x left and right, in the order (y, z).
            let lines = (
              line(layer - 1, row - 1), line(layer - 1, row), line(layer, row - 1), line(layer, row)
            )
            var left = SIMD4<Float>.zero
            for column in 0...width {
              var right = SIMD4<Float>.zero
              if column < width {
                right = SIMD4(
                  lines.0?[column] ?? 0, lines.1?[column] ?? 0, lines.2?[column] ?? 0,
                  lines.3?[column] ?? 0)
              }
              let low = min(left.min(), right.min())
              let high = max(left.max(), right.max())
              if low > level {
                whole += 1
              } else if high > level {
                parts += share(left, right, level)
              }
              left = right
            }
          }
          sums[layer] = Double(whole) + parts
        }
      }
    }
    return sums.reduce(0, +)
  }

  /// The share of one cell above the level.
  private static func share(
    _ left: SIMD4<Float>, _ right: SIMD4<Float>, _ level: Float
  ) -> Double {
    var sum = 0.0
    for j in 0..<lines {
      let z = (Float(j) + 0.5) / Float(lines)
      // Along y at this depth: left and right, near and far.
      let l = left.lowHalf + (left.highHalf - left.lowHalf) * z
      let r = right.lowHalf + (right.highHalf - right.lowHalf) * z
      for i in 0..<lines {
        let y = (Float(i) + 0.5) / Float(lines)
        let a = l.x + (l.y - l.x) * y - level
        let b = r.x + (r.y - r.x) * y - level
        if a > 0 {
          sum += b > 0 ? 1 : Double(a / (a - b))
        } else if b > 0 {
          sum += Double(b / (b - a))
        }
      }
    }
    return sum / Double(lines * lines)
  }

  /// Σ of values cut to 0...1, in voxels: the volume that a map of shares states.
  public static func sum(of shares: Tensor<Float>) -> Double {
    shares.withUnsafeElements { values in
      // Summed by rows of the last axis, in Double.
      values.reduce(0.0) { $0 + Double(min(1, max(0, $1))) }
    }
  }
}
