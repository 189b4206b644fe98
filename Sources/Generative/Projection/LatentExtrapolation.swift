import Kernels
import Statistics
import Tensors

/// A knee's future latent: its own, moved by what happened to others.
///
///     w(ΔT) = w + Σ_k c_k r_k Δw_k,   Σ_k c_k = 1
///
/// with Δw_k and Δt_k the change of course k from its first visit to its last and the months between
/// (Δt_k), ΔT the months ahead, and r_k = ΔT / Δt_k. Nothing is optimised: one sum in Double, rounded
/// to Float once. Which courses count, and how much:
///
/// - `nearest(count, distance)`: the nearest other patients (`LatentNeighbours`), 1/count each.
/// - `random(count)`: so many other patients at random, one of their knees at random.
/// - `meanTrajectory`: every other patient equally, knees of a patient equally. What a prediction must
///   beat before it is individual.
/// - `unchanged`: none: the baseline again.
///
/// With several neighbours the released code rescales the sum so far by every new ratio, which is
/// right only for one; here every change has its own ratio.
///
/// Source: Han et al. 2022, doi:10.1038/s42256-022-00560-x, `prog_w.py` of the released code.
public struct LatentExtrapolation: Sendable {
  /// r_k.
  public enum TimeRatio: String, Codable, Hashable, Sendable, CaseIterable {
    /// ΔT / Δt_k: as much of the change as the time allows (released code since August 2022).
    case corrected
    /// Δt_k / ΔT: the code of November 2021, an error; a control.
    case inverted
  }

  /// Whose changes count.
  public enum Source: Hashable, Codable, Sendable {
    case nearest(count: Int, distance: LatentNeighbours.Distance)
    case random(count: Int)
    case meanTrajectory
    case unchanged
  }

  /// A course that counts.
  public struct Share: Hashable, Codable, Sendable {
    /// Its number among the pool's courses.
    public let course: Int
    /// c_k.
    public let weight: Double
  }

  public let pool: LatentNeighbours
  public let source: Source
  public let ratio: TimeRatio

  public init(_ source: Source, among pool: LatentNeighbours, ratio: TimeRatio = .corrected) {
    self.pool = pool
    self.source = source
    self.ratio = ratio
  }

  /// The courses that count for a patient's film, never the patient's own.
  ///
  /// - `stream`: what `random` draws from; the others draw nothing.
  /// - Throws: `Undefined` where there are too few other patients, or as `nearest` does.
  public func shares(
    of latent: Tensor<Float>, patient: String, stream: RandomStream
  ) throws(Undefined) -> [Share] {
    switch source {
    case .unchanged: return []
    case .nearest(let count, let distance):
      return try pool.nearest(count, to: latent, of: patient, by: distance).map {
        Share(course: $0.course, weight: 1 / Double(count))
      }
    case .random(let count):
      precondition(count > 0, "count (\(count)) must be positive")
      let others = knees(besides: patient)
      guard others.count >= count else {
        throw Undefined("\(others.count) other patients than \(patient), \(count) were asked for")
      }
      var stream = stream
      return stream.permutation(others.count).prefix(count).map { place in
        let own = others[place]
        return Share(
          course: own[stream.integer(below: own.count)], weight: 1 / Double(count))
      }
    case .meanTrajectory:
      let others = knees(besides: patient)
      guard !others.isEmpty else { throw Undefined("no other patient than \(patient)") }
      return others.flatMap { own in
        own.map { Share(course: $0, weight: 1 / Double(others.count * own.count)) }
      }
    }
  }

  /// The latent after some months, in the shape of the one given.
  ///
  /// - Throws: `Undefined` where months are negative or not finite, where the inverted ratio has no
  ///   months to divide by, or as `shares` does.
  public func future(
    of latent: Tensor<Float>, patient: String, after months: Double, stream: RandomStream
  ) throws(Undefined) -> Tensor<Float> {
    precondition(
      latent.count == pool.width, "latent \(latent.shape) must have \(pool.width) numbers")
    guard months.isFinite, months >= 0 else {
      throw Undefined("patient \(patient): \(months) months ahead")
    }
    guard months > 0 || ratio == .corrected else {
      throw Undefined("patient \(patient): the inverted ratio divides by 0 months")
    }
    var move = [Double](repeating: 0, count: pool.width)
    for share in try shares(of: latent, patient: patient, stream: stream) {
      let course = pool.courses[share.course]
      let elapsed = course.elapsedMonths
      let factor = share.weight * (ratio == .corrected ? months / elapsed : elapsed / months)
      for (place, change) in course.change.enumerated() { move[place] += factor * change }
    }
    return Tensor(
      shape: latent.shape, zip(latent.elements, move).map { Float(Double($0) + $1) })
  }

  /// The courses of every other patient, patients in the order of their first course.
  private func knees(besides patient: String) -> [[Int]] {
    var place: [String: Int] = [:]
    var found: [[Int]] = []
    for course in pool.others(than: patient) {
      let owner = pool.courses[course].patient
      if let known = place[owner] {
        found[known].append(course)
      } else {
        place[owner] = found.count
        found.append([course])
      }
    }
    return found
  }
}
