import Imaging
import Kernels

/// The Osteoarthritis Initiative: semi-quantitative readings of fixed-flexion knee films at seven
/// visits over 96 months.
///
/// Files are found below the unpacked archives, whatever the case of their names:
///
///     kxr_sq_bu00.txt … kxr_sq_bu10.txt   one row a knee and reading project, fields separated by |
///     outcomes99.txt                      replacements and last contact, if there
///     <ID>_<bar code>_<date>_<side>.png   pictures of single knees, if there
///
/// Columns are ID, SIDE (1 right, 2 left), READPRJ, VERSION, VvvBARCDBU, VvvXRKL (0 to 4), VvvXRJSM and
/// VvvXRJSL (0 to 3, with decimals for changes within a grade); a field may hold its meaning as well
/// (`1: Right`). `.`, `.` with a letter and empty fields are missing values.
///
/// Reading project 15 is the main one. Of the other projects (37, 42) nothing is kept unless asked
/// for; then a reading of the project named first wins. Rows without a grade are left out before.
///
/// Source: https://nda.nih.gov/oai; columns as used by https://github.com/MIPT-Oulu/KneeOARSIGrading.
public enum OAI {
  /// Visits with films: the code in names of files and columns, and nominal months.
  public static let visits: [(code: String, months: Int)] = [
    ("00", 0), ("01", 12), ("03", 24), ("05", 36), ("06", 48), ("08", 72), ("10", 96),
  ]

  private static func fileName(_ code: String) -> String { "kxr_sq_bu\(code).txt" }

  private static func files(_ folder: String) throws -> ReleaseFiles {
    let names = Set(visits.map { fileName($0.code) } + [KneeOutcomes.fileName])
    return try ReleaseFiles(folder, isDeep: true) { names.contains($0) }
  }

  /// Whether a folder holds readings of some visit.
  public static func isPresent(in folder: String) throws -> Bool {
    let files = try files(folder)
    return visits.contains { files[fileName($0.code)] != nil }
  }

  /// Reads the visits that are there, and pictures from the same folder or another.
  ///
  /// A knee that was replaced keeps the visits before the day of replacement. Both knees of a patient
  /// are one patient: `KneeCohort.split` never divides them. Throws an input error naming file, row
  /// and column when a column is missing, a side, grade or narrowing is out of range, an identifier is
  /// empty; naming files when no visit is there, nothing is left, or two pictures show the same film.
  public static func read(
    _ folder: String, projects: [Int] = [15], pictures: String? = nil
  ) throws -> KneeCohort {
    precondition(!projects.isEmpty, "projects must not be empty")
    let files = try files(folder)
    let outcomes = try files[KneeOutcomes.fileName].map { try KneeOutcomes($0) }
    var readings = KneeReadings()
    var accounts: [RowAccount] = []
    var lacking: [String] = []
    for (code, months) in visits {
      guard let path = files[fileName(code)] else {
        lacking.append("\(months)")
        continue
      }
      accounts.append(
        try read(
          path, code: code, months: months, projects: projects, outcomes: outcomes,
          into: &readings))
    }
    guard !accounts.isEmpty else {
      throw LightboxError.input(
        file: folder, found: "no reading", expected: "kxr_sq_bu00.txt and its like",
        hint: "unpack the ASCII archive of semi-quantitative readings into this folder")
    }
    var shown: KneePictures? = try KneePictures(pictures ?? folder)
    var knees = readings.knees(pictures: &shown) { $0.barCode }
    for index in knees.indices {
      let knee = knees[index]
      knees[index].replacedMonths = outcomes?.replacedMonths(knee.patient, knee.side)
      knees[index].lastContactMonths = outcomes?.lastContactMonths[knee.patient]
    }
    guard !knees.isEmpty else {
      throw LightboxError.input(
        file: folder, found: "no reading that is kept: \(accounts.map(\.summary))",
        expected: "grades of reading project \(projects.map(String.init).joined(separator: " or "))"
      )
    }
    var notes = outcomes?.notes ?? ["No \(KneeOutcomes.fileName): replacements are unknown."]
    if !lacking.isEmpty {
      notes.append("No file for month \(lacking.joined(separator: ", ")).")
    }
    notes += shown?.notes ?? []
    return try KneeCohort(name: "OAI", knees: knees, rows: accounts, notes: notes)
      .described().validated()
  }

  /// Adds the readings of one visit.
  private static func read(
    _ path: String, code: String, months: Int, projects: [Int], outcomes: KneeOutcomes?,
    into readings: inout KneeReadings
  ) throws -> RowAccount {
    let table = try ReleaseTable(path, isPiped: true)
    let id = try table.required("ID")
    let sideColumn = try table.required("SIDE")
    let projectColumn = try table.required("READPRJ")
    let grade = try table.required("V\(code)XRKL")
    let medial = try table.required("V\(code)XRJSM")
    let lateral = try table.required("V\(code)XRJSL")
    let barCode = try table.optional("V\(code)BARCDBU")
    let version = try table.optional("VERSION")
    var rows = RowAccount(file: path)
    for row in table.rows {
      let patient = try table.name(row, id, of: "the number of a participant")
      let side = try side(table, row, sideColumn)
      guard let project = try project(table, row, projectColumn) else {
        rows.exclude("without a reading project", row: row)
        continue
      }
      guard let rank = projects.firstIndex(of: project) else {
        rows.exclude("of reading project \(project)", row: row)
        continue
      }
      let value = try table.kellgrenLawrence(row, grade)
      let spaces = try [medial, lateral].map { try table.coded(row, $0, in: 0...3).value }
      switch value {
      case .missing(let code): rows.exclude(KneeReadings.Reason.noGrade(code), row: row)
      case .number(let grade):
        if let replaced = outcomes?.replacedMonths(patient, side), Double(months) >= replaced {
          rows.exclude(KneeReadings.Reason.replaced, row: row)
          continue
        }
        let bar = try barCode.map { try table.text(row, $0) } ?? ""
        let number = try version.flatMap { Double(try table.text(row, $0)) }
        readings.add(
          KneeRecord.Visit(
            months: months, gradeAsRead: grade, medialNarrowing: spaces[0],
            lateralNarrowing: spaces[1], barCode: bar.isEmpty || bar.hasPrefix(".") ? nil : bar,
            row: row + 2),
          of: KneeReadings.Key(patient: patient, side: side),
          KneeReadings.Precedence(project: rank, version: number ?? -.infinity), rows: &rows)
      }
    }
    return rows
  }

  private static func side(
    _ table: ReleaseTable, _ row: Int, _ column: String
  ) throws -> KneeRecord.Side {
    switch CodedField(try table.text(row, column))?.value {
    case 1: return .right
    case 2: return .left
    default: throw table.error(row, column, expected: "1 (right) or 2 (left)")
    }
  }

  /// The number of the reading project; nil where missing.
  private static func project(
    _ table: ReleaseTable, _ row: Int, _ column: String
  ) throws -> Int? {
    guard let field = CodedField(try table.text(row, column)) else {
      throw table.error(row, column, expected: "the number of a reading project, such as 15")
    }
    guard let value = field.value else { return nil }
    guard let whole = Int(exactly: value) else {
      throw table.error(row, column, expected: "the number of a reading project, such as 15")
    }
    return whole
  }
}
