import Foundation
import FoundationXML
import Kernels
import Plotting
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
