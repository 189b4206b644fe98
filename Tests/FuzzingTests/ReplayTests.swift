import Foundation
import Fuzzing
import Kernels
import Testing

/// What fuzzing has found, tried again, and some thousand changed files a reader: a short, repeatable
/// part of `make fuzz`. A fault ends the process, and the test with it.
@Suite struct ReplayTests {
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = NSTemporaryDirectory() + "lightbox-fuzzing-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  /// Files of Tests/Fixtures/fuzz/<reader>, sorted.
  static func fixtures(_ reader: FuzzedReader) throws -> [String] {
    let tests = ((#filePath as NSString).deletingLastPathComponent as NSString)
    let folder = tests.deletingLastPathComponent + "/Fixtures/fuzz/\(reader.rawValue)"
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .map { "\(folder)/\($0)" }
  }

  @Test(arguments: FuzzedReader.allCases) func seedsAreRead(reader: FuzzedReader) throws {
    try Self.withFolder { folder in
      for (k, seed) in try reader.seeds(in: folder).enumerated() {
        #expect(reader.run(seed, in: folder) == .read, "seed \(k)")
        #expect(seed.count < 4096, "libFuzzer is started with inputs of 4096 bytes at most")
      }
    }
  }

  /// Inputs that once ended a reader, or claim more than they hold: refused now.
  @Test(arguments: FuzzedReader.allCases) func fixturesAreRefused(reader: FuzzedReader) throws {
    try Self.withFolder { folder in
      for path in try Self.fixtures(reader) {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let outcome = reader.run(bytes, in: folder)
        let name = (path as NSString).lastPathComponent
        if name.hasPrefix("claims-") { #expect(outcome == .refused, "\(name)") }
      }
    }
  }

  @Test(arguments: FuzzedReader.allCases) func changedFiles(reader: FuzzedReader) throws {
    try Self.withFolder { folder in
      let seeds = try reader.seeds(in: folder)
      var mutator = Mutator(RandomStream(20_261_122).child("fuzz").child(reader.rawValue))
      var refused = 0
      for _ in 0..<3000 where reader.run(mutator.mutated(seeds), in: folder) == .refused {
        refused += 1
      }
      // Changes that the reader hardly noticed would try little.
      #expect(refused > 300, "\(refused) of 3000 were refused")
    }
  }

  /// The same stream gives the same files.
  @Test func mutationsRepeat() {
    let seeds = [Array(0..<200 as Range<UInt8>)]
    func digest() -> String {
      var mutator = Mutator(RandomStream(1))
      var hasher = SHA256()
      for _ in 0..<50 { hasher.update(mutator.mutated(seeds)) }
      return hasher.hexDigest()
    }
    #expect(digest() == digest())
  }
}
