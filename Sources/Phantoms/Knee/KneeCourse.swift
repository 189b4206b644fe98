import Foundation
import Kernels

/// What a film shows of the disease.
public struct KneeSigns: Codable, Hashable, Sendable {
  /// Joint space in mm, medial and lateral.
  public var spaceMM: [Double]
  /// Share of the healthy joint space that is lost in the worse compartment.
  public var narrowing: Double
  /// Length of the spurs in mm, in the order of `KneeMargin.allCases`.
  public var osteophytesMM: [Double]
  /// Hardening of the bone below the joint, 0...1, medial and lateral.
  public var sclerosis: [Double]
  /// Depth by which the plateau has sunk in mm, medial and lateral.
  public var attritionMM: [Double]

  /// Signs given one by one; lists in the order of the compartments and margins.
  public init(
    spaceMM: [Double], narrowing: Double, osteophytesMM: [Double], sclerosis: [Double],
    attritionMM: [Double]
  ) {
    precondition(
      spaceMM.count == 2 && osteophytesMM.count == 4 && sclerosis.count == 2
        && attritionMM.count == 2,
      "signs need two compartments and four margins, got \(spaceMM), \(osteophytesMM)")
    self.spaceMM = spaceMM
    self.narrowing = narrowing
    self.osteophytesMM = osteophytesMM
    self.sclerosis = sclerosis
    self.attritionMM = attritionMM
  }

  /// Kellgren-Lawrence grade without a reader's error, by thresholds:
  ///
  /// 1 with a spur of .8 mm (doubtful), 2 with one of 2 mm (definite), 3 if moreover .3 of the joint
  /// space is lost, 4 if .75 is. Lengths and shares are chosen; narrowing counts relative to the
  /// healthy space, so that a knee born narrow is no nearer to a grade.
  public var grade: Int {
    let spur = osteophytesMM.max() ?? 0
    guard spur >= 2 else { return spur >= 0.8 ? 1 : 0 }
    return narrowing >= 0.75 ? 4 : narrowing >= 0.3 ? 3 : 2
  }
}

/// The disease of one knee over time: a stage that rises evenly, and signs that follow it.
///
/// With S(t) = S₀ + r t (t in years), the longest spur is 2.2 (S − 1)^.7 mm and the share of joint
/// space lost .245 k (S − 2.15), both 0 before, so that grades begin at about S = 1.24, 1.87, 3.37 and
/// 5.21. Nothing ever shrinks. Knees below stage 1.24 start .24 lower: at grade 0 a film shows
/// nothing of the disease.
public struct KneeCourse: Codable, Hashable, Sendable {
  /// Stage at the start.
  public var stage: Double
  /// Logarithm of the rate over its median, in units of its spread: mean 0, variance 1.
  public var latentRate: Double
  /// Stages a year.
  public var rate: Double
  /// 1 where only the medial compartment suffers, 0 where only the lateral one does.
  public var medialShare: Double
  /// Multiplies the joint space that is lost.
  public var narrowingFactor: Double
  /// Spurs relative to the longest, in the order of `KneeMargin.allCases`.
  public var spurShares: [Double]

  /// Stage after some months.
  public func stage(months: Double) -> Double { stage + rate * months / 12 }

  /// How much of the narrowing a compartment takes: 1 for the worse one.
  public func involvement(_ compartment: KneeCompartment) -> Double {
    let share = compartment == .medial ? medialShare : 1 - medialShare
    return min(1, 0.25 + 1.5 * share)
  }

  /// What a film after some months shows of the disease.
  public func signs(of anatomy: KneeAnatomy, months: Double) -> KneeSigns {
    let stage = stage(months: months)
    let spur = 2.2 * pow(max(0, stage - 1), 0.7)
    let lost = min(0.97, 0.245 * narrowingFactor * max(0, stage - 2.15))
    let shares = KneeCompartment.allCases.map { lost * involvement($0) }
    return KneeSigns(
      spaceMM: [
        anatomy.medialSpaceMM * (1 - shares[0]), anatomy.lateralSpaceMM * (1 - shares[1]),
      ], narrowing: lost, osteophytesMM: spurShares.map { spur * $0 },
      sclerosis: shares.map { min(1, 1.2 * $0) }, attritionMM: shares.map { 7 * max(0, $0 - 0.7) })
  }

  /// The courses of a person's knees, right and left.
  ///
  /// Latent rate = √R² score + √(1 − R²) ε with R² = `anatomyToRate`, so R² is exactly the share of
  /// variance that the anatomy explains. Half of the variance of ε and .6 of that of the stage belong
  /// to the person; age moves the stage a little. The draws are the same for every R².
  static func pair(
    of person: KneePerson, _ anatomy: [KneeAnatomy], _ population: KneePopulation,
    stream: RandomStream
  ) -> [KneeCourse] {
    let share = population.anatomyToRate
    precondition((0...1).contains(share), "anatomyToRate (\(share)) must lie in 0...1")
    var shared = stream.child("person course")
    let age = (person.ageYears - 62) / 9.815
    let body = 0.3 * age + 0.91.squareRoot() * shared.normal()
    let pace = shared.normal()
    return zip(KneeSide.allCases, anatomy).map { side, anatomy in
      var own = stream.child(side.rawValue).child("course")
      var stage =
        population.stageMean
        + population.stageSpread * (0.6.squareRoot() * body + 0.4.squareRoot() * own.normal())
      if stage < 1.24 { stage -= 0.24 }
      let rest = (pace + own.normal()) * 0.5.squareRoot()
      let latent = share.squareRoot() * anatomy.score + (1 - share).squareRoot() * rest
      let tendency = 1.1 + 1.2 * anatomy.alignment + 0.8 * own.normal()
      let factor = exp(0.12 * own.normal())
      var course = KneeCourse(
        stage: stage, latentRate: latent,
        rate: min(
          population.rateLimit, population.rateMedian * exp(population.rateSpread * latent)),
        medialShare: 1 / (1 + exp(-tendency)), narrowingFactor: factor, spurShares: [])
      let spurs = KneeMargin.allCases.map {
        (0.35 + 0.65 * course.involvement($0.compartment)) * exp(0.2 * own.normal())
      }
      let longest = spurs.max()!
      course.spurShares = spurs.map { $0 / longest }
      return course
    }
  }
}
