// hide
import LightboxStudy

// show

//: ### What the attacks saw
//: Every canary of every audit with its score; the mean square of each update that the variance
//: test saw; the loss of each film that the attack on trained models guessed about (committed: seed
//: 1); and the raw signal of each layer.

/// Cases of Tables 7 and 7b, which need no film.
func auditCases(_ study: StudyRun, _ audits: [Staged<AuditFound>]) throws {
  try study.cases(
    "canaries", "Scores of all canaries", tier: .simulated, table: try canaryTable(audits))
  try study.cases(
    "updates", "Mean squares of updates without a gradient", tier: .simulated,
    table: try updateTable(audits))
}

/// Cases of Tables 6c, 9 and 10.
func attackCases(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.cases(
    "losses", "Losses of training and validation films", tier: experiment.tier,
    table: try membershipTable(experiment), subset: { $0["seed"] == "1" })
  try study.cases(
    "layers", "Signal of each layer before noise", tier: experiment.tier,
    table: try signalTable(experiment), compressed: false)
  try study.cases(
    "mechanism", "The judged arm's mechanism", tier: experiment.tier,
    table: try mechanismTable(experiment), compressed: false)
}

/// Every canary: whether it was in, and its score.
func canaryTable(_ audits: [Staged<AuditFound>]) throws -> CaseTable {
  var table = CaseTable(columns: ["bug", "canaries", "repeat", "canary", "included", "score"])
  for found in try audits.map({ try $0.value }) {
    for (repeated, run) in found.runs.enumerated() {
      for canary in run.scores.indices {
        table.append([
          found.audited.bug.description, String(found.audited.canaries), String(repeated + 1),
          String(canary + 1), run.included[canary] ? "1" : "0", Printed.exact(run.scores[canary]),
        ])
      }
    }
  }
  return table
}

/// Every update on blank images: its mean square, and what the mechanism states for it.
func updateTable(_ audits: [Staged<AuditFound>]) throws -> CaseTable {
  var table = CaseTable(
    columns: ["bug", "canaries", "update", "mean square", "stated variance", "coordinates"])
  for found in try audits.map({ try $0.value }) {
    let each = found.variance.coordinates / max(1, found.updateSquares.count)
    for (update, square) in found.updateSquares.enumerated() {
      table.append([
        found.audited.bug.description, String(found.audited.canaries), String(update + 1),
        Printed.exact(square), Printed.exact(found.variance.statedVariance), String(each),
      ])
    }
  }
  return table
}

/// Every film that membership was guessed of, with its loss under each judged model.
func membershipTable(_ experiment: Experiment) throws -> CaseTable {
  var table = CaseTable(columns: ["arm", "seed", "case", "in training", "loss"])
  let parts = try experiment.parts.value
  for model in try experiment.models.map({ try $0.value }) where isJudged(model) {
    guard let seen = model.seen else { continue }
    for (scores, cases, isIn) in [
      (seen, parts.train.cases, "1"), (model.validation, parts.validation.cases, "0"),
    ] {
      for (one, loss) in zip(cases, losses(scores, cases)) {
        table.append([model.arm, String(model.seed), one.id, isIn, Printed.exact(loss)])
      }
    }
  }
  return table
}

/// The clipped gradient's norm by layer, and the numbers that its noise follows from.
func signalTable(_ experiment: Experiment) throws -> CaseTable {
  var table = CaseTable(
    columns: [
      "step", "parameter", "weights", "signal", "noise multiplier", "clipping norm", "share",
    ])
  for model in try experiment.trained(.judged) {
    for one in model.signals ?? [] {
      for layer in one.parameters {
        table.append([
          String(one.step), layer.name, String(layer.count), Printed.exact(layer.signal),
          Printed.exact(model.noiseMultiplier ?? 0), Printed.exact(Arm.judged.clippingNorm),
          Printed.exact(layer.share),
        ])
      }
    }
  }
  return table
}

/// The numbers that ε follows from, of every seed of the judged arm.
func mechanismTable(_ experiment: Experiment) throws -> CaseTable {
  var table = CaseTable(
    columns: ["arm", "seed", "images", "batch", "noise multiplier", "releases", "delta"])
  let batch = experiment.jobs[0].sizes.batch
  for model in try experiment.trained(.judged) {
    table.append([
      model.arm, String(model.seed), String(model.images), String(min(batch, model.images)),
      Printed.exact(model.noiseMultiplier ?? 0), String(model.releases),
      Printed.exact(model.delta),
    ])
  }
  return table
}
