import CPNG
import Foundation
import Kernels

/// PNG files: grey, colour, alpha and palette, 8 and 16 bits a sample.
///
/// Samples come out as stored: gamma and colour-profile chunks are not applied, because pixel
/// values of medical images are measurements. Palettes become RGB, a transparent colour becomes
/// an alpha channel, 1-, 2- and 4-bit grey is stretched to 0...255. Encoded bytes are a function
/// of the arguments and of the libpng and zlib versions; no time is stored.
public enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The image in a file, 0...1.
  ///
  /// Throws an input error naming the file when it is missing, not a PNG, truncated, corrupt, or
  /// claims more pixels than its size can hold.
  public static func read(_ path: String) throws -> Image { Image(try raster(path)) }

  /// The samples in a file, as stored.
  public static func raster(_ path: String) throws -> Raster {
    try decode(try FileBytes.read(path), file: path)
  }

  /// The samples in PNG bytes; `file` names them in errors.
  public static func decode(_ bytes: [UInt8], file: String) throws -> Raster {
    guard bytes.starts(with: signature) else {
      throw LightboxError.input(
        file: file, found: bytes.isEmpty ? "an empty file" : "no PNG signature",
        expected: "a PNG image")
    }
    var info = lightbox_png_info()
    var message = [CChar](repeating: 0, count: 256)
    guard lightbox_png_header(bytes, bytes.count, &info, &message, message.count) == 0 else {
      throw damaged(file, message)
    }
    let (width, height) = (Int(info.width), Int(info.height))
    let channels = Int(info.channels)
    let samples = width.multipliedReportingOverflow(by: height)
    // Deflate expands at most 1032-fold: a larger claim is a lie, and memory is not spent on it. The
    // header has been checked: byte 24 holds the bits of a sample, byte 25 the kind of colour.
    let samplesOfColour: [UInt8: Int] = [2: 3, 4: 2, 6: 4]
    let stored = Int(bytes[24]) * (samplesOfColour[bytes[25]] ?? 1)
    guard !samples.overflow, samples.partialValue < 1 << 28,
      samples.partialValue * stored / 8 / 1032 <= bytes.count
    else {
      throw LightboxError.input(
        file: file, found: "\(width) x \(height) pixels in \(bytes.count) bytes",
        expected: "at most \(1 << 28) pixels, and data for them")
    }
    let count = width * height * channels
    var status: Int32 = 0
    let decoded: Raster.Samples
    if info.bits == 16 {
      decoded = .words(
        [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
          buffer.initialize(repeating: 0)
          status = lightbox_png_decode(
            bytes, bytes.count, buffer.baseAddress, &message, message.count)
          filled = count
        })
    } else {
      decoded = .bytes(
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
          buffer.initialize(repeating: 0)
          status = lightbox_png_decode(
            bytes, bytes.count, buffer.baseAddress, &message, message.count)
          filled = count
        })
    }
    guard status == 0 else { throw damaged(file, message) }
    return Raster(width: width, height: height, channels: channels, samples: decoded)
  }

  /// PNG bytes of a raster with text chunks (keyword of 1 to 79 Latin letters, text).
  public static func encode(_ raster: Raster, text: [(key: String, text: String)] = []) -> [UInt8] {
    precondition(raster.width > 0 && raster.height > 0, "a PNG needs at least one pixel")
    let info = lightbox_png_info(
      width: UInt32(raster.width), height: UInt32(raster.height),
      channels: Int32(raster.channels), bits: Int32(raster.bits))
    var message = [CChar](repeating: 0, count: 256)
    var output: UnsafeMutablePointer<UInt8>?
    var size = 0
    let strings = text.flatMap { [strdup($0.key), strdup($0.text)] }
    defer { for string in strings { free(string) } }
    let pointers: [UnsafePointer<CChar>?] = strings.map { $0.map { UnsafePointer($0) } }
    func run(_ pixels: UnsafeRawPointer?) -> Int32 {
      lightbox_png_encode(
        pixels, info, pointers, Int32(text.count), &output, &size, &message, message.count)
    }
    let status =
      switch raster.samples {
      case .bytes(let values): values.withUnsafeBytes { run($0.baseAddress) }
      case .words(let values): values.withUnsafeBytes { run($0.baseAddress) }
      }
    precondition(status == 0, "libpng refused to encode: \(String(message: message))")
    defer { lightbox_png_free(output) }
    return [UInt8](UnsafeBufferPointer(start: output, count: size))
  }

  /// Writes an image with 8 bits a sample: round(255 v), clamped to 0...255.
  public static func write(
    _ image: Image, to path: String, text: [(key: String, text: String)] = []
  ) throws {
    try FileBytes.write(encode(Raster(quantizing: image), text: text), to: path)
  }

  /// Writes samples as they are, 8 or 16 bits.
  public static func write(
    _ raster: Raster, to path: String, text: [(key: String, text: String)] = []
  ) throws {
    try FileBytes.write(encode(raster, text: text), to: path)
  }

  private static func damaged(_ file: String, _ message: [CChar]) -> LightboxError {
    let why = String(message: message)
    return .input(
      file: file, found: "a damaged PNG (\(why))", expected: "a complete PNG image",
      hint: "copy or download it again")
  }
}
