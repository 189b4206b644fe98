import Imaging
import Tensors

extension CompoundedVolume {
  /// The volume with gaps between frames bridged along z: voxels that no pixel reached get the
  /// linear interpolation between the nearest ones below and above that a pixel did, where these
  /// lie at most `reach` voxels apart.
  ///
  /// For sweeps whose frames lie across z, in which gaps open along it. Nothing is filled beyond the
  /// first or last frame. O(voxels); stick filling (`filled(by:)`) looks in every direction and takes
  /// much longer.
  ///
  /// - Returns: voxels [z, y, x] and the number of them filled.
  public func bridged(reach: Int) -> (voxels: Tensor<Float>, filled: Int) {
    precondition(reach > 0, "reach (\(reach)) must be positive")
    let shape = volume.voxels.shape
    let (depth, plane) = (shape[0], shape[1] * shape[2])
    var field = volume.voxels
    var filled = 0
    field.withUnsafeMutableElements { f in
      weights.withUnsafeElements { weights in
        var last = [Int](repeating: -1, count: plane)
        last.withUnsafeMutableBufferPointer { last in
          for z in 0..<depth {
            for column in 0..<plane where weights[z * plane + column] > 0 {
              let below = last[column]
              last[column] = z
              guard below >= 0, z - below > 1, z - below <= reach else { continue }
              let (low, high) = (f[below * plane + column], f[z * plane + column])
              for k in (below + 1)..<z {
                let share = Float(k - below) / Float(z - below)
                f[k * plane + column] = low + (high - low) * share
              }
              filled += z - below - 1
            }
          }
        }
      }
    }
    return (field, filled)
  }
}
