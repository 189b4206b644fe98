/// The prevalences at which a printed positive predictive value belongs to printed sensitivity and
/// specificity:
///
///     p/(1 − p) = PPV/(1 − PPV) · (1 − Sp)/Se
///
///     impliedPrevalence(
///       positivePredictiveValue: Interval(low: 0.2835, high: 0.2845),
///       sensitivity: Interval(low: 0.4205, high: 0.4215),
///       specificity: Interval(low: 0.7225, high: 0.7235))   // .206 … .208
///
/// It holds for one table of calls, or for the pooled calls of several readers of the same cases;
/// predictive values averaged over readers obey it only if all readers are alike, because the ratio
/// is not linear. Printed numbers are intervals; the right side is monotone in each of them, so the
/// ends come from two corners.
///
/// - Returns: the prevalences, [low, high]; 0 and 1 where a corner is degenerate.
public func impliedPrevalence(
  positivePredictiveValue: Interval, sensitivity: Interval, specificity: Interval
) -> Interval {
  checkProportions([positivePredictiveValue, sensitivity, specificity])
  func prevalence(_ value: Double, _ sensitivity: Double, _ specificity: Double) -> Double {
    share(value * (1 - specificity), (1 - value) * sensitivity)
  }
  return Interval(
    low: prevalence(positivePredictiveValue.low, sensitivity.high, specificity.high),
    high: prevalence(positivePredictiveValue.high, sensitivity.low, specificity.low))
}

/// The same for a negative predictive value: p/(1 − p) = (1 − NPV)/NPV · Sp/(1 − Se).
public func impliedPrevalence(
  negativePredictiveValue: Interval, sensitivity: Interval, specificity: Interval
) -> Interval {
  checkProportions([negativePredictiveValue, sensitivity, specificity])
  func prevalence(_ value: Double, _ sensitivity: Double, _ specificity: Double) -> Double {
    share((1 - value) * specificity, value * (1 - sensitivity))
  }
  return Interval(
    low: prevalence(negativePredictiveValue.high, sensitivity.low, specificity.low),
    high: prevalence(negativePredictiveValue.low, sensitivity.high, specificity.high))
}

/// a/(a + b), and 0 where both are 0.
private func share(_ a: Double, _ b: Double) -> Double { a + b > 0 ? a / (a + b) : 0 }

private func checkProportions(_ intervals: [Interval]) {
  for interval in intervals {
    precondition(
      interval.low >= 0 && interval.low <= interval.high && interval.high <= 1,
      "\(interval) must be an interval of proportions")
  }
}
