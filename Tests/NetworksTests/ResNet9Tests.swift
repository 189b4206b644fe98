import Autodiff
import Networks
import Tensors
import Testing

/// Against torch 2.13.0 in float64, on formula weights of amplitude 0.05 (`Formula`).
struct ResNet9Tests {
  @Test("Names and the number of parameters are those of the PyTorch definition")
  func names() {
    var stream = RandomStream(1)
    let network = ResNet9<Float>(classes: 8, stream: &stream)
    #expect(network.parameterCount == 2_444_744)
    let units = ["c1", "c2", "r1.0", "r1.1", "c3", "c4", "r2.0", "r2.1"]
    #expect(
      network.parameters.map(\.name)
        == units.flatMap { ["\($0).0.weight", "\($0).1.weight", "\($0).1.bias"] }
        + ["fc.weight", "fc.bias"])
  }

  @Test("Logits and the norm of the gradient are PyTorch's")
  func torch() {
    var stream = RandomStream(1)
    let network = ResNet9<Float>(classes: 8, stream: &stream)
    Formula.fill(network, weightAmplitude: 0.05)
    let logits = network(Variable(Formula.images(cases: 2, channels: 1, size: 16)))
    let expected = [
      0.23148311273276595, 0.2734009204617244, 0.19162631669252483, 0.01969492490736411,
      -0.16644714125255794, -0.2828775695938289, -0.2762212075815139, -0.14839166723965064,
      0.20663255752443105, 0.28455295421113275, 0.23586730774772324, 0.08546626837601365,
      -0.09632916920334843, -0.22673231298027444, -0.24871743449172054, -0.15671513998602105,
    ]
    // Nine layers of sums of at most 256 · 9 products, errors of random sign.
    let bound = 8 * (9.0 * 2304).squareRoot() * 0x1p-24
    for (ours, torch) in zip(logits.value.elements, expected) {
      #expect(abs(Double(ours) - torch) <= bound, "logit \(ours), torch \(torch)")
    }
    let losses = MultiLabelLoss<Float>()(logits, targets: Formula.targets(cases: 2, classes: 8))
    let found = gradients(of: mean(losses, axes: [0]), at: network.variables)
    let norm = found.reduce(0) { $0 + $1.squaredNorm }.squareRoot()
    #expect(abs(norm - 4.776693169636813) <= 4.78 * bound, "norm \(norm)")
  }
}
