import Kernels
import Tensors

extension Mask {
  /// The exact Euclidean distance in mm from every voxel centre to the nearest centre of the set.
  ///
  ///     d(p) = min_q in set √ Σ_axis (s_axis (p_axis − q_axis))²
  ///
  /// 0 on the set, ∞ everywhere where it is empty. `complement.distanceMap()` is SciPy's
  /// `distance_transform_edt(mask, sampling)`. Squares are carried between axes in Float: exact
  /// for equal spacings up to 2^24, else every sum and every choice of a minimum rounds, which
  /// keeps d within 2^-18 of itself at worst, and commonly within 2^-23.
  ///
  /// O(voxels · log extent), one axis after the other. The idea is that of Maurer, Qi and Raghavan
  /// 2003, doi:10.1109/TPAMI.2003.1177156.
  public func distanceMap() -> Tensor<Float> { distanceMap(negativeOn: nil) }

  /// The distance in mm from every voxel centre to the nearest centre of the surface of the set,
  /// negative inside, 0 on the surface.
  ///
  ///     d(p) = ± min_q in surface √ Σ_axis (s_axis (p_axis − q_axis))²
  ///
  /// The surface belongs to the set: its voxels with a face, an edge or a corner in common with a
  /// voxel of the grid outside it. So the zero lies on the outermost layer of centres, half a voxel
  /// within the faces between set and rest, and voxels just outside are one spacing away. Outside,
  /// d equals `distanceMap`. A set that fills the grid has no surface: −∞; an empty one: ∞.
  ///
  /// This is SimpleITK's `SignedMaurerDistanceMap(mask, insideIsPositive=False,
  /// squaredDistance=False, useImageSpacing=True)`, whose infinities are ±1.8e19. Other programs
  /// measure to the faces, or inside to the nearest centre outside.
  public func signedDistanceMap() -> Tensor<Float> {
    surface(.corners, countsGridEdge: false).distanceMap(negativeOn: self)
  }

  /// The distance map, with its sign turned on the voxels of another set.
  private func distanceMap(negativeOn inside: Mask?) -> Tensor<Float> {
    Tensor(shape: shape) { output in
      guard let squares = output.baseAddress, output.count > 0 else { return }
      // With equal spacings squares are whole numbers of steps, scaled at the end.
      let isEven = spacingMM.allSatisfy { $0 == spacingMM[0] }
      let steps = isEven ? spacingMM.map { _ in 1.0 } : spacingMM
      let (depth, height, width) = extents
      scanRows(squares, step: steps.last!)
      let columns = AxisPass(count: height, stride: width, step: steps[steps.count - 2])
      let pillars = AxisPass(count: depth, stride: height * width, step: steps[0])
      func finish(_ inside: UnsafePointer<Bool>?) {
        let last = AxisPass.Finish(scale: Float(isEven ? spacingMM[0] : 1), inside: inside)
        columns.run(
          squares, outer: depth, outerStride: height * width, width: width,
          finish: depth == 1 ? last : nil)
        if depth > 1 {
          pillars.run(squares, outer: height, outerStride: width, width: width, finish: last)
        }
      }
      if let inside {
        inside.voxels.withUnsafeBufferPointer { finish($0.baseAddress!) }
      } else {
        finish(nil)
      }
    }
  }

  /// Squared distances along x alone: between two members of the set they rise and fall.
  private func scanRows(_ squares: UnsafeMutablePointer<Float>, step: Double) {
    let width = shape.last!
    let rising = (0..<width).map { Float(step * step * Double($0 * $0)) }
    let falling = Array(rising.reversed())
    voxels.withUnsafeBytes { set in
      rising.withUnsafeBufferPointer { rising in
        falling.withUnsafeBufferPointer { falling in
          nonisolated(unsafe) let (out, set) = (squares, set.baseAddress!)
          nonisolated(unsafe) let (rising, falling) = (rising.baseAddress!, falling.baseAddress!)
          Parallel.chunks(of: voxels.count / width, grain: max(1, (1 << 16) / width)) { range in
            for row in range {
              Self.scanRow(set + row * width, out + row * width, width, rising, falling)
            }
          }
        }
      }
    }
  }

  /// One row: `rising[k]` and `falling[width − 1 − k]` are the square of k steps.
  private static func scanRow(
    _ members: UnsafeRawPointer, _ line: UnsafeMutablePointer<Float>, _ width: Int,
    _ rising: UnsafePointer<Float>, _ falling: UnsafePointer<Float>
  ) {
    var last = -1
    func found(_ x: Int) {
      if last < 0 {
        line.update(from: falling + (width - 1 - x), count: x + 1)
      } else if x - last > 1 {
        let half = (x - last) / 2
        (line + last).update(from: rising, count: half + 1)
        let rest = x - last - half
        (line + (x - rest + 1)).update(from: falling + (width - rest), count: rest)
      } else {
        line[x] = 0
      }
      last = x
    }
    var x = 0
    while x &+ 8 <= width {
      // A member is a byte of 1, so each set bit is one.
      var word = UInt64(littleEndian: members.loadUnaligned(fromByteOffset: x, as: UInt64.self))
      while word != 0 {
        found(x &+ word.trailingZeroBitCount / 8)
        word &= word &- 1
      }
      x &+= 8
    }
    while x < width {
      if members.load(fromByteOffset: x, as: UInt8.self) != 0 { found(x) }
      x &+= 1
    }
    if last < 0 {
      line.update(repeating: .infinity, count: width)
    } else {
      (line + last).update(from: rising, count: width - last)
    }
  }
}
