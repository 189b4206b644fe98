import Cohorts
import Foundation
import Kernels
import Plotting

/// One run of a study: hands out stages, collects outputs.
///
/// A final class, so that stage bodies may refer to the run's constants. Outputs exist only here,
/// never on `StageContext`: a reused stage can therefore not swallow one.
public final class StudyRun: @unchecked Sendable {
  /// Name of the study.
  public let name: String
  public let options: StudyOptions
  public let paper: Paper
  public let budget: Budget
  public let scale: Scale
  /// The seeds to repeat the study with: 1...n.
  public let seeds: [Int]
  /// The root of all streams of the study.
  public let stream: RandomStream
  /// The file or folder of `--data`, with its digest; nil for the phantom.
  public let data: StudyInput?
  /// The file of `--weights`, with its digest.
  public let weights: StudyInput?
  /// Where noise that protects patients has to come from.
  public let noise: NoiseChoice
  /// Stages computed side by side.
  public let jobs: Int
  /// The folder that holds Package.swift.
  public let root: String

  let seed: UInt64
  let folder: String
  let mode: StudyOptions.Mode
  let cache: StageCache
  let code: CodeDigest
  let provenance: Provenance
  let progress: RunProgress
  let inputDigests: InputDigests
  let outputs: OutputFolder

  /// Whether `fail` was called.
  var failed = false

  private let lock = NSLock()
  private var groups: [StageGroup] = []
  private var order: [String] = []
  private var records: [String: StageRecord] = [:]
  private(set) var inputs: [StudyInput] = []
  private var kept: [Any] = []
  private(set) var log: [LogRow] = []
  private(set) var measurements: [ClaimMeasurement] = []
  private var ids: Set<String> = []
  /// The ids of claims.tsv, once one was needed.
  private var declared: Set<String>?
  /// The log of the results on disk, which redraw takes values from.
  private var oldLog: [LogRow]?
  /// Name of the data set, for run.json.
  private(set) var dataset: String

  /// What run.json says of a stage. A reused stage keeps the seconds and memory of the run that
  /// computed it.
  struct StageRecord: Codable {
    var name: String
    var key: String
    var reused: Bool
    var wallSeconds: Double
    var peakMB: Double

    enum CodingKeys: String, CodingKey {
      case name, key, reused
      case wallSeconds = "wall_s"
      case peakMB = "peak_mb"
    }
  }

  init<S: Study>(_ study: S.Type, options: StudyOptions, root: String) throws {
    name = S.name
    folder = S.folder
    paper = S.paper
    budget = S.budget
    seed = S.seed
    stream = RandomStream(S.seed)
    self.options = options
    self.root = root
    mode = options.mode
    scale = options.scale
    seeds = Array(1...(options.seeds ?? S.seeds.count(at: options.scale)))
    noise = options.effectiveNoise
    jobs = options.jobs ?? Parallel.threads
    let cacheFolder = "\(root)/.cache/\(S.name)"
    cache = try StageCache(folder: mode == .check ? cacheFolder + "/check" : cacheFolder)
    progress = RunProgress(study: S.name, budget: S.budget, scale: options.scale)
    provenance = try Provenance()
    code = try CodeDigest(
      root: root, studyFolder: S.folder, executable: StudyProcess.executablePath)
    let digests = InputDigests(file: cacheFolder + "/inputs.json")
    inputDigests = digests
    outputs = try OutputFolder(
      study: S.name, options: options, seedsByDefault: S.seeds.count(at: options.scale),
      root: root, cacheFolder: cacheFolder)
    data = try options.data.map { try digests.input("data", path: $0) }
    weights = try options.weights.map { try digests.input("weights", path: $0) }
    inputs = [data, weights].compactMap { $0 }
    dataset = options.data.map { StudyOptions.baseName($0) } ?? "simulated"
  }

  /// Names the data set for run.json, once the cohort is known.
  public func describe(dataset: String) { self.dataset = dataset }

  /// The choice for the current scale.
  public func scaled<Value>(smoke: Value, default: Value, full: Value) -> Value {
    scale.choose(smoke: smoke, default: `default`, full: full)
  }

  /// Declares a file or folder that the study reads besides `--data` and `--weights`; pass it to
  /// the stages that read it. A relative path starts at the root.
  ///
  /// Throws an input error (65) when there is nothing readable at the path.
  public func input(_ name: String, path: String) throws -> StudyInput {
    let place = path.hasPrefix("/") ? path : root + "/" + path
    let input = try inputDigests.input(name, path: place)
    lock.lock()
    defer { lock.unlock() }
    precondition(
      !inputs.contains { $0.name == name && $0.digest != input.digest },
      "two inputs are named \(name)")
    if !inputs.contains(where: { $0.name == name }) { inputs.append(input) }
    return input
  }

  /// A line for the person who waits.
  public func say(_ line: String) { progress.say("\(name): \(line)") }

  // MARK: Book-keeping

  func register(_ group: StageGroup) throws {
    lock.lock()
    defer { lock.unlock() }
    if groups.contains(where: { $0.stage == group.stage }) {
      throw LightboxError(.software, "two stages are named \(group.stage)")
    }
    groups.append(group)
    order += group.tasks.map(\.label)
  }

  func note(_ task: StageTask, _ entry: StageCache.Entry, reused: Bool) {
    // A run killed between writing a value and clearing its checkpoints leaves them behind.
    if reused { DurableFile.remove(cache.path(task.stage, task.key) + ".partial") }
    lock.lock()
    defer { lock.unlock() }
    records[task.label] = StageRecord(
      name: task.label, key: task.key.hex, reused: reused, wallSeconds: entry.wallSeconds,
      peakMB: entry.peakMB)
  }

  /// Notes the stages that nothing needed to look at, because what stands on them was reused.
  func noteUntouched() {
    for task in groups.flatMap(\.tasks) where records[task.label] == nil {
      if let entry = cache.entry(task.stage, task.key) { note(task, entry, reused: true) }
    }
  }

  /// The stages that took part, in the order of their definition.
  var stageRecords: [StageRecord] {
    lock.lock()
    defer { lock.unlock() }
    return order.compactMap { records[$0] }
  }

  /// Holds on to an object for the length of the run.
  func keep(_ object: Any) { kept.append(object) }

  /// Called before a stage is computed: the modes that compute nothing stop here.
  func mayCompute(_ task: StageTask) throws {
    switch mode {
    case .run, .check: return
    case .explain: throw ExplainEnds(label: task.label)
    case .redraw:
      throw LightboxError(
        .usage,
        "redraw computes nothing, but the study asks for the value of \(task.label) outside the "
          + "rows of an output, and it is not in the cache; run `make \(name)` first")
    }
  }

  // MARK: Outputs

  /// Whether outputs are computed and written.
  var writes: Bool { mode == .run || mode == .check }

  /// The log row of an output; throws when its id is taken or it is made inside a stage.
  func anchor(
    _ kind: LogRow.Kind, _ id: String, _ tier: DataTier?, title: String?, fileID: String, line: Int
  ) throws -> LogRow {
    if StageTask.isInsideBody {
      throw LightboxError(
        .software, "the \(kind.rawValue) \(id) is made inside a stage; a reused stage would lose it"
      )
    }
    StageDefinition.check(id, "id")
    // A claim may be measured once for each tier; its id is still no one else's.
    let taken =
      kind == .claim
      ? ids.contains(id) || ids.contains("\(id) \(tier?.rawValue ?? "")")
      : ids.contains(id) || log.contains { $0.id == id }
    if taken {
      throw LightboxError(.software, "two outputs are named \(id)")
    }
    if kind == .claim, let file = paper.claims {
      // An undeclared claim is found where it is made, not after the last stage.
      if declared == nil {
        declared = Set(try ClaimDeclaration.read("\(root)/\(folder)/\(file)").map(\.id))
      }
      if declared?.contains(id) == false {
        throw LightboxError.input(
          file: "\(folder)/\(file)", column: "id", found: "no \(id)",
          expected: "every claim that the study measures",
          hint: "declare it with its rules before the first run")
      }
    }
    ids.insert(kind == .claim ? "\(id) \(tier?.rawValue ?? "")" : id)
    let source = fileID.split(separator: "/").last.map(String.init) ?? fileID
    return LogRow(
      file: "\(folder)/\(source)", line: line, kind: kind, id: id, tier: tier?.rawValue,
      title: title.flatMap { $0.isEmpty ? nil : $0 }, value: nil, unit: nil)
  }

  func record(_ row: LogRow) { log.append(row) }

  func measure(_ claim: ClaimMeasurement) { measurements.append(claim) }

  /// Writes a file of the results.
  func write(_ bytes: [UInt8], to file: String) throws {
    let path = outputs.assembly + "/" + file
    try DurableFile.makeFolder((path as NSString).deletingLastPathComponent)
    try DurableFile.write(bytes, to: path)
  }

  func write(_ text: String, to file: String) throws { try write(Array(text.utf8), to: file) }

  /// In redraw mode, carries a file over from the results on disk.
  func keep(_ file: String) throws {
    guard mode == .redraw else { return }
    try write(try existing(file), to: file)
  }

  /// A file of the results on disk.
  func existing(_ file: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: outputs.target + "/" + file) else {
      throw LightboxError.input(
        file: "\(outputs.shown)/\(file)", found: "no such file", expected: "a finished run",
        hint: "run `make \(name)` first; redraw computes nothing")
    }
    return [UInt8](data)
  }

  /// The row of the log on disk for an output of this run.
  func oldRow(_ kind: LogRow.Kind, _ id: String) throws -> LogRow {
    if oldLog == nil {
      let text = String(decoding: try existing("log.tsv"), as: UTF8.self)
      oldLog = try TSV.decode(LogRow.self, text, file: "\(outputs.shown)/log.tsv")
    }
    guard let row = oldLog?.first(where: { $0.kind == kind && $0.id == id }) else {
      throw LightboxError.input(
        file: "\(outputs.shown)/log.tsv", found: "no \(kind.rawValue) \(id)",
        expected: "one: the results are older than the study",
        hint: "run `make \(name)` first; redraw computes nothing")
    }
    return row
  }

  /// Writes the whole set of cases of which a subset is published.
  func keepWhole(_ bytes: [UInt8], _ file: String) throws {
    try DurableFile.makeFolder(outputs.wholeCases, mode: 0o700)
    try DurableFile.write(bytes, to: outputs.wholeCases + "/" + file)
  }

  /// Bytes of published cases so far.
  var casesSize: Int {
    let folder = outputs.assembly + "/cases"
    return DurableFile.files(below: folder).reduce(0) { sum, file in
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + file)
      return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
    }
  }
}
