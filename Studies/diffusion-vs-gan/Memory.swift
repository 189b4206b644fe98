// hide
import LightboxStudy

// show

//: ## 8 · Memory
//: Users of the released code report near-copies on small data, and the authors' references were
//: largely the training pictures, which reward copying. For every fake: is its nearest picture a
//: training picture or one of as many control pictures, drawn in the same way and never trained on?
//: By chance one half.
//:
//: *Could fail*: a maker may lie nearer to its training pictures. *Built in*: nothing. *Control
//: that must fail*: a planted copier, one in ten of whose fakes is a training picture with a little
//: noise, must be caught.
func memoryChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  try memoryTable(study, experiment)
  try referenceTable(study, experiment)
}

struct MemoryRow: TableRow {
  static let columns = [
    Column("domain"), Column("maker"), Column("fakes"), Column("nearer to training", digits: 3),
    Column("low", digits: 3), Column("high", digits: 3), Column("p", digits: 2),
    Column("copies", digits: 2), Column("copies of control", digits: 2),
    Column("p of copies, Holm", digits: 2), Column("seed"),
  ]
  var domain, maker: String
  var fakes: Int
  var share, low, high, p, copies, controlCopies, copiesP: Double
  var seed: Int

  var isCopier: Bool { copiesP < 0.05 }

  init(_ domain: Domain, _ maker: String, _ seed: Int, _ memory: NearestTraining) {
    self.domain = domain.rawValue
    self.maker = maker
    self.seed = seed
    fakes = memory.count
    let estimate = memory.share
    let interval = estimate.interval()
    share = estimate.value
    (low, high) = (max(0, interval.low), min(1, interval.high))
    p = estimate.pValue(against: 0.5)
    let found = memory.copies(below: 0.5)
    let control = memory.ratios.filter { $0 > 2 }.count
    copies = Double(found) / Double(memory.count)
    controlCopies = Double(control) / Double(memory.count)
    copiesP =
      found == 0
      ? 1
      : Distributions.Binomial(trials: found + control, probability: 0.5).survival(
        Double(found - 1))
  }
}

//: ### Table 11 — nearer to training than to control?
//: Domain network; as many training pictures as there are control pictures, which is half of them
//: at default scale: copies of the other half go unseen, and the planted copier copies from the
//: half that is searched. *Low*, *high* and *p* (two-sided, not corrected) are of the share, over
//: exchanges of the two real sets. A *copy* is a fake whose nearest training picture lies at less
//: than half the distance of its nearest control picture, a *copy of control* the reverse. *p of
//: copies*: the exact one-sided probability of so many of training among both, after Holm's
//: correction for all rows; a maker is flagged where it is below .05. It takes fakes as
//: independent, which those of a maker that repeats itself are not.
func memoryTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [MemoryRow] {
    var all = try experiment.domains.flatMap { run -> [MemoryRow] in
      let real = try run.reals[0].value
      var rows = [
        MemoryRow(run.domain, "second real set", run.seeds[0], real.secondMemory),
        MemoryRow(run.domain, "planted copier", run.seeds[0], real.copierMemory),
      ]
      for arm in run.compared {
        for scores in try run.scores(arm) {
          if let memory = scores.memory {
            rows.append(MemoryRow(run.domain, arm.name, scores.seed, memory))
          }
        }
      }
      return rows
    }
    for (index, p) in holm(all.map(\.copiesP)).enumerated() { all[index].copiesP = p }
    return all
  }
  try study.table(
    "table-11", "Distance to training against distance to control pictures",
    tier: experiment.tier, rows: try rows())
  func copier() throws -> String {
    let rows = try rows().filter { $0.maker == "planted copier" }
    return rows.allSatisfy { $0.isCopier } ? "is caught" : "is not caught in every domain"
  }
  func makers() throws -> String {
    let names = Set(experiment.domains.flatMap(\.compared).map(\.name))
    let rows = try rows().filter { names.contains($0.maker) }
    return "\(rows.filter { $0.isCopier }.count) of \(rows.count)"
  }
  func second() throws -> String {
    let rows = try rows().filter { $0.maker == "second real set" }
    return rows.contains { $0.isCopier } ? "is called a copier somewhere" : "is not"
  }
  try study.text("memory.copier", try copier())
  try study.text("memory.second", try second())
  try study.text("memory.makers", try makers())
}
//: The planted copier {{memory.copier}}; the second real set {{memory.second}}. Of the trained
//: makers, {{memory.makers}} are flagged. For a GAN of recall near 0 (Table 4) a flag is no
//: evidence of copying: it draws few distinct pictures many times (Figure 9), and one that happens
//: to lie near a training picture is counted as often as it is drawn.

struct ReferenceRow: TableRow {
  static let columns = [
    Column("domain"), Column("maker"), Column("FD to held-out", digits: 4),
    Column("FD to training", digits: 4), Column("seeds"),
  ]
  var domain, maker: String
  var heldOut, training: Double
  var seeds: Int
}

//: ### Table 12 — scored against training pictures
//: Domain network; the searched half of the training pictures, with their imbalance, where the
//: authors' references were balanced. Two things change at once. Makers that draw the rare class
//: too seldom gain against imbalanced reals, and the planted copier, whose classes are balanced,
//: loses. A change of order here is no measure of what copying gains.
func referenceTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [ReferenceRow] {
    try experiment.domains.flatMap { run -> [ReferenceRow] in
      var rows = try run.compared.compactMap { arm -> ReferenceRow? in
        let scores = try run.scores(arm)
        guard let held = mean(scores.compactMap { $0[.domain]?.frechet }),
          let training = mean(scores.compactMap(\.againstTraining))
        else { return nil }
        return ReferenceRow(
          domain: run.domain.rawValue, maker: arm.name, heldOut: held, training: training,
          seeds: scores.count)
      }
      let reals = try run.reals.map { try $0.value }
      rows.append(
        ReferenceRow(
          domain: run.domain.rawValue, maker: "planted copier",
          heldOut: mean(reals.map(\.copierFrechet))!,
          training: mean(reals.map(\.copierAgainstTraining))!, seeds: reals.count))
      return rows
    }
  }
  try study.table(
    "table-12", "The same fakes against held-out and against training pictures",
    tier: experiment.tier, rows: try rows())
}
