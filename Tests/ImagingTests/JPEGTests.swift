import Foundation
import Imaging
import Testing

@Suite struct JPEGTests {
  /// 24 x 16 RGB (10x, 15y, 255 − 10x), 4:2:0, quality 90, written by Pillow 13.0.0.
  static let colour = [UInt8](
    Data(
      base64Encoded:

        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsN"
        + "DhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQU"
        + "FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAQABgDASIAAhEBAxEB/8QA"
        + "HwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIh"
        + "MUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW"
        + "V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXG"
        + "x8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQF"
        + "BgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAV"
        + "YnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOE"
        + "hYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq"
        + "8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD5b074X9P3P6V0+nfC/p+5/SvpTTvhf0/c/pXUad8L+n7n9K/a"
        + "+PeLfj94/PuCuOfh98+a9O+F/T9z+lFfXenfC/p+5/Siv4Kzvi7/AGyXvH9rZPxz/ssffP/Z")!)

  /// 24 x 16 grey 10x, quality 95, written by Pillow 13.0.0.
  static let grey = [UInt8](
    Data(
      base64Encoded:

        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYG"
        + "BwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/wAALCAAQABgBAREA/8QAHwAAAQUBAQEBAQEAAAAA"
        + "AAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEI"
        + "I0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1"
        + "dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi"
        + "4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APyL/ZJ/5dfwr9QP2Sf+XX8K/UD9kn/l1/Cv5f8A9kn/"
        + "AJdfwr9QP2Sf+XX8K/UD9kn/AJdfwr//2Q==")!)

  /// Corner and middle pixels and channel sums as Pillow decodes them. Decoders may differ by one
  /// step a sample (ITU-T T.81 fixes the transform to within one), colour conversion by one more.
  @Test func colourDecodesAsInPillow() throws {
    let raster = try JPEG.decode(Self.colour, file: "x.jpg")
    let size: [Int] = [raster.width, raster.height, raster.channels]
    #expect(size == [24, 16, 3])
    guard case .bytes(let samples) = raster.samples else { return }
    let known: [(y: Int, x: Int, rgb: [Int])] = [
      (0, 0, [1, 2, 242]), (7, 11, [110, 105, 145]), (15, 23, [230, 222, 36]),
    ]
    for (y, x, rgb) in known {
      for c in 0..<3 { #expect(abs(Int(samples[(y * 24 + x) * 3 + c]) - rgb[c]) <= 2) }
    }
    for (c, sum) in [44189, 43170, 53753].enumerated() {
      let ours = (0..<384).reduce(0) { $0 + Int(samples[$1 * 3 + c]) }
      #expect(abs(ours - sum) <= 384)
    }
  }

  @Test func greyStaysOneChannel() throws {
    let raster = try JPEG.decode(Self.grey, file: "x.jpg")
    let size: [Int] = [raster.width, raster.height, raster.channels]
    #expect(size == [24, 16, 1])
    guard case .bytes(let samples) = raster.samples else { return }
    for x in 0..<24 { #expect(abs(Int(samples[x]) - 10 * x) <= 1) }
  }

  @Test(arguments: [0, 2, 20, 300, 623, 700])
  func truncationIsAnError(length: Int) {
    let said = message { try JPEG.decode(Array(Self.colour[..<length]), file: "x.jpg") }
    #expect(said?.hasPrefix("x.jpg: found ") == true)
  }

  @Test func errorsNameTheFile() {
    let cut = message { try JPEG.decode(Array(Self.colour[..<650]), file: "x.jpg") }
    #expect(
      cut == "x.jpg: found a damaged JPEG (Premature end of JPEG file), expected a complete JPEG "
        + "image; copy or download it again")
    let other = message { try JPEG.decode([1, 2, 3], file: "x.jpg") }
    #expect(other == "x.jpg: found no JPEG signature, expected a JPEG image")
  }
}
