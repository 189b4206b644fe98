import Kernels
import Testing

/// Streams: names, independence, distributions. Seeds are fixed, so a test that passes always
/// passes; limits are four or five standard errors of the statistic.
@Suite struct RandomStreamTests {
  /// Frozen draws: a change of algorithm would change every committed result.
  @Test func childrenAreStable() {
    var a = RandomStream(42).child("train").child("epsilon=1.06").child(3)
    var b = RandomStream(42).child("train").child("epsilon=1.06").child("3")
    let first = (0..<5).map { _ in a.next() }
    #expect(first == (0..<5).map { _ in b.next() })
    var parent = RandomStream(42)
    let before = parent.child("x").key
    _ = parent.next()
    #expect(parent.child("x").key == before)
    var other = RandomStream(43).child("train").child("epsilon=1.06").child(3)
    #expect(first[0] != other.next())
  }

  /// Correlation of uniform draws of siblings: standard error 1 / √n.
  @Test func siblingsAreIndependent() {
    let n = 20_000
    var streams = (0..<6).map { RandomStream(1).child("pair").child($0) }
    let draws = (0..<6).map { i in (0..<n).map { _ in streams[i].uniform() - 0.5 } }
    for i in 0..<6 {
      for j in 0..<i {
        let r = zip(draws[i], draws[j]).reduce(0) { $0 + $1.0 * $1.1 } * 12 / Double(n)
        #expect(abs(r) < 4 / Double(n).squareRoot(), "streams \(i) and \(j): \(r)")
      }
    }
  }

  /// The first four moments; the standard error of the mean of x^k is √(E x^2k - (E x^k)²) / √n.
  func expectNormalMoments(_ draws: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    let n = Double(draws.count)
    for (power, moment, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      var total = 0.0
      for x in draws {
        var p = x
        for _ in 1..<power { p *= x }
        total += p
      }
      let limit = 4 * (variance / n).squareRoot()
      #expect(
        abs(total / n - moment) < limit, "moment \(power): \(total / n)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func normalMoments() {
    var stream = RandomStream(5).child("normal")
    expectNormalMoments((0..<100_000).map { _ in stream.normal() })
  }

  /// Sizes are binomial: mean n q and variance n q (1 - q); every index has the same chance.
  @Test func poissonSubsamples() {
    var stream = RandomStream(9).child("poisson")
    let (count, rate, rounds) = (500, 0.06, 4000)
    var hits = [Int](repeating: 0, count: count)
    var sizes: [Double] = []
    for _ in 0..<rounds {
      let sample = stream.poissonSubsample(count: count, rate: rate)
      #expect(zip(sample, sample.dropFirst()).allSatisfy { $0 < $1 })
      sizes.append(Double(sample.count))
      for index in sample { hits[index] += 1 }
    }
    let mean = sizes.reduce(0, +) / Double(rounds)
    let variance = sizes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rounds - 1)
    let expected = Double(count) * rate * (1 - rate)
    #expect(abs(mean - Double(count) * rate) < 4 * (expected / Double(rounds)).squareRoot())
    #expect(abs(variance / expected - 1) < 4 * (2 / Double(rounds)).squareRoot())
    let each = Double(rounds) * rate
    let worst = hits.map { abs(Double($0) - each) }.max()!
    #expect(worst < 5 * (each * (1 - rate)).squareRoot())
    #expect(stream.poissonSubsample(count: 10, rate: 0).isEmpty)
    #expect(stream.poissonSubsample(count: 10, rate: 1) == Array(0..<10))
  }

  /// Chi-square over 7 cells; mean 6, standard deviation √12.
  @Test func integers() {
    var stream = RandomStream(2).child("integers")
    var cells = [Double](repeating: 0, count: 7)
    for _ in 0..<70_000 { cells[stream.integer(below: 7)] += 1 }
    let chi = cells.reduce(0) { $0 + ($1 - 10_000) * ($1 - 10_000) / 10_000 }
    #expect(chi < 6 + 4 * 12.0.squareRoot())
  }
}
