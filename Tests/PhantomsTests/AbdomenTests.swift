import Cohorts
import Foundation
import Kernels
import Phantoms
import Testing

@Suite struct AbdomenTests {
  static let stream = RandomStream(21).child("abdomen")
  static let phantom = AbdomenPhantom()

  /// An average person with a carcinoma in the middle of the gland.
  static func person(_ change: (inout AbdomenSubject) -> Void = { _ in }) -> AbdomenSubject {
    var one = AbdomenSubject(
      number: 0, prefix: "", configuration: AbdomenConfiguration(), stream: stream)
    (one.size, one.fat, one.gland, one.glandHU, one.ductMM) = (1, 1, 1, 95, 4)
    (one.shiftMM, one.tailMM) = (.zero, .zero)
    one.tumour = PancreaticTumour(place: 0.5, radiusMM: 12, contrastHU: 35)
    change(&one)
    return one
  }

  @Test("Organs have the Hounsfield units that they are given")
  func organs() {
    let scene = AbdomenScene(Self.person(), edgeMM: 1)
    #expect(scene.value(at: [0, 70, 0]) == 190)
    #expect(scene.value(at: [-90, -10, 10]) == 108)
    #expect(scene.value(at: [11, 38, 30]) == 178)
    #expect(scene.value(at: [0, 0, 70]) == AbdomenScene.fatValue)
    #expect(scene.value(at: [0, -140, 0]) == -1000)
    #expect(scene.value(at: [0, -100, 0]) == 55)
  }

  @Test("The axis is duct, around it gland, in the middle carcinoma; gone where it is healthy")
  func gland() {
    let ill = AbdomenScene(Self.person(), edgeMM: 1)
    let well = AbdomenScene(Self.person().healthy, edgeMM: 1)
    // The cubic curve at one half: (P0 + 3 P1 + 3 P2 + P3)/8.
    let middle: SIMD3<Float> = [15, -13.5, 1]
    #expect(ill.value(at: middle) == 12)
    #expect(ill.value(at: middle + [0, 0, 8]) == 60)
    #expect(well.value(at: middle + [0, 0, 8]) == 95)
    // Behind the tumour the duct is 4 mm wide, before it 1.
    let tail: SIMD3<Float> = [76, 24, 20]
    #expect(abs(ill.value(at: tail + [0, 0, 3]) - 12) < 1e-4)
    #expect(well.value(at: tail + [0, 0, 3]) == 95)
    let head: SIMD3<Float> = [-34, 6, -18]
    #expect(ill.value(at: head + [0, 0, 3]) == 95)
  }

  @Test("A carcinoma changes its gland and nothing else")
  func counterfactual() {
    let ill = Self.person()
    let with = Self.phantom.scan(ill, resolution: 44, noise: nil)
    let without = Self.phantom.scan(ill.healthy, resolution: 44, noise: nil)
    var changed = 0
    for place in with.indices where with[place] != without[place] {
      changed += 1
      let (cut, pixel) = (place / (44 * 44), place % (44 * 44))
      let p = AbdomenPhantom.point(
        axis: cut / 4, slice: cut % 4, slices: 4, row: pixel / 44, column: pixel % 44,
        resolution: 44)
      // The gland's axis runs inside this box; 15 mm of gland, 12 of tumour and an edge around it.
      #expect(p.x > -34 - 20 && p.x < 76 + 20)
      #expect(p.y > -26 - 20 && p.y < 24 + 20)
      #expect(p.z > -18 - 20 && p.z < 20 + 20)
    }
    #expect(changed > 50 && changed < with.count / 10)
  }

  @Test("A cohort is a function of its stream, person by person")
  func cohort() {
    let short = Self.phantom.cohort(
      images: 12, resolution: 24, slices: 2, prefix: "p", stream: Self.stream)
    let long = Self.phantom.cohort(
      images: 30, resolution: 24, slices: 2, prefix: "p", stream: Self.stream)
    #expect(short.images.shape == [12, 6, 24, 24])
    #expect(short.images.elements == long.subset(Array(0..<12)).images.elements)
    #expect(short.patients == Array(long.patients.prefix(12)))
    #expect(short.images.elements.allSatisfy { (0...1).contains($0) })
    #expect(Set(long.cases.map(\.patient)).count == 30)
  }

  @Test("Shares are those of the configuration")
  func shares() {
    let count = 4000
    let people = Self.phantom.subjects(count, stream: Self.stream.child("shares"))
    func share(_ holds: (AbdomenSubject) -> Bool, of all: [AbdomenSubject]) -> (Double, Double) {
      let p = Double(all.filter(holds).count) / Double(all.count)
      return (p, 4 * (0.25 / Double(all.count)).squareRoot())
    }
    let ill = people.filter { $0.tumour != nil }
    for (found, expected) in [
      (share({ $0.patient.sex == .male }, of: people), 0.6),
      (share({ $0.tumour != nil }, of: people), 0.5),
      (share({ $0.ductMM > 1 }, of: ill), 0.7),
      (share({ $0.ductMM > 1 }, of: people.filter { $0.tumour == nil }), 0.06),
      (share({ $0.tumour!.place < 0.3 }, of: ill), 0.65),
    ] {
      #expect(abs(found.0 - expected) < found.1)
    }
    #expect(people.allSatisfy { (20...95).contains($0.patient.ageYears!) })
  }
}
