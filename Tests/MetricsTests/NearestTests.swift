import Kernels
import Metrics
import Statistics
import Tensors
import Testing

/// Against NumPy, SciPy and scikit-learn (Tests/Outside/two_samples.py).
@Suite struct NearestTests {
  let fake = features(280, 24, offset: 1000, gain: 1.1, shift: 0.05)
  let training = features(300, 24)
  let heldOut = features(300, 24, offset: 11000)

  @Test func trainingAgainstHeldOut() throws {
    let found = try NearestTraining(generated: fake, training: training, heldOut: heldOut)
    #expect(found.count == 280 && found.reals == 300)
    // Sums of 280 distances of 24 squares each.
    let bound = 304 * 0x1p-53
    #expect(near(found.training.distances.reduce(0, +), 413.29643501087963, bound))
    #expect(near(found.heldOut.distances.reduce(0, +), 406.80622406924545, bound))
    #expect(found.training.indices.reduce(0, +) == 40758)
    #expect(found.heldOut.indices.reduce(0, +) == 39470)
    let nearer = try found.nearer
    #expect(nearer.successes == 121 && nearer.trials == 280)
    #expect(near(try found.signTest, 0.026846214100562753, 1e-12))
    #expect(near(try found.difference.pValue(), 0.013474031146569367, 1e-10))
    // A hundred thousand exchanges drawn by NumPy: their standard deviation errs by 1/√(2·10^5).
    #expect(found.share.value == 121.0 / 280)
    #expect(near(found.share.standardError, 0.03571622676823448, 4 / (2e5).squareRoot()))
    #expect(found.ratios.filter { $0 < 1 }.count == 121)
  }

  /// A copier with a little noise is found, with as many copies as were planted; two samples that
  /// know nothing of the training set are not, in the number of cases that the level allows.
  @Test func plantedCopier() throws {
    var stream = RandomStream(5)
    func sample(_ n: Int) -> Tensor<Float> {
      Tensor(shape: [n, 16]) { stream.fillNormal($0) }
    }
    let (training, heldOut, fresh) = (sample(400), sample(400), sample(400))
    var copied = fresh.elements
    for i in 0..<100 * 16 { copied[i] = training.elements[i] + 0.01 * Float(stream.normal()) }
    let copier = try NearestTraining(
      generated: Tensor(shape: [400, 16], copied), training: training, heldOut: heldOut)
    #expect(copier.copies(below: 0.1) == 100)
    #expect(copier.share.pValue(against: 0.5) < 1e-4)
    #expect(try copier.difference.value < 0)
    // Without copying p is uniform: of 200 independent draws some 10 lie below .05, and more than
    // 22 with a probability of 3e-4 (binomial).
    let small = (0..<200).filter { _ in
      let found = try! NearestTraining(
        generated: sample(60), training: sample(40), heldOut: sample(40))
      return found.share.pValue(against: 0.5) < 0.05
    }
    #expect(small.count <= 22, "\(small.count)")
  }

  /// A generator that draws one picture over and over is not 400 trials.
  @Test func oneModeIsOneTrial() throws {
    var stream = RandomStream(6)
    let training = Tensor<Float>(shape: [50, 8]) { stream.fillNormal($0) }
    let heldOut = Tensor<Float>(shape: [50, 8]) { stream.fillNormal($0) }
    let one = (0..<400).flatMap { _ in (0..<8).map { _ in Float(0.001 * stream.normal()) } }
    let found = try NearestTraining(
      generated: Tensor(shape: [400, 8], one), training: training, heldOut: heldOut)
    // All 400 have one neighbour: c = 400 at one of 100 reals, variance (50/2)(400² − 400²/100)/99/
    // 400² = 1/4.
    #expect([0, 1].contains(found.share.value))
    #expect(near(found.share.standardError, 0.5, 1e-14))
    #expect(try found.signTest < 1e-100)
  }

  /// Exact copies of a vector in both sets are ties.
  @Test func ties() throws {
    let found = try NearestTraining(
      generated: rows(training, 0..<10), training: training,
      heldOut: Tensor(shape: [300, 24], Array(training.elements.reversed())))
    #expect(found.share.value == 1 && found.ratios.allSatisfy { $0 == 0 })
    let tied = try NearestTraining(generated: fake, training: training, heldOut: training)
    #expect(tied.share.value == 0.5 && tied.ratios.allSatisfy { $0 == 1 })
    #expect(throws: Undefined.self) { try tied.nearer }
  }

  /// Distances are those of Double where Float cannot tell them apart, and the first of equal ones
  /// counts, whatever the tile it lies in.
  @Test(arguments: ["offset", "clusters", "copies"]) func exactDecisions(_ kind: String) throws {
    var x = features(150, 8).elements
    var y = features(1300, 8, offset: 4000).elements
    switch kind {
    case "offset":
      x = x.map { $0 + 300 }
      y = y.map { $0 + 300 }
    case "clusters":
      for i in x.indices { x[i] = Float(i / 8 % 3) * 50 + x[i] * 1e-3 }
      for i in y.indices { y[i] = Float(i / 8 % 3) * 50 + y[i] * 1e-3 }
    default:
      for i in 0..<100 * 8 { y[600 * 8 + i] = y[i] }
      for i in 0..<50 * 8 { x[i] = y[i] }
    }
    let (a, b) = (Tensor<Float>(shape: [150, 8], x), Tensor<Float>(shape: [1300, 8], y))
    let found = try NearestReferences(of: a, among: b)
    let within = try NearestReferences(within: b)
    func nearest(_ x: [Float], _ row: Int, skipping: Int?) -> (Int, Double) {
      var best = (0, Double.infinity)
      for j in 0..<1300 where j != skipping {
        let square = (0..<8).reduce(0.0) {
          let difference = Double(x[row * 8 + $1]) - Double(y[j * 8 + $1])
          return $0 + difference * difference
        }
        if square < best.1 { best = (j, square) }
      }
      return best
    }
    for row in 0..<150 {
      let (index, square) = nearest(x, row, skipping: nil)
      #expect(found.indices[row] == index, "\(kind) \(row)")
      #expect(abs(found.distances[row] - square.squareRoot()) <= 8 * 0x1p-53 * square.squareRoot())
      #expect(within.indices[row * 8] == nearest(y, row * 8, skipping: row * 8).0)
    }
    let serial = try Parallel.serially { try NearestReferences(of: a, among: b) }
    #expect(serial.indices == found.indices && serial.distances == found.distances)
  }

  /// scikit-learn's nearest neighbours of both sets together.
  @Test func leaveOneOut() throws {
    let fakes = features(300, 24, offset: 1000, gain: 1.1, shift: 0.05)
    let found = try LeaveOneOutNeighbour(real: training, fake: fakes)
    #expect(found.real == 214.0 / 300 && found.fake == 141.0 / 300)
    #expect(throws: Undefined.self) { try LeaveOneOutNeighbour(real: training, fake: fake) }
    // Copies lie on their reals: nobody's neighbour is of the own set.
    let copies = Tensor<Float>(shape: [300, 24], training.elements.map { $0 + 1e-4 })
    #expect(try LeaveOneOutNeighbour(real: training, fake: copies).accuracy == 0)
  }

  @Test func refusals() {
    #expect(throws: Undefined("300 training against 280 held-out vectors: sizes must be equal")) {
      try NearestTraining(generated: fake, training: training, heldOut: fake)
    }
    #expect(throws: Undefined.self) { try NearestReferences(within: rows(fake, 0..<1)) }
  }
}
