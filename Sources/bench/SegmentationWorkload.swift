import Autodiff
import Kernels
import Networks
import Tensors
import Training

/// U-Nets of segmentation, a training step with cross-entropy, Dice and AdamW: pictures of 128x128
/// with 32 to 256 channels, batch 8, and a volume of 64x64x64 with 16 to 64 channels.
enum SegmentationWorkload {
  static func pictures(_ session: BenchSession) throws {
    try run(
      session, "2D U-Net 32 to 256, 128x128, batch 8, training step", dimensions: 2,
      goal: Goal(must: 0.6, aim: 0.4))
  }

  static func volumes(_ session: BenchSession) throws {
    try run(
      session, "3D U-Net 16 to 64, 64x64x64, training step", dimensions: 3,
      goal: Goal(must: 0.8, aim: 0.5))
  }

  private static func run(
    _ session: BenchSession, _ name: String, dimensions: Int, goal: Goal
  ) throws {
    func peer(_ mode: String, _ argument: String, beside: Bool = false) -> PeerCommand {
      PeerCommand(
        name: "PyTorch", mode: mode, script: "segmentation.py",
        arguments: ["\(dimensions)", argument], isBeside: beside)
    }
    try session.compare(
      name, mode: "float32", goal: goal,
      peers: [
        peer("float32", "plain"), peer("float32, channels_last", "channels_last"),
        peer("bfloat16 autocast", "bf16", beside: true),
      ], own: SegmentationStep(dimensions: dimensions).run)
  }
}

/// A segmentation network in training, on pictures or volumes of noise.
private final class SegmentationStep {
  private let network: SegmentationUNet<Float>
  private let images, targets: Tensor<Float>
  private var optimizer: Optimizer<Float>

  init(dimensions: Int) {
    let (batch, side, channels, parameters) =
      dimensions == 2 ? (8, 128, [32, 64, 128, 256], 1_927_874) : (1, 64, [16, 32, 64], 339_906)
    var stream = RandomStream(14).child("segmentation")
    network = SegmentationUNet(
      SegmentationUNetConfiguration(dimensions: dimensions, channels: channels), stream: &stream)
    precondition(
      network.parameterCount == parameters,
      "parameters (\(network.parameterCount)) must be the peer's")
    let extents = [Int](repeating: side, count: dimensions)
    images = Tensor(shape: [batch, 1] + extents) { stream.fillNormal($0) }
    let places = batch * extents.reduce(1, *)
    targets = oneHot(
      (0..<places).map { _ in stream.bernoulli(0.2) ? 1 : 0 }, classes: 2, batch: batch,
      extents: extents)
    optimizer = Optimizer(.adamW(), weightDecay: 0.01, shapes: network.parameters.map(\.shape))
  }

  func run() -> Double? {
    let loss = diceAndCrossEntropy(network(Variable(images)), targets: targets)
    optimizer.update(
      network.parameters, gradients: gradients(of: loss, at: network.variables, freeingGraph: true),
      learningRate: 1e-3)
    return nil
  }
}
