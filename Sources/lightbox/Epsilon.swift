import ArgumentParser
import Foundation
import Kernels
import Privacy

/// `lightbox epsilon`: what a DP-SGD run costs, or the noise that a budget asks for.
struct Epsilon: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "epsilon",
    abstract: "Privacy cost of DP-SGD by two accountants, and the noise for a budget.",
    discussion: """
      Poisson-subsampled Gaussian mechanism, neighbours by adding or removing one record. \
      Each step draws every record with probability q = batch / n, clips, sums, and adds noise of \
      standard deviation sigma times the clipping norm; steps = epochs / q, rounded down.

      RDP: Renyi orders 1.1 to 10.9 and 12 to 63, conversion of Balle et al. 2020 (an upper bound).
      PRV: privacy-loss distribution by FFT (Gopi et al. 2021), worse of both directions, with \
      bounds; state its upper bound. Opacus from 1.3 prints PRV unless told otherwise.

      Examples: what a run costs, what a budget needs, four images a person.

        lightbox epsilon --n 153502 --batch 128 --epochs 100 --delta 6e-6 \\
          --sigma 0.57
        lightbox epsilon --n 153502 --batch 128 --epochs 100 --delta 6e-6 \\
          --target 7.89
        lightbox epsilon --q 0.01 --steps 1000 --sigma 1.1 --delta 1e-5 --group 4
      """)

  @Option(help: "Images (records) in the training set.")
  var n: Int?
  @Option(help: "Expected (logical) batch size.")
  var batch: Double?
  @Option(help: "Epochs; steps = epochs / q, rounded down.")
  var epochs: Double?
  @Option(help: "Sampling rate, instead of --n and --batch.")
  var q: Double?
  @Option(help: "Noisy updates, instead of --epochs.")
  var steps: Int?
  @Option(help: "Noise multiplier: noise standard deviation over clipping norm.")
  var sigma: Double?
  @Option(help: "Find the sigma that keeps epsilon at or below this.")
  var target: Double?
  @Option(help: "Delta of the statement; below 1/n.")
  var delta: Double
  @Option(help: "Records of one person, for the cost per person at the same delta.")
  var group: Int?
  @Option(help: "How batches are drawn: poisson, or shuffled (which is refused).")
  var sampling: String = "poisson"
  @Option(help: "Half-width that the grid may add to the PRV bounds.")
  var epsilonError: Double = 0.01
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try EpsilonReport(self).show(asJSON: json)
  }
}

/// What `lightbox epsilon` found.
struct EpsilonReport: Report {
  struct Cost: Encodable {
    var sigma: Double
    var rdp: RDPAccountant.Spent
    var prv: PRVAccountant.Spent
    /// μ of the Gaussian curve through (PRV upper ε, δ).
    var gdpMu: Double
    /// Central-limit μ: an approximation, not a bound.
    var centralLimitMu: Double
    /// N·μ, comparable across sizes.
    var matchedSignal: Double?
    var group: Group?
  }
  struct Group: Encodable {
    var size: Int
    /// (kε, δ′) of any mechanism with the PRV upper bound.
    var genericEpsilon: Double
    var genericDelta: Double
    /// Privacy loss of the binomial mixture at the same δ.
    var mixture: PRVAccountant.Spent
  }

  var mechanism = "Poisson-subsampled Gaussian"
  var adjacency = "add or remove one record"
  var images: Int?
  var epochs: Double?
  var samplingRate: Double
  var steps: Int
  var delta: Double
  var target: Double?
  /// With a sigma: one. With a target: the RDP-calibrated noise, then the PRV-calibrated.
  var costs: [String: Cost] = [:]
  var notes: [String] = []

  init(_ options: Epsilon) throws {
    guard let sampling = BatchSampling(rawValue: options.sampling) else {
      throw LightboxError(
        .usage, "--sampling \(options.sampling): expected poisson or shuffled")
    }
    guard options.epsilonError > 0 else {
      throw LightboxError(.usage, "--epsilon-error \(options.epsilonError): expected above 0")
    }
    guard (options.group ?? 1) >= 1 else {
      throw LightboxError(.usage, "--group \(options.group ?? 0): expected 1 or more records")
    }
    let rate: Double
    switch (options.q, options.n, options.batch) {
    case (let q?, _, nil): rate = q
    case (nil, let n?, let batch?) where n > 0: rate = batch / Double(n)
    default:
      throw LightboxError(
        .usage, "the sampling rate is not clear; give --n and --batch, or --q")
    }
    switch (options.steps, options.epochs) {
    case (let given?, nil): steps = given
    case (nil, let epochs?):
      steps = try SampledGaussian.steps(epochs: epochs, samplingRate: rate)
    default:
      throw LightboxError(.usage, "the steps are not clear; give one of --epochs and --steps")
    }
    samplingRate = rate
    images = options.n
    epochs = options.epochs
    delta = options.delta
    target = options.target

    let taken = steps
    func cost(_ sigma: Double) throws -> Cost {
      let phase = try SampledGaussian(
        samplingRate: rate, noiseMultiplier: sigma, steps: taken, sampling: sampling)
      let prv = try PRVAccountant([phase], epsilonError: options.epsilonError)
        .spent(delta: options.delta)
      let mu = try GaussianDP(epsilon: prv.upper, delta: options.delta)
      var cost = Cost(
        sigma: sigma, rdp: try RDPAccountant([phase]).spent(delta: options.delta), prv: prv,
        gdpMu: mu.mu, centralLimitMu: GaussianDP.centralLimit([phase]).mu,
        matchedSignal: options.n.map { mu.matchedSignal(images: $0) })
      if let size = options.group, size > 1 {
        let generic = try GroupPrivacy.bound(
          epsilon: prv.upper, delta: options.delta, groupSize: size)
        cost.group = Group(
          size: size, genericEpsilon: generic.epsilon, genericDelta: generic.delta,
          mixture: try GroupPrivacy.spent(
            [phase], groupSize: size, delta: options.delta, epsilonError: options.epsilonError))
      }
      return cost
    }
    switch (options.sigma, options.target) {
    case (let sigma?, nil): costs["given"] = try cost(sigma)
    case (nil, let target?):
      for accountant in PrivacyAccounting.allCases {
        let found = try NoiseCalibration.solve(
          targetEpsilon: target, delta: options.delta, samplingRate: rate, steps: steps,
          accountant: accountant, sampling: sampling)
        costs[accountant.rawValue] = try cost(found.noiseMultiplier)
      }
    default:
      throw LightboxError(
        .usage, "give one of --sigma (what it costs) and --target (what it needs)")
    }
    if let n = images, delta * Double(n) >= 1 {
      notes.append(
        "delta \(delta) is not below 1/n: publishing one record outright would satisfy it")
    }
    for (_, cost) in costs.sorted(by: { $0.key < $1.key }) {
      if cost.rdp.isAtEdge {
        notes.append("RDP order \(cost.rdp.order) is the last tried: PRV is the tighter statement")
      }
      if let mesh = cost.prv.mesh, mesh.epsilonError > options.epsilonError {
        notes.append("the PRV grid would not fit: bounds widened to \(mesh.epsilonError)")
      }
    }
  }

  func text() -> String {
    var lines = ["\(mechanism), \(adjacency), delta \(delta)"]
    let stepsFrom = epochs == nil ? "" : " (epochs / q, rounded down)"
    let size = images.map { "n \($0), " } ?? ""
    lines.append(
      "\(size)q \(Self.digits(samplingRate, 6)), \(steps) steps\(stepsFrom)")
    if let target { lines.append("target epsilon \(target)") }
    for (name, cost) in costs.sorted(by: { $0.key > $1.key }) {
      lines.append("")
      let origin = name == "given" ? "" : " (smallest for the \(name.uppercased()) accountant)"
      lines.append("sigma \(Self.digits(cost.sigma, 6))\(origin)")
      lines.append(
        "  RDP  epsilon \(Self.fixed(cost.rdp.epsilon))  order \(cost.rdp.order), Balle 2020"
          + (cost.rdp.droppedOrders.isEmpty
            ? "" : ", \(cost.rdp.droppedOrders.count) orders did not converge"))
      let bounds = "[\(Self.fixed(cost.prv.lower)), \(Self.fixed(cost.prv.upper))]"
      let how =
        cost.prv.mesh.map { "estimate \(Self.fixed(cost.prv.estimate)), \($0.size) points" }
        ?? "closed form"
      lines.append("  PRV  epsilon \(Self.fixed(cost.prv.upper))  true value in \(bounds), \(how)")
      let matched = cost.matchedSignal.map { ", n mu \(Self.digits($0, 4))" } ?? ""
      lines.append(
        "  GDP  mu \(Self.digits(cost.gdpMu, 4)) through the PRV upper bound\(matched); "
          + "central limit mu \(Self.digits(cost.centralLimitMu, 4)) (no bound)")
      if let group = cost.group {
        lines.append(
          "  group of \(group.size)  epsilon \(Self.fixed(group.mixture.upper)) at the same delta; "
            + "any mechanism: epsilon \(Self.fixed(group.genericEpsilon)) "
            + "at delta \(Self.digits(group.genericDelta, 3))")
      }
    }
    return (lines + notes.map { "note: \($0)" }).joined(separator: "\n")
  }

  private static func fixed(_ x: Double) -> String {
    let scaled = (x * 1e4).rounded()
    guard abs(scaled) < 1e15 else { return "\(x)" }
    let whole = Int(scaled)
    let tail = String(abs(whole) % 10_000)
    return "\(whole / 10_000)." + String(repeating: "0", count: 4 - tail.count) + tail
  }

  private static func digits(_ x: Double, _ count: Int) -> String {
    guard x != 0, x.isFinite else { return "\(x)" }
    let exponent = count - 1 - Int(log10(abs(x)).rounded(.down))
    // A power of ten divides more exactly than its inverse multiplies.
    let scale = pow(10, Double(abs(exponent)))
    let value = exponent >= 0 ? (x * scale).rounded() / scale : (x / scale).rounded() * scale
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
