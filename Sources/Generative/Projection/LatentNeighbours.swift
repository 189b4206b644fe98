import Statistics
import Tensors

/// The other patients whose knees looked most alike at their first visit.
///
/// A search always names the patient it is for, and all knees of that patient, at any visit, are
/// taken out before any distance is worked out: an own film cannot be a neighbour, nor crowd
/// one out. Every other patient counts once, with the nearer of the knees; equal distances go by the
/// number of the course. Distances of x and y in Double:
///
///     euclidean  ‖x − y‖
///     cosine     1 − x · y / (‖x‖ ‖y‖)
///
/// The published search orders by ‖x/‖x‖ − y/‖y‖‖ = √(2 · cosine), the same order, over films of all
/// visits; which visit a neighbour was found at does not enter its change. Here only first visits
/// are compared, so that alike means alike at the start.
///
/// Source: Han et al. 2022, doi:10.1038/s42256-022-00560-x, `prog_w.py` of the released code.
/// O(n d) a search, after O(n d) to make.
public struct LatentNeighbours: Sendable {
  public enum Distance: String, Codable, Hashable, Sendable, CaseIterable {
    case euclidean, cosine
  }

  /// A knee that was found.
  public struct Neighbour: Hashable, Codable, Sendable {
    /// Its number among `courses`.
    public let course: Int
    public let distance: Double
  }

  public let courses: [LatentCourse]
  /// Numbers of a latent.
  public let width: Int
  private let first: [[Double]]
  private let norms: [Double]

  /// - Throws: `Undefined` without courses, with a knee given twice, with latents of unequal shapes,
  ///   or with a course of one visit, which has no change to lend.
  public init(_ courses: [LatentCourse]) throws(Undefined) {
    guard let one = courses.first else { throw Undefined("no courses to find neighbours among") }
    var seen: Set<[String]> = []
    for course in courses {
      let who = "patient \(course.patient), side \(course.side)"
      guard course.elapsedMonths > 0 else {
        throw Undefined("\(who): a single visit has no change to lend")
      }
      guard course.latents.shape.dropFirst() == one.latents.shape.dropFirst() else {
        throw Undefined(
          "\(who): latents \(course.latents.shape) beside others of \(one.latents.shape)")
      }
      guard seen.insert([course.patient, course.side]).inserted else {
        throw Undefined("\(who): two courses of one knee")
      }
    }
    self.courses = courses
    width = one.width
    first = courses.map(\.first)
    norms = first.map { Self.product($0, $0).squareRoot() }
  }

  /// The numbers of the courses that a patient may borrow from: those of everybody else.
  public func others(than patient: String) -> [Int] {
    courses.indices.filter { courses[$0].patient != patient }
  }

  /// The nearest knees of `count` other patients, nearest first.
  ///
  /// - `latent`: the first visit, [styles] or [places, styles], with as many numbers as the courses'.
  /// - `patient`: whose film it is.
  /// - Throws: `Undefined` with fewer other patients, numbers that are not finite, or, for cosines,
  ///   a latent of zeros.
  public func nearest(
    _ count: Int, to latent: Tensor<Float>, of patient: String, by distance: Distance
  ) throws(Undefined) -> [Neighbour] {
    precondition(count > 0, "count (\(count)) must be positive")
    precondition(latent.count == width, "latent \(latent.shape) must have \(width) numbers")
    guard latent.isFinite else {
      throw Undefined("patient \(patient): a latent that is not finite has no neighbours")
    }
    let query = latent.elements.map { Double($0) }
    let norm = Self.product(query, query).squareRoot()
    var ranked: [Neighbour] = []
    for course in others(than: patient) {
      ranked.append(
        Neighbour(
          course: course, distance: try self.distance(query, norm, to: course, distance)))
    }
    ranked.sort { ($0.distance, $0.course) < ($1.distance, $1.course) }
    var found: [Neighbour] = []
    var taken: Set<String> = []
    for candidate in ranked where found.count < count {
      if taken.insert(courses[candidate.course].patient).inserted { found.append(candidate) }
    }
    guard found.count == count else {
      throw Undefined("\(found.count) other patients than \(patient), \(count) were asked for")
    }
    return found
  }

  private func distance(
    _ query: [Double], _ norm: Double, to course: Int, _ distance: Distance
  ) throws(Undefined) -> Double {
    let other = first[course]
    switch distance {
    case .euclidean:
      var sum = 0.0
      for place in 0..<width {
        let difference = query[place] - other[place]
        sum += difference * difference
      }
      return sum.squareRoot()
    case .cosine:
      guard norm > 0, norms[course] > 0 else {
        throw Undefined("a latent of zeros has no direction")
      }
      return max(0, 1 - Self.product(query, other) / (norm * norms[course]))
    }
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for place in a.indices { sum += a[place] * b[place] }
    return sum
  }
}
