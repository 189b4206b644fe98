import Kernels

/// How often the analyses reject equality in simulated reader studies: size where the modalities
/// have one separation, power where they differ.
///
///     let null = RoeMetzModel(.highLow, separation: .middle)
///     let found = null.rejections(
///       studies: 2000, readers: 5, positives: 50, negatives: 50, stream: stream)
///     try found.rate(.readersAndCases).clopperPearson()
public struct RoeMetzRejections: Sendable, Hashable, Codable {
  /// Studies simulated.
  public var studies: Int
  /// Studies in which at least one analysis had no variance to test with; they count nowhere.
  public var undefined: Int
  /// Rejections with readers and cases random.
  public var readersAndCases: Int
  /// Rejections with readers taken as fixed.
  public var cases: Int
  /// Rejections with cases taken as fixed.
  public var readers: Int

  /// Rejections among the defined studies.
  ///
  /// - Throws: `Undefined` where no study is defined.
  public func rate(
    _ generalization: ObuchowskiRockette.Generalization
  ) throws(Undefined) -> Proportion {
    let count =
      switch generalization {
      case .readersAndCases: readersAndCases
      case .cases: cases
      case .readers: readers
      }
    return try Proportion(successes: count, trials: studies - undefined, of: "defined studies")
  }
}

extension RoeMetzModel {
  /// Simulates studies and analyses the empirical AUROC with DeLong's covariances.
  ///
  /// Study k draws from child k of the stream, so that a longer simulation begins like a shorter
  /// one.
  ///
  /// - `alpha`: size of each test.
  /// - Complexity: O(studies · k n (log n + k)), k = modalities · readers, n cases; in parallel.
  public func rejections(
    studies: Int, readers: Int, positives: Int, negatives: Int, alpha: Double = 0.05,
    stream: RandomStream
  ) -> RoeMetzRejections {
    precondition(studies > 0, "studies (\(studies)) must be positive")
    precondition(alpha > 0 && alpha < 1, "alpha (\(alpha)) must lie between 0 and 1")
    typealias Kind = ObuchowskiRockette.Generalization
    var pValues = [[Double]](repeating: [], count: studies)
    pValues.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      Parallel.chunks(of: studies, grain: 8) { range in
        for k in range {
          let drawn = ratings(
            readers: readers, positives: positives, negatives: negatives, stream: stream.child(k))
          let study = try? ObuchowskiRockette(ReaderPerformance(drawn))
          out[k] = study.map { $0.analyses.map(\.pValue) } ?? []
        }
      }
    }
    let defined = pValues.filter { $0.count == Kind.allCases.count }
    func rejected(_ kind: Kind) -> Int {
      let place = Kind.allCases.firstIndex(of: kind)!
      return defined.reduce(0) { $0 + ($1[place] < alpha ? 1 : 0) }
    }
    return RoeMetzRejections(
      studies: studies, undefined: studies - defined.count,
      readersAndCases: rejected(.readersAndCases), cases: rejected(.cases),
      readers: rejected(.readers))
  }
}
