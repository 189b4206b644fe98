import Foundation
import Kernels
import Privacy
import Testing

/// q, σ, T, δ and what an outside accountant gave.
struct AccountedRun: Sendable, CustomStringConvertible {
  var q, sigma: Double
  var steps: Int
  var delta: Double
  var rdp: Double
  var order: Double
  /// Tight value: dp-accounting's PLD.
  var pld: Double
  /// Opacus 1.6 PRVAccountant, ε_err .01, δ_err δ/1000: the middle of its three numbers.
  var prv: Double
  var description: String { "q \(q), sigma \(sigma), \(steps) steps" }

  var phase: SampledGaussian {
    get throws { try SampledGaussian(samplingRate: q, noiseMultiplier: sigma, steps: steps) }
  }

  /// RDP: orders 1.1 … 10.9, 12 … 63, agreeing with 30-digit quadrature, and equal to Opacus
  /// 1.6.0 RDPAccountant on the same orders. PLD: dp-accounting, add and remove, Poisson.
  static let reference: [AccountedRun] = [
    .init(
      q: 0.01, sigma: 1, steps: 1000, delta: 1e-5, rdp: 2.101365, order: 7.8, pld: 1.828244,
      prv: 1.828239574994156),
    .init(
      q: 0.01, sigma: 1.1, steps: 1000, delta: 1e-5, rdp: 1.711770, order: 9.6, pld: 1.515370,
      prv: 1.5153654929838125),
    .init(
      q: 0.01, sigma: 4, steps: 10000, delta: 1e-5, rdp: 1.035490, order: 17, pld: 0.946999,
      prv: 0.9468727494267969),
    .init(
      q: 256.0 / 60000, sigma: 1.1, steps: 14100, delta: 1e-5, rdp: 2.600343, order: 8.1,
      pld: 2.385211, prv: 2.385124189267805),
    .init(
      q: 0.05, sigma: 1, steps: 400, delta: 1e-5, rdp: 7.419864, order: 3.5, pld: 6.699970,
      prv: 6.699969452581236),
    .init(
      q: 0.1, sigma: 1.5, steps: 300, delta: 1e-4, rdp: 6.042174, order: 3.6, pld: 5.441820,
      prv: 5.4418206687427615),
    .init(
      q: 0.064, sigma: 1.2, steps: 500, delta: 1e-3, rdp: 5.820597, order: 3.0, pld: 5.100596,
      prv: 5.100595662029101),
    .init(
      q: 0.05, sigma: 0.8, steps: 200, delta: 1e-3, rdp: 6.153580, order: 2.6, pld: 5.145901,
      prv: 5.1459012351250335),
    .init(
      q: 1, sigma: 10, steps: 10, delta: 1e-5, rdp: 1.308497, order: 14, pld: 1.199370,
      prv: 1.1993744971340294),
    // The simulation of 10,000 images in batches of 500, 40 epochs; Opacus 1.6.0 and
    // dp-accounting 0.4 (mesh 1e-4).
    .init(
      q: 0.05, sigma: 15.4, steps: 800, delta: 6e-5, rdp: 0.29946479596269215, order: 39,
      pld: 0.266041320893214, prv: 0.2660328325283729),
    .init(
      q: 0.05, sigma: 5.25, steps: 800, delta: 6e-5, rdp: 0.9992358198398594, order: 14,
      pld: 0.8981649362101495, prv: 0.8981614474158719),
    .init(
      q: 0.05, sigma: 2.91, steps: 800, delta: 6e-5, rdp: 1.9959129045421264, order: 8.4,
      pld: 1.8043711413700811, prv: 1.8043689078104652),
    .init(
      q: 0.05, sigma: 1.71, steps: 800, delta: 6e-5, rdp: 3.9863850899841684, order: 5.1,
      pld: 3.613236411827375, prv: 3.61323488380825),
    .init(
      q: 0.05, sigma: 1.11, steps: 800, delta: 6e-5, rdp: 7.932564908028095, order: 3.2,
      pld: 7.1784510719473165, prv: 7.178449929981211),
  ]

  /// 153,502 images, batches of 128, 100 epochs, δ 6e-6; same programs.
  static let paper: [AccountedRun] = [
    (3.86, 0.28968299878303044, 54, 0.26830284451421316, 0.2634494687621472),
    (2.24, 0.5402322853117851, 31, 0.4964276042940945, 0.49355708078237565),
    (1.33, 1.0578644221161915, 18, 0.9722295300116994, 0.970591993949826),
    (0.9, 2.0267433323920176, 9.9, 1.8602059622128289, 1.8592444908379646),
    (0.65, 4.803996475870044, 4.6, 4.265148226189736, 4.264674234008474),
    (0.57, 7.819372337596831, 3.3, 6.943987455911787, 6.943663760980228),
  ].map {
    AccountedRun(
      q: 128.0 / 153502, sigma: $0.0, steps: 119_923, delta: 6e-6, rdp: $0.1, order: $0.2,
      pld: $0.3, prv: $0.4)
  }
}

@Suite struct RDPAccountantTests {
  @Test(arguments: AccountedRun.reference + AccountedRun.paper)
  func matchesReference(run: AccountedRun) throws {
    let spent = try RDPAccountant([run.phase]).spent(delta: run.delta)
    // Half a digit of the six printed, with room for the last bits of the long rows.
    #expect(abs(spent.epsilon - run.rdp) < 1e-6)
    #expect(spent.order == run.order)
    #expect(!spent.isAtEdge)
  }

  /// The digest's planning values at the paper's scale name σ to two decimals.
  @Test(arguments: [
    (0.29, 3.86), (0.54, 2.24), (1.06, 1.33), (2.04, 0.90), (4.71, 0.65), (7.89, 0.57),
  ])
  func calibratesThePaper(target: Double, sigma: Double) throws {
    let q = 128.0 / 153502
    let steps = try SampledGaussian.steps(epochs: 100, samplingRate: q)
    #expect(steps == 119_923)
    let found = try NoiseCalibration.solve(
      targetEpsilon: target, delta: 6e-6, samplingRate: q, steps: steps, accountant: .rdp)
    #expect(found.epsilon <= target)
    // One unit of the second decimal: σ was rounded to two, ε printed to two.
    #expect(abs(found.noiseMultiplier - sigma) < 0.01)
    let again = try SampledGaussian(
      samplingRate: q, noiseMultiplier: found.noiseMultiplier, steps: steps)
    #expect(try RDPAccountant([again]).epsilon(delta: 6e-6) <= target)
  }

  /// Opacus 1.6.0 get_noise_multiplier(accountant="rdp", epsilon_tolerance=1e-4), q .05, 40
  /// epochs, δ 6e-5; it may sit up to 1e-4 in ε above the smallest σ.
  @Test(arguments: [
    (0.3, 15.3759765625), (1, 5.24658203125), (2, 2.905120849609375), (4, 1.7059516906738281),
    (8, 1.1049079895019531),
  ])
  func calibratesLikeOpacus(target: Double, sigma: Double) throws {
    let found = try NoiseCalibration.solve(
      targetEpsilon: target, delta: 6e-5, samplingRate: 0.05, steps: 800, accountant: .rdp,
      tolerance: 1e-5)
    #expect(abs(found.noiseMultiplier / sigma - 1) < 1e-3)
    #expect(found.epsilon <= target)
    #expect(target - found.epsilon <= 1e-5)
  }

  @Test func composesPhases() throws {
    let phases = [
      try SampledGaussian(samplingRate: 0.01, noiseMultiplier: 1, steps: 500),
      try SampledGaussian(samplingRate: 0.02, noiseMultiplier: 2, steps: 800),
      try SampledGaussian(samplingRate: 0.005, noiseMultiplier: 0.8, steps: 200),
    ]
    // Opacus 1.6.0 RDPAccountant, the same history.
    let spent = try RDPAccountant(phases).spent(delta: 1e-5)
    #expect(abs(spent.epsilon - 2.360352492739671) < 1e-9)
    #expect(spent.order == 6.4)
  }

  /// A(α) of an integer order by the finite sum and of its neighbours by the series must join.
  @Test(arguments: [(0.01, 1.0), (0.05, 0.8), (0.3, 2.0), (0.0008, 0.57)])
  func seriesJoinsFiniteSum(q: Double, sigma: Double) throws {
    for order in [2.0, 3, 5, 8] {
      let below = try #require(
        RenyiDivergence.value(order: order - 1e-6, samplingRate: q, noiseMultiplier: sigma))
      let at = try #require(
        RenyiDivergence.value(order: order, samplingRate: q, noiseMultiplier: sigma))
      let above = try #require(
        RenyiDivergence.value(order: order + 1e-6, samplingRate: q, noiseMultiplier: sigma))
      // ρ is increasing, and smooth over 1e-6; e^−30 is what the series leaves out.
      #expect(below <= at + 1e-12 && at <= above + 1e-12)
      #expect(abs((below + above) / 2 - at) <= 1e-9 * at + 1e-12)
    }
  }

  @Test func fullBatchIsClosedForm() {
    let rho = RenyiDivergence.value(order: 3.5, samplingRate: 1, noiseMultiplier: 2)
    #expect(rho == 3.5 / 8)
  }

  /// Little noise: the series of orders near 1 decay as slowly as i^−3; what does not converge
  /// is left out, and what is left is still a bound.
  @Test func dropsOrdersInsteadOfGuessing() throws {
    let phase = try SampledGaussian(samplingRate: 0.01, noiseMultiplier: 0.05, steps: 1)
    let spent = try RDPAccountant([phase]).spent(delta: 1e-5)
    for order in spent.droppedOrders {
      #expect(
        RenyiDivergence.value(order: order, samplingRate: 0.01, noiseMultiplier: 0.05) == nil)
    }
    #expect(spent.epsilon.isFinite)
  }

  @Test func deltaInvertsEpsilon() throws {
    let run = RDPAccountant([
      try SampledGaussian(samplingRate: 0.01, noiseMultiplier: 1, steps: 1000)
    ])
    let epsilon = try run.epsilon(delta: 1e-5)
    // The same order minimises both ways at the point itself.
    #expect(abs(try run.delta(epsilon: epsilon) / 1e-5 - 1) < 1e-9)
  }

  @Test func movesTheRightWay() throws {
    func epsilon(_ q: Double, _ sigma: Double, _ steps: Int, _ delta: Double) throws -> Double {
      try RDPAccountant([
        SampledGaussian(samplingRate: q, noiseMultiplier: sigma, steps: steps)
      ]).epsilon(delta: delta)
    }
    let base = try epsilon(0.02, 1.2, 500, 1e-5)
    #expect(try epsilon(0.03, 1.2, 500, 1e-5) > base)
    #expect(try epsilon(0.02, 1.3, 500, 1e-5) < base)
    #expect(try epsilon(0.02, 1.2, 501, 1e-5) > base)
    #expect(try epsilon(0.02, 1.2, 500, 1e-4) < base)
  }

  @Test func refusesWhatItCannotBound() throws {
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "nothing thrown"
      } catch let error as LightboxError {
        #expect(error.kind == .usage)
        return error.description
      } catch {
        return "other error: \(error)"
      }
    }
    func phase(_ q: Double, _ sigma: Double, _ steps: Int = 10) -> String {
      message {
        _ = try SampledGaussian(samplingRate: q, noiseMultiplier: sigma, steps: steps)
      }
    }
    #expect(phase(0.1, 0).contains("noise multiplier 0.0"))
    #expect(phase(0.1, -1).contains("noise multiplier -1.0"))
    #expect(phase(0.1, .nan).contains("noise multiplier nan"))
    #expect(phase(0, 1).contains("sampling rate 0.0"))
    #expect(phase(1.5, 1).contains("sampling rate 1.5"))
    #expect(phase(-0.1, 1).contains("sampling rate -0.1"))
    #expect(phase(0.1, 1, 0).contains("steps 0"))
    #expect(
      message {
        _ = try SampledGaussian(
          samplingRate: 0.1, noiseMultiplier: 1, steps: 10, sampling: .shuffled)
      }.contains("Poisson"))
    let run = try SampledGaussian(samplingRate: 0.1, noiseMultiplier: 1, steps: 10)
    for delta in [0.0, 1, -0.1, .nan] {
      #expect(message { _ = try RDPAccountant([run]).spent(delta: delta) }.contains("delta"))
      #expect(message { _ = try PRVAccountant([run]).spent(delta: delta) }.contains("delta"))
    }
    #expect(
      message {
        _ = try NoiseCalibration.solve(
          targetEpsilon: 0, delta: 1e-5, samplingRate: 0.1, steps: 10, accountant: .rdp)
      }.contains("target epsilon 0.0"))
  }
}
