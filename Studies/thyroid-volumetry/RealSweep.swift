// hide
import Foundation
import LightboxStudy

// show

//: ## 4 · From frames to a volume: a gate that faults cannot pass
//: The pose chain image → probe → tracker → reference is where freehand ultrasound goes wrong, and
//: a wrong volume still looks like a neck. So compounding has to pass a gate first. A field of
//: small round bodies of known place is imaged by a freehand sweep, written as a PLUS sequence
//: (`.igs.mha`) with its device set, read back, and compounded at 0.5 mm; the result must correlate
//: with the known object by at least .98 over all voxels, and overlap with it (voxels above 20) by
//: a Dice coefficient of at least .90. Both limits come from a real sweep (below).
//:
//: *Could fail*: the chain itself. *Control that must fail*: each of five faults that happen in
//: practice, one at a time.
func sweepChapter(_ study: StudyRun) throws {
  let simulated = try study.stage("gate") { _ in try simulatedGate() }
  try gateTable(study, "table-A5", "The gate on a simulated sweep", .simulated, simulated)
  try study.value("gate.faults", try simulated.value.filter(\.isFault).count)
  try study.text("gate.passed", try names(simulated.value.filter(\.passes)))
  try realSweep(study)
}

func names(_ results: [GateResult]) -> String {
  results.isEmpty ? "nothing" : results.map(\.variant).joined(separator: ", ")
}

/// One way to compound, judged.
struct GateResult: StageValue {
  var variant: String
  var isFault: Bool
  var gate: ReconstructionGate
  var passes: Bool { gate.passes }
}

struct GateRow: TableRow {
  static let columns = [
    Column("variant"), Column("should"), Column("r", digits: 4), Column("Dice above 20", digits: 3),
    Column("outcome"),
  ]
  var variant, should: String
  /// nil where no pixel met the grid.
  var r: Double?
  var dice: Double
  var outcome: String
}

//: ### Table A5 — what passes
func gateTable(
  _ study: StudyRun, _ id: String, _ title: String, _ tier: DataTier, _ found: Staged<[GateResult]>
) throws {
  try study.table(
    id, title, tier: tier,
    rows: try found.value.map {
      GateRow(
        variant: $0.variant, should: $0.isFault ? "fail" : "pass",
        r: $0.gate.correlation.isNaN ? nil : $0.gate.correlation,
        dice: $0.gate.dice, outcome: $0.passes ? "passes" : "fails")
    })
}
//: {{gate.faults}} faults were tried. What passes: {{gate.passed}}.

/// What the faults are called for a reader.
func words(_ fault: SweepFault) -> String {
  switch fault {
  case .latency: "poses one frame late"
  case .scale: "scale 1 % too large"
  case .flippedAcross: "frames mirrored"
  case .flippedDown: "frames upside down"
  case .invertedPose: "pose inverted"
  }
}

func simulatedGate() throws -> [GateResult] {
  let folder = NSTemporaryDirectory() + "lightbox-gate-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let object = SimulatedSweep.bodies()
  try object.write(folder)
  let sweep = try Sweep(
    try TrackedSequence(folder + "/sweep.igs.mha"), devices: try DeviceSet(folder + "/devices.xml"))
  let geometry = try sweep.sweptGeometry(spacingMM: [0.5, 0.5, 0.5], clip: nil)
  let right = try sweep.compounded(into: geometry)
  let truth = object.truth(right)
  return [
    GateResult(
      variant: "trilinear mean", isFault: false, gate: ReconstructionGate(right.volume, truth))
  ] + (try faults(sweep, truth, CompoundingSettings()))
}

func faults(
  _ sweep: Sweep, _ reference: Volume, _ settings: CompoundingSettings
) throws -> [GateResult] {
  try SweepFault.allCases.map { fault in
    let wrong = try fault.compounded(sweep, into: reference.geometry, settings: settings)
    return GateResult(
      variant: words(fault), isFault: true, gate: ReconstructionGate(wrong.volume, reference))
  }
}

//: ### The real sweep, beside its reference
//: `make thyroid-volumetry DATA=<folder>` with the test data of the PLUS toolkit
//: (`NwirePhantomFreehand.igs.mha`, its device set and PLUS' own reconstruction, from
//: <https://github.com/PlusToolkit/PlusLibData>, BSD licence) adds the same table for a real
//: freehand sweep over an N-wire phantom. Nearest-voxel compounding must fail there as well: it
//: leaves holes that the trilinear reference does not have. {{sweep.real}}
func realSweep(_ study: StudyRun) throws {
  guard let data = study.data, let files = plusFiles(data.path) else {
    try study.text("sweep.real", "This run was given no such folder.")
    return
  }
  let found = try study.stage("real-gate", inputs: [data]) { _ in try realGate(files) }
  try gateTable(
    study, "table-A6", "The gate on a real sweep against PLUS' reconstruction", .public,
    found)
  try study.text("sweep.real", try summary(found.value))
}

func summary(_ results: [GateResult]) -> String {
  let right = results[0]
  return "Here the trilinear mean \(right.passes ? "passes" : "fails") with r = "
    + "\(Printed.fixed(right.gate.correlation, decimals: 4)) and Dice = "
    + "\(Printed.fixed(right.gate.dice, decimals: 3)); "
    + "\(results.dropFirst().filter { !$0.passes }.count) of \(results.count - 1) others fail."
}

/// The files of the real sweep in a folder; nil where one is missing.
func plusFiles(_ folder: String) -> (sequence: String, devices: String, reference: String)? {
  let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  guard let sequence = names.first(where: { $0.hasSuffix(".igs.mha") }),
    let devices = names.first(where: { $0.hasSuffix(".xml") }),
    let reference = names.first(where: { $0.hasSuffix("Reconstructed.mha") })
  else { return nil }
  return (folder + "/" + sequence, folder + "/" + devices, folder + "/" + reference)
}

func realGate(
  _ files: (sequence: String, devices: String, reference: String)
) throws -> [GateResult] {
  let devices = try DeviceSet(files.devices)
  let plan = devices.reconstruction ?? DeviceSet.Reconstruction()
  let sweep = try Sweep(
    try TrackedSequence(files.sequence), devices: devices, image: plan.image,
    reference: plan.reference)
  let reference = try VolumeFile.read(files.reference).volume
  var settings = plan.settings
  func result(_ name: String, isFault: Bool) throws -> GateResult {
    let found = try sweep.compounded(into: reference.geometry, settings: settings)
    return GateResult(
      variant: name, isFault: isFault, gate: ReconstructionGate(found.volume, reference))
  }
  settings.interpolation = .trilinear
  settings.rule = .mean
  let right = try result("trilinear mean", isFault: false)
  settings.interpolation = .nearest
  let nearest = try result("nearest voxel", isFault: true)
  settings.interpolation = .trilinear
  return [right, nearest] + (try faults(sweep, reference, settings))
}
