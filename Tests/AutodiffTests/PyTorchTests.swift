import Autodiff
import Testing

/// Values and gradients against PyTorch 2.13 in float64 (torch.nn.functional), small cases with the
/// inputs and upstream gradients of `ramp`. Both sides are sums of a few dozen products, so they
/// differ by some roundings of 1.1e-16 times magnitudes below 10: 1e-14; group normalisation
/// divides by a deviation near 0.1 or more on top: 1e-13.
@Suite struct PyTorchTests {
  /// ((3 i² + 5 i) mod m) a + b.
  func ramp(_ shape: [Int], _ m: Int, _ a: Double = 0.25, _ b: Double = -0.75) -> T {
    T(shape: shape, (0..<shape.reduce(1, *)).map { Double(($0 * $0 * 3 + $0 * 5) % m) * a + b })
  }

  func expect(
    _ y: V, _ inputs: [V], value: [Double], gradients expected: [[Double]], within bound: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    func compare(_ found: T, _ expected: [Double], _ label: String) {
      #expect(found.count == expected.count, sourceLocation: sourceLocation)
      let worst = zip(found.elements, expected).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= bound, "\(label): worst \(worst)", sourceLocation: sourceLocation)
    }
    compare(y.value, value, "value")
    let upstream = ramp(y.shape, 11, 0.125, -0.5)
    let found = gradients(of: y, at: inputs, upstream: upstream)
    for place in inputs.indices { compare(found[place], expected[place], "gradient \(place)") }
    let again = differentiableGradients(of: y, at: inputs, upstream: V(upstream))
    for place in inputs.indices { compare(again[place].value, expected[place], "graph \(place)") }
  }

  func leaf(_ x: T) -> V { V(x, requiresGradient: true) }

  @Test func convolution() {
    let x = leaf(ramp([1, 2, 5, 4], 13))
    let w = leaf(ramp([2, 2, 3, 3], 11))
    let b = leaf(T(shape: [2], [0.5, -1]))
    expect(
      conv2d(x, weight: w, bias: b, stride: 2, padding: 1), [x, w, b],
      value: [
        4.5, 11.3125, -3.3125, -1.0, 3.9375, 0.9375, 2.125, -0.25, 3.0625, 4.25, -2.375, -1.9375,
      ],
      gradients: [
        [
          -0.0625, 1.6875, -0.3125, 0.0625, -0.4375, 0.1875, 1.65625, -0.71875, 0.40625, 0.34375,
          0.03125, -0.625, -1.5625, 0.9375, -0.125, 0.15625, -0.40625, -0.40625, 0.46875, -0.4375,
          0.3125, 0.125, -0.4375, 1.125, -0.46875, -0.8125, 0.8125, -0.46875, 0.46875, -0.40625,
          -0.40625, 0.5625, -0.125, 0.9375, -1.5625, 0.5625, 0.03125, 0.34375, 0.40625, -1.3125,
        ],
        [
          1.21875, -0.1875, -1.59375, 0.46875, 0.96875, -1.125, 0.28125, 0.40625, 0.1875, 1.53125,
          -1.40625, 0.0625, 1.09375, -1.8125, 1.40625, 0.53125, 0.375, -0.15625, 0.0, 0.3125,
          -1.59375, 0.375, -1.875, -0.15625, 0.5625, -0.75, 0.09375, -0.125, 0.0625, -1.40625,
          0.625, -0.40625, 0.90625, 0.6875, -1.21875, 1.15625,
        ],
        [-0.5, 0.0],
      ], within: 1e-14)
  }

  @Test func groupNormalization() {
    let x = leaf(ramp([2, 4, 2, 1], 17))
    let scale = leaf(T(shape: [4], [1, -0.5, 2, 0.25]))
    let shift = leaf(T(shape: [4], [0, 0.5, -1, 2]))
    expect(
      groupNorm(x, groups: 2, scale: scale, shift: shift), [x, scale, shift],
      value: [
        -1.605898116381092, 0.841184727628191, 0.538235669437645, 0.07940763618590446,
        -3.2731947552774967, 1.4299668073655998, 1.7942366816343647, 2.1861668118546227,
        -0.30150744632487037, 1.7085421958409324, 0.8517586873790155, 0.8517586873790155,
        1.2472401911647972, -0.7068817141958958, 2.08549283335953, 1.596962357019357,
      ],
      gradients: [
        [
          -0.1301423604656719, 0.3886211326737104, 0.34702750049702225, -0.6055062727050609,
          -0.19915565039599542, -0.2276930028587777, 0.1706794267522796, 0.2561692265024935,
          -0.3593716652073022, 0.05989062137833989, -0.3025206475728244, 0.6020016914017868,
          0.5149406223139613, -0.8323671220028023, 0.02821630323216001, 0.289210196456681,
        ],
        [0.9094711654162347, 0.47603645236051056, 0.3170610443688104, 0.5971732198684558],
        [-0.625, 0.25, -0.625, 0.875],
      ], within: 1e-13)
    expect(
      groupNormMish(x, groups: 2, scale: scale, shift: shift), [x, scale, shift],
      value: [
        -0.2905060568093097, 0.7011798989441815, 0.40947532825832517, 0.049652530727239796,
        -0.12165827053971076, 1.3271561748801768, 1.7227653431299077, 2.1420153663501287,
        -0.1517482796363323, 1.6300286562335315, 0.7119056244486276, 0.7119056244486276,
        1.128888710500147, -0.2691278888273938, 2.0351650393174223, 1.5088782892003398,
      ],
      gradients: [
        [
          -0.04000029303331333, 0.4008553578896473, 0.1066639642713785, -0.4675190291277125,
          -0.05981648440199512, -0.2122452372946075, 0.00810785300274661, 0.26395386869385606,
          -0.0949890983975307, 0.01582509944847943, -0.41981007912360563, 0.4989740780726568,
          0.35223097216323407, -0.3752461625265008, -0.1553985064774, 0.17841369684066674,
        ],
        [-0.054113537918330734, 0.2871913639855796, 0.07455189471532359, 0.6404553736589116],
        [0.12201682558148436, 0.08152575729316874, 0.062100432423050356, 0.9280430906460146],
      ], within: 1e-13)
  }

  /// Six values on 25 pixels: most windows have ties.
  @Test func maxPooling() {
    let x = leaf(ramp([1, 1, 5, 5], 6))
    expect(
      maxPool2d(x, size: 3, stride: 2, padding: 1), [x],
      value: [Double](repeating: 0.25, count: 9),
      gradients: [
        [
          0.0, 0.0, 0.5, 0.0, 0.0, 0.125, 0.0, 0.0, -1.125, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
          0.25, 0.0, 0.0, 0.25, 0.0, 0.0, -0.375, 0.0,
        ]
      ], within: 0)
  }

  /// Logits of ±40, where a naive form would overflow or lose the loss.
  @Test func binaryCrossEntropy() {
    let z = leaf(T(shape: [3, 2], [2.5, -1.25, 0, 40, -3, -40]))
    let targets = T(shape: [3, 2], [1, 0, 1, 0, 0, 1])
    expect(
      binaryCrossEntropyWithLogits(z, targets, positiveWeight: T(shape: [2], [2, 0.5])), [z],
      value: [
        0.15777946858509925, 0.25192908134537295, 1.3862943611198906, 40.0, 0.048587351573742055,
        20.0,
      ],
      gradients: [
        [
          0.07585818002124345, 0.11135006941265442, 0.5, 0.625, -0.011856468294391695, 0.1875,
        ]
      ], within: 1e-14)
  }
}
