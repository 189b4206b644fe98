/// One film of a chest data set as its tables describe it, before the picture is read.
public struct ChestFilm: Codable, Hashable, Sendable {
  /// Unique within the data set: the path or identifier that the tables use.
  public var id: String
  public var patient: String
  /// nil where the files name none.
  public var split: Split?
  public var view: ChestView?
  /// One label per name of the table, in that order: 0 or 1; nil where it counts as missing.
  public var labels: [Int?]
  /// Path at which the picture lies or should lie; nil where it was looked for and not found.
  public var picture: String?
  /// The field that names the film.
  var place: FilePlace

  /// Row of the film in its table, as a spreadsheet shows it.
  public var row: Int { place.row }
}

/// Frontal views: the direction of the beam.
public enum ChestView: String, Codable, Hashable, Sendable, CaseIterable {
  case anteroposterior = "AP"
  case posteroanterior = "PA"
}

/// What labels other than 0 and 1 count as.
public struct ChestLabelPolicy: Codable, Hashable, Sendable {
  public enum Meaning: String, Codable, Hashable, Sendable, CaseIterable {
    case positive, negative, missing

    var label: Int? {
      switch self {
      case .positive: 1
      case .negative: 0
      case .missing: nil
      }
    }
  }

  /// A finding that the report calls possible (-1).
  public var uncertain: Meaning
  /// A finding that the report does not mention (an empty field).
  public var unmentioned: Meaning

  /// By default what is uncertain is missing, and what is not mentioned is absent.
  public init(uncertain: Meaning = .missing, unmentioned: Meaning = .negative) {
    self.uncertain = uncertain
    self.unmentioned = unmentioned
  }
}

/// Reads labels of the CheXpert labeller by a policy and counts what the policy decided.
struct ChestLabelReader {
  let policy: ChestLabelPolicy
  private var uncertain = 0
  private var unmentioned = 0

  init(_ policy: ChestLabelPolicy) { self.policy = policy }

  /// One field: 1, 0, -1 or empty, with decimals or not; throws an input error for anything else.
  mutating func label(_ table: ReleaseTable, _ row: Int, _ column: String) throws -> Int? {
    let text = try table.text(row, column)
    if text.isEmpty {
      unmentioned += 1
      return policy.unmentioned.label
    }
    switch Double(text) {
    case 1: return 1
    case 0: return 0
    case -1:
      uncertain += 1
      return policy.uncertain.label
    default: throw table.error(row, column, expected: "1, 0, -1 or an empty field")
    }
  }

  /// What the policy did.
  var notes: [String] {
    [
      "\(uncertain) uncertain labels count as \(policy.uncertain.rawValue), \(unmentioned) findings "
        + "that are not mentioned as \(policy.unmentioned.rawValue)."
    ]
  }
}
