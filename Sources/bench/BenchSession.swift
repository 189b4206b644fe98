import Foundation
import Kernels

/// One run of the benchmark: what is measured, and against whom.
final class BenchSession {
  let root: String
  let interpreter: String?
  let repeats: Int
  private(set) var comparisons: [Comparison] = []
  private(set) var kernels: [KernelRow] = []

  init(root: String, interpreter: String?, repeats: Int) {
    self.root = root
    self.interpreter = interpreter
    self.repeats = repeats
  }

  /// Times our own side, and each peer in turn with it.
  ///
  /// A turn is as many repetitions in a row as take half a second on our side, at most ten, the
  /// same number on every side: steps of a training follow one another, and find caches as the
  /// last one left them. The time is that of one.
  ///
  /// - Parameters:
  ///   - goal: largest ratio of our time to the fastest peer's that is accepted, and the one
  ///     aimed at.
  ///   - own: one repetition; a workload that times itself returns its seconds.
  @discardableResult
  func compare(
    _ workload: String, mode: String, goal: Goal?, peers: [PeerCommand], own: () throws -> Double?
  ) throws -> Comparison {
    // Held to AVX2, a processor has no bfloat16: it is imitated, 13 to 27 times as slowly.
    let isPortable = ProcessInfo.processInfo.environment["ONEDNN_MAX_CPU_ISA"] != nil
    let running = try peers.compactMap { peer -> Peer? in
      guard let interpreter, !(isPortable && peer.isBeside) else { return nil }
      do {
        return try Peer(peer, interpreter: interpreter, folder: root + "/Sources/bench/peers")
      } catch let absent as PeerAbsent {
        note("  \(peer.name) (\(peer.mode)): peer not run, this Python has no \(absent.module)")
        return nil
      }
    }
    defer { for peer in running { peer.end() } }
    MemoryPool.drainAll()
    PeakMemory.reset()
    var side = Side(name: "Lightbox", mode: mode)
    func turn(_ repetitions: Int) throws -> (seconds: Double, processor: Double) {
      let (start, used) = (ContinuousClock.now, processorSeconds())
      var measured: [Double] = []
      for _ in 0..<repetitions {
        if let seconds = try own() { measured.append(seconds) }
      }
      let whole = (ContinuousClock.now - start) / .seconds(1)
      let seconds = (measured.isEmpty ? whole : measured.reduce(0, +)) / Double(repetitions)
      // Of a step of many alike, the processor's share is that of the whole.
      return (seconds, (processorSeconds() - used) * seconds / whole)
    }
    let start = ContinuousClock.now
    let timesItself = try own() != nil
    let warm = (ContinuousClock.now - start) / .seconds(1)
    let repetitions = timesItself ? 1 : max(1, min(10, Int((0.5 / warm).rounded(.up))))
    var others = running.map {
      Side(name: $0.command.name, mode: $0.command.mode, isBeside: $0.command.isBeside)
    }
    for _ in 0..<repeats {
      let fastest = others.filter { !$0.isBeside && !$0.seconds.isEmpty }.map(\.median).min()
      let (seconds, processor) = try turn(repetitions)
      side.seconds.append(seconds)
      side.processor.append(processor)
      for (index, peer) in running.enumerated() {
        if let fastest, others[index].isBeside, others[index].median > fastest { continue }
        let answer = try peer.time(repetitions)
        others[index].seconds.append(answer.seconds)
        others[index].processor.append(answer.processor)
        others[index].peakMB = answer.peakMB
        // Threads of the peer that wait by spinning go to sleep.
        Thread.sleep(forTimeInterval: 0.25)
      }
    }
    side.peakMB = PeakMemory.megabytes
    let made = Comparison(workload: workload, own: side, peers: others, goal: goal)
    comparisons.append(made)
    note(made.line)
    return made
  }

  /// Adds a comparison of two sides measured before.
  func add(_ comparison: Comparison) {
    comparisons.append(comparison)
    note(comparison.line)
  }

  /// Times a kernel and states its rate as a part of what the machine can do.
  func kernel(_ name: String, work: Double, unit: KernelRow.Unit, peak: Double?, _ body: () -> Void)
  {
    body()
    var seconds: [Double] = []
    var spent = 0.0
    while seconds.count < repeats || spent < 0.2 {
      let start = ContinuousClock.now
      body()
      seconds.append((ContinuousClock.now - start) / .seconds(1))
      spent += seconds.last!
    }
    let row = KernelRow(
      name: name, seconds: median(seconds), rate: work / median(seconds) / 1e9, unit: unit,
      peak: peak)
    kernels.append(row)
    note(row.line)
  }

  /// The rate of a kernel measured before.
  func rate(_ name: String) -> Double { kernels.first { $0.name == name }!.rate }
}

/// Largest accepted and intended ratio of our time (or memory) to the other side's.
struct Goal {
  var must: Double
  var aim: Double?
}

/// One side of a comparison.
struct Side {
  let name: String
  let mode: String
  /// Reported beside, outside the ratio.
  var isBeside = false
  var seconds: [Double] = []
  /// Seconds of processor time of all threads, waiting in a loop included.
  var processor: [Double] = []
  var peakMB: Double?
  var median: Double { bench.median(seconds) }
}

/// Our side and the peers that were measured in turn with it.
struct Comparison {
  enum Quantity { case seconds, megabytes }
  let workload: String
  let own: Side
  let peers: [Side]
  let goal: Goal?
  var quantity = Quantity.seconds

  func value(_ side: Side) -> Double {
    quantity == .seconds ? side.median : side.peakMB ?? .nan
  }

  /// The peers that compute the same.
  private var counted: [Side] { peers.filter { !$0.isBeside } }

  /// Our time (or memory) over that of the best peer.
  var ratio: Double? {
    counted.map(value).min().map { value(own) / $0 }
  }

  /// Our processor time over that of the fastest peer: what a busy neighbour changes less.
  var processorRatio: Double? {
    guard quantity == .seconds, let best = counted.min(by: { $0.median < $1.median }) else {
      return nil
    }
    return median(own.processor) / median(best.processor)
  }

  /// What to say of the goal.
  var verdict: String {
    guard let goal else { return "" }
    guard let ratio else { return "peer not run" }
    if let aim = goal.aim, ratio <= aim { return "aim reached" }
    return ratio <= goal.must ? "reached" : "missed"
  }

  /// The same measurement of our side against other sides, or in another quantity.
  func against(
    _ sides: [Side], named workload: String, goal: Goal, quantity: Quantity = .seconds
  ) -> Comparison {
    Comparison(workload: workload, own: own, peers: sides, goal: goal, quantity: quantity)
  }

  var line: String {
    let sides = ([own] + peers).map { "\($0.name) (\($0.mode)) \(digits(value($0), 4))" }
    let result = ratio.map { "  ratio \(digits($0, 3)) \(verdict)" } ?? ""
    let processor = processorRatio.map { ", of processor time \(digits($0, 3))" } ?? ""
    return "  \(workload): " + sides.joined(separator: ", ") + result + processor
  }
}

/// The rate of one kernel.
struct KernelRow {
  enum Unit: String {
    case gigaflops = "GFLOP/s"
    case gigabytes = "GB/s"
    case numbers = "G numbers/s"
  }
  let name: String
  let seconds: Double
  let rate: Double
  let unit: Unit
  /// What the machine reaches in the same unit.
  let peak: Double?

  var line: String {
    let part = peak.map { ", \(digits(100 * rate / $0, 3)) % of the machine's" } ?? ""
    return "  \(name): \(digits(1e3 * seconds, 4)) ms, \(digits(rate, 4)) \(unit.rawValue)\(part)"
  }
}

/// Processor time so far of this process and of the children that it waited for, all threads.
func processorSeconds() -> Double {
  [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue].reduce(0.0) { total, who in
    var usage = rusage()
    getrusage(who, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + 1e-6 * Double(time.tv_usec) }
    return total + seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}

/// The middle value, or NaN of none (a limit on memory has no times).
func median(_ values: [Double]) -> Double {
  if values.isEmpty { return .nan }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// A number with the given significant digits.
func digits(_ value: Double, _ count: Int) -> String {
  guard value.isFinite, value != 0 else { return value.isNaN ? "" : "\(value)" }
  let places = max(0, count - 1 - Int(log10(abs(value)).rounded(.down)))
  return String(format: "%.\(places)f", value)
}
