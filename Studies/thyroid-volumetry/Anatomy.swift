// hide
import LightboxStudy

// show

//: ## 2 · Anatomy, and what a formula makes of it
//: Each simulated volunteer has two lobes, an isthmus, a trachea, carotid arteries, jugular veins
//: and strap muscles, in millimetres. Lobes are smooth closed bodies whose volume is known by
//: quadrature; the gland's volume is drawn from a log-normal distribution cut to the published
//: range, with the published mean and standard deviation. The right lobe is larger in 74 % of
//: volunteers (Ying 2005, second hand).
//:
//: *Built in*: volumes, asymmetry, and the mean shape, .50 for volume over length × width × depth.
//: *Could fail*: a sample of 28 may miss the population it is drawn from, and the page says by how
//: much. *Control that must fail*: calipers without any error still err, because no coefficient is
//: right for every lobe.
func anatomyChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  let anatomies = experiment.anatomies(study, seed: study.seeds[0])
  try volunteersTable(study, anatomies)
  try lookAtIt(study, experiment, anatomies)
  try coefficients(study, anatomies)
}

/// How a list of numbers spreads.
struct Spread {
  let n: Int
  let mean, sd, smallest, largest: Double

  init(_ values: [Double]) {
    let middle = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
    n = values.count
    mean = middle
    sd = (squares / Double(max(1, values.count - 1))).squareRoot()
    smallest = values.min() ?? .nan
    largest = values.max() ?? .nan
  }
}

struct VolunteerRow: TableRow {
  static let columns = [
    Column("quantity"), Column("n"), Column("mean", digits: 3), Column("SD", digits: 3),
    Column("smallest", digits: 3), Column("largest", digits: 3), Column("published"),
  ]
  var quantity: String
  var n: Int
  var mean, sd, smallest, largest: Double
  var published: String?

  init(_ quantity: String, _ values: [Double], published: String? = nil) {
    let spread = Spread(values)
    self.quantity = quantity
    (n, mean, sd) = (spread.n, spread.mean, spread.sd)
    (smallest, largest) = (spread.smallest, spread.largest)
    self.published = published
  }
}

/// True volumes of gland (both lobes) in ml.
func glandML(_ anatomy: NeckAnatomy) -> Double {
  (anatomy.right.volumeMM3 + anatomy.left.volumeMM3) / 1000
}

//: ### Table A1 — the volunteers of the trial that is shown
//: The published volumes were read from MRI; ours are true.
func volunteersTable(_ study: StudyRun, _ anatomies: [NeckAnatomy]) throws {
  let lobes = anatomies.flatMap { [$0.right, $0.left] }
  let larger = anatomies.filter { $0.right.volumeMM3 > $0.left.volumeMM3 }.count
  try study.table(
    "table-A1", "Volunteers of the trial that is shown", tier: .simulated,
    rows: [
      VolunteerRow(
        "gland volume [ml]", anatomies.map(glandML),
        published: "7.4, SD 3.05, 2.8 to 16.7 by MRI (second hand)"),
      VolunteerRow("right lobe [ml]", anatomies.map { $0.right.volumeMM3 / 1000 }),
      VolunteerRow("left lobe [ml]", anatomies.map { $0.left.volumeMM3 / 1000 }),
      VolunteerRow("isthmus [ml], in no method", anatomies.map { $0.isthmusVolumeMM3 / 1000 }),
      VolunteerRow("length of a lobe [mm]", lobes.map(\.lengthMM)),
      VolunteerRow("width of a lobe [mm]", lobes.map(\.widthMM)),
      VolunteerRow("depth of a lobe [mm]", lobes.map(\.depthMM)),
      VolunteerRow("volume / (length x width x depth)", lobes.map(\.ellipsoidCoefficient)),
    ])
  try study.value("anatomy.n", anatomies.count)
  try study.value("anatomy.right-larger", larger)
}
//: The right lobe is the larger one in {{anatomy.right-larger}} of {{anatomy.n}}.

struct FrameRow: TableRow {
  static let columns = [Column("tile"), Column("shows")]
  var tile: Int
  var shows: String
}

//: ### Figure A1 — a look at it
//: One volunteer under the probe: transverse frames of one sweep from below to above, as the
//: scanner gives them, and cuts through the compounded volume. Dark and round beside the lobe: the
//: carotid artery; behind the bright arc of the trachea there is no image. Nothing was selected:
//: the first volunteer's right lobe, first sweep of MD1. What the phantom may be used for is
//: measured in [phantoms](../phantoms/README.md).
func lookAtIt(_ study: StudyRun, _ experiment: Experiment, _ anatomies: [NeckAnatomy]) throws {
  let names =
    (0..<5).map { "frame, \(10 + 20 * $0) %" }
    + ["across", "along", "gland"]
  try study.figure(
    "figure-A1",
    "A simulated sweep: five frames by their place on its way, a transverse and a lengthwise cut "
      + "through the compounded volume, and the true gland in the latter",
    tier: .simulated,
    from: names.enumerated().map { FrameRow(tile: $0.offset + 1, shows: $0.element) }
  ) { plot in
    plot.imageGrid(
      sweepPictures(experiment, anatomies[0], trialStream(study.stream, study.seeds[0])),
      columns: 4, caption: \.shows)
  }
}

/// Pictures of 40 x 40 mm, 200 x 200 pixels, for the sheet.
func sweepPictures(
  _ experiment: Experiment, _ anatomy: NeckAnatomy, _ trial: RandomStream
) -> [Image] {
  let design = TrialChange.primary.design(volunteers: experiment.sizes.volunteers)
  let sweep = design.sweep(
    anatomy, volunteer: 0, operator: 0, side: .right, repetition: 0, trial)
  let scanner = scanner(anatomy, volunteer: 0, trial)
  func picture(_ plane: Tensor<Float>, _ scale: Float, _ spacing: Double) -> Image {
    let (height, width) = (plane.shape[0], plane.shape[1])
    return Image(
      pixels: plane.affine(scale: 1 / scale, offset: 0).reshaped([1, height, width]),
      spacingMM: Image.Spacing(y: spacing, x: spacing)
    ).resampled(height: 200, width: 200)
  }
  var pictures = (0..<5).map { tile in
    let frame = sweep.frames[sweep.frames.count * (1 + 2 * tile) / 10]
    return picture(
      scanner.frame(
        columns: sweep.probe.width, rows: sweep.probe.height, imageToWorld: frame.imageToWorld,
        pressure: frame.pressure), 255, sweep.probe.pixelMM)
  }
  let scan = sweep.scanned(anatomy.right, by: scanner)
  let shape = scan.volume.voxels.shape
  pictures.append(
    picture(
      scan.volume.voxels.slice(axis: 0, range: shape[0] / 2..<shape[0] / 2 + 1)
        .reshaped([shape[1], shape[2]]), 255, 0.5))
  let along = shape[2] / 2..<shape[2] / 2 + 1
  func lengthwise(_ voxels: Tensor<Float>) -> Tensor<Float> {
    // The head to the left: z runs along the rows of the picture.
    voxels.slice(axis: 2, range: along).reshaped([shape[0], shape[1]]).transposed()
  }
  pictures.append(picture(lengthwise(scan.volume.voxels), 255, 0.5))
  let gland = Tensor<Float>(shape: scan.gland.shape) { output in
    for (i, voxel) in scan.gland.voxels.enumerated() { output[i] = voxel ? 1 : 0 }
  }
  pictures.append(picture(lengthwise(gland), 1, 0.5))
  return pictures
}

struct CoefficientRow: TableRow {
  static let columns = [
    Column("coefficient"), Column("value", digits: 4),
    Column("mean error", unit: "%", digits: 3), Column("SD", unit: "%", digits: 3),
    Column("mean error of the gland", unit: "ml", digits: 2),
  ]
  var coefficient: String
  var value, meanError, sd, glandError: Double
}

//: ### Table A2 — the coefficient decides the bias
//: Perfect calipers on every lobe of the trial: what is left is the formula. Which coefficient the
//: paper used is not known; π/6 is the ellipsoid's own, .5 German practice, .479 Brunn's (1981).
func coefficients(_ study: StudyRun, _ anatomies: [NeckAnatomy]) throws {
  let rows = EllipsoidCoefficient.allCases.map { coefficient -> CoefficientRow in
    let lobes = anatomies.map { [$0.right, $0.left] }
    func volume(_ lobe: ThyroidLobe) -> Double {
      coefficient.value * lobe.lengthMM * lobe.widthMM * lobe.depthMM / 1000
    }
    let errors = lobes.joined().map { 100 * (volume($0) * 1000 / $0.volumeMM3 - 1) }
    let glands = lobes.map { pair in
      pair.reduce(0) { $0 + volume($1) - $1.volumeMM3 / 1000 }
    }
    let spread = Spread(errors)
    return CoefficientRow(
      coefficient: coefficient.rawValue, value: coefficient.value, meanError: spread.mean,
      sd: spread.sd, glandError: mean(glands) ?? .nan)
  }
  try study.table(
    "table-A2", "Volume error of perfect calipers by coefficient", tier: .simulated,
    rows: rows)
  try study.value("coefficient.spread", rows[0].sd, unit: "%", digits: 2)
  try study.value("coefficient.largest", rows.map(\.meanError).max() ?? .nan, unit: "%", digits: 2)
  try study.value("coefficient.smallest", rows.map(\.meanError).min() ?? .nan, unit: "%", digits: 2)
}
//: From {{coefficient.smallest}} to {{coefficient.largest}}: the sign of a 2D method's bias is a
//: choice of coefficient. And however it is chosen, lobes scatter by about {{coefficient.spread}}
//: around it: this error no second reading takes away.
