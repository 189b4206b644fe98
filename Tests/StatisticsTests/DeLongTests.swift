import Foundation
import Kernels
import Statistics
import Testing

/// Van Dyke's study: ratings[treatment − 1][reader − 1][case], truth[case].
struct VanDyke {
  static let path = ProcessInfo.processInfo.environment["LIGHTBOX_DATA"].map {
    $0 + "/mrmc/vandyke_ratings.csv"
  }
  static var isPresent: Bool { path.map { FileManager.default.fileExists(atPath: $0) } ?? false }

  var ratings = [[[Double]]](
    repeating: [[Double]](repeating: [Double](repeating: .nan, count: 114), count: 5), count: 2)
  var truth = [Bool](repeating: false, count: 114)

  init() throws {
    let text = try String(contentsOfFile: Self.path!, encoding: .utf8)
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",").map { Int($0)! }
      ratings[fields[1] - 1][fields[0] - 1][fields[2] - 1] = Double(fields[4])
      truth[fields[2] - 1] = fields[3] == 1
    }
  }
}

/// DeLong's variance from the matrix of all pairs.
func slowDeLong(_ a: [Double], _ b: [Double], _ labels: [Bool]) -> Double {
  func components(_ s: [Double]) -> (pos: [Double], neg: [Double]) {
    let x = s.indices.filter { labels[$0] }.map { s[$0] }
    let y = s.indices.filter { !labels[$0] }.map { s[$0] }
    func psi(_ p: Double, _ q: Double) -> Double { p > q ? 1 : (p == q ? 0.5 : 0) }
    return (
      x.map { p in y.map { psi(p, $0) }.reduce(0, +) / Double(y.count) },
      y.map { q in x.map { psi($0, q) }.reduce(0, +) / Double(x.count) }
    )
  }
  func covariance(_ u: [Double], _ v: [Double]) -> Double {
    let n = Double(u.count)
    let mu = u.reduce(0, +) / n
    let mv = v.reduce(0, +) / n
    return zip(u, v).map { ($0 - mu) * ($1 - mv) }.reduce(0, +) / (n - 1) / n
  }
  let first = components(a)
  let second = components(b)
  return covariance(first.pos, second.pos) + covariance(first.neg, second.neg)
}

@Suite struct DeLongTests {
  /// Sums of n rounded terms on either side: relative error below 4n units in the last place.
  func tolerance(_ n: Int) -> Double { 4 * Double(n) * 0x1p-53 }

  @Test(arguments: [2.0, 8, 1e9])
  func agreesWithAllPairs(levels: Double) throws {
    let (a, labels) = simulated(150, levels: levels, seed: 11)
    var stream = RandomStream(12)
    let b = a.map { ($0 + 3 * stream.normal()).rounded() }
    let result = try deLong(scores: [a, b], labels: labels)
    for (i, x) in [a, b].enumerated() {
      for (j, y) in [a, b].enumerated() {
        #expect(
          close(result.covariance[i][j], slowDeLong(x, y, labels), relative: tolerance(150)))
      }
    }
  }

  /// X = {2, 3}, Y = {1, 2}: V10 = {3/4, 1}, V01 = {1, 3/4}; AUROC 7/8 and each class gives
  /// (1/32)/2, together 1/32.
  @Test func handWorked() throws {
    let result = try deLong(scores: [[2, 3, 1, 2]], labels: [true, true, false, false])
    #expect(result.aurocs == [0.875])
    #expect(result.covariance == [[0.03125]])
  }

  @Test func labelSwapAndMonotoneTransform() throws {
    let (scores, labels) = simulated(200, seed: 5)
    let value = try deLong(scores: [scores], labels: labels).covariance[0][0]
    let swapped = try deLong(scores: [scores], labels: labels.map { !$0 }).covariance[0][0]
    let stretched = try deLong(scores: [scores.map { exp($0) }], labels: labels).covariance[0][0]
    #expect(close(value, swapped, relative: tolerance(200)))
    #expect(value == stretched)
  }

  /// scikit-learn 1.9.1 roc_auc_score per treatment and reader; DeLong variances from the matrix
  /// of all pairs with numpy.cov.
  @Test(.enabled(if: VanDyke.isPresent, "LIGHTBOX_DATA does not hold mrmc/vandyke_ratings.csv"))
  func vanDyke() throws {
    let data = try VanDyke()
    let result = try deLong(scores: data.ratings[0] + data.ratings[1], labels: data.truth)
    let aurocs = [
      0.9196457326892109, 0.8587761674718196, 0.903864734299517, 0.973107890499195,
      0.8297906602254428, 0.9478260869565218, 0.9053140096618357, 0.9217391304347826,
      0.9993558776167472, 0.9299516908212561,
    ]
    let variances = [
      0.0008961210453317483, 0.0013062105487901688, 0.0007892421128641895,
      0.0002965794140617357, 0.0017187615419161759, 0.00048403216218924756,
      0.0008771618479168797, 0.0008749861523006068, 5.140410229141792e-07, 0.0006777156643719523,
    ]
    for k in 0..<10 {
      // trapezoids summed against one division: a few units in the last place.
      #expect(abs(result.aurocs[k] - aurocs[k]) <= 8 * 0x1p-53)
      #expect(close(result.covariance[k][k], variances[k], relative: tolerance(114)))
    }
    #expect(close(result.covariance[0][5], 0.0003684357484844284, relative: tolerance(114)))
  }

  @Test func logitInterval() throws {
    let (scores, labels) = simulated(200, seed: 6)
    let result = try deLong(scores: [scores], labels: labels)
    let interval = result.interval()
    let a = result.aurocs[0]
    // Symmetric on the logit scale, by definition.
    func logit(_ p: Double) -> Double { log(p / (1 - p)) }
    let half = 1.959963984540054 * result.estimate().standardError / (a * (1 - a))
    #expect(abs(logit(interval.high) - logit(a) - half) <= 1e-13)
    #expect(abs(logit(a) - logit(interval.low) - half) <= 1e-13)
  }

  /// Perfect separation of 20 and 30: (.025)^(1/20), the lower Clopper-Pearson bound of 20 of 20.
  @Test func exactBoundAtOne() throws {
    let scores = (0..<50).map { Double($0) }
    let labels = (0..<50).map { $0 >= 30 }
    let result = try deLong(scores: [scores], labels: labels)
    let exact = try Proportion(successes: 20, trials: 20).clopperPearson()
    #expect(close(result.interval().low, exact.low))
    #expect(result.interval().high == 1)
    let worst = try deLong(scores: [scores.map { -$0 }], labels: labels)
    #expect(close(worst.interval().high, 1 - exact.low))
  }

  @Test func singletonClustersAreDeLong() throws {
    let (a, labels) = simulated(120, seed: 7)
    let b = a.reversed().map { $0 }
    let plain = try deLong(scores: [a, b], labels: labels)
    let clustered = try clusteredDeLong(
      scores: [a, b], labels: labels, clusters: Clusters(singletons: 120))
    for i in 0..<2 {
      for j in 0..<2 {
        #expect(
          abs(plain.covariance[i][j] - clustered.covariance[i][j])
            <= tolerance(120) * plain.covariance[0][0])
      }
    }
    #expect(plain.disjointPairs == clustered.disjointPairs)
  }

  /// Every case entered k times under its own cluster carries no new information: the AUROC stays,
  /// and so does the clustered variance; DeLong's shrinks about k-fold.
  @Test func copiesCarryNoInformation() throws {
    let (scores, labels) = simulated(100, seed: 8)
    let once = try deLong(scores: [scores], labels: labels)
    let names = (0..<400).map { $0 / 4 }
    let four = try clusteredDeLong(
      scores: [names.map { scores[$0] }], labels: names.map { labels[$0] },
      clusters: Clusters(names))
    #expect(close(four.aurocs[0], once.aurocs[0], relative: 0x1p-52))
    #expect(close(four.covariance[0][0], once.covariance[0][0], relative: tolerance(400)))
  }

  @Test func pairedTest() throws {
    let (a, labels) = simulated(150, seed: 9)
    let result = try deLong(scores: [a, a.map { 2 * $0 }], labels: labels)
    // The same ranks: no difference, no error, p = 1.
    #expect(result.difference(0, 1).value == 0)
    #expect(result.difference(0, 1).pValue() == 1)
    #expect(throws: Undefined("only one positive case: no variance")) {
      try deLong(scores: [[1, 2, 3]], labels: [true, false, false])
    }
  }
}
