//: ## Chest
//: The difficulty card first: a linear probe on the pixels and ten global features must not
//: suffice, the network must leave room in both directions, and the true severities must nearly
//: decide the labels, so that image difficulty and not label noise limits a study.
import Foundation
import LightboxStudy

/// Sizes by scale: training and test images of the card, images per realism row.
struct ChestSizes: Codable {
  var train, test, realism: Int
  static func at(_ scale: Scale) -> ChestSizes {
    switch scale {
    case .smoke: ChestSizes(train: 600, test: 300, realism: 100)
    case .default: ChestSizes(train: 4000, test: 1500, realism: 1000)
    case .full: ChestSizes(train: 10_000, test: 4000, realism: 2000)
    }
  }
}

/// The cohorts of the card: seeds of its own, which no study uses.
func chestCard(_ stream: RandomStream, _ sizes: ChestSizes) -> (
  train: ChestCohort, test: ChestCohort
) {
  let phantom = ChestPhantom()
  let train = phantom.cohort(
    images: sizes.train, resolution: 64, prefix: "a", stream: stream.child("train"))
  let test = phantom.cohort(
    images: sizes.test, resolution: 64, prefix: "b", stream: stream.child("test"))
  return (train, test)
}

func chest(_ study: StudyRun) throws -> Staged<[Measurement]> {
  try study.stage("chest", configuration: ChestConfiguration()) { context in
    let sizes = ChestSizes.at(context.scale)
    let cohorts = chestCard(context.root.child("chest-card"), sizes)
    var rows: [Measurement] = []
    context.progress.report(0.4, "probes")
    let probe = ChestProbe(train: cohorts.train.cohort, test: cohorts.test.cohort)
    rows.append(
      Measurement(id: "chest.linear", value: try probe.pixels(side: 32), n: sizes.test))
    rows.append(
      Measurement(id: "chest.ten-features", value: try probe.tenFeatures(), n: sizes.test))
    rows.append(
      Measurement(id: "chest.oracle", value: try oracle(cohorts.test), n: sizes.test))
    rows.append(
      Measurement(id: "chest.noise-slope", value: noiseSlope(context.root.child("dose")), n: 7))
    rows += population(cohorts.train, cohorts.test)
    context.progress.report(0.7, "realism")
    rows += realism(context.root.child("realism"), count: sizes.realism)
    return rows
  }
}

//: The network row stands apart: it trains the network of dp-fairness as that study trains it
//: without privacy at its default scale, so its limit moves only when one of the two does. The
//: numbers are that study's; a test of the phantoms reads both sources and fails where they differ.
struct NetworkCard: Codable {
  var train = 3600
  var network = ResNetConfiguration(
    classes: 8, width: 16, inputChannels: 1, blocks: [1, 1, 1, 1], activation: .mish)
  var plan = TrainingPlan(
    epochs: 8, batchSize: 128, optimizer: .nadam(), learningRate: 1e-3, classWeighting: .balanced)
}

func chestNetwork(_ study: StudyRun) throws -> Staged<[Measurement]> {
  try study.stage("chest-network", configuration: NetworkCard()) { context in
    let card = NetworkCard()
    let sizes = ChestSizes.at(context.scale)
    let cohorts = chestCard(context.root.child("chest-card"), sizes)
    var start = context.root.child("network")
    let network = ResNet<Float>(card.network, stream: &start)
    let shown = cohorts.train.cohort.subset(Array(0..<min(card.train, sizes.train)))
    let data = TrainingData<Float>(images: shown.images, labels: shown.cases.map(\.labels))
    try train(network, on: data, plan: card.plan, stream: context.root.child("batches")) {
      context.progress.report(step: $0.step + 1, of: $1)
    }
    let logits = predict(network, images: cohorts.test.cohort.images)
    let labels = cohorts.test.cohort.cases.map(\.labels)
    var total = 0.0
    for k in 0..<8 {
      let scores = labels.indices.map { Double(logits[$0, k]) }
      total += try auroc(scores: scores, labels: labels.map { $0[k] == 1 }) / 8
    }
    return [Measurement(id: "chest.network", value: total, n: sizes.test)]
  }
}

/// Mean AUROC of the true severities against the recorded labels.
func oracle(_ cohort: ChestCohort) throws -> Double {
  var total = 0.0
  for finding in ChestFinding.studied {
    total += try auroc(
      scores: cohort.records.map { $0.severities[finding] },
      labels: cohort.records.map { $0.label(finding) == 1 })
  }
  return total / Double(ChestFinding.studied.count)
}

/// Slope of log relative noise variance on log dose, over two decades.
func noiseSlope(_ stream: RandomStream) -> Double {
  let doses = [0.1, 0.3, 1, 2, 4, 8, 10.0]
  let points = doses.map { dose -> (Double, Double) in
    let detector = XRayDetector(exposureMicrogray: dose)
    var signal = [Float](repeating: 0.05, count: 40_000)
    var own = stream.child("\(dose)")
    detector.addQuantumNoise(to: &signal, pixelMM: 0.2, stream: &own)
    let mean = signal.reduce(0) { $0 + Double($1) } / 40_000
    let square = signal.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 39_999
    return (log(dose), log(square / (mean * mean)))
  }
  let mx = points.reduce(0) { $0 + $1.0 } / Double(points.count)
  let my = points.reduce(0) { $0 + $1.1 } / Double(points.count)
  let xy = points.reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
  return xy / points.reduce(0) { $0 + ($1.0 - mx) * ($1.0 - mx) }
}

/// Shares of sex and age among 6,000 patients drawn without rendering, and the built-in
/// correlation of heart and lung.
func population(_ train: ChestCohort, _ test: ChestCohort) -> [Measurement] {
  let records = ChestPhantom().records(
    images: 26_000, sites: [.bedside], stream: RandomStream(77).child("population"))
  let first = records.filter { $0.image == 0 }
  let n = Double(first.count)
  func share(_ id: String, _ holds: (Patient) -> Bool) -> Measurement {
    Measurement(
      id: id, value: Double(first.filter { holds($0.patient) }.count) / n, n: first.count)
  }
  let bounds = [0.0, 30, 60, 70, 80, 100]
  var rows = [share("chest.male") { $0.sex == .male }]
  for k in 0..<5 {
    rows.append(
      share("chest.age-\(Int(bounds[k + 1]))") {
        (bounds[k]..<bounds[k + 1]).contains($0.ageYears ?? -1)
      })
  }
  let a = first.map { $0.latents[0] }
  let b = first.map { $0.latents[1] }
  rows.append(
    Measurement(id: "chest.congestion-correlation", value: correlation(a, b), n: first.count))
  return rows
}

func correlation(_ a: [Double], _ b: [Double]) -> Double {
  let n = Double(a.count)
  let ma = a.reduce(0, +) / n
  let mb = b.reduce(0, +) / n
  let ab = zip(a, b).reduce(0) { $0 + ($1.0 - ma) * ($1.1 - mb) }
  let aa = a.reduce(0) { $0 + ($1 - ma) * ($1 - ma) }
  let bb = b.reduce(0) { $0 + ($1 - mb) * ($1 - mb) }
  return ab / (aa * bb).squareRoot()
}
