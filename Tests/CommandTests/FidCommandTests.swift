import Foundation
import Testing

@Suite struct FidCommandTests {
  struct Found: Decodable {
    struct Comparison: Decodable {
      var real, fake: Int
      var frechet, precision, recall, density, coverage: Double
      var kernelStandardError: Double
      var rankDeficient: Bool
    }
    struct Limit: Decodable { var limit: Double }
    var dimension: Int
    var comparison: Comparison
    var floor: Comparison?
    var limit: Limit?
  }

  static let files = ["Examples/features-real.tsv", "Examples/features-fake.tsv"]

  /// SciPy's sqrtm and NumPy's full distance matrices on the same files (Tests/Outside/metrics.py).
  @Test func exampleFiles() throws {
    let outcome = try Command.run(["fid"] + Self.files + ["--json", "--sizes", "4"])
    #expect(outcome.code == 0)
    let found = try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
    #expect(found.dimension == 6 && found.comparison.real == 120 && found.comparison.fake == 100)
    #expect(abs(found.comparison.frechet - 0.08193441822340897) < 1e-12)
    #expect(found.comparison.precision == 81.0 / 100)
    #expect(found.comparison.recall == 113.0 / 120)
    #expect(found.comparison.density == 188.0 / 300)
    #expect(found.comparison.coverage == 83.0 / 120)
    #expect(found.comparison.kernelStandardError > 0 && !found.comparison.rankDeficient)
    let floor = try #require(found.floor)
    #expect(floor.real == 60 && floor.fake == 60 && floor.frechet < found.comparison.frechet)
    #expect(found.limit != nil)
    let again = try Command.run(["fid"] + Self.files + ["--json", "--sizes", "4"])
    #expect(again.output == outcome.output)
  }

  @Test func text() throws {
    let outcome = try Command.run(["fid"] + Self.files + ["--no-floor"])
    #expect(outcome.code == 0)
    #expect(outcome.lines.contains { $0.hasPrefix("Fréchet distance") })
    #expect(!outcome.output.contains("real against real"))
    let help = try Command.run("fid", "--help")
    #expect(help.output.contains("lightbox fid Examples/features-real.tsv"))
  }

  @Test func refusals() throws {
    try Command.withFolder { folder in
      let path = folder + "/named.tsv"
      try "case\tf0\na\t1\nb\t2\n".write(toFile: path, atomically: true, encoding: .utf8)
      let named = try Command.run("fid", path, path)
      #expect(named.code == 65)
      #expect(named.errors.contains("row 2, column case: found a, expected a finite number"))
      let few = try Command.run("fid", path, path, "--skip", "case")
      #expect(few.code == 65 && few.errors.contains("at least 4 are needed"))
      let other = try Command.run("fid", Self.files[0], path, "--skip", "case")
      #expect(other.code == 65)
    }
    #expect(try Command.run(["fid"] + Self.files + ["--k", "0"]).code == 64)
  }
}
