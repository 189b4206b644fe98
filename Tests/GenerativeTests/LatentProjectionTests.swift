import Autodiff
import Generative
import Kernels
import Networks
import Tensors
import Testing

@Suite struct LatentProjectionTests {
  static let shape = StyleConfiguration(
    styles: 4, features: [8, 8, 8], mappingLayers: 2, channels: 1)

  /// A generator of 16x16 pictures at its random start, which noise reaches where asked for.
  static func generator(noisy: Bool = false) -> StyleGenerator<Float> {
    var stream = RandomStream(21)
    let generator = StyleGenerator<Float>(shape, stream: &stream)
    for parameter in generator.parameters where parameter.name.hasSuffix(".nz") && noisy {
      parameter.value = Tensor(0.1)
    }
    return generator
  }

  /// Features of a discriminator at its random start.
  static func features() throws -> PerceptualFeatures {
    var stream = RandomStream(22)
    let judge = StyleDiscriminator<Float>(shape, stream: &stream)
    return try discriminatorFeatures(shape, weights: judge.weights)
  }

  /// Styles [count, 4] of random latents.
  static func styles(_ count: Int, of generator: StyleGenerator<Float>) -> Tensor<Float> {
    var stream = RandomStream(23).child("latents")
    let latents = Tensor<Float>(shape: [count, 4]) { stream.fillNormal($0) }
    return generator.withoutGradients { generator.styles(Variable(latents)).value }
  }

  static func pictures(
    _ styles: Tensor<Float>, of generator: StyleGenerator<Float>
  ) -> Tensor<Float> {
    generator.withoutGradients { generator.pictures(Variable(styles)).value }
  }

  @Test("Rate and exploration follow the published ramps")
  func ramps() {
    let plan = ProjectionPlan.published
    // Half of the warm-up of 50 steps; the plateau; half of the last 250, where cos(π / 2) = 0.
    let rates: [(step: Int, rate: Double)] = [
      (0, 0), (25, 0.05), (50, 0.1), (500, 0.1), (750, 0.1), (875, 0.05),
    ]
    for (step, rate) in rates {
      #expect(abs(plan.learningRate(step: step) - rate) < 1e-15, "step \(step)")
    }
    // (1 - 1/2)² = 1/4 half-way through the first 750 steps.
    #expect(plan.exploration(step: 0) == 0.05)
    #expect(abs(plan.exploration(step: 375) - 0.0125) < 1e-15)
    #expect(plan.exploration(step: 750) == 0 && plan.exploration(step: 999) == 0)
    #expect(ProjectionPlan.refinement().steps == 60)
    #expect(ProjectionPlan.refinement().exploration(step: 0) == 0)
  }

  @Test("The resemblance of a noise map to itself, in closed form")
  func autocorrelation() {
    func value(_ side: Int, _ pixel: (_ row: Int, _ column: Int) -> Double) -> Double {
      let numbers = (0..<side * side).map { pixel($0 / side, $0 % side) }
      return noiseAutocorrelation(
        Variable(Tensor<Double>(shape: [1, 1, side, side], numbers))
      ).item
    }
    // A map of c resembles itself fully: c⁴ for either shift, at 32, 16 and 8 pixels.
    #expect(value(4) { _, _ in 2 } == 2 * 16)
    #expect(value(8) { _, _ in 2 } == 2 * 16)
    #expect(value(32) { _, _ in 2 } == 6 * 16)
    // A chessboard is its own opposite; halved it is gone.
    #expect(value(8) { ($0 + $1) % 2 == 0 ? 1 : -1 } == 2)
    #expect(value(16) { ($0 + $1) % 2 == 0 ? 1 : -1 } == 2)
    // Columns in turn: against a shift by a column -1, by a row 1.
    #expect(value(8) { $1 % 2 == 0 ? 1 : -1 } == 2)
    // One pixel of 8 among zeros meets only zeros.
    #expect(value(8) { $0 == 3 && $1 == 5 ? 8 : 0 } == 0)
    // Two neighbours across the edge meet once in 64: the shift wraps round.
    #expect(value(8) { $0 == 3 && ($1 == 0 || $1 == 7) ? 1 : 0 } == 1.0 / 4096)
  }

  @Test("Equal styles at all places draw what one style draws, with the sum of its slopes")
  func everyPlace() {
    var stream = RandomStream(31)
    let generator = StyleGenerator<Double>(Self.shape, stream: &stream)
    var numbers = RandomStream(32)
    let one = Variable(
      Tensor<Double>(shape: [2, 4], (0..<8).map { _ in 0.3 * numbers.normal() }),
      requiresGradient: true)
    #expect(Self.shape.stylePlaces == 6 && Self.shape.noiseSides == [4, 8, 8, 16, 16])
    let repeated = one.value.reshaped([2, 1, 4]).broadcast(to: [2, 6, 4])
    let every = Variable(repeated, requiresGradient: true)
    let (a, b) = (generator.pictures(one), generator.pictures(every))
    #expect(a.value == b.value)
    let whole = gradients(of: sum(square(a)), at: [one])[0]
    let parts = gradients(of: sum(square(b)), at: [every])[0]
    // Sums of the same numbers in another order; 1e-12 is 4,000 roundings of the largest.
    let scale = parts.elements.map { abs($0) }.max()!
    for (x, y) in zip(whole.elements, parts.sum(axes: [1]).elements) {
      #expect(abs(x - y) <= 1e-12 * scale)
    }
    // Every place has a say.
    let strength = parts.elements.indices.reduce(into: [Double](repeating: 0, count: 6)) {
      $0[$1 / 4 % 6] += abs(parts.elements[$1])
    }
    #expect(strength.allSatisfy { $0 > 0 })
  }

  @Test("Means and deviations of styles are those of the same latents, one by one")
  func statistics() {
    let generator = Self.generator()
    let statistics = StyleStatistics(of: generator, count: 50, stream: RandomStream(5))
    var stream = RandomStream(5).child("latents")
    let latents = Tensor<Float>(shape: [50, 4]) { stream.fillNormal($0) }
    let styles = generator.styles(Variable(latents)).value.elements.map { Double($0) }
    var total = 0.0
    for place in 0..<4 {
      let column = (0..<50).map { styles[4 * $0 + place] }
      let mean = column.reduce(0, +) / 50
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 50
      total += variance
      // Half a unit in the last place of a Float, and the order of the sums.
      #expect(abs(Double(statistics.mean.elements[place]) - mean) <= 0x1p-23 * abs(mean))
      let deviation = variance.squareRoot()
      #expect(abs(Double(statistics.deviations.elements[place]) - deviation) <= 0x1p-23 * deviation)
    }
    #expect(abs(statistics.deviation - total.squareRoot()) < 1e-12)
    #expect(abs(statistics.coordinateDeviation - total.squareRoot() / 2) < 1e-12)
  }

  @Test("A generated picture is found again: picture and style")
  func recovery() {
    let generator = Self.generator()
    let statistics = StyleStatistics(of: generator, stream: RandomStream(5))
    let styles = Self.styles(3, of: generator)
    let plan = ProjectionPlan(steps: 120, perceptualWeight: 0, pixelWeight: 1)
    let found = LatentProjector(
      generator, plan: plan, statistics: statistics, features: nil
    ).project(Self.pictures(styles, of: generator), stream: RandomStream(6))
    #expect(found.count == 3 && found.styles.shape == [3, 4] && found.noiseMaps.isEmpty)
    for picture in 0..<3 {
      let range = picture..<picture + 1
      let truth = styles.slice(axis: 0, range: range)
      let start = (truth - statistics.mean).squaredNorm.squareRoot()
      let end = (truth - found.styles.slice(axis: 0, range: range)).squaredNorm.squareRoot()
      let losses = found.losses[picture]
      #expect(losses.count == 121 && losses == found.distances[picture])
      // An independent implementation in NumPy, with generators of its own, ends at 1e-5 of the loss
      // and .006 of the distance.
      #expect(losses[120] < losses[0] / 100, "\(losses[0]) to \(losses[120])")
      #expect(end < start / 10, "\(start) to \(end)")
    }
  }

  @Test("Discriminator features alone bring the picture nearer, in W and in W+")
  func perceptual() throws {
    let generator = Self.generator()
    let statistics = StyleStatistics(of: generator, stream: RandomStream(5))
    let pictures = Self.pictures(Self.styles(2, of: generator), of: generator)
    for space in [ProjectionPlan.Space.single, .everyPlace] {
      let plan = ProjectionPlan(steps: 60, exploration: 0, space: space)
      let found = LatentProjector(
        generator, plan: plan, statistics: statistics, features: try Self.features()
      ).project(pictures, stream: RandomStream(6))
      #expect(found.styles.shape == (space == .single ? [2, 4] : [2, 6, 4]))
      for losses in found.losses {
        #expect(losses[60] < losses[0] / 10, "\(space): \(losses[0]) to \(losses[60])")
      }
    }
  }

  @Test("A picture's projection depends on nothing that is projected beside it")
  func independence() throws {
    let generator = Self.generator(noisy: true)
    let statistics = StyleStatistics(of: generator, stream: RandomStream(5))
    let pictures = Self.pictures(Self.styles(5, of: generator), of: generator)
    let start = Tensor<Float>(shape: [5, 4], (0..<20).map { 0.01 * Float($0) })
    let names = ["a", "b", "c", "d", "e"]
    let plan = ProjectionPlan(
      steps: 6, rateUnit: .absolute, noise: .optimized(weight: 10), pixelWeight: 0.5)
    let projector = LatentProjector(
      generator, plan: plan, statistics: statistics, features: try Self.features())
    func project(_ rows: [Int]) -> LatentProjection {
      projector.project(
        pictures.gathered(rows: rows), from: start.gathered(rows: rows),
        names: rows.map { names[$0] }, stream: RandomStream(9))
    }
    let all = project([0, 1, 2, 3, 4])
    for rows in [[3], [4, 0], [2, 1, 3]] {
      let some = project(rows)
      #expect(some.styles == all.styles.gathered(rows: rows))
      #expect(some.losses == rows.map { all.losses[$0] })
      #expect(some.distances == rows.map { all.distances[$0] })
      for (few, many) in zip(some.noiseMaps, all.noiseMaps) {
        #expect(few == many.gathered(rows: rows))
      }
    }
    #expect(all.noiseMaps.map(\.shape) == [4, 8, 8, 16, 16].map { [5, 1, $0, $0] })
    for map in all.noiseMaps {
      for picture in 0..<5 {
        let numbers = map.slice(axis: 0, range: picture..<picture + 1)
        let count = Double(numbers.count)
        let total = numbers.elements.reduce(0.0) { $0 + Double($1) }
        #expect(abs(total / count) < 1e-6)
        #expect(abs(numbers.squaredNorm / count - 1) < 1e-6)
      }
    }
    // The noise maps' part is positive; another stream draws other maps.
    #expect(zip(all.losses[0], all.distances[0]).allSatisfy { $0 > $1 })
    let other = projector.project(pictures, from: start, names: names, stream: RandomStream(10))
    #expect(other.losses != all.losses)
  }

  @Test("The first step's rate is 0: a projection of one step stays where it starts")
  func firstStep() {
    let generator = Self.generator(noisy: true)
    let statistics = StyleStatistics(of: generator, stream: RandomStream(5))
    let styles = Self.styles(2, of: generator)
    let plan = ProjectionPlan(
      steps: 1, exploration: 0, noise: .constant, perceptualWeight: 0, pixelWeight: 1)
    let projector = LatentProjector(
      generator, plan: plan, statistics: statistics, features: nil)
    let pictures = Self.pictures(styles, of: generator)
    let found = projector.project(pictures, from: styles, stream: RandomStream(9))
    #expect(found.styles == styles)
    // Constant maps are the same for both pictures, and are not those of no noise.
    #expect(found.losses.allSatisfy { $0[0] == $0[1] && $0[0] > 0 })
    let mean = projector.project(pictures, stream: RandomStream(9))
    #expect(mean.styles == statistics.mean.reshaped([1, 4]).broadcast(to: [2, 4]))
  }

  @Test("Pictures of styles are the generator's, at byte levels, each by itself")
  func synthesis() {
    let generator = Self.generator(noisy: true)
    let styles = Self.styles(3, of: generator)
    let made = stylePictures(generator, styles: styles)
    let raw = Self.pictures(styles, of: generator)
    #expect(made.shape == [3, 1, 16, 16])
    for (level, pixel) in zip(made.elements, raw.elements) {
      // Half a level of 2/255, and roundings.
      #expect(abs(level - max(-1, min(1, pixel))) <= 1 / 255 + 1e-5)
    }
    #expect(
      stylePictures(generator, styles: styles.gathered(rows: [2, 0]))
        == made.gathered(rows: [2, 0]))
    let maps = Self.shape.noiseSides.map { Tensor<Float>(repeating: 3, shape: [1, 1, $0, $0]) }
    let noisy = stylePictures(generator, styles: styles, noiseMaps: maps)
    #expect(noisy != made)
    let each = maps.map { $0.broadcast(to: [3] + $0.shape.dropFirst()) }
    #expect(stylePictures(generator, styles: styles, noiseMaps: each) == noisy)
  }

  @Test("A discriminator's maps shrink level by level, and weights of another are refused")
  func maps() throws {
    let pictures = Self.pictures(Self.styles(3, of: Self.generator()), of: Self.generator())
    let maps = try Self.features()(Variable(pictures))
    #expect(maps.map(\.shape) == [[3, 8, 16, 16], [3, 8, 8, 8], [3, 8, 4, 4]])
    #expect(maps.allSatisfy { !$0.requiresGradient })
    var wide = Self.shape
    wide.features = [8, 8, 6]
    var stream = RandomStream(1)
    let other = StyleDiscriminator<Float>(wide, stream: &stream).weights
    #expect(throws: LightboxError.self) { try discriminatorFeatures(Self.shape, weights: other) }
  }
}
