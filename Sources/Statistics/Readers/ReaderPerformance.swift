import Kernels

/// Figures of merit of every reader with every modality, and the covariance of their errors over
/// cases.
///
/// Score k = modality·readers + reader. The covariances are those of the estimates when cases (or
/// clusters of cases) are drawn anew and the readers stay.
public struct ReaderPerformance: Sendable, Codable {
  /// How the covariances are estimated.
  public enum Method: Sendable {
    /// From the structural components: DeLong 1988 for AUROC, the binomial covariance with divisor
    /// n − 1 for rates; for clusters their sums (Obuchowski 1997; ratio estimate).
    case deLong
    /// (N − 1)/N Σ (A₋ᵢ − Ā)(B₋ᵢ − B̄) over all N cases, or clusters, left out one at a time, those
    /// of the class that a rate does not use included.
    case jackknife
    /// Covariance, divisor B − 1, over B resamples of cases, or clusters, of both classes together;
    /// resamples that lack a class are left out.
    case bootstrap(replicates: Int, stream: RandomStream)

    public var name: String {
      switch self {
      case .deLong: "DeLong"
      case .jackknife: "jackknife"
      case .bootstrap: "bootstrap"
      }
    }
  }

  public var figure: ReaderFigure
  public var modalities: [String]
  public var readers: [String]
  /// [modality][reader]
  public var values: [[Double]]
  /// [score][score]
  public var covariance: [[Double]]
  public var method: String
  public var positives: Int
  public var negatives: Int
  /// Independent units: cases, or clusters.
  public var units: Int

  /// Estimates figures and covariances.
  ///
  /// - Throws: `Undefined` with fewer than two positive or negative cases (or clusters that hold
  ///   one), a NaN rating, or, for AUROC, a reader who rates all cases alike: his variance would
  ///   come out as 0.
  /// - Complexity: for k scores of n cases O(k n log n + k² n); jackknife O(k n²) or, with clusters,
  ///   k n times their number; bootstrap O(k n) a replicate.
  public init(
    _ ratings: CrossedRatings, figure: ReaderFigure = .auroc, method: Method = .deLong
  ) throws(Undefined) {
    let scores = ratings.scores
    let readerCount = ratings.readers.count
    try Self.check(ratings, figure)
    self.figure = figure
    modalities = ratings.modalities
    readers = ratings.readers
    self.method = method.name
    positives = ratings.positives
    negatives = ratings.negatives
    units = ratings.units.count
    var statistics: [WeightedStatistic] = []
    for one in scores { statistics.append(try figure.statistic(one, ratings.truth)) }
    let ones = [Int32](repeating: 1, count: ratings.truth.count)
    let flat = ones.withUnsafeBufferPointer { ones in statistics.map { $0(ones) } }
    values = ratings.modalities.indices.map { i in
      Array(flat[i * readerCount..<(i + 1) * readerCount])
    }
    switch method {
    case .deLong:
      covariance = try Self.structural(ratings, figure, flat)
    case .jackknife:
      let left = try Self.leaveOneOut(statistics, ratings.units)
      let n = Double(left.count)
      covariance = products(left).map { $0.map { $0 * (n - 1) / n } }
    case .bootstrap(let replicates, let stream):
      precondition(replicates > 1, "replicates (\(replicates)) must be at least 2")
      let sample = Resampling.bootstrap(
        cases: ratings.units, replicates: replicates, stream: stream, statistics: statistics)
      let defined = (0..<replicates).compactMap { b -> [Double]? in
        let row = sample.replicates.map { $0[b] }
        return row.contains(where: \.isNaN) ? nil : row
      }
      guard defined.count > replicates / 2 else {
        throw Undefined("most of \(replicates) resamples lack a class")
      }
      covariance = products(defined).map { $0.map { $0 / Double(defined.count - 1) } }
    }
  }

  /// Figures and covariances known from elsewhere, such as a publication.
  public init(
    values: [[Double]], covariance: [[Double]], figure: ReaderFigure = .auroc,
    method: String = "given", positives: Int, negatives: Int
  ) {
    let count = values.reduce(0) { $0 + $1.count }
    precondition(
      Set(values.map(\.count)).count == 1 && covariance.count == count
        && covariance.allSatisfy { $0.count == count },
      "covariance must be square with one row for each of \(count) figures")
    self.values = values
    self.covariance = covariance
    self.figure = figure
    self.method = method
    self.positives = positives
    self.negatives = negatives
    units = positives + negatives
    modalities = values.indices.map { "\($0 + 1)" }
    readers = values[0].indices.map { "\($0 + 1)" }
  }

  /// Covariance of modality i, reader j with modality k, reader l.
  public func covariance(_ i: Int, _ j: Int, _ k: Int, _ l: Int) -> Double {
    covariance[i * readers.count + j][k * readers.count + l]
  }

  /// Modality i less modality k of one reader, normal reference: for AUROC and DeLong's covariance
  /// the paired DeLong test.
  public func difference(_ i: Int, _ k: Int, reader j: Int) -> Estimate {
    let variance = covariance(i, j, i, j) + covariance(k, j, k, j) - 2 * covariance(i, j, k, j)
    return Estimate(
      value: values[i][j] - values[k][j], standardError: max(0, variance).squareRoot(), n: units)
  }

  private static func check(
    _ ratings: CrossedRatings, _ figure: ReaderFigure
  ) throws(Undefined) {
    for (name, count) in [("positive", ratings.positives), ("negative", ratings.negatives)]
    where count < 2 {
      throw Undefined(
        "\(count) \(name) case\(count == 1 ? "" : "s"): at least 2 are needed for a variance")
    }
    for (i, modality) in ratings.modalities.enumerated() {
      for (j, reader) in ratings.readers.enumerated() {
        let scores = ratings.ratings[i][j]
        if let k = scores.firstIndex(where: \.isNaN) {
          throw Undefined("the rating of case \(ratings.cases[k]) by reader \(reader) is NaN")
        }
        if figure == .auroc, !scores.contains(where: { $0 != scores[0] }) {
          throw Undefined(
            "reader \(reader) rates all \(scores.count) cases \(scores[0]) with \(modality): a "
              + "constant has no ROC curve")
        }
      }
    }
  }

  private static func structural(
    _ ratings: CrossedRatings, _ figure: ReaderFigure, _ values: [Double]
  ) throws(Undefined) -> [[Double]] {
    let scores = ratings.scores
    if figure == .auroc {
      if let clusters = ratings.clusters {
        return try clusteredDeLong(
          scores: scores, labels: ratings.truth, clusters: clusters
        ).covariance
      }
      return try deLong(scores: scores, labels: ratings.truth).covariance
    }
    let units = ratings.units
    var holding = Set<Int32>()
    var count = 0
    let sums = scores.indices.map { k in
      let outcomes = figure.outcomes(scores[k], ratings.truth)!
      if k == 0 {
        for i in outcomes.indices where outcomes[i] != nil {
          holding.insert(units.codes[i])
          count += 1
        }
      }
      return units.sums(outcomes.map { $0.map { ($0 ? 1 : 0) - values[k] } ?? 0 })
    }
    guard holding.count > 1 else { throw Undefined("only one cluster holds a case that counts") }
    let i = Double(holding.count)
    let factor = i / (i - 1) / Double(count * count)
    return sums.map { a in
      sums.map { b in factor * zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    }
  }

  /// [unit][score], each unit left out in turn.
  static func leaveOneOut(
    _ statistics: [WeightedStatistic], _ units: Clusters
  ) throws(Undefined) -> [[Double]] {
    var left = [[Double]](repeating: [], count: units.count)
    left.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      Parallel.chunks(of: units.count, grain: 16) { range in
        var weights = [Int32](repeating: 1, count: units.codes.count)
        for unit in range {
          for i in weights.indices { weights[i] = Int(units.codes[i]) == unit ? 0 : 1 }
          out[unit] = weights.withUnsafeBufferPointer { w in statistics.map { $0(w) } }
        }
      }
    }
    guard !left.contains(where: { $0.contains(where: \.isNaN) }) else {
      throw Undefined("without one of its clusters a class is empty: no jackknife")
    }
    return left
  }
}

/// Σ over rows of the products of centred columns: [column][column].
private func products(_ rows: [[Double]]) -> [[Double]] {
  let k = rows.first?.count ?? 0
  let n = Double(rows.count)
  let means = (0..<k).map { c in rows.reduce(0) { $0 + $1[c] } / n }
  let centred = rows.map { row in (0..<k).map { row[$0] - means[$0] } }
  var result = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
  for a in 0..<k {
    for b in a..<k {
      let sum = centred.reduce(0) { $0 + $1[a] * $1[b] }
      result[a][b] = sum
      result[b][a] = sum
    }
  }
  return result
}
