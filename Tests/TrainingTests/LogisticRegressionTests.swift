import Foundation
import Kernels
import Tensors
import Testing
import Training

/// Against scikit-learn 1.9.1, `LogisticRegression(solver: "newton-cholesky", tol: 1e-14)`.
struct LogisticRegressionTests {
  static let features = Tensor<Double>(
    shape: [40, 5],
    (0..<40).flatMap { i in
      (0..<5).map { j in
        let x = sin(1.7 * Double(i) + 0.9 * Double(j * j)) + 0.3 * Double(j)
        return j == 2 ? 10 * x : x
      }
    })
  static let labels = (0..<40).map { i in
    sin(1.7 * Double(i)) + 0.8 * cos(2.9 * Double(i)) > 0.2 ? 1 : 0
  }

  struct Reference: Sendable {
    var c: Double
    var standardizing = false
    var weights: [Double]
    var intercept: Double
  }

  static let references = [
    Reference(
      c: 1,
      weights: [
        0.3981648853931138, -0.32458470838768155, -0.33871288811969746, -0.8053113811333527,
        -0.808700012850947,
      ], intercept: 4.967845077807963),
    Reference(
      c: 0.05,
      weights: [
        0.11601406718268213, -0.07154965630934075, -0.22876646123254338, -0.20613605573440352,
        -0.2072478048329779,
      ], intercept: 2.6088777729055033),
    Reference(
      c: 30,
      weights: [
        0.5127472658780532, -0.4257750662528718, -0.39222058685234146, -1.0466969991677215,
        -1.0510187518631915,
      ], intercept: 6.037426060271354),
    // Behind a StandardScaler; weights and intercept brought back to the features as given.
    Reference(
      c: 0.5, standardizing: true,
      weights: [
        1.3044586258508237, 0.5233867645499448, -0.10028921261116568, -0.6272194892204643,
        -0.6466277959521401,
      ], intercept: 2.7042733287886644),
  ]

  @Test("Weights and intercept are scikit-learn's", arguments: references)
  func scikitLearn(_ reference: Reference) {
    #expect(Self.labels.reduce(0, +) == 25)
    let ours = LogisticRegression(
      features: Self.features, labels: Self.labels, c: reference.c,
      standardizing: reference.standardizing, tolerance: 1e-11)
    // A gradient of g leaves an error of at most g/λ, where λ, the curvature of the mean
    // objective, is at least 1/(nC) along the weights: 1e-11 · 40 · 30 for the largest C; the
    // intercept moves with the weights times the largest feature, 16.
    let bound = 1e-11 * 40 * max(1, reference.c) * 16
    for (w, expected) in zip(ours.weights, reference.weights) {
      #expect(abs(w - expected) <= bound, "\(w) against \(expected)")
    }
    #expect(abs(ours.intercept - reference.intercept) <= bound)
  }

  @Test("Logits are scikit-learn's decision_function")
  func logits() {
    let ours = LogisticRegression(
      features: Self.features, labels: Self.labels, c: 0.5, standardizing: true,
      tolerance: 1e-11
    ).logits(Self.features)
    for (z, expected) in zip(ours, [0.5401314406318596, 3.794090813386607, 0.5572222798158972]) {
      #expect(abs(z - expected) <= 1e-11 * 40 * 16 * 5)
    }
  }

  @Test("More features than cases: the gradient vanishes, Float and Double agree")
  func wide() {
    var stream = RandomStream(7)
    let rows = 60
    let columns = 300
    let x = (0..<rows * columns).map { _ in Float(stream.normal()) }
    let labels = (0..<rows).map { x[$0 * columns] + 0.3 * Float(stream.normal()) > 0 ? 1 : 0 }
    let single = LogisticRegression(
      features: Tensor(shape: [rows, columns], x), labels: labels, c: 0.1, tolerance: 1e-9)
    let double = LogisticRegression(
      features: Tensor<Double>(shape: [rows, columns], x.map(Double.init)), labels: labels,
      c: 0.1, tolerance: 1e-9)
    // Sums are in Double for both.
    #expect(single == double)
    // The stationary point, by the definition: w = C Σ (y − σ(z)) x, Σ (y − σ(z)) = 0.
    let residuals = zip(labels, single.logits(Tensor(shape: [rows, columns], x))).map {
      Double($0) - 1 / (1 + exp(-$1))
    }
    #expect(abs(residuals.reduce(0, +)) <= 1e-9 * Double(rows) * 1.01)
    for j in 0..<columns {
      var sum = 0.0
      for i in 0..<rows { sum += residuals[i] * Double(x[i * columns + j]) }
      // tolerance · n · C, and rounding of a sum of 60 numbers below 4.
      #expect(abs(single.weights[j] - 0.1 * sum) <= 1e-9 * 60 * 0.1 * 1.01)
    }
  }

  @Test("The fit does not depend on the number of threads")
  func threads() {
    let parallel = LogisticRegression(features: Self.features, labels: Self.labels)
    let serial = Parallel.serially {
      LogisticRegression(features: Self.features, labels: Self.labels)
    }
    #expect(parallel == serial)
  }
}
