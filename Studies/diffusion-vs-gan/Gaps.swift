// hide
import LightboxStudy

// show

//: ## 5 · What else a gap may be
//: A gap between two makers is a gap between two sizes, two ways of handling a rare class and two
//: budgets. Some of these are moved here, on the GAN's side or on the diffusion side.
//:
//: *Could fail*: none of them may matter. *Built in*: nothing. *Control*: real against real, in
//: Table 4.
func gapsChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  guard experiment.tier == .simulated else { return }
  try gapTable(study, experiment.depth)
  try classTable(study, experiment)
}

struct GapRow: TableRow {
  static let columns = [
    Column("change"), Column("maker"), Column("FD", digits: 4), Column("precision", digits: 3),
    Column("recall", digits: 3), Column("class recovered", digits: 3), Column("seeds"),
  ]
  var change, maker: String
  var frechet, precision, recall, recovered: Double?
  var seeds: Int

  init(_ change: String, _ arm: Arm, _ scores: [Scores]) {
    self.change = change
    maker = arm.name
    let sets = scores.compactMap { $0[.domain] }
    frechet = mean(sets.map(\.frechet))
    precision = mean(sets.map(\.precision))
    recall = mean(sets.map(\.recall))
    recovered = mean(scores.compactMap(\.recovered))
    seeds = sets.count
  }
}

extension Scores {
  /// Share of fakes whose class the judge's classifier reads as the one that was asked for.
  var recovered: Double? {
    labels.isEmpty
      ? nil
      : Double(zip(labels, probability).filter { ($0.0 == 1) == ($0.1 > 0.5) }.count)
        / Double(labels.count)
  }
}

//: ### Table 6 — what else was changed
//: The first three seeds. *Wide, balanced* changes three things at once, as the flip of the recall
//: claim: half as many channels again, half as much time again, and both classes shown equally
//: often; which of them works is not told apart. *An eighth* and *half* are of steps (see Design).
//: *Labels kept* never drops a label in training; it has one seed and compares with the first seed
//: in Table 7 (guidance 1), not with the mean above.
func gapTable(_ study: StudyRun, _ run: DomainRun) throws {
  func rows() throws -> [GapRow] {
    func first(_ arm: Arm, _ sampling: Sampling = .usual) throws -> [Scores] {
      Array(try run.scores(arm, sampling).prefix(3))
    }
    return [
      GapRow("none", .medfusion, try first(.medfusion)),
      GapRow("none", run.domain.rival, try first(run.domain.rival)),
      GapRow("an eighth of the compute", .medfusion, try first(.medfusion, .halved(3))),
      GapRow("half of the compute", run.domain.rival, try first(run.domain.rival, .halved(1))),
      GapRow("wide, balanced", .wide, try first(.wide)),
      GapRow("labels kept (one seed)", .labelled, try first(.labelled)),
      GapRow("averages off", .medfusion, try first(.medfusion, .raw)),
      GapRow("averages off", run.domain.rival, try first(run.domain.rival, .raw)),
    ]
  }
  try study.table(
    "table-6", "What moves the scores, domain network", tier: .simulated, rows: try rows())
}

struct ClassRow: TableRow {
  static let columns = [
    Column("domain"), Column("maker"), Column("class"), Column("training pictures"),
    Column("precision", digits: 3), Column("recall", digits: 3),
    Column("class recovered", digits: 3), Column("seeds"),
  ]
  var domain, maker, name: String
  var training: Int
  var precision, recall, recovered: Double?
  var seeds: Int
}

//: ### Table 6b — the rare class
//: Recall counts reals of either class equally, while training pictures of the second class are
//: rare. Precision of the fakes of a class, recall of the reals of a class, both among all
//: pictures: a fake of the wrong class counts as precise, and a real is recalled by fakes of either
//: class. Neither says that the class was drawn; *class recovered*, the share of fakes that the
//: classifier reads as the class asked for, does.
func classTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [ClassRow] {
    try experiment.domains.flatMap { run -> [ClassRow] in
      let sets = try run.sets.value
      return try run.compared.flatMap { arm in
        try [0, 1].map { label -> ClassRow in
          let scores = try run.scores(arm)
          let seeds = run.seeds(arm)
          func share(_ flags: [Bool], _ labels: [Int]) -> Double? {
            let own = flags.indices.filter { labels[$0] == label }
            return own.isEmpty
              ? nil : Double(own.filter { flags[$0] }.count) / Double(own.count)
          }
          let all = try zip(seeds, scores).compactMap {
            seed, score -> (Double?, Double?, Double?)? in
            guard let set = score[.domain] else { return nil }
            let real = try run.reals[run.seeds.firstIndex(of: seed)!].value
            let right = zip(score.labels, score.probability).map { ($0 == 1) == ($1 > 0.5) }
            return (
              share(set.balls.map { $0 > 0 }, score.labels),
              share(set.recalled, real.referenceLabels), share(right, score.labels)
            )
          }
          return ClassRow(
            domain: run.domain.rawValue, maker: arm.name, name: sets.classes[label],
            training: sets.train.indices(label: label).count,
            precision: mean(all.compactMap { $0.0 }), recall: mean(all.compactMap { $0.1 }),
            recovered: mean(all.compactMap { $0.2 }), seeds: all.count)
        }
      }
    }
  }
  try study.table(
    "table-6b", "Precision, recall and the class asked for, by class", tier: experiment.tier,
    rows: try rows())
}
