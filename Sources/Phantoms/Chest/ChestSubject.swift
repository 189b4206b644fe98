import Cohorts
import Foundation
import Kernels

/// A simulated person: what stays the same from image to image.
struct ChestSubject: Sendable {
  var patient: Patient
  var burden: Double
  var liabilities: [Double]
  var difficulty: Double
  /// Overall size, width against height, depth of the chest, soft tissue over it.
  var size, width, depth, fat: Double
  /// Deviation of the heart's share of the chest width, of its tilt in radians.
  var heart, heartTilt: Double
  /// Curvature of the spine, prominence of the aorta, mineral of the bones.
  var scoliosis, aorta, mineral: Double
  /// Height differences of the diaphragm domes in millimetres, resting lung density.
  var domeRight, domeLeft, lungDensity: Double
  /// Half-depth of the breast in millimetres (0 for none), its sag.
  var breast, breastSag: Double
  var hasPacemaker: Bool
  /// Stream of everything else that persists (vessel tree, ribs).
  var stream: RandomStream

  init(
    number: Int, prefix: String, site: ChestSite, configuration: ChestConfiguration,
    stream: RandomStream
  ) {
    let population = configuration.population
    var draw = stream.child("person")
    let sex: Sex = draw.bernoulli(population.maleShare) ? .male : .female
    let group = draw.index(weights: population.ageShares)
    let low = population.ageGroups[group]
    let isLast = group == population.ageGroups.count - 1
    var age = low
    if isLast {
      // The oldest thin out: a truncated exponential with mean of about six years.
      age = low - 6 * log(1 - draw.uniform() * (1 - exp(-(100 - low) / 6)))
    } else {
      age = draw.uniform(in: low...population.ageGroups[group + 1])
    }
    if let range = site.ageYears { age = draw.uniform(in: range) }
    age = min(99.9, (age * 10).rounded(.down) / 10)
    let span = population.comorbidities
    let slope = min(1, max(0, (age - 30) / 50))
    let mean = span.lowerBound + slope * (span.upperBound - span.lowerBound)
    let comorbidities = draw.poisson(mean: mean)
    patient = Patient(
      id: prefix + String(number), sex: sex, ageYears: age, comorbidities: comorbidities)
    // Standardised in the default population: age 65 ± 17, comorbidities 2.3 ± 1.7.
    burden = ((age - 65) / 17 + (Double(comorbidities) - 2.3) / 1.7) / 1.6
    if site.ageYears != nil { burden = draw.normal() }
    liabilities = Self.correlated(population: population, stream: &draw)
    difficulty = configuration.difficulty(of: patient)

    let spread = configuration.clutter * (1 + 0.5 * difficulty)
    size = 1 + 0.06 * draw.normal() + (sex == .female ? -0.035 : 0.02)
    width = 1 + 0.045 * draw.normal()
    depth = 1 + 0.08 * draw.normal()
    fat = max(-0.8, draw.normal())
    heart = 0.026 * spread * draw.normal() + 0.0006 * (age - 65)
    heartTilt = 0.12 * draw.normal()
    scoliosis = (2.5 + 0.06 * max(0, age - 50)) * draw.normal()
    aorta = max(0, 0.35 + 0.011 * (age - 40) + 0.2 * draw.normal())
    mineral = 1 - 0.004 * max(0, age - 50) + 0.08 * draw.normal()
    domeRight = 7 * spread * draw.normal()
    domeLeft = 7 * spread * draw.normal()
    lungDensity = exp(0.10 * spread * draw.normal())
    let cup = draw.uniform()
    breast = sex == .female ? 14 + 26 * cup * cup : (draw.bernoulli(0.2) ? 6 : 0)
    if age < 12 { breast = 0 }
    breastSag = 12 + 0.35 * max(0, age - 30) + 8 * draw.normal()
    hasPacemaker = draw.bernoulli(0.16 * min(1, max(0, (age - 50) / 30)))
    self.stream = stream
  }

  /// Unit normal latents with the correlations of the findings among each other.
  static func correlated(population: ChestPopulation, stream: inout RandomStream) -> [Double] {
    func rest(_ squares: Double) -> Double { (1 - squares).squareRoot() }
    // What burden does not explain must carry the rest of the wanted correlation; the heart
    // persists more than the lung, which costs 1/.926.
    let b = population.burdenLoading * population.burdenLoading
    let heartLung = (population.heartLungCorrelation - b) / (1 - b) / 0.926
    let heart = stream.normal()
    let congestion = heartLung * heart + rest(heartLung * heartLung) * stream.normal()
    let fluid = stream.normal()
    let infection = stream.normal()
    let collapse = stream.normal()
    var effusions: [Double] = []
    var infiltrates: [Double] = []
    var atelectases: [Double] = []
    var pneumothoraces: [Double] = []
    for _ in 0..<2 {
      let effusion = 0.35 * congestion + 0.4 * fluid + rest(0.2825) * stream.normal()
      effusions.append(effusion)
      infiltrates.append(0.4 * infection + rest(0.16) * stream.normal())
      atelectases.append(0.25 * effusion + 0.25 * collapse + rest(0.125) * stream.normal())
      pneumothoraces.append(stream.normal())
    }
    return [heart, congestion] + effusions + infiltrates + atelectases + pneumothoraces
  }

  /// The severities shown by one image of this person.
  func severities(
    configuration: ChestConfiguration, site: ChestSite, stream: inout RandomStream
  ) -> (severities: ChestSeverities, latents: [Double]) {
    let momentary = Self.correlated(population: configuration.population, stream: &stream)
    let loading = configuration.population.burdenLoading
    var result = ChestSeverities()
    var latents: [Double] = []
    for finding in ChestFinding.allCases {
      let index = finding.index
      let persistence = finding == .cardiomegaly ? 0.85 : 0.5
      let own =
        persistence.squareRoot() * liabilities[index]
        + (1 - persistence).squareRoot() * momentary[index]
      let latent = loading * burden + (1 - loading * loading).squareRoot() * own
      latents.append(latent)
      result[finding] = Self.severity(
        latent: latent + site.prevalenceShift, prevalence: configuration.prevalence[index])
    }
    return (result, latents)
  }

  /// The severity of a standard normal latent: its upper tail probability u, mapped piecewise
  /// linearly so that P(grade ≥ 3) = prevalence p, P(grade 4) = .35 p, P(grade ≥ 2) = 1.55 p and
  /// P(grade ≥ 1) = 2.2 p (the last two at most .75 and .9).
  static func severity(latent: Double, prevalence p: Double) -> Double {
    let u = erfc(latent / 2.0.squareRoot()) / 2
    let knots = [0, 0.35 * p, p, min(0.75, 1.55 * p), min(0.9, 2.2 * p)]
    guard u < knots[4] else { return 0 }
    let upper = (1...4).first { u < knots[$0] }!
    let share = (u - knots[upper - 1]) / (knots[upper] - knots[upper - 1])
    return 4.5 - Double(upper - 1) - share
  }
}
