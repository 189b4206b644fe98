import Foundation
import Imaging
import Tensors
import Testing

@Suite struct VolumeFileTests {
  static let oblique: VolumeGeometry = {
    let turn = SpatialTransform.rotation(radians: 1.1, about: [0.3, -0.5, 0.8])
    return VolumeGeometry(
      shape: [4, 3, 5], originMM: [10.5, -20.25, 33], spacingMM: [0.7, 1.1, 2.5],
      direction: .init(x: turn.x, y: turn.y, z: turn.z))
  }()

  static func volume(_ geometry: VolumeGeometry = oblique) -> Volume {
    Volume(
      voxels: Tensor(shape: geometry.shape, (0..<geometry.count).map { Float(($0 * 37) % 251) }),
      geometry: geometry)
  }

  static func write(_ bytes: [UInt8], _ name: String, _ folder: URL) throws -> String {
    let path = folder.appending(path: name).path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  static func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
    ((a - b) * (a - b)).sum().squareRoot()
  }

  /// World points of voxel (3, 1, 1): nibabel's affine with x and y negated, SimpleITK's
  /// TransformIndexToPhysicalPoint. NIfTI holds Float: half an ulp of each of 12 numbers, 33 mm
  /// and less, times indices to 3 is below 2e-5 mm.
  @Test(arguments: [
    ("a.nii.gz", OutsideVolumes.sform, 11 as Float, SIMD3(-10.14092064, 19.33991954, 36.30345508)),
    ("b.nii.gz", OutsideVolumes.qformBig, 21, SIMD3(-11.69956201, 17.15223589, 32.08626679)),
    ("c.mha", OutsideVolumes.mha, 16, SIMD3(10.140920615, -19.339919500, 36.303455082)),
  ])
  func filesOfOtherPrograms(
    name: String, bytes: [UInt8], value: Float, world: SIMD3<Double>
  ) throws {
    try withFolder { folder in
      let read = try VolumeFile.read(try Self.write(bytes, name, folder)).volume
      #expect(read.geometry.shape == [2, 3, 4])
      #expect(read.voxels[1, 1, 3] == value)
      #expect(Self.distance(read.geometry.indexToWorld([3, 1, 1]), world) < 2e-5)
      #expect(Self.distance(read.geometry.spacingMM, [0.7, 1.1, 2.5]) < 1e-6)
      #expect(
        read.value(at: read.geometry.indexToWorld([3, 1, 1])).map { abs($0 - value) < 1e-3 } ?? true
      )
    }
  }

  /// NIfTI's method 1: spacing alone, RAS axes from 0; LPS turns x and y.
  @Test func niftiWithoutOrientation() throws {
    try withFolder { folder in
      let read = try NIfTI.read(try Self.write(OutsideVolumes.bare, "bare.nii.gz", folder))
      #expect(read.geometry.originMM == .zero)
      #expect(read.geometry.direction == .init(x: [-1, 0, 0], y: [0, -1, 0], z: [0, 0, 1]))
      #expect(read.voxels[1, 1, 3] == 16)
    }
  }

  /// MetaImage keeps Double, NIfTI Float.
  @Test(arguments: ["v.mha", "v.mhd", "v.nii", "v.nii.gz"], VoxelType.allCases)
  func roundTrips(name: String, type: VoxelType) throws {
    try withFolder { folder in
      // int8 ends at 127.
      var volume = Self.volume()
      if type == .int8 {
        volume.voxels.withUnsafeMutableElements { for i in $0.indices { $0[i] -= 124 } }
      }
      let path = folder.appending(path: name).path
      try VolumeFile.write(volume, to: path, as: type)
      let (read, found) = try VolumeFile.read(path)
      #expect(found == type)
      #expect(read.voxels == volume.voxels)
      if name.contains("nii") {
        for index in [SIMD3(0.0, 0, 0), SIMD3(4, 2, 3)] {
          let places = (volume.geometry.indexToWorld(index), read.geometry.indexToWorld(index))
          #expect(Self.distance(places.0, places.1) < 2e-5)
        }
      } else {
        #expect(read.geometry == volume.geometry)
      }
      let first = try Data(contentsOf: URL(fileURLWithPath: path))
      try VolumeFile.write(volume, to: path, as: type)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
    }
  }

  /// The qform alone gives the same places as the sform: mirrored, turned by half a turn about
  /// each axis (where the quaternion's real part vanishes), oblique.
  @Test(arguments: [
    VolumeGeometry.Direction.identity, .init(x: [-1, 0, 0], y: [0, -1, 0], z: [0, 0, 1]),
    .init(x: [1, 0, 0], y: [0, -1, 0], z: [0, 0, -1]),
    .init(x: [-1, 0, 0], y: [0, 1, 0], z: [0, 0, -1]),
    .init(x: [0, 1, 0], y: [1, 0, 0], z: [0, 0, 1]), oblique.direction,
  ])
  func qformAgreesWithSform(direction: VolumeGeometry.Direction) throws {
    try withFolder { folder in
      var geometry = Self.oblique
      geometry.direction = direction
      let path = folder.appending(path: "q.nii").path
      try NIfTI.write(Self.volume(geometry), to: path)
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      bytes[254] = 0
      let read = try NIfTI.read(try Self.write(bytes, "q2.nii", folder)).geometry
      for index in [SIMD3(0.0, 0, 0), SIMD3(4, 0, 0), SIMD3(0, 2, 0), SIMD3(0, 0, 3)] {
        // A quaternion in Float turns by up to 4 ulp: 4 · 6e-8 · 10 mm, and 33 mm to half an ulp.
        #expect(Self.distance(geometry.indexToWorld(index), read.indexToWorld(index)) < 2e-5)
      }
    }
  }

  @Test func rawDataOutsideTheHeader() throws {
    try withFolder { folder in
      let path = folder.appending(path: "r.mhd").path
      try MetaImage.write(Self.volume(), to: path, as: .uint8, compressed: false)
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "r.raw").path))
      #expect(try MetaImage.read(path) == Self.volume())
      // HeaderSize = -1: the voxels are the end of the file.
      let raw = folder.appending(path: "r.raw").path
      try Data([9, 9, 9] + [UInt8](try Data(contentsOf: URL(fileURLWithPath: raw))))
        .write(to: URL(fileURLWithPath: raw))
      var text = try String(contentsOfFile: path, encoding: .utf8)
      text = text.replacingOccurrences(
        of: "ElementDataFile", with: "HeaderSize = -1\nElementDataFile")
      #expect(
        try MetaImage.read(try Self.write(Array(text.utf8), "s.mhd", folder)) == Self.volume())
      try FileManager.default.removeItem(atPath: raw)
      #expect(message { try MetaImage.read(path) } == "\(raw): found no file, expected the voxels")
    }
  }

  @Test func faultsAreNamed() throws {
    try withFolder { folder in
      let path = folder.appending(path: "f.mha").path
      try MetaImage.write(Self.volume(), to: path, as: .uint8, compressed: false)
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      func fault(_ change: (String) -> String, dropping: Int = 0) throws -> String {
        let text = change(String(decoding: bytes, as: Unicode.ASCII.self))
        let head = text.range(of: "LOCAL\n")!.upperBound
        let header = Array(text[..<head].utf8)
        let other = try Self.write(header + bytes.suffix(60).dropLast(dropping), "g.mha", folder)
        return message { try MetaImage.read(other) }?.replacingOccurrences(of: other, with: "g")
          ?? "no error"
      }
      #expect(try fault({ $0 }) == "no error")
      #expect(
        try fault({ $0.replacingOccurrences(of: "MET_UCHAR", with: "MET_LONG") }).hasPrefix(
          "g: found ElementType MET_LONG, expected one of MET_UCHAR"))
      #expect(
        try fault({ $0 }, dropping: 7)
          == "g: found 53 bytes of voxels, expected 60 for 5 x 3 x 4 of MET_UCHAR; "
          + "the file was cut; copy or download it again")
      #expect(
        try fault { $0.replacingOccurrences(of: "NDims = 3", with: "NDims = 2") }.hasPrefix(
          "g: found NDims = 2 with DimSize = 5 3 4"))
      #expect(
        try fault { $0.replacingOccurrences(of: "Offset = 10.5 ", with: "Offset = ") }
          == "g: found Offset = -20.25 33.0, expected 3 numbers")
      #expect(
        try fault { $0.replacingOccurrences(of: "BinaryData = True", with: "BinaryData = False") }
          .hasPrefix("g: found voxels as text"))
      let text = try Self.write(Array("case,score\n1,2\n".utf8), "t.mha", folder)
      #expect(
        message { try MetaImage.read(text) }
          == "\(text): found no MetaImage header, expected lines \"key = value\" up to "
          + "ElementDataFile")
    }
  }

  @Test func faultsOfNIfTIAreNamed() throws {
    try withFolder { folder in
      let whole = try Gzip.decompress(OutsideVolumes.sform, file: "x")
      func fault(_ change: (inout [UInt8]) -> Void) throws -> String {
        var bytes = whole
        change(&bytes)
        let path = try Self.write(bytes, "f.nii", folder)
        return message { try NIfTI.read(path) }?.replacingOccurrences(of: path, with: "f")
          ?? "no error"
      }
      #expect(try fault { _ in } == "no error")
      #expect(
        try fault { $0[70] = 32 }.hasPrefix("f: found voxel type 32, expected one of 2 (uint8)"))
      #expect(
        try fault { $0.removeLast(3) }
          == "f: found 45 bytes of voxels, expected 48 for [z, y, x] [2, 3, 4] of int16; "
          + "the file was cut; copy or download it again")
      #expect(try fault { $0[344] = 0x58 }.hasPrefix("f: found no NIfTI-1 signature"))
      #expect(try fault { ($0[40], $0[48]) = (4, 5) }.hasPrefix("f: found sizes 4 x 3 x 2 x 5"))
      let cut = try Self.write(Array(OutsideVolumes.sform.dropLast(20)), "cut.nii.gz", folder)
      #expect(message { try NIfTI.read(cut) }?.contains("early end in gzip data") == true)
    }
  }

  /// A file never holds clipped or wrapped numbers.
  @Test func valuesThatDoNotFitAreRefused() throws {
    try withFolder { folder in
      let path = folder.appending(path: "v.nii").path
      var volume = Self.volume()
      volume.voxels[0, 0, 1] = 255.4
      try VolumeFile.write(volume, to: path, as: .uint8)
      #expect(try NIfTI.read(path).voxels[0, 0, 1] == 255)
      for value in [Float(255.6), -1, .nan] {
        volume.voxels[0, 0, 1] = value
        #expect(
          message { try VolumeFile.write(volume, to: path, as: .uint8) }
            == "\(path): cannot write: the value \(value) does not fit uint8; "
            + "choose a wider type, such as float32")
      }
      #expect(
        message { try VolumeFile.write(volume, to: "v.png") }
          == "v.png: expected a volume whose name ends in .mha, .mhd, .nii or .nii.gz")
    }
  }
}

@Suite struct SpatialTransformTests {
  static let turn = SpatialTransform.rotation(radians: 0.7, about: [1, 2, -1])
  static let map =
    SpatialTransform.translation([3, -4, 5]) * turn * SpatialTransform.scaling([0.5, 2, 1.5])

  /// scipy.spatial.transform.Rotation.from_rotvec(0.7 [1, 2, -1] / √6).
  @Test func rotationMeetsSciPy() {
    let expected = [
      0.804035156070407, 0.3413867070732083, 0.48680857021682344, 0.0,
      -0.1846148319295338, 0.9216140624281628, -0.3413867070732083, 0.0,
      -0.5651945077886606, 0.1846148319295338, 0.804035156070407, 0.0,
      0.0, 0.0, 0.0, 1.0,
    ]
    for (a, b) in zip(Self.turn.rowMajor, expected) { #expect(abs(a - b) < 4e-16) }
  }

  @Test func inverseAndCompositionUndoEachOther() {
    let p = SIMD3(1.5, -2, 0.25)
    let back = Self.map.inverse!(Self.map(p))
    #expect(((back - p) * (back - p)).sum() < 1e-28)
    #expect(abs(Self.map.determinant - 1.5) < 1e-15)
    #expect(SpatialTransform.scaling([1, 0, 1]).inverse == nil)
    #expect(SpatialTransform(rowMajor: Self.map.rowMajor) == Self.map)
    #expect(SpatialTransform(rowMajor: Array(repeating: 1, count: 16)) == nil)
    #expect(
      SpatialTransform(rowMajor: [.nan] + SpatialTransform.identity.rowMajor.dropFirst()) == nil)
  }
}
