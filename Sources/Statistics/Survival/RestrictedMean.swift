extension KaplanMeier {
  /// The mean time free of the event within the first `tau`: ∫ S(t) dt from 0 to tau.
  ///
  /// Variance: Σ A² d/(n(n − d)) over the event times up to tau, A = ∫ S from that time to tau,
  /// without a small-sample factor. `n` counts the cases.
  /// Reference: Klein and Moeschberger 2003, doi:10.1007/b97377, eq. 4.5.1 and 4.5.2.
  ///
  /// - Throws: `Undefined` where tau is not positive, or lies beyond the longest follow-up with S
  ///   above 0, where the area is not known.
  public func restrictedMean(to tau: Double) throws(Undefined) -> Estimate {
    guard tau > 0, tau.isFinite else { throw Undefined("tau is \(tau): a positive time is needed") }
    guard tau <= times.last! || survival.last! == 0 else {
      throw Undefined("no mean to \(tau): follow-up ends at \(times.last!)")
    }
    var area = 0.0
    var variance = 0.0
    var right = tau
    for k in times.indices.reversed() where times[k] < tau {
      area += survival[k] * (right - times[k])
      right = times[k]
      // Where all at risk had the event nothing is left to the right: A is 0.
      if events[k] > 0, events[k] < atRisk[k] {
        let n = Double(atRisk[k])
        let d = Double(events[k])
        variance += area * area * d / (n * (n - d))
      }
    }
    return Estimate(value: area + right, standardError: variance.squareRoot(), n: cases)
  }

  /// Largest tau at which the restricted mean of every curve is defined: the shortest of their
  /// longest follow-ups, where curves at 0 set no limit of their own.
  public static func commonTau(_ curves: [KaplanMeier]) -> Double {
    precondition(!curves.isEmpty, "curves must not be empty")
    let open = curves.filter { $0.survival.last! > 0 }
    let ends = (open.isEmpty ? curves : open).map { $0.times.last! }
    return open.isEmpty ? ends.max()! : ends.min()!
  }
}
