/// Multi-reader multi-case analysis by Obuchowski and Rockette, with Hillis' degrees of freedom.
///
///     let performance = try ReaderPerformance(ratings)             // AUROC, DeLong
///     let study = try ObuchowskiRockette(performance)
///     let analysis = try study.analysis(.readersAndCases)
///     analysis.pValue; analysis.differences[0].estimate.interval()
///
/// With t modalities, r readers and the components Var, Cov1, Cov2, Cov3 averaged over the
/// covariance matrix, S = max(Cov2 − Cov3, 0):
///
///     readers and cases random:  F = MS(T)/E, E = MS(TR) + r S, df t − 1 and E²(t − 1)(r − 1)/MS(TR)²
///     readers fixed:             χ² = (t − 1) MS(T)/(Var − Cov1 + (r − 1) S), df t − 1
///     cases fixed:               F = MS(T)/MS(TR), df t − 1 and (t − 1)(r − 1)
///
/// Differences have standard error √(2/r · error term) and its degrees of freedom. The interval of
/// one modality uses that modality's data alone: √((MS(R) + r max(Cov2, 0))/r) with
/// (MS(R) + r max(Cov2, 0))²(r − 1)/MS(R)² degrees of freedom; √((Var + (r − 1) max(Cov2, 0))/r),
/// normal; √(MS(R)/r) with r − 1.
///
/// References: Obuchowski and Rockette 1995, doi:10.1080/03610919508813243; Hillis et al. 2005,
/// doi:10.1002/sim.2024; Hillis 2007 (ddf_H), doi:10.1002/sim.2532.
public struct ObuchowskiRockette: Sendable, Codable {
  /// To whom the result extends.
  public enum Generalization: String, Sendable, Codable, CaseIterable {
    case readersAndCases = "random readers, random cases"
    case cases = "fixed readers, random cases"
    case readers = "random readers, fixed cases"
  }

  /// Modality `first` less modality `second`, averaged over readers.
  public struct Difference: Sendable, Codable {
    public var first: Int
    public var second: Int
    public var estimate: Estimate
  }

  public struct Analysis: Sendable, Codable {
    public var generalization: Generalization
    /// F, or χ² where readers are fixed.
    public var statistic: Double
    public var numeratorDegrees: Double
    /// nil for χ².
    public var denominatorDegrees: Double?
    /// Denominator of F; for χ² the variance that MS(T) is compared with.
    public var errorTerm: Double
    /// Of the hypothesis that all modalities have the same expected figure.
    public var pValue: Double
    /// All pairs, earlier less later.
    public var differences: [Difference]
    /// [modality], mean over readers.
    public var modalities: [Estimate]
  }

  public let performance: ReaderPerformance
  public let meanSquares: ReaderMeanSquares
  public let components: ReaderComponents
  /// The analyses that are defined.
  public let analyses: [Analysis]

  /// - Throws: `Undefined` with fewer than two modalities or readers.
  public init(_ performance: ReaderPerformance) throws(Undefined) {
    let t = performance.values.count
    let r = performance.values[0].count
    guard t > 1 else { throw Undefined("one modality: nothing to compare") }
    guard r > 1 else { throw Undefined("one reader: readers have no variance") }
    self.performance = performance
    meanSquares = ReaderMeanSquares(performance.values)
    components = Self.components(performance, meanSquares)
    let (squares, parts) = (meanSquares, components)
    analyses = Generalization.allCases.compactMap {
      Self.analysis($0, performance, squares, parts)
    }
  }

  /// One of the analyses.
  ///
  /// - Throws: `Undefined` where its error term is 0.
  public func analysis(_ generalization: Generalization) throws(Undefined) -> Analysis {
    if let found = analyses.first(where: { $0.generalization == generalization }) { return found }
    throw Undefined("\(generalization.rawValue): the figures have no variance, nothing to test")
  }

  private static func components(
    _ performance: ReaderPerformance, _ squares: ReaderMeanSquares
  ) -> ReaderComponents {
    let t = performance.values.count
    let r = performance.values[0].count
    var sums = (variance: 0.0, one: 0.0, two: 0.0, three: 0.0)
    for i in 0..<t {
      for j in 0..<r {
        for k in 0..<t {
          for l in 0..<r {
            let value = performance.covariance(i, j, k, l)
            switch (i == k, j == l) {
            case (true, true): sums.variance += value
            case (false, true): sums.one += value
            case (true, false): sums.two += value
            case (false, false): sums.three += value
            }
          }
        }
      }
    }
    let (m, n) = (Double(t), Double(r))
    let variance = sums.variance / (m * n)
    let one = sums.one / (m * (m - 1) * n)
    let two = sums.two / (m * n * (n - 1))
    let three = sums.three / (m * (m - 1) * n * (n - 1))
    return ReaderComponents(
      reader: (squares.reader - squares.modalityReader) / m - one + three,
      modalityReader: squares.modalityReader - variance + one + max(two - three, 0),
      variance: variance, covariance1: one, covariance2: two, covariance3: three,
      cases: performance.positives + performance.negatives)
  }

  private static func analysis(
    _ kind: Generalization, _ performance: ReaderPerformance, _ squares: ReaderMeanSquares,
    _ parts: ReaderComponents
  ) -> Analysis? {
    let values = performance.values
    let (t, r) = (Double(values.count), Double(values[0].count))
    let rest = squares.modalityReader
    let error: Double
    var degrees: Double?
    switch kind {
    case .readersAndCases:
      error = rest + r * parts.shared
      degrees = satterthwaite(error, rest, (t - 1) * (r - 1))
    case .cases:
      error = parts.variance - parts.covariance1 + (r - 1) * parts.shared
    case .readers:
      error = rest
      degrees = (t - 1) * (r - 1)
    }
    // Rounding alone leaves an error term of this size.
    guard error > 1e-12 * max(parts.variance, squares.modality, squares.reader) else { return nil }

    let ratio = squares.modality / error
    let test: (statistic: Double, p: Double)
    if kind == .cases {
      let square = (t - 1) * ratio
      test = (square, Distributions.ChiSquared(t - 1).survival(square))
    } else if let degrees {
      test = (ratio, Distributions.FisherF(t - 1, degrees).survival(ratio))
    } else {
      test = (ratio, Distributions.ChiSquared(t - 1).survival((t - 1) * ratio))
    }
    let means = values.map { $0.reduce(0, +) / r }
    var differences: [Difference] = []
    for i in means.indices {
      for k in means.indices.dropFirst(i + 1) {
        differences.append(
          Difference(
            first: i, second: k,
            estimate: Estimate(
              value: means[i] - means[k], standardError: (2 / r * error).squareRoot(),
              degreesOfFreedom: degrees, n: values[0].count)))
      }
    }
    return Analysis(
      generalization: kind, statistic: test.statistic, numeratorDegrees: t - 1,
      denominatorDegrees: degrees, errorTerm: error, pValue: test.p, differences: differences,
      modalities: means.indices.map {
        single(kind, $0, means[$0], performance, squares.readerWithin[$0])
      })
  }

  /// The mean of one modality from its own data.
  private static func single(
    _ kind: Generalization, _ i: Int, _ mean: Double, _ performance: ReaderPerformance,
    _ between: Double
  ) -> Estimate {
    let count = performance.values[i].count
    let r = Double(count)
    var (variance, shared) = (0.0, 0.0)
    for j in 0..<count {
      for l in 0..<count {
        let value = performance.covariance(i, j, i, l)
        if j == l { variance += value / r } else { shared += value / (r * (r - 1)) }
      }
    }
    shared = max(shared, 0)
    let square: Double
    var degrees: Double?
    switch kind {
    case .readersAndCases:
      square = between + r * shared
      degrees = satterthwaite(square, between, r - 1)
    case .cases: square = variance + (r - 1) * shared
    case .readers:
      square = between
      degrees = r - 1
    }
    return Estimate(
      value: mean, standardError: (square / r).squareRoot(), degreesOfFreedom: degrees, n: count)
  }

  /// total² degrees/part²: of a sum of a mean square and a term known without error; nil, for the
  /// normal reference, where the mean square adds next to nothing.
  private static func satterthwaite(
    _ total: Double, _ part: Double, _ degrees: Double
  ) -> Double? {
    let value = total * total * degrees / (part * part)
    return value < 1e8 ? value : nil
  }
}
