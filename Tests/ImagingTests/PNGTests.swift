import Foundation
import Imaging
import Testing

@Suite struct PNGTests {
  struct Sample: Sendable, CustomStringConvertible {
    var description: String
    var channels: Int
    var samples: Raster.Samples
    var base64: String
    var bytes: [UInt8] { [UInt8](Data(base64Encoded: base64)!) }
  }

  static let grey8: [UInt8] = [0, 1, 127, 128, 254, 255]
  static let grey16: [UInt16] = [0, 1, 256, 4095, 32768, 65535]

  /// Files written by Pillow 13.0.0 and the samples that went into them (palette: as Pillow
  /// converts it to RGB). Two carry a gamma chunk that must not touch the samples.
  static let samples: [Sample] = [
    Sample(
      description: "grey, 8 bits", channels: 1, samples: .bytes(grey8),
      base64:
        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR4nGNkYKxjaPj3HwAHBwL+VoAqFQAAAABJRU5ErkJggg=="
    ),
    Sample(
      description: "grey, 8 bits, gamma 1.0", channels: 1, samples: .bytes(grey8),
      base64:

        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAABGdBTUEAAYagMeiWXwAAABBJREFUeJxj"
        + "ZGCsY2j49x8ABwcC/laAKhUAAAAASUVORK5CYII="),
    Sample(
      description: "grey, 16 bits", channels: 1, samples: .words(grey16),
      base64:
        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAAFklEQVR4nGNgYGBgZGRg4P/fwPD/PwAKcwOPgBrljwAAAABJRU5ErkJggg=="
    ),
    Sample(
      description: "grey, 16 bits, gamma 1/2.2", channels: 1, samples: .words(grey16),
      base64:

        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAABGdBTUEAALGPC/xhBQAAABZJREFUeJxj"
        + "YGBgYGRkYOD/38Dw/z8ACnMDj4Aa5Y8AAAAASUVORK5CYII="),
    Sample(
      description: "RGB", channels: 3, samples: .bytes((0..<18).map { $0 * 13 }),
      base64:

        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAF0lEQVR4nGNk4JVSV1dXV1dnKS0thbAA"
        + "HXYDYHIyQSkAAAAASUVORK5CYII="),
    Sample(
      description: "RGB and alpha", channels: 4, samples: .bytes((0..<16).map { $0 * 15 }),
      base64:

        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0kAAAAGklEQVR4nGNk4JfTtbGxsWGoaJ+2dMvh"
        + "Sw8BJeAGsK29Bf4AAAAASUVORK5CYII="),
    Sample(
      description: "grey and alpha", channels: 2, samples: .bytes([10, 255, 20, 0]),
      base64:
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAQAAABeK7cBAAAADUlEQVR4nGPk+s/FCAADRAEWZitTgAAAAABJRU5ErkJggg=="
    ),
    Sample(
      description: "palette of 2 bits", channels: 3,
      samples: .bytes([255, 0, 0, 0, 128, 0, 1, 2, 3, 0, 128, 0]),
      base64:

        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACAgMAAAAP2OW3AAAACVBMVEX/AAAAgAABAgPRNwwWAAAADElE"
        + "QVR4nGMQYJgAAADEAKEWXLqWAAAAAElFTkSuQmCC"),
    Sample(
      description: "grey, 1 bit", channels: 1, samples: .bytes([255, 0, 255]),
      base64:
        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAABAQAAAAAzmykZAAAACklEQVR4nGNYAAAAogCh3I2xzAAAAABJRU5ErkJggg=="
    ),
  ]

  @Test(arguments: samples) func samplesComeOutAsPillowWroteThem(sample: Sample) throws {
    let raster = try PNG.decode(sample.bytes, file: "x.png")
    #expect(raster.channels == sample.channels)
    #expect(raster.samples == sample.samples)
  }

  @Test(arguments: samples) func everyTruncationIsAnError(sample: Sample) throws {
    for length in 0..<sample.bytes.count {
      let said = message { try PNG.decode(Array(sample.bytes[..<length]), file: "x.png") }
      #expect(said?.hasPrefix("x.png: found ") == true, "length \(length)")
    }
  }

  @Test func errorsNameTheFile() throws {
    let bytes = Self.samples[0].bytes
    let cut = message { try PNG.decode(Array(bytes[..<50]), file: "x.png") }
    #expect(
      cut == "x.png: found a damaged PNG (early end of the file), expected a complete PNG image; "
        + "copy or download it again")
    var flipped = bytes
    flipped[45] ^= 0x10
    let corrupt = message { try PNG.decode(flipped, file: "x.png") }
    #expect(corrupt?.hasPrefix("x.png: found a damaged PNG (") == true)
    let other = message { try PNG.decode(Array("GIF89a".utf8), file: "x.png") }
    #expect(other == "x.png: found no PNG signature, expected a PNG image")
    let empty = message { try PNG.decode([], file: "x.png") }
    #expect(empty == "x.png: found an empty file, expected a PNG image")
    let missing = message { try PNG.read("/nowhere/x.png") }
    #expect(missing == "/nowhere/x.png: found no file, expected a file")
  }

  /// A header that claims 10^10 pixels in 67 bytes (checksums correct).
  @Test func absurdDimensionsAreRefusedBeforeMemoryIsSpent() throws {
    let bytes = [UInt8](
      Data(
        base64Encoded:

          "iVBORw0KGgoAAAANSUhEUgABhqAAAYagCAAAAACNOVQUAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAA"
          + "BJRU5ErkJggg==")!)
    let said = message { try PNG.decode(bytes, file: "x.png") }
    #expect(
      said == "x.png: found 100000 x 100000 pixels in 67 bytes, expected at most 268435456 "
        + "pixels, and data for them")
  }

  @Test(arguments: samples) func whatIsWrittenReadsBack(sample: Sample) throws {
    let raster = try PNG.decode(sample.bytes, file: "x.png")
    let bytes = PNG.encode(raster)
    #expect(try PNG.decode(bytes, file: "x.png") == raster)
    #expect(PNG.encode(raster) == bytes)
  }

  @Test func textChunksAreStoredAndPixelsUnchanged() throws {
    let raster = Raster(width: 3, height: 2, channels: 1, samples: .bytes(Self.grey8))
    let bytes = PNG.encode(raster, text: [("Title", "Figure 3"), ("Author", "Søren")])
    let data = Data(bytes)
    #expect(data.range(of: Data("tEXtTitle\0Figure 3".utf8)) != nil)
    #expect(data.range(of: Data("iTXtAuthor\0\0\0\0\0Søren".utf8)) != nil)
    #expect(data.range(of: Data("tIME".utf8)) == nil)
    #expect(try PNG.decode(bytes, file: "x.png") == raster)
  }

  @Test func imagesRunFromZeroToOne() throws {
    let image = Image(Raster(width: 3, height: 2, channels: 1, samples: .bytes(Self.grey8)))
    #expect(image.pixels.shape == [1, 2, 3])
    #expect(image.pixels.elements == Self.grey8.map { Float($0) / 255 })
    let deep = Image(Raster(width: 3, height: 2, channels: 1, samples: .words(Self.grey16)))
    #expect(deep.pixels.elements == Self.grey16.map { Float($0) / 65535 })
    try withFolder { folder in
      let path = folder.appending(path: "x.png").path
      try PNG.write(image, to: path)
      #expect(try PNG.read(path) == image)
      #expect(try ImageFile.read(path) == image)
      let lost = message { try PNG.write(image, to: folder.path + "/none/x.png") }
      #expect(lost?.hasSuffix("x.png: cannot write: No such file or directory") == true)
    }
  }

  /// ITU-R BT.601 luma of a pixel worked by hand: .299·1 + .587·.2 + .114·0.
  @Test func colourToGrey() {
    let raster = Raster(width: 1, height: 1, channels: 4, samples: .bytes([255, 51, 0, 9]))
    let grey = Image(raster).grey()
    #expect(grey.pixels.shape == [1, 1, 1])
    #expect(abs(grey.pixels.item - 0.4164) <= 0.4164 * 3 * Float.ulpOfOne)
    #expect(Image(raster).rgb().pixels.elements == [1, 0.2, 0])
    #expect(grey.rgb().channels == 3)
  }
}
