import Foundation
import Imaging
import Kernels
import Tensors

/// The pixels of an image grid: equal tiles on one sheet, kept beside the figure as
/// `<name>.tiles.png`, because a table of pixels would help nobody.
struct ImageSheet {
  /// The tiles in the table's order; asked for only when the sheet is not there yet.
  var images: () throws -> [Image]
  var count: Int
  var columns: Int
  /// Pixels on the sheet for each side of a tile, and between tiles.
  static let tile = 128
  static let gap = 8
  /// White around all tiles: the outermost pixels of a drawn sheet are blended with the paper.
  static let rim = 2

  var rows: Int { (count + columns - 1) / columns }
  var width: Int { columns * (Self.tile + Self.gap) - Self.gap + 2 * Self.rim }
  /// Above every tile there is room for its caption.
  static let caption = 22
  var height: Int { rows * (Self.tile + Self.caption) + 2 * Self.rim }

  /// Upper left corner of a tile's square on the sheet.
  func corner(_ index: Int) -> (x: Int, y: Int) {
    (
      Self.rim + (index % columns) * (Self.tile + Self.gap),
      Self.rim + (index / columns) * (Self.tile + Self.caption) + Self.caption
    )
  }

  /// Writes the sheet, or copies `keeping` where that is a sheet of this size.
  func write(to path: String, keeping: String?) throws {
    if let keeping, let kept = try? PNG.read(keeping), kept.width == width, kept.height == height {
      do {
        try FileManager.default.copyItem(atPath: keeping, toPath: path)
      } catch {
        throw LightboxError.cannotWrite(path, "the tiles of the last run cannot be copied")
      }
      return
    }
    let images = try images()
    precondition(images.count == count, "\(images.count) images for \(count) rows")
    try PNG.write(sheet(of: images), to: path)
  }

  /// All tiles on white, each enlarged without smoothing by the largest whole factor that fits,
  /// or reduced by averaging whole blocks of pixels, and centred.
  func sheet(of images: [Image]) -> Image {
    let channels = 3
    let width = width
    let height = height
    var elements = [Float](repeating: 1, count: channels * height * width)
    for (index, image) in images.enumerated() {
      let corner = corner(index)
      let (scaled, side) = Self.fitted(image)
      let offsetX = corner.x + (Self.tile - side.width) / 2
      let offsetY = corner.y + (Self.tile - side.height) / 2
      for channel in 0..<channels {
        let source = min(channel, image.channels - 1) * side.height * side.width
        for y in 0..<side.height {
          let from = source + y * side.width
          let to = (channel * height + offsetY + y) * width + offsetX
          for x in 0..<side.width { elements[to + x] = scaled[from + x] }
        }
      }
    }
    return Image(pixels: Tensor(shape: [channels, height, width], elements))
  }

  private static func fitted(_ image: Image) -> ([Float], (height: Int, width: Int)) {
    let longest = max(image.height, image.width)
    let pixels = image.pixels.elements
    let up = max(1, tile / longest)
    let down = (longest + tile - 1) / tile
    let height = longest <= tile ? image.height * up : image.height / down
    let width = longest <= tile ? image.width * up : image.width / down
    precondition(height > 0 && width > 0, "an image of \(image.height) x \(image.width) pixels")
    var result = [Float](repeating: 0, count: image.channels * height * width)
    for channel in 0..<image.channels {
      let plane = channel * image.height * image.width
      for y in 0..<height {
        for x in 0..<width {
          let to = (channel * height + y) * width + x
          if longest <= tile {
            result[to] = pixels[plane + (y / up) * image.width + x / up]
          } else {
            var sum: Float = 0
            for dy in 0..<down {
              for dx in 0..<down {
                sum += pixels[plane + (y * down + dy) * image.width + x * down + dx]
              }
            }
            result[to] = sum / Float(down * down)
          }
        }
      }
    }
    return (result, (height, width))
  }
}

extension Plot {
  /// A grid of images in the table's order, one row of the table per image, captioned by a
  /// column. The figure becomes a PNG; the tiles lie beside it as `<name>.tiles.png`.
  ///
  /// - `images`: values 0...1, one or three channels. Not asked for when tiles are reused.
  /// - `columns`: images side by side.
  @discardableResult
  public func imageGrid(
    _ images: @autoclosure @escaping () throws -> [Image], columns: Int,
    caption: PartialKeyPath<Row>
  ) -> Plot {
    precondition(columns > 0, "columns (\(columns)) must be positive")
    precondition(figure.images == nil, "one image grid per figure")
    let titles = field(caption)
    let sheet = ImageSheet(images: images, count: rows.count, columns: columns)
    figure.images = sheet
    panel.isBare = true
    panel.area = (Double(sheet.width), Double(sheet.height))
    // Pixels are centred on whole numbers: half a one more on each side makes the scale 1.
    panel.x = Axis(low: -0.5, high: Double(sheet.width) - 0.5)
    panel.y = Axis(low: -0.5, high: Double(sheet.height) - 0.5)
    let filter = filter
    panel.layers.append { script in
      let tiles = script.file.replacing(".tsv", with: ".tiles.png")
      // As one image: drawn pixel by pixel, white paper shines through between the squares.
      script.add(literal: "\(GnuplotText.quoted(tiles)) binary filetype=png with rgbimage")
      let texts = script.labels(titles.texts)
      let step = ImageSheet.tile + ImageSheet.gap
      let drop = ImageSheet.tile + ImageSheet.caption
      let first = (ImageSheet.rim + ImageSheet.tile / 2, ImageSheet.rim + ImageSheet.caption / 2)
      let middle = "(int($0) % \(columns))*\(step)+\(first.0)"
      let height = "\(sheet.height - first.1)-(int($0)/\(columns))*\(drop)"
      script.add(
        using: [middle, height, texts], style: "with labels center font ',11'", filter: filter,
        needs: [])
    }
    return self
  }
}
