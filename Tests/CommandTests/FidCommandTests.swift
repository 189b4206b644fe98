import Foundation
import Imaging
import Kernels
import Metrics
import Networks
import Tensors
import Testing

@Suite struct FidCommandTests {
  struct Found: Decodable {
    struct Comparison: Decodable {
      var real, fake: Int
      var frechet, kernel, precision, recall, density, coverage: Double
      var kernelStandardError: Double
      var rankDeficient: Bool
      var route: String
    }
    struct Limit: Decodable { var limit: Double }
    var dimension: Int
    var comparison: Comparison
    var floor: Comparison?
    var limit: Limit?
    var weights: String?
    var input: String?
  }

  static func found(_ arguments: [String]) throws -> Found {
    let outcome = try Command.run(["fid"] + arguments + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
  }

  /// The formula of Tests/Outside/feature_files.py.
  static func write(
    _ path: String, _ n: Int, _ d: Int, offset: Int = 0, gain: Double = 1, shift: Double = 0
  ) throws {
    func mixed(_ i: Int, _ j: Int) -> Double {
      var h = ((i * 73_856_093) ^ (j * 19_349_663)) & 0x7FFF_FFFF
      h = (h * 1_103_515_245 + 12345) & 0x7FFF_FFFF
      return Double((h >> 8) & 0xFFFF) / 65536
    }
    let values = (0..<n * d).map { (k: Int) -> Float in
      let (i, j) = (k / d + offset, k % d)
      let own: Double = gain * mixed(i, j)
      return Float(own + 0.5 * mixed(i, (j + 1) % d) + shift)
    }
    try NPY.write(NPYArray(shape: [n, d], values), to: path)
  }

  /// torch-fidelity 0.4.0's Fréchet and kernel distances, precision and recall on the same feature
  /// files; with fewer vectors than features the singular values of X Yᵀ
  /// (Tests/Outside/feature_files.py).
  @Test(arguments: [
    (90, 24, 0.5397586759343946, 0.11284203783023727, 63, 82, "cholesky"),
    (60, 100, 8.747855017361099, 0.11838550940602843, 13, 55, "vectors"),
  ])
  func featureFiles(
    n: Int, d: Int, frechet: Double, kernel: Double, precision: Int, recall: Int, route: String
  ) throws {
    try Command.withFolder { folder in
      let files = [folder + "/real.npy", folder + "/fake.npy"]
      try Self.write(files[0], n, d)
      try Self.write(files[1], n, d, offset: 1000, gain: 1.1, shift: 0.05)
      let found = try Self.found(files + ["--no-floor", "--block", "\(n / 2)"]).comparison
      // Roots of singular values near zero carry the square root of rounding, which depends on the
      // processor: 6e-10 at most of those seen, where 1e-6 is asked for.
      #expect(abs(found.frechet - frechet) <= 1e-8 * frechet, "\(found.frechet)")
      #expect(found.route == route && found.rankDeficient == (n <= d))
      #expect(found.precision == Double(precision) / Double(n))
      #expect(found.recall == Double(recall) / Double(n))
      let matrices = try files.map { try NPY.read($0).tensor }
      let whole = try KernelDistance.ofAllPairs(matrices[0], matrices[1]).value
      #expect(abs(whole - kernel) <= 1e-10 * abs(kernel), "\(whole)")
    }
  }

  /// Folders of pictures, in PNG, grey and of several sizes: the features are those of the network,
  /// and the report that of the features it writes.
  @Test func folders() throws {
    try Command.withFolder { folder in
      var stream = RandomStream(3)
      let network = InceptionV3<Float>(stream: &stream)
      let weights = folder + "/inception.safetensors"
      try network.weights.write(to: weights)
      var expected: [Tensor<Float>] = []
      for side in ["real", "fake"] {
        try FileManager.default.createDirectory(
          atPath: folder + "/" + side, withIntermediateDirectories: true)
        var parts: [Tensor<Float>] = []
        // In the order of names: 0, 1, 10, 2, …
        for k in [0, 1, 10, 2] {
          let (channels, size) = (k == 1 ? 1 : 3, k == 2 ? 40 : 24)
          let samples = (0..<channels * size * size).map { _ in
            UInt8(truncatingIfNeeded: stream.next())
          }
          try PNG.write(
            Raster(width: size, height: size, channels: channels, samples: .bytes(samples)),
            to: "\(folder)/\(side)/\(k).png")
          let levels = (0..<channels * size * size).map {
            Float(samples[$0 % (size * size) * channels + $0 / (size * size)])
          }
          parts.append(
            network.features(ofLevels: Tensor(shape: [1, channels, size, size], levels)))
        }
        try "no picture".write(
          toFile: "\(folder)/\(side)/notes.txt", atomically: true, encoding: .utf8)
        expected.append(.concatenate(parts, axis: 0))
      }
      let folders = [folder + "/real", folder + "/fake"]
      let options = ["--k", "2", "--no-floor"]
      let found = try Self.found(
        folders + options + ["--weights", weights, "--save-features", folder + "/f.npy"])
      #expect(found.dimension == 2048 && found.comparison.real == 4 && found.comparison.fake == 4)
      #expect(found.weights == (try SHA256.hex(ofFile: weights)) && found.input == "tensorflow")
      let files = [folder + "/f-real.npy", folder + "/f-fake.npy"]
      for (file, features) in zip(files, expected) {
        let written = try NPY.read(file).tensor
        #expect(written.shape == [4, 2048])
        // The same network in batches of another size: some thousand roundings of random sign.
        let scale = features.squaredNorm.squareRoot() / Double(features.count).squareRoot()
        for (a, b) in zip(written.elements, features.elements) {
          #expect(abs(Double(a) - Double(b)) <= 64 * 64 * 0x1p-24 * scale)
        }
      }
      let again = try Self.found(files + options)
      #expect(again.comparison.frechet == found.comparison.frechet && again.weights == nil)
      let mixed = try Self.found([folders[0], files[1], "--weights", weights] + options)
      #expect(mixed.comparison.frechet == found.comparison.frechet)
      let text = try Command.run(
        ["fid"] + folders + options + ["--weights", weights, "--input", "pytorch-fid"])
      #expect(text.output.contains("resized as pytorch-fid: FID and KID if these are the weights"))
    }
  }

  @Test func foldersRefused() throws {
    try Command.withFolder { folder in
      let bare = try Command.run("fid", folder, folder)
      #expect(bare.code == 64)
      #expect(bare.errors.contains("a folder of pictures needs --weights"))
      let none = try Command.run(["fid"] + Self.files + ["--weights", folder + "/w"])
      #expect(none.code == 64 && none.errors.contains("neither"))
      let missing = try Command.run("fid", folder, folder, "--weights", folder + "/w")
      #expect(missing.code == 65 && missing.errors.contains("no readable file"))
      #expect(try Command.run("fid", folder, folder, "--input", "cubic").code == 64)
    }
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
