import Foundation
import Imaging
import Testing

@Suite struct GzipTests {
  static let payload = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

  @Test(arguments: [0, 1, 65_536, 300_000]) func whatGoesInComesOut(count: Int) throws {
    let bytes = Array(Self.payload[..<count])
    let packed = Gzip.compress(bytes)
    #expect(try Gzip.decompress(packed, file: "x.gz") == bytes)
    #expect(Gzip.compress(bytes) == packed)
    // Bytes 4 to 7 are the time, byte 3 the flags (RFC 1952): no time, no name.
    #expect(Array(packed[3..<8]) == [0, 0, 0, 0, 0])
  }

  /// gzip.compress(b"lightbox\n", mtime=0) of Python 3, and the same twice in a row.
  @Test func readsPythonsGzipAndSeveralMembers() throws {
    let text = "H4sIAAAAAAACA8vJTM8oScqv4AIAqM2J4AkAAAA="
    let member = [UInt8](Data(base64Encoded: text)!)
    #expect(try Gzip.decompress(member, file: "x.gz") == Array("lightbox\n".utf8))
    #expect(
      try Gzip.decompress(member + member, file: "x.gz") == Array("lightbox\nlightbox\n".utf8))
  }

  @Test func damageIsAnError() throws {
    let packed = Gzip.compress(Self.payload)
    let cut = message { try Gzip.decompress(Array(packed.dropLast(9)), file: "x.gz") }
    #expect(
      cut == "x.gz: found an early end in gzip data, expected a complete gzip file; "
        + "copy or download it again")
    var flipped = packed
    flipped[packed.count / 2] ^= 0xFF
    #expect(message { try Gzip.decompress(flipped, file: "x.gz") } != nil)
    try withFolder { folder in
      let path = folder.appending(path: "x.gz").path
      try Data(packed.dropLast(9)).write(to: URL(fileURLWithPath: path))
      #expect(
        message { try Gzip.read(path) }
          == "\(path): found an early end in gzip data, expected a complete gzip file; "
          + "copy or download it again")
    }
  }

  @Test func writingInPiecesIsDeterministicAndWholeOrAbsent() throws {
    try withFolder { folder in
      let path = folder.appending(path: "x.gz").path
      var files: [Data] = []
      for _ in 0..<2 {
        let writer = try GzipWriter(path)
        for start in stride(from: 0, to: Self.payload.count, by: 100_000) {
          try writer.write(Array(Self.payload[start..<(start + 100_000)]))
        }
        try writer.finish()
        files.append(try Data(contentsOf: URL(fileURLWithPath: path)))
      }
      #expect(files[0] == files[1])
      #expect(Array(files[0][4..<8]) == [0, 0, 0, 0])
      #expect(try Gzip.read(path) == Self.payload)
      do {
        let abandoned = try GzipWriter(folder.path + "/y.gz")
        try abandoned.write("half")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.gz"])
      #expect(message { try GzipWriter(folder.path + "/none/x.gz") } != nil)
    }
  }
}
