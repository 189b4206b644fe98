import ArgumentParser
import Imaging
import Kernels
import Statistics

/// The table of scored cases that `roc` and `fairness` read: which file, which columns, how many
/// bootstrap replicates.
struct ScoredCases: ParsableArguments {
  @Argument(help: "The table of cases.")
  var file: String
  @Option(help: "Column of the score.")
  var score: String
  @Option(help: "Column of the truth, 0 or 1.")
  var truth: String
  @Option(help: "Column that names the patient, where there are several cases of one.")
  var cluster: String?
  @Option(help: "Column of a second score on the same cases, for paired differences.")
  var compare: String?
  @Option(help: "Also bootstrap patients, or cases, with this many replicates.")
  var bootstrap: Int?
  @Option(help: "Seed of the bootstrap.")
  var seed: UInt64 = 1
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let bootstrap, bootstrap < 100 {
      throw ValidationError("--bootstrap \(bootstrap): expected 100 replicates or more")
    }
  }

  /// The file, whole.
  func table() throws -> TextTable { try TextTable.read(file) }

  /// Rows of the table with their truth; nil takes all rows.
  func readings(_ table: TextTable, rows: [Int]? = nil) throws -> Readings {
    try Readings(table: table, truth: truth, rows: rows)
  }

  /// The stream of the bootstrap of a verb.
  func stream(_ verb: String) -> RandomStream { RandomStream(seed).child(verb) }
}
