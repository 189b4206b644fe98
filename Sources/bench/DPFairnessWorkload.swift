import Kernels
import Networks
import Training

/// The network of the dp-fairness study at its default scale: a ResNet of one basic block a stage,
/// 16 channels wide, Mish, NAdam, 64x64, batch 128.
enum DPFairnessWorkload {
  static func run(_ session: BenchSession) throws {
    func peer(_ name: String, _ mode: String, _ argument: String) -> PeerCommand {
      PeerCommand(name: name, mode: mode, script: "dp_fairness.py", arguments: [argument])
    }
    let name = "dp-fairness network, 64x64, batch 128"
    let data = syntheticData(count: 128, side: 64, classes: 8)
    let plain = try session.compare(
      name + ", training step", mode: "float32", goal: Goal(must: 0.5, aim: 0.35),
      peers: [
        peer("PyTorch", "float32", "plain"),
        peer("PyTorch", "float32, channels_last", "channels_last"),
      ], own: TrainingStep(makeNetwork(), data, isPrivate: false, optimizer: .nadam()).run)
    let dp = try session.compare(
      name + ", DP-SGD step", mode: "float32", goal: Goal(must: 0.5, aim: 0.33),
      peers: [
        peer("PyTorch", "float32, one-example loop", "loop"),
        peer("Opacus", "float32, hooks", "hooks"),
      ], own: TrainingStep(makeNetwork(), data, isPrivate: true, optimizer: .nadam()).run)
    session.add(
      dp.against(
        [plain.own], named: name + ", DP-SGD step against the ordinary step",
        goal: Goal(must: 1.7, aim: 1.3)))
  }

  static func makeNetwork() -> ResNet<Float> {
    var stream = RandomStream(1).child("bench")
    return ResNet(ResNetConfiguration(classes: 8, width: 16), stream: &stream)
  }
}
