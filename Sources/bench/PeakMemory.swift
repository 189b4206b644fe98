import Foundation

/// The largest resident memory of this process since the last reset, as Linux counts it.
enum PeakMemory {
  static func reset() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  /// VmHWM in MB of 2^20 bytes; nil where there is no /proc.
  static var megabytes: Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    else { return nil }
    return Double(kilobytes).map { $0 / 1024 }
  }
}
