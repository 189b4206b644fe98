/// How small and how large the standard error of a published AUROC can be when the prevalence and
/// the number of images per patient were not printed.
///
///     let bounds = AUROCErrorBounds(auroc: 0.90, cases: 39_809)
///     bounds.standardError   // feasible set over prevalence 1 to 50 % and 1 to 8 images a patient
///
/// Every whole number of positives in the prevalence range is tried. A cluster of size k has a
/// design effect between 1 (images of a patient as good as independent) and k (copies of each
/// other), so the variance is multiplied by 1 for the lower and by k for the upper bound.
/// `ceiling` drops the model of the scores: for any pair of distributions the variance of the
/// AUROC is at most A(1 − A)/min(m, n) (Birnbaum and Klose 1957, doi:10.1214/aoms/1177706794, after
/// van Dantzig), here at the lowest prevalence and largest clusters.
public struct AUROCErrorBounds: Sendable, Hashable, Codable {
  /// Where in the feasible set an extreme is found.
  public struct Corner: Sendable, Hashable, Codable {
    public var standardError: Double
    public var positives: Int
    public var designEffect: Double
  }
  public let auroc: Double
  public let cases: Int
  /// Smallest and largest under Hanley and McNeil's model.
  public let smallest: Corner
  public let largest: Corner
  /// Largest under no model of the scores.
  public let ceiling: Corner

  /// The feasible set of standard errors under Hanley and McNeil's model.
  public var standardError: Interval {
    Interval(low: smallest.standardError, high: largest.standardError)
  }

  public init(
    auroc: Double, cases: Int, prevalence: ClosedRange<Double> = 0.01...0.5,
    clusterSizes: ClosedRange<Int> = 1...8
  ) {
    precondition((0...1).contains(auroc), "auroc (\(auroc)) must lie in 0...1")
    precondition(cases > 1, "cases (\(cases)) must exceed 1")
    precondition(
      prevalence.lowerBound >= 0 && prevalence.upperBound <= 1,
      "prevalence (\(prevalence)) must lie in 0...1")
    precondition(
      clusterSizes.lowerBound > 0, "clusterSizes (\(clusterSizes)) must be positive")
    let n = Double(cases)
    let first = max(1, Int((prevalence.lowerBound * n).rounded(.up)))
    let last = max(first, min(cases - 1, Int(prevalence.upperBound * n)))
    let effect = Double(clusterSizes.upperBound)
    var low = Corner(standardError: .infinity, positives: first, designEffect: 1)
    var high = Corner(standardError: -1, positives: first, designEffect: effect)
    var top = high
    for positives in first...last {
      let m = Double(positives)
      let variance = hanleyMcNeilVariance(auroc, m, n - m)
      let small = variance.squareRoot()
      let large = (variance * effect).squareRoot()
      let any = (auroc * (1 - auroc) * effect / min(m, n - m)).squareRoot()
      if small < low.standardError {
        low.standardError = small
        low.positives = positives
      }
      if large > high.standardError {
        high.standardError = large
        high.positives = positives
      }
      if any > top.standardError {
        top.standardError = any
        top.positives = positives
      }
    }
    self.auroc = auroc
    self.cases = cases
    smallest = low
    largest = high
    ceiling = top
  }

  /// The feasible standard errors of a difference of two AUROCs on the same cases with this
  /// error each: √(2(1 − r))·SE for correlations r of the estimates in the given range.
  public func difference(correlation: ClosedRange<Double> = 0...1) -> Interval {
    precondition(
      correlation.lowerBound >= -1 && correlation.upperBound <= 1,
      "correlation (\(correlation)) must lie in -1...1")
    return Interval(
      low: (2 * (1 - correlation.upperBound)).squareRoot() * smallest.standardError,
      high: (2 * (1 - correlation.lowerBound)).squareRoot() * largest.standardError)
  }
}
