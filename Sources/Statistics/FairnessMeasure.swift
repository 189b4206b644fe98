/// What is compared between groups. Each measure has a level in one group; a gap is the level of
/// the group less that of the comparison.
///
/// Ŷ = 1 means score ≥ threshold.
public enum FairnessMeasure: String, CaseIterable, Sendable, Codable {
  /// P(Ŷ = Y). The gap of a group against all others is what the code of Tayebi Arasteh et al.
  /// 2024 (doi:10.1038/s43856-024-00462-6) calls "statistical parity difference": acc_g − Σ n_h
  /// acc_h/Σ n_h over the other groups, which is the accuracy of the others pooled; for sex,
  /// acc_female − acc_male. It is not the textbook's.
  case accuracy
  /// P(Ŷ = 1). The gap is the textbook statistical parity difference P(Ŷ = 1|A = a) −
  /// P(Ŷ = 1|A = b) (Dwork et al. 2012, doi:10.1145/2090236.2090255); it differs from 0 for a
  /// perfect model where prevalence differs.
  case parity
  /// P(Ŷ = 1 | Y = 1). The gap is the "equal opportunity" difference (Hardt, Price and Srebro
  /// 2016, arXiv:1610.02413).
  case truePositiveRate
  /// P(Ŷ = 1 | Y = 0). With the TPR gap: equalised odds.
  case falsePositiveRate
  /// AUROC inside the group, ties one half.
  case auroc
  /// Mean score less observed rate (calibration in the large); scores must be probabilities.
  case calibration

  /// The name of the gap in tables.
  public var gapName: String {
    switch self {
    case .accuracy: "accuracy difference"
    case .parity: "statistical parity difference"
    case .truePositiveRate: "TPR gap"
    case .falsePositiveRate: "FPR gap"
    case .auroc: "AUROC gap"
    case .calibration: "calibration gap"
    }
  }

  /// The name of the level in tables.
  public var levelName: String {
    switch self {
    case .accuracy: "accuracy"
    case .parity: "positive rate"
    case .truePositiveRate: "TPR"
    case .falsePositiveRate: "FPR"
    case .auroc: "AUROC"
    case .calibration: "mean score - rate"
    }
  }
}
