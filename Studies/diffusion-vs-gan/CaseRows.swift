// hide
import LightboxStudy

// show

//: ## What is kept
//: `cases/fakes` has a row for each fake: the class asked for and read, how many real balls hold
//: it, its distances to training and control pictures, its measures. `cases/reals` has a row for
//: each reference picture: whether a fake's ball holds it. `cases/held-out` has what is measured of
//: the reference, of the second set and of the planted copier. Precision, recall, density and the
//: tables of factors and memory recompute from them. `cases/features-*.npy` hold the features of
//: the first seed on the domain network, from which both distances recompute: `lightbox fid` does
//: it, and so does `Tests/Outside/diffusion_tables.py` with NumPy and SciPy. The committed rows are
//: those of the first seed of the compared arms in the domain that is looked at in depth; all
//: others lie beside the run's cache.
func caseRows(_ study: StudyRun, _ experiment: Experiment) throws {
  let first = String(experiment.depth.seeds[0])
  let deep = experiment.depth.domain.rawValue
  func isKept(_ row: CaseTable.Row) -> Bool { row["seed"] == first && row["domain"] == deep }
  try study.cases(
    "fakes", "Fakes at the whole compute", tier: experiment.tier, table: try fakeTable(experiment),
    subset: isKept)
  try study.cases(
    "reals", "Reference pictures, and whether fakes reach them", tier: experiment.tier,
    table: try realTable(experiment), subset: isKept)
  try study.cases(
    "held-out", "Reference, second set and planted copier", tier: experiment.tier,
    table: try heldOutTable(experiment), subset: isKept)
  for (name, features) in try firstFeatures(study, experiment.depth) {
    try study.cases(
      "features-\(name)", "Features, domain network: \(name)", tier: experiment.tier,
      array: NPYArray(try features()))
  }
  try study.estimates(
    tier: experiment.tier,
    rows: try estimateRows(experiment)
      + experiment.domains.flatMap {
        try conditionRows($0) + realRows($0) + autoencoderRows($0) + decidingRows($0)
      })
}

func fakeTable(_ experiment: Experiment) throws -> CaseTable {
  let names = try experiment.domains.map { try $0.sets.value.measures }
  let most = names.map(\.count).max() ?? 0
  var table = CaseTable(
    columns: [
      "case", "domain", "seed", "arm", "class", "probability of the second class", "real balls",
      "to training", "to control", "impossible",
    ] + (0..<most).map { "measure \($0 + 1)" })
  for run in experiment.domains {
    for arm in run.compared {
      for scores in try run.scores(arm) {
        guard let set = scores[.domain], let memory = scores.memory else { continue }
        for index in scores.labels.indices {
          let measures = scores.measures.isEmpty ? nil : scores.measures[index]
          table.append(
            [
              "\(run.domain.rawValue)-\(scores.seed)-\(index)", run.domain.rawValue,
              String(scores.seed), scores.arm, String(scores.labels[index]),
              Printed.exact(scores.probability[index]), String(set.balls[index]),
              Printed.exact(rounded(memory.training.distances[index])),
              Printed.exact(rounded(memory.heldOut.distances[index])),
              measures?.impossible ?? "",
            ]
              + measureCells(measures, most))
        }
      }
    }
  }
  return table
}

/// Columns and cells of what is measured of a picture, as many as the domain with most has.
func measureCells(_ measures: PictureMeasures?, _ most: Int) -> [String] {
  (0..<most).map { place in
    guard let measures, place < measures.values.count, let value = measures.values[place]
    else { return "" }
    return Printed.exact(rounded(value))
  }
}

/// Real pictures of every seed: `reference`, `second`, and the distances of the planted copier.
func heldOutTable(_ experiment: Experiment) throws -> CaseTable {
  let most = try experiment.domains.map { try $0.sets.value.measures.count }.max() ?? 0
  var table = CaseTable(
    columns: [
      "case", "domain", "seed", "arm", "class", "probability of the second class", "to training",
      "to control", "impossible",
    ] + (0..<most).map { "measure \($0 + 1)" })
  for run in experiment.domains {
    for (seed, staged) in zip(run.seeds, run.reals) {
      let real = try staged.value
      func add(
        _ arm: String, _ count: Int, labels: [Int]? = nil, probability: [Double]? = nil,
        memory: NearestTraining? = nil, measures: [PictureMeasures] = []
      ) {
        for index in 0..<count {
          let own = measures.isEmpty ? nil : measures[index]
          table.append(
            [
              "\(arm)-\(seed)-\(index)", run.domain.rawValue, String(seed), arm,
              labels.map { String($0[index]) } ?? "",
              probability.map { Printed.exact($0[index]) } ?? "",
              memory.map { Printed.exact(rounded($0.training.distances[index])) } ?? "",
              memory.map { Printed.exact(rounded($0.heldOut.distances[index])) } ?? "",
              own?.impossible ?? "",
            ] + measureCells(own, most))
        }
      }
      add(
        "reference", real.referenceLabels.count, labels: real.referenceLabels,
        probability: real.referenceProbability, measures: real.referenceMeasures)
      add(
        "second", real.secondLabels.count, labels: real.secondLabels,
        probability: real.secondProbability, memory: real.secondMemory,
        measures: real.secondMeasures)
      add("planted copier", real.copierMemory.count, memory: real.copierMemory)
    }
  }
  return table
}

func realTable(_ experiment: Experiment) throws -> CaseTable {
  var table = CaseTable(
    columns: ["case", "domain", "seed", "arm", "class", "recalled", "covered"])
  for run in experiment.domains {
    for arm in run.compared {
      for scores in try run.scores(arm) {
        guard let set = scores[.domain] else { continue }
        let real = try run.reals[run.seeds.firstIndex(of: scores.seed)!].value
        for index in real.referenceLabels.indices {
          table.append([
            "real-\(scores.seed)-\(index)", run.domain.rawValue, String(scores.seed), scores.arm,
            String(real.referenceLabels[index]), set.recalled[index] ? "1" : "0",
            set.covered[index] ? "1" : "0",
          ])
        }
      }
    }
  }
  return table
}

/// Features of the first seed, [picture, feature], by the name of the set.
func firstFeatures(
  _ study: StudyRun, _ run: DomainRun
) throws -> [(name: String, features: () throws -> Tensor<Float>)] {
  let reference = (
    name: "reference",
    features: { try run.reals[0].value.reference[FeatureSet.domain.rawValue]! }
  )
  return [reference]
    + run.compared.map { arm in
      (
        name: arm.name.lowercased().replacing(" ", with: "-"),
        features: {
          try run.scores(arm).first?.features ?? Tensor<Float>.zeros([0, 0])
        }
      )
    }
}
