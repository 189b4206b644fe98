import Kernels
import Statistics
import Tensors

/// How often the nearest other vector of the two sets together is of the same set.
///
/// One half for two samples of one distribution, 1 where the sets lie apart, *below* one half
/// where fakes sit on top of reals (copies), and the two parts tell too little spread (fakes among
/// fakes) from too much. Sets must be of equal size. A vector is no independent trial, so no
/// interval is given: print the real-real value beside.
/// Reference: Lopez-Paz and Oquab 2017, doi:10.48550/arXiv.1610.06545.
public struct LeaveOneOutNeighbour: Sendable, Codable, Hashable {
  /// Share of reals whose nearest other vector is real; ties count as halves.
  public let real: Double
  /// Share of fakes whose nearest other vector is a fake.
  public let fake: Double
  /// Vectors in either set.
  public let n: Int

  /// The mean of both shares.
  public var accuracy: Double { (real + fake) / 2 }

  /// - Parameters:
  ///   - real: [n, d]
  ///   - fake: [n, d]
  /// - Throws: `Undefined` with sets of unequal sizes, fewer than two vectors in one, features that
  ///   are not finite, or unequal d.
  public init(real: Tensor<Float>, fake: Tensor<Float>) throws(Undefined) {
    let (n, m, _) = try Features.checkedPair(real, fake, atLeast: 2)
    guard n == m else { throw Undefined("\(n) real against \(m) fake vectors: must be equal") }
    self.n = n
    func share(_ own: NearestReferences, _ other: NearestReferences) -> Double {
      let wins = zip(own.distances, other.distances).reduce(0.0) {
        $0 + ($1.0 < $1.1 ? 1 : $1.0 > $1.1 ? 0 : 0.5)
      }
      return wins / Double(own.distances.count)
    }
    self.real = share(
      try NearestReferences(within: real), try NearestReferences(of: real, among: fake))
    self.fake = share(
      try NearestReferences(within: fake), try NearestReferences(of: fake, among: real))
  }
}
