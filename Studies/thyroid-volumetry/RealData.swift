// hide
import LightboxStudy

// show

//: ## 10 · Real data
//: The authors released their volumes as SegThy
//: (<https://www.cs.cit.tum.de/camp/publications/segthy-dataset/>): compounded ultrasound with
//: manual labels of some sweeps, and MRI with labels. `make thyroid-volumetry DATA=<folder>` with
//: the unpacked archives trains the network on the labelled sweeps with both splits (six at least),
//: and lists the volumes of all labels. The calipers' readings are not part of the release, so that
//: no claim about 2D can be tested on it. {{real.note}}
func realDataChapter(_ study: StudyRun) throws {
  guard let data = study.data, SegThy.isPresent(in: data.path) else {
    try study.text("real.note", "This run was given no such folder.")
    return
  }
  let release = try SegThy(data.path)
  let labelled = release.scans.filter { $0.labelPath != nil }
  try study.text(
    "real.note",
    "This run found \(release.scans.count) sweeps, \(labelled.count) of them labelled, and "
      + "\(release.necks.count) MRI volumes. "
      + (labelled.count < fewestLabelled ? "That is too few labels to train on. " : "")
      + release.notes.joined(separator: " "))
  let volumes = try study.stage("segthy-volumes", inputs: [data]) { context in
    try releaseVolumes(release, context)
  }
  try study.table(
    "table-A8", "Volumes of the labels in the release", tier: .public,
    rows: try volumes.value)
  guard labelled.count >= fewestLabelled else { return }
  let sizes = Sizes.at(study.scale)
  let jobs = study.seeds.flatMap { seed in
    [false, true].map { RealJob(isDisjoint: $0, seed: seed, sizes: sizes) }
  }
  let found = try study.stages("segthy-network", over: jobs, inputs: [data]) { context, job in
    try trainOnRelease(labelled, job, context)
  }
  let rows = try zip(jobs, found).map { job, dice in
    RealDiceRow(
      split: job.isDisjoint ? "disjoint" : "random", seed: job.seed, scans: try dice.value.count,
      dice: mean(try dice.value) ?? .nan)
  }
  try study.table(
    "table-A9", "Dice on held-out sweeps of the release", tier: .public, rows: rows)
  let random = rows.filter { $0.split == "random" }.map(\.dice)
  let disjoint = rows.filter { $0.split == "disjoint" }.map(\.dice)
  let level = try meanEstimate(random, of: "seeds")
  try study.claim(
    "th.dice", tier: .public,
    measured: .estimate(
      level.value, standardError: level.standardError, degreesOfFreedom: level.degreesOfFreedom,
      n: random.count), seeds: random.count)
  try study.claim(
    "S.th.leakage", tier: .public,
    measured: .pairedSeeds(zip(random, disjoint).map { $0 - $1 }, caseVariance: 0),
    seeds: random.count)
}

/// Labelled sweeps below which nothing is trained on a release.
let fewestLabelled = 6

struct ReleaseRow: TableRow, StageValue {
  static let columns = [
    Column("scan"), Column("kind"), Column("volume", unit: "ml", digits: 4),
    Column("voxel", unit: "mm"), Column("voxels of other labels"),
  ]
  var scan, kind: String
  var volume: Double
  var voxel: String
  var others: Int
}

func releaseVolumes(_ release: SegThy, _ context: StageContext) throws -> [ReleaseRow] {
  var rows: [ReleaseRow] = []
  func add(_ name: String, _ kind: String, _ read: LabelledVolume) {
    guard let mask = read.mask else { return }
    let spacing = read.volume.geometry.spacingMM
    rows.append(
      ReleaseRow(
        scan: name, kind: kind, volume: mask.volumeML,
        voxel: (0..<3).map { Printed.fixed(spacing[$0], decimals: 2) }.joined(separator: " x "),
        others: read.otherLabels))
  }
  let scans = release.scans.filter { $0.labelPath != nil }
  let necks = release.necks.filter { $0.labelPath != nil }
  for (index, scan) in scans.enumerated() {
    context.progress.report(step: index, of: scans.count + necks.count, scan.name)
    add(scan.name, "ultrasound", try SegThy.read(scan))
  }
  for neck in necks { add(neck.name, "MRI", try SegThy.read(neck)) }
  return rows
}

struct RealJob: Codable, Hashable {
  var isDisjoint: Bool
  var seed: Int
  var sizes: Sizes
}

struct RealDiceRow: TableRow {
  static let columns = [
    Column("split"), Column("seed"), Column("test scans"), Column("Dice", digits: 4),
  ]
  var split: String
  var seed, scans: Int
  var dice: Double
}

//: Planes are taken across z at the volume's own spacing, in a window of 160 x 160 voxels at the
//: top and middle. A sixth of the labelled sweeps is held out; with the disjoint split no other
//: sweep of their volunteers is trained on.
func trainOnRelease(
  _ scans: [SegThy.Scan], _ job: RealJob, _ context: StageContext
) throws -> [Double] {
  var draw = context.root.child("segthy-split").child(job.seed)
  let order = draw.permutation(scans.count).map { scans[$0] }
  let test = Array(order.prefix(max(1, scans.count / 6)))
  let tested = Set(test.map(\.volunteer))
  let rest = order.dropFirst(test.count).filter {
    !job.isDisjoint || !tested.contains($0.volunteer)
  }
  // The same number in both splits, so that only who is in them differs.
  let fewest = order.dropFirst(test.count).filter { !tested.contains($0.volunteer) }.count
  let view = SliceView(height: 160, width: 160)
  var pictures: [Tensor<Float>] = []
  var labels: [Tensor<Float>] = []
  for scan in rest.prefix(fewest) {
    let read = try SegThy.read(scan)
    guard let mask = read.mask else { continue }
    let planes = Array(
      stride(from: 0, to: read.volume.voxels.shape[0], by: job.sizes.planeStep))
    pictures.append(view.pictures(read.volume.voxels).gathered(rows: planes))
    labels.append(view.labels(mask).gathered(rows: planes))
  }
  guard !pictures.isEmpty else { return [] }
  let (network, _) = try fitted(context, job.seed, job.sizes, pictures: pictures, labels: labels)
  return try test.compactMap { scan in
    let read = try SegThy.read(scan)
    guard let mask = read.mask else { return nil }
    let probabilities = foreground(network, read.volume.voxels, view: view)
    return try Overlap(cleanedMask(probabilities, spacingMM: mask.spacingMM), mask).dice
  }
}
