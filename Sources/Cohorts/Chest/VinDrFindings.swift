import Imaging
import Kernels

extension VinDrCXR {
  /// A box that a reader drew around a local finding.
  public struct Finding: Codable, Hashable, Sendable {
    public var film: String
    /// Empty in the test table, which holds the consensus.
    public var reader: String
    /// Name of the finding.
    public var name: String
    /// Corners in pixels of the DICOM picture; x from the viewer's left, y from the top.
    public var left, top, right, bottom: Double
    /// As a spreadsheet shows it.
    public var row: Int
  }

  /// Reads `annotations_train.csv` or `annotations_test.csv`.
  ///
  /// Rows of "No finding" have no box and are counted. Throws an input error naming file, row and column
  /// when a column is missing, another finding has no box, or a box has no area.
  public static func findings(_ path: String) throws -> (findings: [Finding], rows: RowAccount) {
    let table = try ReleaseTable(path)
    let id = try table.required("image_id")
    let reader = try table.optional("rad_id")
    let name = try table.required("class_name")
    let corners = try ["x_min", "y_min", "x_max", "y_max"].map { try table.required($0) }
    var rows = RowAccount(file: path)
    var findings: [Finding] = []
    for row in table.rows {
      let film = try table.name(row, id, of: "the identifier of a film")
      let finding = try table.name(row, name, of: "the name of a finding")
      if finding.lowercased() == "no finding" {
        rows.exclude("of films without a finding", row: row)
        continue
      }
      let place = try corners.map { column -> Double in
        guard let value = Double(try table.text(row, column)), value.isFinite else {
          throw table.error(row, column, expected: "a number of pixels")
        }
        return value
      }
      for (low, high) in [(0, 2), (1, 3)] where place[high] <= place[low] {
        throw table.error(
          row, corners[high], expected: "more than \(corners[low]), \(place[low])")
      }
      findings.append(
        Finding(
          film: film, reader: try reader.map { try table.text(row, $0) } ?? "", name: finding,
          left: place[0], top: place[1], right: place[2], bottom: place[3], row: row + 2))
      rows.keep()
    }
    return (findings, rows)
  }
}
