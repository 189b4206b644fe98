import Foundation
import Kernels

/// Privacy cost by numerical composition of privacy-loss distributions, with error bounds.
///
/// The loss of each step is put on a grid, convolved with itself by the FFT, and the phases with
/// one another; both directions (record removed, record added) go through one complex transform.
/// δ(ε) = E[(1 − e^{ε−Y})₊] of the worse direction; ε at δ by bisection on the grid and the closed
/// form within a cell. Phases of full batches alone (q = 1) use the analytic Gaussian instead.
/// Gopi, Lee and Wutschitz 2021, arXiv 2106.02848; Koskela, Jälkö and Honkela 2020, arXiv 1906.03049.
///
///     let run = try SampledGaussian(samplingRate: 0.01, noiseMultiplier: 1.1, steps: 1000)
///     try PRVAccountant([run]).spent(delta: 1e-5).estimate   // 1.5154
public struct PRVAccountant: Sendable {
  public let phases: [SampledGaussian]
  /// ε_err asked for: half the width that the grid may add to the bounds.
  public let epsilonError: Double
  /// δ_err over δ.
  public let relativeDeltaError: Double
  /// Records that change together; 1 is the usual record-level statement.
  public let groupSize: Int

  /// ε with its bounds.
  public struct Spent: Sendable, Codable, Hashable {
    /// The true ε is at least this.
    public var lower: Double
    public var estimate: Double
    /// The true ε is at most this: the number to state.
    public var upper: Double
    public var delta: Double
    /// The grid used; nil for the closed form.
    public var mesh: PRVMesh?
  }

  /// δ with its bounds.
  public struct SpentDelta: Sendable, Codable, Hashable {
    public var lower: Double
    public var estimate: Double
    public var upper: Double
    public var epsilon: Double
    public var mesh: PRVMesh?
  }

  /// An accountant with Opacus' errors: ε_err = .01 and δ_err = δ/1000.
  public init(
    _ phases: [SampledGaussian], epsilonError: Double = 0.01, relativeDeltaError: Double = 1e-3,
    groupSize: Int = 1
  ) {
    precondition(!phases.isEmpty, "phases must not be empty")
    precondition(epsilonError > 0, "epsilonError (\(epsilonError)) must be positive")
    precondition(
      relativeDeltaError > 0 && relativeDeltaError < 1,
      "relativeDeltaError (\(relativeDeltaError)) must lie between 0 and 1")
    precondition(groupSize >= 1, "groupSize (\(groupSize)) must be positive")
    self.phases = phases
    self.epsilonError = epsilonError
    self.relativeDeltaError = relativeDeltaError
    self.groupSize = groupSize
  }

  /// ε at δ, lower ≤ true ≤ upper.
  ///
  /// - Throws: `LightboxError` (usage) for δ outside (0, 1), for an ε in the thousands, and where
  ///   δ is so small that the rounding of the transforms would decide.
  public func spent(delta: Double) throws -> Spent {
    try SampledGaussian.check(delta: delta)
    if let gaussian = closedForm {
      let epsilon = try gaussian.epsilon(delta: delta)
      return Spent(lower: epsilon, estimate: epsilon, upper: epsilon, delta: delta, mesh: nil)
    }
    let (curves, mesh) = try compose(deltaError: delta * relativeDeltaError)
    let error = mesh.deltaError
    let rest = delta - error
    guard rest > 0 else { throw Self.tooSmall(delta, mesh) }
    func worst(_ delta: Double) -> Double { curves.map { $0.epsilon(delta: delta) }.max()! }
    return Spent(
      lower: max(0, worst(delta + error) - mesh.epsilonError),
      estimate: max(0, worst(delta)),
      upper: max(0, worst(rest) + mesh.epsilonError), delta: delta, mesh: mesh)
  }

  /// The upper bound on ε at δ: what a statement may claim.
  public func epsilon(delta: Double) throws -> Double { try spent(delta: delta).upper }

  /// δ at ε, lower ≤ true ≤ upper; `deltaError` bounds what the truncation may give away.
  public func delta(epsilon: Double, deltaError: Double = 1e-9) throws -> SpentDelta {
    try SampledGaussian.check(epsilon: epsilon)
    try SampledGaussian.check(delta: deltaError)
    if let gaussian = closedForm {
      let delta = gaussian.delta(epsilon: epsilon)
      return SpentDelta(lower: delta, estimate: delta, upper: delta, epsilon: epsilon, mesh: nil)
    }
    let (curves, mesh) = try compose(deltaError: deltaError)
    func worst(_ epsilon: Double) -> Double { curves.map { $0.delta(epsilon: epsilon) }.max()! }
    return SpentDelta(
      lower: max(0, worst(epsilon + mesh.epsilonError) - mesh.deltaError),
      estimate: min(1, max(0, worst(epsilon))),
      upper: min(1, worst(epsilon - mesh.epsilonError) + mesh.deltaError), epsilon: epsilon,
      mesh: mesh)
  }

  /// The Gaussian that full-batch phases equal; a group of k moves the mean k times as far.
  private var closedForm: GaussianDP? {
    guard phases.allSatisfy({ $0.samplingRate == 1 }) else { return nil }
    let sum = phases.reduce(0.0) {
      $0 + Double($1.steps) / ($1.noiseMultiplier * $1.noiseMultiplier)
    }
    return GaussianDP(mu: Double(groupSize) * sum.squareRoot())
  }

  private static func tooSmall(_ delta: Double, _ mesh: PRVMesh) -> LightboxError {
    LightboxError(
      .usage,
      "delta \(delta): the rounding of the transforms (\(mesh.rounding)) would decide; use a "
        + "larger delta, or the RDP accountant")
  }

  // MARK: Composition

  private func compose(deltaError: Double) throws -> ([PrivacyLossCurve], PRVMesh) {
    let joined = SampledGaussian.joined(phases)
    let losses = joined.map {
      (
        loss: PrivacyLoss(
          samplingRate: $0.samplingRate, noiseMultiplier: $0.noiseMultiplier, groupSize: groupSize),
        steps: $0.steps
      )
    }
    var mesh = try PRVMesh(losses: losses, epsilonError: epsilonError, deltaError: deltaError)
    var spectrum = PairSpectrum(size: mesh.size)
    var shifts = (removing: 0.0, adding: 0.0)
    for (loss, steps) in losses {
      let step = DiscreteLoss(loss, mesh: mesh)
      guard max(abs(step.removingShift), abs(step.addingShift)) <= mesh.spacing else {
        throw LightboxError(
          .software, "the discretised privacy loss has lost its mean; report sigma and q")
      }
      shifts.removing += Double(steps) * step.removingShift
      shifts.adding += Double(steps) * step.addingShift
      spectrum.multiply(by: step, power: steps)
    }
    let masses = spectrum.inverse()
    let removing = PrivacyLossCurve(
      circular: masses.removing, spacing: mesh.spacing, shift: shifts.removing,
      low: mesh.removingLow)
    let adding = PrivacyLossCurve(
      circular: masses.adding, spacing: mesh.spacing, shift: shifts.adding, low: mesh.addingLow)
    mesh.rounding = max(removing.rounding, adding.rounding)
    // A sixth of δ_err is kept for rounding; more than that widens the bounds.
    mesh.deltaError = max(deltaError, deltaError * 5 / 6 + mesh.rounding)
    return ([removing, adding], mesh)
  }
}
