/// Which whole numbers can stand behind printed proportions: the granularity test.
///
///     let printed = Interval(low: 0.185, high: 0.195)      // ".19"
///     feasibleSuccesses(of: printed, trials: 28)           // nil: 5/28 is .179, 6/28 is .214
///     feasibleSuccesses(of: printed, trials: 100)          // 19...19
///
/// A proportion of n trials is a multiple of 1/n, so that a number printed to d decimals excludes
/// most n below 10^d and hardly any above. Reference: Brown and Heathers 2017 (GRIM),
/// doi:10.1177/1948550616673876.
///
/// - Parameters:
///   - proportion: the values that print alike, ends included: a tie is rounded either way.
///   - trials: the number of trials behind it.
/// - Returns: the numbers of successes k with k/trials in the interval; nil where there is none.
public func feasibleSuccesses(of proportion: Interval, trials: Int) -> ClosedRange<Int>? {
  precondition(trials > 0, "trials (\(trials)) must be positive")
  precondition(
    proportion.low <= proportion.high, "proportion (\(proportion)) must have low up to high")
  let n = Double(trials)
  // Decimal noise of the product must not lose a tie.
  let slack = 1e-12 * n
  let low = max(0, Int((max(proportion.low, 0) * n - slack).rounded(.up)))
  let high = min(trials, Int((min(proportion.high, 1) * n + slack).rounded(.down)))
  return low <= high ? low...high : nil
}

/// The numbers of cases that fit every one of several printed proportions of the same cases.
///
///     // sensitivities 42.1 % and 51.6 % of one set of calls
///     feasibleTrials(
///       of: [Interval(low: 0.4205, high: 0.4215), Interval(low: 0.5155, high: 0.5165)],
///       in: 50...150)                                      // 95, 126
///
/// With `readings` r each case was called r times and the proportion is the mean over all calls;
/// with equal weights that is the mean of the readers' proportions as well.
///
/// - Returns: ascending numbers of cases in `range`.
/// - Complexity: O(proportions × range).
public func feasibleTrials(
  of proportions: [Interval], in range: ClosedRange<Int>, readings: Int = 1
) -> [Int] {
  precondition(readings > 0, "readings (\(readings)) must be positive")
  precondition(range.lowerBound > 0, "range (\(range)) must start above 0")
  return range.filter { cases in
    proportions.allSatisfy { feasibleSuccesses(of: $0, trials: readings * cases) != nil }
  }
}
