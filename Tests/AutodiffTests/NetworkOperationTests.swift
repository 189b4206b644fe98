import Autodiff
import Foundation
import Testing

/// The operations of U-Nets and generators: Double against central differences, first and second
/// order, and against PyTorch.
@Suite struct NetworkOperationTests {
  @Test(arguments: [(1, 0, 2), (1, 1, 3), (2, 1, 3), (2, 0, 2), (1, 0, 1), (3, 2, 2)])
  func volumeConvolution(_ stride: Int, _ padding: Int, _ size: Int) {
    let x = normal([2, 2, 4, 3, 5], "x")
    let w = normal([2, 2, size, size, size], "w") * 0.5
    expectGradients([x, w, normal([2], "b")], "conv3d \(stride) \(padding) \(size)") {
      conv3d($0[0], weight: $0[1], bias: $0[2], stride: stride, padding: padding)
    }
  }

  @Test func transposedConvolutions() {
    expectGradients(
      [normal([1, 2, 2, 3, 2], "x"), normal([2, 2, 2, 2, 2], "w"), normal([2], "b")], "3d"
    ) { convTranspose3d($0[0], weight: $0[1], bias: $0[2], stride: 2) }
    expectGradients(
      [normal([2, 2, 3, 2], "x"), normal([2, 2, 4, 4], "w"), normal([2], "b")], "2d"
    ) { convTranspose2d($0[0], weight: $0[1], bias: $0[2], stride: 2, padding: 1) }
  }

  @Test func poolingAndUpsampling() {
    expectGradients([normal([2, 2, 4, 5, 4], "x")], "max") {
      square(maxPool3d($0[0], size: 2, stride: 2))
    }
    for (height, width) in [(1, 1), (2, 3), (3, 1)] {
      let x = normal([2, 2, height, width], "x")
      expectGradients([x], "nearest") { square(upsample2d($0[0], .nearest)) }
      expectGradients([x], "bilinear") { square(upsample2d($0[0], .bilinear)) }
    }
  }

  @Test func batchNormalization() {
    let inputs = [normal([3, 2, 2, 2], "x"), normal([2], "scale"), normal([2], "shift")]
    expectGradients(inputs, "training") { batchNorm($0[0], scale: $0[1], shift: $0[2]).y }
    expectGradients(inputs, "evaluation") {
      batchNorm(
        $0[0], scale: $0[1], shift: $0[2], mean: T(shape: [2], [0.5, -1]),
        variance: T(shape: [2], [2, 0.25]))
    }
  }

  @Test func normalizationWithActivation() {
    let inputs = [normal([2, 4, 2, 2], "x"), normal([4], "scale"), normal([4], "shift")]
    expectGradients(inputs, "SiLU") {
      groupNormSiLU($0[0], groups: 2, scale: $0[1], shift: $0[2])
    }
    expectGradients(inputs, "leaky ReLU") {
      groupNormLeakyReLU($0[0], groups: 4, scale: $0[1], shift: $0[2], slope: 0.1)
    }
  }

  @Test func attentionAndLosses() {
    expectGradients(
      [normal([1, 2, 3, 4], "q"), normal([1, 2, 3, 5], "k"), normal([1, 2, 2, 5], "v")],
      "attention"
    ) { attention(queries: $0[0], keys: $0[1], values: $0[2]) }
    expectGradients([normal([4, 3], "x")], "leaky ReLU") { square(leakyReLU($0[0], slope: 0.2)) }
    let z = normal([2, 3, 2, 2], "z") * 2
    let targets: T = oneHot([0, 1, 2, 2, 1, 1, 0, 2], classes: 3, batch: 2, extents: [2, 2])
    expectGradients([z], "cross-entropy") { softmaxCrossEntropy($0[0], targets: targets) }
    expectGradients([z], "Dice") { softDiceLoss($0[0], targets: targets) }
  }

  /// Both ends pass the gradient, as PyTorch's do.
  @Test func clamping() {
    let x = T(shape: [5], [-2, -1, 0.25, 2, 3])
    let variable = V(x, requiresGradient: true)
    let y = clamped(variable, to: -1...2)
    #expect(y.value.elements == [-1, -1, 0.25, 2, 2])
    #expect(gradients(of: y, at: [variable])[0].elements == [0, 1, 1, 1, 0])
    expectGradients([T(shape: [3], [-2, 0.25, 3])], "clamped") {
      square(clamped($0[0], to: -1...2))
    }
    let wild = clamped(V(T(shape: [2], [.infinity, -.infinity])), to: -30...20)
    #expect(wild.value.elements == [20, -30])
  }

  /// An absent class that is not predicted costs nothing, a perfect picture next to nothing.
  @Test func diceAtItsEnds() {
    let targets: T = oneHot([0, 0, 1, 1], classes: 3, batch: 1, extents: [2, 2])
    let sure = V(targets * 100)
    let loss = softDiceLoss(sure, targets: targets).value.elements
    // ε / (4 e^-100 + ε) of the absent class is 1 to the last bit.
    #expect(loss.count == 2 && abs(loss[0]) < 1e-15 && abs(loss[1]) < 1e-15)
    let wrong = softDiceLoss(V(targets * -100), targets: targets).value.elements
    #expect(wrong.allSatisfy { $0 > 0.999 })
  }

  // PyTorch 2.13 in float64 on `ramp` inputs. Up to 120 products a sum, of numbers below 3: a sum is
  // off by 120² · 2^-53 at most, a norm or a probe over n numbers by √n to n times that.

  func ramp(_ shape: [Int], _ m: Int, _ a: Double = 0.25, _ b: Double = -0.75) -> T {
    T(shape: shape, (0..<shape.reduce(1, *)).map { Double(($0 * $0 * 3 + $0 * 5) % m) * a + b })
  }

  func expect(
    _ name: String, _ shapes: [([Int], Int)], sourceLocation: SourceLocation = #_sourceLocation,
    _ function: ([V]) -> V
  ) throws {
    let inputs = shapes.map { V(ramp($0, $1), requiresGradient: true) }
    let y = function(inputs)
    let upstream = ramp(y.shape, 11, 0.125, -0.5)
    let reference = try #require(Self.torch[name])
    for graphs in [false, true] {
      let found =
        graphs
        ? differentiableGradients(of: y, at: inputs, upstream: V(upstream)).map(\.value)
        : gradients(of: y, at: inputs, upstream: upstream)
      for (place, tensor) in ([y.value] + found).enumerated() {
        let norm = tensor.squaredNorm.squareRoot()
        let probe = tensor.elements.enumerated().reduce(0) {
          $0 + $1.element * cos(Double($1.offset))
        }
        let bound = 120 * 120 * 0x1p-53 * Double(tensor.count)
        let (n, p) = (reference[2 * place], reference[2 * place + 1])
        #expect(
          abs(norm - n) <= bound && abs(probe - p) <= bound,
          "\(name), \(place): norm \(norm) against \(n), probe \(probe) against \(p)",
          sourceLocation: sourceLocation)
      }
    }
  }

  @Test func torchConvolutions() throws {
    try expect("conv3d", [([2, 3, 4, 5, 6], 13), ([4, 3, 3, 3, 3], 11), ([4], 7)]) {
      conv3d($0[0], weight: $0[1], bias: $0[2], padding: 1)
    }
    try expect("conv3d stride 2", [([2, 3, 5, 6, 7], 13), ([2, 3, 3, 3, 3], 11), ([2], 7)]) {
      conv3d($0[0], weight: $0[1], bias: $0[2], stride: 2, padding: 1)
    }
    try expect("convTranspose3d", [([2, 3, 2, 3, 4], 13), ([3, 2, 2, 2, 2], 11), ([2], 7)]) {
      convTranspose3d($0[0], weight: $0[1], bias: $0[2], stride: 2)
    }
    try expect("convTranspose2d", [([2, 3, 3, 4], 13), ([3, 2, 4, 4], 11), ([2], 7)]) {
      convTranspose2d($0[0], weight: $0[1], bias: $0[2], stride: 2, padding: 1)
    }
    try expect("maxPool3d", [([2, 3, 4, 5, 6], 13)]) { maxPool3d($0[0], size: 2, stride: 2) }
    try expect("nearest", [([2, 3, 4, 5], 13)]) { upsample2d($0[0], .nearest) }
    try expect("bilinear", [([2, 3, 4, 5], 13)]) { upsample2d($0[0], .bilinear) }
  }

  @Test func torchNormalizations() throws {
    let shapes = [([3, 4, 2, 3], 17), ([4], 7), ([4], 5)]
    try expect("batchNorm", shapes) { batchNorm($0[0], scale: $0[1], shift: $0[2]).y }
    try expect("batchNorm evaluation", shapes) {
      batchNorm(
        $0[0], scale: $0[1], shift: $0[2], mean: ramp([4], 11), variance: ramp([4], 13, 0.25, 0.5))
    }
    try expect("instanceNorm", shapes) { groupNorm($0[0], groups: 4, scale: $0[1], shift: $0[2]) }
  }

  @Test func torchAttentionAndLosses() throws {
    try expect("leakyReLU", [([5, 7], 17)]) { leakyReLU($0[0], slope: 0.2) }
    try expect("attention", [([2, 2, 3, 5], 13), ([2, 2, 3, 4], 11), ([2, 2, 2, 4], 17)]) {
      attention(queries: $0[0], keys: $0[1], values: $0[2])
    }
    let labels = (0..<24).map { $0 * 7 % 3 }
    let targets: T = oneHot(labels, classes: 3, batch: 2, extents: [3, 4])
    try expect("crossEntropy", [([2, 3, 3, 4], 13)]) {
      softmaxCrossEntropy($0[0], targets: targets)
    }
    try expect("dice", [([2, 3, 3, 4], 13)]) { softDiceLoss($0[0], targets: targets) }
  }

  /// Norm and Σ y_i cos i of the value, then of the gradient at each input.
  static let torch: [String: [Double]] = [
    "conv3d": [
      346.67359017525405, -100.58357350542636, 77.00403297068277, 0.4225708611285661,
      204.85512458884816, -11.040230264454788, 1.5206906325745548, 0.06884060285101312,
    ],
    "conv3d stride 2": [
      134.7400274602911, -47.629259218274974, 31.165604789174235, 7.652286674569488,
      30.329457241475655, 6.113175168429084, 0.39528470752104744, -0.44253778823351747,
    ],
    "convTranspose3d": [
      45.347701843643634, -5.354705484299451, 20.618157008750806, 21.150386309072275,
      18.467375160333425, -6.0539565360164085, 1.1792476415070754, 0.08469769413186023,
    ],
    "convTranspose2d": [
      49.34362135828703, 30.591842363573257, 18.66831163696921, 1.1897501155316466,
      18.09477544589874, -3.291624630204226, 0.45069390943299864, -0.23992442353296506,
    ],
    "maxPool3d": [
      18.296174463531987, 2.3355843797828584, 3.7038830975072634, 2.790977981040407,
    ],
    "nearest": [
      28.412145290350743, -3.0142255160774347, 4.660337970576812, 0.9786929587148645,
    ],
    "bilinear": [
      20.755364517396462, -2.654467422538694, 2.018015781730287, 1.7907457486637268,
    ],
    "batchNorm": [
      6.451730708138693, 0.8055072099110447, 1.7959446818530187, -0.03922553869393286,
      1.7114516474101282, 0.41959261886087795, 1.3693063937629153, -1.7055715424236826,
    ],
    "batchNorm evaluation": [
      15.340471187728964, 0.24154002224064142, 2.3860665650779067, -0.10540044699401663,
      1.6685898934441077, -2.475846430886589, 1.3693063937629153, -1.7055715424236826,
    ],
    "instanceNorm": [
      6.451718593452454, 1.4970664713495685, 2.265358489728118, 0.3337306006840043,
      1.785268225362742, 0.6757905530853091, 1.3693063937629153, -1.7055715424236826,
    ],
    "leakyReLU": [
      11.559519886223649, 0.7991657066233882, 2.2310311517323105, -0.14737899848997482,
    ],
    "attention": [
      10.61042778607321, 8.600402587403138, 1.5470151172708604, 0.49932775234915766,
      1.831572867265231, -0.5307145130743726, 1.379708930606635, -1.23861247270403,
    ],
    "crossEntropy": [
      10.335691201074113, -6.106837396646739, 2.15841635575585, -0.3340345480230011,
    ],
    "dice": [
      1.5433501159401568, 0.31497435163153353, 0.0951696285660408, -0.02136582656730602,
    ],
  ]
}
