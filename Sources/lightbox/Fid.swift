import ArgumentParser
import Foundation
import Imaging
import Kernels
import Metrics
import Networks
import Statistics
import Tensors

extension InceptionInput: ExpressibleByArgument {}

/// `lightbox fid`: how far generated images are from real ones, on feature vectors of both.
struct Fid: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fid",
    abstract: "Fréchet and kernel distance, precision and recall of two sets of images.",
    discussion: """
      A set is a file with one feature vector a row (NPY [n, d], or CSV/TSV with a header, also \
      .gz), or a folder of 8-bit PNG and JPEG pictures with --weights: a safetensors file of \
      Inception-v3 with the names of pytorch-fid, whose weights of 2015-12-05 \
      (github.com/mseitzer/pytorch-fid, release fid_weights; safetensors.torch.save_file turns the \
      .pth into one) make the values FID and KID. On other features or weights name them by their \
      own. They compare only at equal n: the floor, the same numbers for two random halves of the \
      real set, stands beside. Precision and recall: k nearest neighbours, Kynkäänniemi 2019; \
      density and coverage: Naeem 2020.

      Examples, the first on files that come with the project (made by formula):

        lightbox fid Examples/features-real.tsv Examples/features-fake.tsv
        lightbox fid real/ fake/ --weights inception.safetensors \\
          --save-features features.npy
      """)

  @Argument(help: "Features of real images, or a folder of them.")
  var real: String
  @Argument(help: "Features of generated images, or a folder of them.")
  var fake: String
  @Option(help: "Inception-v3 for folders, a safetensors file.")
  var weights: String?
  @Option(help: "How pictures become 299x299: as torch-fidelity and TensorFlow, or as pytorch-fid.")
  var input = InceptionInput.tensorFlow
  @Option(help: "Write the features to NAME-real.npy and NAME-fake.npy, for NAME.npy.")
  var saveFeatures: String?
  @Option(help: "Column to leave out of a table; may be repeated.")
  var skip: [String] = []
  @Option(help: "Neighbours of precision, recall, density and coverage.")
  var k = 3
  @Option(help: "Vectors in a block of the kernel distance.")
  var block = 1000
  @Option(help: "Also the Fréchet distance extrapolated to infinite n, from this many sizes.")
  var sizes: Int?
  @Option(help: "Seed of the halves, blocks and sizes.")
  var seed: UInt64 = 1
  @Flag(inversion: .prefixedNo, help: "The same for two halves of the real set.")
  var floor = true
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if k < 1 { throw ValidationError("--k \(k): expected 1 or more") }
    if block < 2 { throw ValidationError("--block \(block): expected 2 or more") }
    if let sizes, sizes < 2 { throw ValidationError("--sizes \(sizes): expected 2 or more") }
  }

  func run() throws { try FidReport(self).show(asJSON: json) }
}

/// What `lightbox fid` found.
struct FidReport: Report {
  /// The numbers of one pair of sets.
  struct Comparison: Encodable {
    var real: Int
    var fake: Int
    var frechet: Double
    var meanTerm: Double
    var covarianceTerm: Double
    var route: String
    var rankDeficient: Bool
    var kernel: Double
    var kernelStandardError: Double
    var kernelBlocks: Int
    var kernelBlockSize: Int
    var precision: Double
    var recall: Double
    var density: Double
    var coverage: Double

    init(
      _ real: Tensor<Float>, _ fake: Tensor<Float>, _ options: Fid, stream: RandomStream
    ) throws {
      let distance = try FrechetDistance(real, fake)
      let kernel = try KernelDistance(
        real, fake, blockSize: options.block, stream: stream.child("blocks"))
      let neighbours = try Neighbourhoods(real: real, fake: fake, k: options.k)
      self.real = distance.first
      self.fake = distance.second
      frechet = distance.value
      meanTerm = distance.meanTerm
      covarianceTerm = distance.covarianceTerm
      route = distance.route.rawValue
      rankDeficient = distance.isRankDeficient
      self.kernel = kernel.estimate.value
      kernelStandardError = kernel.estimate.standardError
      kernelBlocks = kernel.blocks.count
      kernelBlockSize = kernel.blockSize
      precision = neighbours.precision
      recall = neighbours.recall
      density = neighbours.density
      coverage = neighbours.coverage
    }
  }

  var realFile: String
  var fakeFile: String
  /// SHA-256 of the weights that made features of pictures, and how pictures were resized.
  var weights: String?
  var input: String?
  var dimension: Int
  var k: Int
  var comparison: Comparison
  var floor: Comparison?
  var limit: FrechetLimit?

  init(_ options: Fid) throws {
    let sources = [options.real, options.fake].map(FeatureSource.init)
    if options.weights != nil && !sources.contains(where: \.isFolder) {
      throw LightboxError(
        .usage, "--weights: neither \(options.real) nor \(options.fake) is a folder")
    }
    let inception =
      sources.contains(where: \.isFolder)
      ? try options.weights.map { try InceptionFolder(weights: $0, input: options.input) } : nil
    let real = try sources[0].features(skipping: options.skip, inception)
    let fake = try sources[1].features(skipping: options.skip, inception)
    if let name = options.saveFeatures {
      let stem = name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
      try NPY.write(NPYArray(real), to: stem + "-real.npy")
      try NPY.write(NPYArray(fake), to: stem + "-fake.npy")
    }
    weights = inception?.digest
    input = inception == nil ? nil : options.input.rawValue
    let stream = RandomStream(options.seed).child("fid")
    realFile = options.real
    fakeFile = options.fake
    dimension = real.shape[1]
    k = options.k
    do {
      comparison = try Comparison(real, fake, options, stream: stream)
      if options.floor {
        var shuffle = stream.child("halves")
        let order = shuffle.permutation(real.shape[0])
        let half = order.count / 2
        floor = try Comparison(
          Features.rows(real, order[..<half]), Features.rows(real, order[half..<2 * half]),
          options, stream: stream.child("floor"))
      }
      if let sizes = options.sizes {
        limit = try frechetLimit(real, fake, count: sizes, stream: stream.child("limit"))
      }
    } catch let error as Undefined {
      throw LightboxError.input(
        file: "\(options.real), \(options.fake)", found: error.reason,
        expected: "two sets of feature vectors that can be compared",
        hint: floor == nil && options.floor ? "--no-floor needs fewer real vectors" : nil)
    }
  }

  func text() -> String {
    let both = [comparison] + (floor.map { [$0] } ?? [])
    func row(_ name: String, _ value: (Comparison) -> String) -> [String] {
      [name] + both.map(value)
    }
    func number(_ x: Double) -> String { Cells.fixed(x, abs(x) < 100 ? 4 : 2) }
    var rows = [
      ["", "real against fake"] + (floor == nil ? [] : ["real against real"]),
      row("n") { "\($0.real), \($0.fake)" },
      row("Fréchet distance") { number($0.frechet) },
      row("  of means, of covariances") {
        "\(number($0.meanTerm)), \(number($0.covarianceTerm))"
      },
      row("kernel distance") {
        "\(Cells.fixed($0.kernel, 6)), SE \(Cells.fixed($0.kernelStandardError, 6))"
      },
      row("  blocks") { "\($0.kernelBlocks) of \($0.kernelBlockSize)" },
      row("precision, recall") {
        "\(Cells.fixed($0.precision)), \(Cells.fixed($0.recall))"
      },
      row("density, coverage") {
        "\(Cells.fixed($0.density)), \(Cells.fixed($0.coverage))"
      },
    ]
    if let limit {
      rows.append(["Fréchet distance, n to infinity", number(limit.limit)])
    }
    var lines = ["\(realFile), \(fakeFile): \(dimension) features", ""]
    lines += Cells.columns(rows)
    lines.append("")
    lines.append("k = \(k); distances are squared; kernel (x·y/d + 1)³, unbiased")
    if let weights, let input {
      lines.append(
        "Inception-v3, weights \(weights.prefix(12))…, pictures resized as \(input): FID and KID if "
          + "these are the weights of 2015-12-05")
    }
    if both.contains(where: \.rankDeficient) {
      lines.append(
        "n is not above the \(dimension) features: covariances lack full rank, so the Fréchet "
          + "distance compares with nothing but equal n")
    }
    return lines.joined(separator: "\n")
  }
}

/// Feature vectors in a file.
enum FeatureFile {
  /// The matrix [n, d] of an NPY file or of the columns of a table.
  static func read(_ path: String, skipping skipped: [String]) throws -> Tensor<Float> {
    if path.lowercased().hasSuffix(".npy") {
      let array = try NPY.read(path)
      guard array.shape.count == 2, array.shape[1] > 0 else {
        throw LightboxError.input(
          file: path, found: "shape \(array.shape)", expected: "[vector, feature]")
      }
      return array.tensor
    }
    let table = try TextTable.read(path)
    for column in skipped { _ = try table.index(of: column) }
    let columns = table.header.filter { !skipped.contains($0) }
    let places = try columns.map { try table.index(of: $0) }
    guard !columns.isEmpty else {
      throw LightboxError.input(file: path, found: "no column left", expected: "features")
    }
    var values: [Float] = []
    values.reserveCapacity(table.rows.count * columns.count)
    for (r, row) in table.rows.enumerated() {
      for (place, column) in zip(places, columns) {
        guard let value = Float(row[place]), value.isFinite else {
          throw table.error(
            r, column, expected: "a finite number",
            hint: "leave out columns that are no features with --skip \(column)")
        }
        values.append(value)
      }
    }
    return Tensor(shape: [table.rows.count, columns.count], values)
  }
}
