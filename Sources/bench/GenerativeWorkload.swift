import Foundation
import Generative
import Kernels
import Networks
import Tensors

/// What the study of diffusion models and GANs spends its time on, at its sizes of 32x32 pixels:
/// training steps, pictures drawn from a generator, features of Inception-v3.
///
/// No peer: PyTorch beside the same kinds of network is in `DenoiserWorkload` and `GANWorkload`.
/// Times depend on shapes alone, so pictures are noise.
enum GenerativeWorkload {
  private static let batch = 32

  /// The labelled denoiser of Medfusion on latents of 8x8x8, base 32: a step, and 32 latents drawn
  /// in 50 steps without guidance.
  static func diffusion(_ session: BenchSession) throws {
    let stream = RandomStream(21).child("diffusion")
    let configuration = LabelledDenoiserConfiguration(channels: 8)
    let pictures = 16 * batch
    let encoded = EncodedPictures(
      mean: noise([pictures, 8, 8, 8], stream.child("mean")),
      logVariance: Tensor(repeating: -4, shape: [pictures, 8, 8, 8]), labels: labels(pictures))
    let name = "Medfusion's denoiser, latents of 8x8x8, batch 32"
    try session.compare(name + ", training step", mode: "float32", goal: nil, peers: []) {
      try secondsOfAStep(steps: 17) { continuing in
        _ = try trainDenoiser(
          configuration, DiffusionPlan(steps: 17), on: encoded, keeping: [], stream: stream,
          continuing: continuing)
      }
    }
    var start = stream.child("start")
    let denoiser = LabelledDenoiser<Float>(configuration, stream: &start)
    try session.compare(name + ", 50 sampling steps", mode: "float32", goal: nil, peers: []) {
      _ = DiffusionSampler(steps: 50).sample(
        denoiser, labels: labels(batch), shape: [8, 8, 8], stream: stream.child("drawn"),
        batch: batch)
      return nil
    }
  }

  /// The style-based pair for colour pictures of 32x32 in two classes, 64 channels at most: a step
  /// of both, the mean over a round of 16 with one R1 penalty, and 64 pictures drawn.
  static func style(_ session: BenchSession) throws {
    let stream = RandomStream(22).child("style")
    let configuration = StyleConfiguration(
      styles: 64, features: [64, 64, 32, 16], channels: 3, classes: 2)
    let set = PictureSet(
      pictures: noise([16 * batch, 3, 32, 32], stream.child("pictures")),
      labels: labels(16 * batch))
    let name = "conditional style-based GAN, 3x32x32"
    try session.compare(
      name + ", batch 32, step of both", mode: "float32", goal: nil, peers: []
    ) {
      try secondsOfAStep(steps: 17) { continuing in
        _ = try trainStyleGAN(
          configuration, StyleGANPlan(steps: 17), on: set, stream: stream, continuing: continuing)
      }
    }
    var start = stream.child("start")
    let generator = StyleGenerator<Float>(configuration, stream: &start)
    try session.compare(name + ", 64 pictures", mode: "float32", goal: nil, peers: []) {
      _ = samplePictures(generator, labels: labels(64), stream: stream.child("drawn"))
      return nil
    }
  }

  /// Inception-v3's features of 32 pictures of 32x32, enlarged to 299x299.
  static func inception(_ session: BenchSession) throws {
    var stream = RandomStream(23).child("inception")
    let network = InceptionV3<Float>(stream: &stream)
    let levels = InceptionInput.levels(noise([32, 3, 32, 32], stream.child("pictures")))
    try session.compare(
      "Inception-v3, features of 32 pictures", mode: "float32", goal: nil, peers: []
    ) {
      _ = network.features(ofLevels: levels)
      return nil
    }
  }

  /// The mean time of a step after the first, of a training with so many steps.
  private static func secondsOfAStep(
    steps: Int, _ train: (GenerativeContinuation) throws -> Void
  ) throws -> Double {
    var (first, last) = (ContinuousClock.now, ContinuousClock.now)
    try train(
      GenerativeContinuation(progress: { step, _ in
        last = ContinuousClock.now
        if step == 1 { first = last }
      }))
    return (last - first) / .seconds(1) / Double(steps - 1)
  }

  private static func labels(_ count: Int) -> [Int] { (0..<count).map { $0 % 2 } }

  private static func noise(_ shape: [Int], _ stream: RandomStream) -> Tensor<Float> {
    var stream = stream
    return Tensor(shape: shape) { numbers in
      stream.fillNormal(numbers)
      for i in numbers.indices { numbers[i] = min(1, max(-1, numbers[i] / 2)) }
    }
  }
}
