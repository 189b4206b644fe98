// hide
import LightboxStudy

// show

//: `cases/knees` has a row for each knee: every knee of the first seed, the test knees of the
//: others, with both grades and the medial joint space of every visit; Tables 3 to 5 recompute from
//: it (of Table 5 the first row). `cases/changes` has the change of every lender in latents, as
//: Table 9 needs it, and `cases/thresholds` what turns the ratings of `cases/readers` into calls.
func kneeRows(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.cases(
    "knees", "Knees and their visits", tier: .simulated,
    table: try kneeCases(study, experiment))
  try study.cases(
    "changes", "Changes in latents", tier: .simulated, table: try changeCases(experiment))
  try study.cases(
    "thresholds", "Thresholds of the simulated readers", tier: .simulated,
    table: try thresholdCases(study, experiment), compressed: false)
}

func kneeCases(_ study: StudyRun, _ experiment: Experiment) throws -> CaseTable {
  let months = KneePopulation().visits
  var table = CaseTable(
    columns: [
      "case", "patient", "seed", "split", "age [years]", "sex", "body mass index [kg/m²]",
      "varus [degrees]", "replaced [months]", "lost [months]",
    ]
      + months.flatMap {
        ["read grade \($0)", "truth.grade \($0)", "truth.medial \($0) [mm]"]
      })
  func add(_ knees: [Knee], _ seed: Int, _ split: String) {
    for knee in knees {
      table.append(
        [
          knee.name, knee.patient, String(seed), split, cell(knee.person.ageYears),
          knee.person.sex.rawValue, cell(knee.person.bodyMassIndex),
          cell(knee.anatomy.varusDegrees), knee.replacedMonths.map { String($0) } ?? "",
          knee.lostMonths.map { String($0) } ?? "",
        ]
          + months.flatMap { month -> [String] in
            guard let film = knee.films.first(where: { $0.months == month && !$0.isReplaced })
            else { return ["", "", ""] }
            return [
              film.readGrade.map { String($0) } ?? "", film.trueGrade.map { String($0) } ?? "",
              cell(film.signs.spaceMM[0]),
            ]
          })
    }
  }
  for seed in study.seeds {
    let split = knees(study.stream, seed, .usual, experiment.sizes)
    if seed == study.seeds[0] {
      add(split.train, seed, "train")
      add(split.validation, seed, "validation")
    }
    add(split.test, seed, "test")
  }
  return table
}

func changeCases(_ experiment: Experiment) throws -> CaseTable {
  var table = CaseTable(
    columns: [
      "case", "patient", "seed", "months", "truth.true rise", "length", "along",
    ])
  for run in experiment.runs {
    let changes = try run.changes(.usual)!.value
    for (lender, one) in zip(changes.lenders, projectedChanges(changes)) {
      table.append([
        "\(lender.patient)-\(lender.side)", lender.patient, String(run.seed),
        Printed.exact(lender.months), String(one.rise), cell(one.length), cell(one.along),
      ])
    }
  }
  return table
}

func thresholdCases(_ study: StudyRun, _ experiment: Experiment) throws -> CaseTable {
  let all = SimulatedRatings(
    try experiment.futures(.usual)[0], misread: World.usual.misread,
    stream: study.stream.child("readers"))
  var table = CaseTable(columns: ["case", "reader", "shown", "threshold"])
  for shown in Shown.allCases {
    for (reader, threshold) in zip(ReaderPoint.all, all.thresholds[shown] ?? []) {
      table.append([
        "\(reader.name) \(shown.rawValue)", reader.name, shown.rawValue,
        threshold.isFinite ? Printed.exact(threshold) : "",
      ])
    }
  }
  return table
}
