extension Cohort {
  /// One line of a cohort's Table 1: a quantity, a level of it, and the count in each split.
  public struct SummaryRow: Codable, Hashable, Sendable {
    /// "images", "patients", "sex", "age", "label …", "images per patient".
    public var characteristic: String
    /// Level of the characteristic; empty where it has none.
    public var level: String
    public var train, validation, test: Int

    /// All splits together.
    public var total: Int { train + validation + test }
  }

  /// A half-open range of ages in years.
  public struct AgeBand: Hashable, Sendable {
    public let low, high: Double

    /// Written as an interval: "[30,60)".
    public var name: String { "[\(Int(low)),\(Int(high)))" }

    public func contains(_ age: Double) -> Bool { age >= low && age < high }

    public init(_ low: Double, _ high: Double) {
      self.low = low
      self.high = high
    }
  }

  /// The age bands of the chest studies: [0,30) [30,60) [60,70) [70,80) [80,100).
  public static let ageBands = [
    AgeBand(0, 30), AgeBand(30, 60), AgeBand(60, 70), AgeBand(70, 80), AgeBand(80, 100),
  ]

  /// Table 1: images, patients, patients by sex and age band, positive and recorded labels, and
  /// patients by number of images, each by split.
  ///
  /// Sex and age count patients; labels count images. Levels "unknown" and "other" appear only
  /// where some patient needs them, so that every block adds up to the patients.
  public func summary(ageBands: [AgeBand] = Cohort.ageBands) -> [SummaryRow] {
    let people = patientsByID
    var rows: [SummaryRow] = []
    func add(_ characteristic: String, _ level: String, _ count: (Split) -> Int) {
      rows.append(
        SummaryRow(
          characteristic: characteristic, level: level, train: count(.train),
          validation: count(.validation), test: count(.test)))
    }
    let members = Dictionary(
      uniqueKeysWithValues: Split.allCases.map { split in
        (split, indices(split: split).map { cases[$0] })
      })
    var images: [Split: [String: Int]] = [:]
    for value in cases { images[value.split, default: [:]][value.patient, default: 0] += 1 }
    func patients(_ split: Split, _ holds: (Patient) -> Bool) -> Int {
      (images[split] ?? [:]).keys.count { people[$0].map(holds) ?? false }
    }
    func addIfAny(_ characteristic: String, _ level: String, _ holds: (Patient) -> Bool) {
      if Split.allCases.contains(where: { patients($0, holds) > 0 }) {
        add(characteristic, level) { patients($0, holds) }
      }
    }

    add("images", "") { members[$0]!.count }
    add("patients", "") { patients($0) { _ in true } }
    if people.values.contains(where: { $0.sex != nil }) {
      for sex in Sex.allCases { add("sex", sex.rawValue) { patients($0) { $0.sex == sex } } }
    }
    addIfAny("sex", "unknown") { $0.sex == nil }
    if people.values.contains(where: { $0.ageYears != nil }) {
      for band in ageBands {
        add("age", band.name) { patients($0) { $0.ageYears.map(band.contains) ?? false } }
      }
    }
    addIfAny("age", "other") { patient in
      patient.ageYears.map { age in !ageBands.contains { $0.contains(age) } } ?? false
    }
    addIfAny("age", "unknown") { $0.ageYears == nil }
    for (place, name) in labelNames.enumerated() {
      add("label \(name)", "positive") { members[$0]!.count { $0.labels[place] == 1 } }
      add("label \(name)", "recorded") { members[$0]!.count { $0.labels[place] != nil } }
    }
    for (level, range) in [
      ("1", 1...1), ("2", 2...2), ("3 to 5", 3...5), ("6 and more", 6...Int.max),
    ] {
      add("images per patient", level) { split in
        (images[split] ?? [:]).values.count { range.contains($0) }
      }
    }
    return rows
  }
}
