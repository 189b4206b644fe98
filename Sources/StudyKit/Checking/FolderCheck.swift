import Foundation
import Imaging
import Kernels
import Plotting

/// The comparison of two folders of results of one study.
///
/// Where both runs come from the same machine class (instruction set, BLAS core, threads, glibc,
/// toolchain, library versions) every file but run.json must hold the same bytes. Elsewhere the
/// tables' structure, texts and verdicts must be equal and their numbers within the tolerance;
/// drawings and pages follow from the tables and are not compared.
public struct FolderCheck: Sendable {
  /// What differs: file, row, column, both values. Empty when the folders agree.
  public private(set) var differences: [String] = []
  /// The files behind the differences, in the order of their names.
  public private(set) var changed: [Changed] = []
  /// Fields of run.json in which the environments differ.
  public private(set) var environment: [String] = []
  /// Whether bytes had to be equal.
  public private(set) var comparesBytes = false
  private let tolerance: Tolerance

  /// A file that is not what it was.
  public struct Changed: Hashable, Sendable {
    public enum Kind: Sendable { case missing, added, changed }
    public var file: String
    public var kind: Kind
    /// Cells that differ; 1 for anything but a table.
    public var count: Int
  }

  /// The fields that make a machine class; the processor's name is none of them.
  private static let machineClass = ["machine", "toolchain", "libraries", "packages"]

  /// Differences listed of one file before the rest is only counted.
  static let listed = 6

  /// How far numbers may be apart: |a − b| <= absolute + relative · max(|a|, |b|).
  public struct Tolerance: Sendable {
    public var absolute, relative: Double
    public init(absolute: Double = 0, relative: Double = 1e-9) {
      precondition(absolute >= 0 && relative >= 0, "tolerances must not be negative")
      self.absolute = absolute
      self.relative = relative
    }

    func accepts(_ a: Double, _ b: Double) -> Bool {
      a == b || abs(a - b) <= absolute + relative * max(abs(a), abs(b))
    }
  }

  /// Compares what is committed with what was computed now.
  ///
  /// - Throws: an input error where a folder has no readable run.json, or a table is damaged.
  public init(old: String, new: String, tolerance: Tolerance = Tolerance()) throws {
    self.tolerance = tolerance
    let before = try Self.environment(of: old)
    let after = try Self.environment(of: new)
    environment = Set(before.keys).union(after.keys).sorted().compactMap { key in
      let a = before[key] ?? "none"
      let b = after[key] ?? "none"
      return a == b ? nil : "\(key): \(a) → \(b)"
    }
    comparesBytes = environment.allSatisfy { field in
      field.hasPrefix("machine.cpu:") || !Self.machineClass.contains { field.hasPrefix($0) }
    }
    let files = (a: Set(DurableFile.files(below: old)), b: Set(DurableFile.files(below: new)))
    for file in files.a.union(files.b).sorted() where file != RunRecord.file {
      if !files.b.contains(file) {
        note(file, .missing, ["\(file): no longer written"])
      } else if !files.a.contains(file) {
        note(file, .added, ["\(file): new"])
      } else {
        let a = try DurableFile.read("\(old)/\(file)")
        let b = try DurableFile.read("\(new)/\(file)")
        if a != b { try compare(file, a, b) }
      }
    }
  }

  /// Whether two unequal cells need not be listed: numbers within tolerance, where bytes may differ.
  func accepts(_ old: String, _ new: String) -> Bool {
    guard !comparesBytes, let a = Double(old), let b = Double(new) else { return false }
    return tolerance.accepts(a, b)
  }

  /// Whether a file is compared cell by cell.
  static func isTable(_ file: String) -> Bool {
    file.hasSuffix(".tsv") || file.hasSuffix(".tsv.gz")
  }

  /// Header and cells of a table, compressed or not.
  static func grid(_ bytes: [UInt8], file: String) throws -> (header: [String], rows: [[String]]) {
    let plain = file.hasSuffix(".gz") ? try Gzip.decompress(bytes, file: file) : bytes
    return try TSV.cells(String(decoding: plain, as: UTF8.self), file: file)
  }

  private mutating func note(_ file: String, _ kind: Changed.Kind, _ found: [String]) {
    guard !found.isEmpty else { return }
    changed.append(Changed(file: file, kind: kind, count: found.count))
    differences += found.prefix(Self.listed)
    if found.count > Self.listed {
      differences.append("\(file): and \(found.count - Self.listed) more")
    }
  }

  private mutating func compare(_ file: String, _ a: [UInt8], _ b: [UInt8]) throws {
    guard Self.isTable(file) else {
      if comparesBytes { note(file, .changed, ["\(file): \(Self.firstDifference(a, b))"]) }
      return
    }
    let old = try Self.grid(a, file: file)
    let new = try Self.grid(b, file: file)
    // Lines of sources move with prose; the log's digests do as well.
    var found: [String] = []
    if old.header != new.header {
      found.append("\(file), row 1: columns \(old.header) → \(new.header)")
    } else if old.rows.count != new.rows.count {
      found.append("\(file): \(old.rows.count) rows → \(new.rows.count) rows")
    } else {
      for (index, pair) in zip(old.rows, new.rows).enumerated() {
        for (column, heading) in old.header.enumerated() where pair.0[column] != pair.1[column] {
          let place = "\(file), row \(index + 2), column \(heading)"
          let (x, y) = (pair.0[column], pair.1[column])
          guard let from = Double(x), let to = Double(y) else {
            found.append("\(place): \(Self.shown(x)) → \(Self.shown(y))")
            continue
          }
          let isClose = tolerance.accepts(from, to)
          if isClose && !comparesBytes { continue }
          let apart = "difference \(Printed.significant(abs(to - from), digits: 3))"
          let verdict = isClose ? ", within tolerance, but bytes must be equal here" : ""
          found.append("\(place): \(x) → \(y) (\(apart)\(verdict))")
        }
      }
      if found.isEmpty && comparesBytes {
        found.append("\(file): equal cells in different bytes")
      }
    }
    note(file, .changed, found)
  }

  private static func shown(_ cell: String) -> String { cell.isEmpty ? "missing" : cell }

  /// The first line that differs in a text, or the first byte in anything else.
  private static func firstDifference(_ a: [UInt8], _ b: [UInt8]) -> String {
    let place = zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let at = place ?? min(a.count, b.count)
    let line = a.prefix(at).count { $0 == UInt8(ascii: "\n") } + 1
    return "differs from line \(line) on (byte \(at) of \(a.count) → \(b.count))"
  }

  /// Everything in run.json that may change a byte, by path.
  private static func environment(of folder: String) throws -> [String: String] {
    let path = "\(folder)/\(RunRecord.file)"
    let data = Data(try DurableFile.read(path))
    guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw LightboxError.input(
        file: path, found: "no JSON object", expected: "the record of a run",
        hint: "run the study again")
    }
    var fields: [String: String] = [:]
    func add(_ key: String, _ value: Any?) {
      switch value {
      case let inner as [String: Any]: for (name, value) in inner { add("\(key).\(name)", value) }
      case let list as [Any]: fields[key] = list.map { "\($0)" }.joined(separator: ", ")
      case nil: break
      case let value?: fields[key] = "\(value)"
      }
    }
    for key in [
      "machine", "toolchain", "libraries", "packages", "scale", "seeds", "noise", "dataset",
      "inputs", "code",
    ] {
      add(key, object[key])
    }
    return fields
  }

  /// What a person reads, one line each; the environment only when something differs.
  public var lines: [String] {
    if differences.isEmpty {
      return [comparesBytes ? "same bytes" : "same verdicts, numbers within tolerance"]
    }
    return differences + environmentLines
  }

  /// The same without a cell: what a screen may show of a run on real patients.
  public var linesWithoutCells: [String] {
    if differences.isEmpty { return lines }
    let files = changed.map { change in
      switch change.kind {
      case .missing: "\(change.file): no longer written"
      case .added: "\(change.file): new"
      case .changed:
        "\(change.file): \(change.count) \(change.count == 1 ? "difference" : "differences")"
      }
    }
    return files + environmentLines
  }

  private var environmentLines: [String] {
    environment.isEmpty
      ? [] : ["the runs' environments differ in:"] + environment.map { "  \($0)" }
  }

  /// 0 when the folders agree, 1 when they differ.
  public var exitCode: Int32 { differences.isEmpty ? 0 : 1 }
}
