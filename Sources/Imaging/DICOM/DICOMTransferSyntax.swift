import Kernels

/// How the data set and the pixels of a DICOM file are encoded (PS3.5, section 10).
///
/// Two are read: implicit and explicit VR little endian, which hold pixels uncompressed. All others
/// are refused with the program that converts them: the retired big endian and the deflated syntax
/// too, since converting them loses nothing.
enum DICOMTransferSyntax {
  case implicitVR
  case explicitVR

  init(uid: String, file: String) throws {
    switch uid {
    case "1.2.840.10008.1.2": self = .implicitVR
    case "1.2.840.10008.1.2.1": self = .explicitVR
    default: throw Self.refusal(uid, file: file)
    }
  }

  /// What another syntax is called, and what makes a readable file of it.
  private static func refusal(_ uid: String, file: String) -> LightboxError {
    let name: String
    let programs: String
    switch uid {
    case "1.2.840.10008.1.2.1.99":
      (name, programs) = ("a deflated data set", "dcmconv +te")
    case "1.2.840.10008.1.2.2":
      (name, programs) = ("a data set in big-endian order", "dcmconv +te")
    case "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81":
      (name, programs) = ("pixels compressed as JPEG-LS", "gdcmconv --raw or dcmdjpls")
    case "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91":
      (name, programs) = ("pixels compressed as JPEG 2000", "gdcmconv --raw")
    case "1.2.840.10008.1.2.5":
      (name, programs) = ("pixels compressed by run lengths", "gdcmconv --raw or dcmdrle")
    case "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57",
      "1.2.840.10008.1.2.4.70":
      (name, programs) = ("pixels compressed as JPEG", "gdcmconv --raw or dcmdjpeg")
    default:
      (name, programs) = ("an encoding that is not read", "gdcmconv --raw")
    }
    return .input(
      file: file, found: "\(name) (transfer syntax \(uid))",
      expected: "uncompressed pixels in little-endian order",
      hint: "convert with \(programs), followed by the old and the new file")
  }
}
