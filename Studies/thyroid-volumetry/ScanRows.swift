// hide
import LightboxStudy

// show

//: `cases/scans.tsv.gz` has one row per scan that a network read: the trainings' validation and
//: test scans (`arm` names the split), and every sweep of the trial that is shown (`arm` is
//: `read`).
func scanRows(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.cases(
    "scans", "Scans as networks read them", tier: .simulated, table: try scanTable(experiment))
}

func scanTable(_ experiment: Experiment) throws -> CaseTable {
  var table = CaseTable(
    columns: [
      "case", "patient", "seed", "arm", "split", "truth.volume [ml]", "label.volume [ml]",
      "score.volume [ml]", "score.partial volume [ml]", "score.dice", "score.hausdorff [mm]",
      "score.hd95 [mm]", "score.pooled hd95 [mm]", "score.assd [mm]", "frames", "dropped",
    ])
  func add(_ score: ScanScore, arm: String, seed: Int) {
    func cell(_ value: Double?) -> String {
      value.map { Printed.exact(Printed.rounded($0, digits: 6)) } ?? ""
    }
    table.append([
      score.key.name, String(score.key.volunteer), String(seed), arm, score.split,
      cell(score.truth), cell(score.label), cell(score.counted), cell(score.partial),
      cell(score.dice), cell(score.hausdorff), cell(score.percentile95),
      cell(score.pooledPercentile95), cell(score.averageSurface), String(score.frames),
      String(score.dropped),
    ])
  }
  let network = experiment.network
  for (job, model) in zip(network.jobs, network.models) {
    for score in try model.value.scores { add(score, arm: job.arm.rawValue, seed: job.seed) }
  }
  for score in try network.allReadings() { add(score, arm: "read", seed: experiment.seeds[0]) }
  return table
}
