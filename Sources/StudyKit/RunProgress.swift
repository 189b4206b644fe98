import Foundation
import Kernels

/// The lines a run prints while it works: a bar with the time left on a terminal, otherwise a
/// plain line at most every ten seconds. Everything goes to the standard error stream.
final class RunProgress: @unchecked Sendable {
  private let budget: Budget
  private let scale: Scale
  private let study: String
  private let isTerminal: Bool
  private let lock = NSLock()
  private let start = DispatchTime.now().uptimeNanoseconds

  private struct Work {
    var members: Int
    var finished = 0
    var reused = 0
    var partial: [String: Double] = [:]
    var note = ""
    var share: Double {
      let parts = partial.keys.sorted().reduce(0) { $0 + partial[$1]! }
      return members == 0 ? 1 : min(1, (Double(finished) + parts) / Double(members))
    }
  }
  private var works: [String: Work] = [:]
  private var current: String?
  private var lastPrint: UInt64 = 0
  private var barIsShown = false
  private var isStopped = false

  init(study: String, budget: Budget, scale: Scale) {
    self.study = study
    self.budget = budget
    self.scale = scale
    isTerminal = isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    lastPrint = start
  }

  /// Seconds since the run began.
  var elapsed: Double { Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 }

  // MARK: What happens

  /// A line of its own; on a terminal broken between words where it is too wide.
  func say(_ line: String) {
    lock.lock()
    defer { lock.unlock() }
    clearBar()
    let lines = isTerminal ? Self.wrapped(line, width: Self.width) : [line]
    Self.write(lines.joined(separator: "\n") + "\n")
  }

  func begin(_ stage: String, members: Int, reused: Int) {
    lock.lock()
    defer { lock.unlock() }
    works[stage] = Work(members: members, finished: reused, reused: reused)
    if reused < members { current = stage }
    show(force: false)
  }

  func update(_ stage: String, _ label: String, _ share: Double, _ note: String) {
    lock.lock()
    defer { lock.unlock() }
    works[stage]?.partial[label] = share
    works[stage]?.note = note
    current = stage
    show(force: false)
  }

  func finish(_ stage: String, _ label: String) {
    lock.lock()
    defer { lock.unlock() }
    works[stage]?.partial[label] = nil
    works[stage]?.finished += 1
    show(force: false)
  }

  /// Ends the bar; nothing is drawn afterwards.
  func stop() {
    lock.lock()
    defer { lock.unlock() }
    clearBar()
    isStopped = true
  }

  /// Redraws every so often while a stage is silent, until the run ends.
  func keepAlive() {
    let thread = Thread { [weak self] in
      while let self, self.beat() { Thread.sleep(forTimeInterval: 0.5) }
    }
    thread.start()
  }

  private func beat() -> Bool {
    lock.lock()
    defer { lock.unlock() }
    if !isStopped && current != nil { show(force: false) }
    return !isStopped
  }

  // MARK: Time left

  /// Seconds left: what the budget states for the unfinished part, at the pace seen so far.
  private var secondsLeft: Double {
    guard !budget.lines.isEmpty else {
      return max(0, 60 * budget.minutes(at: scale) - elapsed)
    }
    var done = 0.0
    var left = 0.0
    for line in budget.lines {
      let seconds = 60 * (budget.minutes(of: line.stage, at: scale) ?? 0)
      guard let work = works[line.stage] else {
        left += seconds
        continue
      }
      let reusedShare = work.members == 0 ? 1 : Double(work.reused) / Double(work.members)
      done += seconds * max(0, work.share - reusedShare)
      left += seconds * (1 - work.share)
    }
    // The stated pace counts until a tenth of the stated time was seen.
    let trust = 6 * budget.minutes(at: scale)
    let pace = (trust + elapsed) / (trust + done)
    return left * pace
  }

  private func show(force: Bool) {
    guard !isStopped, let stage = current, let work = works[stage] else { return }
    let now = DispatchTime.now().uptimeNanoseconds
    let pause: UInt64 = isTerminal ? 200_000_000 : 10_000_000_000
    guard force || now - lastPrint >= pause else { return }
    lastPrint = now
    let count = work.members > 1 ? " \(work.finished)/\(work.members)" : ""
    let note = work.note.isEmpty ? "" : ", \(work.note)"
    let left = Self.inWords(seconds: secondsLeft)
    guard isTerminal else {
      Self.write("\(study): \(stage)\(count)\(note) (\(left) left)\n")
      return
    }
    let total = elapsed + secondsLeft
    let filled = Int((20 * elapsed / max(1e-9, total)).rounded())
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: 20 - filled)
    let text = "[\(bar)] \(left) left · \(stage)\(count)\(note)"
    Self.write("\r\u{1B}[K" + String(text.prefix(Self.width - 1)))
    barIsShown = true
  }

  private func clearBar() {
    if barIsShown { Self.write("\r\u{1B}[K") }
    barIsShown = false
  }

  private static var width: Int {
    var size = winsize()
    return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// The words of a line over lines of at most `width` characters, the later ones indented by two;
  /// a word that is wider stays whole.
  static func wrapped(_ line: String, width: Int) -> [String] {
    var lines: [String] = []
    var current = ""
    for word in line.split(separator: " ", omittingEmptySubsequences: false) {
      if !current.isEmpty, current.count + 1 + word.count > width {
        lines.append(current)
        current = "  " + word
      } else {
        current += (current.isEmpty ? "" : " ") + word
      }
    }
    return lines + [current]
  }

  static func inWords(seconds: Double) -> String {
    if seconds < 90 { return "\(max(1, Int(seconds.rounded()))) s" }
    if seconds < 10_800 { return "\(Int((seconds / 60).rounded())) min" }
    return "\(Int((seconds / 3600).rounded())) h"
  }

  static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
