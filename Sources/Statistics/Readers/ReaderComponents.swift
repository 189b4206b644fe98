/// Variances of the Obuchowski-Rockette model of reader j's figure with modality i,
///
///     θ̂_ij = μ + τ_i + R_j + (τR)_ij + ε_ij
///
/// where the errors ε of one sample of cases have variance Var and covariances Cov1 (same reader,
/// other modality), Cov2 (other reader, same modality) and Cov3 (both differ).
///
/// Var and the covariances are of the given number of cases and go down as its inverse.
/// Reference: Obuchowski and Rockette 1995, doi:10.1080/03610919508813243.
public struct ReaderComponents: Sendable, Hashable, Codable {
  /// Var(R). An ANOVA estimate may be negative.
  public var reader: Double
  /// Var(τR). An ANOVA estimate may be negative.
  public var modalityReader: Double
  /// Var(ε).
  public var variance: Double
  public var covariance1: Double
  public var covariance2: Double
  public var covariance3: Double
  /// Of the sample behind the error variances.
  public var cases: Int

  public init(
    reader: Double, modalityReader: Double, variance: Double, covariance1: Double,
    covariance2: Double, covariance3: Double, cases: Int
  ) {
    self.reader = reader
    self.modalityReader = modalityReader
    self.variance = variance
    self.covariance1 = covariance1
    self.covariance2 = covariance2
    self.covariance3 = covariance3
    self.cases = cases
  }

  /// max(Cov2 − Cov3, 0): what readers share on one modality and not across modalities, held at 0
  /// or above as the model demands (Hillis 2007).
  public var shared: Double { max(covariance2 - covariance3, 0) }

  /// Cov1, Cov2 and Cov3 over Var.
  public var correlations: [Double] {
    [covariance1, covariance2, covariance3].map { $0 / variance }
  }
}

/// Mean squares of a modality × reader table, and of the readers within each modality.
public struct ReaderMeanSquares: Sendable, Hashable, Codable {
  public var modality: Double
  public var reader: Double
  public var modalityReader: Double
  /// [modality], sample variance of the readers' figures.
  public var readerWithin: [Double]

  /// - Parameter values: [modality][reader]
  public init(_ values: [[Double]]) {
    let t = Double(values.count)
    let r = Double(values[0].count)
    let rows = values.map { $0.reduce(0, +) / r }
    let columns = values[0].indices.map { j in values.reduce(0) { $0 + $1[j] } / t }
    let mean = rows.reduce(0, +) / t
    func squares(_ x: [Double], _ centre: Double) -> Double {
      x.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    }
    var rest = 0.0
    for i in values.indices {
      for j in columns.indices {
        let residual = values[i][j] - rows[i] - columns[j] + mean
        rest += residual * residual
      }
    }
    modality = r * squares(rows, mean) / (t - 1)
    reader = t * squares(columns, mean) / (r - 1)
    modalityReader = rest / ((t - 1) * (r - 1))
    readerWithin = values.indices.map { squares(values[$0], rows[$0]) / (r - 1) }
  }
}
