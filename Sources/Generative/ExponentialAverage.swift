import Foundation
import Networks
import Tensors

/// The exponential moving average of a network's parameters: a ← β a + (1 - β) x after every step.
///
/// `inverse` warms up as the released Medfusion code may: β_t = 1 - (1 + t)^(-power), at most
/// `highest`, with t counted from 0 (power 2/3, highest .9999). `halfLife` is the style-based
/// GANs' way: β = 2^(-batch / halfLife), at most the share that a start-up of `rampUp` times the
/// pictures shown so far allows (Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813).
public struct ExponentialAverage: Codable, Sendable {
  public enum Rule: Codable, Hashable, Sendable {
    case inverse(power: Double, highest: Double)
    case halfLife(pictures: Double, batch: Int, rampUp: Double)
  }

  public let rule: Rule
  /// Averages taken in so far.
  public private(set) var step = 0
  public private(set) var weights: Weights<Float>

  public init(_ rule: Rule, of network: any Parameterized<Float>) {
    self.rule = rule
    weights = network.weights
  }

  /// The share β of the old average that the next step keeps.
  public var decay: Double {
    switch rule {
    case .inverse(let power, let highest):
      return min(highest, 1 - pow(1 + Double(step), -power))
    case .halfLife(let pictures, let batch, let rampUp):
      let shown = Double((step + 1) * batch)
      return pow(0.5, Double(batch) / min(pictures, max(shown * rampUp, 1e-8)))
    }
  }

  /// Takes in the present parameters; buffers are copied as they are.
  public mutating func update(_ network: any Parameterized<Float>) {
    let beta = Float(decay)
    let now = network.weights
    precondition(now.names == weights.names, "the average must be of the same network")
    let trained = network.parameters.count
    let values = now.values.indices.map { index -> Tensor<Float> in
      guard index < trained else { return now.values[index] }
      let (old, new) = (weights.values[index], now.values[index])
      return Tensor(shape: new.shape) { mixed in
        old.withUnsafeElements { old in
          new.withUnsafeElements { new in
            for i in mixed.indices { mixed[i] = beta * old[i] + (1 - beta) * new[i] }
          }
        }
      }
    }
    weights = Weights(names: now.names, values: values)
    step += 1
  }
}
