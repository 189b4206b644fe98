// hide
import Foundation
import LightboxStudy

// show

//: ### Training what reads films
//: One loop for the classifier of grades and for the supervised networks: shuffled epochs, Adam, a
//: cosine, films moved a little or a lot.

/// How films are changed before a step.
struct Augmentation: Codable, Hashable {
  var degrees, shear: Double
  /// Shift as a share of the side; half the range of the scale; that of contrast and level.
  var shift, scale, jitter: Double
  var flips: Bool

  /// As published: ± 25°, a fifth, .8 to 1.2, 10° of shear, jitter .3, mirrored half of the time.
  static let published = Augmentation(
    degrees: 25, shear: 10, shift: 0.2, scale: 0.2, jitter: 0.3, flips: true)
  /// What two visits differ by: a few degrees and pixels. Nothing is mirrored: medial stays medial.
  static let mild = Augmentation(
    degrees: 4, shear: 0, shift: 0.03, scale: 0.03, jitter: 0.1, flips: false)

  /// Changed films [film, 1, side, side]; beyond the border the border is repeated.
  func callAsFunction(_ pictures: Tensor<Float>, _ stream: RandomStream) -> Tensor<Float> {
    let side = pictures.shape[2]
    let source = pictures.elements
    var result = source
    for film in 0..<pictures.shape[0] {
      var draw = stream.child(film)
      func symmetric(_ reach: Double) -> Double { draw.uniform(in: -1...1) * reach }
      let turn = symmetric(degrees) * .pi / 180
      let lean = tan(symmetric(shear) * .pi / 180)
      let (dx, dy) = (symmetric(shift) * Double(side), symmetric(shift) * Double(side))
      let size = 1 / (1 + symmetric(scale))
      let (contrast, level) = (1 + symmetric(jitter), symmetric(jitter))
      let mirror = flips && draw.bernoulli(0.5) ? -1.0 : 1.0
      let middle = Double(side - 1) / 2
      let (cosine, sine) = (cos(turn) * size, sin(turn) * size)
      let base = film * side * side
      for row in 0..<side {
        for column in 0..<side {
          let (x, y) = (mirror * (Double(column) - middle), Double(row) - middle)
          let u = min(
            Double(side) - 1.001, max(0, cosine * (x + lean * y) - sine * y + middle + dx))
          let v = min(
            Double(side) - 1.001, max(0, sine * (x + lean * y) + cosine * y + middle + dy))
          let (i, j) = (Int(u), Int(v))
          let (a, b) = (Float(u - Double(i)), Float(v - Double(j)))
          let at = base + j * side + i
          let upper = source[at] + a * (source[at + 1] - source[at])
          let lower = source[at + side] + a * (source[at + side + 1] - source[at + side])
          let value = upper + b * (lower - upper)
          result[base + row * side + column] = min(
            1, max(-1, value * Float(contrast) + Float(level)))
        }
      }
    }
    return Tensor(shape: pictures.shape, result)
  }
}

/// How a network is fitted.
struct FittingPlan: Codable, Hashable {
  var epochs: Int
  var batch = 32
  var learningRate: Double
  var weightDecay = 0.0
  var augmentation: Augmentation
  /// Projected gradient ascent on the pixels before every step: radius and steps; 0 steps for none.
  var radius: Float = 0
  var attackSteps = 0
}

/// A fitting between two epochs.
struct FittingState: Codable {
  var epoch = 0
  var weights: Weights<Float>
  var optimizer: Optimizer<Float>
  /// The best epoch by the validation loss, where one is looked at.
  var best: Weights<Float>?
  var bestLoss: Double?
  var bestEpoch = 0
}

/// Fits a network in place; `loss` gives the losses [row] of logits for the given films.
///
/// With `validation`, the weights of the epoch with its smallest value are put back at the end.
/// Returns that epoch, or the last. Attacks are PGD within `radius` in the sup norm from a random
/// start, and attacked films count as much as clean ones (Madry et al. 2018,
/// doi:10.48550/arXiv.1706.06083). A network with two batch normalisations sees attacked films
/// through the second one; attacks are sought against its running statistics, so that they leave
/// these alone.
func fit(
  _ network: any Network<Float>, on pictures: Tensor<Float>, _ plan: FittingPlan,
  stream: RandomStream, checkpoint: CheckpointStore? = nil,
  loss: (Variable<Float>, [Int]) -> Variable<Float>, validation: (() -> Double)? = nil,
  progress: (Int) -> Void = { _ in }
) throws -> Int {
  let count = pictures.shape[0]
  let batches = PictureBatches(count: count, size: min(plan.batch, count), stream: stream)
  let steps = plan.epochs * batches.stepsPerEpoch
  var state =
    try checkpoint?.load(FittingState.self)
    ?? FittingState(
      weights: network.weights,
      optimizer: Optimizer(
        .adam(), weightDecay: plan.weightDecay, shapes: network.parameters.map(\.shape)))
  try network.load(state.weights, source: "the fitting's checkpoint")
  let dual = network as? DualNormResNet<Float>
  for epoch in state.epoch..<max(state.epoch, plan.epochs) {
    for within in 0..<batches.stepsPerEpoch {
      let step = epoch * batches.stepsPerEpoch + within
      let rows = batches.batch(step: step)
      let own = stream.child("step").child(step)
      let films = plan.augmentation(pictures.gathered(rows: rows), own.child("augmentation"))
      dual?.isTraining = true
      var total = mean(loss(network(Variable(films)), rows))
      if plan.attackSteps > 0 {
        dual?.route = .attacked
        dual?.isTraining = false
        let worst = attacked(films, plan, own.child("attack")) { loss(network($0), rows) }
        dual?.isTraining = true
        total =
          affine(total, scale: 0.5)
          + affine(
            mean(loss(network(Variable(worst)), rows)), scale: 0.5)
        dual?.route = .clean
      }
      dual?.isTraining = false
      state.optimizer.update(
        network.parameters,
        gradients: gradients(of: total, at: network.variables, freeingGraph: true),
        learningRate: plan.learningRate * LearningRateSchedule.cosine.factor(step: step, of: steps))
    }
    state.epoch = epoch + 1
    if let value = validation?(), value < state.bestLoss ?? .infinity {
      (state.best, state.bestLoss, state.bestEpoch) = (network.weights, value, epoch + 1)
    }
    state.weights = network.weights
    try checkpoint?.save(state)
    progress(epoch + 1)
  }
  guard validation != nil, let best = state.best else { return state.epoch }
  try network.load(best, source: "the best epoch")
  return state.bestEpoch
}

/// Films moved within a radius to where the loss is larger.
func attacked(
  _ films: Tensor<Float>, _ plan: FittingPlan, _ stream: RandomStream,
  _ loss: (Variable<Float>) -> Variable<Float>
) -> Tensor<Float> {
  var draw = stream
  let start = films.elements
  func held(_ values: [Float]) -> Tensor<Float> {
    Tensor(
      shape: films.shape,
      zip(start, values).map { origin, value in
        min(1, max(-1, min(origin + plan.radius, max(origin - plan.radius, value))))
      })
  }
  var moved = held(start.map { $0 + plan.radius * Float(draw.uniform(in: -1...1)) })
  for _ in 0..<plan.attackSteps {
    let input = Variable(moved, requiresGradient: true)
    let slope = gradients(of: sum(loss(input)), at: [input], freeingGraph: true)[0]
    moved = held(
      zip(moved.elements, slope.elements).map { value, gradient in
        value + (gradient > 0 ? 1 : gradient < 0 ? -1 : 0) * plan.radius / 2
      })
  }
  return moved
}
