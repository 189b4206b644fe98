import Foundation
import Kernels

/// The cached values of a study: `.cache/<study>/stages/<stage>/<key>/`, readable by their owner
/// alone, because they may hold real patients' data.
///
/// An entry is written beside its place and renamed, so it is whole or absent. Its `entry.json`
/// keeps the parts of the key, the seconds it took and the memory it needed.
final class StageCache: @unchecked Sendable {
  /// `.cache/<study>`.
  let folder: String
  private let lock = NSLock()
  /// By stage, where an explanation asked.
  private var standing: [String: [Standing]] = [:]

  struct Entry: Codable {
    var key: StageKey
    var wallSeconds: Double
    var peakMB: Double

    enum CodingKeys: String, CodingKey {
      case key
      case wallSeconds = "wall_s"
      case peakMB = "peak_mb"
    }
  }

  init(folder: String) throws {
    self.folder = folder
    try DurableFile.makeFolder((folder as NSString).deletingLastPathComponent, mode: 0o700)
    try DurableFile.makeFolder(folder, mode: 0o700)
    chmod(folder, 0o700)
  }

  func path(_ stage: String, _ key: StageKey) -> String {
    "\(folder)/stages/\(stage)/\(key.folderName)"
  }

  /// What is known of an entry; nil when there is none or it is damaged.
  func entry(_ stage: String, _ key: StageKey) -> Entry? {
    let place = path(stage, key)
    guard let found = Self.readEntry(place), found.key == key, StageArchive.isSound(place) else {
      return nil
    }
    return found
  }

  func exists(_ stage: String, _ key: StageKey) -> Bool { DurableFile.exists(path(stage, key)) }

  /// Writes an entry; one that was there is replaced.
  func store(_ value: some StageValue, stage: String, entry: Entry) throws {
    let place = path(stage, entry.key)
    try DurableFile.makeFolder("\(folder)/stages/\(stage)", mode: 0o700)
    let temporary = place + ".tmp"
    DurableFile.remove(temporary)
    try DurableFile.makeFolder(temporary, mode: 0o700)
    do {
      try StageArchive.write(value, into: temporary)
      try DurableFile.write(StageKey.json(entry), to: temporary + "/entry.json")
      try DurableFile.replaceFolder(place, with: temporary)
    } catch {
      DurableFile.remove(temporary)
      throw error
    }
  }

  func value<Value: StageValue>(_ type: Value.Type, _ stage: String, _ key: StageKey) -> Value? {
    StageArchive.read(type, from: path(stage, key))
  }

  /// The entry of the same stage whose key differs in the fewest parts; among equals the one with
  /// the most similar configuration, then the newest. Entries are read once for all keys of a
  /// stage: this is for explanations, which write nothing.
  func nearest(_ stage: String, _ key: StageKey) -> StageKey? {
    let configuration = Self.configuration(key)
    let found = standing(stage).map { old -> (key: StageKey, rank: [Double]) in
      let shared =
        zip(configuration, old.configuration).prefix { $0 == $1 }.count
        + zip(configuration.reversed(), old.configuration.reversed()).prefix { $0 == $1 }.count
      return (
        old.key,
        [
          Double(key.differences(from: old.key).count), -Double(shared),
          -old.date.timeIntervalSince1970,
        ]
      )
    }
    return found.min { $0.rank.lexicographicallyPrecedes($1.rank) }?.key
  }

  /// What an explanation compares with: an entry that lay there when it was first asked for.
  private struct Standing {
    let key: StageKey
    let configuration: [UInt8]
    let date: Date
  }

  private func standing(_ stage: String) -> [Standing] {
    lock.lock()
    defer { lock.unlock() }
    if let found = standing[stage] { return found }
    let place = "\(folder)/stages/\(stage)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    let found = names.compactMap { name -> Standing? in
      guard let entry = Self.readEntry(place + "/" + name) else { return nil }
      let attributes = try? FileManager.default.attributesOfItem(atPath: place + "/" + name)
      return Standing(
        key: entry.key, configuration: Self.configuration(entry.key),
        date: attributes?[.modificationDate] as? Date ?? .distantPast)
    }
    standing[stage] = found
    return found
  }

  private static func configuration(_ key: StageKey) -> [UInt8] {
    Array((key.parts.first { $0.name == "configuration" }?.value ?? "").utf8)
  }

  private static func readEntry(_ place: String) -> Entry? {
    guard !place.hasSuffix(".tmp"),
      let data = FileManager.default.contents(atPath: place + "/entry.json")
    else { return nil }
    return try? JSONDecoder().decode(Entry.self, from: data)
  }
}
