import Foundation
import Imaging
import Kernels
import Physics
import StudyKit
import Tensors

/// Every reader of files, as fuzzers call it: some bytes, which are read or refused.
///
/// Whatever the bytes are, a reader returns or throws a `LightboxError`; anything else is a fault,
/// and so is memory that the bytes only claim.
package enum FuzzedReader: String, Sendable, CaseIterable {
  case png, jpeg, nifti, metaimage, tracked, devices, npy, npz, dicom, csv, tsv, safetensors, claims

  package enum Outcome: Sendable { case read, refused }

  /// Reads the bytes; `folder` is one of the caller's own, for readers that open files.
  ///
  /// Ends the process where an error is not a `LightboxError`: that is what fuzzers notice.
  package func run(_ bytes: [UInt8], in folder: String) -> Outcome {
    do {
      try read(bytes, in: folder)
      return .read
    } catch is LightboxError {
      return .refused
    } catch {
      fatalError("\(rawValue): threw \(error), expected a LightboxError")
    }
  }

  /// Reads all that the bytes hold, values too.
  private func read(_ bytes: [UInt8], in folder: String) throws {
    switch self {
    case .png:
      let stored = Result { try PNG.decode(bytes, file: "case.png") }
      // Behind checksums that fit, or no change would get past them.
      _ = Image(try PNG.decode(Self.checksummed(bytes), file: "case.png"))
      _ = try stored.get()
    case .jpeg: _ = Image(try JPEG.decode(bytes, file: "case.jpg"))
    case .nifti: _ = try NIfTI.read(try put(bytes, folder, "case.nii"))
    case .metaimage: _ = try MetaImage.read(try put(bytes, folder, "case.mha"))
    case .tracked:
      let sequence = try TrackedSequence(try put(bytes, folder, "case.igs.mha"))
      _ = sequence.transformNames
      let frames = try sequence.pixels()
      while try frames.next() != nil {}
    case .devices: _ = try DeviceSet(try put(bytes, folder, "case.xml"))
    case .npy:
      let array = try NPY.decode(bytes, file: "case.npy")
      _ = (array.tensor, array.doubles, try array.integers())
    case .npz:
      let archive = try NPZ(try put(bytes, folder, "case.npz"))
      for name in archive.names.prefix(8) { _ = try archive.array(name).floats }
    case .dicom:
      let path = try put(bytes, folder, "case.dcm")
      let image = Result { try DICOM.image(path) }
      _ = try DICOM.read(path)
      _ = try image.get()
    case .csv: Self.fields(try TextTable(bytes: bytes, file: "case.csv", format: .csv))
    case .tsv: Self.fields(try TextTable(bytes: bytes, file: "case.tsv", format: .tsv))
    case .safetensors:
      let file = try Safetensors(Data(bytes), file: "case.safetensors")
      for name in file.names { _ = try file.tensor(name, as: Float.self) }
    case .claims:
      let text = String(decoding: bytes, as: UTF8.self)
      for claim in try ClaimDeclaration.parse(text, file: "claims.tsv") { _ = claim.printedNumber }
    }
  }

  /// A PNG whose chunks end in the checksums of their contents (CRC-32 of ISO 3309).
  private static func checksummed(_ png: [UInt8]) -> [UInt8] {
    var bytes = png
    var place = 8
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = place + 8 + length
      guard end + 4 <= bytes.count else { break }
      var sum: UInt32 = 0xFFFF_FFFF
      for byte in bytes[place + 4..<end] {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
      }
      for k in 0..<4 { bytes[end + k] = UInt8(truncatingIfNeeded: ~sum >> UInt32(24 - 8 * k)) }
      place = end + 4
    }
    return bytes
  }

  /// Every field of a table as a number, which most are not.
  private static func fields(_ table: TextTable) {
    for row in table.rows.indices.prefix(64) {
      for column in table.header.prefix(16) {
        _ = try? table.double(row, column)
        _ = try? table.integer(row, column)
      }
    }
  }

  private func put(_ bytes: [UInt8], _ folder: String, _ name: String) throws -> String {
    let path = "\(folder)/\(name)"
    unlink(path)  // some file systems wait where a file is written over
    guard let file = fopen(path, "wb") else { throw LightboxError.cannotWrite(path, "no folder") }
    let written = bytes.withUnsafeBytes {
      $0.isEmpty ? 0 : fwrite($0.baseAddress!, 1, $0.count, file)
    }
    guard fclose(file) == 0, written == bytes.count else {
      throw LightboxError(.io, "\(path): writing stopped")
    }
    return path
  }
}
