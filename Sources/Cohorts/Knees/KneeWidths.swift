import Imaging
import Kernels

/// Minimum widths of the medial joint space of the OAI, measured by software on the films that were
/// also graded.
///
/// Files are found below the unpacked archives, whatever the case of their names; fields are separated
/// by |:
///
///     kxr_qjsw_duryea00.txt … kxr_qjsw_duryea10.txt   ID, SIDE, VvvMCMJSW (mm); READPRJ if there
///
/// Of several rows of a knee at a visit the first with a value is kept. The films of a visit were not
/// all measured: knees with a width are a choice of the study, not a sample of its knees.
/// Source: https://nda.nih.gov/oai; Duryea et al. 2003, doi:10.1118/1.1573206.
public struct KneeWidths: Sendable {
  private struct Key: Hashable {
    var patient: String
    var side: KneeRecord.Side
    var months: Int
  }
  private var widths: [Key: Double] = [:]
  /// What became of the rows of each file, in the order of the visits.
  public private(set) var rows: [RowAccount] = []

  private static func fileName(_ code: String) -> String { "kxr_qjsw_duryea\(code).txt" }

  /// Reads the visits that are there; without a file there is no width.
  ///
  /// Throws an input error naming file, row and column when a column is missing, a side is neither 1
  /// nor 2, or a width lies outside 0 to 20 mm.
  public init(_ folder: String) throws {
    let names = Set(OAI.visits.map { Self.fileName($0.code) })
    let files = try ReleaseFiles(folder, isDeep: true) { names.contains($0) }
    for (code, months) in OAI.visits {
      guard let path = files[Self.fileName(code)] else { continue }
      let table = try ReleaseTable(path, isPiped: true)
      let id = try table.required("ID")
      let sideColumn = try table.required("SIDE")
      let width = try table.required("V\(code)MCMJSW")
      var account = RowAccount(file: path)
      for row in table.rows {
        let patient = try table.name(row, id, of: "the number of a participant")
        let side: KneeRecord.Side
        switch try table.coded(row, sideColumn, in: 1...2).value {
        case 1: side = .right
        case 2: side = .left
        default: throw table.error(row, sideColumn, expected: "1 (right) or 2 (left)")
        }
        guard let value = try table.coded(row, width, in: 0...20).value else {
          account.exclude("without a width", row: row)
          continue
        }
        let key = Key(patient: patient, side: side, months: months)
        guard widths[key] == nil else {
          account.exclude("of a knee and visit that was read", row: row)
          continue
        }
        widths[key] = value
        account.keep()
      }
      rows.append(account)
    }
  }

  /// Knees and visits with a width.
  public var count: Int { widths.count }

  /// The width in mm at a visit of a knee; nil where it was not measured.
  public func medialMM(patient: String, side: KneeRecord.Side, months: Int) -> Double? {
    widths[Key(patient: patient, side: side, months: months)]
  }
}
