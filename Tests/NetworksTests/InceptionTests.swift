import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Inception-v3 against torch-fidelity 0.4.0 on torch 2.13.0 in float64, on weights and pictures of
/// an integer formula (Tests/Outside/inception.py).
@Suite struct InceptionTests {
  /// Numbers in [0, 1) of 24 bits.
  static func uniform(_ count: Int, _ seed: UInt32) -> [Double] {
    (0..<count).map { i in
      var h = UInt32(truncatingIfNeeded: i) &* 2_654_435_761 &+ seed
      h = (h ^ (h >> 15)) &* 2_246_822_519
      h = (h ^ (h >> 13)) &* 3_266_489_917
      h ^= h >> 16
      return Double(h >> 8) / 16_777_216
    }
  }

  /// FNV-1a of 32 bits.
  static func seed(_ name: String) -> UInt32 {
    name.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }

  /// A tensor of the formula's weights, rounded to Float as a file holds them.
  static func value<S: TensorScalar>(_ name: String, _ shape: [Int]) -> Tensor<S> {
    let u = uniform(shape.reduce(1, *), seed(name))
    let bound = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    let numbers: [S] = u.map { (u: Double) -> S in
      let x: Double =
        if name.hasSuffix("bn.weight") { 0.75 + 0.5 * u } else if name.hasSuffix("running_var") {
          0.5 + u
        } else if shape.count == 1 { 0.2 * (2 * u - 1) } else { bound * (2 * u - 1) }
      return S(Float(x))
    }
    return Tensor(shape: shape, numbers)
  }

  static func network<S: TensorScalar>(_ type: S.Type) throws -> InceptionV3<S> {
    var stream = RandomStream(1)
    let network = InceptionV3<S>(stream: &stream)
    try network.load(
      Weights(
        names: network.parameters.map(\.name) + network.buffers.map(\.name),
        values: network.parameters.map { value($0.name, $0.shape) }
          + network.buffers.map { value($0.name, $0.value.shape) }))
    return network
  }

  /// Names, norms and probes Σ x_i cos(i).
  typealias Rows = [(name: String, norm: Double, probe: Double)]

  /// Compares within `bound`, the expected error of an element in units of the root mean square.
  ///
  /// A norm then errs by bound · norm at most; a probe is a sum of independent errors, 8 standard
  /// deviations are allowed.
  static func expect<S: TensorScalar>(
    _ x: Tensor<S>, _ row: (name: String, norm: Double, probe: Double), _ bound: Double
  ) {
    let norm = x.squaredNorm.squareRoot()
    let probe = Formula.probe(x)
    #expect(abs(norm - row.norm) <= bound * row.norm, "\(row.name): norm \(norm), not \(row.norm)")
    #expect(
      abs(probe - row.probe) <= 8 * bound * row.norm,
      "\(row.name): probe \(probe), not \(row.probe)")
  }

  /// Every layer. Eighteen stages of up to six convolutions with sums of up to 432 · 9 products of
  /// random sign: √(6 · 18 · 3888) roundings of 2^-24, and of 2^-53.
  @Test func layersInFloat() throws {
    let network = try Self.network(Float.self)
    let picture = Self.uniform(3 * 139 * 123, 7).map { Float(2 * $0 - 1) }
    var found: [(String, Tensor<Float>)] = []
    let features = network.withoutGradients {
      network.features(Variable(Tensor(shape: [1, 3, 139, 123], picture))) {
        found.append(($0, $1.value))
      }
    }
    found.append(("pool3", features.value))
    found.append(("logits", network.logits(features).value))
    #expect(found.map(\.0) == Self.layers.map(\.name))
    for ((_, value), row) in zip(found, Self.layers) {
      Self.expect(value, row, Double(6 * 18 * 3888).squareRoot() * 0x1p-24)
    }
  }

  @Test func layersInDouble() throws {
    let network = try Self.network(Double.self)
    let picture = Self.uniform(3 * 139 * 123, 7).map { 2 * $0 - 1 }
    var place = 0
    _ = network.withoutGradients {
      network.features(Variable(Tensor(shape: [1, 3, 139, 123], picture))) { name, result in
        #expect(name == Self.layers[place].name)
        Self.expect(result.value, Self.layers[place], Double(6 * 18 * 3888).squareRoot() * 0x1p-53)
        place += 1
      }
    }
    #expect(place == Self.layers.count - 2)
  }

  /// From levels to features, both ways of resizing, and the batch makes no difference.
  @Test func pictures() throws {
    let network = try Self.network(Float.self)
    let levels = Tensor<Float>(
      shape: [2, 3, 32, 40],
      Self.uniform(2 * 3 * 32 * 40, 11).map { Float((256 * $0).rounded(.down)) })
    let bound = Double(6 * 18 * 3888).squareRoot() * 0x1p-24
    for (features, row) in zip(InceptionFeatures.allCases, Self.whole) {
      var done: [Int] = []
      let found = network.features(
        ofLevels: levels, features, batch: 1, progress: { done.append($0) })
      #expect(found.shape == [2, features.rawValue] && done == [1, 2])
      Self.expect(found, row, bound)
    }
    Self.expect(InceptionInput.pytorchFID.prepared(levels), Self.halfPixel[0], 16 * 0x1p-24)
    Self.expect(network.features(ofLevels: levels, input: .pytorchFID), Self.halfPixel[1], bound)
    #expect(network.parameterCount == Self.parameters)
  }

  /// TensorFlow 1's rule by hand: a row of levels 0, 299 two pixels long goes up by 2 a pixel and
  /// then stays, from pixel 150 (place 300/299) on; grey is repeated.
  @Test func resizing() {
    let levels = Tensor<Float>(shape: [1, 1, 1, 2], [0, 299])
    let x = InceptionInput.tensorFlow.prepared(levels)
    for colour in 0..<3 {
      for (column, level) in [(0, 0), (1, 2), (100, 200), (149, 298), (150, 299), (298, 299)] {
        let expected = (Double(level) - 128) / 128
        // Places round to 2^-24 relative, times 299 levels, over 128.
        #expect(abs(Double(x[0, colour, 200, column]) - expected) <= 4 * 299.0 / 128 * 0x1p-24)
      }
    }
    let pictures = Tensor<Float>(shape: [1, 1, 1, 5], [-1.5, -1, 0, 1, 0.999])
    #expect(InceptionInput.levels(pictures).elements == [0, 0, 128, 255, 255])
    #expect(InceptionInput.levels(pictures, from: 0...1).elements == [0, 0, 0, 255, 255])
  }

  /// A file with PyTorch's counters loads; torchvision's 1000 classes do not.
  @Test func files() throws {
    let path = NSTemporaryDirectory() + "inception-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let network = try Self.network(Float.self)
    var names = network.weights.names
    var values = network.weights.values
    names.append("Mixed_5b.branch1x1.bn.num_batches_tracked")
    values.append(Tensor(0))
    try Weights(names: names, values: values).write(to: path)
    #expect(try InceptionV3<Float>(contentsOf: path).weights == network.weights)
    values[names.firstIndex(of: "fc.bias")!] = .zeros([1000])
    let error = #expect(throws: LightboxError.self) {
      try network.load(Weights(names: names, values: values), source: "torchvision")
    }
    #expect(error?.description.contains("fc.bias of shape [1000], expected shape [1008]") == true)
  }

  /// Stages on one picture of 139x123.
  static let layers: Rows = [
    ("Conv2d_1a_3x3", 215.05773327172085, 14.831370232295445),
    ("Conv2d_2a_3x3", 214.0864359411221, 258.4038297059181),
    ("Conv2d_2b_3x3", 350.4915629089541, 20.262446406676524),
    ("MaxPool_1", 323.4469331340929, 18.207956864036323),
    ("Conv2d_3b_1x1", 354.9111835590322, -14.6351699779506),
    ("Conv2d_4a_3x3", 525.5840265951971, 1.3332886498061),
    ("MaxPool_2", 346.76296926822505, -0.592040863038708),
    ("Mixed_5b", 346.04464105563886, 99.0618394424265),
    ("Mixed_5c", 380.69315787759007, 164.8062728120645),
    ("Mixed_5d", 338.59608047612903, 59.95860202872741),
    ("Mixed_6a", 332.1111481871063, -31.439802916663105),
    ("Mixed_6b", 278.06730876757194, 132.30151499109817),
    ("Mixed_6c", 237.09580325640897, 73.54885844273),
    ("Mixed_6d", 208.8289486682945, 86.05909336390104),
    ("Mixed_6e", 195.6306549391891, -228.96683499516934),
    ("Mixed_7a", 124.94075250485868, 28.058368189335518),
    ("Mixed_7b", 152.01575691587087, 70.12060681019305),
    ("Mixed_7c", 148.55921854964478, -7.380824263596454),
    ("pool3", 53.99578198830983, 57.635101243543076),
    ("logits", 55.390109643779994, -67.21311991032292),
  ]

  /// Features of two pictures of 32x40 levels, the four kinds.
  static let whole: Rows = [
    ("64", 6.2389439141804175, 2.3566097423850456),
    ("192", 17.450670134370295, -3.364778553149532),
    ("768", 36.231426104478295, 17.238363055228763),
    ("2048", 91.74145618354994, 124.34369640752286),
  ]

  /// pytorch-fid's resizing of the same pictures, and its features.
  static let halfPixel: Rows = [
    ("pytorch-fid input", 286.4237880900619, -0.8961332951862584),
    ("pytorch-fid 2048", 92.25282739232199, 124.48910691731584),
  ]

  static let parameters = 23_850_960
}
