import Foundation
import Kernels

/// What a stage's value depends on, part by part, and the digest of all of it.
///
/// Two runs with equal keys compute equal values; the parts are kept beside the cached value so
/// that `--explain` can say which of them changed.
public struct StageKey: Codable, Hashable, Sendable {
  /// The parts in the order of the contract.
  public let parts: [Part]
  /// SHA-256 of the parts, 64 hexadecimal digits.
  public let hex: String

  public struct Part: Codable, Hashable, Sendable {
    public let name: String
    public let value: String
  }

  init(_ parts: [(String, String)]) {
    self.parts = parts.map { Part(name: $0.0, value: $0.1) }
    var hasher = SHA256()
    for (name, value) in parts {
      // Lengths keep neighbouring parts apart.
      hasher.update("\(name.utf8.count):\(name)=\(value.utf8.count):\(value)\n")
    }
    hex = hasher.hexDigest()
  }

  /// The first 24 digits: the name of the cache entry.
  var folderName: String { String(hex.prefix(24)) }

  /// What differs from an older key: name, old value, new value.
  func differences(from old: StageKey) -> [(name: String, old: String?, new: String?)] {
    var names = parts.map(\.name)
    for part in old.parts where !names.contains(part.name) { names.append(part.name) }
    return names.compactMap { name in
      let new = parts.first { $0.name == name }?.value
      let previous = old.parts.first { $0.name == name }?.value
      return new == previous ? nil : (name, previous, new)
    }
  }

  /// A configuration as JSON with sorted keys, the form that enters the key.
  static func json(_ configuration: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(configuration), as: UTF8.self)
  }
}

/// A configuration without settings: the stage has none.
public struct NoConfiguration: Codable, Hashable, Sendable {
  public init() {}
}
