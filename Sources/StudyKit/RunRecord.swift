import Foundation
import Kernels

/// `run.json`: everything about a run that may differ between equal runs, and what it was made of.
struct RunRecord: Codable {
  static let file = "run.json"

  var study: String
  var scale: String
  var seeds: Int
  var noise: String
  var tier: [String]
  var dataset: String
  var inputs: [String: String]
  var code: String
  var toolchain: String
  var packages: [String: String]
  var libraries: [String: String]
  var machine: Provenance.MachineRecord
  var stages: [StudyRun.StageRecord]
  /// Seconds of this run.
  var wall_s: Double
  /// Seconds of a run that reuses nothing: this run's, and those that its reused stages took.
  var whole_wall_s: Double
  var peak_mb: Double
  var budget_minutes: Double
  /// SHA-256 of every other file of the folder.
  var outputs: [String: String]

  /// The part that tells whose results a folder holds.
  struct Owner: Codable { var study: String }

  /// The record as JSON, keys sorted, one field a line.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Digests of the files of a folder, but for the record itself.
  static func digests(of folder: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for path in DurableFile.files(below: folder) where path != file {
      found[path] = try SHA256.hex(ofFile: folder + "/" + path)
    }
    return found
  }

  /// Versions of the Debian packages that numbers and figures come from; empty without dpkg.
  static func packages() -> [String: String] {
    let wanted: Set<String> = [
      "libopenblas0-pthread", "libdnnl2", "libdnnl3", "gnuplot-nox", "libpng16-16",
      "libpng16-16t64",
      "libturbojpeg0", "zlib1g", "libzip4", "libzip4t64", "libkissfft-float131",
      "libboost-math-dev",
      "libkissfft-dev", "fonts-dejavu-core",
    ]
    guard let data = FileManager.default.contents(atPath: "/var/lib/dpkg/status") else {
      return [:]
    }
    var versions: [String: String] = [:]
    var package = ""
    for line in data.split(separator: UInt8(ascii: "\n")) {
      if line.starts(with: Array("Package: ".utf8)) {
        package = String(decoding: line.dropFirst(9), as: UTF8.self)
      } else if line.starts(with: Array("Version: ".utf8)), wanted.contains(package) {
        versions[package] = String(decoding: line.dropFirst(9), as: UTF8.self)
      }
    }
    return versions
  }
}
