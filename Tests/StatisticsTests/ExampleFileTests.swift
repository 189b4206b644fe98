import Foundation
import Kernels
import Statistics
import Testing

/// The files that the help texts use: simulated, made here and committed. Nothing in them was
/// measured on anyone.
@Suite struct ExampleFileTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples").path

  /// Patients have one to three images and a common effect; women are a little harder for the
  /// model, and the reader gives whole ratings from 1 to 5.
  static func readings() -> String {
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

  /// Thyroid volumes of 20 volunteers by three operators, three times each: log-normal glands,
  /// operators with a bias, their own way with each volunteer, and repeats that scatter by 5 %.
  static func volumes() -> String {
    var stream = RandomStream(2024).child("examples").child("volumes")
    var lines = ["volunteer\toperator\trepeat\tvolume [ml]"]
    for volunteer in 1...20 {
      let gland = 7 * exp(0.4 * stream.normal())
      for (name, bias) in [("A", 1.0), ("B", 0.95), ("C", 1.12)] {
        let own = bias * exp(0.06 * stream.normal())
        for number in 1...3 {
          let volume = gland * own * exp(0.05 * stream.normal())
          lines.append("V\(volunteer)\t\(name)\t\(number)\t\(String(format: "%.2f", volume))")
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A reader study: four readers rate 56 knees of 28 patients from 1 to 5, without and with an aid
  /// that makes positives a little easier to see. Readers see a case alike in part, and differ in
  /// skill.
  static func readerStudy() -> String {
    var stream = RandomStream(2024).child("examples").child("reader-study")
    let readers = ["A", "B", "C", "D"]
    let aids = [("without", 1.2), ("with", 1.7)]
    let skills = readers.map { _ in 0.25 * stream.normal() }
    var lines = ["reader\taid\tcase\tpatient\ttruth\trating"]
    for patient in 1...28 {
      let effect = 0.4 * stream.normal()
      for knee in 1...2 {
        let positive = stream.bernoulli(0.4)
        let shared = effect + 0.5 * stream.normal()
        for (aid, separation) in aids {
          let seen = shared + 0.4 * stream.normal()
          for (reader, skill) in zip(readers, skills) {
            let shift = (positive ? 0.5 : -0.5) * (separation + skill)
            let rating = 3 + 1.1 * (shift + seen + 0.6 * stream.normal())
            lines.append(
              [
                reader, aid, "\(2 * patient + knee - 2)", "P\(patient)", positive ? "1" : "0",
                "\(Int(min(5, max(1, rating.rounded()))))",
              ].joined(separator: "\t"))
          }
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A trial of 72 patients in six centres: the hazard rises by 4 % a year of age, arm B has e⁻¹ of
  /// it, visits are every ten days, and follow-up ends between 150 and 900 days. The score knows
  /// arm, age and frailty, with an error.
  static func survival() -> String {
    var stream = RandomStream(2024).child("examples").child("survival")
    var lines = ["patient\tcentre\tarm\tage\tscore\tdays\tdied"]
    for patient in 1...72 {
      let centre = 1 + stream.integer(below: 6)
      let arm = patient % 2 == 1 ? "A" : "B"
      let age = 45 + stream.integer(below: 36)
      let frailty = 0.4 * stream.normal()
      let predictor = 0.04 * Double(age - 62) + (arm == "B" ? -1 : 0) + frailty
      let died = 260 * stream.exponential() * exp(-predictor)
      let left = 150 + Double(stream.integer(below: 751))
      let days = 10 * (min(died, left) / 10).rounded(.up)
      let score = 1 / (1 + exp(-(predictor + 0.5 * stream.normal())))
      lines.append(
        [
          "P\(patient)", "C\(centre)", arm, "\(age)", String(format: "%.2f", score),
          "\(Int(days))", died <= left ? "1" : "0",
        ].joined(separator: "\t"))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// LIGHTBOX_WRITE_EXAMPLES=1 writes the files anew instead.
  @Test(arguments: ["readings.tsv", "volumes.tsv", "reader-study.tsv", "survival.tsv"])
  func committedFilesAreThoseMade(name: String) throws {
    let path = "\(Self.folder)/\(name)"
    let made =
      switch name {
      case "readings.tsv": Self.readings()
      case "volumes.tsv": Self.volumes()
      case "reader-study.tsv": Self.readerStudy()
      default: Self.survival()
      }
    if ProcessInfo.processInfo.environment["LIGHTBOX_WRITE_EXAMPLES"] != nil {
      try FileManager.default.createDirectory(
        atPath: Self.folder, withIntermediateDirectories: true)
      try made.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let committed = try String(contentsOfFile: path, encoding: .utf8)
    #expect(committed == made)
    #expect(committed.utf8.count < 20_000)
  }
}
