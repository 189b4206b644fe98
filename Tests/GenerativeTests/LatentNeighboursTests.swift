import Generative
import Kernels
import Statistics
import Tensors
import Testing

@Suite struct LatentNeighboursTests {
  /// A course of two or three visits; only first and last matter.
  static func course(
    _ patient: String, _ side: String, stream: inout RandomStream
  ) throws -> LatentCourse {
    let visits = 2 + stream.integer(below: 2)
    let start = Double(12 * stream.integer(below: 3))
    // Rounded to eighths, so that some distances are equal; away from zero, so that all have a
    // direction.
    let numbers = (0..<4 * visits).map { place in
      Float((stream.normal() * 2).rounded() / 8) + (place % 4 == 0 ? 2 : 0)
    }
    return try LatentCourse(
      patient: patient, side: side, months: (0..<visits).map { start + 24 * Double($0) },
      latents: Tensor(shape: [visits, 4], numbers))
  }

  /// Thirty patients, every other with both knees.
  static func courses() throws -> [LatentCourse] {
    var stream = RandomStream(12)
    var found: [LatentCourse] = []
    for patient in 0..<30 {
      for side in patient % 2 == 0 ? ["left", "right"] : ["left"] {
        found.append(try course("p\(patient)", side, stream: &stream))
      }
    }
    return found
  }

  /// By the definition: all distances, own patient left out, sorted, one knee a patient.
  static func slow(
    _ courses: [LatentCourse], _ query: [Double], _ patient: String, _ count: Int,
    _ distance: LatentNeighbours.Distance
  ) -> [(course: Int, distance: Double)] {
    func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    var left = courses.indices.filter { courses[$0].patient != patient }
    func apart(_ index: Int) -> Double {
      let other = courses[index].first
      switch distance {
      case .euclidean: return norm(zip(query, other).map { $0 - $1 })
      case .cosine:
        return 1 - zip(query, other).reduce(0) { $0 + $1.0 * $1.1 } / (norm(query) * norm(other))
      }
    }
    var found: [(course: Int, distance: Double)] = []
    while found.count < count, !left.isEmpty {
      let best = left.min { (apart($0), $0) < (apart($1), $1) }!
      found.append((best, apart(best)))
      left.removeAll { courses[$0].patient == courses[best].patient }
    }
    return found
  }

  @Test("Neighbours are those of the definition", arguments: LatentNeighbours.Distance.allCases)
  func bruteForce(distance: LatentNeighbours.Distance) throws {
    let courses = try Self.courses()
    let pool = try LatentNeighbours(courses)
    for (number, course) in courses.enumerated() {
      let query = course.latents.slice(axis: 0, range: 0..<1)
      let count = number % 2 == 0 ? 5 : 29
      let found = try pool.nearest(count, to: query, of: course.patient, by: distance)
      let expected = Self.slow(courses, course.first, course.patient, count, distance)
      #expect(found.count == count)
      for (ours, slow) in zip(found, expected) {
        // Sums of four squares or products of eighths; cosines may round apart.
        #expect(abs(ours.distance - slow.distance) <= 8 * 0x1p-53 * max(1, slow.distance))
        if distance == .euclidean { #expect(ours.course == slow.course) }
      }
    }
  }

  @Test("Equally near knees go by their number; the nearer knee stands for a patient")
  func ties() throws {
    func knee(_ patient: String, _ side: String, _ x: Float) throws -> LatentCourse {
      try LatentCourse(
        patient: patient, side: side, months: [0, 12],
        latents: Tensor(shape: [2, 2], [x, 0, 9, 9]))
    }
    let pool = try LatentNeighbours([
      knee("a", "left", 3), knee("b", "left", -1), knee("c", "left", 1), knee("a", "right", 1),
    ])
    let found = try pool.nearest(
      3, to: Tensor(shape: [2], [0, 0]), of: "somebody else", by: .euclidean)
    #expect(found.map(\.course) == [1, 2, 3] && found.map(\.distance) == [1, 1, 1])
  }

  @Test("Cosines order as distances of vectors of length 1 do: d² = 2 (1 - cos)")
  func unitVectors() throws {
    let courses = try Self.courses()
    let pool = try LatentNeighbours(courses)
    let query: [Double] = [0.5, -1, 0.25, 2]
    let unit = query.map { $0 / query.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let found = try pool.nearest(
      30, to: Tensor(shape: [4], query.map { Float($0) }), of: "nobody", by: .cosine)
    for neighbour in found {
      let other = courses[neighbour.course].first
      let length = other.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let square = zip(unit, other).reduce(0.0) {
        $0 + ($1.0 - $1.1 / length) * ($1.0 - $1.1 / length)
      }
      #expect(abs(square - 2 * neighbour.distance) < 1e-14)
    }
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.distance <= $1.distance })
  }

  /// Own films of any kind are put where they would leak if they could: nothing changes.
  @Test("No film of the own patient, either knee, any visit, can be a neighbour or move one")
  func noLeakage() throws {
    let courses = try Self.courses()
    let pool = try LatentNeighbours(courses)
    for course in courses where course.side == "left" {
      let query = course.latents.slice(axis: 0, range: 0..<1)
      // The query itself at every visit of both knees: distances of 0.
      let copies = Tensor.concatenate([query, query], axis: 0)
      let far = copies + 100
      for planted in [copies, far] {
        var others = courses
        for place in others.indices where others[place].patient == course.patient {
          others[place] = try LatentCourse(
            patient: course.patient, side: others[place].side, months: [0, 1], latents: planted)
        }
        let changed = try LatentNeighbours(others)
        for distance in LatentNeighbours.Distance.allCases {
          // Every patient that there is but one.
          let found = try pool.nearest(29, to: query, of: course.patient, by: distance)
          #expect(found.allSatisfy { courses[$0.course].patient != course.patient })
          #expect(
            try changed.nearest(29, to: query, of: course.patient, by: distance) == found)
          #expect(throws: Undefined.self) {
            try pool.nearest(30, to: query, of: course.patient, by: distance)
          }
        }
        for source in [
          LatentExtrapolation.Source.nearest(count: 3, distance: .cosine), .random(count: 29),
          .meanTrajectory, .unchanged,
        ] {
          func future(_ pool: LatentNeighbours) throws -> Tensor<Float> {
            try LatentExtrapolation(source, among: pool).future(
              of: query, patient: course.patient, after: 48, stream: RandomStream(3))
          }
          let (before, after) = (try future(pool), try future(changed))
          #expect(after == before)
        }
      }
    }
  }

  @Test("Courses without a change to lend, and queries without a direction, are refused")
  func refusals() throws {
    func knee(_ side: String, _ months: [Double], _ numbers: [Float]) throws -> LatentCourse {
      try LatentCourse(
        patient: "a", side: side, months: months,
        latents: Tensor(shape: [months.count, numbers.count / max(1, months.count)], numbers))
    }
    #expect(throws: Undefined.self) { try knee("left", [12, 12], [1, 2]) }
    #expect(throws: Undefined.self) { try knee("left", [12, 0], [1, 2]) }
    #expect(throws: Undefined.self) { try knee("left", [0, .infinity], [1, 2]) }
    #expect(throws: Undefined.self) { try knee("left", [.nan], [1]) }
    #expect(throws: Undefined.self) { try knee("left", [0, 12], [1, .nan]) }
    #expect(throws: Undefined.self) { try knee("left", [], []) }
    let whole = try knee("left", [0, 12], [1, 2, 3, 4])
    #expect(throws: Undefined.self) { try LatentNeighbours([]) }
    #expect(throws: Undefined.self) { try LatentNeighbours([whole, whole]) }
    #expect(throws: Undefined.self) { try LatentNeighbours([knee("left", [0], [1, 2])]) }
    #expect(throws: Undefined.self) {
      try LatentNeighbours([whole, knee("right", [0, 12], [1, 2])])
    }
    let pool = try LatentNeighbours([whole])
    let zeros = Tensor<Float>.zeros([2])
    #expect(try pool.nearest(1, to: zeros, of: "b", by: .euclidean).count == 1)
    #expect(throws: Undefined.self) { try pool.nearest(1, to: zeros, of: "b", by: .cosine) }
    #expect(throws: Undefined.self) { try pool.nearest(1, to: zeros, of: "a", by: .euclidean) }
    #expect(throws: Undefined.self) {
      try pool.nearest(1, to: Tensor(shape: [2], [.nan, 0]), of: "b", by: .euclidean)
    }
  }
}
