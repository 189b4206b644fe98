//: ## Knee
//: oa-progression measures what generated films show, so three things come first: the joint space
//: read from edges against the space that was drawn, grades that never fall, and the count of the
//: false progressors that a reader's misreads make. Then the course: grades at the start, yearly
//: losses and rises against what was published, and the knob that ties the rate to anatomy: at 0
//: nothing in a first film of grade 0 may tell who will be fast.
//:
//: Shapes, positioning, grain and the strength of each sign have no cited distribution and are
//: physics only.
import Foundation
import LightboxStudy

/// Sizes by scale: patients without pixels, films at 64 and at 128 pixels.
struct KneeSizes: Codable {
  var patients, small, large: Int
  static func at(_ scale: Scale) -> KneeSizes {
    switch scale {
    case .smoke: KneeSizes(patients: 1500, small: 80, large: 24)
    case .default: KneeSizes(patients: 1500, small: 800, large: 120)
    case .full: KneeSizes(patients: 1500, small: 3000, large: 600)
    }
  }
}

func knee(_ study: StudyRun) throws -> Staged<[Measurement]> {
  try study.stage("knee", configuration: KneePopulation()) { context in
    let sizes = KneeSizes.at(context.scale)
    let stream = context.root.child("knee")
    var rows = try kneeCourses(stream.child("courses"), patients: sizes.patients)
    rows += try kneeRates(stream.child("courses"), patients: sizes.patients)
    context.progress.report(0.2, "films")
    rows += try kneeFilms(stream.child("films"), count: sizes.small, size: 64)
    context.progress.report(0.8, "larger films")
    rows += try kneeFilms(stream.child("films"), count: sizes.large, size: 128)
    return rows + kneeLikeness(stream.child("likeness"), count: sizes.large)
  }
}

func kneeRow(_ id: String, _ value: Double, _ n: Int) -> Measurement {
  Measurement(id: "knee." + id, value: value, n: n)
}

extension Sequence {
  /// Share of the elements for which a statement holds.
  func share(where holds: (Element) -> Bool) -> Double {
    var (yes, all) = (0, 0)
    for element in self {
      all += 1
      if holds(element) { yes += 1 }
    }
    return Double(yes) / Double(Swift.max(1, all))
  }
}

//: Grades and their rises. Followed are the knees with a later film of their own joint; the rise is
//: that from the first film to the last such one, as the source counts it.
func kneeCourses(_ stream: RandomStream, patients: Int) throws -> [Measurement] {
  let population = KneePopulation()
  let knees = KneePhantom(population).knees(patients: patients, stream: stream)
  let count = knees.count
  let falling = knees.share { knee in
    zip(knee.films, knee.films.dropFirst()).contains { $1.signs.grade < $0.signs.grade }
  }
  let first = knees.map { $0.films[0].trueGrade! }
  let health = moments(
    knees.indices.filter { first[$0] == 0 }.map { knees[$0].films[0].signs.spaceMM[0] })
  let worn = knees.indices.filter { (2...3).contains(first[$0]) }.map { knees[$0] }
  let losses = worn.map { knee in
    let later = knee.course.signs(of: knee.anatomy, months: 48)
    return (knee.films[0].signs.spaceMM[0] - later.spaceMM[0]) / 4
  }
  let early = knees.indices.filter { (1...3).contains(first[$0]) }
  let risen = early.share { number in
    knees[number].course.signs(of: knees[number].anatomy, months: 12).grade > first[number]
  }
  let followed = knees.filter { $0.films[0].readGrade! <= 1 && $0.lastNative.months > 0 }
  let fourYears = followed.compactMap { knee in
    knee.films.first { $0.months == 48 && !$0.isReplaced }.map {
      $0.readGrade! - knee.films[0].readGrade!
    }
  }
  let seen = knees.share { $0.films.last!.months == 96 && !$0.films.last!.isReplaced }
  return [
    kneeRow("grade-monotone", falling, count),
    kneeRow("space-monotone", growing(knees), count),
    kneeRow("grade-normal", first.share { $0 <= 1 }, count),
    kneeRow("grade-0", first.share { $0 == 0 }, count),
    kneeRow("grade-4", first.share { $0 == 4 }, count),
    kneeRow("medial-health", health.mean, first.filter { $0 == 0 }.count),
    kneeRow("loss", moments(losses).mean, losses.count),
    kneeRow("loss-spread", moments(losses).deviation, losses.count),
    kneeRow("rise-one", risen, early.count),
    kneeRow("rise-two", followed.share { $0.readRise >= 2 }, followed.count),
    kneeRow("rise-two-48", fourYears.share { $0 >= 2 }, fourYears.count),
    kneeRow("seen-96", seen, count),
    kneeRow("replaced", knees.share { $0.replacedMonths != nil }, count),
  ] + kneeReads(followed, misread: population.misread) + [kneeKappa(knees, stream)]
}

/// Share of the knees whose joint space grows in either compartment between two visits.
func growing(_ knees: [Knee]) -> Double {
  knees.share { knee in
    zip(knee.films, knee.films.dropFirst()).contains { early, late in
      zip(early.signs.spaceMM, late.signs.spaceMM).contains { $0 < $1 }
    }
  }
}

//: A misread at either end turns a rise by one into a rise by two. Counted are the read rises by
//: two whose true rise is smaller; expected is the sum of their probabilities over the knees, given
//: the true grades and that the first read was 0 or 1.
func kneeReads(_ followed: [Knee], misread: Double) -> [Measurement] {
  let reader = KneeReader(misread: misread)
  let fast = followed.filter { $0.readRise >= 2 }
  let wrong = fast.filter { $0.trueRise < 2 }
  var expected = 0.0
  for knee in followed where knee.trueRise < 2 {
    let before = reader.probabilities(knee.films[0].trueGrade!)
    let after = reader.probabilities(knee.lastNative.trueGrade!)
    var risen = 0.0
    for a in 0...1 {
      for b in (a + 2)...4 { risen += before[a] * after[b] }
    }
    expected += risen / (before[0] + before[1])
  }
  return [
    kneeRow("false-rise", Double(wrong.count) / Double(max(1, fast.count)), fast.count),
    kneeRow("false-rise-expected", Double(wrong.count) / expected, followed.count),
    kneeRow("false-rise-tenth", KneeReader(misread: 0.1).twoGradeRise(from: 0, to: 1), 1),
  ]
}

/// Agreement of the read with a second one of the same films.
func kneeKappa(_ knees: [Knee], _ stream: RandomStream) -> Measurement {
  let reader = KneeReader(misread: KneePopulation().misread)
  var counts = [[Double]](repeating: [Double](repeating: 0, count: 5), count: 5)
  for (number, knee) in knees.enumerated() {
    let again = reader.read(
      knee.films[0].trueGrade!, stream: stream.child("second reader").child(number))
    counts[knee.films[0].readGrade!][again] += 1
  }
  return kneeRow("kappa", KneeReader.weightedKappa(counts) ?? 0, knees.count)
}

//: The knob. The rate's logarithm has the stated share of its variance from the anatomy score; the
//: draws are the same at every setting, so that only the rates move.
func kneeRates(_ stream: RandomStream, patients: Int) throws -> [Measurement] {
  var rows: [Measurement] = []
  for (name, share) in [("0", 0.0), ("10", 0.1), ("25", 0.25), ("50", 0.5)] {
    var population = KneePopulation()
    population.anatomyToRate = share
    let knees = KneePhantom(population).knees(patients: patients, stream: stream)
    let correlation = try pearson(
      knees.map(\.anatomy.score), knees.map(\.course.latentRate)
    ).r
    rows.append(kneeRow("rate-" + name, correlation * correlation, knees.count))
    func rising(_ knees: [Knee], _ score: (Knee) -> Double) throws -> Double {
      try auroc(scores: knees.map(score), labels: knees.map { $0.trueRise >= 2 })
    }
    let followed = knees.filter { $0.lastNative.months > 0 }
    let presymptomatic = followed.filter { $0.films[0].readGrade! <= 1 }
    if name == "0" {
      let healthy = followed.filter { $0.films[0].trueGrade == 0 }
      let signs: [(Knee) -> Double] = [
        { $0.films[0].signs.narrowing }, { $0.films[0].signs.osteophytesMM.reduce(0, +) },
        { $0.films[0].signs.sclerosis.reduce(0, +) },
        { $0.films[0].signs.attritionMM.reduce(0, +) },
      ]
      let worst = try signs.map { abs(try rising(healthy, $0) - 0.5) }.max()!
      rows.append(kneeRow("score-chance", try rising(healthy, \.anatomy.score), healthy.count))
      rows.append(kneeRow("signs-chance", worst, healthy.count))
      rows.append(
        kneeRow(
          "stage-0-1", try rising(presymptomatic) { $0.films[0].signs.osteophytesMM.max()! },
          presymptomatic.count))
    }
    if name == "25" {
      rows.append(
        kneeRow("score-25", try rising(presymptomatic, \.anatomy.score), presymptomatic.count))
      let pairs = (0..<patients).map { (knees[2 * $0].course, knees[2 * $0 + 1].course) }
      let pair = try pearson(pairs.map(\.0.latentRate), pairs.map(\.1.latentRate)).r
      rows.append(kneeRow("pair", pair, patients))
    }
  }
  return rows
}
