import Foundation
import Imaging

/// Calls `body` with a new empty folder that is removed afterwards.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "lightbox-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The folder of outside files, where the environment names one.
let outsideFiles = ProcessInfo.processInfo.environment["LIGHTBOX_DATA"]

/// What the error thrown by `body` says, or nil when it throws none.
func message<Result>(_ body: () throws -> Result) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}

/// A folder for trees written by tests: images, tables and whatever else.
struct Tree {
  let folder: URL
  var path: String { folder.path }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  /// An 8-bit grey image of the given size whose pixel values count up from `start`.
  func writePNG(_ name: String, start: UInt8, height: Int = 4, width: Int = 4) throws {
    let bytes = (0..<(height * width)).map { start &+ UInt8(truncatingIfNeeded: $0) }
    try PNG.write(
      Raster(width: width, height: height, channels: 1, samples: .bytes(bytes)), to: path(name))
  }
}

/// Calls `body` with a tree of four images a.png … d.png and the given table.
func withTree<Result>(_ table: String, _ body: (Tree) throws -> Result) throws -> Result {
  try withFolder { folder in
    let tree = Tree(folder: folder)
    for (i, name) in ["a", "b", "c", "d"].enumerated() {
      try tree.writePNG(name + ".png", start: UInt8(20 * i))
    }
    try tree.write("cases.csv", table)
    return try body(tree)
  }
}
