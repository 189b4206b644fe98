import ArgumentParser

/// Voxel sizes as an option states them: `0.5`, or `0.5,0.5,1` along x, y and z, in mm.
enum VoxelSize {
  static func parse(_ text: String) throws -> SIMD3<Double> {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { Double($0) ?? .nan }
    guard parts.count == 1 || parts.count == 3, parts.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw ValidationError("--spacing \(text): expected one or three positive numbers of mm")
    }
    return SIMD3(parts[0], parts[parts.count / 2], parts[parts.count - 1])
  }
}
