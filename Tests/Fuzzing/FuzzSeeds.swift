import Foundation
import Imaging
import Tensors

extension FuzzedReader {
  /// Small files that the reader accepts, one a kind; `folder` is one of the caller's own.
  package func seeds(in folder: String) throws -> [[UInt8]] {
    switch self {
    case .png: Self.pictures
    case .jpeg: Self.photographs
    case .nifti:
      try [("seed.nii", VoxelType.int16), ("seed.nii.gz", .uint8), ("seed.nii", .float64)].map {
        try Self.volume($0, $1, folder)
      }
    case .metaimage:
      try [(true, VoxelType.uint8), (false, .int16), (true, .float32)].map { packed, type in
        let path = "\(folder)/seed.mha"
        try MetaImage.write(Self.small, to: path, as: type, compressed: packed)
        return try Self.bytes(path)
      }
    case .tracked: Self.sequences
    case .devices: [Array(Self.deviceSet.utf8)]
    case .npy: Self.arrays.map { NPY.encode($0) } + [Self.fortran]
    case .npz:
      try [Array(Self.arrays.prefix(2)), Self.arrays].map { arrays in
        let path = "\(folder)/seed.npz"
        try NPZ.write(arrays.enumerated().map { ("a\($0.offset)", $0.element) }, to: path)
        return try Self.bytes(path)
      }
    case .dicom: Self.slices
    case .csv:
      [
        "case,score,label\n1,0.5,1\n2,,0\n", "a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n",
        "\u{FEFF}only\n1e3\n",
      ].map { Array($0.utf8) }
    case .tsv: ["case\tscore\n1\t0.25\n2\t\n", "a\tb\tc\r\n\"\t1,5\t-7\r\n"].map { Array($0.utf8) }
    case .safetensors:
      [
        [UInt8](
          Safetensors.encoded(
            doubles: ["w": Tensor(shape: [2, 2], [1, 2, 3, 4])],
            floats: ["b": Tensor(shape: [3], [0.5, 1, 2])], metadata: ["made by": "code"])),
        Self.tensorsOfManyKinds,
      ]
    case .claims: [Array(Self.declarations.utf8)]
    }
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private static let small = Volume(
    voxels: Tensor(shape: [2, 3, 4], (0..<24).map(Float.init)),
    geometry: VolumeGeometry(
      shape: [2, 3, 4], originMM: [1, -2, 3], spacingMM: [0.5, 1, 2.5],
      direction: .init(x: [0, 1, 0], y: [-1, 0, 0], z: [0, 0, 1])))

  private static func volume(
    _ name: String, _ type: VoxelType, _ folder: String
  ) throws -> [UInt8] {
    try VolumeFile.write(small, to: "\(folder)/\(name)", as: type)
    return try bytes("\(folder)/\(name)")
  }

  /// Grey, colour and alpha, 8 and 16 bits.
  private static let pictures: [[UInt8]] = (1...4).flatMap { channels in
    let count = 5 * 4 * channels
    return [
      Raster.Samples.bytes((0..<count).map { UInt8($0 * 3) }),
      .words((0..<count).map { UInt16($0 * 800) }),
    ].map { PNG.encode(Raster(width: 5, height: 4, channels: channels, samples: $0)) }
  }

  /// 9 x 7 grey and 8 x 8 colour at quality 60, written by Pillow 13.0.0.
  private static let photographs: [[UInt8]] = [
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZG"
      + "NywtQFdBRkxOUlNSMj5aYVpQYEpRUk//wAALCAAHAAkBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcI"
      + "CQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcY"
      + "GRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKj"
      + "pKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AM0Q"
      + "eE4YDJHdG4YYxHHAwZue24Ae/JpPtHhz/nxv/wDv3H/8XX//2Q==",
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNi"
      + "UFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8"
      + "fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAIAAgDASIAAhEBAxEB/8QAHwAAAQUBAQEB"
      + "AQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKB"
      + "kaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1"
      + "dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl"
      + "5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcF"
      + "BAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5"
      + "OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0"
      + "tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwCtY6R0+Wii"
      + "iiMnYeFxNT2a1P/Z",
  ].map { [UInt8](Data(base64Encoded: $0)!) }

  /// Frames with poses, as PLUS writes them.
  private static let sequences: [[UInt8]] = ["MF", "UNA"].map { orientation in
    let pose = "1 0 0 5 0 1 0 -3 0 0 1 2.5 0 0 0 1"
    let lines = [
      "ObjectType = Image", "NDims = 3", "BinaryData = True", "BinaryDataByteOrderMSB = False",
      "CompressedData = False", "DimSize = 4 3 2", "ElementSpacing = 1 1 1",
      "ElementType = MET_UCHAR", "UltrasoundImageOrientation = \(orientation)",
      "Seq_Frame0000_ProbeToTrackerTransform = \(pose)",
      "Seq_Frame0000_ProbeToTrackerTransformStatus = OK", "Seq_Frame0000_Timestamp = 0.5",
      "Seq_Frame0001_ProbeToTrackerTransform = \(pose)", "Seq_Frame0001_ImageStatus = OK",
      "ElementDataFile = LOCAL", "",
    ]
    return Array(lines.joined(separator: "\n").utf8) + Array(0..<24 as Range<UInt8>)
  }

  private static let deviceSet = """
    <PlusConfiguration version="2.0"><CoordinateDefinitions>
    <Transform From="Image" To="Probe" Matrix="0.4 0 0 -20 0 0.4 0 4 0 0 0.4 55 0 0 0 1" />
    </CoordinateDefinitions>
    <VolumeReconstruction Interpolation="LINEAR" CompoundingMode="MEAN" FillHoles="OFF"
    OutputSpacing="0.5 0.5 0.5" /></PlusConfiguration>
    """

  private static let arrays = [
    NPYArray(shape: [2, 3], [1, 2, 3, 4, 5, 6] as [Float]),
    NPYArray(shape: [4], [1, -2, 3, -4] as [Int16]), NPYArray(shape: [], [7] as [Double]),
    NPYArray(shape: [2, 1, 2], [true, false, true, true]),
  ]

  /// Big-endian, in Fortran order.
  private static let fortran: [UInt8] = {
    let header = "{'descr': '>u2', 'fortran_order': True, 'shape': (2, 3), }\n"
    var bytes: [UInt8] = [0x93]
    bytes += Array("NUMPY".utf8)
    bytes += [1, 0, UInt8(header.utf8.count), 0]
    bytes += Array(header.utf8)
    bytes += Array(0..<12 as Range<UInt8>)
    return bytes
  }()

  /// Half-precision, integers and booleans behind one header.
  private static let tensorsOfManyKinds: [UInt8] = {
    let kinds = [
      ("F16", 2), ("BF16", 2), ("I64", 8), ("I32", 4), ("I16", 2), ("U8", 1), ("BOOL", 1),
    ]
    var offset = 0
    let entries = kinds.map { kind, size in
      defer { offset += 2 * size }
      return "\"\(kind)\":{\"dtype\":\"\(kind)\",\"shape\":[2],"
        + "\"data_offsets\":[\(offset),\(offset + 2 * size)]}"
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    let data = (0..<offset).map { UInt8($0 % 2) }
    return DICOMBytes.number(header.count, 8) + header + data
  }()

  /// A slice, a scaled one in implicit VR, and two frames with sequences of both kinds.
  private static let slices: [[UInt8]] = {
    typealias Element = DICOMBytes.Element
    let samples = Array(0..<6)
    let scaled: [UInt32: Element?] = [
      0x0028_0101: Element.word(0x0028_0101, 12), 0x0028_0102: Element.word(0x0028_0102, 11),
      0x0028_0103: Element.word(0x0028_0103, 1),
      0x0028_1052: Element.text(0x0028_1052, "DS", "-1024"),
      0x0028_1053: Element.text(0x0028_1053, "DS", "2"),
    ]
    let places = (0..<2).map { k in
      [Element(0x0020_9113, "SQ", .open([[.text(0x0020_0032, "DS", "0\\0\\\(3 * k)")]]))]
    }
    let frames: [UInt32: Element?] = [
      0x0028_0008: Element.text(0x0028_0008, "IS", "2"),
      0x0009_1001: Element(0x0009_1001, "UN", .open([[.text(0x0028_0010, "US", "ab")]])),
      0x5200_9230: Element(0x5200_9230, "SQ", .items(places)),
    ]
    return [
      DICOMBytes.file(DICOMBytes.slice(samples: samples)),
      DICOMBytes.file(
        DICOMBytes.slice(samples: samples, changes: scaled), syntax: DICOMBytes.implicit),
      DICOMBytes.file(DICOMBytes.slice(at: nil, samples: samples + samples, changes: frames)),
    ]
  }()

  private static let declarations = """
    id\twhere\tquote\tprinted\tkind\trule.simulated\trule.aggregates\trule.public\ttolerance\t\
    tolerance_origin\tknobs\tflip\tsource
    a.drop\tp. 3\tit drops\t.87 ± .02\tordering\tO(0.01) M(flip)\tO(0.01)\tX\t\t\tnoise; size\tno noise\t\
    abstract v1
    a.n\tp. 1\tN=1,625\t1,625\tvalue\tcontext\tR\tcontext (as printed)\t0\thalf a printed digit\t\t\t\
    derived
    """
}
