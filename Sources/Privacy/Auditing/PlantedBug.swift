import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import Training

/// DP-SGD with a mistake in it, for audits to find. Never private.
public enum PlantedBug: Codable, Hashable, Sendable, CustomStringConvertible {
  /// No mistake: `DPSGD` itself.
  case none
  /// Gradients join the sum unclipped; the noise is as stated.
  case noClipping
  /// The noise is a fraction of what is stated.
  case noiseDivided(by: Double)
  /// One parameter, by its place, gets no noise.
  case noiseMissing(parameter: Int)
  /// Noise is added once for every micro-batch of that many cases: more of it than stated.
  case noisePerMicroBatch(Int)
  /// Each micro-batch mean, not each example, is clipped.
  case clippedByMicroBatch(Int)

  public var description: String {
    switch self {
    case .none: "none"
    case .noClipping: "no clipping"
    case .noiseDivided(let factor): "sigma / \(Int(factor.rounded()))"
    case .noiseMissing(let parameter): "no noise in layer \(parameter + 1)"
    case .noisePerMicroBatch(let size): "noise per micro-batch of \(size)"
    case .clippedByMicroBatch(let size): "micro-batches of \(size) clipped"
    }
  }
}

/// A gradient estimator that states one mechanism and runs another.
///
/// `stated` is what an accountant would be told; the gradients are those of the mechanism with the
/// bug. Batches and noise come from the stated mechanism's source, so that the honest arm releases
/// what `DPSGD` does.
public struct BuggyDPSGD<Scalar: TensorScalar>: GradientEstimator {
  public let stated: DPSGD<Scalar>
  public let bug: PlantedBug

  public init(_ stated: DPSGD<Scalar>, bug: PlantedBug) {
    self.stated = stated
    self.bug = bug
  }

  public var steps: Int { stated.steps }
  public var isRepeatable: Bool { stated.isRepeatable }

  public func estimate(
    step: Int, network: any Network<Scalar>, data: TrainingData<Scalar>,
    loss: MultiLabelLoss<Scalar>
  ) throws -> GradientEstimate<Scalar> {
    var parameters = stated.parameters
    func run(_ parameters: DPSGDParameters) throws -> GradientEstimate<Scalar> {
      try stated.with(parameters).estimate(step: step, network: network, data: data, loss: loss)
    }
    let share = Scalar(1 / Double(stated.plan.batchSize))
    func noise(_ stream: Int, _ sum: inout [Tensor<Scalar>]) {
      stated.source.addNoise(
        step: stream, deviation: parameters.noiseMultiplier * parameters.clippingNorm, to: &sum)
    }
    switch bug {
    case .none: return try run(parameters)
    case .noClipping:
      parameters.mode = .noiseOnly
      return try run(parameters)
    case .noiseDivided(let factor):
      parameters.noiseMultiplier /= factor
      return try run(parameters)
    case .noiseMissing(let place):
      parameters.mode = .clipOnly
      var found = try run(parameters)
      var drawn = found.gradients.map { Tensor<Scalar>.zeros($0.shape) }
      noise(step, &drawn)
      for index in drawn.indices where index != place {
        found.gradients[index] = found.gradients[index] + drawn[index] * share
      }
      return found
    case .noisePerMicroBatch(let size):
      parameters.mode = .clipOnly
      var found = try run(parameters)
      let parts = max(1, (found.statistics.batch + size - 1) / size)
      var drawn = found.gradients.map { Tensor<Scalar>.zeros($0.shape) }
      // The first draw is the stated one; the others are of numbers that no step has.
      for part in 0..<parts { noise(part << 32 | step, &drawn) }
      found.gradients.add(drawn.map { $0 * share })
      return found
    case .clippedByMicroBatch(let size):
      return try clipped(by: size, step: step, network: network, data: data, loss: loss)
    }
  }

  /// Means of micro-batches, each clipped to C, add up with their sizes as weights: one case moves
  /// the mean by little where all agree, and by all of it where it stands alone.
  private func clipped(
    by size: Int, step: Int, network: any Network<Scalar>, data: TrainingData<Scalar>,
    loss: MultiLabelLoss<Scalar>
  ) throws -> GradientEstimate<Scalar> {
    let batch = stated.batch(step: step)
    let bound = stated.parameters.clippingNorm
    var sum = network.parameters.map { Tensor<Scalar>.zeros($0.shape) }
    for start in stride(from: 0, to: batch.count, by: size) {
      let part = data.batch(batch[start..<min(batch.count, start + size)])
      let losses = loss(network(Variable(part.images)), targets: part.targets, known: part.known)
      let backward = PerExampleBackward(of: losses, at: network.variables, freeingGraph: true)
      let count = Double(part.count)
      let mean = backward.weightedSum([Scalar](repeating: Scalar(1 / count), count: part.count))
      let factor = Scalar(count * min(1, bound / (mean.norm() + 1e-6)))
      sum.add(mean.map { $0 * factor })
    }
    stated.source.addNoise(
      step: step, deviation: stated.parameters.noiseMultiplier * bound, to: &sum)
    let share = Scalar(1 / Double(stated.plan.batchSize))
    return GradientEstimate(
      gradients: sum.map { $0 * share },
      statistics: StepStatistics(step: step, batch: batch.count, loss: nil))
  }
}
