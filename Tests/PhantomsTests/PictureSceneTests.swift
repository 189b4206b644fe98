import Foundation
import Kernels
import Phantoms
import Testing

/// Eyes and tissues before they become pixels.
@Suite struct PictureSceneTests {
  static let stream = RandomStream(6).child("scene tests")

  @Test func vesselsBranchByTheirLaws() {
    for seed in 0..<6 {
      let eye = FundusEye(label: seed % 2, stream: Self.stream.child(seed))
      for branch in eye.vessels.branches {
        guard let parent = branch.parent else { continue }
        let above = eye.vessels.branches[parent]
        #expect(above.points.last == branch.points.first)
        #expect(above.radius > branch.radius)
        #expect(above.isVein == branch.isVein)
      }
      let junctions = eye.vessels.junctions
      #expect(junctions.count > 8)
      for junction in junctions {
        // Radii are single precision: r^x changes by x 2^-23, and dx by that over |ln(r/r0)| >= .15.
        let known = junction.isVein ? 1.95 : 2.59
        #expect(abs(junction.exponent - known) < 1e-4)
        #expect((40...116).contains(junction.degrees))
      }
    }
  }

  /// The disc is nasal and the fovea temporal of the middle.
  @Test func eyesHaveSides() {
    for seed in 0..<20 {
      let eye = FundusEye(label: 0, stream: Self.stream.child("side").child(seed))
      #expect(eye.disc.x * eye.side > 0 && eye.fovea.x * eye.side < 0)
      #expect(eye.vessels.count(within: eye.field) > 10)
    }
  }

  /// A line covers its area, however thin: widths of 3, 1 and .2 samples.
  @Test(arguments: [Float(1.5), 0.5, 0.1])
  func strokesCoverTheirArea(radiusInSamples: Float) {
    var map = StrokeMap(fine: 128)
    map.add(
      [SIMD2(-0.5, -0.3), SIMD2(0.5, -0.127)], radius: radiusInSamples / 64, strength: 1)
    let area = map.values.reduce(0, +)
    // A slope of .173 meets the grid in many phases.
    let length = (1 + Float(0.173 * 0.173)).squareRoot() * 64
    // Between a butt end and a round one of half a sample more.
    #expect(area >= 0.97 * 2 * radiusInSamples * length)
    #expect(area <= 1.03 * 2 * radiusInSamples * (length + 2 * radiusInSamples + 1))
  }

  @Test func nucleiKeepTheirDistance() {
    for seed in 0..<12 {
      let tissue = HistologyTissue(label: seed % 2, stream: Self.stream.child("t").child(seed))
      let centres = tissue.nuclei.map(\.centre)
      #expect(centres.count > 10)
      for i in centres.indices {
        for j in 0..<i {
          let d = centres[i] - centres[j]
          #expect((d * d).sum().squareRoot() >= HistologyTissue.coreUM)
        }
      }
    }
  }

  /// Unstable tissue has more lymphocytes: 10 against 3.5 of them per 10,000 µm², log-normal.
  @Test func unstableTissueHasMoreLymphocytes() {
    func mean(_ label: Int) -> Double {
      (0..<150).reduce(0.0) { sum, seed in
        let tissue = HistologyTissue(label: label, stream: Self.stream.child("l").child(seed))
        return sum + Double(tissue.nuclei.filter { $0.kind == .lymphocyte }.count)
      } / 150
    }
    #expect(mean(1) > 1.8 * mean(0))
  }

  /// The reference stains lie midway between the two published pairs, whose stains are 39.6 and 22.3
  /// degrees apart.
  @Test func stainsAreMidway() {
    func unit(_ v: SIMD3<Float>) -> SIMD3<Float> { v / (v * v).sum().squareRoot() }
    func degrees(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float {
      acosf(min(1, (unit(a) * unit(b)).sum())) * 180 / .pi
    }
    let (ruifrokH, ruifrokE): (SIMD3<Float>, SIMD3<Float>) = (
      [0.650, 0.704, 0.286], [0.072, 0.990, 0.105]
    )
    let (macenkoH, macenkoE): (SIMD3<Float>, SIMD3<Float>) = (
      [0.5626, 0.7201, 0.4062], [0.2159, 0.8012, 0.5581]
    )
    #expect(abs(degrees(ruifrokH, ruifrokE) - 39.6) < 0.5)
    #expect(abs(degrees(macenkoH, macenkoE) - 22.3) < 0.5)
    let own = StainMatrix.reference
    #expect(
      abs(degrees(own.haematoxylin, ruifrokH) - degrees(own.haematoxylin, macenkoH)) < 1)
    #expect(abs(degrees(own.eosin, ruifrokE) - degrees(own.eosin, macenkoE)) < 1)
    let mixed = 0.7 * own.haematoxylin + 0.4 * own.eosin + 0.1 * own.normal
    let found = own.unmixed(mixed)
    // Three products and sums of order one over 1 − cos² = .24.
    #expect(abs(found.h - 0.7) < 1e-5 && abs(found.e - 0.4) < 1e-5)
    #expect(abs(found.rest - 0.1) < 1e-6)
  }
}
