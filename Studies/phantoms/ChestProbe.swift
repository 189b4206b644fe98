//: The probes are given every advantage: their penalty is chosen on the test labels themselves.
import Foundation
import LightboxStudy

struct ChestProbe {
  let train, test: Cohort

  /// Mean AUROC of logistic models on the pixels, averaged down to side x side.
  func pixels(side: Int) throws -> Double {
    try best([1e-4, 1e-3]) { cohort in
      let n = cohort.images.shape[2]
      let step = n / side
      let count = cohort.cases.count
      return Tensor<Float>(shape: [count, side * side]) { target in
        cohort.images.withUnsafeElements { source in
          for image in 0..<count {
            for cell in 0..<(side * side) {
              var sum: Float = 0
              for y in 0..<step {
                for x in 0..<step {
                  let row = cell / side * step + y
                  sum += source[(image * n + row) * n + cell % side * step + x]
                }
              }
              target[image * side * side + cell] = sum
            }
          }
        }
      }
    }
  }

  /// Mean AUROC of logistic models on ten global features: mean, SD, the means of the four halves,
  /// gradient energy along x and y, tenth and ninetieth percentile.
  func tenFeatures() throws -> Double {
    try best([1]) { cohort in
      let n = cohort.images.shape[2]
      let plane = n * n
      var rows: [Float] = []
      cohort.images.withUnsafeElements { source in
        for image in 0..<cohort.cases.count {
          let z = source[(image * plane)..<((image + 1) * plane)].map { Double($0) }
          let mean = z.reduce(0, +) / Double(plane)
          let square = z.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(plane)
          var halves = [0.0, 0, 0, 0]
          var gradients = [0.0, 0]
          for y in 0..<n {
            for x in 0..<n {
              let value = z[y * n + x]
              halves[x < n / 2 ? 0 : 1] += value
              halves[y < n / 2 ? 2 : 3] += value
              if x + 1 < n { gradients[0] += abs(z[y * n + x + 1] - value) }
              if y + 1 < n { gradients[1] += abs(z[(y + 1) * n + x] - value) }
            }
          }
          let sorted = z.sorted()
          let features =
            [mean, square.squareRoot()] + halves + gradients
            + [sorted[plane / 10], sorted[plane * 9 / 10]]
          rows += features.map { Float($0) }
        }
      }
      return Tensor(shape: [cohort.cases.count, 10], rows)
    }
  }

  /// The best mean AUROC over the penalties.
  private func best(_ penalties: [Double], _ features: (Cohort) -> Tensor<Float>) throws -> Double {
    let x = features(train)
    let held = features(test)
    var best = 0.0
    for c in penalties {
      var total = 0.0
      for k in 0..<train.labelNames.count {
        let model = LogisticRegression(
          features: x, labels: train.cases.map { $0.labels[k] ?? 0 }, c: c, standardizing: true,
          tolerance: 1e-4, maximumIterations: 200)
        total += try auroc(
          scores: model.logits(held), labels: test.cases.map { $0.labels[k] == 1 })
      }
      best = max(best, total / Double(train.labelNames.count))
    }
    return best
  }
}
