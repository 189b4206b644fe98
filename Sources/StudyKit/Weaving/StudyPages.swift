import Foundation
import Kernels
import Plotting

/// Weaves the pages of a study from its sources and the files of a run.
public enum StudyPages {
  /// Log rows that tie a log to its sources: one per file, with the digest of its text.
  public static func sourceRows(folder: String, root: String, log: [LogRow]) throws -> [LogRow] {
    try StudySource.read(folder: folder, root: root, log: log).map { source in
      LogRow(
        file: source.file, line: 1, kind: .source, id: source.name, tier: nil, title: nil,
        value: source.digest, unit: nil)
    }
  }

  /// README.md and REVIEW.md for the results in a folder.
  ///
  /// - `folder`: the study's sources, below `root`.
  /// - `results`: the folder with log.tsv, ledger.tsv, tables and figures.
  /// - `toRoot`: from the page to the root, for links to sources.
  /// - Throws: what `Weaver.page` throws, and an input error for a missing or damaged log.
  public static func weave(
    header: PageHeader, folder: String, root: String, results: String, toRoot: String = "../../"
  ) throws -> (page: String, review: String) {
    func text(_ name: String) throws -> String {
      String(decoding: try DurableFile.read("\(results)/\(name)"), as: UTF8.self)
    }
    let log = try TSV.decode(LogRow.self, try text("log.tsv"), file: "log.tsv")
    let hasLedger = DurableFile.exists("\(results)/ledger.tsv")
    let claims = hasLedger ? try WovenClaim.read(try text("ledger.tsv"), file: "ledger.tsv") : []
    var weaver = Weaver(
      header: header, sources: try StudySource.read(folder: folder, root: root, log: log), log: log,
      claims: claims
    ) { name in
      guard DurableFile.exists("\(results)/\(name)") else { return nil }
      return name.hasSuffix(".tsv") ? try? text(name) : ""
    }
    weaver.toRoot = toRoot
    if hasLedger { weaver.recomputation = Recomputation(of: claims, cases: "\(results)/cases") }
    return (try weaver.page(), try weaver.review())
  }
}
