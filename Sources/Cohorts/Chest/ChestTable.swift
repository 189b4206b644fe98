import Imaging
import Kernels

/// Films of a chest data set with their patients, as its tables describe them; no picture is read yet.
public struct ChestTable: Sendable {
  /// Name of the data set, for tables and run.json.
  public var name: String
  public var tier: DataTier
  public var labelNames: [String]
  public var films: [ChestFilm]
  /// Patients in order of first appearance, with the youngest age recorded.
  public var patients: [Patient]
  /// What became of the rows of each table.
  public var rows: [RowAccount]
  /// What a reader of any result must know of the data.
  public var notes: [String]

  /// Films of a split.
  public func films(_ split: Split) -> [ChestFilm] { films.filter { $0.split == split } }

  /// The films that a condition holds for, with their patients.
  public func filtered(_ holds: (ChestFilm) throws -> Bool) rethrows -> ChestTable {
    var result = self
    result.films = try films.filter(holds)
    let named = Set(result.films.map(\.patient))
    result.patients = patients.filter { named.contains($0.id) }
    return result
  }

  /// The table with all patients dealt to splits by a stream (see `Cohort.split`).
  public func split(train: Double, validation: Double, stream: RandomStream) -> ChestTable {
    let roles = Split.deal(
      Set(films.map(\.patient)), train: train, validation: validation, stream: stream)
    var result = self
    for index in films.indices { result.films[index].split = roles[films[index].patient]! }
    return result
  }

  /// The table with a fraction of the training patients moved to validation by a stream, for data
  /// sets whose files name training and test alone.
  public func movingToValidation(_ fraction: Double, stream: RandomStream) -> ChestTable {
    let roles = Split.deal(
      Set(films(.train).map(\.patient)), train: 1 - fraction, validation: fraction, stream: stream)
    var result = self
    for index in films.indices where films[index].split == .train {
      result.films[index].split = roles[films[index].patient]!
    }
    return result
  }

  /// The cohort with all pictures, stretched to one size: [film, channel, height, width].
  ///
  /// When the files name no split for some film, all patients are dealt 70:10:20 by the stream, with a
  /// note.
  /// Throws an input error naming table, row and column for a picture that is missing or damaged, and
  /// what `Cohort.validated` finds.
  public func cohort(
    height: Int, width: Int, channels: Int = 1,
    stream: RandomStream = RandomStream(42).child("split")
  ) throws -> Cohort {
    precondition(
      height > 0 && width > 0 && (channels == 1 || channels == 3),
      "height (\(height)), width (\(width)) must be positive, channels (\(channels)) 1 or 3")
    guard !films.isEmpty else {
      throw LightboxError.input(file: name, found: "no film", expected: "at least one")
    }
    var dealt = self
    if films.contains(where: { $0.split == nil }) {
      dealt = split(train: 0.7, validation: 0.1, stream: stream)
      dealt.notes.append("The files name no split: patients were dealt 70:10:20 by a stream.")
    }
    let pictures = PixelReading(channels: channels, height: height, width: width)
    let images = try pictures.read(films.count) { (films[$0].place, films[$0].picture ?? "") }
    return try Cohort(
      name: name, tier: tier, labelNames: labelNames, patients: patients,
      cases: dealt.films.map { film in
        Case(
          id: film.id, patient: film.patient, split: film.split!, labels: film.labels)
      }, images: images, notes: dealt.notes
    ).validated()
  }
}

/// Films gathered from one table, each once, with their patients and the count of rows.
struct ChestFilms {
  let table: ReleaseTable
  let idColumn: String
  private(set) var films: [ChestFilm] = []
  private var people: PatientList
  var rows: RowAccount
  private var seen: [String: Int] = [:]

  init(_ table: ReleaseTable, idColumn: String, sexColumn: String?) {
    self.table = table
    self.idColumn = idColumn
    people = PatientList(table: table.table, sexColumn: sexColumn)
    rows = RowAccount(file: table.file)
  }

  var patients: [Patient] { people.patients }

  /// Adds the film of a row and counts it.
  ///
  /// Throws an input error when the film was met before, its patient is in another split or of
  /// another sex.
  mutating func add(
    row: Int, id: String, patient: Patient, split: Split?, view: ChestView?, labels: [Int?],
    picture: String?, splits: inout PatientSplits
  ) throws {
    if let before = seen.updateValue(row, forKey: id) {
      throw table.error(row, idColumn, expected: "a film other than that of row \(before + 2)")
    }
    if let split {
      try splits.add(patient.id, split, table: table.table, row: row, column: idColumn)
    }
    try people.add(patient, row: row)
    films.append(
      ChestFilm(
        id: id, patient: patient.id, split: split, view: view, labels: labels, picture: picture,
        place: try table.place(row, idColumn)))
    rows.keep()
  }
}
