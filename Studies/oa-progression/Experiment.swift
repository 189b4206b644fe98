// hide
import LightboxStudy

// show

//: ## The experiment
//: Stages feed everything below; a stage is computed once and kept. Per seed: the generator, the
//: encoder, the latents of first films, the gate. Per seed and world: the latents of last films,
//: the networks that read grades, and all predictions.

/// What belongs to a seed.
struct SeedJob: Codable, Hashable, CustomStringConvertible {
  var seed: Int
  var sizes: Sizes
  var description: String { "seed=\(seed)" }
}

/// What belongs to a seed in a world.
struct WorldJob: Codable, Hashable, CustomStringConvertible {
  var seed: Int
  var world: World
  var sizes: Sizes
  var description: String { "seed=\(seed),world=\(world)" }
}

/// How a classifier of grades is taught.
enum Schooling: String, Codable, Hashable {
  /// On films as they are.
  case clean
  /// On films and on attacked ones, normalised by groups of channels.
  case attacked
  /// The same with a batch normalisation of its own for attacked films.
  case dual
}

/// A classifier of grades.
struct GradeJob: Codable, Hashable, CustomStringConvertible {
  var seed: Int
  var world: World
  var schooling: Schooling
  var sizes: Sizes
  var description: String {
    "seed=\(seed),world=\(world)\(schooling == .clean ? "" : ",\(schooling.rawValue)")"
  }
}

/// Two upstream stages as one.
struct Both<A: Upstream, B: Upstream>: Upstream {
  let first: A
  let second: B

  init(_ first: A, _ second: B) {
    self.first = first
    self.second = second
  }

  var keys: [(String, StageKey)] { first.keys + second.keys }
  func prepare() throws {
    try first.prepare()
    try second.prepare()
  }
  func load(keeping: Bool) throws -> (A.Value, B.Value) {
    (try first.load(keeping: false), try second.load(keeping: false))
  }
}

/// Everything about one seed.
final class SeedRun {
  let seed: Int
  let generator: Staged<TrainedGenerator>
  let encoder: Staged<TrainedEncoder>
  let latents: Staged<FirstLatents>
  let gate: Staged<Gate>
  private let changes: [(World, Staged<Changes>)]
  private let futures: [(World, Staged<Futures>)]
  private let wide: [(World, Staged<WideScores>)]
  private let grades: [(GradeJob, Staged<GradeNetwork>)]
  private let supervised: [(World, Staged<SupervisedNetworks>)]

  init(
    seed: Int, generator: Staged<TrainedGenerator>, encoder: Staged<TrainedEncoder>,
    latents: Staged<FirstLatents>, gate: Staged<Gate>, changes: [(World, Staged<Changes>)],
    futures: [(World, Staged<Futures>)], wide: [(World, Staged<WideScores>)],
    grades: [(GradeJob, Staged<GradeNetwork>)], supervised: [(World, Staged<SupervisedNetworks>)]
  ) {
    self.seed = seed
    self.generator = generator
    self.encoder = encoder
    self.latents = latents
    self.gate = gate
    self.changes = changes
    self.futures = futures
    self.wide = wide
    self.grades = grades
    self.supervised = supervised
  }

  /// The projected changes of a world, nil where the seed was not run in it.
  func changes(_ world: World) -> Staged<Changes>? { changes.first { $0.0 == world }?.1 }
  func futures(_ world: World) -> Staged<Futures>? { futures.first { $0.0 == world }?.1 }
  func wide(_ world: World) -> Staged<WideScores>? { wide.first { $0.0 == world }?.1 }
  func supervised(_ world: World) -> Staged<SupervisedNetworks>? {
    supervised.first { $0.0 == world }?.1
  }
  func grades(_ world: World, _ schooling: Schooling = .clean) -> Staged<GradeNetwork>? {
    grades.first { $0.0.world == world && $0.0.schooling == schooling }?.1
  }
}

/// All seeds of a run.
final class Experiment {
  let sizes: Sizes
  let runs: [SeedRun]

  init(sizes: Sizes, runs: [SeedRun]) {
    self.sizes = sizes
    self.runs = runs
  }

  /// The predictions of every seed that was run in a world, in the order of the seeds.
  func futures(_ world: World) throws -> [Futures] {
    try runs.compactMap { try $0.futures(world)?.value }
  }
}

func experiment(_ study: StudyRun) throws -> Experiment {
  let sizes = Sizes.at(study.scale)
  let seedJobs = study.seeds.map { SeedJob(seed: $0, sizes: sizes) }
  let generators = try study.stages("generator", over: seedJobs, trainGenerator)
  let encoders = try study.stages("encoder", over: seedJobs, each: generators, trainEncoder)
  let imagers = zip(generators, encoders).map { Both($0, $1) }
  func own<Value>(_ all: [Value], _ seed: Int) -> Value { all[study.seeds.firstIndex(of: seed)!] }
  let latents = try study.stages("latents", over: seedJobs, each: imagers) { context, job, both in
    try firstLatents(context, job, both.0, both.1)
  }
  let gates = try study.stages("gate", over: seedJobs, each: imagers) { context, job, both in
    try gate(context, job, both.0, both.1)
  }
  let worldJobs = World.all(study.seeds).flatMap { world, seeds in
    seeds.map { WorldJob(seed: $0, world: world, sizes: sizes) }
  }
  let changeJobs = worldJobs.filter { $0.world == .usual || $0.world.hasOtherFilms }
  let changes = try study.stages(
    "changes", over: changeJobs,
    each: changeJobs.map { Both(own(imagers, $0.seed), own(latents, $0.seed)) }
  ) { context, job, both in try lastLatents(context, job, both.0.0, both.0.1, both.1) }
  func change(_ job: WorldJob) -> Staged<Changes> {
    let world = job.world.hasOtherFilms ? job.world : .usual
    return changes[changeJobs.firstIndex { $0.seed == job.seed && $0.world == world }!]
  }
  let gradeJobs = gradeJobs(study.seeds, sizes)
  let grades = try study.stages("grades", over: gradeJobs, trainGrades)
  func readers(_ job: WorldJob) -> [Staged<GradeNetwork>] {
    let world = job.world.hasOtherFilms ? World.usual : job.world
    return gradeJobs.indices.filter {
      gradeJobs[$0].seed == job.seed && gradeJobs[$0].world == world
        && (job.world == .usual || gradeJobs[$0].schooling == .clean)
    }.map { grades[$0] }
  }
  let networks = try study.stages("supervised", over: worldJobs, trainSupervised)
  func inputs(_ job: WorldJob, _ place: Int) -> FutureInputs {
    Both(
      own(imagers, job.seed),
      Both(Both(own(latents, job.seed), change(job)), Both(readers(job), networks[place])))
  }
  let futures = try study.stages(
    "futures", over: worldJobs, each: worldJobs.indices.map { inputs(worldJobs[$0], $0) }
  ) { context, job, all in
    try predict(
      context, job, imager: try Imager(all.0.0, all.0.1, job.sizes), latents: all.1.0.0,
      changes: all.1.0.1, grades: all.1.1.0, supervised: all.1.1.1)
  }
  let wideJobs = worldJobs.indices.filter { [.usual, .unrelated].contains(worldJobs[$0].world) }
  let wide = try study.stages(
    "wide", over: wideJobs.map { worldJobs[$0] },
    each: wideJobs.map { inputs(worldJobs[$0], $0) }
  ) { context, job, all in
    try wideScores(
      context, job, imager: try Imager(all.0.0, all.0.1, job.sizes), changes: all.1.0.1,
      grades: all.1.1.0, supervised: all.1.1.1)
  }
  return Experiment(
    sizes: sizes,
    runs: study.seeds.map { seed in
      func mine<Value>(_ all: [Staged<Value>]) -> [(World, Staged<Value>)] {
        zip(worldJobs, all).filter { $0.0.seed == seed }.map { ($0.0.world, $0.1) }
      }
      return SeedRun(
        seed: seed, generator: own(generators, seed), encoder: own(encoders, seed),
        latents: own(latents, seed), gate: own(gates, seed),
        changes: zip(changeJobs, changes).filter { $0.0.seed == seed }
          .map { ($0.0.world, $0.1) },
        futures: mine(futures),
        wide: zip(wideJobs, wide).filter { worldJobs[$0.0].seed == seed }
          .map { (worldJobs[$0.0].world, $0.1) },
        grades: zip(gradeJobs, grades).filter { $0.0.seed == seed }.map { ($0.0, $0.1) },
        supervised: mine(networks))
    })
}

/// What predictions of a seed in a world stand on.
typealias FutureInputs = Both<
  Both<Staged<TrainedGenerator>, Staged<TrainedEncoder>>,
  Both<
    Both<Staged<FirstLatents>, Staged<Changes>>,
    Both<[Staged<GradeNetwork>], Staged<SupervisedNetworks>>
  >
>

//: Grades are learnt in the usual world and where reads are worse; with attacks, in both ways, by
//: the first seed.
func gradeJobs(_ seeds: [Int], _ sizes: Sizes) -> [GradeJob] {
  let three = Array(seeds.prefix(3))
  func jobs(_ seeds: [Int], _ world: World, _ schooling: Schooling) -> [GradeJob] {
    seeds.map { GradeJob(seed: $0, world: world, schooling: schooling, sizes: sizes) }
  }
  let one = Array(seeds.prefix(1))
  // The longest first, so that no core waits for them at the end.
  return jobs(one, .usual, .dual) + jobs(one, .usual, .attacked)
    + jobs(seeds, .usual, .clean) + jobs(three, .misread, .clean)
}
