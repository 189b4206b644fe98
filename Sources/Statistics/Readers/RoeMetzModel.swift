import Kernels

/// Roe and Metz's model of reader study ratings, for simulation.
///
///     let model = RoeMetzModel(.highLow, separation: .middle)     // AUROC .855, two modalities
///     let ratings = model.ratings(readers: 5, positives: 50, negatives: 50, stream: stream)
///
/// The rating of case k of truth s (negative or positive) by reader j with modality i is
///
///     X_ijks = δ_i [s positive] + R_js + (τR)_ijs + C_ks + (τC)_iks + (RC)_jks + E_ijks
///
/// with independent normal effects of mean 0. Readers draw effects for either truth apart. Equal δ
/// make a null: no modality differs. A reader's own AUROC scatters around
/// Φ(δ/√(2(σ²_C + σ²_τC + σ²_RC + σ²_E))).
/// Reference: Roe and Metz 1997, doi:10.1016/S1076-6332(97)80032-3.
public struct RoeMetzModel: Sendable, Hashable, Codable {
  /// The variance structures of Roe and Metz's Table 1: correlation of ratings of one case, then
  /// variance between readers.
  public enum Structure: String, Sendable, Codable, CaseIterable {
    case highLow = "HL"
    case lowLow = "LL"
    case highHigh = "HH"
    case lowHigh = "LH"
  }

  /// The separations of their Table 1, with the AUROC of a typical reader.
  public enum Separation: Double, Sendable, Codable, CaseIterable {
    /// AUROC .702
    case low = 0.75
    /// AUROC .855
    case middle = 1.5
    /// AUROC .961
    case high = 2.5
  }

  /// δ, [modality].
  public var separations: [Double]
  /// σ²_R
  public var reader: Double
  /// σ²_τR
  public var modalityReader: Double
  /// σ²_C
  public var caseVariance: Double
  /// σ²_τC
  public var modalityCase: Double
  /// σ²_RC
  public var readerCase: Double
  /// σ²_E, with what one reading cannot tell apart from it.
  public var error: Double

  public init(
    separations: [Double], reader: Double, modalityReader: Double, caseVariance: Double,
    modalityCase: Double, readerCase: Double, error: Double
  ) {
    precondition(!separations.isEmpty, "separations must hold one modality or more")
    for (name, value) in [
      ("reader", reader), ("modalityReader", modalityReader), ("caseVariance", caseVariance),
      ("modalityCase", modalityCase), ("readerCase", readerCase), ("error", error),
    ] {
      precondition(value >= 0 && value.isFinite, "\(name) (\(value)) must be 0 or more")
    }
    precondition(
      caseVariance + modalityCase + readerCase + error > 0, "ratings of cases must vary")
    self.separations = separations
    self.reader = reader
    self.modalityReader = modalityReader
    self.caseVariance = caseVariance
    self.modalityCase = modalityCase
    self.readerCase = readerCase
    self.error = error
  }

  /// A null of Roe and Metz's Table 1: σ²_R = σ²_τR = .0055 (low) or .011, .030, .056 with rising
  /// separation (high); σ²_C, σ²_τC, σ²_RC, σ²_E = .3, .3, .2, .2 (high) or .1, .1, .2, .6 (low).
  public init(_ structure: Structure, separation: Separation, modalities: Int = 2) {
    let readers: Double
    switch (structure, separation) {
    case (.highLow, _), (.lowLow, _): readers = 0.0055
    case (_, .low): readers = 0.011
    case (_, .middle): readers = 0.03
    case (_, .high): readers = 0.056
    }
    let correlated = structure == .highLow || structure == .highHigh
    self.init(
      separations: [Double](repeating: separation.rawValue, count: modalities), reader: readers,
      modalityReader: readers, caseVariance: correlated ? 0.3 : 0.1,
      modalityCase: correlated ? 0.3 : 0.1, readerCase: 0.2, error: correlated ? 0.2 : 0.6)
  }

  /// Ratings of one study: positive cases first, continuous and therefore without ties.
  ///
  /// Negatives and positives draw from children of the stream, so that more positives leave the
  /// negatives as they are.
  ///
  /// - Complexity: O(modalities · readers · cases).
  public func ratings(
    readers: Int, positives: Int, negatives: Int, stream: RandomStream
  ) -> CrossedRatings {
    precondition(readers > 0, "readers (\(readers)) must be positive")
    precondition(
      positives > 0 && negatives > 0,
      "positives (\(positives)) and negatives (\(negatives)) must be positive")
    let t = separations.count
    var ratings = [[[Double]]](
      repeating: [[Double]](repeating: [], count: readers), count: t)
    for (positive, count) in [(true, positives), (false, negatives)] {
      var own = stream.child(positive ? "positive" : "negative")
      func draw(_ variance: Double) -> Double { variance.squareRoot() * own.normal() }
      let general = (0..<readers).map { _ in draw(reader) }
      let special = (0..<t).map { _ in (0..<readers).map { _ in draw(modalityReader) } }
      for _ in 0..<count {
        let shared = draw(caseVariance)
        let byModality = (0..<t).map { _ in draw(modalityCase) }
        let byReader = (0..<readers).map { _ in draw(readerCase) }
        for i in 0..<t {
          let centre = (positive ? separations[i] : 0) + shared + byModality[i]
          for j in 0..<readers {
            let level = general[j] + special[i][j] + byReader[j]
            ratings[i][j].append(centre + level + draw(error))
          }
        }
      }
    }
    return CrossedRatings(
      ratings: ratings,
      truth: [Bool](repeating: true, count: positives)
        + [Bool](repeating: false, count: negatives))
  }
}
