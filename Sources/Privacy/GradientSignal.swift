import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import Training

/// How much of a private gradient is signal, for one parameter of a network.
public struct GradientSignal: Codable, Hashable, Sendable {
  /// Name of the parameter: "layer1.0.conv1.weight".
  public var name: String
  /// Numbers in it, d.
  public var count: Int
  /// ‖Σ_i g_i min(1, C/‖g_i‖)‖ over the cases, this parameter's part.
  public var signal: Double
  /// σ C √d, the expected norm of the noise in this parameter.
  public var noise: Double
  /// This parameter's share of the squared norm of a case's whole gradient, mean over cases.
  public var share: Double

  /// signal / noise; infinite without noise.
  public var ratio: Double { noise > 0 ? signal / noise : .infinity }

  /// Signal and noise of every parameter for a batch of cases, in the order of the parameters.
  ///
  /// The norm of a case's gradient that decides its clipping is over all parameters jointly, as in
  /// `DPSGD`; nothing is changed or released. Cases are computed 32 at a time.
  ///
  /// - `data`: the cases that a step would draw, all of them used.
  /// - `loss`: as in training, class weights included.
  /// - Throws: an error (software) where a gradient is not finite.
  public static func measure<Scalar: TensorScalar>(
    _ network: any Network<Scalar>, on data: TrainingData<Scalar>, loss: MultiLabelLoss<Scalar>,
    parameters: DPSGDParameters
  ) throws -> [GradientSignal] {
    precondition(data.count > 0, "data must hold at least one case")
    let all = network.parameters
    var sum = all.map { Tensor<Scalar>.zeros($0.shape) }
    var shares = [Double](repeating: 0, count: all.count)
    for start in stride(from: 0, to: data.count, by: 32) {
      let part = data.batch(start..<min(data.count, start + 32))
      let losses = loss(network(Variable(part.images)), targets: part.targets, known: part.known)
      let backward = PerExampleBackward(of: losses, at: network.variables, freeingGraph: true)
      let norms = backward.squaredNorms.map { $0.squareRoot() }
      guard norms.allSatisfy(\.isFinite) else {
        throw LightboxError(.software, "found a per-example gradient that is not finite")
      }
      sum.add(
        backward.weightedSum(
          norms.map {
            parameters.clips ? Scalar(min(1, parameters.clippingNorm / ($0 + 1e-6))) : 1
          }))
      for (place, squares) in backward.squaredNormsByParameter.enumerated() {
        for (square, norm) in zip(squares, norms) where norm > 0 {
          shares[place] += square / (norm * norm)
        }
      }
    }
    let deviation =
      parameters.isNoisy ? parameters.noiseMultiplier * parameters.clippingNorm : 0
    return all.enumerated().map { place, parameter in
      let count = parameter.value.count
      return GradientSignal(
        name: parameter.name, count: count, signal: sum[place].squaredNorm.squareRoot(),
        noise: deviation * Double(count).squareRoot(),
        share: shares[place] / Double(data.count))
    }
  }
}
