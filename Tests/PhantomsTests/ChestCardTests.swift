import Foundation
import Testing

/// The difficulty card of the chest phantom trains the network of dp-fairness as that study does
/// without privacy. The two programs share no file, so their sources are compared.
@Suite struct ChestCardTests {
  static let studies = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Studies")

  /// The source of a study, comments and line breaks removed.
  static func source(_ path: String) throws -> String {
    let text = try String(contentsOf: studies.appending(path: path), encoding: .utf8)
    return text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.hasPrefix("//") }.joined(separator: " ")
  }

  /// What stands between the parentheses that follow a piece of source, by argument label.
  static func arguments(after opening: String, in source: String) throws -> [String: String] {
    let start = try #require(source.range(of: opening), "\(opening) is not in the source")
    var depth = 1
    var parts = [""]
    for character in source[start.upperBound...] {
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      if depth == 0 { break }
      if character == ",", depth == 1 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    var result: [String: String] = [:]
    for part in parts {
      let pair = part.split(separator: ":", maxSplits: 1)
      guard pair.count == 2 else { continue }
      result[pair[0].trimmingCharacters(in: .whitespaces)] =
        pair[1].trimmingCharacters(in: .whitespaces)
    }
    return result
  }

  @Test func networkCardIsTheStudysPlan() throws {
    let card = try Self.source("phantoms/Chest.swift")
    let design = try Self.source("dp-fairness/Design.swift")
    let experiment = try Self.source("dp-fairness/Experiment.swift")
    let sizes = try Self.arguments(after: "default: Sizes(", in: design)
    let arm = try Self.arguments(after: "static let nonPrivate = Arm(", in: design)
    // What the study's expressions stand for at its default scale, which has more cases than a batch.
    let values = [
      "sizes.epochs": sizes["epochs"], "min(sizes.batch, cases)": sizes["batch"],
      "sizes.width": sizes["width"], "arm.learningRate": arm["learningRate"],
      "data.classes": "8", "data.images.shape[1]": "1",
    ]
    for call in ["TrainingPlan(", "ResNetConfiguration("] {
      let theirs = try Self.arguments(after: call, in: experiment).mapValues {
        values[$0].flatMap { $0 } ?? $0
      }
      #expect(theirs.count == 5)
      #expect(try Self.arguments(after: call, in: card) == theirs)
    }
    let train = try #require(sizes["train"])
    #expect(card.contains("struct NetworkCard: Codable { var train = \(train) "))
  }
}
