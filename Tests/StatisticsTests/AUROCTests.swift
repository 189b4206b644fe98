import Kernels
import Statistics
import Testing

/// The definition, pair by pair.
func slowAUROC(_ scores: [Double], _ labels: [Bool]) -> Double {
  var twice = 0
  var pairs = 0
  for i in scores.indices where labels[i] {
    for j in scores.indices where !labels[j] {
      twice += scores[i] > scores[j] ? 2 : (scores[i] == scores[j] ? 1 : 0)
      pairs += 1
    }
  }
  return Double(twice) / (2 * Double(pairs))
}

/// Simulated scores with ties: `levels` distinct values at most.
func simulated(_ n: Int, prevalence: Double = 0.3, levels: Double = 20, seed: UInt64 = 1) -> (
  scores: [Double], labels: [Bool]
) {
  var stream = RandomStream(seed)
  let labels = (0..<n).map { _ in stream.bernoulli(prevalence) }
  let scores = labels.map { positive in
    ((stream.normal() + (positive ? 1 : 0)) * levels / 6).rounded()
  }
  return (scores, labels)
}

@Suite struct AUROCTests {
  @Test func handWorked() throws {
    // scikit-learn 1.x, roc_auc_score documentation: 0.75.
    #expect(try auroc(scores: [0.1, 0.4, 0.35, 0.8], labels: [false, false, true, true]) == 0.75)
    // One tie among two pairs: (1 + 1/2) / 2.
    #expect(try auroc(scores: [1, 1, 0], labels: [true, false, false]) == 0.75)
    #expect(try auroc(scores: [3, 3, 3, 3], labels: [true, false, true, false]) == 0.5)
  }

  @Test(arguments: [1.0, 3, 20, 1e9])
  func agreesWithTheDefinition(levels: Double) throws {
    let (scores, labels) = simulated(301, levels: levels, seed: UInt64(levels))
    // Both are one division of the same integers.
    #expect(try auroc(scores: scores, labels: labels) == slowAUROC(scores, labels))
  }

  @Test func invariances() throws {
    let (scores, labels) = simulated(200)
    let value = try auroc(scores: scores, labels: labels)
    #expect(try auroc(scores: scores.map { $0 * $0 * $0 + 7 }, labels: labels) == value)
    // Negated scores and swapped labels: each gives 1 − AUROC, rounded once.
    #expect(abs(try auroc(scores: scores.map { -$0 }, labels: labels) - (1 - value)) <= 0x1p-53)
    #expect(abs(try auroc(scores: scores, labels: labels.map { !$0 }) - (1 - value)) <= 0x1p-53)
    var stream = RandomStream(3)
    let order = stream.permutation(scores.count)
    #expect(
      try auroc(scores: order.map { scores[$0] }, labels: order.map { labels[$0] }) == value)
  }

  @Test func weightsAreRepeats() throws {
    let (scores, labels) = simulated(120, levels: 6)
    var stream = RandomStream(4)
    let weights = scores.map { _ in Int32(stream.integer(below: 4)) }
    var manyScores: [Double] = []
    var manyLabels: [Bool] = []
    for i in scores.indices {
      for _ in 0..<weights[i] {
        manyScores.append(scores[i])
        manyLabels.append(labels[i])
      }
    }
    let ranked = try RankedScores(scores: scores, labels: labels)
    let weighted = weights.withUnsafeBufferPointer { ranked.auroc(weights: $0) }
    #expect(weighted == slowAUROC(manyScores, manyLabels))
  }

  @Test func undefined() {
    #expect(throws: Undefined("no positive case among 2")) {
      try auroc(scores: [1, 2], labels: [false, false])
    }
    #expect(throws: Undefined("no negative case among 1")) {
      try auroc(scores: [1], labels: [true])
    }
    #expect(throws: Undefined("the score of case 1 is NaN")) {
      try auroc(scores: [1, .nan], labels: [true, false])
    }
  }
}
