import Cohorts
import Foundation
import Kernels
import Phantoms
import Testing

@Suite struct ChestPopulationTests {
  static let records = ChestPhantom().records(
    images: 26_000, sites: [.bedside], stream: RandomStream(3).child("population"))
  static let patients = records.filter { $0.image == 0 }.map(\.patient)

  /// Within five standard errors of the configured share.
  func expectShare(_ found: Double, _ share: Double, _ n: Int) {
    let error = (share * (1 - share) / Double(n)).squareRoot()
    #expect(abs(found - share) < 5 * error, "\(found) for \(share)")
  }

  @Test func sexAndAge() {
    let n = Self.patients.count
    func share(_ holds: (Patient) -> Bool) -> Double {
      Double(Self.patients.filter(holds).count) / Double(n)
    }
    expectShare(share { $0.sex == .male }, 0.64, n)
    let bounds = [0.0, 30, 60, 70, 80, 100]
    for (k, expected) in [0.05, 0.25, 0.22, 0.30, 0.18].enumerated() {
      expectShare(share { (bounds[k]..<bounds[k + 1]).contains($0.ageYears!) }, expected, n)
    }
  }

  @Test func imagesPerPatient() {
    let counts = Dictionary(grouping: Self.records, by: \.patient.id).values.map(\.count)
    #expect(counts.allSatisfy { (1...8).contains($0) })
    let mean = Double(counts.reduce(0, +)) / Double(counts.count)
    // SD of the number of images is about 2.3.
    #expect(abs(mean - 4.3) < 5 * 2.3 / Double(counts.count).squareRoot())
  }

  @Test func comorbiditiesRiseWithAge() {
    func mean(_ range: Range<Double>) -> Double {
      let those = Self.patients.filter { range.contains($0.ageYears!) }
      return Double(those.reduce(0) { $0 + $1.comorbidities! }) / Double(those.count)
    }
    #expect(mean(0..<30) < mean(30..<60) && mean(30..<60) < mean(60..<80))
    #expect(mean(60..<80) < mean(80..<100))
  }

  /// Without reader error a label is exactly grade 3 or 4; with it, errors are one grade.
  @Test func labelsFollowGrades() {
    for record in Self.records.prefix(2000) {
      for finding in ChestFinding.allCases {
        let grade = record.severities.grade(finding)
        #expect(record.trueLabel(finding) == (grade >= 3 ? 1 : 0))
        #expect(abs(record.rated[finding.index] - grade) <= 1)
        #expect((0...4).contains(record.rated[finding.index]))
      }
    }
  }

  /// A patient belongs to one split, and splits have their shares.
  @Test func splitsArePatientwise() {
    let records = ChestPhantom().records(
      images: 3000, sites: [.bedside], splits: [(.train, 0.6), (.validation, 0.1), (.test, 0.3)],
      stream: RandomStream(4))
    for (_, own) in Dictionary(grouping: records, by: \.patient.id) {
      #expect(Set(own.map(\.split)).count == 1)
    }
    #expect(Set(records.map(\.split)).count == 3)
  }

  /// Difficulty of a group changes neither its size nor its labels.
  @Test func difficultyIsNotSizeOrPrevalence() {
    var hard = ChestConfiguration()
    hard.groups = [ChestGroup(sex: .female, ageYears: 70..<100, difficulty: 1)]
    let a = ChestPhantom(hard).records(images: 800, sites: [.bedside], stream: RandomStream(5))
    let b = ChestPhantom().records(images: 800, sites: [.bedside], stream: RandomStream(5))
    #expect(a == b)
    let images = ChestPhantom(hard).cohort(images: 30, resolution: 28, stream: RandomStream(5))
    let easy = ChestPhantom().cohort(images: 30, resolution: 28, stream: RandomStream(5))
    for index in 0..<30 {
      let same = images.render(index) == easy.render(index)
      #expect(same == (hard.difficulty(of: a[index].patient) == 0))
    }
  }

  @Test func configurationRoundTrips() throws {
    var configuration = ChestConfiguration()
    configuration.groups = [ChestGroup(sex: .male, difficulty: 0.5)]
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(ChestConfiguration.self, from: data) == configuration)
  }
}
