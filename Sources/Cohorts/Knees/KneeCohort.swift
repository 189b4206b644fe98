import Imaging
import Kernels

/// Knees of a longitudinal study, whatever the release that they were read from.
public struct KneeCohort: Codable, Sendable {
  /// Name of the study, for tables and run.json.
  public var name: String
  /// By patient, right before left.
  public var knees: [KneeRecord]
  /// What became of the rows of each file.
  public var rows: [RowAccount]
  /// What a reader of any result must know of the data.
  public var notes: [String]

  /// Opens the release that a folder holds: OAI or MOST.
  ///
  /// Throws an input error when it holds neither or both, and what reading them throws.
  public static func open(_ folder: String, pictures: String? = nil) throws -> KneeCohort {
    let (isOAI, isMOST) = (try OAI.isPresent(in: folder), try MOST.isPresent(in: folder))
    guard isOAI != isMOST else {
      throw LightboxError.input(
        file: folder, found: isOAI ? "files of both studies" : "no file of either study",
        expected: "kxr_sq_bu00.txt and its like (OAI) or MOSTV01235XRAY.txt (MOST)")
    }
    return isOAI
      ? try OAI.read(folder, pictures: pictures) : try MOST.read(folder, pictures: pictures)
  }

  /// Participants in the order of their identifiers.
  public var patients: [String] {
    var last: String?
    return knees.compactMap { knee in
      defer { last = knee.patient }
      return knee.patient == last ? nil : knee.patient
    }
  }

  /// The knees of a split.
  public func knees(_ split: Split) -> [KneeRecord] { knees.filter { $0.split == split } }

  /// The cohort with patients, and so both knees and all visits, dealt to splits by a stream.
  ///
  /// Fractions are of patients; what `Cohort.split` says of the draws holds here.
  public func split(train: Double, validation: Double, stream: RandomStream) -> KneeCohort {
    let roles = Split.deal(
      Set(knees.map(\.patient)), train: train, validation: validation, stream: stream)
    var result = self
    for index in knees.indices { result.knees[index].split = roles[knees[index].patient]! }
    return result
  }

  /// The cohort itself, when it keeps the promises that studies rely on.
  ///
  /// Throws an input error when there is no knee · a knee appears twice or out of order · has no
  /// visit, two of one month or one at or behind its replacement · a patient is in two splits.
  @discardableResult
  public func validated() throws -> KneeCohort {
    func fail(_ found: String, _ expected: String) -> LightboxError {
      .input(file: name, found: found, expected: expected)
    }
    guard !knees.isEmpty else { throw fail("no knees", "at least one reading") }
    var splits: [String: Split?] = [:]
    for (index, knee) in knees.enumerated() {
      if index > 0 {
        let before = knees[index - 1]
        guard (before.patient, before.side) < (knee.patient, knee.side) else {
          throw fail("knee \(knee.id) behind \(before.id)", "each knee once, in order")
        }
      }
      let months = knee.visits.map(\.months)
      guard !months.isEmpty, zip(months, months.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw fail("knee \(knee.id) with visits at \(months)", "one visit and more, in order")
      }
      if let replaced = knee.replacedMonths, Double(knee.last.months) >= replaced {
        throw fail(
          "knee \(knee.id), replaced at \(replaced) months, with a visit at \(knee.last.months)",
          "no visit once the joint is replaced")
      }
      if let split = splits[knee.patient], split != knee.split {
        throw fail("knees of patient \(knee.patient) in two splits", "each patient in one split")
      }
      splits[knee.patient] = .some(knee.split)
    }
    return self
  }

  /// The cohort with notes on what the files hold and lack.
  func described() -> KneeCohort {
    var result = self
    func note(_ count: Int, _ text: String) {
      if count > 0 { result.notes.append("\(count) \(text)") }
    }
    result.notes += rows.map { $0.summary + "." }
    let visits = knees.flatMap(\.visits)
    note(visits.count { $0.gradeAsRead != Double($0.grade) }, "grades written as 1.9 count as 1.")
    note(knees.count { $0.baseline == nil }, "knees without a grade at enrolment.")
    note(knees.count { $0.visits.count == 1 }, "knees with one visit, which tell of no change.")
    note(
      knees.count { $0.replacedMonths != nil },
      "knees were replaced during follow-up; their visits end before it.")
    return result
  }
}
