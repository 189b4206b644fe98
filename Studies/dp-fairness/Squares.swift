// hide
import LightboxStudy

// show

//: ### Group size or group difficulty?
//: Small groups are often also the ones a network finds hard. A simulation can pull the
//: two apart: women are half of the training patients or a tenth, and their films as easy as
//: men's or harder (findings a third weaker, clutter half as strong again). Four cohorts, each with
//: trainings of its own, private and not, at all seeds; the test images of a cell have the cell's
//: difficulty and as many women as men. Prevalence and patient numbers are the same in all four.

/// One training in a cell.
struct SquareJob: Codable, Hashable {
  var square: Square
  var arm: Arm
  var seed: Int
  var sizes: Sizes
}

/// The four cells, their cohorts and trainings.
final class SquareExperiment {
  let cohorts: [Square: Staged<Parts>]
  let jobs: [SquareJob]
  let models: [Staged<Trained>]
  private let study: StudyRun
  private var found: [Square: GapChange] = [:]
  private var effects: [String: Estimate] = [:]

  init(
    study: StudyRun, cohorts: [Square: Staged<Parts>], jobs: [SquareJob], models: [Staged<Trained>]
  ) {
    self.study = study
    self.cohorts = cohorts
    self.jobs = jobs
    self.models = models
  }

  func bench(_ square: Square) throws -> Bench {
    Bench(try cohorts[square]!.value.test, scale: study.scale)
  }

  /// The trainings of a cell and arm with their decisions, by seed.
  func trained(_ square: Square, _ arm: Arm, _ bench: Bench) throws -> [GapComparison.Model] {
    let parts = try cohorts[square]!.value
    return try zip(jobs, models).filter { $0.0.square == square && $0.0.arm.name == arm.name }
      .map { try $0.1.value }.map { model in
        (
          model,
          try bench.called(
            model, threshold: youdenThresholds(model, parts.validation.cases),
            weights: classWeights(parts.train))
        )
      }
  }

  /// The change of women's gap to men in a cell.
  func change(_ square: Square) throws -> GapChange {
    if let known = found[square] { return known }
    let (comparison, sexes) = try comparison(square)
    let made = comparison.change(
      of: "F", in: sexes, stream: study.stream.child("square").child(square.name))
    found[square] = made
    return made
  }

  private func comparison(_ square: Square) throws -> (GapComparison, Grouping) {
    let bench = try bench(square)
    let comparison = GapComparison(
      bench: bench, privately: try trained(square, .judged, bench),
      openly: try trained(square, .nonPrivate, bench))
    return (comparison, Grouping.all(bench).first { $0.name == "sex" }!)
  }

  /// A weighted sum over the cells of the change of the AUROC gap, [weight of a cell in `Square.all`].
  ///
  /// The cells test the same persons in the same order, so that one resampling of persons weighs the
  /// films of all four. nil where some label lacks a class.
  func effect(_ name: String, _ weights: [Double]) throws -> Estimate? {
    if let known = effects[name] { return known }
    let cells = try Square.all.map { try comparison($0) }
    let persons = cells.map { $0.0.bench.cases.map(\.patient) }
    guard persons.allSatisfy({ $0 == persons[0] }) else {
      throw LightboxError(.software, "the cells of Table 4c do not test the same persons")
    }
    guard let gaps = try? cells.map({ try $0.0.gaps(of: "F", in: $0.1) }) else { return nil }
    func summed(_ models: [[WeightedStatistic]]) -> [WeightedStatistic] {
      (0..<(models.map(\.count).min() ?? 0)).map { seed in
        let ofCells = models.map { $0[seed] }
        return { resampled in
          zip(weights, ofCells).reduce(0) { $0 + $1.0 * $1.1(resampled) }
        }
      }
    }
    let bench = cells[0].0.bench
    let made = try? SeedContrast.of(
      summed(gaps.map(\.privately)), minus: summed(gaps.map(\.openly)), clusters: bench.clusters,
      replicates: bench.replicates / 2, stream: study.stream.child("square effect").child(name)
    ).estimate
    effects[name] = made
    return made
  }

  /// The same as one member of a family: AUROC and parity.
  func measured(_ square: Square) throws -> Measured {
    let change = try change(square)
    return .family([
      .family([change.auroc, change.parity].compactMap { $0.map(Measured.seeds) })
    ])
  }
}

/// nil on real files: this is a question for a simulation.
func squares(_ study: StudyRun, _ experiment: Experiment) throws -> SquareExperiment? {
  guard study.data == nil else { return nil }
  let sizes = Sizes.at(study.scale)
  let staged = try study.stages(
    "square-cohort", over: Square.all.map { SquareDraw(square: $0, sizes: sizes) }, squareCohort)
  let cohorts = Dictionary(uniqueKeysWithValues: zip(Square.all, staged))
  let jobs = Square.all.flatMap { square in
    Square.arms.flatMap { arm in
      study.seeds.map { SquareJob(square: square, arm: arm, seed: $0, sizes: sizes) }
    }
  }
  let models = try study.stages(
    "square", over: jobs, each: jobs.map { cohorts[$0.square]! }, experiment.given
  ) { context, job, parts, given in
    try trainOne(context, Job(arm: job.arm, seed: job.seed, sizes: job.sizes), parts, given)
  }
  return SquareExperiment(study: study, cohorts: cohorts, jobs: jobs, models: models)
}

struct SquareDraw: Codable, Hashable {
  var square: Square
  var sizes: Sizes
}

func squareCohort(_ context: StageContext, _ draw: SquareDraw) throws -> Parts {
  let (square, sizes) = (draw.square, draw.sizes)
  func cohort(_ split: Split, _ images: Int, women: Double, _ name: String) -> Cohort {
    var configuration = ChestConfiguration()
    configuration.population.maleShare = 1 - women
    configuration.groups = [ChestGroup(sex: .female, difficulty: square.difficulty)]
    return ChestPhantom(configuration).cohort(
      images: images, resolution: sizes.side, splits: [(split, 1)], prefix: name + "-",
      stream: context.root.child("square").child(name)
    ).cohort
  }
  return Parts(
    train: cohort(.train, sizes.train, women: square.share, "train"),
    validation: cohort(.validation, sizes.validation / 2, women: square.share, "validation"),
    test: .joined([
      cohort(.test, sizes.perSex, women: 0, "test-M"),
      cohort(.test, sizes.perSex, women: 1, "test-F"),
    ]))
}

struct SquareRow: TableRow {
  static let columns = [
    Column("group is"), Column("women in training", unit: "%", digits: 3), Column("gap"),
    Column("non-private", digits: 3), Column("private", digits: 3), Column("change", digits: 3),
    Column("low 95", digits: 3), Column("high 95", digits: 3), Column("p equivalence", digits: 2),
  ]
  var group: String
  var women: Double?
  var gap: String
  var open, closed: Double?
  var change, low, high, p: Double?
}

//: ### Table 4c — women's gap to men, by size and difficulty of the group
//: `change` is private minus non-private, paired by seed and image; below zero in AUROC, privacy
//: costs women more. The last rows take differences between cells: what size does, what difficulty
//: does, and whether the two are more than their sum. The same persons are tested in all four
//: cells, women with films of the cell's difficulty, so these differences are paired by seed and by
//: person, and persons are resampled over the four cells at once.
func squareChapter(_ study: StudyRun, _ squares: SquareExperiment?) throws {
  try study.table(
    "table-4c", "Women's gap to men by size and difficulty of the group", tier: .simulated,
    rows: try squares.map(squareRows) ?? [])
  func words(_ place: Int) throws -> String {
    guard let found = try squares.map(squareEffects), !found.isEmpty else {
      return "an amount not measured"
    }
    return try inPoints(found[place].effect, level: 0.95)
  }
  for (id, place) in [("square.size", 0), ("square.difficulty", 1), ("square.both", 2)] {
    try study.text(id, try words(place))
  }
}
//: Privacy's change of the AUROC gap moves by {{square.size}} where the group becomes small, by
//: {{square.difficulty}} where it becomes hard, and by {{square.both}} more where it becomes both
//: than the two alone add up to. A positive number means that privacy costs women *less*: where
//: their films are hard they start lower, and men have further to fall.

func squareRows(_ squares: SquareExperiment) throws -> [SquareRow] {
  var rows: [SquareRow] = []
  for square in Square.all {
    let bench = try squares.bench(square)
    let sexes = Grouping.all(bench).first { $0.name == "sex" }!
    let women = sexes.groups.first { $0.name == "F" }!.cases
    let men = sexes.groups.first { $0.name == "M" }!.cases
    let labels = bench.labelsWithBothClasses(in: [women, men])
    let change = try squares.change(square)
    for gap in ["AUROC", "parity"] {
      func level(_ arm: Arm) throws -> Double {
        mean(
          try squares.trained(square, arm, bench).map { model in
            try gap == "AUROC"
              ? bench.auroc(model.scores, among: women, labels: labels).value
                - bench.auroc(model.scores, among: men, labels: labels).value
              : model.called.rate(women) - model.called.rate(men)
          })!
      }
      let estimate = try (gap == "AUROC" ? change.auroc : change.parity)?.estimate
      let interval = estimate?.interval()
      rows.append(
        SquareRow(
          group: square.name, women: 100 * square.share, gap: gap, open: try level(.nonPrivate),
          closed: try level(.judged), change: estimate?.value, low: interval?.low,
          high: interval?.high, p: estimate.flatMap(equivalenceP)))
    }
  }
  return rows + (try squareEffects(squares).map(\.row))
}

/// Differences of the changes of the AUROC gap between cells, over seeds and persons.
func squareEffects(
  _ squares: SquareExperiment
) throws -> [(effect: Estimate, row: SquareRow)] {
  // Large and easy, small and easy, large and hard, small and hard.
  let weights: [(String, [Double])] = [
    ("small minus large", [-0.5, 0.5, -0.5, 0.5]),
    ("hard minus easy", [-0.5, -0.5, 0.5, 0.5]),
    ("small and hard beyond their sum", [1, -1, -1, 1]),
  ]
  let found: [(effect: Estimate, row: SquareRow)] = try weights.compactMap { name, weights in
    guard let effect = try squares.effect(name, weights) else { return nil }
    let interval = effect.interval()
    return (
      effect,
      SquareRow(
        group: name, women: nil, gap: "AUROC change", open: nil, closed: nil,
        change: effect.value, low: interval.low, high: interval.high,
        p: equivalenceP(effect))
    )
  }
  // All or none: the text names them by their places.
  return found.count == weights.count ? found : []
}
