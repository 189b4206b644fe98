import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import Training

/// A run of a private mechanism with canaries in it, and what an auditor who sees every released
/// gradient makes of it.
///
/// Canary j is an image that is zero but in pixel j; the network is one linear layer at zero, cut
/// into two parameters. Its gradient points along weight j alone, is as long as the pixel is bright
/// and is clipped to C: the worst case that a mechanism has to hide, in a coordinate that no other
/// canary moves. Half of the canaries, by coin, are left in; the others are blanked, which takes
/// their gradient out of every sum (and out of nothing else: the number of cases is public).
///
/// The score of canary j is −Σ_t g̃_t[j]·qN/C over the steps: the number of times that it joined plus
/// N(0, Tσ²), if the mechanism is what it says. The network is not moved between steps.
///
/// Source: Nasr et al. 2023, arXiv 2302.07956 (gradient canaries); Steinke, Nasr and Jagielski 2023,
/// arXiv 2305.08846.
public struct CanaryRun: Codable, Hashable, Sendable {
  /// One per canary: whether it was in, and its score.
  public var included: [Bool]
  public var scores: [Double]
  /// Releases.
  public var steps: Int

  /// - `canaries`: m, at least 2; also the cases that batches are drawn from.
  /// - `batch`: expected batch, so that q = batch / m.
  /// - `brightness`: length of an unclipped canary gradient over the clipping norm.
  /// - `stream`: names coins, batches and noise.
  public init(
    canaries: Int, batch: Int, steps: Int, parameters: DPSGDParameters, bug: PlantedBug = .none,
    brightness: Double = 10, stream: RandomStream
  ) throws {
    precondition(canaries >= 2, "canaries (\(canaries)) must be at least 2")
    precondition(steps > 0, "steps (\(steps)) must be positive")
    precondition(brightness > 0, "brightness (\(brightness)) must be positive")
    var coins = stream.child("coins")
    let included = (0..<canaries).map { _ in coins.bernoulli(0.5) }
    // At a logit of zero the gradient is (σ(0) − 1) x = −x/2.
    let bright = Float(2 * brightness * parameters.clippingNorm)
    let images = Tensor<Float>(shape: [canaries, 1, 1, canaries]) { pixels in
      pixels.initialize(repeating: 0)
      for canary in 0..<canaries where included[canary] {
        pixels[canary * canaries + canary] = bright
      }
    }
    let data = TrainingData<Float>(images: images, targets: .ones([canaries, 1]))
    let network = CanaryNetwork(inputs: canaries)
    let plan = TrainingPlan(
      epochs: 1, batchSize: batch, classWeighting: .none, microBatch: 128)
    let estimator = BuggyDPSGD(
      DPSGD<Float>(
        cases: canaries, plan: plan, parameters: parameters,
        source: .seeded(stream.child("mechanism"))), bug: bug)
    let scale = -Double(batch) / parameters.clippingNorm
    var scores = [Double](repeating: 0, count: canaries)
    for step in 0..<steps {
      let released = try estimator.estimate(
        step: step, network: network, data: data, loss: MultiLabelLoss()
      ).gradients
      for (canary, value) in released.flatMap(\.elements).enumerated() {
        scores[canary] += scale * Double(value)
      }
    }
    self.included = included
    self.scores = scores
    self.steps = steps
  }

  /// The canaries of one of the two parameters alone, 0 or 1: an auditor who knows the layers looks at
  /// each by itself, where the noise of the others does not drown a mistake.
  public func part(_ parameter: Int) -> CanaryRun {
    precondition(parameter == 0 || parameter == 1, "parameter (\(parameter)) must be 0 or 1")
    let cut = scores.count / 2
    var part = self
    part.scores = Array(parameter == 0 ? scores[..<cut] : scores[cut...])
    part.included = Array(parameter == 0 ? included[..<cut] : included[cut...])
    return part
  }

  /// The bound of one run with a number of guesses.
  public func oneRun(guesses: Int, delta: Double) -> OneRunAudit {
    OneRunAudit(scores: scores, included: included, guesses: guesses, delta: delta)
  }

  /// Canaries as trials of their own, which orthogonal gradients under independent noise are.
  public func trials(threshold: Double) -> AttackBound? {
    let present = scores.indices.filter { included[$0] }.map { scores[$0] }
    let absent = scores.indices.filter { !included[$0] }.map { scores[$0] }
    if present.isEmpty || absent.isEmpty { return nil }
    return AttackBound(present: present, absent: absent, threshold: threshold)
  }
}

/// One linear layer without bias, [case, 1, 1, input] to one logit, as two parameters: the first
/// half of the inputs and the second.
public final class CanaryNetwork: Network {
  public let parameters: [Parameter<Float>]
  private let cut: Int

  /// Zero weights for that many inputs.
  public init(inputs: Int) {
    cut = inputs / 2
    parameters = [
      Parameter("first.weight", .zeros([1, cut])),
      Parameter("second.weight", .zeros([1, inputs - cut])),
    ]
  }

  public func callAsFunction(_ images: Variable<Float>) -> Variable<Float> {
    let (cases, inputs) = (images.shape[0], images.shape[3])
    let flat = reshape(images, [cases, inputs])
    return linear(slice(flat, axis: 1, range: 0..<cut), weight: parameters[0].variable)
      + linear(slice(flat, axis: 1, range: cut..<inputs), weight: parameters[1].variable)
  }
}
