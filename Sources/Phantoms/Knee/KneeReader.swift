import Kernels

/// A reader of Kellgren-Lawrence grades who errs by one grade at most.
///
/// A share `misread` of the reads is one too high or one too low, each as often, and cut to 0...4:
/// a misread below 0 or above 4 stays where it is.
public struct KneeReader: Codable, Hashable, Sendable {
  public var misread: Double

  public init(misread: Double) {
    precondition((0...1).contains(misread), "misread (\(misread)) must lie in 0...1")
    self.misread = misread
  }

  /// The grade that is written down.
  public func read(_ grade: Int, stream: RandomStream) -> Int {
    var draw = stream
    let isWrong = draw.bernoulli(misread)
    let isUp = draw.bernoulli(0.5)
    return isWrong ? min(4, max(0, grade + (isUp ? 1 : -1))) : grade
  }

  /// Probability of reading each grade, [read], where `grade` is true.
  public func probabilities(_ grade: Int) -> [Double] {
    var result = [Double](repeating: 0, count: 5)
    result[grade] += 1 - misread
    result[min(4, grade + 1)] += misread / 2
    result[max(0, grade - 1)] += misread / 2
    return result
  }

  /// Probability that the reads rise by two grades or more where the true grades go from `first` to
  /// `last`, the reads being independent.
  ///
  ///     KneeReader(misread: 0.1).twoGradeRise(from: 0, to: 1)  // .05 · .95 = .0475
  public func twoGradeRise(from first: Int, to last: Int) -> Double {
    let (before, after) = (probabilities(first), probabilities(last))
    var sum = 0.0
    for a in 0..<5 {
      for b in 0..<5 where b - a >= 2 { sum += before[a] * after[b] }
    }
    return sum
  }

  /// Cohen's κ with linear weights |a − b| of a square table of counts; nil where chance leaves no
  /// room for disagreement.
  ///
  /// κ = 1 − Σ w O / Σ w E with the observed shares O and those expected from the margins E
  /// (Cohen 1968, doi:10.1037/h0026256).
  package static func weightedKappa(_ counts: [[Double]]) -> Double? {
    let total = counts.joined().reduce(0, +)
    let rows = counts.map { $0.reduce(0, +) / total }
    let columns = counts.indices.map { column in
      counts.reduce(0) { $0 + $1[column] } / total
    }
    var (observed, expected) = (0.0, 0.0)
    for a in counts.indices {
      for b in counts.indices {
        let weight = Double(abs(a - b))
        observed += weight * counts[a][b] / total
        expected += weight * rows[a] * columns[b]
      }
    }
    return expected > 0 ? 1 - observed / expected : nil
  }
}
