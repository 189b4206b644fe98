/// Standard error of an AUROC from its value and the class counts alone, for published numbers.
///
///     SE² = (A(1 − A) + (m − 1)(Q1 − A²) + (n − 1)(Q2 − A²))/(m n),  Q1 = A/(2 − A), Q2 = 2A²/(1 + A)
///
/// m positives, n negatives, independent cases. Q1 and Q2 assume exponential scores; real scores
/// give standard errors some tens of percent to either side. **Near AUROC 1 it fails**: it goes to
/// 0 whatever the data (at A = 1 it is 0, where the exact bound of `CorrelatedAUROCs.interval` at 20
/// disjoint pairs still reaches down to .83), and A ± z·SE leaves 0...1. Where cases are at hand use
/// `deLong`.
///
/// Reference: Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.
public func hanleyMcNeilStandardError(auroc a: Double, positives: Int, negatives: Int) -> Double {
  precondition(positives > 0, "positives (\(positives)) must be positive")
  precondition(negatives > 0, "negatives (\(negatives)) must be positive")
  return hanleyMcNeilVariance(a, Double(positives), Double(negatives)).squareRoot()
}

func hanleyMcNeilVariance(_ a: Double, _ m: Double, _ n: Double) -> Double {
  precondition((0...1).contains(a), "auroc (\(a)) must lie in 0...1")
  let q1 = a / (2 - a)
  let q2 = 2 * a * a / (1 + a)
  let pairs = (m - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a)
  return max(0, (a * (1 - a) + pairs) / (m * n))
}
