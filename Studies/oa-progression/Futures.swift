// hide
import LightboxStudy

// show

//: Every test knee that is read 0, 1 or 2 at first is predicted; those read 2 serve a variant of
//: the definition and the question of progression. Nothing here looks at a later film but what is
//: named *true*.

func predict(
  _ context: StageContext, _ job: WorldJob, imager: Imager, latents: FirstLatents,
  changes: Changes, grades: [GradeNetwork], supervised: SupervisedNetworks
) throws -> Futures {
  let sizes = job.sizes
  let split = knees(context.root, job.seed, job.world, sizes)
  let tested = split.test.filter(\.isPredicted)
  let leak = KneeSplit.sharedPatients([
    ("lenders", changes.lenders.map(\.patient)), ("test", tested.map(\.patient)),
  ])
  precondition(leak.isEmpty, "patients lend to themselves: \(leak.map(\.patient))")
  let places = Dictionary(
    uniqueKeysWithValues: latents.tested.enumerated().map { ($1.knee, $0) })
  let first = split.phantom.networkPictures(tested.map { ($0, 0) }, size: sizes.side)
  let forecaster = try Forecaster(
    imager, seed: job.seed, tested: tested,
    styles: latents.testing.gathered(rows: tested.map { places[$0.name]! }), changes: changes,
    stream: context.root.child("random neighbour").child(job.seed))
  var result = try context.checkpoint.load(Futures.self) ?? Futures(seed: job.seed)
  let isUsual = job.world == .usual
  if isUsual {
    result.explained = try forecaster.addComponents(split, films: first, sizes)
  }
  let reading = try Reading(grades, first, sizes)
  if result.cases.isEmpty {
    result.cases = testCases(tested, first)
    try plainScores(
      &result, tested, split, reading, supervised, first: first, sizes: sizes)
  }
  let arms = [.method, .mean] + (isUsual ? [.rebuilt, .random] + Arm.ablations : [])
  for arm in arms where result.scores(arm.name) == nil && forecaster.has(arm.space) {
    guard let network = reading.network(arm.schooling) else { continue }
    let pictures = try forecaster.draw(
      arm,
      tested.indices.map { ($0, arm.knowsTime ? Double(tested[$0].followedMonths) : askedMonths) })
    let later = gradeProbabilities(network, pictures)
    let earlier = reading.first(arm.schooling)
    result.scores.append(
      ArmScores(
        arm: arm.name, values: try tested.indices.map { try risk(earlier[$0], later[$0]) }))
    if arm == .method {
      result.drawnSeen = later.map(expected)
      show(&result, first, pictures, split, tested, sizes)
    }
    try context.checkpoint.save(result)
  }
  // Where the rate owes nothing to anatomy, chance is asked of scores alone.
  guard job.world != .unrelated else { return result }
  for arm in isUsual ? Arm.drawn : [.method]
  where !result.horizons.contains(where: { $0.arm == arm.name }) && forecaster.has(arm.space) {
    try drawVisits(&result, arm, forecaster, tested)
    try context.checkpoint.save(result)
    context.progress.report(
      Double(Set(result.horizons.map(\.arm)).count) / Double(Arm.drawn.count))
  }
  try filmVisits(&result, tested, split, sizes)
  try wholeFilms(
    &result, forecaster, isUsual ? [.method, .rebuilt, .fourfold] : [.method], tested, split, sizes)
  return result
}

/// The classifiers of grades and what they see on the first films.
struct Reading {
  private var networks: [Schooling: any Network<Float>] = [:]
  private var seen: [Schooling: [[Double]]] = [:]

  init(_ grades: [GradeNetwork], _ first: Tensor<Float>, _ sizes: Sizes) throws {
    for grade in grades {
      let network = try loadedNetwork(grade.weights, 5, sizes, grade.schooling)
      networks[grade.schooling] = network
      seen[grade.schooling] = gradeProbabilities(network, first)
    }
  }

  func network(_ schooling: Schooling) -> (any Network<Float>)? { networks[schooling] }
  func first(_ schooling: Schooling) -> [[Double]] { seen[schooling] ?? [] }
}

func testCases(_ tested: [Knee], _ first: Tensor<Float>) -> [TestCase] {
  let measures = measured(first)
  return tested.indices.map { place in
    let knee = tested[place]
    return TestCase(
      knee: knee.name, patient: knee.patient, firstGrade: knee.films[0].readGrade!,
      firstTrue: knee.films[0].trueGrade!, rise: knee.readRise, trueRise: knee.trueRise,
      months: knee.followedMonths, anatomy: kept(knee.anatomy.score),
      medial: measures[place].values[0], lateral: measures[place].values[1],
      spurs: spurArea(measures[place]))
  }
}

/// Scores that draw nothing: the comparators, the ceiling, and what should tell little.
func plainScores(
  _ result: inout Futures, _ tested: [Knee], _ split: KneeSplit, _ reading: Reading,
  _ supervised: SupervisedNetworks, first: Tensor<Float>, sizes: Sizes
) throws {
  let network = reading.network(.clean)!
  let earlier = reading.first(.clean)
  let future = gradeProbabilities(
    network,
    split.phantom.networkPictures(
      tested.map { ($0, $0.lastNativeFilm) }, size: sizes.side))
  func logits(_ weights: Weights<Float>) throws -> [Double?] {
    predict(try loadedNetwork(weights, 1, sizes), images: first).elements.map {
      finite(Double($0))
    }
  }
  let cases = result.cases
  result.firstSeen = earlier.map(expected)
  result.futureSeen = future.map(expected)
  let grade = result.firstSeen
  result.scores = [
    ArmScores(
      arm: Plain.copy, values: try earlier.map { try risk($0, $0) }),
    ArmScores(
      arm: Plain.future,
      values: try earlier.indices.map { try risk(earlier[$0], future[$0]) }),
    ArmScores(arm: Plain.grade, values: grade.map { $0 }),
    ArmScores(
      arm: Plain.space,
      values: cases.map { one in
        guard let medial = one.medial, let lateral = one.lateral else { return nil }
        return -min(medial, lateral)
      }),
    ArmScores(arm: Plain.time, values: cases.map { Double($0.months) }),
    ArmScores(arm: Plain.anatomy, values: cases.map(\.anatomy)),
    ArmScores(arm: Plain.published, values: try logits(supervised.published)),
    ArmScores(arm: Plain.tuned, values: try logits(supervised.tuned)),
  ]
}

/// Six knees for the page: the first two that rise by two, the first two that rise by one, and two
/// that stay.
func show(
  _ result: inout Futures, _ first: Tensor<Float>, _ drawn: Tensor<Float>, _ split: KneeSplit,
  _ tested: [Knee], _ sizes: Sizes
) {
  let own = tested.indices.filter { tested[$0].isTested }
  func some(_ holds: (Knee) -> Bool) -> [Int] {
    Array(own.filter { holds(tested[$0]) }.prefix(2))
  }
  let places = some { $0.trueRise >= 2 } + some { $0.trueRise == 1 } + some { $0.trueRise == 0 }
  guard !places.isEmpty else { return }
  let last = split.phantom.networkPictures(
    places.map { (tested[$0], tested[$0].lastNativeFilm) }, size: sizes.side)
  result.shown = .concatenate(
    [first.gathered(rows: places), drawn.gathered(rows: places), last], axis: 0)
  result.shownPlaces = places
}

/// A later visit of a presymptomatic knee.
typealias Visit = (place: Int, film: KneeFilm)

func visits(_ tested: [Knee]) -> [Visit] {
  tested.indices.filter { tested[$0].isTested }.flatMap { place in
    tested[place].nativeFilms.dropFirst().map { (place, tested[place].films[$0]) }
  }
}

func horizon(
  _ arm: String, _ visit: Visit, _ knee: Knee, medial: Double?, lateral: Double?, spurs: Double?
) -> Horizon {
  let (before, after) = (knee.films[0].signs, visit.film.signs)
  let growth =
    after.osteophytesMM.reduce(0, +) - before.osteophytesMM.reduce(0, +)
  return Horizon(
    place: visit.place, months: visit.film.months, arm: arm, medial: medial, lateral: lateral,
    spurs: spurs, trueMedial: kept(after.spaceMM[0]), trueLateral: kept(after.spaceMM[1]),
    spurGrowth: kept(growth),
    isStable: zip(before.spaceMM, after.spaceMM).allSatisfy { $0 - $1 < 0.1 })
}

/// What an arm draws at every visit, sixty-four pictures at a time.
func drawVisits(
  _ result: inout Futures, _ arm: Arm, _ forecaster: Forecaster, _ tested: [Knee]
) throws {
  let all = visits(tested)
  // What does not change is drawn once a knee, whose visits follow each other.
  var drawn: [Visit] = []
  var pictures: [Int] = []
  for visit in all {
    if arm.source != .unchanged || drawn.last?.place != visit.place { drawn.append(visit) }
    pictures.append(drawn.count - 1)
  }
  var measures: [PictureMeasures] = []
  for start in stride(from: 0, to: drawn.count, by: 64) {
    let own = drawn[start..<min(drawn.count, start + 64)]
    measures += measured(
      try forecaster.draw(arm, own.map { ($0.place, Double($0.film.months)) }))
  }
  for (visit, picture) in zip(all, pictures) {
    let found = measures[picture]
    result.horizons.append(
      horizon(
        arm.name, visit, tested[visit.place], medial: found.values[0], lateral: found.values[1],
        spurs: spurArea(found)))
  }
}

/// The copy of the first film, and the true film of each visit: what measuring alone gets wrong.
func filmVisits(
  _ result: inout Futures, _ tested: [Knee], _ split: KneeSplit, _ sizes: Sizes
) throws {
  let all = visits(tested)
  for visit in all {
    let one = result.cases[visit.place]
    result.horizons.append(
      horizon(
        Plain.copy, visit, tested[visit.place], medial: one.medial, lateral: one.lateral,
        spurs: one.spurs))
  }
  for start in stride(from: 0, to: all.count, by: 64) {
    let own = Array(all[start..<min(all.count, start + 64)])
    let films: [KneeSplit.Film] = own.map { visit in
      let knee = tested[visit.place]
      return (knee, knee.films.firstIndex { $0.months == visit.film.months }!)
    }
    let measures = measured(split.phantom.networkPictures(films, size: sizes.side))
    for (visit, found) in zip(own, measures) {
      result.horizons.append(
        horizon(
          Plain.future, visit, tested[visit.place], medial: found.values[0],
          lateral: found.values[1], spurs: spurArea(found)))
    }
  }
}

/// Whole measures of last films, true and drawn for the same months, of presymptomatic knees.
func wholeFilms(
  _ result: inout Futures, _ forecaster: Forecaster, _ arms: [Arm], _ tested: [Knee],
  _ split: KneeSplit, _ sizes: Sizes
) throws {
  let places = tested.indices.filter { tested[$0].isTested }
  guard !places.isEmpty else { return }
  let wanted = places.map { (place: $0, months: Double(tested[$0].followedMonths)) }
  let real = split.phantom.networkPictures(
    places.map { (tested[$0], tested[$0].lastNativeFilm) }, size: sizes.side)
  result.films = [FilmMeasures(arm: Plain.future, places: places, measures: measured(real))]
  for arm in arms {
    result.films.append(
      FilmMeasures(
        arm: arm.name, places: places, measures: measured(try forecaster.draw(arm, wanted))))
  }
}

/// Scores of many knees whose first film shows nothing, from encoded films without refinement.
struct WideScores: StageValue {
  var seed: Int
  var knees, patients: [String]
  var fast: [Bool]
  var scores: [ArmScores]
}

//: The *wide* test is for the flip: knees of true grade 0 in many other patients, enough to tell an
//: AUROC of .5 from one of .52. Their films are encoded and not refined; what this costs is seen in
//: the usual world, where the same is done.
func wideScores(
  _ context: StageContext, _ job: WorldJob, imager: Imager, changes: Changes,
  grades: [GradeNetwork], supervised: SupervisedNetworks
) throws -> WideScores {
  let sizes = job.sizes
  let split = wideKnees(context.root, job.seed, job.world, sizes)
  let tested = split.test.filter { $0.isTested && $0.films[0].trueGrade == 0 }
  let network = try loadedNetwork(grades.first { $0.schooling == .clean }!.weights, 5, sizes)
  let learners = try [supervised.published, supervised.tuned].map {
    try loadedNetwork($0, 1, sizes)
  }
  var values = [[Double?]](repeating: [], count: 4)
  for start in stride(from: 0, to: tested.count, by: 64) {
    let own = Array(tested[start..<min(tested.count, start + 64)])
    let films = split.phantom.networkPictures(own.map { ($0, 0) }, size: sizes.side)
    let forecaster = try Forecaster(
      imager, seed: job.seed, tested: own, styles: imager.encoder.styles(of: films),
      changes: changes, stream: context.root.child("random neighbour").child(job.seed))
    let earlier = gradeProbabilities(network, films)
    for (place, arm) in [Arm.method, .mean].enumerated() {
      let later = gradeProbabilities(
        network, try forecaster.draw(arm, own.indices.map { ($0, askedMonths) }))
      values[place] += try own.indices.map { try risk(earlier[$0], later[$0]) }
    }
    for (place, learner) in learners.enumerated() {
      values[2 + place] += predict(learner, images: films).elements.map { finite(Double($0)) }
    }
    context.progress.report(step: start + own.count, of: tested.count)
  }
  let names = [Arm.method.name, Arm.mean.name, Plain.published, Plain.tuned]
  return WideScores(
    seed: job.seed, knees: tested.map(\.name), patients: tested.map(\.patient),
    fast: tested.map(\.isFast),
    scores: zip(names, values).map { ArmScores(arm: $0, values: $1) })
}
