//: ## Neck
//: The thyroid study measures volumes, so volumes come first: the published distribution, the truth
//: against a slow count, and a probe that squeezes without losing tissue. Then the speckle, before
//: compression, because after it a wrong envelope looks almost right: Rayleigh statistics, widths
//: and decorrelation of the point spread, and a field that is too thin and must fail.
//:
//: The anatomy around the gland has no cited distribution and is physics only; what the sheet shows
//: is for the eye.
import Foundation
import LightboxStudy

/// Sizes by scale: volunteers for the distributions, lobes that are counted, speckle fields.
struct NeckSizes: Codable {
  var volunteers, counted, fields: Int
  static func at(_ scale: Scale) -> NeckSizes {
    switch scale {
    case .smoke: NeckSizes(volunteers: 2000, counted: 1, fields: 8)
    case .default: NeckSizes(volunteers: 2000, counted: 4, fields: 12)
    case .full: NeckSizes(volunteers: 2000, counted: 12, fields: 40)
    }
  }
}

func neck(_ study: StudyRun) throws -> Staged<[Measurement]> {
  try study.stage("neck", configuration: NeckPopulation()) { context in
    let sizes = NeckSizes.at(context.scale)
    let stream = context.root.child("neck")
    var rows = try neckPopulation(stream.child("population"), count: sizes.volunteers)
    context.progress.report(0.4, "volumes")
    rows += neckVolumes(stream.child("population"), count: sizes.counted)
    context.progress.report(0.6, "speckle")
    rows += try speckle(stream.child("speckle"), fields: sizes.fields)
    context.progress.report(0.9, "magnetic resonance")
    return rows + neckMagnetic(stream.child("population"), count: sizes.counted)
  }
}

func volunteer(_ stream: RandomStream, _ number: Int) -> NeckAnatomy {
  NeckAnatomy(stream: stream.child("volunteer").child(number))
}

func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
  let n = Double(values.count)
  let mean = values.reduce(0, +) / n
  let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, (square / (n - 1)).squareRoot())
}

/// Volumes and coefficients of many volunteers, without rendering.
func neckPopulation(_ stream: RandomStream, count: Int) throws -> [Measurement] {
  let necks = try Parallel.map(count) { volunteer(stream, $0) }
  let glands = necks.map { ($0.right.volumeMM3 + $0.left.volumeMM3) / 1000 }
  let lobes = necks.flatMap { [$0.right, $0.left] }
  let gland = moments(glands)
  let coefficient = moments(lobes.map(\.ellipsoidCoefficient))
  let larger = necks.filter { $0.right.volumeMM3 > $0.left.volumeMM3 }.count
  let long = lobes.filter { (34.999...55.001).contains($0.lengthMM) }.count
  return [
    Measurement(id: "neck.gland-mean", value: gland.mean, n: count),
    Measurement(id: "neck.gland-sd", value: gland.deviation, n: count),
    Measurement(id: "neck.gland-smallest", value: glands.min()!, n: count),
    Measurement(id: "neck.gland-largest", value: glands.max()!, n: count),
    Measurement(id: "neck.right-larger", value: Double(larger) / Double(count), n: count),
    Measurement(id: "neck.coefficient-mean", value: coefficient.mean, n: lobes.count),
    Measurement(id: "neck.coefficient-sd", value: coefficient.deviation, n: lobes.count),
    Measurement(
      id: "neck.length", value: Double(long) / Double(lobes.count), n: lobes.count),
  ]
}

//: The stated volume is a quadrature that is exact for the lobe's polynomial; the count knows only
//: `contains`, at rest and through the map of the pressure.
func neckVolumes(_ stream: RandomStream, count: Int) -> [Measurement] {
  func error(_ lobe: ThyroidLobe, _ pressure: ProbePressure) -> Double {
    let (a, b) = lobe.boundsMM
    let (c, d) = (pressure.pressed(a), pressure.pressed(b))
    let step = 0.25
    var inside = 0
    for z in stride(from: c.z, through: d.z, by: step) {
      for y in stride(from: min(c.y, d.y), through: max(c.y, d.y), by: step) {
        for x in stride(from: min(c.x, d.x), through: max(c.x, d.x), by: step) {
          if lobe.contains(pressure.rest([x, y, z])) { inside += 1 }
        }
      }
    }
    return abs(Double(inside) * step * step * step / lobe.volumeMM3 - 1)
  }
  var (rest, pressed) = (0.0, 0.0)
  for number in 0..<count {
    let lobe = volunteer(stream, number).lobe(number % 2 == 0 ? .right : .left)
    rest = max(rest, error(lobe, .none))
    let probe = ProbePressure(compression: 0.1, axisXMM: lobe.centreMM.x)
    pressed = max(pressed, error(lobe, probe))
  }
  return [
    Measurement(id: "neck.volume", value: rest, n: count),
    Measurement(id: "neck.compression", value: pressed, n: count),
  ]
}

/// Volumes of the gland on the grid of the magnetic resonance.
func neckMagnetic(_ stream: RandomStream, count: Int) -> [Measurement] {
  var ratios: [Double] = []
  var worst = 0.0
  for number in 0..<count {
    let neck = volunteer(stream, number)
    let scan = NeckMRI().scan(neck, stream: stream.child("mri").child(number))
    for side in NeckSide.allCases {
      let truth = neck.lobe(side).volumeMM3
      ratios.append(scan.countedMM3(side) / truth)
      worst = max(worst, abs(scan.partialVolumeMM3(side) / truth - 1))
    }
  }
  return [
    Measurement(
      id: "neck.mri-volume", value: ratios.reduce(0, +) / Double(ratios.count), n: ratios.count),
    Measurement(id: "neck.mri-share", value: worst, n: ratios.count),
  ]
}
