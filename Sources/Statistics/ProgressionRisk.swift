/// The probability that a grade rises, from a distribution of the grade now and one of it later.
///
///     R = Σ over qualifying (a, b) of p_a q_b
///
/// with p the distribution of grades 0, 1, … at baseline, q that of the future, and (a, b) qualifying
/// where b − a is at least `rise`. With five Kellgren-Lawrence grades and a rise of 2 these are the
/// published pairs (0,2), (0,3), (0,4), (1,3), (1,4), (2,4).
///
/// The product takes the two grades as independent, which they are not: both readings see one
/// knee, and where each is unsure by a grade the product finds rises in a knee that stays. R orders
/// knees; as a probability it needs calibrating.
///
///     try ProgressionRisk()(baseline: [0.5, 0.5, 0, 0, 0], future: [0, 0, 0.5, 0.5, 0])  // 0.75
///
/// Source: Han et al. 2022, doi:10.1038/s42256-022-00560-x, `risk.py` of the released code.
public struct ProgressionRisk: Hashable, Codable, Sendable {
  /// Grades, from 0 to grades − 1.
  public let grades: Int
  /// The least rise that counts.
  public let rise: Int

  /// How far from 1 probabilities may add up: a softmax in Float is within its roundings of it.
  public static let tolerance = 1e-5

  public init(grades: Int = 5, rise: Int = 2) {
    precondition(grades > 1, "grades (\(grades)) must be at least 2")
    precondition(
      rise > 0 && rise < grades, "rise (\(rise)) must lie between 1 and \(grades - 1)")
    self.grades = grades
    self.rise = rise
  }

  /// One rise of the grade.
  public struct Rise: Hashable, Codable, Sendable {
    public let from, to: Int
  }

  /// The rises that count, by baseline grade, then by future grade.
  public var qualifying: [Rise] {
    (0..<grades).flatMap { from in
      (0..<grades).filter { $0 - from >= rise }.map { Rise(from: from, to: $0) }
    }
  }

  /// R of one knee.
  ///
  /// - Parameters:
  ///   - baseline: probabilities of the grades now.
  ///   - future: probabilities of the grades later.
  /// - Throws: `Undefined` where a probability is negative or not finite, or where a distribution does
  ///   not add up to 1 within `tolerance`; nothing is rescaled.
  public func callAsFunction(
    baseline: [Double], future: [Double]
  ) throws(Undefined) -> Double {
    try check(baseline, "baseline")
    try check(future, "future")
    var risk = 0.0
    for pair in qualifying { risk += baseline[pair.from] * future[pair.to] }
    return risk
  }

  private func check(_ probabilities: [Double], _ name: String) throws(Undefined) {
    precondition(
      probabilities.count == grades,
      "\(name) has \(probabilities.count) probabilities, which must be \(grades)")
    for (grade, probability) in probabilities.enumerated() {
      guard probability.isFinite, probability >= 0 else {
        throw Undefined("\(name): probability \(probability) of grade \(grade)")
      }
    }
    let sum = probabilities.reduce(0, +)
    guard abs(sum - 1) <= Self.tolerance else {
      throw Undefined("\(name): probabilities add up to \(sum), not to 1")
    }
  }
}
