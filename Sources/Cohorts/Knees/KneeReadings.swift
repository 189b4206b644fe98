/// Readings gathered from the files of a study, one a knee and visit.
///
/// Of several readings of a knee at one visit one is kept: that of the preferred reading project, then
/// that of the latest version, then the first. The others are counted, apart where they repeat what
/// was kept and where they contradict it.
struct KneeReadings {
  struct Key: Hashable {
    var patient: String
    var side: KneeRecord.Side
  }

  /// What decides between two readings of one visit: lower projects, then higher versions.
  struct Precedence {
    var project = 0
    var version = 0.0
  }

  /// Reasons for which readings are left out.
  enum Reason {
    static let replaced = "after the knee was replaced"
    static let otherProject = "beside a preferred reading project"
    static let olderVersion = "beside a later version"
    static let repeated = "repeating another row"
    static let contradicting = "contradicting another row"

    /// No grade, by the code of the field.
    static func noGrade(_ code: String) -> String {
      "without a grade (\(code.isEmpty ? "empty field" : "code \(code)"))"
    }
  }

  private var kept: [Key: [Int: (visit: KneeRecord.Visit, precedence: Precedence)]] = [:]

  /// Adds a reading and counts it, or the one that yields to it.
  mutating func add(
    _ visit: KneeRecord.Visit, of key: Key, _ precedence: Precedence = Precedence(),
    rows: inout RowAccount
  ) {
    guard let other = kept[key]?[visit.months] else {
      kept[key, default: [:]][visit.months] = (visit, precedence)
      rows.keep()
      return
    }
    let (old, new) = (other.precedence, precedence)
    let wins =
      old.project == new.project ? new.version > old.version : new.project < old.project
    let reason: String
    if old.project != new.project {
      reason = Reason.otherProject
    } else if old.version != new.version {
      reason = Reason.olderVersion
    } else if (visit.gradeAsRead, visit.medialNarrowing, visit.lateralNarrowing)
      == (other.visit.gradeAsRead, other.visit.medialNarrowing, other.visit.lateralNarrowing)
    {
      reason = Reason.repeated
    } else {
      reason = Reason.contradicting
    }
    rows.exclude(reason, row: (wins ? other.visit.row : visit.row) - 2)
    if wins { kept[key]![visit.months] = (visit, precedence) }
  }

  /// The knees with their visits, by patient, right before left; pictures are taken by film name.
  func knees(
    pictures: inout KneePictures?, film: (KneeRecord.Visit) -> String?
  ) -> [KneeRecord] {
    let keys = kept.keys.sorted { ($0.patient, $0.side) < ($1.patient, $1.side) }
    return keys.map { key in
      var visits = kept[key]!.values.map(\.visit).sorted { $0.months < $1.months }
      for index in visits.indices {
        guard let film = film(visits[index]) else { continue }
        visits[index].picture = pictures?.take(patient: key.patient, film: film, side: key.side)
      }
      return KneeRecord(patient: key.patient, side: key.side, visits: visits)
    }
  }
}

extension ReleaseTable {
  /// A Kellgren-Lawrence grade: 0, 1, 1.9 (see `KneeRecord.Visit.grade`), 2, 3 or 4, or the code of a
  /// missing one. Throws an input error for anything else.
  func kellgrenLawrence(
    _ row: Int, _ column: String, missing codes: Set<String> = []
  ) throws -> CodedField {
    let field = try coded(row, column, in: 0...4, missing: codes)
    guard let grade = field.value, grade != 1.9, grade != grade.rounded() else { return field }
    throw error(row, column, expected: "a grade of 0, 1, 1.9, 2, 3 or 4, or a missing code")
  }
}
