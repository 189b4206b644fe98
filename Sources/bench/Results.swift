import Foundation
import Kernels

/// The tables of results on disk, workload by workload.
///
/// A run replaces the rows of the workloads that it measures as each of them is done, and leaves
/// the others as they are: what was measured when, on which code and machine, is a table of its
/// own. A run that is stopped loses no finished workload.
struct Results {
  /// A table: its header, and rows whose first field names the workload.
  struct Table {
    let header: [String]
    var rows: [[String]] = []
  }

  private let folder: String?
  private(set) var comparisons = Table(header: [
    "run", "workload", "side", "mode", "median [s]", "low [s]", "high [s]", "n", "CPU [s]",
    "peak [MB]", "ratio", "CPU ratio", "must", "aim", "verdict",
  ])
  private(set) var kernels = Table(header: [
    "run", "kernel", "median [s]", "rate", "unit", "share of the machine's [%]",
  ])
  private(set) var runs = Table(header: [
    "run", "measured [UTC]", "code", "peers", "repeats", "load", "cpu", "kernels", "threads",
    "oneDNN", "OpenBLAS", "glibc",
  ])
  private static let files = (
    comparisons: "comparisons.tsv", kernels: "kernels.tsv", runs: "runs.tsv"
  )

  /// Starts from what lies in a folder; nil keeps the results in memory alone.
  init(folder: String?) throws {
    self.folder = folder
    guard let folder else { return }
    try Self.read(&comparisons, folder + "/" + Self.files.comparisons)
    try Self.read(&kernels, folder + "/" + Self.files.kernels)
    try Self.read(&runs, folder + "/" + Self.files.runs)
  }

  /// Puts the rows of a workload in the place of its earlier ones, and writes everything.
  mutating func replace(_ run: String, with session: BenchSession, code: String) throws {
    Self.replace(run, in: &comparisons, session.comparisons.flatMap(Self.rows))
    Self.replace(run, in: &kernels, session.kernels.map(Self.row))
    Self.replace(run, in: &runs, [Self.conditions(session, code: code)])
    guard let folder else { return }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, content) in [
      (Self.files.comparisons, Self.tsv(comparisons)), (Self.files.kernels, Self.tsv(kernels)),
      (Self.files.runs, Self.tsv(runs)), ("README.md", Report(self).text),
    ] {
      let place = URL(fileURLWithPath: folder + "/" + name)
      try Data(content.utf8).write(to: place, options: .atomic)
    }
  }

  private static func replace(_ run: String, in table: inout Table, _ rows: [[String]]) {
    let order = Bench.workloads.map(\.name)
    let all = table.rows.filter { $0[0] != run } + rows.map { [run] + $0 }
    table.rows = order.flatMap { name in all.filter { $0[0] == name } }
  }

  /// A side a row; what belongs to the comparison stands in the first.
  private static func rows(_ comparison: Comparison) -> [[String]] {
    ([comparison.own] + comparison.peers).enumerated().map { index, side in
      let measured = [
        comparison.workload, side.name, side.mode, digits(side.median, 4),
        digits(side.seconds.min() ?? .nan, 4), digits(side.seconds.max() ?? .nan, 4),
        "\(side.seconds.count)", digits(median(side.processor), 4),
        side.peakMB.map { digits($0, 4) } ?? "",
      ]
      guard index == 0 else { return measured + ["", "", "", "", ""] }
      return measured + [
        comparison.ratio.map { digits($0, 3) } ?? "",
        comparison.processorRatio.map { digits($0, 3) } ?? "",
        comparison.goal.map { "\($0.must)" } ?? "", comparison.goal?.aim.map { "\($0)" } ?? "",
        comparison.verdict,
      ]
    }
  }

  private static func row(_ row: KernelRow) -> [String] {
    [
      row.name, digits(row.seconds, 4), digits(row.rate, 4), row.unit.rawValue,
      row.peak.map { digits(100 * row.rate / $0, 3) } ?? "",
    ]
  }

  private static func conditions(_ session: BenchSession, code: String) -> [String] {
    let machine = Machine.current
    let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
    return [
      ISO8601DateFormatter().string(from: Date()), code,
      session.interpreter == nil ? "not run" : "run", "\(session.repeats)",
      load.split(separator: " ").prefix(3).joined(separator: ", "), machine.cpu, machine.isa,
      "\(machine.threads)", machine.oneDNN, machine.blasCore, machine.glibc,
    ]
  }

  private static func tsv(_ table: Table) -> String {
    ([table.header] + table.rows).map { $0.joined(separator: "\t") + "\n" }.joined()
  }

  /// Rows of an earlier run; a file with other columns is of an older form and is begun anew.
  private static func read(_ table: inout Table, _ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let lines = try String(contentsOfFile: path, encoding: .utf8)
      .split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
    guard let header = lines.first, header == table.header else {
      return note("\(path): columns of an older form; its rows are dropped")
    }
    if let bad = lines.firstIndex(where: { $0.count != header.count }) {
      throw LightboxError.input(
        file: path, row: bad + 1, found: "\(lines[bad].count) fields",
        expected: "\(header.count)", hint: "delete the file to begin anew")
    }
    table.rows = Array(lines.dropFirst())
  }
}

/// The commit of the checkout, with a + where its sources were edited since; empty without git.
func checkedOutCode(root: String) -> String {
  func git(_ arguments: String...) -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", root] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
  guard let commit = git("rev-parse", "--short=10", "HEAD") else { return "" }
  let edited = git("status", "--porcelain", "--", "Sources", "Package.swift", "Makefile")
  return commit + (edited == "" ? "" : "+")
}
