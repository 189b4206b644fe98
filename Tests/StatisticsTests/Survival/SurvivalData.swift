import Foundation
import Kernels
import Statistics

/// Remission in weeks of 42 leukaemia patients, 6-mercaptopurine and placebo: Freireich et al.
/// 1963, as in Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x, Table 1.
enum Freireich {
  static let treated: [(Double, Bool)] = [
    (6, true), (6, true), (6, true), (7, true), (10, true), (13, true), (16, true), (22, true),
    (23, true), (6, false), (9, false), (10, false), (11, false), (17, false), (19, false),
    (20, false), (25, false), (32, false), (32, false), (34, false), (35, false),
  ]
  static let placebo: [Double] = [
    1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23,
  ]
  static let arms =
    [String](repeating: "6-MP", count: 21) + [String](repeating: "placebo", count: 21)
  /// [case][1 for placebo]
  static let covariates: [[Double]] =
    [[Double]](repeating: [0], count: 21) + [[Double]](repeating: [1], count: 21)

  static func data() throws -> SurvivalTimes {
    try SurvivalTimes(
      times: treated.map(\.0) + placebo,
      events: treated.map(\.1) + [Bool](repeating: true, count: 21))
  }
}

/// Ovarian cancer: Edmonson et al. 1979, `ovarian` of R's survival. Days, event, age, ECOG.
enum Ovarian {
  static let rows: [(Double, Bool, Double, Double)] = [
    (59, true, 72.3315, 1), (115, true, 74.4932, 1), (156, true, 66.4658, 2),
    (421, false, 53.3644, 1), (431, true, 50.3397, 1), (448, false, 56.4301, 2),
    (464, true, 56.9370, 2), (475, true, 59.8548, 2), (477, false, 64.1753, 1),
    (563, true, 55.1781, 2), (638, true, 56.7562, 2), (744, false, 50.1096, 1),
    (769, false, 59.6301, 2), (770, false, 57.0521, 1), (803, false, 39.2712, 1),
    (855, false, 43.1233, 2), (1040, false, 38.8932, 2), (1106, false, 44.6000, 1),
    (1129, false, 53.9068, 1), (1206, false, 44.2055, 1), (1227, false, 59.5890, 2),
    (268, true, 74.5041, 2), (329, true, 43.1370, 1), (353, true, 63.2192, 2),
    (365, true, 64.4247, 1), (377, false, 58.3096, 1),
  ]
  static func data() throws -> SurvivalTimes {
    try SurvivalTimes(times: rows.map(\.0), events: rows.map(\.1))
  }
}

/// A table of numbers beside the project: [column][row], NaN for an empty field.
struct OutsideTable {
  static func path(_ name: String) -> String? {
    ProcessInfo.processInfo.environment["LIGHTBOX_DATA"].map { $0 + "/survival/\(name)" }
  }
  static func isPresent(_ name: String) -> Bool {
    path(name).map { FileManager.default.fileExists(atPath: $0) } ?? false
  }

  var columns: [String: [Double]] = [:]

  init(_ name: String) throws {
    let text = try String(contentsOfFile: Self.path(name)!, encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    for (k, column) in lines[0].enumerated() {
      columns[column] = lines.dropFirst().map { Double($0[k]) ?? .nan }
    }
  }

  subscript(_ column: String) -> [Double] { columns[column]! }

  /// Follow-up, in the rows given or all.
  func followUp(_ time: String, _ event: String, _ rows: [Int]? = nil) throws -> SurvivalTimes {
    let rows = rows ?? Array(self[time].indices)
    return try SurvivalTimes(
      times: rows.map { self[time][$0] }, events: rows.map { self[event][$0] == 1 })
  }
}

/// Simulated follow-up with whole times, so that many are tied, and normal covariates.
func simulatedSurvival(
  _ n: Int, width: Int, seed: UInt64
) throws -> (data: SurvivalTimes, rows: [[Double]]) {
  var stream = RandomStream(seed)
  var times: [Double] = []
  var events: [Bool] = []
  var rows: [[Double]] = []
  for _ in 0..<n {
    let row = (0..<width).map { _ in stream.normal() }
    let died = 12 * stream.exponential() * exp(-0.5 * row[0])
    let left = 4 + 20 * stream.uniform()
    times.append(min(died, left).rounded(.up))
    events.append(died <= left)
    rows.append(row)
  }
  return (try SurvivalTimes(times: times, events: events), rows)
}

/// Whether two numbers differ by at most `tolerance`, relative to the larger of 1 and them.
func agrees(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}
