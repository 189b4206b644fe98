import Imaging
import Kernels

/// The Multicenter Osteoarthritis Study: readings of knee films at five visits over 84 months.
///
/// Files are found below the folder, whatever the case of their names:
///
///     MOSTV01235XRAY.txt              one row a participant, fields separated by tabs
///     <MOSTID>_V<visit>_…_<side>.png  pictures of single knees, if there
///
/// Columns are MOSTID and, for visit v of 0, 1, 2, 3, 5 and side s of R and L: VvXsKL (0 to 4, 1.9 for
/// a definite osteophyte without narrowing), VvXsJSM and VvXsJSL (0 to 3) where there. P, S, X, Z, 8
/// and 9 stand for missing values, as do `.` codes and empty fields. Code 8 is written for replaced
/// knees and for films that cannot be read alike: the table does not tell which, so no replacement
/// is recorded.
///
/// Source: https://most.ucsf.edu; columns and codes as used by
/// https://github.com/peterhan91/disease_progression and https://github.com/MIPT-Oulu/KneeOARSIGrading.
public enum MOST {
  /// Visits with films: their number in the names of columns, and nominal months.
  public static let visits: [(number: Int, months: Int)] = [
    (0, 0), (1, 15), (2, 30), (3, 60), (5, 84),
  ]
  private static let missing: Set<String> = ["P", "S", "X", "Z", "8", "9"]
  private static let fileName = "mostv01235xray.txt"

  private static func files(_ folder: String) throws -> ReleaseFiles {
    try ReleaseFiles(folder, isDeep: true) { $0 == fileName }
  }

  /// Whether a folder holds the table of readings.
  public static func isPresent(in folder: String) throws -> Bool {
    try files(folder)[fileName] != nil
  }

  /// Reads the table, and pictures from the same folder or another.
  ///
  /// Readings, ten a row, are kept or counted by the code that stands for the missing grade; a second
  /// row of a participant is counted. Throws an input error naming file, row and column when a column
  /// is missing, a grade or narrowing is out of range or an identifier is empty.
  public static func read(_ folder: String, pictures: String? = nil) throws -> KneeCohort {
    guard let path = try files(folder)[fileName] else {
      throw LightboxError.input(
        file: folder, found: "no MOSTV01235XRAY.txt", expected: "the table of readings")
    }
    let table = try ReleaseTable(path)
    let id = try table.required("MOSTID")
    var columns: [(side: KneeRecord.Side, months: Int, grade: String, spaces: [String?])] = []
    for side in KneeRecord.Side.allCases {
      for (number, months) in visits {
        let start = "V\(number)X\(side.rawValue)"
        columns.append(
          (
            side, months, try table.required(start + "KL"),
            [try table.optional(start + "JSM"), try table.optional(start + "JSL")]
          ))
      }
    }
    var rows = RowAccount(file: path, unit: "readings")
    var readings = KneeReadings()
    for row in table.rows {
      let patient = try table.name(row, id, of: "the number of a participant")
      for (side, months, grade, spaces) in columns {
        let narrowing = try spaces.map { column in
          try column.flatMap { try table.coded(row, $0, in: 0...3, missing: missing).value }
        }
        switch try table.kellgrenLawrence(row, grade, missing: missing) {
        case .missing(let code): rows.exclude(KneeReadings.Reason.noGrade(code), row: row)
        case .number(let value):
          readings.add(
            KneeRecord.Visit(
              months: months, gradeAsRead: value, medialNarrowing: narrowing[0],
              lateralNarrowing: narrowing[1], row: row + 2),
            of: KneeReadings.Key(patient: patient, side: side), rows: &rows)
        }
      }
    }
    guard rows.kept > 0 else {
      throw LightboxError.input(file: path, found: "no grade", expected: "grades 0 to 4")
    }
    var shown: KneePictures? = try KneePictures(pictures ?? folder)
    let knees = readings.knees(pictures: &shown) { visit in
      visits.first { $0.months == visit.months }.map { "V\($0.number)" }
    }
    let notes =
      ["The table does not tell replaced knees from films that cannot be read (code 8)."]
      + (shown?.notes ?? [])
    return try KneeCohort(name: "MOST", knees: knees, rows: [rows], notes: notes)
      .described().validated()
  }
}
