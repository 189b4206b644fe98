/// One knee of a participant with the visits at which it was filmed and read.
public struct KneeRecord: Codable, Hashable, Sendable {
  /// The side of the body.
  public enum Side: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
    case right = "R"
    case left = "L"

    /// Right before left, as the OAI numbers them.
    public static func < (a: Side, b: Side) -> Bool { a == .right && b == .left }
  }

  /// One film of the knee as a reader graded it.
  public struct Visit: Codable, Hashable, Sendable {
    /// Nominal months after enrolment.
    public var months: Int
    /// Kellgren-Lawrence grade as written in the file: 0 to 4, or 1.9 (see `grade`).
    public var gradeAsRead: Double
    /// Narrowing of the medial and the lateral joint space, 0 to 3, with decimals where readers noted
    /// a change within a grade; nil where missing.
    public var medialNarrowing, lateralNarrowing: Double?
    /// Bar code of the film; nil where the file has none.
    public var barCode: String?
    /// Path of the picture; nil where there is none.
    public var picture: String?
    /// Row of the reading in its file, as a spreadsheet shows it.
    public var row: Int

    /// Kellgren-Lawrence grade, 0 to 4.
    ///
    /// MOST writes 1.9 for a definite osteophyte without narrowing, not yet grade 2: it counts as 1.
    public var grade: Int { Int(gradeAsRead) }
  }

  public var patient: String
  public var side: Side
  /// In the order of months; at least one.
  public var visits: [Visit]
  /// Months from enrolment to the replacement of the joint; nil where the files tell of none. No visit
  /// lies at or behind it.
  public var replacedMonths: Double?
  /// Nominal months of the last contact with the participant; nil where the files do not tell.
  public var lastContactMonths: Int?
  /// The patient's split; nil until one was read or dealt.
  public var split: Split?

  /// Unique within a cohort: patient and side, `9001104 R`.
  public var id: String { "\(patient) \(side.rawValue)" }
  public var first: Visit { visits[0] }
  public var last: Visit { visits[visits.count - 1] }
  /// The visit at enrolment; nil where it was not read.
  public var baseline: Visit? { first.months == 0 ? first : nil }
  /// Months between the first and the last visit.
  public var followUpMonths: Int { last.months - first.months }

  /// Whether the grade rises by two and more from the first to the last visit; nil with one visit.
  ///
  /// The definition of the study on style-based extrapolation (c_j - c_i > 1), on grades. Its released
  /// code subtracts what MOST writes, so that 0 to 1.9 is fast there and not here.
  public var isFastProgressor: Bool? {
    visits.count < 2 ? nil : last.grade - first.grade >= 2
  }
}
