// hide
import Foundation
import LightboxStudy

// show

//: ### Predictions
//: Every arm gives a picture of the knee some months ahead. The method of the paper: the knee's
//: style, moved by the change of the nearest other knee, stretched to the months asked for.
//: Everyone is asked for {{asked.months}} months: the released code asks for each knee's own
//: follow-up, which nobody knows at the first film, and which is longer for some fates than for
//: others. *Own follow-up known* does what the code does, and shows what knowing is worth.

/// One way to draw a later film.
struct Arm: Codable, Hashable {
  enum Space: String, Codable, Hashable { case styles, components }

  var name: String
  var source: LatentExtrapolation.Source
  var ratio = LatentExtrapolation.TimeRatio.corrected
  var space = Space.styles
  var knowsTime = false
  /// Multiplies the months asked for.
  var factor = 1.0
  /// Which classifier grades what is drawn.
  var schooling = Schooling.clean

  static func neighbours(_ count: Int) -> LatentExtrapolation.Source {
    .nearest(count: count, distance: .cosine)
  }
  static let method = Arm(name: "nearest neighbour", source: neighbours(1))
  static let rebuilt = Arm(name: "rebuilt baseline", source: .unchanged)
  static let random = Arm(name: "random neighbour", source: .random(count: 1))
  static let mean = Arm(name: "mean trajectory", source: .meanTrajectory)
  static let inverted = Arm(name: "inverted time ratio", source: neighbours(1), ratio: .inverted)
  static let components = Arm(
    name: "pixel components", source: neighbours(1), space: .components)
  static let known = Arm(name: "own follow-up known", source: neighbours(1), knowsTime: true)
  static let fourfold = Arm(name: "step four times as long", source: neighbours(1), factor: 4)

  /// What is varied around the method.
  static let ablations = [
    Arm(name: "3 neighbours", source: neighbours(3)),
    Arm(name: "5 neighbours", source: neighbours(5)),
    Arm(name: "10 neighbours", source: neighbours(10)),
    Arm(
      name: "Euclidean distance",
      source: .nearest(count: 1, distance: .euclidean)),
    inverted, known, components,
    Arm(name: "pixel components, mean", source: .meanTrajectory, space: .components),
    Arm(name: "grades learnt with attacks", source: neighbours(1), schooling: .attacked),
    Arm(
      name: "grades learnt with attacks, dual batch normalisation", source: neighbours(1),
      schooling: .dual),
  ]
  /// What is drawn at every visit.
  static let drawn = [method, rebuilt, random, mean, components]
}

/// The months that everyone is asked for.
let askedMonths = 48.0

/// Names of scores that need no drawing.
enum Plain {
  static let copy = "copy of the baseline"
  static let future = "true last film"
  static let grade = "grade of the first film"
  static let space = "joint space"
  static let time = "follow-up time"
  static let anatomy = "anatomy as drawn"
  static let published = "supervised, as published"
  static let tuned = "supervised, tuned"
}

/// A test knee.
struct TestCase: Codable, Hashable {
  var knee, patient: String
  /// As read and true, first film and rise to the last.
  var firstGrade, firstTrue, rise, trueRise: Int
  var months: Int
  var anatomy: Double
  /// Measured on the first film: medial and lateral space in mm, area of the spurs in mm².
  var medial, lateral, spurs: Double?

  var isPresymptomatic: Bool { firstGrade <= 1 }
  var isFast: Bool { rise >= 2 }
}

struct ArmScores: Codable, Hashable {
  var arm: String
  /// By test case; nil where there is none.
  var values: [Double?]
}

/// What an arm draws of a knee at a visit, and the truth.
struct Horizon: Codable, Hashable {
  var place, months: Int
  var arm: String
  /// As measured: joint space in mm, area of the spurs in mm².
  var medial, lateral, spurs: Double?
  /// Of the knee itself at that visit, in mm.
  var trueMedial, trueLateral: Double
  /// Growth of all spurs since the first film in mm.
  var spurGrowth: Double
  /// Whether less than .1 mm of joint space was lost since the first film, in both compartments.
  var isStable: Bool

  /// Mean absolute error of both compartments in mm; nil where one cannot be read.
  var error: Double? {
    guard let medial, let lateral else { return nil }
    return (abs(medial - trueMedial) + abs(lateral - trueLateral)) / 2
  }
}

/// Measures of films of one kind.
struct FilmMeasures: Codable, Hashable {
  var arm: String
  var places: [Int]
  var measures: [PictureMeasures]
}

/// All predictions of a seed in a world.
struct Futures: StageValue {
  var seed: Int
  var cases: [TestCase] = []
  var scores: [ArmScores] = []
  var horizons: [Horizon] = []
  var films: [FilmMeasures] = []
  /// Expected grades that the classifier sees: first film, drawn by the method, drawn for the next
  /// patient's knee, true last film.
  var firstSeen: [Double] = []
  var drawnSeen: [Double] = []
  var futureSeen: [Double] = []
  /// Of six knees: first film, drawn, true last film.
  var shown: Tensor<Float>?
  var shownPlaces: [Int] = []
  var explained: Double?

  func scores(_ arm: String) -> [Double?]? { scores.first { $0.arm == arm }?.values }
}

/// Draws later films of the test knees of a seed.
final class Forecaster {
  let imager: Imager
  let seed: Int
  let tested: [Knee]
  let styles: Tensor<Float>
  private let stylePool: LatentNeighbours
  private var components: PixelComponents?
  private var features: Tensor<Float>?
  private var componentPool: LatentNeighbours?
  private let stream: RandomStream

  init(
    _ imager: Imager, seed: Int, tested: [Knee], styles: Tensor<Float>, changes: Changes,
    stream: RandomStream
  ) throws {
    self.imager = imager
    self.seed = seed
    self.tested = tested
    self.styles = styles
    stylePool = try changes.pool()
    self.stream = stream
  }

  /// Adds the space of pixel components, fitted on training films.
  func addComponents(_ split: KneeSplit, films: Tensor<Float>, _ sizes: Sizes) throws -> Double {
    let lenders = split.lenders
    checkTraining(lenders.map(\.patient), split)
    let all = split.trainingFilms
    let some = stride(from: 0, to: all.count, by: 4).map { all[$0] }
    let fitted = try PixelComponents(
      split.phantom.networkPictures(some, size: sizes.side), count: sizes.components)
    func features(_ films: [KneeSplit.Film]) throws -> Tensor<Float> {
      try fitted.features(split.phantom.networkPictures(films, size: sizes.side))
    }
    let first = try features(lenders.map { ($0, 0) })
    let last = try features(lenders.map { ($0, $0.lastNativeFilm) })
    let shape = [lenders.count, 1, fitted.count]
    let both = Tensor.concatenate([first.reshaped(shape), last.reshaped(shape)], axis: 1)
    componentPool = try LatentNeighbours(
      lenders.indices.map { place in
        try LatentCourse(
          patient: lenders[place].patient, side: lenders[place].side.rawValue,
          months: [0, Double(lenders[place].followedMonths)],
          latents: both.slice(axis: 0, range: place..<place + 1).reshaped([2, fitted.count]))
      })
    self.features = try fitted.features(films)
    components = fitted
    return fitted.explained
  }

  func has(_ space: Arm.Space) -> Bool { space == .styles || componentPool != nil }

  /// Pictures of some knees after some months, [picture, 1, side, side].
  func draw(_ arm: Arm, _ wanted: [(place: Int, months: Double)]) throws -> Tensor<Float> {
    let latents = arm.space == .styles ? styles : features!
    let extrapolation = LatentExtrapolation(
      arm.source, among: arm.space == .styles ? stylePool : componentPool!, ratio: arm.ratio)
    let moved = try wanted.map { place, months in
      try extrapolation.future(
        of: latents.slice(axis: 0, range: place..<place + 1), patient: tested[place].patient,
        after: months * arm.factor, stream: stream.child(tested[place].name))
    }
    let all = Tensor.concatenate(moved, axis: 0)
    return arm.space == .styles ? imager.pictures(all) : pictures(all)
  }

  /// Pictures of pixel components, held in range, at byte levels.
  private func pictures(_ features: Tensor<Float>) -> Tensor<Float> {
    let fitted = components!
    let (count, pixels) = (features.shape[0], fitted.mean.count)
    let values = features.elements
    var result = [Float](repeating: 0, count: count * pixels)
    for picture in 0..<count {
      var sum = fitted.mean
      for k in 0..<fitted.count {
        let weight = Double(values[picture * fitted.count + k])
        for pixel in 0..<pixels { sum[pixel] += weight * fitted.components[k * pixels + pixel] }
      }
      for pixel in 0..<pixels {
        let held = min(1, max(-1, sum[pixel]))
        result[picture * pixels + pixel] = Float(((held + 1) / 2 * 255).rounded() / 255 * 2 - 1)
      }
    }
    return Tensor(shape: [count] + fitted.shape, result)
  }
}

/// Area of all spurs as measured; nil where one cannot be read.
func spurArea(_ measures: PictureMeasures) -> Double? {
  let parts = measures.values[2..<6].compactMap { $0 }
  return parts.count == 4 ? kept(parts.reduce(0, +)) : nil
}

/// R of two distributions of grades, as case files hold it.
func risk(_ first: [Double], _ later: [Double]) throws -> Double {
  kept(try ProgressionRisk()(baseline: first, future: later))
}

func expected(_ grades: [Double]) -> Double {
  kept(grades.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element })
}
