import Kernels
import Networks
import Privacy
import Tensors
import Training

/// ResNet-9 (64, 128, R128, 256, 256, R256; 32 groups, Mish) on 64x64, batch 64: one ordinary step
/// and one DP-SGD step, both with momentum.
///
/// PyTorch's private step is the one-example loop, which is faster and smaller than any mode of
/// Opacus; Opacus' fastest mode (hooks) runs beside it.
enum ResNet9Workload {
  static func run(_ session: BenchSession) throws {
    func peer(
      _ name: String, _ mode: String, _ argument: String, beside: Bool = false
    ) -> PeerCommand {
      PeerCommand(
        name: name, mode: mode, script: "resnet9.py", arguments: [argument], isBeside: beside)
    }
    let name = "ResNet-9, 64x64, batch 64"
    let data = syntheticData(count: 64, side: 64, classes: 8)
    let plain = try session.compare(
      name + ", training step", mode: "float32", goal: Goal(must: 0.5, aim: 0.35),
      peers: [
        peer("PyTorch", "float32", "plain"),
        peer("PyTorch", "float32, channels_last", "channels_last"),
        peer("PyTorch", "bfloat16 autocast", "bf16", beside: true),
      ], own: TrainingStep(makeNetwork(), data, isPrivate: false).run)
    let dp = try session.compare(
      name + ", DP-SGD step", mode: "float32", goal: Goal(must: 0.5, aim: 0.33),
      peers: [
        peer("PyTorch", "float32, one-example loop", "loop"),
        peer("PyTorch", "bfloat16 autocast, one-example loop", "loop_bf16", beside: true),
        peer("Opacus", "float32, hooks", "hooks"),
      ], own: TrainingStep(makeNetwork(), data, isPrivate: true).run)
    let opacus = dp.peers.filter { $0.name == "Opacus" }
    let loop = dp.peers.filter { $0.name == "PyTorch" && !$0.isBeside }
    session.add(
      dp.against(
        opacus, named: name + ", DP-SGD step, Opacus alone", goal: Goal(must: 0.27, aim: 0.17)))
    session.add(
      dp.against(
        [plain.own], named: name + ", DP-SGD step against the ordinary step",
        goal: Goal(must: 1.7, aim: 1.3)))
    session.add(
      dp.against(
        loop, named: name + ", peak memory of the DP-SGD step [MB]", goal: Goal(must: 1.5, aim: 1),
        quantity: .megabytes))
  }

  static func makeNetwork() -> ResNet9<Float> {
    var stream = RandomStream(1).child("bench")
    return ResNet9(classes: 8, stream: &stream)
  }
}
