import Imaging
import Kernels

extension VolumeGeometry {
  /// The smallest box along the axes of the world that holds the frames, as PLUS lays it out.
  ///
  /// The origin is the least corner of all clip rectangles; along each axis there are
  /// ⌈extent / spacing⌉ voxels, so that pixels of the last, partial voxel may fall outside.
  ///
  /// - Parameters:
  ///   - poses: from pixel indices (x, y, 0) to mm, one for each frame, at least one.
  ///   - file: what an error names.
  ///
  /// Throws an input error where the box exceeds 2^29 voxels, which no sweep of a hand does.
  public init(
    sweptBy poses: [SpatialTransform], frameWidth: Int, frameHeight: Int,
    clip: ClipRectangle? = nil, spacingMM: SIMD3<Double>, file: String
  ) throws {
    precondition(!poses.isEmpty, "poses (count 0) must hold a frame")
    precondition(
      (0..<3).allSatisfy { spacingMM[$0] > 0 }, "spacingMM \(spacingMM) must be positive")
    let ranges =
      clip?.ranges(width: frameWidth, height: frameHeight) ?? (
        x: 0..<frameWidth, y: 0..<frameHeight
      )
    guard !ranges.x.isEmpty, !ranges.y.isEmpty else {
      throw LightboxError.input(
        file: file, found: "a clip rectangle outside the frames of \(frameWidth) x \(frameHeight)",
        expected: "one that overlaps them")
    }
    var low = SIMD3<Double>(repeating: .infinity)
    var high = -low
    for pose in poses {
      for x in [ranges.x.lowerBound, ranges.x.upperBound - 1] {
        for y in [ranges.y.lowerBound, ranges.y.upperBound - 1] {
          let corner = pose([Double(x), Double(y), 0])
          low = pointwiseMin(low, corner)
          high = pointwiseMax(high, corner)
        }
      }
    }
    let sizes = (high - low) / spacingMM
    let counts = (0..<3).map { max(1, sizes[$0].rounded(.up)) }
    guard counts.reduce(1, *) <= 0x1p29 else {
      throw LightboxError.input(
        file: file,
        found: "a sweep of " + (0..<3).map { "\(Int((high - low)[$0]))" }.joined(separator: " x ")
          + " mm, more than 2^29 voxels",
        expected: "the reach of a hand",
        hint: "check the calibration and the reference, or take a larger spacing")
    }
    self.init(
      shape: [Int(counts[2]), Int(counts[1]), Int(counts[0])], originMM: low,
      spacingMM: spacingMM)
  }
}
