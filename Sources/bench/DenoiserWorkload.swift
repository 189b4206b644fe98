import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import Training

/// The U-Net of denoising diffusion (base 32, multipliers 1, 2, 4, attention at the bottom), batch
/// 32: a training step with AdamW, and 50 steps of deterministic sampling.
///
/// On latents of 8x16x16 and on pictures of 1x32x32. Ho et al. 2020, arXiv 2006.11239; Song et al.
/// 2021, arXiv 2010.02502 (DDIM, η = 0).
enum DenoiserWorkload {
  static func latents(_ session: BenchSession) throws {
    try run(session, channels: 8, side: 16, goal: Goal(must: 0.7, aim: 0.4))
  }

  static func pictures(_ session: BenchSession) throws {
    try run(session, channels: 1, side: 32, goal: Goal(must: 0.6, aim: 0.35))
  }

  private static func run(
    _ session: BenchSession, channels: Int, side: Int, goal: Goal
  ) throws {
    func peer(
      _ task: String, _ mode: String, _ argument: String, beside: Bool = false
    ) -> PeerCommand {
      PeerCommand(
        name: "PyTorch", mode: mode, script: "denoiser.py",
        arguments: [task, "\(channels)", "\(side)", argument], isBeside: beside)
    }
    let name = "denoising U-Net, \(channels)x\(side)x\(side), batch 32"
    for (task, title) in [("train", ", training step"), ("sample", ", 50 DDIM steps")] {
      let denoiser = Denoiser(channels: channels, side: side)
      try session.compare(
        name + title, mode: "float32", goal: goal,
        peers: [
          peer(task, "float32", "plain"), peer(task, "float32, channels_last", "channels_last"),
          peer(task, "bfloat16 autocast", "bf16", beside: true),
        ]
      ) {
        task == "train" ? denoiser.trainingStep() : denoiser.sample()
        return nil
      }
    }
  }
}

/// A denoiser in training, on pictures of noise: times depend on shapes alone.
private final class Denoiser {
  private static let batch = 32
  private static let times = 1000
  private let network: DenoisingUNet<Float>
  private let pictures: Tensor<Float>
  /// Π (1 - β_t) for β from 1e-4 to 0.02 in equal steps.
  private let kept: [Double]
  private var optimizer: Optimizer<Float>
  private var stream = RandomStream(11).child("denoiser")

  init(channels: Int, side: Int) {
    network = DenoisingUNet(DenoisingUNetConfiguration(channels: channels), stream: &stream)
    precondition(
      network.parameterCount == (channels == 8 ? 3_611_912 : 3_607_873),
      "parameters (\(network.parameterCount)) must be the peer's")
    optimizer = Optimizer(.adamW(), weightDecay: 0.01, shapes: network.parameters.map(\.shape))
    pictures = Self.noise([Self.batch, channels, side, side], &stream)
    var product = 1.0
    kept = (0..<Self.times).map { time in
      product *= 1 - (1e-4 + (0.02 - 1e-4) * Double(time) / Double(Self.times - 1))
      return product
    }
  }

  private static func noise(_ shape: [Int], _ stream: inout RandomStream) -> Tensor<Float> {
    Tensor(shape: shape) { stream.fillNormal($0) }
  }

  private static func column(_ values: [Double]) -> Tensor<Float> {
    Tensor(shape: [values.count, 1, 1, 1], values.map { Float($0) })
  }

  /// The mean squared error of the predicted noise at random times, and a step down its gradient.
  func trainingStep() {
    let times = (0..<Self.batch).map { _ in Int(stream.next() % UInt64(Self.times)) }
    let noise = Self.noise(pictures.shape, &stream)
    let signal = Self.column(times.map { kept[$0].squareRoot() })
    let share = Self.column(times.map { (1 - kept[$0]).squareRoot() })
    let noisy = pictures * signal + noise * share
    let found = network(Variable(noisy), times: times.map { Double($0) })
    let loss = mean(square(found - Variable(noise)))
    optimizer.update(
      network.parameters, gradients: gradients(of: loss, at: network.variables, freeingGraph: true),
      learningRate: 2e-4)
  }

  /// Pictures from noise: z ← √ā' (z - √(1 - ā) ε) / √ā + √(1 - ā') ε along 50 falling times.
  func sample() {
    var z = Self.noise(pictures.shape, &stream)
    let times = (0..<50).map { Int(Double(Self.times - 1) * (1 - Double($0) / 49)) }
    network.withFrozenWeights {
      for (place, time) in times.enumerated() {
        let found = network(
          Variable(z), times: [Double](repeating: Double(time), count: Self.batch)
        ).value
        let now = kept[time]
        let next = place + 1 < times.count ? kept[times[place + 1]] : 1
        let signal = (next / now).squareRoot()
        z =
          z * Float(signal)
          + found * Float((1 - next).squareRoot() - signal * (1 - now).squareRoot())
      }
    }
  }
}
