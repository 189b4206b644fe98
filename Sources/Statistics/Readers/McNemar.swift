/// Two calls on the same cases compared: McNemar's test and the difference of their rates.
///
///     let paired = McNemar(firstOnly: 1, secondOnly: 7, pairs: 21)
///     paired.midPValue                 // 0.0391
///     try paired.interval()            // difference −0.286, −0.517 to −0.026
///
/// For one reader's sensitivity with and without help take his positive cases, for specificity the
/// negative ones. Several readers: adjust by `holm`; they share their cases, which Holm allows, and
/// nothing is said about other readers (for that, `ObuchowskiRockette`).
public struct McNemar: Sendable, Hashable, Codable {
  /// Pairs in which only the first call is right.
  public let firstOnly: Int
  /// Pairs in which only the second call is right.
  public let secondOnly: Int
  public let pairs: Int

  public init(firstOnly: Int, secondOnly: Int, pairs: Int) {
    precondition(
      firstOnly >= 0 && secondOnly >= 0 && firstOnly + secondOnly <= pairs,
      "firstOnly (\(firstOnly)) and secondOnly (\(secondOnly)) must fit in \(pairs) pairs")
    self.firstOnly = firstOnly
    self.secondOnly = secondOnly
    self.pairs = pairs
  }

  /// From whether each call is right, [case].
  public init(first: [Bool], second: [Bool]) {
    precondition(
      first.count == second.count,
      "first (count \(first.count)) must match second (count \(second.count))")
    var (b, c) = (0, 0)
    for i in first.indices where first[i] != second[i] {
      if first[i] { b += 1 } else { c += 1 }
    }
    self.init(firstOnly: b, secondOnly: c, pairs: first.count)
  }

  private var lesser: Int { min(firstOnly, secondOnly) }
  private var discordant: Distributions.Binomial {
    Distributions.Binomial(trials: firstOnly + secondOnly, probability: 0.5)
  }

  /// Exact conditional p-value 2 P(X ≤ min(b, c)), X binomial over the discordant pairs, at most 1.
  /// Its size is at most the nominal one and often far below.
  public var pValue: Double {
    firstOnly == secondOnly ? 1 : min(1, 2 * discordant.cdf(Double(lesser)))
  }

  /// Mid-p: the exact p-value less P(X = min(b, c)); 1 − P(X = b)/2 where b = c, 1 without
  /// discordant pairs. Closer to its nominal size, which it does not guarantee.
  /// Reference: Fagerland, Lydersen and Laake 2013, doi:10.1186/1471-2288-13-91.
  public var midPValue: Double {
    guard firstOnly + secondOnly > 0 else { return 1 }
    let x = Double(lesser)
    let mass = discordant.cdf(x) - discordant.cdf(x - 1)
    return firstOnly == secondOnly ? 1 - mass / 2 : 2 * discordant.cdf(x) - mass
  }

  /// Rate of the first call less rate of the second, (b − c)/n.
  ///
  /// - Throws: `Undefined` without pairs.
  public var difference: Double {
    get throws(Undefined) {
      guard pairs > 0 else { throw Undefined("no pairs") }
      return Double(firstOnly - secondOnly) / Double(pairs)
    }
  }

  /// Tango's score interval of the difference: the δ with |b − c − nδ| ≤ z √(n(2q + δ(1 − δ))), q the
  /// probability of a pair where only the second is right, most likely under δ:
  /// q = (√(B² − 4AC) − B)/2A, A = 2n, B = −b − c + (2n − b + c)δ, C = −cδ(1 − δ).
  ///
  /// It stays inside −1...1, also without discordant pairs. Reference: Tango 1998,
  /// doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B.
  ///
  /// - Throws: `Undefined` without pairs.
  public func interval(level: Double = 0.95) throws(Undefined) -> Interval {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let observed = try difference
    let (b, c, n) = (Double(firstOnly), Double(secondOnly), Double(pairs))
    let z = Distributions.Normal().quantile((1 + level) / 2)
    /// (b − c − nδ)/√(…), which falls in δ; infinite at −1 and 1.
    func score(_ delta: Double) -> Double {
      let linear = (2 * n - b + c) * delta - b - c
      let root = max(0, linear * linear + 8 * n * c * delta * (1 - delta)).squareRoot()
      let q = (root - linear) / (4 * n)
      let variance = n * (2 * q + delta * (1 - delta))
      let excess = b - c - n * delta
      return excess == 0 ? 0 : excess / max(0, variance).squareRoot()
    }
    let low = observed == -1 ? -1 : root(from: -1, to: observed) { score($0) - z }
    let high = observed == 1 ? 1 : root(from: observed, to: 1) { score($0) + z }
    return Interval(low: low ?? -1, high: high ?? 1)
  }
}
