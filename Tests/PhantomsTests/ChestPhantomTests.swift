import Cohorts
import Foundation
import Imaging
import Kernels
import Phantoms
import Tensors
import Testing

@Suite struct ChestPhantomTests {
  static let stream = RandomStream(11).child("tests")

  static func cohort(
    _ count: Int, resolution: Int = 64, sites: [ChestSite] = [.bedside],
    prevalence: Double? = nil
  ) -> ChestCohort {
    var configuration = ChestConfiguration()
    if let prevalence {
      configuration.prevalence = configuration.prevalence.map { _ in prevalence }
    }
    return ChestPhantom(configuration).cohort(
      images: count, resolution: resolution, sites: sites, stream: stream)
  }

  @Test func bytesDoNotDependOnThreads() {
    let parallel = Self.cohort(12, sites: ChestSite.adults)
    let serial = Parallel.serially { Self.cohort(12, sites: ChestSite.adults) }
    #expect(parallel.cohort.images == serial.cohort.images)
    #expect(parallel.cohort.cases == serial.cohort.cases)
  }

  @Test func anyImageCanBeRenderedAgain() {
    let cohort = Self.cohort(7)
    for index in [0, 3, 6] {
      let again = cohort.render(index).pixels
      let kept = cohort.cohort.images.elements[(index * 4096)..<((index + 1) * 4096)]
      #expect(again.elements == Array(kept))
    }
  }

  @Test func valuesAreGreyLevels() {
    let cohort = Self.cohort(8, sites: ChestSite.adults + [.paediatric])
    #expect(cohort.cohort.images.elements.allSatisfy { (0...1).contains($0) })
    #expect(cohort.cohort.labelNames.count == 8)
    #expect(cohort.cohort.cases.allSatisfy { $0.labels.count == 8 })
  }

  /// Outside the pixels that a finding touches the counterfactual is the same to the last bit.
  @Test(arguments: ChestFinding.allCases)
  func counterfactualChangesOnlyTheMask(finding: ChestFinding) {
    let cohort = Self.cohort(2, prevalence: 0)
    let healthy = cohort.render(1).pixels.elements
    let ill = cohort.render(1, severities: ChestSeverities().setting(finding, to: 4)).pixels
      .elements
    let effect = cohort.effect(of: finding, in: 1, severity: 4)
    #expect(effect.contains { abs($0) > 0.03 }, "the finding is visible")
    var outside = 0
    // A drain may accompany effusion and pneumothorax; it is part of the effect.
    for index in effect.indices where effect[index] == 0 {
      #expect(healthy[index] == ill[index])
      outside += 1
    }
    #expect(outside > 400, "the finding does not touch everything")
  }

  /// Patient's right is the viewer's left.
  @Test(arguments: ChestFinding.allCases.filter { $0.side != 0 })
  func findingsLieOnTheirSide(finding: ChestFinding) {
    let cohort = Self.cohort(6, prevalence: 0)
    for index in [0, 5] {
      let effect = cohort.effect(of: finding, in: index, severity: 3)
      var left = 0.0
      var right = 0.0
      for row in 0..<64 {
        for column in 0..<64 {
          let size = Double(abs(effect[row * 64 + column]))
          if column < 32 { left += size } else { right += size }
        }
      }
      #expect(finding.side < 0 ? left > right : right > left)
    }
  }

  /// More severe findings change the image more.
  @Test(arguments: ChestFinding.allCases)
  func effectGrowsWithSeverity(finding: ChestFinding) {
    let cohort = Self.cohort(2, prevalence: 0)
    let sizes = [1.0, 2, 3, 4].map { severity in
      cohort.effect(of: finding, in: 0, severity: severity).reduce(0) { $0 + Double(abs($1)) }
    }
    #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 < $1 }, "\(sizes)")
  }

  @Test func masksAndBoxesAgree() {
    let cohort = Self.cohort(3, prevalence: 0.5)
    for index in 0..<3 {
      for finding in ChestFinding.studied {
        let mask = cohort.mask(of: finding, in: index)
        let box = cohort.box(of: finding, in: index)
        let touched = mask.pixels.elements.contains(1)
        #expect((box != nil) == touched)
        if cohort.records[index].severities[finding] == 0 { #expect(!touched) }
      }
    }
  }

  /// The same scene at 256 and averaged down is the scene at 64, but for noise and sampling.
  @Test func resolutionsShowTheSamePatient() {
    let cohort = Self.cohort(3)
    for index in 0..<3 {
      let coarse = cohort.render(index).pixels.elements
      let fine = cohort.render(index, resolution: 256).pixels.elements
      var square = 0.0
      for row in 0..<64 {
        for column in 0..<64 {
          var sum: Float = 0
          for y in 0..<4 {
            for x in 0..<4 { sum += fine[(4 * row + y) * 256 + 4 * column + x] }
          }
          let difference = Double(sum / 16 - coarse[row * 64 + column])
          square += difference * difference
        }
      }
      // Edges of bone and thin wires differ, since the logarithm of a mean is not the mean of
      // logarithms: .03 of the grey scale over all pixels.
      #expect((square / 4096).squareRoot() < 0.03)
    }
  }
}
