// hide
import LightboxStudy

// show

//: ## 8 · Real data
//: `make dp-fairness DATA=<path>` runs the same code on real films: a MedMNIST file, a table of
//: pictures, or the unpacked folder of a chest release, which its tables tell: CheXpert, MIMIC-CXR,
//: ChestX-ray14, VinDr-CXR, UKA-CXR (the authors' own, restricted). A release is described by
//: Tables 2c and 2d as its tables have it; where its pictures lie beside them, chapters 2 to 6 run
//: on as many films as the simulated run has, drawn by patient, all with a picture, at this page's
//: image size. Where they do not, chapters 1 and 6 (the mechanism, which needs no film) remain.
//: Results of real data go to a folder of their own, which git ignores, and noise comes from the
//: operating system unless `NOISE=seeded` says otherwise. A folder of CT volumes takes the place of
//: chapter 7's phantom. {{real.note}}
func realDataChapter(_ study: StudyRun, _ source: DataSource) throws {
  guard let data = study.data else {
    try study.text("real.note", "This run was given no data.")
    return
  }
  guard let release = source.release else {
    if source.hasScans { study.describe(dataset: source.name) }
    try study.text("real.note", "This run read \(source.name); Table 2 describes it.")
    return
  }
  study.describe(dataset: release.rawValue)
  let described = try study.stage("release", inputs: [data]) { _ in try describe(data.path) }
  try study.table(
    "table-2c", "\(release.rawValue): films and patients by split, as released", tier: source.tier,
    rows: try described.value.characteristics)
  try study.table(
    "table-2d", "\(release.rawValue): findings, all films", tier: source.tier,
    rows: try described.value.findings)
  try study.text(
    "real.note",
    "This run was given \(release.rawValue)\(source.hasFilms ? "" : " without its pictures"). "
      + (try described.value.notes.joined(separator: " ")))
}

/// Where the films of a run come from.
struct DataSource {
  var tier: DataTier
  var name: String
  /// nil for the phantom, a MedMNIST file, a table of pictures and a CT folder.
  var release: ChestRelease?
  var hasFilms: Bool
  /// Whether it is a folder of CT volumes.
  var hasScans = false

  static func of(_ study: StudyRun) throws -> DataSource {
    guard let data = study.data else {
      return DataSource(tier: .simulated, name: "the phantom", release: nil, hasFilms: true)
    }
    guard let release = try ChestRelease.recognized(in: data.path) else {
      if CTFolder.isPresent(in: data.path) {
        return DataSource(
          tier: .restricted, name: "a folder of CT volumes", release: nil, hasFilms: false,
          hasScans: true)
      }
      return DataSource(tier: .public, name: "a data set of pictures", release: nil, hasFilms: true)
    }
    return DataSource(
      tier: release.tier, name: release.rawValue, release: release,
      hasFilms: ChestRelease.hasPictures(below: data.path))
  }
}

/// A release in words and numbers.
struct ReleaseFound: StageValue {
  var characteristics: [ReleaseRow]
  var findings: [FindingRow]
  var notes: [String]
}

struct ReleaseRow: TableRow, StageValue {
  static let columns = [
    Column("characteristic"), Column("all"), Column("train"), Column("validation"),
    Column("test"), Column("no split"),
  ]
  var characteristic, all, train, validation, test, unsplit: String
}

struct FindingRow: TableRow, StageValue {
  static let columns = [
    Column("finding"), Column("positive"), Column("negative"),
    Column("prevalence", unit: "%", digits: 3), Column("among women", unit: "%", digits: 3),
    Column("among men", unit: "%", digits: 3), Column("uncertain"), Column("not mentioned"),
    Column("missing"),
  ]
  var finding: String
  var positive, negative: Int
  var prevalence, women, men: Double?
  var uncertain, unmentioned, missing: Int
}

//: ### Tables 2c and 2d — a release as its own tables describe it
//: Percentages of patients by sex and age are of those recorded. Of findings, `uncertain` are
//: labels that the report calls possible, `not mentioned` those that it leaves open; by default the
//: former count as missing and the latter as negative, which the prevalence follows. A patient with
//: films in several splits is an error of reading, not a row.
func describe(_ folder: String) throws -> ReleaseFound {
  let table = try ChestTable.open(folder)
  // The same films under policies that leave other labels missing.
  let unmentioned = try ChestTable.open(
    folder, policy: ChestLabelPolicy(uncertain: .negative, unmentioned: .missing))
  let neither = try ChestTable.open(
    folder, policy: ChestLabelPolicy(uncertain: .negative, unmentioned: .negative))
  let sexes = Dictionary(
    table.patients.map { ($0.id, $0.sex) }, uniquingKeysWith: { first, _ in first })
  func empty(_ table: ChestTable, _ label: Int) -> Int {
    table.films.filter { $0.labels[label] == nil }.count
  }
  let findings = table.labelNames.indices.map { label -> FindingRow in
    func known(_ sex: Sex?) -> [Int] {
      table.films.filter { sex == nil || sexes[$0.patient] == .some(sex) }
        .compactMap { $0.labels[label] }
    }
    func share(_ labels: [Int]) -> Double? {
      mean(labels.map { 100 * Double($0) })
    }
    let all = known(nil)
    let missing = empty(neither, label)
    return FindingRow(
      finding: table.labelNames[label].replacing("_", with: " "),
      positive: all.reduce(0, +), negative: all.count - all.reduce(0, +), prevalence: share(all),
      women: share(known(.female)), men: share(known(.male)),
      uncertain: empty(table, label) - missing,
      unmentioned: empty(unmentioned, label) - missing, missing: missing)
  }
  return ReleaseFound(
    characteristics: characteristics(table), findings: findings, notes: table.notes)
}

/// Films and patients of a release, by split.
func characteristics(_ table: ChestTable) -> [ReleaseRow] {
  let pictured = Set(table.withPictures().films.map(\.id))
  let known = Dictionary(
    table.patients.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  func row(_ name: String, _ cell: ([ChestFilm], [Patient]) -> String) -> ReleaseRow {
    func of(_ holds: (ChestFilm) -> Bool) -> String {
      let films = table.films.filter(holds)
      let named = Set(films.map(\.patient))
      return films.isEmpty ? "–" : cell(films, named.sorted().compactMap { known[$0] })
    }
    return ReleaseRow(
      characteristic: name, all: of { _ in true }, train: of { $0.split == .train },
      validation: of { $0.split == .validation }, test: of { $0.split == .test },
      unsplit: of { $0.split == nil })
  }
  func share(_ part: Int, _ whole: Int) -> String {
    whole == 0
      ? "not recorded"
      : "\(part) (\(Printed.fixed(100 * Double(part) / Double(whole), decimals: 1)) %)"
  }
  func band(_ name: String, _ range: Range<Double>) -> ReleaseRow {
    row("patients, age \(name)") { _, patients in
      let ages = patients.compactMap(\.ageYears)
      return share(ages.filter { range.contains($0) }.count, ages.count)
    }
  }
  return [
    row("films") { films, _ in String(films.count) },
    row("films with a picture") { films, _ in
      share(films.filter { pictured.contains($0.id) }.count, films.count)
    },
    row("patients") { _, patients in String(patients.count) },
    row("films per patient") { films, patients in
      Printed.fixed(Double(films.count) / Double(max(1, patients.count)), decimals: 2)
    },
    row("women") { _, patients in
      let sexes = patients.compactMap(\.sex)
      return share(sexes.filter { $0 == .female }.count, sexes.count)
    },
    row("patients of unknown sex") { _, patients in
      String(patients.filter { $0.sex == nil }.count)
    },
    band("under 30", 0..<30), band("30 to 59", 30..<60), band("60 to 69", 60..<70),
    band("70 to 79", 70..<80), band("80 and over", 80..<131),
    row("patients of unknown age") { _, patients in
      String(patients.filter { $0.ageYears == nil }.count)
    },
    row("films AP") { films, _ in
      let views = films.compactMap(\.view)
      return share(views.filter { $0 == .anteroposterior }.count, views.count)
    },
  ]
}
