// hide
import LightboxStudy

// show

//: ### Does the loss vanish with size?
//: A common argument is that a large cohort makes privacy cheap. Here N is swept at every fixed ε,
//: and ε at every fixed N, with heads on frozen features; whole networks on a quarter, half and all
//: of the training images stand beside them. All have the same passes over their images, and the
//: same expected batch.
//:
//: *Could fail*: the loss might stay where it is, or grow. *Built in*: nothing. *Control that must
//: fail*: if N·μ is what counts, heads of equal N·μ must lose alike whatever their N (Figure 5, B);
//: plotted against nominal ε they must not (A).
func sweeps(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.table(
    "table-3b", "Loss of mean AUROC in points by number of images and budget",
    tier: experiment.tier, rows: try lossTable(study, experiment))
  try figure5(study, experiment)
  try study.table(
    "table-3c", "Heads at a third and at three times their learning rate", tier: experiment.tier,
    rows: try rateRows(study, experiment))
  let sizes = { try sweptSizes(study, experiment) }
  func loss(_ images: Int) throws -> String {
    try inPoints(experiment.headLoss(study, 7.89, images).estimate, level: 0.95)
  }
  try study.value(
    "sweep.small.images",
    try experiment.trained(HeadArm(epsilon: nil, images: sizes().first ?? 0))[0].images)
  try study.text("sweep.small", try loss(sizes().first ?? 0))
  try study.value(
    "sweep.large.images",
    try experiment.trained(HeadArm(epsilon: nil, images: sizes().last ?? 0))[0].images)
  try study.text("sweep.large", try loss(sizes().last ?? 0))
  try study.text("sweep.spread", try spread(try sweepPoints(study, experiment)))
}
//: With {{sweep.small.images}} images a private head at ε = 7.89 loses {{sweep.small}}, with
//: {{sweep.large.images}} it loses {{sweep.large}}; a negative loss is a gain. The control:
//: {{sweep.spread}}. A head has one weight per feature and label, a whole network hundreds of
//: thousands: the norm of the noise grows with the square root of their number, so that a head's
//: loss is no estimate of a network's. What may be compared is the trend, and neither axis carries
//: it to the paper's N.
//:
//: Table 3b: `seeds` counts the non-private models; a loss is paired over as many as its private
//: arm has (three for whole networks, five at ε = 7.89 on all images). `low` and `high` are 95 %,
//: in points, as in Table 3c. There each arm is also best at a rate of its own: the loss between
//: the two best rates is the larger one.

/// Numbers of images of the sweep, the last one all of them; on real files those above all images
/// would be all images again.
func sweptSizes(_ study: StudyRun, _ experiment: Experiment) throws -> [Int] {
  let all = try experiment.features.value.pool.shape[0]
  let sizes = HeadArm.sizes(Sizes.at(study.scale).pool)
  let within = sizes.filter { $0 <= all }
  return within.last == all ? within : within + sizes.filter { $0 > all }.prefix(1)
}

/// The number of images at which heads see what whole networks see.
func comparedSize(_ study: StudyRun, _ experiment: Experiment) throws -> Int {
  if study.data == nil { return Sizes.at(study.scale).train }
  return try sweptSizes(study, experiment).last ?? Sizes.at(study.scale).pool
}

struct LossRow: TableRow {
  static let columns = [
    Column("trained"), Column("images"), Column("seeds"),
    Column("non-private AUROC", digits: 4), Column("eps 0.29", digits: 3),
    Column("eps 0.54", digits: 3), Column("eps 1.06", digits: 3), Column("eps 2.04", digits: 3),
    Column("eps 4.71", digits: 3), Column("eps 7.89", digits: 3), Column("low 7.89", digits: 3),
    Column("high 7.89", digits: 3),
  ]
  var trained: String
  var images, seeds: Int
  var auroc: Double
  var e029, e054, e106, e204, e471, e789, low, high: Double?

  init(
    _ trained: String, images: Int, open: [Trained], auroc: Double,
    loss: (Double) throws -> SeedContrast?
  ) throws {
    (self.trained, self.images, seeds, self.auroc) = (trained, images, open.count, auroc)
    let losses = try Arm.budgets.map { try loss($0)?.estimate }
    let points = losses.map { $0.map { 100 * $0.value } }
    (e029, e054, e106) = (points[0], points[1], points[2])
    (e204, e471, e789) = (points[3], points[4], points[5])
    let interval = losses[5]?.interval()
    (low, high) = (interval.map { 100 * $0.low }, interval.map { 100 * $0.high })
  }
}

func lossTable(_ study: StudyRun, _ experiment: Experiment) throws -> [LossRow] {
  let bench = try experiment.bench(study)
  func level(_ models: [Trained]) throws -> Double {
    mean(try models.map { try bench.auroc($0).value })!
  }
  let heads = try sweptSizes(study, experiment).map { images in
    let open = try experiment.trained(HeadArm(epsilon: nil, images: images))
    return try LossRow("head", images: open[0].images, open: open, auroc: level(open)) {
      try experiment.headLoss(study, $0, images)
    }
  }
  func whole(_ kind: String, _ open: Arm, _ arm: @escaping (Double) -> Arm?) throws -> LossRow {
    let models = try experiment.trained(open)
    return try LossRow(kind, images: models[0].images, open: models, auroc: level(models)) {
      guard let arm = arm($0) else { return nil }
      return try bench.contrast(
        models, minus: experiment.trained(arm),
        stream: study.stream.child("whole loss").child(arm.name))
    }
  }
  func find(_ arms: [Arm], part: Int = 1) -> (Double) -> Arm? {
    { epsilon in arms.first { $0.epsilon == epsilon && $0.part == part } }
  }
  return heads + [
    try whole("whole network", Arm.fewer[0], find(Arm.fewer, part: 4)),
    try whole("whole network", Arm.fewer[2], find(Arm.fewer, part: 2)),
    try whole("whole network", .nonPrivate, find(Arm.budgets.map(Arm.at))),
    try whole("whole network, pretrained", Arm.tuned[0], find(Arm.tuned)),
  ]
}

/// How far losses of heads on different numbers of images lie apart at one ε, and at one N·μ.
func spread(_ points: [SweepPoint]) throws -> String {
  func most(_ axis: String, _ areClose: (SweepPoint, SweepPoint) -> Bool) -> Double? {
    let own = points.filter { $0.axis == axis }
    return own.flatMap { one in
      own.filter { $0.images != one.images && areClose(one, $0) }.map { abs(one.loss - $0.loss) }
    }.max()
  }
  let atEpsilon = most("nominal") { $0.x == $1.x }
  let matched = most("matched") { max($0.x, $1.x) <= 1.2 * min($0.x, $1.x) }
  guard let atEpsilon, let matched else { return "there were too few numbers of images for it" }
  return "heads whose N·μ agree within a fifth differ by up to "
    + "\(Printed.fixed(matched, decimals: 1)) points, heads at one ε by up to "
    + "\(Printed.fixed(atEpsilon, decimals: 1)); N·μ "
    + (matched < atEpsilon ? "is the better axis, as it asks" : "is not what counts here: it fails")
}

struct SweepPoint: TableRow {
  static let columns = [
    Column("axis"), Column("images"), Column("x", digits: 4), Column("loss", digits: 3),
    Column("low", digits: 3), Column("high", digits: 3),
  ]
  var axis, images: String
  var x, loss, low, high: Double
}

//: ### Figure 5 — the loss against ε and against N·μ
//: Heads on frozen features, a line for each number of images. Right, with the number of images
//: taken into the axis.
func figure5(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.figure(
    "figure-5", "Loss of mean AUROC of private heads, nominal (A) and matched (B)",
    tier: experiment.tier, from: try sweepPoints(study, experiment)
  ) { plot in
    plot.panels(by: \.axis) { panel, axis in
      panel.line(x: \.x, y: \.loss, series: \.images)
        .points(x: \.x, y: \.loss, interval: (\.low, \.high), series: \.images)
        .labels(
          x: axis == "nominal" ? "privacy budget ε" : "N·μ",
          y: "loss of mean AUROC, points")
      if axis == "nominal" {
        panel.axes(x: .log(0.2...12))
      } else {
        panel.axes(x: .log(5...60_000))
      }
    }
  }
}

func sweepPoints(_ study: StudyRun, _ experiment: Experiment) throws -> [SweepPoint] {
  let sizes = try sweptSizes(study, experiment)
  func points(_ axis: String) throws -> [SweepPoint] {
    try sizes.flatMap { images in
      try Arm.budgets.map { epsilon in
        let loss = try experiment.headLoss(study, epsilon, images).estimate
        let interval = loss.interval()
        let model = try experiment.trained(HeadArm(epsilon: epsilon, images: images))[0]
        let matched = try GaussianDP(epsilon: epsilon, delta: model.delta)
          .matchedSignal(images: model.images)
        return SweepPoint(
          axis: axis, images: "\(model.images) images", x: axis == "nominal" ? epsilon : matched,
          loss: 100 * loss.value, low: 100 * interval.low, high: 100 * interval.high)
      }
    }
  }
  return try points("nominal") + points("matched")
}

struct RateRow: TableRow {
  static let columns = [
    Column("epsilon"), Column("learning rate"), Column("clipping norm"), Column("seeds"),
    Column("AUROC", digits: 4), Column("low", digits: 4), Column("high", digits: 4),
  ]
  var epsilon: Double?
  var rate, clip: Double
  var seeds: Int
  var auroc, low, high: Double
}

func rateRow(_ study: StudyRun, _ experiment: Experiment, _ arm: HeadArm) throws -> RateRow {
  let row = try armRow(
    study, experiment, try experiment.trained(arm), name: arm.name, target: arm.epsilon)
  return RateRow(
    epsilon: arm.epsilon, rate: arm.learningRate, clip: arm.clippingNorm, seeds: row.seeds,
    auroc: row.auroc, low: row.low, high: row.high)
}

func rateRows(_ study: StudyRun, _ experiment: Experiment) throws -> [RateRow] {
  let images = Sizes.at(study.scale).train
  let present = [nil, 7.89].map { HeadArm(epsilon: $0, images: images) }
  return try (HeadArm.rates(images) + present)
    .sorted { ($0.epsilon ?? 99, $0.learningRate) < ($1.epsilon ?? 99, $1.learningRate) }
    .map { try rateRow(study, experiment, $0) }
}
