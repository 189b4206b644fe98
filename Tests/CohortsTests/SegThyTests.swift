import Cohorts
import Foundation
import Imaging
import Tensors
import Testing

/// Trees written in the layout of the release.
private struct Release {
  let root: URL

  static let sweeps = "US_volunteer_dataset/ground_truth_data/US/"
  static let labels = "US_volunteer_dataset/ground_truth_data/US_thyroid_label/"

  func volume(
    _ path: String, shape: [Int] = [3, 4, 5], origin: SIMD3<Double> = [10, -20, 30],
    value: (Int) -> Float
  ) throws {
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let count = shape.reduce(1, *)
    try NIfTI.write(
      Volume(
        voxels: Tensor(shape: shape, (0..<count).map(value)),
        geometry: VolumeGeometry(shape: shape, originMM: origin, spacingMM: [0.5, 0.5, 0.4])),
      to: file.path, as: .uint8)
  }

  /// Two sweeps, one labelled with other structures beside the thyroid, and an MRI.
  func write() throws {
    try volume(Self.sweeps + "001_P1_1_left_US.nii") { Float($0) }
    try volume(Self.labels + "001_P1_1_left.nii") { Float([0, 1, 1, 3, 0][$0 % 5]) }
    try volume(Self.sweeps + "002_P3_2_right_US.nii.gz") { _ in 7 }
    try volume("MRI_volunteer_dataset/MRI/001.nii.gz") { Float($0) }
    try volume("MRI_volunteer_dataset/MRI_thyroid_label/001.nii.gz") { $0 < 6 ? 1 : 0 }
  }
}

@Suite struct SegThyTests {
  private func withRelease(_ body: (Release) throws -> Void) throws {
    try withFolder { folder in
      let release = Release(root: folder)
      try release.write()
      try body(release)
    }
  }

  @Test func readsTheLayout() throws {
    try withRelease { release in
      #expect(SegThy.isPresent(in: release.root.path))
      let found = try SegThy(release.root.path)
      #expect(found.scans.map(\.name) == ["001_P1_1_left", "002_P3_2_right"])
      let first = found.scans[0]
      #expect(
        first.volunteer == "001" && first.physician == 1 && first.repetition == 1
          && first.side == "left")
      #expect(found.scans[1].labelPath == nil && found.necks.map(\.name) == ["001"])
      let read = try SegThy.read(first)
      // 12 rows of 5: two of them thyroid, one another structure.
      #expect(read.mask?.count == 24 && read.otherLabels == 12)
      // NIfTI holds spacing in single precision.
      let spacing = read.mask?.spacingMM ?? []
      #expect(zip(spacing, [0.4, 0.5, 0.5]).allSatisfy { abs($0 - $1) < 1e-7 })
      #expect(read.volume.voxels.elements[7] == 7)
      #expect(try SegThy.read(found.scans[1]).mask == nil)
      #expect(try SegThy.read(found.necks[0]).mask?.count == 6)
    }
  }

  @Test func faultsAreNamed() throws {
    try withFolder { folder in
      #expect(!SegThy.isPresent(in: folder.path))
      #expect(message { try SegThy(folder.path) }?.contains("no sweep and no MRI") == true)
    }
    try withRelease { release in
      try release.volume(Release.sweeps + "003_P4_1_left_US.nii") { _ in 0 }
      let said = message { try SegThy(release.root.path) }
      #expect(said?.contains("003_P4_1_left") == true && said?.contains("001_P1_1_left") == true)
    }
    try withRelease { release in
      try release.volume(Release.labels + "009_P1_1_left.nii") { _ in 1 }
      #expect(
        message { try SegThy(release.root.path) }?.contains("a label without its sweep") == true)
    }
    try withRelease { release in
      try release.volume(Release.sweeps + "001_P1_1_left_US.nii.gz") { _ in 1 }
      #expect(message { try SegThy(release.root.path) }?.contains("a second file") == true)
    }
  }

  @Test func labelsMustLieOnTheImage() throws {
    try withRelease { release in
      try release.volume(Release.labels + "002_P3_2_right.nii", shape: [3, 4, 6]) { _ in 1 }
      let found = try SegThy(release.root.path)
      #expect(message { try SegThy.read(found.scans[1]) }?.contains("[3, 4, 6]") == true)
      try release.volume(Release.labels + "002_P3_2_right.nii", origin: [10, -20, 31]) { _ in 1 }
      #expect(message { try SegThy.read(found.scans[1]) }?.contains("31") == true)
      try release.volume(Release.labels + "002_P3_2_right.nii") { _ in 2 }
      #expect(message { try SegThy.read(found.scans[1]) }?.contains("no voxel of value 1") == true)
    }
  }
}
