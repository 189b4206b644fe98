/// The data elements that the reader knows; all others are stepped over.
///
/// The number is (group << 16) + element. Source: DICOM PS3.6, Data Dictionary.
enum DICOMTag: UInt32, Sendable {
  case mediaClass = 0x0002_0002
  case transferSyntax = 0x0002_0010
  case sliceThickness = 0x0018_0050
  case spacingBetweenSlices = 0x0018_0088
  case imagerPixelSpacing = 0x0018_1164
  case seriesInstance = 0x0020_000E
  case position = 0x0020_0032
  case orientation = 0x0020_0037
  case frameOfReference = 0x0020_0052
  case planePosition = 0x0020_9113
  case planeOrientation = 0x0020_9116
  case samplesPerPixel = 0x0028_0002
  case photometric = 0x0028_0004
  case planarConfiguration = 0x0028_0006
  case frames = 0x0028_0008
  case rows = 0x0028_0010
  case columns = 0x0028_0011
  case pixelSpacing = 0x0028_0030
  case bitsAllocated = 0x0028_0100
  case bitsStored = 0x0028_0101
  case highBit = 0x0028_0102
  case pixelRepresentation = 0x0028_0103
  case rescaleIntercept = 0x0028_1052
  case rescaleSlope = 0x0028_1053
  case modalityTable = 0x0028_3000
  case pixelMeasures = 0x0028_9110
  case valueTransformation = 0x0028_9145
  case sharedGroups = 0x5200_9229
  case frameGroups = 0x5200_9230
  case floatPixels = 0x7FE0_0008
  case doublePixels = 0x7FE0_0009
  case pixels = 0x7FE0_0010

  /// Whether the value is a list of data sets.
  var isSequence: Bool {
    switch self {
    case .planePosition, .planeOrientation, .modalityTable, .pixelMeasures, .valueTransformation,
      .sharedGroups, .frameGroups:
      true
    default: false
    }
  }

  /// Keyword and number, as errors show it: `Rows (0028,0010)`.
  var name: String {
    let digits = String(rawValue, radix: 16, uppercase: true)
    let number = String(repeating: "0", count: 8 - digits.count) + digits
    return "\(keyword) (\(number.prefix(4)),\(number.suffix(4)))"
  }

  /// PS3.6's keyword.
  private var keyword: String {
    switch self {
    case .mediaClass: "MediaStorageSOPClassUID"
    case .transferSyntax: "TransferSyntaxUID"
    case .sliceThickness: "SliceThickness"
    case .spacingBetweenSlices: "SpacingBetweenSlices"
    case .imagerPixelSpacing: "ImagerPixelSpacing"
    case .seriesInstance: "SeriesInstanceUID"
    case .position: "ImagePositionPatient"
    case .orientation: "ImageOrientationPatient"
    case .frameOfReference: "FrameOfReferenceUID"
    case .planePosition: "PlanePositionSequence"
    case .planeOrientation: "PlaneOrientationSequence"
    case .samplesPerPixel: "SamplesPerPixel"
    case .photometric: "PhotometricInterpretation"
    case .planarConfiguration: "PlanarConfiguration"
    case .frames: "NumberOfFrames"
    case .rows: "Rows"
    case .columns: "Columns"
    case .pixelSpacing: "PixelSpacing"
    case .bitsAllocated: "BitsAllocated"
    case .bitsStored: "BitsStored"
    case .highBit: "HighBit"
    case .pixelRepresentation: "PixelRepresentation"
    case .rescaleIntercept: "RescaleIntercept"
    case .rescaleSlope: "RescaleSlope"
    case .modalityTable: "ModalityLUTSequence"
    case .pixelMeasures: "PixelMeasuresSequence"
    case .valueTransformation: "PixelValueTransformationSequence"
    case .sharedGroups: "SharedFunctionalGroupsSequence"
    case .frameGroups: "PerFrameFunctionalGroupsSequence"
    case .floatPixels: "FloatPixelData"
    case .doublePixels: "DoubleFloatPixelData"
    case .pixels: "PixelData"
    }
  }
}
