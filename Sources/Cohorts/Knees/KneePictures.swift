import Foundation
import Kernels

/// Pictures of single knees below a folder, by the parts of their names.
///
/// Names are `<ID>_<film>_…_<side>.png` (or JPEG), such as `9927360_02160601_20070629_l.png`: the
/// participant, the film's bar code (OAI) or visit (MOST), anything, and r or l. Bar codes are
/// compared without leading zeros, which some exports drop.
struct KneePictures {
  struct Key: Hashable {
    var patient, film: String
    var side: KneeRecord.Side
  }

  private(set) var unused: [Key: String] = [:]
  /// Pictures whose names have other parts.
  private(set) var strangers = 0

  /// Lists the pictures; throws an input error when two of them claim to be the same film, or the
  /// folder cannot be read.
  init(_ folder: String) throws {
    let files = try ReleaseFiles(folder, isDeep: true, where: ReleaseFiles.isPicture)
    var paths: [Key: String] = [:]
    for name in files.names {
      guard let key = Self.key(name) else {
        strangers += 1
        continue
      }
      if let other = paths[key] {
        throw LightboxError.input(
          file: files[name]!, found: "a second picture of this film and side, beside \(other)",
          expected: "one picture a film and side")
      }
      paths[key] = files[name]!
    }
    unused = paths
  }

  /// The path of a film's picture, which then counts as used.
  mutating func take(patient: String, film: String, side: KneeRecord.Side) -> String? {
    unused.removeValue(
      forKey: Key(patient: patient.lowercased(), film: Self.bare(film.lowercased()), side: side))
  }

  /// The parts of a lower-case name; nil where it has others.
  static func key(_ name: String) -> Key? {
    let stem = (name as NSString).deletingPathExtension
    let parts = stem.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 3, !parts[0].isEmpty, !parts[1].isEmpty,
      let side = ["r": KneeRecord.Side.right, "l": .left][parts[parts.count - 1]]
    else { return nil }
    return Key(patient: parts[0], film: bare(parts[1]), side: side)
  }

  private static func bare(_ film: String) -> String { String(film.drop { $0 == "0" }) }

  /// What to tell of pictures without a reading.
  var notes: [String] {
    var notes: [String] = []
    if !unused.isEmpty { notes.append("\(unused.count) pictures have no reading that was kept.") }
    if strangers > 0 { notes.append("\(strangers) pictures have names of another form.") }
    return notes
  }
}
