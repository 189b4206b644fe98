import Autodiff
import Kernels
import Networks
import Tensors

/// How latent pictures are drawn from a denoiser: noise is taken away along falling times.
///
/// From time t to the next visited time s, with the predicted noise ε̂ and a normal n:
///
///     x̂_0 = (x_t - √(1 - ᾱ_t) ε̂) / √ᾱ_t,   σ = η √((1 - ᾱ_s) / (1 - ᾱ_t) · (1 - ᾱ_t / ᾱ_s))
///     x_s = √ᾱ_s x̂_0 + √(1 - ᾱ_s - σ²) ε̂ + σ n
///
/// and x̂_0 itself after the last, t = 0. η = 1, the released setting, draws noise anew at every step;
/// η = 0 is deterministic. No held-in x̂_0. Guidance w ≠ 1: ε̂ = ε̂_u + w (ε̂_c - ε̂_u).
///
/// The released script draws with 150 or more steps, metrics with w = 1, figures with w = 8.
/// Song et al. 2021, doi:10.48550/arXiv.2010.02502, eq. 12 and 16; Ho and Salimans 2022,
/// doi:10.48550/arXiv.2207.12598, eq. 6 with w + 1 written as w.
public struct DiffusionSampler: Codable, Hashable, Sendable {
  /// What guidance moves away from.
  public enum Unconditional: String, Codable, Hashable, Sendable {
    /// The prediction without a label.
    case dropped
    /// The prediction for the other of two classes.
    case oppositeClass
  }

  /// Visited times, 2 or more.
  public var steps: Int
  /// η.
  public var eta: Double
  /// w; 1 is none, 0 with dropped labels is unconditional drawing.
  public var guidance: Double
  public var unconditional: Unconditional
  /// The schedule of the training.
  public var noise: NoiseSchedule

  public init(
    steps: Int, eta: Double = 1, guidance: Double = 1, unconditional: Unconditional = .dropped,
    noise: NoiseSchedule = NoiseSchedule()
  ) {
    precondition(
      (2...noise.times).contains(steps), "steps (\(steps)) must lie in 2...\(noise.times)")
    precondition((0...1).contains(eta), "eta (\(eta)) must lie in 0...1")
    self.steps = steps
    self.eta = eta
    self.guidance = guidance
    self.unconditional = unconditional
    self.noise = noise
  }

  /// Latent pictures [label, ...shape], one for each label.
  ///
  /// Picture i draws from `stream.child(i)` and from nothing else: the same stream with other labels
  /// gives pictures that differ by the label alone, and the batch size changes no draw. Batches
  /// run in parallel; the denoiser must not change meanwhile.
  public func sample(
    _ denoiser: LabelledDenoiser<Float>, labels: [Int], shape: [Int], stream: RandomStream,
    batch: Int
  ) -> Tensor<Float> {
    precondition(
      unconditional == .dropped || denoiser.configuration.classes == 2,
      "the opposite class needs two classes, there are \(denoiser.configuration.classes)")
    return denoiser.withFrozenWeights {
      inBatches(of: batch, count: labels.count) { range in
        drawn(
          denoiser, labels: Array(labels[range]), shape: shape,
          streams: range.map { stream.child($0) })
      }
    }
  }

  private func drawn(
    _ denoiser: LabelledDenoiser<Float>, labels: [Int], shape: [Int], streams: [RandomStream]
  ) -> Tensor<Float> {
    var streams = streams
    let full = [labels.count] + shape
    var x = Self.normal(full, &streams)
    let times = noise.visited(steps: steps)
    for place in times.indices.reversed() {
      let found = predicted(denoiser, x, time: times[place], labels: labels)
      let step = Step(
        from: noise.kept[times[place]], to: place == 0 ? 1 : noise.kept[times[place - 1]],
        eta: place == 0 ? 0 : eta)
      let fresh = step.fresh == 0 ? nil : Self.normal(full, &streams)
      step.move(&x, found, fresh)
    }
    return x
  }

  /// ε̂ at one time.
  private func predicted(
    _ denoiser: LabelledDenoiser<Float>, _ x: Tensor<Float>, time: Int, labels: [Int]
  ) -> Tensor<Float> {
    let times = [Double](repeating: Double(time), count: labels.count)
    let opposite = unconditional == .dropped ? nil : labels.map { 1 - $0 }
    func noise(_ labels: [Int]?) -> Tensor<Float> {
      denoiser(Variable(x), times: times, labels: labels).value
    }
    if guidance == 1 { return noise(labels) }
    var free = noise(opposite)
    if guidance == 0 { return free }
    let told = noise(labels)
    free = free * Float(1 - guidance)
    free.add(told, scale: Float(guidance))
    return free
  }

  /// Row i from stream i.
  private static func normal(_ shape: [Int], _ streams: inout [RandomStream]) -> Tensor<Float> {
    let width = shape.dropFirst().reduce(1, *)
    return Tensor(shape: shape) { numbers in
      for i in streams.indices {
        streams[i].fillNormal(
          UnsafeMutableBufferPointer(rebasing: numbers[i * width..<(i + 1) * width]))
      }
    }
  }

  /// x_s = signal · x_t + noise · ε̂ + fresh · n.
  package struct Step {
    package let signal, noise, fresh: Double

    /// `from` is ᾱ_t, `to` ᾱ_s.
    package init(from now: Double, to next: Double, eta: Double) {
      fresh = eta * ((1 - next) / (1 - now) * (1 - now / next)).squareRoot()
      signal = (next / now).squareRoot()
      noise =
        max(0, 1 - next - fresh * fresh).squareRoot() - signal * (1 - now).squareRoot()
    }

    func move(_ x: inout Tensor<Float>, _ found: Tensor<Float>, _ drawn: Tensor<Float>?) {
      x = x * Float(signal)
      x.add(found, scale: Float(noise))
      if let drawn { x.add(drawn, scale: Float(fresh)) }
    }
  }
}
