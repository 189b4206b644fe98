// hide
import LightboxStudy

// show

//: ## What is kept
//: `cases/predictions` has a row for each test knee, seed and world: outcomes, and every score,
//: from which Tables 14 to 19 recompute, Table 17 from `cases/wide` with all seeds.
//: `cases/horizons` has a row for each presymptomatic knee, visit and arm: what is measured, and
//: the truth. `cases/films` has all measures of last films, true and drawn. `cases/wide` holds the
//: wide test, `cases/readers` the ratings, `cases/estimates` every seed's values. Scores have six
//: digits, and everything was estimated from those. Committed of horizons and films are the rows of
//: the first seed in the usual world, of the wide test those of the first seed; all others lie
//: beside the run's cache. `Tests/Outside/oa_tables.py` recomputes with NumPy and SciPy. Tables 10
//: and 25 need the networks and the analysis themselves.
func caseRows(_ study: StudyRun, _ experiment: Experiment) throws {
  let first = String(study.seeds[0])
  try study.cases(
    "predictions", "Scores of test knees", tier: .simulated,
    table: try predictionTable(experiment))
  try study.cases(
    "horizons", "Joint space and spurs by visit", tier: .simulated,
    table: try horizonCases(experiment),
    subset: { $0["seed"] == first && $0["world"] == World.usual.name })
  try study.cases(
    "films", "Measures of last films", tier: .simulated, table: try filmCases(experiment),
    subset: { $0["seed"] == first && $0["world"] == World.usual.name })
  try study.cases(
    "wide", "Scores of the wide test", tier: .simulated, table: try wideCases(experiment),
    subset: { $0["seed"] == first })
  try study.cases(
    "gate", "Joint space before and after projection", tier: .simulated,
    table: try gateCases(experiment), compressed: false)
  try study.estimates(
    tier: .simulated, rows: try estimateRows(experiment) + decidingRows(experiment))
}

/// Every world with its predictions, in the order of the design.
func everyFuture(_ experiment: Experiment) throws -> [(world: World, futures: Futures)] {
  try World.all(experiment.runs.map(\.seed)).flatMap { world, _ in
    try experiment.futures(world).map { (world, $0) }
  }
}

func cell(_ value: Double?) -> String { value.map { Printed.exact(kept($0)) } ?? "" }

func predictionTable(_ experiment: Experiment) throws -> CaseTable {
  let all = try everyFuture(experiment)
  var arms: [String] = []
  for (_, futures) in all {
    for score in futures.scores where !arms.contains(score.arm) { arms.append(score.arm) }
  }
  var table = CaseTable(
    columns: [
      "case", "patient", "seed", "world", "split", "first grade", "presymptomatic", "months",
      "truth.fast", "truth.rise", "truth.first grade", "truth.true rise",
    ] + arms.map { "score.\($0)" })
  for (world, futures) in all {
    for (place, one) in futures.cases.enumerated() {
      table.append(
        [
          one.knee, one.patient, String(futures.seed), world.name, "test", String(one.firstGrade),
          one.isPresymptomatic ? "1" : "0", String(one.months), one.isFast ? "1" : "0",
          String(one.rise), String(one.firstTrue), String(one.trueRise),
        ] + arms.map { cell(futures.scores($0)?[place]) })
    }
  }
  return table
}

func horizonCases(_ experiment: Experiment) throws -> CaseTable {
  var table = CaseTable(
    columns: [
      "case", "patient", "seed", "world", "arm", "month", "stable", "medial [mm]",
      "lateral [mm]", "spurs [mm²]", "truth.medial [mm]", "truth.lateral [mm]",
      "truth.spur growth [mm]",
    ])
  for (world, futures) in try everyFuture(experiment) {
    for one in futures.horizons {
      table.append([
        futures.cases[one.place].knee, futures.cases[one.place].patient, String(futures.seed),
        world.name, one.arm, String(one.months), one.isStable ? "1" : "0", cell(one.medial),
        cell(one.lateral), cell(one.spurs), cell(one.trueMedial), cell(one.trueLateral),
        cell(one.spurGrowth),
      ])
    }
  }
  return table
}

func filmCases(_ experiment: Experiment) throws -> CaseTable {
  var table = CaseTable(
    columns: ["case", "patient", "seed", "world", "arm", "impossible"] + KneePhantom.measures)
  for (world, futures) in try everyFuture(experiment) {
    for films in futures.films {
      for (place, measures) in zip(films.places, films.measures) {
        table.append(
          [
            futures.cases[place].knee, futures.cases[place].patient, String(futures.seed),
            world.name, films.arm, measures.impossible ?? "",
          ] + measures.values.map { cell($0) })
      }
    }
  }
  return table
}

func wideCases(_ experiment: Experiment) throws -> CaseTable {
  let names = [Arm.method.name, Arm.mean.name, Plain.published, Plain.tuned]
  var table = CaseTable(
    columns: ["case", "patient", "seed", "world", "truth.fast"] + names.map { "score.\($0)" })
  for world in [World.unrelated, .usual] {
    for run in experiment.runs {
      guard let wide = try run.wide(world)?.value else { continue }
      for place in wide.knees.indices {
        table.append(
          [
            wide.knees[place], wide.patients[place], String(wide.seed), world.name,
            wide.fast[place] ? "1" : "0",
          ]
            + names.map { name in
              cell(wide.scores.first { $0.arm == name }?.values[place])
            })
      }
    }
  }
  return table
}

func gateCases(_ experiment: Experiment) throws -> CaseTable {
  let kinds = ["drawn", "film", "guessed", "refined", "long"]
  var table = CaseTable(
    columns: ["case", "seed"]
      + kinds.flatMap { ["\($0) medial [mm]", "\($0) lateral [mm]"] }
      + ["distance refined", "distance long"])
  for run in experiment.runs {
    for film in try run.gate.value.films {
      let parts = [film.drawn.map { $0 }, film.film, film.guessed, film.refined, film.long]
      table.append(
        [film.knee, String(run.seed)]
          + parts.flatMap { part in (0..<2).map { $0 < part.count ? cell(part[$0]) : "" } }
          + [cell(film.refinedDistance), cell(film.longDistance)])
    }
  }
  return table
}

/// Every seed's AUROC of every score, and the gain over the copy at every horizon.
func estimateRows(_ experiment: Experiment) throws -> [EstimateRow] {
  try everyFuture(experiment).flatMap { world, futures -> [EstimateRow] in
    let areas = futures.scores.flatMap { score in
      Question.allCases.compactMap { question -> EstimateRow? in
        guard let found = scored(futures, [score.arm], question),
          let value = try? auroc(scores: found.scores[0], labels: found.labels)
        else { return nil }
        let clustered = try? clusteredDeLong(
          scores: found.scores, labels: found.labels, clusters: Clusters(found.patients))
        return EstimateRow(
          arm: score.arm, seed: futures.seed, cell: "\(world.name): \(question.rawValue)",
          estimator: "auroc", value: value,
          standardError: clustered?.estimate(0).standardError, n: found.labels.count)
      }
    }
    var arms: [String] = []
    for one in futures.horizons where !arms.contains(one.arm) { arms.append(one.arm) }
    let errors = arms.flatMap { arm in
      horizons.compactMap { months -> EstimateRow? in
        guard let found = horizonErrors(futures, arm, months: months) else { return nil }
        return EstimateRow(
          arm: arm, seed: futures.seed, cell: "\(world.name): month \(months)",
          estimator: "joint-space error [mm]", value: found.arm, standardError: nil, n: found.n)
      }
    }
    return areas + errors
  }
}
