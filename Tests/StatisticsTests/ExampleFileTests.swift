import Foundation
import Kernels
import Statistics
import Testing

/// The file that the help texts use: simulated readings, made here and committed.
///
/// Patients have one to three images and a common effect; women are a little harder for the model,
/// and the reader gives whole ratings from 1 to 5. Nothing in it was measured on anyone.
@Suite struct ExampleFileTests {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Examples/readings.tsv").path

  static func made() -> String {
    var stream = RandomStream(2024).child("examples").child("readings")
    var lines = ["case\tpatient\tsplit\tsex\tage\ttruth\tmodel\treader"]
    for patient in 1...160 {
      let sex = stream.bernoulli(0.4) ? "F" : "M"
      let age = 30 + stream.integer(below: 55)
      let split = patient <= 50 ? "validation" : "test"
      let effect = 0.5 * stream.normal()
      let usual = stream.bernoulli(0.4)
      for _ in 0...stream.integer(below: 3) {
        let positive = stream.bernoulli(0.9) ? usual : !usual
        let shift = (positive ? 1.0 : -1.0) * (sex == "F" ? 0.8 : 1.1)
        let model = 1 / (1 + exp(-(shift + effect + 0.9 * stream.normal())))
        let rating = 3 + (positive ? 0.7 : -0.7) + effect + stream.normal()
        lines.append(
          [
            "\(lines.count)", "P\(patient)", split, sex, "\(age)", positive ? "1" : "0",
            String(format: "%.3f", model), "\(Int(min(5, max(1, rating.rounded()))))",
          ].joined(separator: "\t"))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// LIGHTBOX_WRITE_EXAMPLES=1 writes the file anew instead.
  @Test func committedFileIsTheOneMade() throws {
    if ProcessInfo.processInfo.environment["LIGHTBOX_WRITE_EXAMPLES"] != nil {
      try FileManager.default.createDirectory(
        atPath: (Self.path as NSString).deletingLastPathComponent,
        withIntermediateDirectories: true)
      try Self.made().write(toFile: Self.path, atomically: true, encoding: .utf8)
    }
    let committed = try String(contentsOfFile: Self.path, encoding: .utf8)
    #expect(committed == Self.made())
    #expect(committed.utf8.count < 20_000)
  }
}
