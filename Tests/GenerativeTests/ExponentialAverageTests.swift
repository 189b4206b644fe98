import Generative
import Kernels
import Networks
import Tensors
import Testing

@Suite struct ExponentialAverageTests {
  @Test func warmUpFollowsItsFormula() {
    var stream = RandomStream(1)
    let network = StyleGenerator<Float>(
      StyleConfiguration(styles: 8, features: [4, 4], mappingLayers: 1), stream: &stream)
    var average = ExponentialAverage(.inverse(power: 2.0 / 3, highest: 0.9999), of: network)
    // β_0 = 0: the first update copies.
    let moved = network.parameters[0]
    let start = moved.value
    moved.value = Tensor(repeating: 2, shape: start.shape)
    average.update(network)
    #expect(average.weights.values[0] == moved.value)
    // β_1 = 1 - 2^(-2/3).
    moved.value = Tensor(repeating: 1, shape: start.shape)
    average.update(network)
    let beta = 1 - 0.6299605249474366
    #expect(abs(Double(average.weights.values[0].elements[0]) - (beta * 2 + 1 - beta)) < 1e-6)
  }

  @Test func halfLifeHalvesWhatWasThere() {
    var stream = RandomStream(1)
    let network = StyleGenerator<Float>(
      StyleConfiguration(styles: 8, features: [4, 4], mappingLayers: 1), stream: &stream)
    network.parameters[0].value = Tensor(repeating: 1, shape: network.parameters[0].shape)
    var average = ExponentialAverage(
      .halfLife(pictures: 320, batch: 32, rampUp: 1e9), of: network)
    network.parameters[0].value = Tensor(repeating: 0, shape: network.parameters[0].shape)
    for _ in 0..<10 { average.update(network) }
    #expect(abs(average.weights.values[0].elements[0] - 0.5) < 1e-5)
  }
}
