import Foundation
import Kernels

/// Whether the rules of a study were fixed before its results, as git tells it.
///
/// `claims.tsv` must have been committed in an ancestor of the commit that first brought the
/// study's `ledger.tsv`. Later commits that touch the claims are listed as `amended`.
public struct ClaimHistory: Sendable, Equatable {
  public enum Order: Sendable, Equatable {
    /// Claims first, results in a later commit.
    case before
    /// Claims came with the results or after them.
    case notBefore
    /// The claims are in no commit.
    case uncommitted
    /// No results are committed yet.
    case noResults
    /// Not a git checkout, or one without its history.
    case unknown(String)
  }

  public var order: Order
  /// Commits after the first results that changed the claims: short hash, date, subject.
  public var amendments: [String]

  /// Asks git in the folder `root`.
  ///
  /// - `claims`: path of claims.tsv below `root`.
  /// - `ledger`: path of the committed ledger.tsv below `root`.
  public init(root: String, claims: String, ledger: String) {
    amendments = []
    func git(_ arguments: String...) -> (status: Int32, text: String) {
      Self.git(arguments, in: root)
    }
    let shallow = git("rev-parse", "--is-shallow-repository")
    guard shallow.status == 0 else {
      order = .unknown("no git history here")
      return
    }
    if shallow.text == "true" {
      order = .unknown("the clone is shallow; git fetch --unshallow tells")
      return
    }
    func additions(_ path: String) -> [String] {
      git("log", "--format=%H", "--diff-filter=A", "--", path).text
        .split(separator: "\n").map(String.init)
    }
    guard let rules = additions(claims).last else {
      order = .uncommitted
      return
    }
    guard let results = additions(ledger).last else {
      order = .noResults
      return
    }
    let isAncestor = git("merge-base", "--is-ancestor", rules, results).status == 0
    order = rules != results && isAncestor ? .before : .notBefore
    amendments = git("log", "--format=%h %as %s", "\(results)..HEAD", "--", claims).text
      .split(separator: "\n").map(String.init)
    if git("status", "--porcelain", "--", claims).text.isEmpty == false {
      amendments.insert("uncommitted changes", at: 0)
    }
  }

  /// Whether `check` must report a difference.
  public var isBroken: Bool { order == .notBefore || order == .uncommitted }

  /// Lines for the reader.
  public var lines: [String] {
    let first: String
    switch order {
    case .before: first = "claims were committed before the first results"
    case .notBefore: first = "claims were not committed before the first results"
    case .uncommitted: first = "claims.tsv is not committed; commit it before the first default run"
    case .noResults: first = "no results are committed yet"
    case .unknown(let why): first = "cannot tell when claims were fixed: \(why)"
    }
    return [first] + amendments.map { "amended: \($0)" }
  }

  private static func git(_ arguments: [String], in root: String) -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-C", root] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      return (127, "")
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
