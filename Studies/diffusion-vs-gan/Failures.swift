// hide
import LightboxStudy

// show

//: ## 9 · Failures, chosen by rule
//: Galleries of good fakes can be picked from anything. Here the rule picks: the first of every
//: arm, and for each arm the first eight fakes that lie in no real ball, in the order they were
//: drawn.
func failuresChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  try gallery(study, experiment)
  try outsiders(study, experiment)
  try stoppedTable(study, experiment)
}

/// The tiles of the first seed of every arm, eight each; an arm that has fewer is filled with grey.
func tiles(
  _ experiment: Experiment, _ part: (Scores) -> Tensor<Float>?
) throws -> [(row: DifferenceRow, image: () -> Image)] {
  try experiment.domains.flatMap { run in
    try run.domain.arms(run.seeds).flatMap { arm, _ -> [(row: DifferenceRow, image: () -> Image)] in
      let found = try run.scores(arm).first.flatMap(part)
      let real = try run.reals[0].value.referencePictures
      let shape = Array(real.shape[1...])
      let words = [run.domain.rawValue] + arm.caption
      return (0..<8).map { place in
        let row = DifferenceRow(
          tile: place, row: "\(run.domain.rawValue): \(arm.name)",
          caption: place < 3 ? words[place] : "")
        guard let found, place < found.shape[0] else {
          return (row, { Image(pixels: Tensor(repeating: 0.9, shape: shape)) })
        }
        return (row, { image(found, place) })
      }
    }
  }
}

//: ### Figure 8 — the first fakes of every arm
//: The first eight of the first seed, classes in turn, none selected.
func gallery(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.figure(
    "figure-8", "Fakes as they come", tier: experiment.tier,
    from: try tiles(experiment, \.gallery).map(\.row)
  ) { plot in
    plot.imageGrid(
      try tiles(experiment, \.gallery).map { $0.image() }, columns: 8, caption: \.caption)
  }
}

//: ### Figure 9 — the first fakes that lie among no reals
//: Those in no real ball on the domain network; grey where an arm has fewer than eight.
func outsiders(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.figure(
    "figure-9", "Fakes among no reals", tier: experiment.tier,
    from: try tiles(experiment, \.outsiders).map(\.row)
  ) { plot in
    plot.imageGrid(
      try tiles(experiment, \.outsiders).map { $0.image() }, columns: 8, caption: \.caption)
  }
}

struct StoppedRow: TableRow {
  static let columns = [
    Column("domain"), Column("arm"), Column("trainings"), Column("failed"),
    Column("fakes in no real ball", unit: "%", digits: 3),
    Column("impossible", unit: "%", digits: 3),
  ]
  var domain, arm: String
  var trainings, failed: Int
  var outside, impossible: Double?
}

//: ### Table 13 — what went wrong
//: A training fails when a loss is no number any more; it is not started again with another seed.
//: *In no real ball*: 1 − precision on the domain network, to be held against the same of real
//: pictures in Table 4. *Impossible*: as in Table 9. A collapsed GAN has not failed by this rule.
func stoppedTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [StoppedRow] {
    try experiment.domains.flatMap { run in
      try run.domain.arms(run.seeds).map { arm, seeds -> StoppedRow in
        let scores = try run.scores(arm)
        let outside = scores.compactMap { $0[.domain] }.map { 1 - $0.precision }
        let measures = scores.flatMap(\.measures)
        return StoppedRow(
          domain: run.domain.rawValue, arm: arm.name, trainings: seeds.count,
          failed: scores.filter { $0.failedAtStep != nil }.count,
          outside: mean(outside).map { 100 * $0 },
          impossible: measures.isEmpty
            ? nil
            : 100 * Double(measures.filter { $0.impossible != nil }.count)
              / Double(measures.count))
      }
    }
  }
  try study.table(
    "table-13", "Failed trainings and fakes outside", tier: experiment.tier, rows: try rows())
}
