import Kernels

/// Multi-reader multi-case analysis by Dorfman, Berbaum and Metz: analysis of variance of
/// jackknife pseudovalues, with Hillis' degrees of freedom.
///
/// The pseudovalue of case k for modality i and reader j is Y_ijk = θ̂_ij + (N − 1)(θ̄_ij(·) −
/// θ̂_ij(k)), θ̂_ij(k) the figure without case k and θ̄_ij(·) the mean of these (normalised
/// pseudovalues: their mean is θ̂_ij). Modalities are fixed; with mean squares of the three-way table,
///
///     F = MS(T)/E,  E = MS(TR) + max(MS(TC) − MS(TRC), 0),  df t − 1 and E²(t − 1)(r − 1)/MS(TR)²
///
/// which is the Obuchowski-Rockette F with jackknife covariances. With clusters, whole clusters are
/// left out and stand for the cases.
/// References: Dorfman, Berbaum and Metz 1992, doi:10.1097/00004424-199209000-00015; Hillis,
/// Berbaum and Metz 2008, doi:10.1016/j.acra.2007.12.015.
public struct DorfmanBerbaumMetz: Sendable, Codable {
  /// Mean squares by effect: T modality, R reader, C case.
  public struct MeanSquares: Sendable, Hashable, Codable {
    public var t, r, c, tr, tc, rc, trc: Double
  }
  /// ANOVA estimates of the variances of the pseudovalues; they may be negative. `rest` is
  /// Var(TRC) + Var(error), which one reading cannot tell apart.
  public struct Components: Sendable, Hashable, Codable {
    public var reader, caseVariance, modalityReader, modalityCase, readerCase, rest: Double
  }

  public let meanSquares: MeanSquares
  public let components: Components
  public let statistic: Double
  public let numeratorDegrees: Double
  /// nil where MS(TR) is negligible and F is χ²/(t − 1).
  public let denominatorDegrees: Double?
  public let pValue: Double

  /// - Throws: `Undefined` with fewer than two modalities or readers, where `ReaderPerformance`
  ///   does, and where the error term is 0.
  /// - Complexity: O(t r N n log n) at most, N units of n cases.
  public init(
    _ ratings: CrossedRatings, figure: ReaderFigure = .auroc
  ) throws(Undefined) {
    guard ratings.modalities.count > 1 else { throw Undefined("one modality: nothing to compare") }
    guard ratings.readers.count > 1 else { throw Undefined("one reader: readers have no variance") }
    let performance = try ReaderPerformance(ratings, figure: figure)
    var statistics: [WeightedStatistic] = []
    for one in ratings.scores { statistics.append(try figure.statistic(one, ratings.truth)) }
    let left = try ReaderPerformance.leaveOneOut(statistics, ratings.units)
    let n = Double(left.count)
    let values = performance.values.flatMap { $0 }
    let pseudo = values.indices.map { s -> [Double] in
      let mean = left.reduce(0) { $0 + $1[s] } / n
      return left.map { values[s] + (n - 1) * (mean - $0[s]) }
    }
    let (t, r) = (ratings.modalities.count, ratings.readers.count)
    let squares = Self.meanSquares(pseudo, t: t, r: r)
    meanSquares = squares
    let (m, j) = (Double(t), Double(r))
    components = Components(
      reader: (squares.r - squares.tr - squares.rc + squares.trc) / (m * n),
      caseVariance: (squares.c - squares.tc - squares.rc + squares.trc) / (m * j),
      modalityReader: (squares.tr - squares.trc) / n,
      modalityCase: (squares.tc - squares.trc) / j, readerCase: (squares.rc - squares.trc) / m,
      rest: squares.trc)
    let error = squares.tr + max(squares.tc - squares.trc, 0)
    // Rounding alone leaves an error term of this size.
    guard error > 1e-12 * max(squares.trc, squares.t, squares.r) else {
      throw Undefined("the figures have no variance, nothing to test")
    }
    statistic = squares.t / error
    numeratorDegrees = m - 1
    let degrees = error * error * (m - 1) * (j - 1) / (squares.tr * squares.tr)
    denominatorDegrees = degrees < 1e8 ? degrees : nil
    pValue =
      denominatorDegrees.map {
        Distributions.FisherF(m - 1, $0).survival(squares.t / error)
      } ?? Distributions.ChiSquared(m - 1).survival((m - 1) * squares.t / error)
  }

  /// - Parameter y: [modality·readers + reader][case]
  private static func meanSquares(_ y: [[Double]], t: Int, r: Int) -> MeanSquares {
    let n = y[0].count
    let (m, j, k) = (Double(t), Double(r), Double(n))
    func mean(_ scores: [Int], _ cases: Range<Int>) -> Double {
      scores.reduce(0) { sum, s in sum + cases.reduce(0) { $0 + y[s][$1] } }
        / Double(scores.count * cases.count)
    }
    let all = Array(0..<t * r)
    let whole = mean(all, 0..<n)
    func ofModality(_ i: Int) -> [Int] { (0..<r).map { i * r + $0 } }
    func ofReader(_ l: Int) -> [Int] { (0..<t).map { $0 * r + l } }
    let byT = (0..<t).map { mean(ofModality($0), 0..<n) - whole }
    let byR = (0..<r).map { mean(ofReader($0), 0..<n) - whole }
    let byC = (0..<n).map { mean(all, $0..<$0 + 1) - whole }
    let byTR = all.map { mean([$0], 0..<n) - whole - byT[$0 / r] - byR[$0 % r] }
    let byTC = (0..<t).map { i in
      (0..<n).map { mean(ofModality(i), $0..<$0 + 1) - whole - byT[i] - byC[$0] }
    }
    let byRC = (0..<r).map { l in
      (0..<n).map { mean(ofReader(l), $0..<$0 + 1) - whole - byR[l] - byC[$0] }
    }
    func squares(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } }
    var rest = 0.0
    for s in all {
      let (i, l) = (s / r, s % r)
      for c in 0..<n {
        let main = whole + byT[i] + byR[l] + byC[c]
        let residual = y[s][c] - main - byTR[s] - byTC[i][c] - byRC[l][c]
        rest += residual * residual
      }
    }
    return MeanSquares(
      t: j * k * squares(byT) / (m - 1), r: m * k * squares(byR) / (j - 1),
      c: m * j * squares(byC) / (k - 1), tr: k * squares(byTR) / ((m - 1) * (j - 1)),
      tc: j * squares(byTC.flatMap { $0 }) / ((m - 1) * (k - 1)),
      rc: m * squares(byRC.flatMap { $0 }) / ((j - 1) * (k - 1)),
      trc: rest / ((m - 1) * (j - 1) * (k - 1)))
  }
}
