import Foundation
import Imaging
import Kernels
import Phantoms
import Physics
import Testing

private typealias Fixture = AcquisitionFixture

/// Known volumes and geometry through the pose chain, one error source at a time.
@Suite struct AcquisitionSweepTests {
  /// What pixels of .4 mm and voxels of .5 mm may cost a lobe.
  static let discretisation = 0.01

  @Test(arguments: 0..<8)
  func errorFreeSweepsReturnTheVolume(_ k: Int) {
    let lobe = Fixture.lobes[k]
    let carried = Fixture.sweep(lobe, by: Fixture.steady(k % 3), .none).carriedVolume(of: lobe)
    let truth = lobe.volumeMM3 / 1000
    #expect(abs(carried.countedML / truth - 1) < Self.discretisation)
    // Shares are a sum over samples of the plane, without a threshold's shrinkage on curved
    // surfaces: their error is the lattice's alone, .4² x .44 mm³ a sample on some 2000 mm².
    #expect(abs(carried.partialML / truth - 1) < 0.004)
    #expect(carried.volumeML == carried.countedML && carried.contourMM == 0)
    #expect(carried.dropped == 0 && carried.filled == 0)
  }

  /// The area of a surface by triangles over its directions.
  static func surface(_ lobe: ThyroidLobe) -> Double {
    let (rings, segments) = (160, 160)
    func point(_ i: Int, _ j: Int) -> SIMD3<Double> {
      let (a, b) = (Double.pi * Double(i) / Double(rings), 2 * .pi * Double(j) / Double(segments))
      return lobe.surface([cos(a), sin(a) * cos(b), sin(a) * sin(b)])
    }
    func area(_ p: SIMD3<Double>, _ q: SIMD3<Double>, _ r: SIMD3<Double>) -> Double {
      let (u, v) = (q - p, r - p)
      let n = SIMD3(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x)
      return (n * n).sum().squareRoot() / 2
    }
    var sum = 0.0
    for i in 0..<rings {
      for j in 0..<segments {
        let (p, q, r, s) = (
          point(i, j), point(i + 1, j), point(i + 1, j + 1), point(i, j + 1)
        )
        sum += area(p, q, r) + area(p, r, s)
      }
    }
    return sum
  }

  @Test func surfacesAreThoseOfTriangles() {
    for lobe in Fixture.lobes.prefix(4) {
      let carried = Fixture.sweep(lobe, .none).carriedVolume(of: lobe)
      // Central differences on a half-millimetre grid see an oblique edge a few percent too small
      // or large; a margin of .5 mm is off by as much of itself.
      #expect(abs(carried.surfaceMM2 / Self.surface(lobe) - 1) < 0.03)
    }
  }

  @Test func contoursAddTheSurfaceTimesTheMargin() {
    var person = Fixture.steady()
    person.sweeps.contourBiasMM = 0.3
    let lobe = Fixture.lobes[0]
    let carried = Fixture.sweep(lobe, by: person, .only(.contourBias)).carriedVolume(of: lobe)
    #expect(carried.contourMM == 0.3)
    #expect(abs(carried.volumeML - carried.countedML - 0.3 * carried.surfaceMM2 / 1000) < 1e-12)
  }

  @Test func pressureKeepsVolumes() {
    var person = Fixture.steady()
    person.pressure = PressureHabits(mean: 0.1, volunteerSD: 0, repeatSD: 0, drift: 0.04)
    for lobe in Fixture.lobes.prefix(4) {
      let sweep = Fixture.sweep(lobe, by: person, .only(.pressure))
      #expect(abs(sweep.frames.first!.pressure.compression - 0.06) < 1e-12)
      #expect(abs(sweep.frames.last!.pressure.compression - 0.14) < 1e-12)
      let ratio = sweep.carriedVolume(of: lobe).partialML / lobe.volumeMM3 * 1000
      #expect(abs(ratio - 1) < 0.004)
    }
  }

  /// A millimetre of the image counts twice, one of the tracker once: 1 % of both is 3 %.
  @Test(arguments: [
    [ErrorSource.calibrationScale], [.trackerScale], [.calibrationScale, .trackerScale],
  ])
  func scalesCountByTheirAxes(_ sources: [ErrorSource]) {
    var probe = TrackedProbe()
    (probe.calibrationScaleSD, probe.trackerScaleSD) = (0.06, 0.06)
    let lobe = Fixture.lobes[2]
    let none = Fixture.sweep(lobe, .none).carriedVolume(of: lobe).partialML
    var most = (image: 0.0, tracker: 0.0)
    for k in 0..<3 {
      let sweep = Fixture.sweep(lobe, probe: probe, ErrorSources(sources), session: k)
      let image = abs(sweep.calibration.determinant)
      let scale = cbrt(image) / probe.pixelMM
      let (first, last) = (sweep.frames.first!, sweep.frames.last!)
      let way = last.imageToWorld.translation - first.imageToWorld.translation
      let told = last.measured!.translation - first.measured!.translation
      let pace = ((told * told).sum() / (way * way).sum()).squareRoot()
      most = (max(most.image, abs(scale - 1)), max(most.tracker, abs(pace - 1)))
      let ratio = sweep.carriedVolume(of: lobe).partialML / none
      #expect(abs(ratio / (scale * scale * pace) - 1) < 0.005, "\(scale) \(pace) \(ratio)")
    }
    // Rounding of a matrix product without, a good part of 6 % with the source.
    #expect(sources.contains(.calibrationScale) ? most.image > 0.02 : most.image < 1e-9)
    #expect(sources.contains(.trackerScale) ? most.tracker > 0.02 : most.tracker < 1e-9)
  }

  @Test func latencyAtConstantSpeedShifts() {
    let lobe = Fixture.lobes[1]
    let person = Fixture.steady()
    let sweep = Fixture.sweep(lobe, by: person, .only(.latency))
    let shifts = sweep.frames.map { $0.measured!.translation - $0.imageToWorld.translation }
    for shift in shifts {
      #expect(abs(shift.x) < 1e-9 && abs(shift.y) < 1e-9)
      #expect(abs(shift.z - shifts[0].z) < 1e-9)
    }
    #expect((0.010...0.030).contains(shifts[0].z / person.sweeps.speedMMPerS))
    let ratio =
      sweep.carriedVolume(of: lobe).partialML
      / Fixture.sweep(lobe, .none).carriedVolume(of: lobe).partialML
    #expect(abs(ratio - 1) < 0.004)
  }

  @Test func missedPolesAreMissing() {
    var person = Fixture.steady()
    person.sweeps.marginMM = -6
    (person.sweeps.marginHabitSDMM, person.sweeps.marginRepeatSDMM) = (0, 0)
    for lobe in Fixture.lobes.prefix(4) {
      let sweep = Fixture.sweep(lobe, by: person, .only(.coverage))
      #expect(sweep.lowerMarginMM == -6 && sweep.upperMarginMM == -6)
      // What lies between the first and the last plane, counted on a grid of its own.
      let (low, high) = lobe.boundsMM
      let planes = sweep.frames.map(\.imageToWorld.translation.z)
      var (all, swept) = (0, 0)
      for z in stride(from: low.z, through: high.z, by: 0.4) {
        for y in stride(from: low.y, through: high.y, by: 0.4) {
          for x in stride(from: low.x, through: high.x, by: 0.4) where lobe.contains([x, y, z]) {
            all += 1
            if planes.first! <= z && z <= planes.last! { swept += 1 }
          }
        }
      }
      let share = Double(swept) / Double(all)
      let ratio = sweep.carriedVolume(of: lobe).countedML / lobe.volumeMM3 * 1000
      // The last planes reach up to one voxel on either side of half the speed's 100 mm².
      #expect(share < 0.97 && abs(ratio - share) < 0.02, "\(ratio) of \(share)")
    }
  }

  @Test func droppedFramesAreCountedAndBridged() {
    var probe = TrackedProbe()
    probe.droppedShare = 0.3
    let lobe = Fixture.lobes[3]
    let sweep = Fixture.sweep(lobe, probe: probe, .only(.droppedFrames))
    let n = Double(sweep.frames.count)
    #expect(abs(Double(sweep.dropped) - 0.3 * n) < 5 * (0.3 * 0.7 * n).squareRoot())
    for frame in sweep.frames {
      #expect((frame.probeToTracker.status == "OK") == (frame.measured != nil))
    }
    let carried = sweep.carriedVolume(of: lobe)
    #expect(carried.dropped == sweep.dropped && carried.filled > 0)
    #expect(abs(carried.countedML / lobe.volumeMM3 * 1000 - 1) < 0.015)
  }

  @Test func trackerNoiseHasItsSize() {
    let probe = TrackedProbe()
    let lobe = Fixture.lobes[0]
    var shifts: [Double] = []
    for k in 0..<4 {
      let sweep = Fixture.sweep(lobe, .only(.trackerNoise), session: k)
      // The sensor's own place: 70 mm before the face and 20 mm along the sweep, in pixels.
      let sensor = SIMD3(99.5, -70 / probe.pixelMM, 20 / probe.pixelMM)
      for frame in sweep.frames {
        let d = frame.measured!(sensor) - frame.imageToWorld(sensor)
        shifts += [d.x, d.y, d.z]
      }
    }
    let found = Fixture.standardDeviation(shifts)
    let error = probe.noiseSDMM / (2 * Double(shifts.count)).squareRoot()
    #expect(abs(found - probe.noiseSDMM) < 4 * error)
  }

  @Test func tremorMovesTheProbeAndTheTrackerSeesIt() {
    let lobe = Fixture.lobes[0]
    let (still, trembling) = (
      Fixture.sweep(lobe, .none), Fixture.sweep(lobe, .only(.tremor))
    )
    #expect(still.frames.count == trembling.frames.count)
    #expect(
      zip(still.frames, trembling.frames).contains {
        Fixture.distance($0.imageToWorld, $1.imageToWorld) > 0.2
      })
    for frame in trembling.frames {
      #expect(Fixture.distance(frame.imageToWorld, frame.measured!) < 1e-9)
    }
  }

  /// Turning one source off leaves what the others drew.
  @Test(arguments: ErrorSource.allCases)
  func sourcesAreSeparate(_ source: ErrorSource) {
    let lobe = Fixture.lobes[1]
    let (all, without) = (Fixture.sweep(lobe, .all), Fixture.sweep(lobe, .without(source)))
    let alone = Fixture.sweep(lobe, .only(source))
    let none = Fixture.sweep(lobe, .none)
    if source != .coverage {
      #expect(all.lowerMarginMM == without.lowerMarginMM)
      #expect(all.frames.count == without.frames.count)
    }
    if source != .coverage && source != .tremor {
      for (a, b) in zip(all.frames, without.frames) {
        #expect(a.imageToWorld == b.imageToWorld)
        #expect(source == .pressure || a.pressure == b.pressure)
        #expect(source == .droppedFrames || (a.measured == nil) == (b.measured == nil))
      }
    }
    let contours: Set<ErrorSource> = [.boundary, .contourReading, .contourBias, .contourHabit]
    #expect((all.contourMM == without.contourMM) == !contours.contains(source))
    #expect((alone.contourMM == 0) == !contours.contains(source))
    let isPoseFree = source.scope != .sweep || contours.contains(source)
    if isPoseFree {
      #expect(zip(alone.frames, none.frames).allSatisfy { $0.measured == $1.measured })
    }
    // And calipers know nothing of the sweep's errors.
    let moves = Fixture.reading(lobe, .only(source)) != Fixture.reading(lobe, .none)
    #expect(moves == (source.scope != .sweep))
  }

  @Test func sweepsAreFunctionsOfTheirStreams() {
    let lobe = Fixture.lobes[0]
    let (a, b) = (Fixture.sweep(lobe, .all), Fixture.sweep(lobe, .all))
    #expect(a.frames.map(\.measured) == b.frames.map(\.measured))
    let other = Fixture.sweep(lobe, .all, repetition: 1)
    #expect(a.frames.map(\.measured) != other.frames.map(\.measured))
    // A session keeps its probe's mounting.
    #expect(a.calibration == other.calibration)
    #expect(a.calibration != Fixture.sweep(lobe, .all, session: 1).calibration)
  }

  @Test func filesHoldWhatTheReaderResolves() throws {
    let folder = NSTemporaryDirectory() + "lightbox-acquisition-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var probe = TrackedProbe()
    (probe.pixelMM, probe.droppedShare) = (0.8, 0.1)
    let simulated = Fixture.sweep(Fixture.lobes[0], probe: probe, .all)
    let count = probe.width * probe.height
    try simulated.write(folder + "/sweep") { index in
      [UInt8](repeating: UInt8(index % 251), count: count)
    }
    let sequence = try TrackedSequence(folder + "/sweep.igs.mha")
    #expect(sequence.width == 50 && sequence.height == 50 && sequence.orientation == "MF")
    let read = try Sweep(sequence, devices: DeviceSet(folder + "/sweep.xml"))
    #expect(read.poses.count == simulated.frames.count)
    #expect(read.exclusions.count == simulated.dropped && simulated.dropped > 0)
    for (pose, frame) in zip(read.poses, simulated.frames) { #expect(pose == frame.measured) }
    #expect(sequence.frames.map(\.timestamp) == simulated.frames.map(\.timeS))
    let pixels = try sequence.pixels()
    for index in simulated.frames.indices {
      #expect(try pixels.next()!.elements.allSatisfy { $0 == Float(index % 251) })
    }
  }

  @Test func namesOfSourcesAreKept() throws {
    let sources = ErrorSources.only(.latency, .pressure, .caliperBias)
    let text = String(decoding: try JSONEncoder().encode(sources), as: UTF8.self)
    #expect(text == #"["pressure","caliper bias","latency"]"#)
    #expect(try JSONDecoder().decode(ErrorSources.self, from: Data(text.utf8)) == sources)
    #expect(ErrorSources.shared.enabled == [.pressure, .boundary])
    #expect(ErrorSources.without(.latency).enabled.count == ErrorSource.allCases.count - 1)
    #expect(ErrorSources.all.description == "all" && ErrorSources.none.enabled.isEmpty)
  }
}
