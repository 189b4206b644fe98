//: # A study that exists to be killed
//: **Question** does a run that was killed and started again end in the same bytes as one that was
//: left alone? **Budget** a few seconds, most of them slept.
import Cohorts
import Foundation
import Imaging
import Kernels
import Plotting
import StudyKit
import Tensors

@main struct FixtureStudy: Study {
  static let folder = "Tests/Fixtures/kill-study"
  /// FIXTURE_CLAIMS names the file of claims, which a test writes.
  static var paper: Paper {
    Paper(
      doi: "none", title: "A study that exists to be killed",
      claims: ProcessInfo.processInfo.environment["FIXTURE_CLAIMS"])
  }
  static let budget = Budget(
    smoke: 0.05, default: 0.1, full: 0.2,
    lines: [
      Budget.Line("start", "one draw", minutes: 0.01),
      Budget.Line("walks", "one walk a seed", minutes: 0.08),
      Budget.Line("summary", "means", minutes: 0.01),
    ])
  static let seeds = SeedCounts(smoke: 2, default: 4, full: 6)

  static func run(_ study: StudyRun) throws {
    let start = try study.stage("start", configuration: Self.offset, modules: ["Kernels"]) {
      try beginning($0, study.data?.path)
    }
    let walks = try study.stages(
      "walks", over: study.seeds.map { Walk(seed: $0, steps: Self.steps) }, start,
      modules: ["Kernels", "Tensors"], walk)
    let means = try study.stage("summary", walks, modules: ["Kernels"]) { _, walks in
      walks.map { $0.positions.elements.reduce(0, +) / Double($0.positions.count) }
    }
    try table(study, walks, means)
    try judged(study, means)
  }

  static let offset = 1.5
  /// FIXTURE_STEPS makes walks longer, and takes part in their keys.
  static var steps: Int { environment("FIXTURE_STEPS") ?? 20 }
  /// FIXTURE_ONE_SEED calls every estimate by one seed, which a table of estimates must refuse.
  /// FIXTURE_PAUSE_MS is how long a step sleeps; it changes no byte and takes part in no key.
  static var pause: Double { Double(environment("FIXTURE_PAUSE_MS") ?? 50) / 1000 }

  static func environment(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }
}

struct Walk: Codable {
  var seed, steps: Int
}

struct WalkState: Codable {
  var stream: RandomStream
  var positions: [Double] = []
}

struct Walked: Codable {
  var seed: Int
  var positions: Tensor<Double>
  var image: Tensor<Float>
}

/// One number, or the sum of the labels of the data: a CSV file, or a cohort as studies open it.
func beginning(_ context: StageContext, _ data: String?) throws -> Double {
  var stream = context.stream
  guard let data else { return FixtureStudy.offset + stream.normal() }
  guard data.hasSuffix(".csv") else {
    return try Cohort.open(data).cases.reduce(0) {
      $0 + Double($1.labels.compactMap { $0 }.reduce(0, +))
    }
  }
  let table = try TextTable.read(data)
  var sum = 0.0
  for row in table.rows.indices {
    let label = try table.integer(row, "label") ?? 0
    guard (0...1).contains(label) else {
      throw LightboxError.input(
        file: table.file, row: row + 2, column: "label", found: "\(label)", expected: "0 or 1")
    }
    sum += Double(label)
  }
  return sum
}

/// A random walk that sleeps between its steps and leaves its state at each of them.
func walk(_ context: StageContext, _ configuration: Walk, _ start: Double) throws -> Walked {
  var state =
    try context.checkpoint.load(WalkState.self)
    ?? WalkState(stream: context.stream, positions: [start])
  while state.positions.count <= configuration.steps {
    Thread.sleep(forTimeInterval: FixtureStudy.pause)
    state.positions.append(state.positions.last! + state.stream.normal())
    context.progress.report(step: state.positions.count - 1, of: configuration.steps, "walking")
    try context.checkpoint.save(state)
  }
  return Walked(
    seed: configuration.seed, positions: Tensor(shape: [state.positions.count], state.positions),
    image: Tensor(shape: [1, 2], [Float(start), Float(state.positions.last!)]))
}

struct WalkRow: TableRow {
  static let columns = [
    Column("seed"), Column("step"), Column("position", unit: "mm", digits: 6),
  ]
  var seed: String
  var step: Double
  var position: Double
}

//: ## What is written
func table(_ study: StudyRun, _ walks: [Staged<Walked>], _ means: Staged<[Double]>) throws {
  func rows() throws -> [WalkRow] {
    try walks.flatMap { staged in
      let walk = try staged.value
      return walk.positions.elements.enumerated().map {
        WalkRow(seed: "seed \(walk.seed)", step: Double($0.offset), position: $0.element)
      }
    }
  }
  try study.table("table-1", "Where the walks went", tier: .simulated, rows: try rows())
  try study.figure("figure-1", "Where the walks went", tier: .simulated, from: try rows()) {
    $0.line(x: \.step, y: \.position, series: \.seed)
  }
  try study.cases("positions", tier: .simulated, rows: try rows()) { $0.seed == "seed 1" }
  try study.estimates(
    tier: .simulated,
    rows: try zip(study.seeds, try means.value).map { seed, mean in
      EstimateRow(
        arm: "walk", seed: FixtureStudy.environment("FIXTURE_ONE_SEED") ?? seed, cell: "all",
        estimator: "mean(position)", value: mean, standardError: nil,
        n: try walks[seed - 1].value.positions.count)
    })
}

func judged(_ study: StudyRun, _ means: Staged<[Double]>) throws {
  try study.value("walks", study.seeds.count)
  try study.value("mean.first", try means.value[0], unit: "mm", digits: 4)
  try study.text("side", try means.value[0] > 0 ? "right" : "left")
}
//: The first walk was on average {{mean.first}} from the start, to the {{side}}.
