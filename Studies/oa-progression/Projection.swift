// hide
import LightboxStudy

// show

//: ### Projection
//: The authors search a film's style for 1,000 steps; for thousands of films that is hours here.
//: The encoder's guess is refined by {{projection.steps}} steps of the same descent instead, on the
//: perceptual distance alone, without noise. Chapter 3 checks this against 1,000 steps.

/// Latents of first films: what all worlds share.
struct FirstLatents: StageValue {
  /// A knee's name and patient.
  struct Owner: Codable, Hashable {
    var knee, patient: String
  }
  var trained: [Owner]
  /// [knee, styles] of the training knees.
  var training: Tensor<Float>
  var tested: [Owner]
  /// [knee, styles] of the test knees.
  var testing: Tensor<Float>
}

/// The first films that some world asks for: training knees that lend in one of them, test knees that
/// are predicted in one. First films are the same in all worlds; who is followed is not.
func asked(
  _ root: RandomStream, _ seed: Int, _ sizes: Sizes
) -> (split: KneeSplit, train: [Knee], test: [Knee]) {
  let all = World.every.map { knees(root, seed, $0, sizes) }
  let lending = Set(all.flatMap { $0.lenders.map(\.name) })
  let predicted = Set(all.flatMap { $0.test.filter(\.isPredicted).map(\.name) })
  let split = all[0]
  return (
    split, split.train.filter { lending.contains($0.name) },
    split.test.filter { predicted.contains($0.name) }
  )
}

/// Latents of last films of those who lend their change, in a world.
struct Changes: StageValue {
  struct Lender: Codable, Hashable {
    var patient, side: String
    var months: Double
    var trueRise: Int
    var fasterThanRead: Bool
  }
  var lenders: [Lender]
  /// [knee, 2, styles]: first and last.
  var latents: Tensor<Float>

  /// The pool to borrow from.
  func pool() throws -> LatentNeighbours {
    let width = latents.shape[2]
    return try LatentNeighbours(
      lenders.indices.map { place in
        try LatentCourse(
          patient: lenders[place].patient, side: lenders[place].side,
          months: [0, lenders[place].months],
          latents: latents.slice(axis: 0, range: place..<place + 1).reshaped([2, width]))
      })
  }
}

/// Projections so far, for a run that is stopped.
struct PartialLatents: Codable {
  var parts: [Tensor<Float>] = []
}

/// Styles of films, sixty-four at a time, kept on the way.
func projected(
  _ context: StageContext, _ imager: Imager, _ phantom: KneePhantom, _ films: [KneeSplit.Film],
  _ sizes: Sizes, _ stream: RandomStream
) throws -> Tensor<Float> {
  var partial = try context.checkpoint.load(PartialLatents.self) ?? PartialLatents()
  let size = 64
  let batches = (films.count + size - 1) / size
  for batch in partial.parts.count..<max(partial.parts.count, batches) {
    let own = Array(films[batch * size..<min(films.count, (batch + 1) * size)])
    let pictures = phantom.networkPictures(own, size: sizes.side)
    let found = imager.latents(
      pictures, names: own.map { "\($0.knee.name) \($0.knee.films[$0.film].months)" },
      plan: .refinement(steps: sizes.refinement), stream: stream)
    partial.parts.append(found?.styles ?? imager.encoder.styles(of: pictures))
    try context.checkpoint.save(partial)
    context.progress.report(step: batch + 1, of: batches)
  }
  return .concatenate(partial.parts, axis: 0)
}

func firstLatents(
  _ context: StageContext, _ job: SeedJob, _ trained: TrainedGenerator, _ encoder: TrainedEncoder
) throws -> FirstLatents {
  let (split, train, test) = asked(context.root, job.seed, job.sizes)
  checkTraining(trained.patients, split)
  let all = train + test
  let latents = try projected(
    context, try Imager(trained, encoder, job.sizes), split.phantom, all.map { ($0, 0) },
    job.sizes, context.root.child("projection").child(job.seed))
  func owners(_ knees: [Knee]) -> [FirstLatents.Owner] {
    knees.map { FirstLatents.Owner(knee: $0.name, patient: $0.patient) }
  }
  return FirstLatents(
    trained: owners(train),
    training: latents.slice(axis: 0, range: 0..<train.count),
    tested: owners(test),
    testing: latents.slice(axis: 0, range: train.count..<all.count))
}

func lastLatents(
  _ context: StageContext, _ job: WorldJob, _ trained: TrainedGenerator,
  _ encoder: TrainedEncoder, _ first: FirstLatents
) throws -> Changes {
  let split = knees(context.root, job.seed, job.world, job.sizes)
  let lenders = split.lenders
  checkTraining(lenders.map(\.patient), split)
  let last = try projected(
    context, try Imager(trained, encoder, job.sizes), split.phantom,
    lenders.map { ($0, $0.lastNativeFilm) }, job.sizes,
    context.root.child("projection").child(job.seed))
  let places = Dictionary(
    uniqueKeysWithValues: first.trained.enumerated().map { ($1.knee, $0) })
  let start = first.training.gathered(rows: lenders.map { places[$0.name]! })
  let shape = [lenders.count, 1, start.shape[1]]
  return Changes(
    lenders: lenders.map {
      Changes.Lender(
        patient: $0.patient, side: $0.side.rawValue, months: Double($0.followedMonths),
        trueRise: $0.trueRise, fasterThanRead: $0.isFast)
    },
    latents: .concatenate([start.reshaped(shape), last.reshaped(shape)], axis: 1))
}

/// One film of the gate: what is measured of it, and of what the projections rebuild.
struct GateFilm: Codable, Hashable {
  var knee: String
  /// Medial and lateral joint space in mm: drawn on the film, measured on the film, after the
  /// encoder alone, refined, and after the long projection; nil where it cannot be read.
  var drawn: [Double]
  var film, guessed, refined, long: [Double?]
  /// The perceptual distance of the last two.
  var refinedDistance, longDistance: Double?
}

struct Gate: StageValue {
  var films: [GateFilm]
  /// Film, refined and long projection of the first ones, [picture, 1, side, side].
  var shown: Tensor<Float>
}

//: ### The gate
//: Stated before any projection was made: on {{projection.films}} films of test knees, first and
//: last in turn, the joint space measured on what the refined style rebuilds must lie within
//: {{gate.limit}} on average (.3 of a pixel) of what is measured on the film, and no more than
//: {{gate.slack}} further than after 1,000 steps with optimised noise, as published; and no more
//: than {{gate.unreadable}} of the joints may be unreadable on what is rebuilt and readable on the
//: film: a joint that is lost altogether has no error in millimetres.
enum GateLimit {
  static let pixels = 0.3
  static let slackMM = 0.1
  static let unreadable = 0.1
  static func millimetres(_ sizes: Sizes) -> Double {
    pixels * KneePhantom.fieldMM / Double(sizes.side)
  }
}

func gate(
  _ context: StageContext, _ job: SeedJob, _ trained: TrainedGenerator, _ encoder: TrainedEncoder
) throws -> Gate {
  let sizes = job.sizes
  let split = knees(context.root, job.seed, .usual, sizes)
  let films: [KneeSplit.Film] = split.test.filter(\.isFollowed).prefix(sizes.gateFilms)
    .enumerated().map { ($1, $0 % 2 == 0 ? 0 : $1.lastNativeFilm) }
  let imager = try Imager(trained, encoder, sizes)
  let pictures = split.phantom.networkPictures(films, size: sizes.side)
  let names = films.map { "\($0.knee.name) \($0.knee.films[$0.film].months)" }
  let stream = context.root.child("gate").child(job.seed)
  let refined = imager.latents(
    pictures, names: names, plan: .refinement(steps: sizes.refinement), stream: stream)!
  var long: [LatentProjection] = []
  for place in films.indices {
    long.append(
      imager.latents(
        pictures.slice(axis: 0, range: place..<place + 1), names: [names[place]],
        plan: ProjectionPlan(steps: sizes.gateSteps, noise: .optimized(weight: 1e5)),
        stream: stream)!)
    context.progress.report(step: place + 1, of: films.count)
  }
  let rebuilt = imager.pictures(refined.styles)
  let far = imager.pictures(.concatenate(long.map(\.styles), axis: 0))
  let seen = measured(pictures)
  let (guesses, near, best) = (
    measured(imager.pictures(imager.encoder.styles(of: pictures))), measured(rebuilt),
    measured(far)
  )
  func spaces(_ measures: PictureMeasures) -> [Double?] { Array(measures.values.prefix(2)) }
  return Gate(
    films: films.indices.map { place in
      let film = films[place].knee.films[films[place].film]
      return GateFilm(
        knee: films[place].knee.name,
        drawn: film.signs.spaceMM.map { kept(film.view.filmedMM($0)) },
        film: spaces(seen[place]), guessed: spaces(guesses[place]), refined: spaces(near[place]),
        long: spaces(best[place]), refinedDistance: refined.distances[place].last.flatMap(finite),
        longDistance: long[place].distances[0].last.flatMap(finite))
    },
    shown: .concatenate(
      [pictures, rebuilt, far].map { $0.slice(axis: 0, range: 0..<min(6, films.count)) }, axis: 0))
}

/// As case files hold numbers: six significant digits.
func kept(_ x: Double) -> Double { Printed.rounded(x, digits: 6) }

/// The same where it is a number.
func finite(_ x: Double) -> Double? { x.isFinite ? kept(x) : nil }

/// What is measured of pictures [picture, 1, side, side] in −1...1, as case files hold it.
func measured(_ pictures: Tensor<Float>) -> [PictureMeasures] {
  let (count, side) = (pictures.shape[0], pictures.shape[2])
  let all = pictures.elements
  let found = try? Parallel.map(count) { index -> PictureMeasures in
    let pixels = all[index * side * side..<(index + 1) * side * side].map { ($0 + 1) / 2 }
    var measures = KneePhantom.measure(pixels, size: side)
    measures.values = measures.values.map { $0.map(kept) }
    return measures
  }
  return found ?? []
}
