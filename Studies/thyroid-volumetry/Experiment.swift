// hide
import LightboxStudy

// show

//: ## The experiment
//: Stages feed everything below: simulated trials on the short road, the network's trainings, and
//: the long road's readings. A stage is computed once and kept; changing this prose changes
//: nothing.

/// One simulated trial.
struct TrialJob: Codable, Hashable {
  /// The name of a change.
  var change: String
  var seed: Int
  var volunteers: Int
}

/// Handles of the experiment's stages.
final class Experiment {
  let sizes: Sizes
  let seeds: [Int]
  let network: NetworkExperiment
  private let jobs: [TrialJob: Staged<[TrialRow]>]

  init(
    sizes: Sizes, seeds: [Int], jobs: [TrialJob: Staged<[TrialRow]>], network: NetworkExperiment
  ) {
    self.sizes = sizes
    self.seeds = seeds
    self.jobs = jobs
    self.network = network
  }

  /// The volumes of one trial; 3D volumes that a change does not move are the primary setting's.
  func rows(_ change: TrialChange, seed: Int) throws -> [VolumeRow] {
    let job = TrialJob(change: change.name, seed: seed, volunteers: sizes.volunteers)
    guard let staged = jobs[job] else {
      preconditionFailure("no trial \(change.name) with seed \(seed)")
    }
    var rows = try staged.value.map { row in
      VolumeRow(
        seed: seed, volunteer: row.volunteer + 1, side: row.side.rawValue,
        operator_: max(1, row.operator), repetition: row.repetition, method: row.method.rawValue,
        volume: row.volumeML, truth: row.truthML, time: row.timeS)
    }
    if !change.moves3D, change != .primary {
      rows += try self.rows(.primary, seed: seed).filter { $0.method == "3D" }
    }
    return rows
  }

  /// The trials that claims are judged on.
  func trials() -> Trials {
    Trials(tier: .simulated, seeds: seeds) { setting, seed in
      try self.rows(TrialChange(setting), seed: seed)
    }
  }

  /// The volunteers of a trial.
  func anatomies(_ study: StudyRun, seed: Int) -> [NeckAnatomy] {
    TrialChange.primary.design(volunteers: sizes.volunteers)
      .anatomies(trialStream(study.stream, seed))
  }
}

/// Everything random in a trial: the same for all settings of a seed.
func trialStream(_ root: RandomStream, _ seed: Int) -> RandomStream {
  root.child("trial").child(seed)
}

func experiment(_ study: StudyRun) throws -> Experiment {
  let sizes = Sizes.at(study.scale)
  func jobs(_ change: TrialChange, _ seeds: [Int]) -> [TrialJob] {
    seeds.map { TrialJob(change: change.name, seed: $0, volunteers: sizes.volunteers) }
  }
  var all = TrialSetting.allCases.flatMap { jobs(TrialChange($0), $0.seeds(study.seeds)) }
  if study.scale != .smoke {
    all += TrialChange.switchedOff.flatMap { jobs($0, Array(study.seeds.prefix(2))) }
  }
  let trials = try study.stages("trial", over: all) { context, job in
    let change = TrialChange.named(job.change)
    var design = change.design(volunteers: job.volunteers)
    if !change.moves3D, change != .primary { design.methods = [.calipers, .resonance] }
    return design.simulated(trialStream(context.root, job.seed))
  }
  return Experiment(
    sizes: sizes, seeds: study.seeds, jobs: Dictionary(uniqueKeysWithValues: zip(all, trials)),
    network: try networkExperiment(study, sizes))
}

func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
