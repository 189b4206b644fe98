import Foundation
import FoundationXML
import Imaging
import Kernels
import Plotting
import Tensors
import Testing

@Suite struct FigureTests {
  static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  /// Every kind draws without a remark, twice the same, and again from its own table; the script
  /// alone redraws the identical file.
  @Test(arguments: Gallery.kinds)
  func draws(kind: String) throws {
    try Gallery.scratch { folder in
      let files = try Gallery.draw(kind, in: folder)
      #expect(files.warnings == "")
      let drawing = try Self.bytes(files.drawing)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.allSatisfy { !$0.hasPrefix(".") })
      try FileManager.default.removeItem(atPath: files.drawing)
      let script = try String(contentsOfFile: files.script, encoding: .utf8)
      _ = try Gnuplot.run(script, in: folder, name: kind)
      #expect(try Self.bytes(files.drawing) == drawing)
      try Gallery.draw(kind, in: folder)
      #expect(try Self.bytes(files.drawing) == drawing)
      if files.tiles == nil {
        let parser = XMLParser(data: drawing)
        #expect(parser.parse(), "the SVG is no XML")
      }
    }
  }

  @Test func tableReadBackDrawsTheSameBytes() throws {
    try Gallery.scratch { folder in
      let first = try Figure.render(Gallery.pairs, name: "a", directory: folder + "/one") {
        $0.blandAltman(first: \.edges, second: \.truth, series: \.side)
      }
      let text = try String(contentsOfFile: first.table, encoding: .utf8)
      let rows = try TSV.decode(Gallery.Pair.self, text, file: first.table)
      let second = try Figure.render(rows, name: "a", directory: folder + "/two") {
        $0.blandAltman(first: \.edges, second: \.truth, series: \.side)
      }
      #expect(try Self.bytes(first.drawing) == Self.bytes(second.drawing))
      #expect(try Self.bytes(first.script) == Self.bytes(second.script))
    }
  }

  @Test func provenanceIsInTheDrawing() throws {
    try Gallery.scratch { folder in
      let files = try Gallery.draw("roc", in: folder)
      let svg = try String(contentsOfFile: files.drawing, encoding: .utf8)
      #expect(svg.contains("data: sha256:\(files.dataDigest)"))
      #expect(svg.contains("study: dp-fairness"))
      #expect(svg.contains("simulated · seed 1 · data \(files.dataDigest.prefix(12))"))
    }
  }

  @Test func keyPathsOutsideTheTableAreRefused() {
    let error = #expect(throws: LightboxError.self) {
      try Gallery.scratch { folder in
        try Figure.render(Gallery.pairs, name: "a", directory: folder) {
          $0.points(x: \.truth, y: \.doubled)
        }
      }
    }
    #expect(error?.description.contains("is no column of Pair") == true)
    #expect(throws: LightboxError.self) {
      try Gallery.scratch { folder in
        try Figure.render(Gallery.pairs, name: "a", directory: folder) {
          $0.points(x: \.truth, y: \.truth, interval: (\.side, \.truth))
        }
      }
    }
  }

  /// Tiles are drawn as they are: each drawn grid holds its own sheet of tiles, shifted, to the
  /// last of 256 levels, and black stays black. Odd and even numbers of tiles and rows, whose
  /// sheets have different widths, shares of the canvas and lengths of the captions.
  @Test(arguments: [(1, 1), (3, 2), (7, 4), (16, 8), (18, 6)])
  func tilesKeepTheirLevels(count: Int, columns: Int) throws {
    let rows = (0..<count).map { Gallery.Pair(edges: 0, truth: Double($0), side: "tile \($0)") }
    // Black, white, and a checkerboard of all levels at the size that is neither enlarged nor
    // reduced.
    let images = (0..<count).map { index in
      Image(
        pixels: Tensor<Float>(
          shape: [1, 128, 128],
          (0..<(128 * 128)).map { pixel in
            switch index % 3 {
            case 0: 0
            case 1: (pixel + pixel / 128) % 2 == 0 ? 1 : 0
            default: Float(pixel % 256) / 255
            }
          }))
    }
    try Gallery.scratch { folder in
      let files = try Figure.render(rows, name: "grid", directory: folder) {
        $0.imageGrid(images, columns: columns, caption: \.side)
      }
      let sheet = try PNG.read(try #require(files.tiles))
      let drawing = try PNG.read(files.drawing)
      let tiles = sheet.pixels.elements
      let drawn = drawing.pixels.elements
      // The panel's corner on the canvas: the margins of a bare single panel.
      let (left, top) = (10, 14)
      var kept: Float = 0
      var worst: Float = 0
      for index in 0..<count {
        let values = images[index].pixels.elements
        for pixel in 0..<(128 * 128) {
          let x = 2 + index % columns * 136 + pixel % 128
          let y = 2 + index / columns * 150 + 22 + pixel / 128
          let tile = tiles[y * sheet.width + x]
          kept = max(kept, abs(tile - values[pixel]))
          worst = max(worst, abs(drawn[(top + y) * drawing.width + left + x] - tile))
        }
      }
      #expect(kept < 0.5 / 255)
      #expect(worst == 0, "\(worst * 255) levels")
    }
  }

  @Test func emptyDataSaysSo() throws {
    try Gallery.scratch { folder in
      let files = try Figure.render([Gallery.Pair](), name: "none", directory: folder) {
        $0.points(x: \.truth, y: \.edges)
      }
      #expect(try String(contentsOfFile: files.drawing, encoding: .utf8).contains("no data"))
    }
  }

  @Test func problemsHaveClearErrors() throws {
    try Gallery.scratch { folder in
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      let wrong = #expect(throws: LightboxError.self) {
        try Gnuplot.run("plot undefined_thing\nplot x\n", in: folder, name: "f")
      }
      #expect(wrong?.description.contains("undefined variable: undefined_thing") == true)
      let long = String(repeating: "# filler\n", count: 100_000)
      #expect(throws: LightboxError.self) {
        try Gnuplot.run("nonsense\n" + long, in: folder, name: "f")
      }
      let missing = #expect(throws: LightboxError.self) {
        try Gnuplot.run("plot x\n", in: folder, name: "f", program: "gnuplot-that-is-not-there")
      }
      #expect(missing?.description.contains("apt-get install gnuplot-nox") == true)
      let blocked = #expect(throws: LightboxError.self) {
        try "".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
        try Gallery.draw("roc", in: folder + "/file/inside")
      }
      #expect(blocked?.kind == .cannotWrite)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
    }
  }
}

extension Gallery.Pair { var doubled: Double { truth * 2 } }
