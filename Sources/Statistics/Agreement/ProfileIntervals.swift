extension RestrictedLikelihood {
  /// The interval of a component from the profile of the restricted likelihood: the values at which
  /// −2 ℓ_R, minimised over the other components, lies within χ²(1) of its minimum.
  ///
  /// An approximation for few operators, but one that stays at or above 0, needs no standard error
  /// and keeps the skewness of a variance. Where 0 itself is inside, the lower end is 0.
  ///
  /// - `component`: not `measurement`, which is no parameter of the model
  /// - `fit`: this likelihood's own
  /// - Throws: `Undefined` for the interaction without repeats.
  public func profileInterval(
    of component: TwoWayANOVA.Component, around fit: Fit, level: Double = 0.95
  ) throws(Undefined) -> Interval {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let best = fit.components
    let all = [best.subject, best.operators, best.interaction ?? 0, best.residual]
    let fixed: Int
    switch component {
    case .subject: fixed = 0
    case .operators: fixed = 1
    case .interaction:
      guard hasRepeats else {
        throw Undefined("no repeats: interaction and residual cannot be told apart")
      }
      fixed = 2
    case .residual: fixed = 3
    case .measurement: preconditionFailure("component (measurement) is no parameter of the model")
    }
    let free = (0..<4).filter { $0 != fixed && (hasRepeats || $0 != 2) }
    let scale = (all.reduce(0, +)).squareRoot()
    let limit = fit.criterion + Distributions.ChiSquared(1).quantile(level)

    /// The criterion above its limit at a value of the component, the others at their best; standard
    /// deviations in units of the total one are what is searched.
    func excess(_ value: Double) -> Double {
      func components(_ point: [Double]) -> VarianceComponents {
        var now = all
        now[fixed] = value
        for (place, x) in zip(free, point) { now[place] = x * x * scale * scale }
        return VarianceComponents(
          subject: now[0], operators: now[1], interaction: hasRepeats ? now[2] : nil,
          residual: Swift.max(now[3], 1e-14 * scale * scale))
      }
      let start = free.map { Swift.max(all[$0].squareRoot() / scale, 0.02) }
      return minimize(from: start, step: 0.1, tolerance: 1e-10) { criterion(components($0)) }.value
        - limit
    }

    let value = all[fixed]
    var low = 0.0
    let floor = fixed == 3 ? 1e-10 * scale * scale : 0
    if value > floor, excess(floor) > 0 {
      low = root(from: floor, to: value, tolerance: 1e-9 * scale * scale, of: excess) ?? .nan
    }
    var high = Swift.max(2 * value, 0.01 * scale * scale)
    while excess(high) < 0, high < 1e6 * scale * scale { high *= 2 }
    let upper = root(from: value, to: high, tolerance: 1e-9 * scale * scale, of: excess)
    return Interval(low: low, high: upper ?? .infinity)
  }
}
