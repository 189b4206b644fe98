import Foundation
import Kernels
import Plotting

extension StudyRun {
  /// Writes log.tsv, tied to the sources by their digests, and weaves README.md and REVIEW.md.
  ///
  /// Comes after every output and ledger.tsv. Without sources at the root there is nothing to
  /// weave: the log is written, and a line says so.
  func writeLogAndPages() throws {
    guard DurableFile.isFolder("\(root)/\(folder)") else {
      try write(try TSV.encode(log), to: "log.tsv")
      say("no sources at \(root)/\(folder): no page is woven")
      return
    }
    let sources = try StudyPages.sourceRows(folder: folder, root: root, log: log)
    try write(try TSV.encode(log + sources), to: "log.tsv")
    let minutes = Budget.inWords(minutes: budget.minutes(at: scale))
    let pages = try StudyPages.weave(
      header: PageHeader(
        study: name, budget: "\(minutes) at \(scale.rawValue) scale on two cores",
        command: "make \(name)"), folder: folder, root: root, results: outputs.assembly)
    try write(pages.page, to: "README.md")
    try write(pages.review, to: "REVIEW.md")
  }

  /// Judges the declared claims by what was measured: ledger.tsv. Nothing without claims.
  func writeLedger() throws {
    guard let claims = paper.claims else { return }
    let path = "\(root)/\(folder)/\(claims)"
    let ledger = try Ledger(
      judging: try ClaimDeclaration.read(path), measurements: measurements,
      file: "\(folder)/\(claims)")
    try write(try ledger.encoded(), to: "ledger.tsv")
  }

  /// When the claims were fixed, for results that are committed.
  var claimHistory: ClaimHistory? {
    guard outputs.isCommitted, let claims = paper.claims else { return nil }
    return ClaimHistory(
      root: root, claims: "\(folder)/\(claims)", ledger: "Figures/\(name)/ledger.tsv")
  }
}
