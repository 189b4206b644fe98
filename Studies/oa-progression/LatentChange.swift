// hide
import LightboxStudy

// show

struct ChangeRow: TableRow {
  static let columns = [
    Column("true rise"), Column("knees"), Column("length of the change", digits: 3),
    Column("along the mean change of fast knees", digits: 3), Column("SD along it", digits: 3),
  ]
  var rise: String
  var knees: Int
  var length, along, spread: Double?
}

//: ### Table 9 — changes in latents
//: Training knees of all seeds, change from first to last film over the seed's mean distance of two
//: knees. The direction is the mean change of *other* patients' fast knees (half of the patients
//: give the direction, the other half are projected on it, and the other way round). A knee whose
//: grade stays changes by positioning, exposure, the error of projection and what a grade does not
//: see. Changes are not per time, and fast knees are followed longer.
func changeTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [ChangeRow] {
    var found: [Int: [(length: Double, along: Double?)]] = [:]
    for run in experiment.runs {
      let changes = try run.changes(.usual)!.value
      for one in projectedChanges(changes) {
        found[min(2, one.rise), default: []].append((one.length, one.along))
      }
    }
    return (0...2).map { rise in
      let own = found[rise] ?? []
      return ChangeRow(
        rise: rise == 2 ? "2 and more" : String(rise), knees: own.count,
        length: average(own.map(\.length)), along: average(own.compactMap(\.along)),
        spread: deviation(own.compactMap(\.along)))
    }
  }
  try study.table("table-9", "Changes in latents by true rise", tier: .simulated, rows: try rows())
  try study.text(
    "change.ratio",
    {
      let all = try rows()
      guard let fast = all[2].along, let stable = all[0].along, let spread = all[0].spread,
        spread > 0
      else { return "not defined" }
      return Printed.significant((fast - stable) / spread, digits: 2)
    }())
}
//: Along their direction fast knees move {{change.ratio}} standard deviations of the stable ones'
//: change further: the signal that one neighbour lends, against the noise that it lends with it.
//: Where this is large though the gate is not met, latents keep a direction of disease and lose the
//: size of the joint. It is known of a knee only with its last film in hand.

/// Length of each change, and its part along the direction from the other half of the patients.
func projectedChanges(_ changes: Changes) -> [(rise: Int, length: Double, along: Double?)] {
  let width = changes.latents.shape[2]
  let values = changes.latents.elements.map { Double($0) }
  let moves = changes.lenders.indices.map { knee in
    (0..<width).map {
      values[(2 * knee + 1) * width + $0] - values[2 * knee * width + $0]
    }
  }
  func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  // Two knees: each first film with the next patient's.
  let unit =
    average(
      changes.lenders.indices.dropLast(2).map { knee in
        norm(
          (0..<width).map { values[2 * knee * width + $0] - values[2 * (knee + 2) * width + $0] })
      }) ?? 1
  let scale = unit > 0 ? unit : 1
  // Patients are numbered; both knees of one fall into the same half.
  func half(_ knee: Int) -> Int {
    changes.lenders[knee].patient.utf8.reduce(0) { $0 + Int($1) } % 2
  }
  let directions = (0..<2).map { side -> [Double]? in
    let fast = changes.lenders.indices.filter {
      half($0) != side && changes.lenders[$0].trueRise >= 2
    }
    guard !fast.isEmpty else { return nil }
    let sum = (0..<width).map { place in fast.reduce(0.0) { $0 + moves[$1][place] } }
    let length = norm(sum)
    return length > 0 ? sum.map { $0 / length } : nil
  }
  return changes.lenders.indices.map { knee in
    let along = directions[half(knee)].map { direction in
      kept(zip(moves[knee], direction).reduce(0.0) { $0 + $1.0 * $1.1 } / scale)
    }
    return (changes.lenders[knee].trueRise, kept(norm(moves[knee]) / scale), along)
  }
}

struct WalkRow: TableRow {
  static let columns = [
    Column("seed"), Column("multiple of the mean change of fast knees", digits: 2),
    Column("medial joint space", unit: "mm", digits: 3),
    Column("lateral joint space", unit: "mm", digits: 3),
    Column("area of the spurs", unit: "mm²", digits: 3), Column("readable"),
  ]
  var seed: Int
  var multiple: Double
  var medial, lateral, spurs: Double?
  var readable: Int
}

//: ### Table 10 — walking along the disease
//: Twenty test knees of each seed, moved by multiples of the mean change of fast training knees,
//: drawn and measured. If the generator knows the disease, medial joint space falls and spurs grow
//: down a seed's rows. A seed whose rows do not move has a generator that does not know it; that
//: seed enters every mean of the next chapters all the same.
func walkTable(_ study: StudyRun, _ experiment: Experiment) throws {
  func rows() throws -> [WalkRow] {
    try experiment.runs.flatMap { run -> [WalkRow] in
      let changes = try run.changes(.usual)!.value
      let fast = changes.lenders.indices.filter { changes.lenders[$0].trueRise >= 2 }
      guard !fast.isEmpty else { return [] }
      let both = changes.latents.gathered(rows: fast)
      let width = both.shape[2]
      let first = both.slice(axis: 1, range: 0..<1).reshaped([fast.count, width])
      let last = both.slice(axis: 1, range: 1..<2).reshaped([fast.count, width])
      let move = (last - first).mean(axes: [0], keepingAxes: true)
      let latents = try run.latents.value.testing
      let start = latents.slice(axis: 0, range: 0..<min(20, latents.shape[0]))
      let imager = try Imager(
        try run.generator.value, try run.encoder.value, experiment.sizes)
      return [-1.0, 0, 1, 2].map { multiple in
        let measures = measured(
          imager.pictures(start + move.affine(scale: Float(multiple), offset: 0)))
        func mean(_ place: Int) -> Double? { average(measures.compactMap { $0.values[place] }) }
        return WalkRow(
          seed: run.seed, multiple: multiple, medial: mean(0), lateral: mean(1),
          spurs: average(measures.compactMap(spurArea)),
          readable: measures.count { $0.values[0] != nil })
      }
    }
  }
  try study.table("table-10", "Along the change of fast knees", tier: .simulated, rows: try rows())
}
