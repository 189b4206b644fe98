import CJPEG
import Kernels

/// JPEG files, read as 8-bit grey or RGB.
///
/// Decoded with the accurate integer transform; a warning of the decoder (truncation, corrupt
/// data) is an error here, because half an image is not an image.
public enum JPEG {
  /// The image in a file, 0...1.
  ///
  /// Throws an input error naming the file when it is missing, not a JPEG, truncated or corrupt.
  public static func read(_ path: String) throws -> Image { Image(try raster(path)) }

  /// The decoded samples of a file.
  public static func raster(_ path: String) throws -> Raster {
    try decode(try FileBytes.read(path), file: path)
  }

  /// The decoded samples of JPEG bytes; `file` names them in errors.
  public static func decode(_ bytes: [UInt8], file: String) throws -> Raster {
    guard bytes.starts(with: [0xFF, 0xD8]) else {
      throw LightboxError.input(
        file: file, found: bytes.isEmpty ? "an empty file" : "no JPEG signature",
        expected: "a JPEG image")
    }
    var (width, height, components): (Int32, Int32, Int32) = (0, 0, 0)
    var message = [CChar](repeating: 0, count: 256)
    var status = lightbox_jpeg_header(
      bytes, bytes.count, &width, &height, &components, &message, message.count)
    guard status == 0, width > 0, height > 0 else { throw damaged(file, message) }
    let pixels = Int(width) * Int(height)
    // A block of 64 pixels takes at least a few bits.
    guard pixels < 1 << 28, pixels / 2048 <= bytes.count else {
      throw LightboxError.input(
        file: file, found: "\(width) x \(height) pixels in \(bytes.count) bytes",
        expected: "at most \(1 << 28) pixels, and data for them")
    }
    let count = pixels * Int(components)
    let samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      buffer.initialize(repeating: 0)
      status = lightbox_jpeg_decode(
        bytes, bytes.count, width, height, components, buffer.baseAddress, &message,
        message.count)
      filled = count
    }
    guard status == 0 else { throw damaged(file, message) }
    return Raster(
      width: Int(width), height: Int(height), channels: Int(components), samples: .bytes(samples))
  }

  private static func damaged(_ file: String, _ message: [CChar]) -> LightboxError {
    let why = String(message: message)
    return .input(
      file: file, found: "a damaged JPEG (\(why))", expected: "a complete JPEG image",
      hint: "copy or download it again")
  }
}

/// Image files of any kind that this room reads, told apart by their first bytes.
public enum ImageFile {
  /// The image in a PNG, JPEG or DICOM file (its first frame), 0...1; the extension does not matter.
  public static func read(_ path: String) throws -> Image {
    let bytes = try FileBytes.read(path)
    if DICOMDataSet.isSigned(bytes) { return try DICOM.image(bytes, file: path) }
    return Image(try raster(bytes, path))
  }

  /// The samples in a PNG or JPEG file, as stored; the extension does not matter.
  public static func raster(_ path: String) throws -> Raster {
    try raster(try FileBytes.read(path), path)
  }

  private static func raster(_ bytes: [UInt8], _ path: String) throws -> Raster {
    if bytes.starts(with: PNG.signature) { return try PNG.decode(bytes, file: path) }
    if bytes.starts(with: [0xFF, 0xD8]) { return try JPEG.decode(bytes, file: path) }
    throw LightboxError.input(
      file: path, found: bytes.isEmpty ? "an empty file" : "neither signature",
      expected: "a PNG or JPEG image")
  }
}
