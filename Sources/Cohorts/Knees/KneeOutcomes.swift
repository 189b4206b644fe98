import Imaging
import Kernels

/// Replacements of knees and last contacts in the OAI's `outcomes99.txt`.
///
/// V99ERKDAYS and V99ELKDAYS are days from enrolment to the replacement of the right and the left
/// knee; V99ERKRPCF and V99ELKRPCF say whether it was adjudicated: a day counts unless that failed to
/// confirm it (code 0). V99RNTCNT is the visit of the last contact, 0 to 11.
struct KneeOutcomes {
  static let fileName = "outcomes99.txt"

  /// Nominal months of the contacts 0 to 11, films or not.
  private static let contactMonths = [0, 12, 18, 24, 30, 36, 48, 60, 72, 84, 96, 108]

  private var replaced: [KneeReadings.Key: Double] = [:]
  /// By participant.
  private(set) var lastContactMonths: [String: Int] = [:]
  private var refuted = 0

  /// Reads the file; throws an input error naming row and column when a column is missing, a value
  /// is out of range, or a participant appears twice.
  init(_ path: String) throws {
    let table = try ReleaseTable(path, isPiped: true)
    let id = try table.required("ID")
    let contact = try table.optional("V99RNTCNT")
    let columns = try KneeRecord.Side.allCases.map { side in
      (
        side, try table.required("V99E\(side.rawValue)KDAYS"),
        try table.optional("V99E\(side.rawValue)KRPCF")
      )
    }
    var rows: [String: Int] = [:]
    for row in table.rows {
      let patient = try table.name(row, id, of: "the number of a participant")
      if let before = rows.updateValue(row, forKey: patient) {
        throw table.error(row, id, expected: "a participant other than that of row \(before + 2)")
      }
      for (side, days, confirmation) in columns {
        guard let day = try table.coded(row, days, in: 0...20000).value else { continue }
        let code = try confirmation.flatMap { try table.coded(row, $0, in: 0...9).value }
        if code == 0 {
          refuted += 1
        } else {
          // The mean month of the Gregorian calendar.
          replaced[KneeReadings.Key(patient: patient, side: side)] = day / (365.2425 / 12)
        }
      }
      if let contact, let visit = try table.coded(row, contact, in: 0...11).value {
        lastContactMonths[patient] = Self.contactMonths[Int(visit)]
      }
    }
  }

  /// Months from enrolment to the replacement of a knee; nil where none is known.
  func replacedMonths(_ patient: String, _ side: KneeRecord.Side) -> Double? {
    replaced[KneeReadings.Key(patient: patient, side: side)]
  }

  var notes: [String] {
    refuted == 0 ? [] : ["\(refuted) reported replacements were not confirmed and do not count."]
  }
}
