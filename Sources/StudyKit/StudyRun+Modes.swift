import Foundation
import Kernels
import Plotting

// What a run does around the study's own function, in each mode.

extension StudyRun {
  /// Computes what is missing, writes everything, swaps it in.
  func perform(_ body: () throws -> Void) throws {
    try outputs.prepare()
    let stated = Budget.inWords(minutes: budget.minutes(at: scale))
    let tour = scale == .default ? "; SCALE=smoke for \(Self.tour(budget))" : ""
    say("\(stated) on this machine\(tour); stop and resume at any time")
    if let warning = code.warning { say(warning) }
    progress.keepAlive()
    try body()
    try assemble()
    try outputs.publish()
    progress.stop()
    let minutes = progress.elapsed / 60
    if minutes > budget.minutes(at: scale) {
      say(
        "took \(RunProgress.inWords(seconds: progress.elapsed)), more than the stated "
          + RunProgress.inWords(seconds: 60 * budget.minutes(at: scale)))
    }
    let reused = stageRecords.filter(\.reused).count
    print(
      "\(name): wrote \(outputs.shown)/ in \(RunProgress.inWords(seconds: progress.elapsed)), "
        + "\(stageRecords.count) stages, \(reused) of them reused")
  }

  /// Ends the run, after everything is written, with exit code 1: a limit that the study itself
  /// holds its results to was not kept.
  public func fail(_ message: String) {
    say(message)
    failed = true
  }

  /// Says why each stage would run or be reused.
  func performExplain(_ body: () throws -> Void) throws {
    if let warning = code.warning { print(warning) }
    do {
      try body()
    } catch let end as ExplainEnds {
      print("       … the rest depends on the value of \(end.label), which is not in the cache")
    }
  }

  /// Draws figures and page from the tables on disk.
  func performRedraw(_ body: () throws -> Void) throws {
    let record = try existing(RunRecord.file)
    let old: RunRecord
    do {
      old = try JSONDecoder().decode(RunRecord.self, from: Data(record))
    } catch {
      throw LightboxError.input(
        file: "\(outputs.shown)/\(RunRecord.file)", found: "another form of record",
        expected: "one of this version", hint: "run `make \(name)` first")
    }
    try outputs.prepare()
    try body()
    if DurableFile.exists(outputs.target + "/ledger.tsv") { try keep("ledger.tsv") }
    try writeLogAndPages()
    var new = old
    new.outputs = try RunRecord.digests(of: outputs.assembly)
    try write(try new.json(), to: RunRecord.file)
    try outputs.publish()
    print("\(name): drew \(outputs.shown)/ again from its tables")
  }

  /// Runs apart from the cache and compares with the results on disk; 1 when they differ. What
  /// differs is shown by a page in `.cache/<study>/`, which the next check replaces or removes.
  func performCheck(_ body: () throws -> Void) throws -> Int32 {
    _ = try existing(RunRecord.file)
    // Removed first: after a check that fails, an old page would pass for its result.
    let place = outputs.differencePage
    let hadPage = try DifferencePage.clear(place)
    try outputs.prepare()
    try body()
    try assemble()
    progress.stop()
    let check = try FolderCheck(old: outputs.target, new: outputs.assembly)
    // Rows of real patients stay in closed folders: the screen is told where to look.
    for line in data == nil ? check.lines : check.linesWithoutCells { print("\(name): \(line)") }
    if check.exitCode != 0 {
      try DifferencePage(
        study: name, old: outputs.target, new: outputs.assembly, shown: outputs.shown + "/",
        check: check
      ).write(to: place)
      let shown = place.hasPrefix(root + "/") ? String(place.dropFirst(root.count + 1)) : place
      print("\(name): side by side in \(shown)")
    }
    outputs.discard()
    DurableFile.remove(cache.folder)
    let history = claimHistory
    for line in history?.lines ?? [] { print("\(name): \(line)") }
    if check.exitCode == 0 {
      let page = hadPage ? "; the page of an earlier check is removed" : ", no page"
      print("\(name): \(outputs.shown)/ is what this code computes; nothing changed\(page)")
    }
    return history?.isBroken == true ? 1 : check.exitCode
  }

  /// The files that close a run.
  private func assemble() throws {
    noteUntouched()
    try writeLedger()
    try writeLogAndPages()
    try write(try runRecord().json(), to: RunRecord.file)
  }

  private func runRecord() throws -> RunRecord {
    var tiers: [String] = []
    for tier in log.compactMap(\.tier) where !tiers.contains(tier) { tiers.append(tier) }
    return RunRecord(
      study: name, scale: scale.rawValue, seeds: seeds.count, noise: noise.rawValue,
      tier: tiers.sorted(), dataset: dataset,
      inputs: Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.digest) }),
      code: try code.whole(), toolchain: provenance.toolchain, packages: RunRecord.packages(),
      libraries: provenance.libraries, machine: provenance.machine, stages: stageRecords,
      wall_s: (progress.elapsed * 1000).rounded() / 1000,
      whole_wall_s: ((progress.elapsed + secondsSaved) * 1000).rounded() / 1000,
      peak_mb: StudyProcess.peakMB,
      budget_minutes: budget.minutes(at: scale),
      outputs: try RunRecord.digests(of: outputs.assembly))
  }

  /// Seconds that reused stages took when they were computed; members of a group ran side by side.
  private var secondsSaved: Double {
    stageRecords.filter(\.reused).reduce(0) { sum, record in
      sum + record.wallSeconds / (record.name.hasSuffix("]") ? Double(jobs) : 1)
    }
  }

  private static func tour(_ budget: Budget) -> String {
    budget.smoke <= 1.5 && budget.smoke >= 0.9
      ? "a one-minute tour" : "a tour of \(Budget.inWords(minutes: budget.smoke))"
  }
}
