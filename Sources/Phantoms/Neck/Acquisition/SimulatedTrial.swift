import Foundation
import Kernels

/// A trial of operators against each other: who is measured, by whom, how often and with what errors.
///
/// The published design: 28 volunteers, three physicians, three repeats of both lobes with either
/// method, one reading of magnetic resonance.
public struct TrialDesign: Codable, Hashable, Sendable {
  public var volunteers = 28
  public var operators = NeckOperator.published
  public var repeats = 3
  public var population = NeckPopulation()
  public var probe = TrackedProbe()
  /// What is measured; leaving one out does not move the others.
  public var methods = TrialRow.Method.allCases
  public var coefficient = EllipsoidCoefficient.ellipsoid
  public var sources = ErrorSources.all
  /// Relative SD of the one reading of magnetic resonance, for each lobe. Chosen.
  public var resonanceSD = 0.03

  public init() {}

  /// The volunteers of a trial, the same whatever the operators and errors.
  public func anatomies(_ stream: RandomStream) -> [NeckAnatomy] {
    (0..<volunteers).map { anatomy($0, stream) }
  }

  /// One volunteer.
  public func anatomy(_ volunteer: Int, _ stream: RandomStream) -> NeckAnatomy {
    NeckAnatomy(population: population, stream: stream.child("volunteer").child(volunteer))
  }

  /// What all repeats of an operator in a volunteer share.
  public func session(volunteer: Int, operator person: Int, _ stream: RandomStream) -> RandomStream
  {
    stream.child("volunteer").child(volunteer).child("operator").child(person)
  }

  /// One measurement of one lobe in a session.
  public func repetition(
    _ session: RandomStream, method: TrialRow.Method, side: NeckSide, repetition: Int
  ) -> RandomStream {
    session.child(method.rawValue).child(side.rawValue).child("repeat").child(repetition)
  }

  /// The sweep of a lobe that `simulated` measures.
  public func sweep(
    _ anatomy: NeckAnatomy, volunteer: Int, operator person: Int, side: NeckSide, repetition: Int,
    _ stream: RandomStream
  ) -> FreehandSweep {
    let session = session(volunteer: volunteer, operator: person, stream)
    return FreehandSweep(
      anatomy.lobe(side), by: operators[person], probe: probe, session: session,
      repetition: self.repetition(
        session, method: .sweep, side: side, repetition: repetition), sources: sources)
  }

  /// All measurements of a trial, 3D by carrying the true mask through the pose chain.
  ///
  /// Volunteers are measured in parallel; rows are in the order of volunteers, methods, operators,
  /// sides and repeats and depend on the stream and the design alone.
  public func simulated(_ stream: RandomStream) -> [TrialRow] {
    var rows = [[TrialRow]](repeating: [], count: volunteers)
    rows.withUnsafeMutableBufferPointer { rows in
      nonisolated(unsafe) let rows = rows
      Parallel.each(volunteers) { volunteer in
        rows[volunteer] = measured(anatomy(volunteer, stream), volunteer: volunteer, stream)
      }
    }
    return rows.flatMap { $0 }
  }

  /// All rows of one volunteer.
  public func measured(
    _ anatomy: NeckAnatomy, volunteer: Int, _ stream: RandomStream
  ) -> [TrialRow] {
    var rows: [TrialRow] = []
    func add(
      _ method: TrialRow.Method, _ person: Int, _ side: NeckSide, _ repetition: Int,
      _ volume: Double,
      _ time: Double?, dropped: Int = 0
    ) {
      rows.append(
        TrialRow(
          volunteer: volunteer, side: side, operator: person + 1, repetition: repetition + 1,
          method: method, volumeML: volume, truthML: anatomy.lobe(side).volumeMM3 / 1000,
          timeS: time, droppedFrames: dropped))
    }
    for side in NeckSide.allCases where methods.contains(.resonance) {
      var reading = stream.child("volunteer").child(volunteer).child("MRI").child(side.rawValue)
      let factor = exp(resonanceSD * reading.normal() - resonanceSD * resonanceSD / 2)
      add(.resonance, -1, side, 0, anatomy.lobe(side).volumeMM3 / 1000 * factor, nil)
    }
    for method in [TrialRow.Method.calipers, .sweep] where methods.contains(method) {
      for (person, reader) in operators.enumerated() {
        let session = session(volunteer: volunteer, operator: person, stream)
        for side in NeckSide.allCases {
          let lobe = anatomy.lobe(side)
          for k in 0..<repeats {
            let own = repetition(session, method: method, side: side, repetition: k)
            var clock = own.child("time")
            let z = clock.normal()
            if method == .calipers {
              let reading = CaliperReading(
                lobe, by: reader, session: session, repetition: own, sources: sources)
              let habits = reader.calipers
              add(
                method, person, side, k, reading.volumeML(coefficient),
                habits.secondsPerLobe * exp(habits.timeSD * z))
            } else {
              let sweep = FreehandSweep(
                lobe, by: reader, probe: probe, session: session, repetition: own,
                sources: sources)
              let habits = reader.sweeps
              add(
                method, person, side, k, sweep.carriedVolume(of: lobe).volumeML,
                habits.secondsPerLobe * exp(habits.timeSD * z), dropped: sweep.dropped)
            }
          }
        }
      }
    }
    return rows
  }
}

/// One volume of one lobe.
public struct TrialRow: Codable, Hashable, Sendable {
  public enum Method: String, Codable, CaseIterable, Hashable, Sendable {
    case calipers = "2D"
    case sweep = "3D"
    case resonance = "MRI"
  }

  /// From 0.
  public var volunteer: Int
  public var side: NeckSide
  /// From 1; 0 for the reader of magnetic resonance.
  public var `operator`: Int
  /// From 1.
  public var repetition: Int
  public var method: Method
  public var volumeML: Double
  public var truthML: Double
  /// Time that the lobe took; nil for magnetic resonance.
  public var timeS: Double?
  /// Frames without a pose.
  public var droppedFrames: Int

  public init(
    volunteer: Int, side: NeckSide, operator: Int, repetition: Int, method: Method,
    volumeML: Double, truthML: Double, timeS: Double?, droppedFrames: Int = 0
  ) {
    self.volunteer = volunteer
    self.side = side
    self.operator = `operator`
    self.repetition = repetition
    self.method = method
    self.volumeML = volumeML
    self.truthML = truthML
    self.timeS = timeS
    self.droppedFrames = droppedFrames
  }
}
