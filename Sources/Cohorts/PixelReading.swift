import Foundation
import Imaging
import Kernels
import Tensors

/// Image files as one tensor, with errors that name the row of a table that asked for each.
struct PixelReading {
  /// 1 for grey, 3 for RGB.
  var channels: Int
  /// Height and width to stretch to; nil keeps the files' own, all equal.
  var height, width: Int?

  /// All images, [case, channel, height, width] in 0...1; the first fault in their order is thrown.
  ///
  /// `source` gives the table, the row and the column that name a file and the file's path.
  func read(
    _ count: Int, source: (Int) throws -> (place: FilePlace, path: String)
  ) throws -> Tensor<Float> {
    precondition(count > 0, "count (\(count)) must be positive")
    let images = try Parallel.map(count) { index -> Image in
      let (place, path) = try source(index)
      guard !path.isEmpty, FileManager.default.fileExists(atPath: path) else {
        throw place.error(found: nil, expected: "the path of an image file")
      }
      do {
        let image = try ImageFile.read(path)
        let converted = channels == 1 ? image.grey() : image.rgb()
        guard let height, let width else { return converted }
        return converted.resampled(height: height, width: width)
      } catch let error as LightboxError {
        throw LightboxError(error.kind, "\(place.description): \(error.description)")
      }
    }
    let (rows, columns) = (images[0].height, images[0].width)
    for (index, image) in images.enumerated() where image.height != rows || image.width != columns {
      let first = try source(0).place
      throw try source(index).place.error(
        found: "an image of \(image.height) x \(image.width) pixels",
        expected: "\(rows) x \(columns) as in row \(first.row)",
        hint: "give a target size: size=64")
    }
    let size = channels * rows * columns
    return Tensor(shape: [images.count, channels, rows, columns]) { target in
      for (place, image) in images.enumerated() {
        image.pixels.withUnsafeElements { source in
          for i in 0..<size {
            // Interpolation weights add up to 1 only to rounding.
            target[place * size + i] = min(max(source[i], 0), 1)
          }
        }
      }
    }
  }
}

/// The field of a table that names a file.
struct FilePlace: Codable, Hashable, Sendable {
  var table: String
  /// As a spreadsheet shows it; the header is row 1.
  var row: Int
  var column: String
  /// What the field holds.
  var text: String

  /// `labels.csv, row 3, column Path`.
  var description: String { "\(table), row \(row), column \(column)" }

  /// An error at the field; without `found` it quotes the field.
  func error(found: String?, expected: String, hint: String? = nil) -> LightboxError {
    .input(
      file: table, row: row, column: column,
      found: found ?? (text.isEmpty ? "an empty field" : text), expected: expected, hint: hint)
  }
}
