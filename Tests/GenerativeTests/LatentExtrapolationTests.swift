import Generative
import Kernels
import Statistics
import Tensors
import Testing

/// Three patients, one with both knees, with changes that can be worked out by hand.
@Suite struct LatentExtrapolationTests {
  static func pool() throws -> LatentNeighbours {
    func knee(
      _ patient: String, _ side: String, _ months: [Double], _ numbers: [Float]
    ) throws -> LatentCourse {
      try LatentCourse(
        patient: patient, side: side, months: months,
        latents: Tensor(shape: [months.count, 2], numbers))
    }
    return try LatentNeighbours([
      // (2, 4) in 24 months; the visit between does not count.
      knee("a", "left", [0, 12, 24], [0.5, 1, 7, 7, 2.5, 5]),
      // (0, -4) in 48 months.
      knee("b", "right", [0, 48], [1, 0, 1, -4]),
      // (2, 0) in 24 months and (0, 6) in 12.
      knee("c", "left", [12, 36], [3, 1, 5, 1]),
      knee("c", "right", [0, 12], [0, 4, 0, 10]),
    ])
  }

  /// The query, at distance ½ from a, √2 from b, 3 from both knees of c.
  static let query = Tensor<Float>(shape: [2], [0, 1])

  static let cases:
    [(
      source: LatentExtrapolation.Source, ratio: LatentExtrapolation.TimeRatio, months: Double,
      expected: [Float]
    )] = [
      // (0, 1) + 12/24 (2, 4)
      (.nearest(count: 1, distance: .euclidean), .corrected, 12, [1, 3]),
      // (0, 1) + 24/12 (2, 4)
      (.nearest(count: 1, distance: .euclidean), .inverted, 12, [4, 9]),
      // Equal times: the ratio is 1 either way.
      (.nearest(count: 1, distance: .euclidean), .corrected, 24, [2, 5]),
      (.nearest(count: 1, distance: .euclidean), .inverted, 24, [2, 5]),
      // (0, 1) + ½ [12/24 (2, 4) + 12/48 (0, -4)]
      (.nearest(count: 2, distance: .euclidean), .corrected, 12, [0.5, 1.5]),
      // (0, 1) + ½ [24/12 (2, 4) + 48/12 (0, -4)]
      (.nearest(count: 2, distance: .euclidean), .inverted, 12, [2, -3]),
      // Along (0, 1) lies the right knee of c, (0, 4): (0, 1) + 12/12 (0, 6)
      (.nearest(count: 1, distance: .cosine), .corrected, 12, [0, 7]),
      // (0, 1) + ⅓ [(1, 2) + (0, -1) + ½ ((1, 0) + (0, 6))]
      (.meanTrajectory, .corrected, 12, [0.5, 7.0 / 3]),
      // Nothing happens, and nothing happens in no time.
      (.unchanged, .corrected, 12, [0, 1]),
      (.unchanged, .inverted, 12, [0, 1]),
      (.meanTrajectory, .corrected, 0, [0, 1]),
    ]

  @Test("Futures by hand", arguments: cases)
  func byHand(
    source: LatentExtrapolation.Source, ratio: LatentExtrapolation.TimeRatio, months: Double,
    expected: [Float]
  ) throws {
    let made = try LatentExtrapolation(source, among: Self.pool(), ratio: ratio).future(
      of: Self.query, patient: "q", after: months, stream: RandomStream(1))
    #expect(made.shape == [2])
    for (ours, value) in zip(made.elements, expected) {
      // One rounding to Float of sums in Double.
      #expect(abs(ours - value) <= 0x1p-23 * max(1, abs(value)))
    }
  }

  @Test("A patient's own changes never count: a goes by b's and c's alone")
  func ownPatient() throws {
    func future(_ source: LatentExtrapolation.Source) throws -> [Float] {
      try LatentExtrapolation(source, among: Self.pool()).future(
        of: Self.query, patient: "a", after: 48, stream: RandomStream(1)
      ).elements
    }
    // (0, 1) + (0, -4), and (0, 1) + ½ [(0, -4) + ½ ((4, 0) + (0, 24))]
    #expect(try future(.nearest(count: 1, distance: .euclidean)) == [0, -3])
    #expect(try future(.meanTrajectory) == [1, 5])
  }

  @Test("Random patients are drawn equally often, with one of their knees, none of them twice")
  func random() throws {
    let pool = try Self.pool()
    var counts = [Int](repeating: 0, count: 4)
    for number in 0..<3000 {
      let shares = try LatentExtrapolation(.random(count: 1), among: pool).shares(
        of: Self.query, patient: "q", stream: RandomStream(7).child(number))
      #expect(shares.count == 1 && shares[0].weight == 1)
      counts[shares[0].course] += 1
    }
    // Binomial: 1/3 and 1/6 of 3000, standard deviations of 26 and 20; six of them.
    #expect(abs(counts[0] - 1000) < 156 && abs(counts[1] - 1000) < 156)
    #expect(abs(counts[2] - 500) < 123 && abs(counts[3] - 500) < 123)
    let three = LatentExtrapolation(.random(count: 3), among: pool)
    for number in 0..<20 {
      let stream = RandomStream(8).child(number)
      let shares = try three.shares(of: Self.query, patient: "q", stream: stream)
      #expect(Set(shares.map { pool.courses[$0.course].patient }) == ["a", "b", "c"])
      #expect(shares.allSatisfy { $0.weight == 1.0 / 3 })
      #expect(try three.shares(of: Self.query, patient: "q", stream: stream) == shares)
    }
    #expect(throws: Undefined.self) {
      try three.shares(of: Self.query, patient: "b", stream: RandomStream(1))
    }
  }

  @Test("Times that cannot be gone ahead are refused")
  func refusals() throws {
    let pool = try Self.pool()
    func future(
      _ months: Double, _ ratio: LatentExtrapolation.TimeRatio
    ) throws -> Tensor<Float> {
      try LatentExtrapolation(.meanTrajectory, among: pool, ratio: ratio).future(
        of: Self.query, patient: "q", after: months, stream: RandomStream(1))
    }
    #expect(throws: Undefined.self) { try future(-12, .corrected) }
    #expect(throws: Undefined.self) { try future(.nan, .corrected) }
    #expect(throws: Undefined.self) { try future(.infinity, .corrected) }
    #expect(throws: Undefined.self) { try future(0, .inverted) }
  }
}
