import Foundation
import Fuzzing
import Imaging
import Kernels
import Tensors
import Testing

@Suite struct DICOMTests {
  typealias Element = DICOMBytes.Element

  static func write(_ bytes: [UInt8], _ name: String, _ folder: URL) throws -> String {
    let path = folder.appending(path: name).path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// The volume of one file.
  static func volume(
    _ elements: [Element], syntax: String = DICOMBytes.explicit
  ) throws -> (volume: Volume, type: VoxelType) {
    try withFolder { folder in
      try VolumeFile.read(try write(DICOMBytes.file(elements, syntax: syntax), "IM1", folder))
    }
  }

  /// A series along the patient's left-right axis, its files named against the order of places.
  /// Columns run to the back, rows to the feet: the normal, back x feet = (0, 1, 0) x (0, 0, -1), is
  /// (-1, 0, 0), to the patient's right.
  static func sagittal(_ folder: URL, syntax: String, changes: [UInt32: Element?] = [:]) throws {
    for k in 0..<4 {
      let elements = DICOMBytes.slice(
        at: "\(-20.5 + 2.5 * Double(k))\\-90\\60.25", along: "0\\1\\0\\0\\0\\-1",
        samples: (0..<6).map { 100 * k + $0 }, changes: changes)
      _ = try write(DICOMBytes.file(elements, syntax: syntax), "IM\(9 - k)", folder)
    }
  }

  @Test(arguments: [DICOMBytes.implicit, DICOMBytes.explicit])
  func seriesIsSortedByPlace(syntax: String) throws {
    try withFolder { folder in
      try Self.sagittal(folder, syntax: syntax)
      // What lies beside is passed over.
      _ = try Self.write(Array("notes".utf8), "notes.txt", folder)
      _ = try Self.write([0], ".hidden", folder)
      try FileManager.default.createDirectory(
        at: folder.appending(path: "other"), withIntermediateDirectories: true)
      let list = DICOMBytes.file([], mediaClass: "1.2.840.10008.1.3.10")
      _ = try Self.write(list, "DICOMDIR", folder)
      let (volume, type) = try VolumeFile.read(folder.path)
      #expect(type == .uint16)
      // PixelSpacing gives the distance of rows first: y 2 mm, x 0.5 mm.
      // Sorted along the normal, the leftmost slice is the first.
      let expected = VolumeGeometry(
        shape: [4, 2, 3], originMM: [-13, -90, 60.25], spacingMM: [0.5, 2, 2.5],
        direction: .init(x: [0, 1, 0], y: [0, 0, -1], z: [-1, 0, 0]))
      #expect(volume.geometry == expected)
      var values: [Float] = []
      for k in [3, 2, 1, 0] {
        for i in 0..<6 { values.append(Float(100 * k + i)) }
      }
      #expect(volume.voxels.elements == values)
      #expect(volume.geometry.indexToWorld([2, 1, 3]) == [-20.5, -89, 58.25])
    }
  }

  struct Samples: Sendable {
    var bits, stored, high, sign: Int
    var raw: [Int]
    var values: [Float]
    var type: VoxelType
  }

  static let samples: [Samples] = [
    Samples(
      bits: 16, stored: 16, high: 15, sign: 0, raw: [0, 1, 32768, 65535],
      values: [0, 1, 32768, 65535], type: .uint16),
    Samples(
      bits: 16, stored: 16, high: 15, sign: 1, raw: [0, 1, 32768, 65535],
      values: [0, 1, -32768, -1], type: .int16),
    Samples(
      bits: 16, stored: 12, high: 11, sign: 0, raw: [0xF000, 0x1001, 0x0FFF, 0x8800],
      values: [0, 1, 4095, 2048], type: .uint16),
    Samples(
      bits: 16, stored: 12, high: 11, sign: 1, raw: [0xF000, 0x1001, 0x0FFF, 0x8800],
      values: [0, 1, -1, -2048], type: .int16),
    Samples(
      bits: 16, stored: 12, high: 15, sign: 0, raw: [0x0010, 0xFFF0, 0x8000, 0x000F],
      values: [1, 4095, 2048, 0], type: .uint16),
    Samples(
      bits: 8, stored: 8, high: 7, sign: 0, raw: [0, 1, 128, 255], values: [0, 1, 128, 255],
      type: .uint8),
    Samples(
      bits: 8, stored: 8, high: 7, sign: 1, raw: [0, 1, 128, 255], values: [0, 1, -128, -1],
      type: .int8),
    Samples(
      bits: 8, stored: 1, high: 0, sign: 0, raw: [0, 1, 2, 255], values: [0, 1, 0, 1],
      type: .uint8),
  ]

  /// Value = bits below the high bit, sign in the topmost of them; overlays above are cut off.
  @Test(arguments: samples) func samplesOfAllKinds(_ kind: Samples) throws {
    let pixels = kind.raw.flatMap { DICOMBytes.number($0, kind.bits / 8) }
    let changes: [UInt32: Element?] = [
      0x0028_0100: Element.word(0x0028_0100, kind.bits),
      0x0028_0101: Element.word(0x0028_0101, kind.stored),
      0x0028_0102: Element.word(0x0028_0102, kind.high),
      0x0028_0103: Element.word(0x0028_0103, kind.sign),
      0x7FE0_0010: Element(0x7FE0_0010, kind.bits == 8 ? "OB" : "OW", .bytes(pixels)),
    ]
    let elements = DICOMBytes.slice(rows: 2, columns: 2, samples: [], changes: changes)
    for syntax in [DICOMBytes.implicit, DICOMBytes.explicit] {
      let (volume, found) = try Self.volume(elements, syntax: syntax)
      #expect(volume.voxels.elements == kind.values)
      #expect(found == kind.type)
      // One slice is as deep as it is thick.
      #expect(volume.geometry.spacingMM == [0.5, 2, 1.5])
    }
  }

  @Test func valuesAreThoseOfTheModality() throws {
    let (volume, type) = try Self.volume(
      DICOMBytes.slice(
        samples: [0, 1, 2, 3, 1024, 4095],
        changes: [
          0x0028_0004: Element.text(0x0028_0004, "CS", "MONOCHROME1"),
          0x0028_1052: Element.text(0x0028_1052, "DS", "-1024"),
          0x0028_1053: Element.text(0x0028_1053, "DS", "2.5"),
        ]))
    #expect(volume.voxels.elements == [-1024, -1021.5, -1019, -1016.5, 1536, 9213.5])
    #expect(type == .float32)
  }

  // MARK: Many frames

  /// Functional groups as an enhanced file has them: pixel size for all, a place and a slope for
  /// each, frames from the last place to the first.
  static func enhanced(open: Bool, changes: [UInt32: Element?] = [:]) -> [Element] {
    func list(_ items: [[Element]]) -> DICOMBytes.Value { open ? .open(items) : .items(items) }
    let shared: [Element] = [
      Element(0x0020_9116, "SQ", list([[.text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")]])),
      Element(0x0028_9110, "SQ", list([[.text(0x0028_0030, "DS", "2\\0.5")]])),
    ]
    let own: [[Element]] = (0..<3).map { k in
      [
        Element(0x0020_9113, "SQ", list([[.text(0x0020_0032, "DS", "1\\2\\\(9 - 3 * k)")]])),
        Element(
          0x0028_9145, "SQ",
          list([[.text(0x0028_1052, "DS", "0"), .text(0x0028_1053, "DS", "\(k + 1)")]])),
      ]
    }
    var all: [UInt32: Element?] = [
      0x0028_0008: Element.text(0x0028_0008, "IS", "3"),
      0x5200_9229: Element(0x5200_9229, "SQ", list([shared])),
      0x5200_9230: Element(0x5200_9230, "SQ", list(own)),
      // Private and unknown sequences are stepped over, pixels of an icon too.
      0x0009_1001: Element(0x0009_1001, "UN", .open([[.text(0x0028_0010, "US", "ab")], []])),
      0x0088_0200: Element(
        0x0088_0200, "SQ", .open([[Element(0x7FE0_0010, "OW", .bytes([1, 2, 3, 4]))]])),
    ]
    all.merge(changes) { $1 }
    return DICOMBytes.slice(at: nil, along: nil, spacing: nil, samples: Array(0..<18), changes: all)
  }

  @Test(arguments: [DICOMBytes.implicit, DICOMBytes.explicit], [false, true])
  func functionalGroups(syntax: String, open: Bool) throws {
    let (volume, _) = try Self.volume(Self.enhanced(open: open), syntax: syntax)
    #expect(
      volume.geometry
        == VolumeGeometry(shape: [3, 2, 3], originMM: [1, 2, 3], spacingMM: [0.5, 2, 3]))
    var expected: [Float] = []
    for k in [2, 1, 0] {
      for i in 0..<6 { expected.append(Float((6 * k + i) * (k + 1))) }
    }
    #expect(volume.voxels.elements == expected)
  }

  @Test func framesWithAStatedDistance() throws {
    let frames: [UInt32: Element?] = [
      0x0028_0008: Element.text(0x0028_0008, "IS", "2"),
      0x0018_0088: Element.text(0x0018_0088, "DS", "4"),
    ]
    let stack = DICOMBytes.slice(samples: Array(0..<12), changes: frames)
    let (volume, type) = try Self.volume(stack)
    #expect(type == .uint16)
    #expect(
      volume.geometry
        == VolumeGeometry(shape: [2, 2, 3], originMM: [1, 2, 3], spacingMM: [0.5, 2, 4]))
    #expect(volume.voxels.elements == (0..<12).map(Float.init))
    let cine = DICOMBytes.slice(
      samples: Array(0..<12), changes: [0x0028_0008: Element.text(0x0028_0008, "IS", "2")])
    #expect(
      message { try Self.volume(cine) }?.hasSuffix(
        "IM1, frame 1: found no ImagePositionPatient (0020,0032), "
          + "expected frames in space, not in time") == true)
    // Frames in time are images all the same.
    try withFolder { folder in
      let path = try Self.write(DICOMBytes.file(cine), "cine", folder)
      let image = try DICOM.image(path, frame: 1)
      #expect(image.pixels.elements == (6..<12).map { Float($0) / 65535 })
      #expect(
        message { try DICOM.image(path, frame: 2) } == "\(path): found 2 frames, expected a frame 3"
      )
    }
  }

  // MARK: Images

  @Test func imagesOfOneFrame() throws {
    try withFolder { folder in
      // Columns of 12 bits at a detector of 0.15 mm, white at 0.
      let film = DICOMBytes.slice(
        at: nil, along: nil, spacing: nil, samples: [0, 819, 1638, 2457, 3276, 4095],
        changes: [
          0x0018_0050: nil, 0x0018_1164: Element.text(0x0018_1164, "DS", "0.15\\0.14"),
          0x0028_0004: Element.text(0x0028_0004, "CS", "MONOCHROME1"),
          0x0028_0101: Element.word(0x0028_0101, 12), 0x0028_0102: Element.word(0x0028_0102, 11),
        ])
      let path = try Self.write(DICOMBytes.file(film), "film.dcm", folder)
      let image = try ImageFile.read(path)
      #expect(image.spacingMM == Image.Spacing(y: 0.15, x: 0.14))
      #expect(image.pixels.shape == [1, 2, 3])
      for (value, shade) in zip(image.pixels.elements, [1, 0.8, 0.6, 0.4, 0.2, 0] as [Float]) {
        #expect(abs(value - shade) <= 2 * shade.ulp + Float.ulpOfOne)
      }
      // As a volume it keeps its values, one voxel of 1 mm deep.
      let volume = try VolumeFile.read(path).volume
      #expect(volume.voxels.elements == [0, 819, 1638, 2457, 3276, 4095])
      #expect(volume.geometry.spacingMM == [0.14, 0.15, 1])
    }
  }

  @Test func coloursSideBySideAndInPlanes() throws {
    try withFolder { folder in
      let levels = (0..<18).map { UInt8($0 * 13) }
      func picture(_ planar: Int, _ bytes: [UInt8]) throws -> String {
        try Self.write(
          DICOMBytes.file(
            DICOMBytes.slice(
              samples: [],
              changes: [
                0x0028_0002: Element.word(0x0028_0002, 3),
                0x0028_0004: Element.text(0x0028_0004, "CS", "RGB"),
                0x0028_0006: Element.word(0x0028_0006, planar),
                0x0028_0100: Element.word(0x0028_0100, 8),
                0x0028_0101: Element.word(0x0028_0101, 8),
                0x0028_0102: Element.word(0x0028_0102, 7),
                0x7FE0_0010: Element(0x7FE0_0010, "OB", .bytes(bytes)),
              ])), "rgb\(planar)", folder)
      }
      let inPlanes = (0..<3).flatMap { c in (0..<6).map { levels[3 * $0 + c] } }
      let path = try picture(0, levels)
      let image = try DICOM.image(path)
      #expect(image.pixels.shape == [3, 2, 3])
      #expect(image.pixels.elements == inPlanes.map { Float($0) / 255 })
      #expect(try DICOM.image(try picture(1, inPlanes)) == image)
      #expect(
        message { try VolumeFile.read(path) }
          == "\(path): found colours, expected one number a voxel; convert colour images to grey "
          + "before")
    }
  }
}
