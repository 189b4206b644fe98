// hide
import LightboxStudy

// show

//: ## What is kept
//: `cases/volumes.tsv.gz` holds every measured lobe of the primary setting, all seeds; the same run
//: keeps those of the other settings in its cache. Tables 2 to 5 recompute from it, and the numbers
//: that claims rest on, setting by setting and seed by seed, are in `cases/estimates.tsv`.
func caseRows(_ study: StudyRun, _ trials: Trials) throws {
  try study.cases(
    "volumes", "Measured lobes", tier: trials.tier, rows: try volumeCases(trials),
    subset: { $0.arm == TrialSetting.primary.rawValue })
}

struct VolumeCase: TableRow {
  static let columns = [
    Column("case"), Column("patient"), Column("seed"), Column("arm"), Column("side"),
    Column("operator"), Column("repetition"), Column("method"),
    Column("volume", unit: "ml", digits: 6), Column("truth", unit: "ml", digits: 6),
    Column("time", unit: "s", digits: 4),
  ]
  var id, patient: String
  var seed: Int
  var arm, side: String
  var reader, repetition: Int
  var method: String
  var volume: Double
  var truth, time: Double?
}

func volumeCases(_ trials: Trials) throws -> [VolumeCase] {
  try trials.settings.flatMap { setting in
    try trials.volumes(setting).map { row in
      // Volunteers of two seeds are different people.
      let patient = "s\(row.seed)-v\(row.volunteer)"
      return VolumeCase(
        id: "\(patient)-\(row.side)-\(row.method)-MD\(row.operator_)-\(row.repetition)",
        patient: patient, seed: row.seed, arm: setting.rawValue, side: row.side,
        reader: row.operator_, repetition: row.repetition, method: row.method,
        volume: row.volume, truth: row.truth.isNaN ? nil : row.truth, time: row.time)
    }
  }
}
