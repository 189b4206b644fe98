// hide
import LightboxStudy

// show

//: ## 2 · The pictures, looked at
//: Fundus photographs with an optic disc, a cup and a vessel tree and, at smoke and full scale,
//: stained tissue with glands and nuclei and chest radiographs with a heart. Each is drawn from
//: named factors, and a classical image measurement, written without sight of any generator, works
//: some of them out again from pixels. What the phantoms may be used for is measured in
//: [phantoms](../phantoms/README.md).
//:
//: *Could fail*: the classes may be too easy or too hard to tell apart at this size, or measuring
//: may miss what was drawn. *Built in*: everything that a factor's distribution says. *Control that
//: must fail*: measures of pictures with shuffled pixels must lose the factors, but for those that
//: count pixels or average colours, which shuffling cannot change.
func picturesChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  try setsTable(study, experiment)
  if experiment.tier == .simulated { try difficulty(study, experiment) }
  try contactSheet(study, experiment)
}

struct SetRow: TableRow {
  static let columns = [
    Column("domain"), Column("set"), Column("pictures"), Column("second class"),
    Column("share", unit: "%", digits: 3), Column("used for"),
  ]
  var domain, set: String
  var pictures, second: Int
  var share: Double
  var use: String

  init(_ domain: Domain, _ set: String, _ labels: [Int], _ use: String) {
    self.domain = domain.rawValue
    self.set = set
    pictures = labels.count
    second = labels.filter { $0 == 1 }.count
    share = 100 * Double(second) / Double(max(1, labels.count))
    self.use = use
  }
}

//: ### Table 2 — sets
func setsTable(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-2", "Sets of each domain", tier: experiment.tier,
    rows: experiment.domains.flatMap { run -> [SetRow] in
      let sets = try run.sets.value
      let real = try run.reals[0].value
      return [
        SetRow(run.domain, "training", sets.train.labels, "makers"),
        SetRow(run.domain, "control", sets.control.labels, "memory"),
        SetRow(run.domain, "learning", sets.learning.labels, "judge"),
        SetRow(
          run.domain, "reference, each seed", real.referenceLabels,
          "scores; as many more are second"),
      ]
    })
  try study.value("sets.train", experiment.sizes.train)
  try study.value("sets.n", 2 * experiment.sizes.perClass)
}

struct DifficultyRow: TableRow {
  static let columns = [
    Column("domain"), Column("measure"), Column("reals", digits: 3),
    Column("SD", digits: 3), Column("unreadable", unit: "%", digits: 2),
    Column("AUROC", digits: 3), Column("pixels shuffled", digits: 3),
  ]
  var domain, measure: String
  var mean, sd, unreadable: Double?
  var auroc, shuffled: Double?
}

/// |AUROC - .5| + .5 of a measure for the class, over pictures where it can be read.
func separation(_ values: [Double?], _ labels: [Int]) -> Double? {
  let known = values.indices.filter { values[$0] != nil }
  let truth = known.map { labels[$0] == 1 }
  guard truth.contains(true), truth.contains(false),
    let area = try? auroc(scores: known.map { values[$0]! }, labels: truth)
  else { return nil }
  return max(area, 1 - area)
}

//: ### Table A1 — what can be measured, and how well it tells the classes
//: Reference pictures of the first seed. The classifier row is the judge's network, trained on
//: other pictures; the domain network's row says how well it tells, on training pictures that it
//: never saw, whether a factor lies above its median. *AUROC*: of the class by this measure, turned
//: to lie above one half, so that noise of 800 pictures reads .50 to .55. *Pixels shuffled*: the
//: same for pictures whose pixels were permuted. Only a measure that tells the class can lose it:
//: for the others the column shows nothing.
func difficulty(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-A1", "Measures of real pictures by domain", tier: experiment.tier,
    rows: try experiment.domains.flatMap { try difficultyRows(study, $0) })
}

func difficultyRows(_ study: StudyRun, _ run: DomainRun) throws -> [DifficultyRow] {
  let real = try run.reals[0].value
  let labels = real.referenceLabels
  let shuffled = try measured(
    shuffledPixels(real.referencePictures, study.stream.child("shuffled")), run.domain.phantom)
  var rows = real.measures.indices.map { index -> DifficultyRow in
    let values = real.referenceMeasures.map { $0.values[index] }
    let known = values.compactMap { $0 }
    let middle = mean(known)
    let variance = middle.map { m in
      known.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(max(1, known.count - 1))
    }
    return DifficultyRow(
      domain: run.domain.rawValue, measure: real.measures[index], mean: middle,
      sd: variance?.squareRoot(),
      unreadable: 100 * Double(values.count - known.count) / Double(values.count),
      auroc: separation(values, labels),
      shuffled: separation(shuffled.map { $0.values[index] }, labels))
  }
  let impossible = real.referenceMeasures.filter { $0.impossible != nil }.count
  rows.append(
    DifficultyRow(
      domain: run.domain.rawValue, measure: "called impossible [%]",
      mean: 100 * Double(impossible) / Double(labels.count)))
  rows.append(
    DifficultyRow(
      domain: run.domain.rawValue, measure: "domain network, mean over factors",
      auroc: try run.judge.value.factorAUROC))
  rows.append(
    DifficultyRow(
      domain: run.domain.rawValue, measure: "classifier",
      auroc: separation(real.referenceProbability.map { $0 }, labels)))
  return rows
}

func shuffledPixels(_ pictures: Tensor<Float>, _ stream: RandomStream) -> Tensor<Float> {
  let (count, channels) = (pictures.shape[0], pictures.shape[1])
  let plane = pictures.count / (count * channels)
  let all = pictures.elements
  return Tensor(
    shape: pictures.shape,
    (0..<count).flatMap { picture -> [Float] in
      var own = stream.child(picture)
      let order = own.permutation(plane)
      return (0..<channels).flatMap { channel in
        order.map { all[(picture * channels + channel) * plane + $0] }
      }
    })
}

struct TileRow: TableRow {
  static let columns = [Column("tile"), Column("domain"), Column("caption")]
  var tile: Int
  var domain, caption: String
}

/// A picture of a set as a figure shows it.
func image(_ pictures: Tensor<Float>, _ index: Int) -> Image {
  let one = pictures.slice(axis: 0, range: index..<index + 1)
  return Image(
    pixels: Tensor(shape: Array(pictures.shape[1...]), one.elements.map { ($0 + 1) / 2 }))
}

//: ### Figure 1 — a look at them
//: Reference pictures of each domain in the order they were drawn, four of each class, none
//: selected.
func contactSheet(_ study: StudyRun, _ experiment: Experiment) throws {
  func chosen(_ real: RealScores) -> [Int] {
    let classes = [0, 1].map { label in
      Array(real.referenceLabels.indices.filter { real.referenceLabels[$0] == label }.prefix(4))
    }
    return classes[0] + classes[1]
  }
  func rows() throws -> [TileRow] {
    try experiment.domains.flatMap { run -> [TileRow] in
      let real = try run.reals[0].value
      let classes = try run.sets.value.classes
      return chosen(real).map {
        TileRow(tile: $0, domain: run.domain.rawValue, caption: classes[real.referenceLabels[$0]])
      }
    }
  }
  try study.figure(
    "figure-1", "Real pictures, not selected", tier: experiment.tier, from: try rows()
  ) { plot in
    plot.imageGrid(
      try experiment.domains.flatMap { run in
        let real = try run.reals[0].value
        return chosen(real).map { image(real.referencePictures, $0) }
      }, columns: 8, caption: \.caption)
  }
}

func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
