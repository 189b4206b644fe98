import Foundation
import Kernels

/// The path that `--plot` takes.
enum DrawingPath {
  /// Folder and plain name of a path that ends in `.svg`.
  ///
  /// - Throws: a usage error (64) for another ending, or a name that is not plain.
  static func parts(_ path: String) throws -> (folder: String, name: String) {
    let url = URL(fileURLWithPath: path)
    let name = url.deletingPathExtension().lastPathComponent
    let isPlain = name.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
    }
    guard url.pathExtension == "svg", isPlain, !name.isEmpty else {
      throw LightboxError(
        .usage, "--plot \(path): expected a name of letters, digits, - _ . that ends in .svg")
    }
    return (url.deletingLastPathComponent().path, name)
  }
}
