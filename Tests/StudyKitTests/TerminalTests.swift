import Foundation
import Testing

/// The lines of a run as a terminal gets them.
@Suite struct TerminalTests {
  /// A pseudo-terminal, read while programs write to it: its buffer is small.
  private final class Terminal: @unchecked Sendable {
    /// What a program takes as its standard error stream.
    let handle: FileHandle
    private let master, slave: Int32
    private let lock = NSLock()
    private var bytes: [UInt8] = []
    private let done = DispatchSemaphore(value: 0)

    init(columns: UInt16) throws {
      var (master, slave): (Int32, Int32) = (-1, -1)
      var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      try #require(openpty(&master, &slave, nil, nil, &size) == 0)
      (self.master, self.slave) = (master, slave)
      handle = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
      Thread { self.read() }.start()
    }

    private func read() {
      var buffer = [UInt8](repeating: 0, count: 4096)
      // A terminal that nobody writes to any more ends with an error, not with an end of file.
      while true {
        let count = Foundation.read(master, &buffer, buffer.count)
        if count <= 0 { break }
        lock.withLock { bytes += buffer[..<count] }
      }
      done.signal()
    }

    /// What was written so far.
    var text: String { lock.withLock { String(decoding: bytes, as: UTF8.self) } }

    /// Everything, once no program holds the terminal.
    func wholeText() -> String {
      close(slave)
      done.wait()
      close(master)
      return text
    }
  }

  @Test(arguments: [80, 40] as [UInt16])
  func theBarStaysOnOneLineAndIsClearedAtTheEnd(columns: UInt16) throws {
    let program = try FixtureProgram()
    program.variables["TERM"] = "xterm"
    program.variables["FIXTURE_PAUSE_MS"] = "60"
    let terminal = try Terminal(columns: columns)
    let code = program.finish(try program.start(errors: terminal.handle)).code
    let text = terminal.wholeText()
    #expect(code == 0)
    // Each drawing of the bar goes back to the first column and erases the one before.
    let erase = "\r\u{1B}[K"
    let parts = text.components(separatedBy: erase)
    let bars = parts.filter { $0.hasPrefix("[") }
    #expect(bars.count >= 3, "\(text)")
    #expect(bars.allSatisfy { $0.count < Int(columns) && !$0.contains("\n") })
    #expect(bars.contains { $0.contains("left · walks") })
    // After the last one comes an erased line, and no other trace.
    #expect(!parts.last!.contains("["))
    for line in text.components(separatedBy: "\n") {
      let shown = line.components(separatedBy: erase).last!.trimmingCharacters(in: .newlines)
      #expect(shown.count <= Int(columns), "\(shown)")
    }
    // The stated time is there whole, whatever the width.
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("on this machine; SCALE=smoke for"))
    #expect(words.contains("stop and resume at any time"))
  }

  @Test func anInterruptClearsTheBar() throws {
    let program = try FixtureProgram()
    program.variables["TERM"] = "xterm"
    program.variables["FIXTURE_PAUSE_MS"] = "50"
    program.variables["FIXTURE_STEPS"] = "2000"
    let terminal = try Terminal(columns: 80)
    let process = try program.start(errors: terminal.handle)
    while process.isRunning && !terminal.text.contains("left · walks") {
      Thread.sleep(forTimeInterval: 0.05)
    }
    process.interrupt()
    #expect(program.finish(process).code == 130)
    let last = terminal.wholeText().components(separatedBy: "\r\u{1B}[K").last!
    #expect(last.hasPrefix("fixture-study: stopped; nothing half-written."))
  }
}
