import Foundation
import Fuzzing
import Imaging
import Kernels
import Testing

/// What is refused, and what the message says.
@Suite struct DICOMFaultTests {
  typealias Element = DICOMBytes.Element

  static let samples = Array(0..<6)

  /// What reading one file says, which is called IM.
  static func fault(_ bytes: [UInt8]) throws -> String {
    try withFolder { folder in
      let path = try DICOMTests.write(bytes, "IM.dcm", folder)
      return message { try VolumeFile.read(path) }?.replacingOccurrences(of: path, with: "IM")
        ?? "no error"
    }
  }

  static func fault(changes: [UInt32: Element?]) throws -> String {
    try fault(DICOMBytes.file(DICOMBytes.slice(samples: samples, changes: changes)))
  }

  /// Transfer syntaxes of PS3.6, table A-1.
  @Test(arguments: [
    ("1.2.840.10008.1.2.4.50", "pixels compressed as JPEG", "gdcmconv --raw or dcmdjpeg"),
    ("1.2.840.10008.1.2.4.70", "pixels compressed as JPEG", "gdcmconv --raw or dcmdjpeg"),
    ("1.2.840.10008.1.2.4.80", "pixels compressed as JPEG-LS", "gdcmconv --raw or dcmdjpls"),
    ("1.2.840.10008.1.2.4.90", "pixels compressed as JPEG 2000", "gdcmconv --raw"),
    ("1.2.840.10008.1.2.5", "pixels compressed by run lengths", "gdcmconv --raw or dcmdrle"),
    ("1.2.840.10008.1.2.1.99", "a deflated data set", "dcmconv +te"),
    ("1.2.840.10008.1.2.2", "a data set in big-endian order", "dcmconv +te"),
    ("1.2.840.10008.1.2.4.201", "an encoding that is not read", "gdcmconv --raw"),
  ])
  func otherEncodingsNameTheirConverter(uid: String, found: String, program: String) throws {
    let bytes = DICOMBytes.file(DICOMBytes.slice(samples: Self.samples), syntax: uid)
    #expect(
      try Self.fault(bytes)
        == "IM: found \(found) (transfer syntax \(uid)), expected uncompressed pixels in "
        + "little-endian order; convert with \(program), followed by the old and the new file")
  }

  struct Case: Sendable {
    var tag: UInt32
    var element: Element?
    var says: String
    init(_ tag: UInt32, _ element: Element?, _ says: String) {
      self.tag = tag
      self.element = element
      self.says = says
    }
  }

  static let cases: [Case] = [
    Case(0x7FE0_0010, nil, "no pixels, expected PixelData (7FE0,0010) with whole numbers"),
    Case(
      0x0028_0004, Element.text(0x0028_0004, "CS", "PALETTE COLOR"),
      "PhotometricInterpretation (0028,0004) = PALETTE COLOR, expected MONOCHROME1"),
    Case(
      0x0028_0002, Element.word(0x0028_0002, 3),
      "SamplesPerPixel (0028,0002) = 3, expected 1 for MONOCHROME2"),
    Case(0x0028_0010, nil, "Rows (0028,0010) = no value, expected a number"),
    Case(0x0028_0010, Element.word(0x0028_0010, 0), "Rows (0028,0010) = 3 x 0 pixels"),
    Case(
      0x0028_0010, Element.word(0x0028_0010, 3),
      "12 bytes of pixels, expected 1 x 18 for 3 x 3 of 16 bits; the file was cut"),
    Case(
      0x0028_0010, Element.word(0x0028_0010, 65535),
      "12 bytes of pixels, expected 1 x 393210 for 3 x 65535 of 16 bits; the file was cut"),
    Case(
      0x0028_0011, Element.text(0x0028_0011, "IS", "3000"),
      "Columns (0028,0011) = 4 bytes, expected 2"),
    Case(
      0x0028_0100, Element.word(0x0028_0100, 32), "BitsAllocated (0028,0100) = 32, expected 8 or 16"
    ),
    Case(0x0028_0101, Element.word(0x0028_0101, 0), "BitsStored (0028,0101) = 0 up to bit 15"),
    Case(0x0028_0102, Element.word(0x0028_0102, 16), "BitsStored (0028,0101) = 16 up to bit 16"),
    Case(
      0x0028_0008, Element.text(0x0028_0008, "IS", "2000000000"),
      "NumberOfFrames (0028,0008) = 2000000000.0, expected 1 to 65536"),
    Case(
      0x0028_0008, Element.text(0x0028_0008, "IS", "65536"),
      "12 bytes of pixels, expected 65536 x 12 for 3 x 2 of 16 bits"),
    Case(0x0028_0008, Element.text(0x0028_0008, "IS", "1.5"), "NumberOfFrames (0028,0008) = 1.5"),
    Case(
      0x0028_0030, nil,
      "neither PixelSpacing (0028,0030) nor ImagerPixelSpacing (0018,1164), expected the size of a"),
    Case(
      0x0028_0030, Element.text(0x0028_0030, "DS", "1\\-1"),
      "PixelSpacing (0028,0030) = 1.0\\-1.0, expected positive distances in mm"),
    Case(
      0x0028_0030, Element.text(0x0028_0030, "DS", "1"),
      "PixelSpacing (0028,0030) = 1, expected 2 finite numbers"),
    Case(
      0x0020_0032, Element.text(0x0020_0032, "DS", "1\\nan\\3"),
      "ImagePositionPatient (0020,0032) = 1\\nan\\3, expected 3 finite numbers"),
    Case(
      0x0020_0032, Element.text(0x0020_0032, "DS", "1\\0x10\\3"),
      "ImagePositionPatient (0020,0032) = 1"),
    Case(
      0x0020_0037, Element.text(0x0020_0037, "DS", "1\\0\\0\\1\\0\\0"),
      "ImageOrientationPatient (0020,0037) = 1.0\\0.0\\0.0\\1.0\\0.0\\0.0, expected two unit"),
    Case(
      0x0028_1053, Element.text(0x0028_1053, "DS", "1e999"),
      "RescaleSlope (0028,1053) = 1e999, expected 1"
    ),
    Case(
      0x0028_3000, Element(0x0028_3000, "SQ", .items([[Element.text(0x0028_3003, "LO", "OD")]])),
      "ModalityLUTSequence (0028,3000) = a table of values"),
    Case(
      0x5200_9230, Element(0x5200_9230, "SQ", .items([[], []])),
      "PerFrameFunctionalGroupsSequence (5200,9230) = 2 items, expected 1, one a frame"),
  ]

  @Test(arguments: cases) func faultsOfAFile(_ fault: Case) throws {
    let says = try Self.fault(changes: [fault.tag: fault.element])
    #expect(says.hasPrefix("IM: found \(fault.says)"), "\(says)")
  }

  @Test func whatIsNoDICOM() throws {
    #expect(
      try Self.fault(Array("case,score\n".utf8))
        == "IM: found no DICOM signature (DICM at byte 128), expected a DICOM file")
    #expect(try Self.fault([]) == "IM: found an empty file, expected a DICOM file")
    let open = DICOMBytes.slice(
      samples: [], changes: [0x7FE0_0010: Element(0x7FE0_0010, "OB", .open([]))])
    #expect(
      try Self.fault(DICOMBytes.file(open)).hasPrefix(
        "IM: found compressed pixels that the transfer syntax does not state at byte"))
    let empty = try withFolder { folder in
      message { try VolumeFile.read(folder.path) }?.replacingOccurrences(of: folder.path, with: "F")
    }
    #expect(
      empty == "F: found 0 files and none of them DICOM, expected the slices of one DICOM series")
  }

  /// Sequences in sequences, deeper than any real file: no overflow of the stack.
  @Test func nestedSequencesEnd() throws {
    var element = Element(0x0009_1001, "SQ", .open([[]]))
    for _ in 0..<40 { element = Element(0x0009_1001, "SQ", .open([[element]])) }
    #expect(
      try Self.fault(changes: [0x0009_1001: element]).hasPrefix(
        "IM: found more than 32 sequences within each other at byte"))
  }

  /// A file cut at any byte is an error, never half a volume and never a crash.
  @Test(arguments: [DICOMBytes.implicit, DICOMBytes.explicit])
  func cutFiles(syntax: String) throws {
    let bytes = DICOMBytes.file(DICOMTests.enhanced(open: true), syntax: syntax)
    #expect(try Self.fault(bytes) == "no error")
    for count in 0..<bytes.count {
      let says = message { try DICOM.image(Array(bytes[..<count]), file: "IM") }
      #expect(says?.hasPrefix("IM: found ") == true, "cut at \(count): \(says ?? "no error")")
    }
  }

  // MARK: Series

  /// One of five slices, 3 mm apart where nothing else is said.
  struct Slice {
    var at: String
    var along = "1\\0\\0\\0\\1\\0"
    var changes: [UInt32: Element?] = [:]

    init(_ z: Double, y: Double = 2) { at = "1\\\(y)\\\(z)" }

    /// The k-th of an even stack.
    init(_ k: Int) { self.init(3 * Double(k)) }

    /// The slice with other elements.
    func with(_ changes: [UInt32: Element?]) -> Slice {
      var slice = self
      slice.changes = changes
      return slice
    }
  }

  /// What reading a series of five files says.
  static func series(_ slice: (Int) -> Slice) throws -> String {
    try withFolder { folder in
      for k in 0..<5 {
        let slice = slice(k)
        let elements = DICOMBytes.slice(
          at: slice.at, along: slice.along, samples: samples, changes: slice.changes)
        _ = try DICOMTests.write(DICOMBytes.file(elements), "IM\(k)", folder)
      }
      return message { try VolumeFile.read(folder.path) }?
        .replacingOccurrences(of: folder.path, with: "F") ?? "no error"
    }
  }

  @Test func placesThatFormNoVolume() throws {
    #expect(try Self.series { Slice($0) } == "no error")
    // Numbers as scanners round them are even.
    let rounded = [0, 3.001, 5.999, 9, 12.001]
    #expect(try Self.series { Slice(rounded[$0]) } == "no error")
    let gap: [Double] = [0, 3, 6, 12, 15]
    #expect(
      try Self.series { Slice(gap[$0]) }
        == "F/IM3: found a gap of 6.0 mm behind F/IM2, expected 3.0 mm as between the others; a "
        + "slice is missing, or one too many")
    let twice: [Double] = [0, 3, 3, 6, 9]
    #expect(
      try Self.series { Slice(twice[$0]) }
        == "F/IM2: found the same place as in F/IM1, expected one slice a place; move other times, "
        + "echoes or reconstructions into folders of their own")
    let tilted = try Self.series { Slice(3 * Double($0), y: 2 + Double($0)) }
    #expect(
      tilted.hasPrefix(
        "F/IM1: found a slice moved along its plane by 1.0 mm, expected a straight stack"))
    let huge = [-1e308, 0, 1, 2, 1e308]
    #expect(try Self.series { Slice(huge[$0]) }.hasPrefix("F/IM"))
    let turned = try Self.series { k in
      var slice = Slice(k)
      if k == 3 { slice.along = "0\\1\\0\\0\\0\\-1" }
      return slice
    }
    #expect(
      turned.hasPrefix("F/IM3: found another direction than in F/IM0, expected parallel slices"))
  }

  @Test func slicesOfOtherKinds() throws {
    func fault(_ odd: Int, _ changes: [UInt32: Element?]) throws -> String {
      try Self.series { $0 == odd ? Slice($0).with(changes) : Slice($0) }
    }
    let nothing: Element? = nil
    #expect(
      try fault(2, [0x0020_0032: nothing])
        == "F/IM2: found no ImagePositionPatient (0020,0032), expected the place of each slice")
    let size: [UInt32: Element?] = [
      0x0028_0010: Element.word(0x0028_0010, 3), 0x0028_0011: Element.word(0x0028_0011, 2),
    ]
    #expect(try fault(4, size) == "F/IM4: found 2 x 3 pixels, expected 3 x 2 as in F/IM0")
    #expect(
      try fault(4, [0x0028_0030: Element.text(0x0028_0030, "DS", "2\\0.6")])
        == "F/IM4: found pixels of another size than in F/IM0, expected equal pixels")
    let mixed = try Self.series {
      $0 > 2 ? Slice($0).with([0x0020_000E: Element.text(0x0020_000E, "UI", "1.2.4")]) : Slice($0)
    }
    #expect(
      mixed == "F: found 2 series (3 of 1.2.3 such as F/IM0; 2 of 1.2.4 such as F/IM3), expected "
        + "files of one series and one frame of reference; move each series into a folder of its "
        + "own")
  }

  @Test func volumesAreNotWrittenAsDICOM() throws {
    #expect(
      message { try VolumeFile.check(name: "out.dcm") }
        == "out.dcm: expected a volume whose name ends in .mha, .mhd, .nii or .nii.gz")
    #expect(
      message { try VolumeFile.read("nothing.png") }
        == "nothing.png: expected a volume whose name ends in .mha, .mhd, .nii or .nii.gz, a DICOM "
        + "file, or a folder with one DICOM series")
    #expect(
      message { try VolumeFile.read("nothing.dcm") }
        == "nothing.dcm: found no file, expected a file")
  }
}
