/// A study: one paper, re-implemented as a literate program.
///
///     @main struct DPFairness: Study {
///       static let paper = Paper(doi: "…", title: "…", claims: "claims.tsv")
///       static let budget = Budget(smoke: 1, default: 15, full: 600)
///       static func run(_ study: StudyRun) throws { … }   // doubles as the table of contents
///     }
///
/// `run` is read in order, and lazily: a stage is computed when an output first needs its value.
/// The same function serves `--explain` and `--redraw`, which compute nothing, so anything that
/// needs the value of a stage belongs inside the rows of a table, a figure, a claim or a value.
///
/// Exit codes: 0 finished, whatever the verdicts; 1 a check found differences; 64 usage; 65 bad
/// input; 73 an output that cannot be written; 74 input/output, disk full; 75 locked by another
/// run; 70 anything else; 128 + n stopped by signal n.
public protocol Study {
  /// The name of the executable, the make target and the folder of results.
  static var name: String { get }
  /// The folder of the study's sources, below the root.
  static var folder: String { get }
  static var paper: Paper { get }
  static var budget: Budget { get }
  /// Number of seeds at each scale when `--seeds` is not given.
  static var seeds: SeedCounts { get }
  /// The seed of `StudyRun.stream`, fixed in the source.
  static var seed: UInt64 { get }
  static func run(_ study: StudyRun) throws
}

extension Study {
  public static var name: String { StudyProcess.executableName }
  public static var folder: String { "Studies/\(name)" }
  public static var seeds: SeedCounts { SeedCounts() }
  public static var seed: UInt64 { 1 }

  /// The entry of the executable: reads the options, runs, ends with the exit code.
  public static func main() { StudyProcess.main(Self.self) }
}

/// The paper that a study re-implements.
public struct Paper: Codable, Hashable, Sendable {
  public var doi: String
  public var title: String
  public var authors: String
  public var year: Int?
  /// The file of claims beside the study's sources; nil for a study that judges none.
  public var claims: String?

  public init(
    doi: String, title: String = "", authors: String = "", year: Int? = nil, claims: String? = nil
  ) {
    self.doi = doi
    self.title = title
    self.authors = authors
    self.year = year
    self.claims = claims
  }
}

/// How much of the study is computed.
public enum Scale: String, Codable, Hashable, Sendable, CaseIterable {
  /// A tour of every output in a minute; numbers mean nothing.
  case smoke
  /// The scale of the committed results.
  case `default`
  /// Hours, at sizes near the paper's.
  case full
}

/// Numbers of seeds by scale. Orderings are judged on at least five.
public struct SeedCounts: Codable, Hashable, Sendable {
  public var smoke, `default`, full: Int

  public init(smoke: Int = 2, default: Int = 5, full: Int = 10) {
    precondition(
      smoke > 0 && `default` > 0 && full > 0,
      "seed counts (\(smoke), \(`default`), \(full)) must be positive")
    self.smoke = smoke
    self.default = `default`
    self.full = full
  }

  public func count(at scale: Scale) -> Int {
    switch scale {
    case .smoke: smoke
    case .default: `default`
    case .full: full
    }
  }
}
