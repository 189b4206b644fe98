import Foundation
import Imaging
import Kernels
import Plotting

/// Pictures of a page of differences, as HTML: committed and fresh side by side, held in the page.
enum DifferencePictures {
  /// One side of a picture: its bytes, or why there are none.
  typealias Side = Result<[UInt8], LightboxError>

  /// A picture on both sides, and for rasters the difference of their pixels beside them.
  ///
  /// - Parameters:
  ///   - file: its name, which tells SVG from PNG.
  ///   - caption: what the study says it shows; may be empty.
  ///   - old: nil where there is no committed file.
  ///   - new: nil where the run wrote none.
  static func pair(_ file: String, caption: String, old: Side?, new: Side?) -> String {
    let sides = [("committed", old, "None is committed."), ("now", new, "No longer written.")]
    var parts: [String] = []
    var rasters: [Raster] = []
    for (when, side, absent) in sides {
      var content = "<p><em>\(absent)</em></p>"
      switch side {
      case .success(let bytes)?:
        do {
          if let raster = try raster(bytes, file) { rasters.append(raster) }
          content = image(bytes, file, alt: described(file, when, caption))
        } catch {
          content = "<p><em>Cannot be shown: \(HTML.escaped("\(error)")).</em></p>"
        }
      case .failure(let error)?:
        content = "<p><em>Cannot be read: \(HTML.escaped("\(error)")).</em></p>"
      case nil: break
      }
      parts.append(framed(content, "<code>\(HTML.escaped(file))</code>, \(when)"))
    }
    var remark = ""
    if rasters.count == 2 {
      let (shown, said) = difference(rasters[0], rasters[1], file)
      if let shown { parts.append(shown) }
      remark = "\n<p>\(said)</p>"
    }
    return "<div class=\"pair\">\n\(parts.joined(separator: "\n"))\n</div>\(remark)"
  }

  /// The third picture, where there is something to see, and a sentence with its numbers.
  private static func difference(
    _ old: Raster, _ new: Raster, _ file: String
  ) -> (picture: String?, said: String) {
    guard let apart = PictureDifference(old: old, new: new) else {
      return (
        nil,
        "\(old.width) × \(old.height) pixels, now \(new.width) × \(new.height): "
          + "no pixel has a counterpart."
      )
    }
    guard apart.changed > 0 else {
      return (nil, "The pixels are equal; the bytes of the file differ.")
    }
    let pixels = apart.width * apart.height
    let share = Printed.significant(100 * Double(apart.changed) / Double(pixels), digits: 2)
    let mean = Printed.significant(apart.mean, digits: 2)
    let said =
      "\(apart.changed) of \(pixels) pixels differ (\(share) %), by at most \(apart.largest) of "
      + "\(apart.top), by \(mean) on average over all pixels."
    let content = image(
      PNG.encode(apart.picture), "difference.png",
      alt: "Absolute difference of \(file), committed and now: \(said)")
    let caption =
      "Absolute difference: black where equal, white where the difference is \(apart.largest) of "
      + "\(apart.top)"
    return (framed(content, caption), said)
  }

  private static func raster(_ bytes: [UInt8], _ file: String) throws -> Raster? {
    file.hasSuffix(".png") ? try PNG.decode(bytes, file: file) : nil
  }

  private static func described(_ file: String, _ when: String, _ caption: String) -> String {
    caption.isEmpty ? "\(file), \(when)" : "\(file), \(when): \(caption)"
  }

  private static func framed(_ content: String, _ caption: String) -> String {
    "<figure>\(content)<figcaption>\(caption)</figcaption></figure>"
  }

  /// As an image, a drawing runs no script and loads nothing.
  private static func image(_ bytes: [UInt8], _ file: String, alt: String) -> String {
    let kind = file.hasSuffix(".svg") ? "svg+xml" : "png"
    return "<img alt=\"\(HTML.escaped(alt))\" src=\"data:image/\(kind);base64,"
      + "\(Data(bytes).base64EncodedString())\">"
  }
}
