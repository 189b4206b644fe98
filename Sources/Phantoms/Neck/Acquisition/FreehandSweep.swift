import Foundation
import Imaging
import Kernels
import Physics

/// One tracked sweep over one lobe, from below its lower pole to above its upper one: where the
/// probe was, and where the tracker says it was.
///
/// Images are transverse: x of the image to the patient's left, y into depth. The hand moves at
/// constant speed with tremor (a first-order autoregression for each direction and axis) and presses
/// with a force that drifts. What a reader gets is the chain image → probe (calibration) → tracker
/// (noisy, late, sometimes missing) → reference, resolved by `PoseChain` as for real sweeps.
///
/// A function of its arguments alone. Sources that are off leave the draws of the others as they are.
public struct FreehandSweep: Sendable {
  /// One image.
  public struct Frame: Sendable {
    /// Since the first image.
    public let timeS: Double
    /// From pixels (x, y, 0) to the world in mm, where the probe really was.
    public let imageToWorld: SpatialTransform
    public let pressure: ProbePressure
    /// What the tracker said of the sensor at this image's time; its status is not "OK" where the
    /// frame was dropped.
    public let probeToTracker: TrackedTransform
    /// From pixels to the world as a reader resolves it; nil for a dropped frame.
    public let measured: SpatialTransform?
  }

  public let side: NeckSide
  public let probe: TrackedProbe
  public let frames: [Frame]
  /// By how much the contour of this sweep lies outside the gland, in mm.
  public let contourMM: Double
  /// Ways swept beyond the lower and the upper pole in mm; negative where a pole was missed.
  public let lowerMarginMM, upperMarginMM: Double
  public let speedMMPerS: Double
  /// What a device set holds for this session.
  public let calibration: SpatialTransform
  /// Fixed for all sweeps; a real set-up would track a sensor on the patient.
  public static let trackerToReference = TrackedProbe.worldToTracker.inverse!

  /// Frames without a pose.
  public var dropped: Int { frames.reduce(0) { $0 + ($1.measured == nil ? 1 : 0) } }

  /// Sweeps a lobe.
  ///
  /// - `session`: the stream of this volunteer and operator: what all repeats share.
  /// - `repetition`: the stream of this sweep.
  public init(
    _ lobe: ThyroidLobe, by person: NeckOperator, probe: TrackedProbe = .init(),
    session: RandomStream, repetition: RandomStream, sources: ErrorSources = .all
  ) {
    side = lobe.side
    self.probe = probe
    let habits = person.sweeps
    let hand = SweepingHand(
      person, side: lobe.side, session: session, repetition: repetition, sources: sources)
    contourMM = hand.contourMM
    speedMMPerS = hand.speedMMPerS
    let (low, high) = (lobe.boundsMM.low.z, lobe.boundsMM.high.z)
    // However little of a lobe is swept, its middle 10 mm are.
    let middle = (low + high) / 2
    let start = min(low - hand.lowerMarginMM, middle - 5)
    let end = max(high + hand.upperMarginMM, middle + 5)
    (lowerMarginMM, upperMarginMM) = (low - start, end - high)
    let count = Int((end - start) / hand.speedMMPerS * probe.framesPerS) + 2
    let mounting = ProbeMounting(probe, session: session, sources: sources)
    calibration = mounting.calibration

    // Beyond the last frame by one: late images lie between.
    var stream = repetition.child(ErrorSource.tremor.rawValue)
    let memory = exp(-1 / (probe.framesPerS * habits.tremorTimeS))
    let shake = sources[.tremor] ? 1.0 : 0
    let tremor = Tremor(
      count: count + Int((probe.latencyS.upperBound * probe.framesPerS).rounded(.up)) + 1,
      memory: memory, &stream)
    func placed(_ time: Double) -> SpatialTransform {
      let (shift, turn) = tremor.at(time * probe.framesPerS)
      var place = SIMD3(lobe.centreMM.x, 0, start + hand.speedMMPerS * time)
      place += shift * (shake * habits.tremorSDMM)
      return .translation(place) * .turning(degrees: turn * (shake * habits.tremorSDDegrees))
    }

    let chain = Self.chain(calibration: mounting.calibration)
    var noise = repetition.child(ErrorSource.trackerNoise.rawValue)
    var drops = repetition.child(ErrorSource.droppedFrames.rawValue)
    let sensorToFace = (mounting.imageToProbe * probe.imageToFace.inverse!).inverse!
    frames = (0..<count).map { index in
      let time = Double(index) / probe.framesPerS
      var sensor = TrackedProbe.worldToTracker * placed(time + mounting.latencyS) * sensorToFace
      sensor.translation *= mounting.trackerScale
      let draws = (0..<6).map { _ in noise.normal() }
      if sources[.trackerNoise] {
        let shift = SIMD3(draws[0], draws[1], draws[2]) * probe.noiseSDMM
        let turn = SIMD3(draws[3], draws[4], draws[5]) * probe.noiseSDDegrees
        sensor = sensor * .translation(shift) * .turning(degrees: turn)
      }
      let isDropped = drops.bernoulli(probe.droppedShare) && sources[.droppedFrames]
      let tracked = TrackedTransform(sensor, status: isDropped ? "MISSING" : "OK")
      let progress = count > 1 ? 2 * Double(index) / Double(count - 1) - 1 : 0
      return Frame(
        timeS: time, imageToWorld: placed(time) * probe.imageToFace,
        pressure: ProbePressure(
          compression: hand.compression(progress), axisXMM: lobe.centreMM.x),
        probeToTracker: tracked, measured: try? chain.pose([Self.trackedName: tracked]))
    }
  }

  /// What the tracker gives frame by frame.
  static let trackedName = TransformName(from: "Probe", to: "Tracker")

  /// What holds for all frames of a session.
  static func fixedTransforms(_ calibration: SpatialTransform) -> [TransformName: SpatialTransform]
  {
    [
      TransformName(from: "Image", to: "Probe"): calibration,
      TransformName(from: "Tracker", to: "Reference"): trackerToReference,
    ]
  }

  /// The reader's way from pixels to the reference.
  static func chain(calibration: SpatialTransform) -> PoseChain {
    let fixed = fixedTransforms(calibration)
    do {
      return try PoseChain(
        from: "Image", to: "Reference", fixed: fixed, tracked: [trackedName],
        file: "a simulated sweep")
    } catch {
      preconditionFailure("image, probe, tracker and reference make a chain: \(error)")
    }
  }
}

/// What an operator does in one sweep, drawn source by source.
struct SweepingHand {
  let speedMMPerS, lowerMarginMM, upperMarginMM, contourMM: Double
  private let pressure: (middle: Double, drift: Double)

  init(
    _ person: NeckOperator, side: NeckSide, session: RandomStream, repetition: RandomStream,
    sources: ErrorSources
  ) {
    let habits = person.sweeps
    var pace = repetition.child("speed")
    speedMMPerS = habits.speedMMPerS * exp(habits.speedSD * pace.normal())
    // Error-free coverage leaves the mean way beyond the poles, at least 3 mm.
    let name = ErrorSource.coverage.rawValue
    var (own, again) = (
      session.child(name).child(side.rawValue), repetition.child(name)
    )
    let margins = (0..<2).map { _ in
      let drawn =
        habits.marginMM + habits.marginHabitSDMM * own.normal()
        + habits.marginRepeatSDMM * again.normal()
      return sources[.coverage] ? drawn : max(3, habits.marginMM)
    }
    (lowerMarginMM, upperMarginMM) = (margins[0], margins[1])
    pressure = Self.pressure(
      person, session: session, repetition: repetition, sources: sources)
    contourMM = Self.contour(
      person, side: side, session: session, repetition: repetition, sources: sources)
  }

  /// The share by which the neck is flattened, `progress` from −1 at the start to 1 at the end.
  func compression(_ progress: Double) -> Double {
    min(0.25, max(0, pressure.middle + pressure.drift * progress))
  }

  /// Pressure in the middle and its drift; both protocols press with the same hand.
  static func pressure(
    _ person: NeckOperator, session: RandomStream, repetition: RandomStream, sources: ErrorSources
  ) -> (middle: Double, drift: Double) {
    guard sources[.pressure] else { return (0, 0) }
    let (name, habits) = (ErrorSource.pressure.rawValue, person.pressure)
    var (own, again) = (session.child(name), repetition.child(name))
    let middle =
      habits.mean + habits.volunteerSD * own.normal() + habits.repeatSD * again.normal()
    return (min(0.2, max(0, middle)), habits.drift)
  }

  /// The margin that an operator takes around this gland in both protocols.
  static func boundaryMM(
    _ person: NeckOperator, session: RandomStream, sources: ErrorSources
  ) -> Double {
    var own = session.child(ErrorSource.boundary.rawValue)
    return sources[.boundary] ? person.boundarySDMM * own.normal() : 0
  }

  private static func contour(
    _ person: NeckOperator, side: NeckSide, session: RandomStream, repetition: RandomStream,
    sources: ErrorSources
  ) -> Double {
    let habits = person.sweeps
    var result = boundaryMM(person, session: session, sources: sources)
    if sources[.contourBias] { result += habits.contourBiasMM }
    if sources[.contourHabit] {
      result +=
        habits.contourHabitSDMM
        * habit(
          session.child(ErrorSource.contourHabit.rawValue), side, habits.habitLobeCorrelation)
    }
    if sources[.contourReading] {
      var again = repetition.child(ErrorSource.contourReading.rawValue)
      result += habits.contourReadingSDMM * again.normal()
    }
    return result
  }

  /// A standard normal number for each lobe, with the given correlation between the two.
  static func habit(_ stream: RandomStream, _ side: NeckSide, _ correlation: Double) -> Double {
    precondition(
      (0...1).contains(correlation), "correlation (\(correlation)) must lie in 0...1")
    var (both, one) = (stream.child("both"), stream.child(side.rawValue))
    return correlation.squareRoot() * both.normal() + (1 - correlation).squareRoot() * one.normal()
  }
}

/// Standard tremor in three directions and about three axes: x_k = φ x_(k-1) + √(1 − φ²) ε_k.
private struct Tremor {
  private var shifts: [SIMD3<Double>] = []
  private var turns: [SIMD3<Double>] = []

  init(count: Int, memory: Double, _ stream: inout RandomStream) {
    let fresh = (1 - memory * memory).squareRoot()
    func vector() -> SIMD3<Double> { SIMD3(stream.normal(), stream.normal(), stream.normal()) }
    var (shift, turn) = (vector(), vector())
    for _ in 0..<count {
      shifts.append(shift)
      turns.append(turn)
      shift = shift * memory + vector() * fresh
      turn = turn * memory + vector() * fresh
    }
  }

  /// Linear between frames.
  func at(_ frame: Double) -> (shift: SIMD3<Double>, turn: SIMD3<Double>) {
    let low = min(max(0, Int(frame)), shifts.count - 2)
    let share = frame - Double(low)
    return (
      shifts[low] + (shifts[low + 1] - shifts[low]) * share,
      turns[low] + (turns[low + 1] - turns[low]) * share
    )
  }
}
