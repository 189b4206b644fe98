import Statistics
import Tensors

/// The visits of one knee in latent space: what a neighbour lends to others.
public struct LatentCourse: Codable, Sendable {
  /// Who the knee belongs to: the same text for both knees and all visits of a person.
  public let patient: String
  /// Which of the person's knees.
  public let side: String
  /// Times of the visits in months, rising.
  public let months: [Double]
  /// [visit, styles], or [visit, places, styles] in W+.
  public let latents: Tensor<Float>

  /// - Throws: `Undefined` without visits, with times that do not rise, or with numbers that are not
  ///   finite.
  public init(
    patient: String, side: String, months: [Double], latents: Tensor<Float>
  ) throws(Undefined) {
    precondition(
      latents.rank >= 2 && latents.shape[0] == months.count,
      "latents \(latents.shape) must be [\(months.count), ...]")
    let who = "patient \(patient), side \(side)"
    guard let first = months.first else { throw Undefined("\(who): no visit") }
    var before = first
    for month in months.dropFirst() {
      guard month > before else {
        throw Undefined("\(who): a visit at month \(month) after one at month \(before)")
      }
      before = month
    }
    guard months.allSatisfy(\.isFinite), latents.isFinite else {
      throw Undefined("\(who): times or latents that are not finite")
    }
    self.patient = patient
    self.side = side
    self.months = months
    self.latents = latents
  }

  /// Months from the first visit to the last, Δt.
  public var elapsedMonths: Double { months[months.count - 1] - months[0] }

  /// Numbers of a latent.
  public var width: Int { latents.count / months.count }

  /// The latent of the first visit, by its numbers.
  public var first: [Double] {
    latents.withUnsafeElements { numbers in numbers.prefix(width).map { Double($0) } }
  }

  /// Latent of the last visit minus that of the first, Δw.
  public var change: [Double] {
    latents.withUnsafeElements { numbers in
      zip(numbers.suffix(width), numbers.prefix(width)).map { Double($0) - Double($1) }
    }
  }
}
