import Foundation
import Kernels

/// One cached computation: a stage, or one member of a group of independent stages.
final class StageTask: @unchecked Sendable {
  let stage: String
  let label: String
  let key: StageKey
  /// Computes the value and returns how to store it.
  let compute: (StageContext) throws -> (StageCache, StageCache.Entry) throws -> Void
  let stream: RandomStream
  /// Computes what the body will read, before it starts.
  let prepare: () throws -> Void
  unowned let group: StageGroup

  init(
    stage: String, label: String, key: StageKey, stream: RandomStream, group: StageGroup,
    prepare: @escaping () throws -> Void,
    compute: @escaping (StageContext) throws -> (StageCache, StageCache.Entry) throws -> Void
  ) {
    self.stage = stage
    self.label = label
    self.key = key
    self.stream = stream
    self.group = group
    self.prepare = prepare
    self.compute = compute
  }

  /// Computes the whole group, or what of it is missing.
  func ensure() throws { try group.ensure() }

  func read<Value: StageValue>() throws -> Value {
    try ensure()
    if let value = group.run.cache.value(Value.self, stage, key) { return value }
    throw LightboxError(
      .io, "\(group.run.cache.path(stage, key)): the value written a moment ago cannot be read")
  }

  /// Runs the body and stores its value.
  func execute(serially: Bool) throws {
    let run = group.run
    let partial = run.cache.path(stage, key) + ".partial"
    let context = StageContext(
      stream: stream, root: run.stream, scale: run.scale, noise: run.noise,
      progress: StageProgress { [stage, label, weak run] share, note in
        run?.progress.update(stage, label, share, note)
      },
      checkpoint: CheckpointStore(folder: partial))
    let start = run.progress.elapsed
    let store = try Self.insideBody {
      serially ? try Parallel.serially { try compute(context) } : try compute(context)
    }
    let entry = StageCache.Entry(
      key: key, wallSeconds: run.progress.elapsed - start, peakMB: StudyProcess.peakMB)
    try store(run.cache, entry)
    DurableFile.remove(partial)
    run.progress.finish(stage, label)
    run.note(self, entry, reused: false)
  }

  // MARK: Inside and outside of bodies

  /// Whether the calling thread runs the body of a stage.
  static var isInsideBody: Bool { Thread.current.threadDictionary["lightbox.stage"] != nil }

  private static func insideBody<Result>(_ body: () throws -> Result) rethrows -> Result {
    Thread.current.threadDictionary["lightbox.stage"] = true
    defer { Thread.current.threadDictionary.removeObject(forKey: "lightbox.stage") }
    return try body()
  }
}

/// Stages that do not depend on each other and are computed side by side; a stage of its own is
/// a group of one, and then has all cores to itself.
final class StageGroup: @unchecked Sendable {
  let stage: String
  let isParallel: Bool
  unowned let run: StudyRun
  private(set) var tasks: [StageTask] = []
  private let lock = NSRecursiveLock()
  private var isDone = false

  init(_ stage: String, isParallel: Bool, run: StudyRun) {
    self.stage = stage
    self.isParallel = isParallel
    self.run = run
  }

  func add(_ task: StageTask) { tasks.append(task) }

  /// Makes every member's value exist in the cache.
  func ensure() throws {
    lock.lock()
    defer { lock.unlock() }
    if isDone { return }
    var missing: [StageTask] = []
    for task in tasks {
      if let entry = run.cache.entry(stage, task.key) {
        run.note(task, entry, reused: true)
      } else {
        missing.append(task)
      }
    }
    if let first = missing.first { try run.mayCompute(first) }
    for task in missing where run.cache.exists(stage, task.key) {
      run.progress.say("\(task.label): the cached value is damaged and is computed again")
    }
    for task in missing { try task.prepare() }
    run.progress.begin(stage, members: tasks.count, reused: tasks.count - missing.count)
    try compute(missing)
    isDone = true
  }

  private func compute(_ missing: [StageTask]) throws {
    guard isParallel else {
      for task in missing { try task.execute(serially: false) }
      return
    }
    let queue = Queue(missing)
    let workers = (0..<min(run.jobs, missing.count)).map { _ in
      let thread = Thread { queue.work() }
      thread.stackSize = 64 << 20
      return thread
    }
    for thread in workers { thread.start() }
    queue.wait(workers: workers.count)
    if let error = queue.firstError { throw error }
  }

  /// Members handed to workers in order; after an error no further member is started.
  private final class Queue: @unchecked Sendable {
    private let tasks: [StageTask]
    private let condition = NSCondition()
    private var next = 0
    private var finishedWorkers = 0
    private var errors: [Int: any Error] = [:]

    init(_ tasks: [StageTask]) { self.tasks = tasks }

    func work() {
      while let index = take() {
        do { try tasks[index].execute(serially: true) } catch {
          condition.lock()
          errors[index] = error
          condition.unlock()
        }
      }
      condition.lock()
      finishedWorkers += 1
      condition.signal()
      condition.unlock()
    }

    private func take() -> Int? {
      condition.lock()
      defer { condition.unlock() }
      guard errors.isEmpty, next < tasks.count else { return nil }
      next += 1
      return next - 1
    }

    func wait(workers: Int) {
      condition.lock()
      while finishedWorkers < workers { condition.wait() }
      condition.unlock()
    }

    var firstError: (any Error)? { errors.keys.min().flatMap { errors[$0] } }
  }
}
