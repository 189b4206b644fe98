/// A physician with an ultrasound probe: habits of hand and eye, in numbers.
///
/// The published study gives years of experience and nothing else; every other number here is chosen
/// ("built in") and each property says from where. Magnitudes that a simulation prints from them are
/// inputs, never findings. Krönke et al. 2022, doi:10.1371/journal.pone.0268550.
public struct NeckOperator: Codable, Hashable, Sendable {
  public var name: String
  public var years: Int
  public var calipers: CaliperHabits
  public var sweeps: SweepHabits
  public var pressure: PressureHabits
  /// SD of what the operator adds around a gland in both protocols, in mm, one draw a volunteer.
  /// Chosen.
  public var boundarySDMM = 0.12

  public init(
    name: String, years: Int, calipers: CaliperHabits, sweeps: SweepHabits,
    pressure: PressureHabits
  ) {
    self.name = name
    self.years = years
    self.calipers = calipers
    self.sweeps = sweeps
    self.pressure = pressure
  }

  /// The three readers of the published study: 6, 4 and 1 years of experience.
  ///
  /// Tuned, by means over many simulated trials: the biases of calipers so that the mean differences
  /// between readers with π/6 land near .58 and −1.33 ml and the first reader 1.2 ml above the truth;
  /// the biases of contours so that those in 3D land near .52 and −.17 ml and the readers near +.35,
  /// −.17 and +.52 ml of the truth (signs and sizes that fit the printed p-values against MRI);
  /// habits so that the SD of differences between readers' means of three lies in 2.0 to 2.9 ml (2D)
  /// and 1.9 to 2.5 ml (3D); contour readings so that repeats spread about alike in 2D and 3D. Angles,
  /// caliper readings, pressure and everything of the tracked probe were not tuned.
  ///
  /// What came out, in ml for the pairs 12, 13, 23: 2D .60, −1.32, −1.92 with SD 2.1, 2.5, 2.8 (100
  /// trials); 3D .53, −.16, −.69 with SD 2.0, 2.2, 2.3 (16 trials). A single trial scatters about
  /// that by .3 to .6 ml.
  public static let published: [NeckOperator] = [md1, md2, md3]

  private static let md1 = NeckOperator(
    name: "MD1", years: 6,
    calipers: CaliperHabits(
      planeAngleSDDegrees: 3, planePlacementSDMM: 1, readingSD: 0.04,
      bias: LobeExtents(length: 0.02, width: 0.04, depth: 0.05), habitSD: 0.08,
      secondsPerLobe: 50),
    sweeps: SweepHabits(
      speedMMPerS: 10, tremorSDMM: 0.3, tremorSDDegrees: 0.8, marginMM: 5, marginHabitSDMM: 3.5,
      marginRepeatSDMM: 1.5, contourBiasMM: 0.12, contourHabitSDMM: 0.38, contourReadingSDMM: 0.25,
      secondsPerLobe: 18),
    pressure: PressureHabits(mean: 0.05, volunteerSD: 0.01, repeatSD: 0.01, drift: 0.01))

  private static let md2 = NeckOperator(
    name: "MD2", years: 4,
    calipers: CaliperHabits(
      planeAngleSDDegrees: 5, planePlacementSDMM: 2, readingSD: 0.06,
      bias: LobeExtents(length: 0.05, width: -0.04, depth: 0.055), habitSD: 0.115,
      secondsPerLobe: 65),
    sweeps: SweepHabits(
      speedMMPerS: 11, tremorSDMM: 0.4, tremorSDDegrees: 1, marginMM: 4.5, marginHabitSDMM: 4,
      marginRepeatSDMM: 2, contourBiasMM: 0, contourHabitSDMM: 0.36, contourReadingSDMM: 0.38,
      secondsPerLobe: 21),
    pressure: PressureHabits(mean: 0.06, volunteerSD: 0.015, repeatSD: 0.015, drift: 0.015))

  private static let md3 = NeckOperator(
    name: "MD3", years: 1,
    calipers: CaliperHabits(
      planeAngleSDDegrees: 9, planePlacementSDMM: 4, readingSD: 0.09,
      bias: LobeExtents(length: 0.16, width: 0.09, depth: 0.1), habitSD: 0.11,
      secondsPerLobe: 85),
    sweeps: SweepHabits(
      speedMMPerS: 13, tremorSDMM: 0.6, tremorSDDegrees: 1.5, marginMM: 4, marginHabitSDMM: 5,
      marginRepeatSDMM: 2.5, contourBiasMM: 0.2, contourHabitSDMM: 0.42, contourReadingSDMM: 0.55,
      secondsPerLobe: 25),
    pressure: PressureHabits(mean: 0.08, volunteerSD: 0.02, repeatSD: 0.02, drift: 0.02))
}

/// One number for each axis of a lobe.
public struct LobeExtents: Codable, Hashable, Sendable {
  public var length, width, depth: Double

  public init(length: Double, width: Double, depth: Double) {
    self.length = length
    self.width = width
    self.depth = depth
  }
}

/// How calipers are set on two planes.
public struct CaliperHabits: Codable, Hashable, Sendable {
  /// SD of a plane's turn about either of its axes. Chosen, 3 to 9° by experience.
  public var planeAngleSDDegrees: Double
  /// SD of the distance along the lobe from its middle to the transverse plane. Chosen.
  public var planePlacementSDMM: Double
  /// Relative SD of a reading, anew for each axis and repeat. Chosen, 4 to 9 % by experience.
  public var readingSD: Double
  /// Mean relative error of readings. Tuned to the printed mean differences.
  public var bias: LobeExtents
  /// SD of the logarithm of a reading between volunteers, for each axis: an error that all repeats
  /// share. Tuned to the printed spread of differences; reading errors alone give .4 to .6 ml.
  public var habitSD: Double
  /// Correlation of the habits in the two lobes of a volunteer. Chosen.
  public var habitLobeCorrelation = 0.7
  /// Median time for the three diameters of a lobe. Chosen: 90 to 180 s a gland by experience.
  public var secondsPerLobe: Double
  /// SD of the logarithm of the time. Chosen.
  public var timeSD = 0.2

  public init(
    planeAngleSDDegrees: Double, planePlacementSDMM: Double, readingSD: Double, bias: LobeExtents,
    habitSD: Double, secondsPerLobe: Double
  ) {
    self.planeAngleSDDegrees = planeAngleSDDegrees
    self.planePlacementSDMM = planePlacementSDMM
    self.readingSD = readingSD
    self.bias = bias
    self.habitSD = habitSD
    self.secondsPerLobe = secondsPerLobe
  }
}

/// How a lobe is swept, and what a segmentation makes of such sweeps.
public struct SweepHabits: Codable, Hashable, Sendable {
  /// Median speed towards the head. Chosen, 8 to 15 mm/s.
  public var speedMMPerS: Double
  /// SD of the logarithm of the speed between sweeps. Chosen.
  public var speedSD = 0.12
  /// SD of the hand's tremor in each direction and about each axis. Chosen.
  public var tremorSDMM, tremorSDDegrees: Double
  /// Time after which tremor has forgotten 1 − 1/e of itself. Chosen.
  public var tremorTimeS = 0.3
  /// Mean way swept beyond each pole; where less than nothing is left, the pole is missed. Chosen.
  public var marginMM: Double
  /// SD of that way between volunteers, for each pole. Chosen.
  public var marginHabitSDMM: Double
  /// SD of that way between repeats, for each pole. Chosen.
  public var marginRepeatSDMM: Double
  /// Mean way by which the contour lies outside the gland. Tuned to the printed mean differences.
  public var contourBiasMM: Double
  /// SD of that way between volunteers: repeats share it. Tuned to the printed spread.
  public var contourHabitSDMM: Double
  /// SD of that way between repeats. Chosen so that repeats spread about as in 2D.
  public var contourReadingSDMM: Double
  /// Correlation of the habits in the two lobes of a volunteer. Chosen.
  public var habitLobeCorrelation = 0.7
  /// Median time for a lobe, setting up included. Chosen: 30 to 60 s a gland.
  public var secondsPerLobe: Double
  /// SD of the logarithm of the time. Chosen.
  public var timeSD = 0.2

  public init(
    speedMMPerS: Double, tremorSDMM: Double, tremorSDDegrees: Double, marginMM: Double,
    marginHabitSDMM: Double, marginRepeatSDMM: Double, contourBiasMM: Double,
    contourHabitSDMM: Double, contourReadingSDMM: Double, secondsPerLobe: Double
  ) {
    self.speedMMPerS = speedMMPerS
    self.tremorSDMM = tremorSDMM
    self.tremorSDDegrees = tremorSDDegrees
    self.marginMM = marginMM
    self.marginHabitSDMM = marginHabitSDMM
    self.marginRepeatSDMM = marginRepeatSDMM
    self.contourBiasMM = contourBiasMM
    self.contourHabitSDMM = contourHabitSDMM
    self.contourReadingSDMM = contourReadingSDMM
    self.secondsPerLobe = secondsPerLobe
  }
}

/// How hard the probe is pressed: shares by which the neck is flattened.
public struct PressureHabits: Codable, Hashable, Sendable {
  /// Mean over volunteers. Chosen, 3 to 10 %.
  public var mean: Double
  /// SD between volunteers and between repeats. Chosen.
  public var volunteerSD, repeatSD: Double
  /// What is added from the middle of a sweep to its end, and taken away at its start. Chosen.
  public var drift: Double

  public init(mean: Double, volunteerSD: Double, repeatSD: Double, drift: Double) {
    self.mean = mean
    self.volunteerSD = volunteerSD
    self.repeatSD = repeatSD
    self.drift = drift
  }
}
