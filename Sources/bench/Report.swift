import Foundation
import Kernels

/// The results as tables: two TSV files and a page that holds both.
struct Report {
  private let session: BenchSession
  init(_ session: BenchSession) { self.session = session }

  private var comparisonTable: [[String]] {
    var rows = [
      [
        "workload", "side", "mode", "median [s]", "low [s]", "high [s]", "n", "CPU [s]",
        "peak [MB]", "ratio", "CPU ratio",
        "must", "aim", "verdict",
      ]
    ]
    for comparison in session.comparisons {
      for (index, side) in ([comparison.own] + comparison.peers).enumerated() {
        let first = index == 0
        rows.append([
          comparison.workload, side.name, side.mode, digits(side.median, 4),
          digits(side.seconds.min() ?? .nan, 4), digits(side.seconds.max() ?? .nan, 4),
          "\(side.seconds.count)", digits(median(side.processor), 4),
          side.peakMB.map { digits($0, 4) } ?? "",
          first ? comparison.ratio.map { digits($0, 3) } ?? "" : "",
          first ? comparison.processorRatio.map { digits($0, 3) } ?? "" : "",
          first ? comparison.goal.map { "\($0.must)" } ?? "" : "",
          first ? comparison.goal?.aim.map { "\($0)" } ?? "" : "", first ? comparison.verdict : "",
        ])
      }
    }
    return rows
  }

  private var kernelTable: [[String]] {
    [["kernel", "median [s]", "rate", "unit", "share of the machine's [%]"]]
      + session.kernels.map { row in
        [
          row.name, digits(row.seconds, 4), digits(row.rate, 4), row.unit.rawValue,
          row.peak.map { digits(100 * row.rate / $0, 3) } ?? "",
        ]
      }
  }

  private static func markdown(_ rows: [[String]]) -> String {
    let lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
    let rule = "|" + rows[0].map { _ in " --- |" }.joined()
    return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
  }

  private static func tsv(_ rows: [[String]]) -> String {
    rows.map { $0.joined(separator: "\t") + "\n" }.joined()
  }

  private var conditions: String {
    let machine = Machine.current
    let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
    return """
      \(machine.cpu); kernels \(machine.isa), \(machine.threads) threads; \
      oneDNN \(machine.oneDNN), OpenBLAS \(machine.blasCore); glibc \(machine.glibc). \
      Load when finished (1, 5, 15 minutes): \
      \(load.split(separator: " ").prefix(3).joined(separator: ", ")).
      """
  }

  /// The page.
  var text: String {
    """
    # How fast

    Written by `make bench`. Times are medians after one warm-up, both sides in turn in one run; \
    *ratio* is our time over that of the fastest peer (or our memory over the peer's), *must* and \
    *aim* its goals. A bfloat16 peer is reported beside, outside the ratio, and timed once where it \
    is slower than float32. *CPU* is processor time of all threads (waiting in a loop included), \
    which a busy machine changes less. \(session.interpreter == nil ? "No peer was run. " : "")\
    Peaks of memory are resident: each process whole, since the workload began.

    \(conditions)

    \(Self.markdown(comparisonTable))

    ## What is left

    The rate of single kernels as a share of the matrix product's rate (arithmetic) or of a copy's \
    (memory traffic). Winograd's algorithm saves multiplications, so a 3x3 convolution may pass \
    100 %.

    \(Self.markdown(kernelTable))

    """
  }

  func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, content) in [
      ("README.md", text), ("comparisons.tsv", Self.tsv(comparisonTable)),
      ("kernels.tsv", Self.tsv(kernelTable)),
    ] {
      try Data(content.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }
  }
}
