import Kernels
import Statistics
import Testing

@Suite struct ProgressionRiskTests {
  /// A random distribution of some grades.
  static func distribution(_ grades: Int, _ stream: inout RandomStream) -> [Double] {
    let parts = (0..<grades).map { _ in stream.exponential() }
    let sum = parts.reduce(0, +)
    return parts.map { $0 / sum }
  }

  @Test("The rises that count among five grades are the published six")
  func pairs() {
    let found = ProgressionRisk().qualifying.map { [$0.from, $0.to] }
    #expect(found == [[0, 2], [0, 3], [0, 4], [1, 3], [1, 4], [2, 4]])
    #expect(ProgressionRisk(grades: 3, rise: 1).qualifying.count == 3)
  }

  @Test("The risk is the probability of a rise over all pairs of grades")
  func enumeration() throws {
    var stream = RandomStream(2)
    for grades in 2...6 {
      for rise in 1..<grades {
        for _ in 0..<5 {
          let now = Self.distribution(grades, &stream)
          let later = Self.distribution(grades, &stream)
          var expected = 0.0
          var complement = 0.0
          for a in 0..<grades {
            for b in 0..<grades {
              if b - a >= rise {
                expected += now[a] * later[b]
              } else {
                complement += now[a] * later[b]
              }
            }
          }
          let risk = try ProgressionRisk(grades: grades, rise: rise)(baseline: now, future: later)
          // At most 36 products and sums of numbers below 1.
          #expect(abs(risk - expected) <= 72 * 0x1p-53)
          #expect(abs(risk + complement - 1) <= 144 * 0x1p-53)
        }
      }
    }
  }

  static let certain: [(now: Int, later: Int, risk: Double)] = [
    (0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 2, 0), (1, 3, 1), (2, 4, 1), (3, 4, 0), (4, 0, 0),
  ]

  @Test("Of certain grades the risk is 0 or 1", arguments: certain)
  func certainty(now: Int, later: Int, risk: Double) throws {
    func sure(_ grade: Int) -> [Double] { (0..<5).map { $0 == grade ? 1 : 0 } }
    #expect(try ProgressionRisk()(baseline: sure(now), future: sure(later)) == risk)
  }

  @Test("By hand: .5 · .5 for (0,2), (0,3) and (1,3)")
  func byHand() throws {
    #expect(
      try ProgressionRisk()(baseline: [0.5, 0.5, 0, 0, 0], future: [0, 0, 0.5, 0.5, 0]) == 0.75)
  }

  static let refused: [[Double]] = [
    [0.5, 0.5, 0.1, 0, 0], [0.2, 0.2, 0.2, 0.2, 0.1], [0, 0, 0, 0, 0], [1.5, -0.5, 0, 0, 0],
    [.nan, 1, 0, 0, 0], [.infinity, 0, 0, 0, 0], [1.0001, 0, 0, 0, 0],
  ]

  @Test("Numbers that are no distribution are refused, on either side", arguments: refused)
  func refusals(numbers: [Double]) {
    let fine: [Double] = [0.2, 0.2, 0.2, 0.2, 0.2]
    #expect(throws: Undefined.self) { try ProgressionRisk()(baseline: numbers, future: fine) }
    #expect(throws: Undefined.self) { try ProgressionRisk()(baseline: fine, future: numbers) }
  }

  @Test("A softmax in Float passes")
  func single() throws {
    let thirds = [Double](repeating: Double(Float(1) / 3), count: 3)
    #expect(try ProgressionRisk(grades: 3)(baseline: thirds, future: thirds) > 0)
  }
}
