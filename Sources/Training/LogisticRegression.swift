import Foundation
import Kernels
import Tensors

/// Logistic regression with an L2 penalty: P(y = 1 | x) = σ(x·w + b).
///
/// Minimises Σ_i log(1 + exp(−s_i z_i)) + ‖w‖²/(2C) with s = ±1 and the intercept b free: the
/// objective of scikit-learn's `LogisticRegression(C:)`. With standardising, the penalty is on
/// the weights of the features scaled to mean 0 and SD 1 (n in the denominator), as behind a
/// `StandardScaler`; the weights returned are those of the features as given.
public struct LogisticRegression: Codable, Hashable, Sendable {
  /// One per feature.
  public var weights: [Double]
  public var intercept: Double
  /// Iterations that the fit took.
  public var iterations: Int

  /// Fits by L-BFGS, deterministically and in Double.
  ///
  /// - `features`: [case, feature].
  /// - `labels`: 0 or 1, one per case, both present.
  /// - `c`: inverse strength of the penalty.
  /// - `tolerance`: largest component of the gradient of the mean objective at the end.
  public init<Scalar: TensorScalar>(
    features: Tensor<Scalar>, labels: [Int], c: Double = 1, standardizing: Bool = false,
    tolerance: Double = 1e-6, maximumIterations: Int = 2000
  ) {
    precondition(
      features.rank == 2 && features.shape[0] == labels.count,
      "features \(features.shape) must be [case, feature] for labels (count \(labels.count))")
    precondition(c > 0, "c (\(c)) must be positive")
    precondition(
      labels.contains(0) && labels.contains(1) && labels.allSatisfy { $0 == 0 || $0 == 1 },
      "labels must be 0 or 1 with both present")
    let problem = LogisticProblem(
      features: features, labels: labels, penalty: 1 / c,
      scaling: standardizing ? FeatureScaling(features) : nil)
    let found = minimize(
      from: [Double](repeating: 0, count: features.shape[1] + 1), tolerance: tolerance,
      maximumIterations: maximumIterations, problem.value)
    (weights, intercept) = problem.unscaled(found.point)
    iterations = found.iterations
  }

  /// The logit x·w + b of each case; features [case, feature].
  public func logits<Scalar: TensorScalar>(_ features: Tensor<Scalar>) -> [Double] {
    precondition(
      features.rank == 2 && features.shape[1] == weights.count,
      "features \(features.shape) must be [case, \(weights.count)]")
    let rows = features.shape[0]
    var result = [Double](repeating: 0, count: rows)
    result.withUnsafeMutableBufferPointer { slots in
      nonisolated(unsafe) let slots = slots
      Parallel.chunks(of: rows, grain: 64) { range in
        features.withUnsafeElements { x in
          weights.withUnsafeBufferPointer { w in
            for row in range { slots[row] = rowProduct(x, row, w) + intercept }
          }
        }
      }
    }
    return result
  }
}

/// Mean and standard deviation (denominator n) of every feature; a constant feature has SD 1.
struct FeatureScaling {
  var means: [Double]
  var deviations: [Double]

  init<Scalar: TensorScalar>(_ features: Tensor<Scalar>) {
    let rows = features.shape[0]
    let columns = features.shape[1]
    var means = [Double](repeating: 0, count: columns)
    var squares = [Double](repeating: 0, count: columns)
    features.withUnsafeElements { x in
      means.withUnsafeMutableBufferPointer { means in
        for row in 0..<rows { addRow(x, row, times: 1 / Double(rows), to: means) }
        squares.withUnsafeMutableBufferPointer { squares in
          for row in 0..<rows { addSquaredDeviations(x, row, means, squares) }
        }
      }
    }
    self.means = means
    deviations = squares.map { $0 > 0 ? ($0 / Double(rows)).squareRoot() : 1 }
  }
}

/// The mean objective and its gradient, in the coordinates of the scaled features.
struct LogisticProblem<Scalar: TensorScalar> {
  let features: Tensor<Scalar>
  let labels: [Int]
  let penalty: Double
  let scaling: FeatureScaling?

  /// Weights and intercept for the features as given.
  func unscaled(_ point: [Double]) -> ([Double], Double) {
    var weights = Array(point.dropLast())
    var intercept = point[weights.count]
    if let scaling {
      for j in weights.indices {
        weights[j] /= scaling.deviations[j]
        intercept -= weights[j] * scaling.means[j]
      }
    }
    return (weights, intercept)
  }

  /// Value and gradient at a point (weights, then the intercept).
  ///
  /// Rows are cut into at most 64 chunks whose sums are joined in order.
  func value(_ point: [Double]) -> (Double, [Double]) {
    let rows = features.shape[0]
    let columns = features.shape[1]
    let (weights, intercept) = unscaled(point)
    let grain = max(16, (rows + 63) / 64)
    let chunks = (rows + grain - 1) / grain
    // Each chunk: gradient sums of the features, the sum of residuals, the loss.
    let width = columns + 2
    var partial = [Double](repeating: 0, count: chunks * width)
    partial.withUnsafeMutableBufferPointer { slots in
      nonisolated(unsafe) let slots = slots
      Parallel.chunks(of: rows, grain: grain) { range in
        let base = range.lowerBound / grain * width
        let sums = UnsafeMutableBufferPointer(rebasing: slots[base..<base + columns])
        features.withUnsafeElements { x in
          weights.withUnsafeBufferPointer { w in
            for row in range {
              let z = rowProduct(x, row, w) + intercept
              let y = Double(labels[row])
              let residual = 1 / (1 + exp(-z)) - y
              addRow(x, row, times: residual, to: sums)
              slots[base + columns] += residual
              slots[base + columns + 1] += max(z, 0) - y * z + log1p(exp(-abs(z)))
            }
          }
        }
      }
    }
    var sums = [Double](repeating: 0, count: width)
    for chunk in 0..<chunks { for j in 0..<width { sums[j] += partial[chunk * width + j] } }
    let residuals = sums[columns]
    var objective = sums[columns + 1]
    var gradient = [Double](repeating: 0, count: columns + 1)
    for j in 0..<columns {
      var slope = sums[j]
      if let scaling { slope = (slope - scaling.means[j] * residuals) / scaling.deviations[j] }
      objective += 0.5 * penalty * point[j] * point[j]
      gradient[j] = (slope + penalty * point[j]) / Double(rows)
    }
    gradient[columns] = residuals / Double(rows)
    return (objective / Double(rows), gradient)
  }
}
