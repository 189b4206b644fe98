import Foundation
import Kernels

/// Where a long stage leaves its state, so that a killed run continues instead of starting over.
///
///     var state = try context.checkpoint.load(State.self) ?? State()
///     while state.epoch < epochs {
///       …                                             // draws come from streams inside the state
///       try context.checkpoint.save(state)            // written at most every 20 seconds
///     }
///
/// A state holds everything that the rest of the stage reads: parameters, optimiser, streams,
/// counters. A stage continued from it must end in the same bytes as one never stopped.
public final class CheckpointStore: @unchecked Sendable {
  /// Seconds between two written checkpoints; states offered earlier are passed over.
  public let interval: Double

  private let folder: String?
  private var newest: Int?
  private var lastWrite: UInt64
  private let lock = NSLock()

  /// A store in a folder; nil keeps nothing (for calls outside a run).
  public init(folder: String?, interval: Double = CheckpointStore.usualInterval) {
    precondition(interval >= 0, "interval (\(interval)) must not be negative")
    self.folder = folder
    self.interval = interval
    lastWrite = DispatchTime.now().uptimeNanoseconds
    newest = folder.flatMap { Self.numbers(in: $0).last }
  }

  /// 20 seconds, or LIGHTBOX_CHECKPOINT_SECONDS.
  public static var usualInterval: Double {
    let asked = ProcessInfo.processInfo.environment["LIGHTBOX_CHECKPOINT_SECONDS"]
    return asked.flatMap(Double.init).map { min(60, max(0, $0)) } ?? 20
  }

  /// The newest whole state left by an earlier run of the same stage; nil for a fresh start.
  public func load<State: Codable>(_ type: State.Type) throws -> State? {
    guard let folder else { return nil }
    lock.lock()
    defer { lock.unlock() }
    for number in Self.numbers(in: folder).reversed() {
      if let state = StageArchive.read(type, from: Self.path(folder, number)) { return state }
    }
    return nil
  }

  /// Whether a state offered now would be written.
  public var isDue: Bool {
    lock.lock()
    defer { lock.unlock() }
    return seconds >= interval
  }

  /// Writes the state if the last one is old enough. The argument is not evaluated otherwise.
  public func save<State: Codable>(_ state: @autoclosure () throws -> State) throws {
    guard folder != nil, isDue else { return }
    try saveNow(try state())
  }

  /// Writes the state whatever the time.
  public func saveNow<State: Codable>(_ state: State) throws {
    guard let folder else { return }
    lock.lock()
    defer { lock.unlock() }
    try DurableFile.makeFolder(folder, mode: 0o700)
    let number = (newest ?? 0) + 1
    let temporary = folder + "/writing"
    DurableFile.remove(temporary)
    try DurableFile.makeFolder(temporary, mode: 0o700)
    try StageArchive.write(state, into: temporary)
    try DurableFile.replaceFolder(Self.path(folder, number), with: temporary)
    // One older state stays, in case the newest is damaged.
    for old in Self.numbers(in: folder) where old < number - 1 {
      DurableFile.remove(Self.path(folder, old))
    }
    newest = number
    lastWrite = DispatchTime.now().uptimeNanoseconds
  }

  // MARK: Steps that cannot be taken back

  /// Notes that a step is about to happen whose outcome may be seen, such as a noisy gradient.
  ///
  /// Cheap, and it survives a kill of the process: after a restart `marked` tells how far the
  /// stopped runs came beyond their checkpoints, so that an accountant can count the lost steps.
  public func mark(_ step: Int) throws {
    guard let folder else { return }
    lock.lock()
    defer { lock.unlock() }
    if marks == nil {
      try DurableFile.makeFolder(folder, mode: 0o700)
      let descriptor = open(folder + "/marks", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw DurableFile.failure(folder + "/marks") }
      marks = descriptor
    }
    let line = Array("\(step)\n".utf8)
    guard write(marks!, line, line.count) == line.count else {
      throw DurableFile.failure(folder + "/marks")
    }
  }

  /// All steps noted so far by this stage, in the order they were noted, repeats included.
  public var marked: [Int] {
    guard let folder, let data = FileManager.default.contents(atPath: folder + "/marks") else {
      return []
    }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
  }

  private var marks: Int32?

  deinit { if let marks { close(marks) } }

  // MARK: Files

  private var seconds: Double {
    Double(DispatchTime.now().uptimeNanoseconds - lastWrite) / 1e9
  }

  private static func path(_ folder: String, _ number: Int) -> String {
    folder + "/state-\(number)"
  }

  private static func numbers(in folder: String) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { $0.hasPrefix("state-") ? Int($0.dropFirst(6)) : nil }.sorted()
  }
}
