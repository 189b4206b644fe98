import Foundation
import Kernels
import Tensors

/// What a stage may return: any Codable value, with tensors anywhere inside.
public typealias StageValue = Codable

/// A value as a folder: `value.json`, `tensors.safetensors` where it holds tensors, and
/// `digests.json` with the SHA-256 of both, checked on reading.
enum StageArchive {
  static let valueFile = "value.json"
  static let tensorFile = "tensors.safetensors"
  static let digestFile = "digests.json"

  /// Writes a value into a folder that is not yet in its place.
  static func write(_ value: some StageValue, into folder: String) throws {
    let box = TensorBox()
    let encoder = JSONEncoder()
    encoder.userInfo[.tensorBox] = box
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // The array makes a bare number or text a JSON document of its own.
    var files = [valueFile: [UInt8](try encoder.encode([value]))]
    if !box.isEmpty {
      files[tensorFile] = [UInt8](Safetensors.encoded(doubles: box.doubles, floats: box.floats))
    }
    var digests: [String: String] = [:]
    for (name, bytes) in files {
      digests[name] = SHA256.hex(of: bytes)
      try DurableFile.write(bytes, to: folder + "/" + name)
    }
    try DurableFile.write(StageKey.json(digests), to: folder + "/" + digestFile)
    DurableFile.syncFolder(folder)
  }

  /// The value of a folder, after its digests were checked; nil when anything is damaged.
  static func read<Value: StageValue>(_ type: Value.Type, from folder: String) -> Value? {
    guard let files = verified(folder), let json = files[valueFile] else { return nil }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var box = TensorBox()
    if let bytes = files[tensorFile] {
      guard let read = try? tensors(bytes, file: folder + "/" + tensorFile) else { return nil }
      box = read
    }
    decoder.userInfo[.tensorBox] = box
    return (try? decoder.decode([Value].self, from: Data(json)))?.first
  }

  /// The tensors of a file, each as the number type it was written from.
  private static func tensors(_ bytes: [UInt8], file: String) throws -> TensorBox {
    let read = try Safetensors(Data(bytes), file: file)
    var floats: [String: Tensor<Float>] = [:]
    var doubles: [String: Tensor<Double>] = [:]
    for (name, entry) in read.entries {
      switch entry.element {
      case .f32: floats[name] = try read.tensor(name)
      case .f64: doubles[name] = try read.tensor(name)
      default:
        throw LightboxError.input(
          file: file, column: name, found: entry.element.rawValue, expected: "F32 or F64")
      }
    }
    return TensorBox(floats: floats, doubles: doubles)
  }

  /// Whether all files of a folder are there with the digests they were written with.
  static func isSound(_ folder: String) -> Bool { verified(folder) != nil }

  private static func verified(_ folder: String) -> [String: [UInt8]]? {
    guard let text = FileManager.default.contents(atPath: folder + "/" + digestFile),
      let digests = try? JSONDecoder().decode([String: String].self, from: text)
    else { return nil }
    var files: [String: [UInt8]] = [:]
    for (name, digest) in digests {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { return nil }
      let bytes = [UInt8](data)
      guard SHA256.hex(of: bytes) == digest else { return nil }
      files[name] = bytes
    }
    return files
  }
}
