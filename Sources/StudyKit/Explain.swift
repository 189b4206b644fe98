import Foundation

/// Ends an explanation where the study's own flow needs a value that is not there.
struct ExplainEnds: Error {
  let label: String
}

extension StudyRun {
  /// In explain mode, says of each member of a group whether it would run, and why.
  func explain(_ group: StageGroup) throws {
    guard mode == .explain else { return }
    for task in group.tasks {
      print(explanation(of: task))
    }
    // A pipe gets the lines as they are found, too.
    fflush(nil)
  }

  private func explanation(of task: StageTask) -> String {
    if let entry = cache.entry(task.stage, task.key) {
      let seconds = RunProgress.inWords(seconds: entry.wallSeconds)
      return "reuse  \(task.label)  (\(task.key.folderName), took \(seconds))"
    }
    let head = "run    \(task.label)  "
    if cache.exists(task.stage, task.key) { return head + "its cached value is damaged" }
    let partial = cache.path(task.stage, task.key) + ".partial"
    let resumes = DurableFile.exists(partial) ? ", continuing from a checkpoint" : ""
    guard let old = cache.nearest(task.stage, task.key) else {
      return head + "was never run" + resumes
    }
    let changes = task.key.differences(from: old).map { change in
      "\(change.name): \(Self.shortened(change.old)) -> \(Self.shortened(change.new))"
    }
    return head + "changed since the nearest cached run" + resumes + "\n"
      + changes.map { "         " + $0 }.joined(separator: "\n")
  }

  /// A part of a key, short enough to read: digests by their first digits.
  private static func shortened(_ value: String?) -> String {
    guard let value else { return "(none)" }
    let isDigest = value.count == 64 && value.allSatisfy(\.isHexDigit)
    if isDigest { return String(value.prefix(8)) }
    return value.count <= 100 ? value : value.prefix(97) + "…"
  }
}
