import Foundation
import Kernels
import Phantoms
import Testing

private typealias Fixture = AcquisitionFixture

/// Whole trials: what is measured, and how far operators lie apart.
@Suite struct AcquisitionTrialTests {
  static let stream = RandomStream(21).child("trial")

  @Test func designsAreCrossed() {
    var design = TrialDesign()
    design.volunteers = 2
    design.repeats = 2
    let rows = design.simulated(Self.stream)
    // Both lobes: one reading of resonance; three operators, two repeats with either method.
    #expect(rows.count == 2 * 2 * (1 + 3 * 2 * 2))
    let places = rows.map {
      "\($0.volunteer) \($0.side) \($0.operator) \($0.repetition) \($0.method)"
    }
    #expect(Set(places).count == rows.count)
    for volunteer in 0..<2 {
      for side in NeckSide.allCases {
        let truths = Set(
          rows.filter { $0.volunteer == volunteer && $0.side == side }.map(\.truthML))
        #expect(truths.count == 1)
      }
    }
    #expect(rows.allSatisfy { ($0.timeS == nil) == ($0.method == .resonance) })
    // The same rows on one thread, and the same volunteers whatever else is measured.
    #expect(Parallel.serially { design.simulated(Self.stream) } == rows)
    var part = design
    part.methods = [.calipers]
    #expect(part.simulated(Self.stream) == rows.filter { $0.method == .calipers })
    part = design
    part.volunteers = 1
    #expect(part.simulated(Self.stream) == rows.filter { $0.volunteer == 0 })
    // A sweep that is looked at is the one that was measured.
    let anatomy = design.anatomy(1, Self.stream)
    let sweep = design.sweep(
      anatomy, volunteer: 1, operator: 2, side: .left, repetition: 1, Self.stream)
    let row = rows.first {
      $0.volunteer == 1 && $0.operator == 3 && $0.side == .left && $0.repetition == 2
        && $0.method == .sweep
    }!
    #expect(sweep.carriedVolume(of: anatomy.left).volumeML == row.volumeML)
    #expect(sweep.dropped == row.droppedFrames)
  }

  /// Differences between readers' means of gland volumes.
  struct Pairs: CustomStringConvertible {
    var means: [Double] = []
    var deviations: [Double] = []

    init(_ rows: [TrialRow], _ method: TrialRow.Method, repeats: Int) {
      let volunteers = rows.map(\.volunteer).max()! + 1
      var readers = [[Double]](repeating: [Double](repeating: 0, count: volunteers), count: 3)
      for row in rows where row.method == method {
        readers[row.operator - 1][row.volunteer] += row.volumeML / Double(repeats)
      }
      for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let d = (0..<volunteers).map { readers[a][$0] - readers[b][$0] }
        means.append(Fixture.mean(d))
        deviations.append(Fixture.standardDeviation(d))
      }
    }

    var description: String {
      zip(means, deviations).map { String(format: "%.2f (SD %.2f)", $0, $1) }
        .joined(separator: ", ")
    }
  }

  @Test func calipersSpreadAsStated() {
    var design = TrialDesign()
    design.methods = [.calipers]
    design.volunteers = 280
    let pairs = Pairs(design.simulated(Self.stream), .calipers, repeats: 3)
    print("2D, 280 volunteers, ml, pairs 12, 13, 23: \(pairs)")
    // An SD over n = 280 has a standard error of 4 %; the stated range is 2.0 to 2.9 ml.
    for deviation in pairs.deviations { #expect((2.0 * 0.88...2.9 * 1.12).contains(deviation)) }
    for (found, (printed, sd)) in zip(
      pairs.means, zip([0.58, -1.33, -1.89], pairs.deviations))
    {
      #expect(abs(found - printed) < 4 * sd / 280.0.squareRoot())
    }
  }

  @Test func sweepsSpreadAsStated() {
    var design = TrialDesign()
    design.methods = [.sweep]
    design.volunteers = 40
    let rows = design.simulated(Self.stream)
    let pairs = Pairs(rows, .sweep, repeats: 3)
    print("3D, 40 volunteers, ml, pairs 12, 13, 23: \(pairs)")
    // An SD over n = 40 has a standard error of 11 %; the stated range is 1.9 to 2.5 ml.
    for deviation in pairs.deviations { #expect((1.9 * 0.7...2.5 * 1.33).contains(deviation)) }
    for (found, (printed, sd)) in zip(pairs.means, zip([0.52, -0.17, -0.70], pairs.deviations)) {
      #expect(abs(found - printed) < 4 * sd / 40.0.squareRoot())
    }
    // Two percent of some hundred frames a sweep.
    let dropped = rows.reduce(0) { $0 + $1.droppedFrames }
    #expect(dropped > rows.count && dropped < 5 * rows.count)
  }

  /// Without errors of their own, 2D and 3D differ between operators by what both share.
  @Test func sharedSourcesMoveBothAlike() {
    var design = TrialDesign()
    design.volunteers = 12
    design.repeats = 1
    design.sources = .shared
    let rows = design.simulated(Self.stream)
    let two = Pairs(rows, .calipers, repeats: 1)
    let three = Pairs(rows, .sweep, repeats: 1)
    print("shared, 12 volunteers: 2D \(two); 3D \(three)")
    for k in 0..<3 {
      #expect(abs(two.deviations[k] / three.deviations[k] - 1) < 0.25)
      let error = three.deviations[k] / 12.0.squareRoot()
      #expect(abs(two.means[k] - three.means[k]) < 2 * error)
    }
  }

  @Test func sweepsAreFaster() {
    var design = TrialDesign()
    design.volunteers = 20
    design.methods = [.calipers]
    // Times do not need a volume.
    let times = design.simulated(Self.stream).compactMap(\.timeS)
    #expect(times.allSatisfy { (20...200).contains($0) })
    for person in NeckOperator.published {
      #expect((45...90).contains(person.calipers.secondsPerLobe))
      #expect((15...30).contains(person.sweeps.secondsPerLobe))
    }
  }
}
