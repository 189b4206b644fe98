import Kernels

/// The analysis of variance of a balanced subject × operator × repeat layout, all effects random,
/// and the variance components that it estimates.
///
///     let anova = try TwoWayANOVA(layout)
///     anova.components.operators
///     anova.interval(of: .operators)
///
/// With s subjects, o operators, r repeats the mean squares expect
///
///     E MS_S  = σ_e² + r σ_so² + o r σ_s²      ν = s − 1
///     E MS_O  = σ_e² + r σ_so² + s r σ_o²      ν = o − 1
///     E MS_SO = σ_e² + r σ_so²                 ν = (s − 1)(o − 1)
///     E MS_E  = σ_e²                           ν = s o (r − 1)
///
/// and the components are solved from them: unbiased, possibly negative. Without repeats MS_SO is
/// the residual. Where none is negative they are the REML estimates.
/// Reference: Searle, Casella and McCulloch 1992, doi:10.1002/9780470316856, chapter 4.
public struct TwoWayANOVA: Sendable, Hashable, Codable {
  public let subjects, operators, repeats: Int
  public let subjectMeanSquare, operatorMeanSquare, interactionMeanSquare: Double
  /// nil without repeats.
  public let residualMeanSquare: Double?
  /// Mean of all measurements.
  public let mean: Double

  /// - Throws: `Undefined` where the layout is not balanced: use `RestrictedLikelihood`.
  public init(_ layout: TwoWayLayout) throws(Undefined) {
    guard let r = layout.repeats, let means = layout.cellMeans else {
      throw Undefined("cells have different numbers of repeats: no balanced analysis of variance")
    }
    let table = try IntraclassCorrelations(means)
    subjects = layout.subjects
    operators = layout.operators
    repeats = r
    subjectMeanSquare = Double(r) * table.subjectMeanSquare
    operatorMeanSquare = Double(r) * table.raterMeanSquare
    interactionMeanSquare = Double(r) * table.residualMeanSquare
    residualMeanSquare = r > 1 ? try PooledVariance(Array(layout.cells.joined())).variance : nil
    mean = means.joined().reduce(0, +) / Double(layout.subjects * layout.operators)
  }

  public var components: VarianceComponents {
    components(
      subjectMeanSquare, operatorMeanSquare, interactionMeanSquare, residualMeanSquare)
  }

  private func components(
    _ s: Double, _ o: Double, _ so: Double, _ e: Double?
  ) -> VarianceComponents {
    let r = Double(repeats)
    return VarianceComponents(
      subject: (s - so) / (Double(operators) * r), operators: (o - so) / (Double(subjects) * r),
      interaction: e.map { (so - $0) / r }, residual: e ?? so)
  }

  /// A variance of the model.
  public enum Component: String, Sendable, Codable, CaseIterable {
    case subject, operators, interaction, residual
    /// σ_o² + σ_so² + σ_e²: everything but the subject.
    case measurement
  }

  /// Degrees of freedom of the four mean squares.
  public var degreesOfFreedom:
    (subject: Double, operators: Double, interaction: Double, residual: Double)
  {
    let (s, o) = (Double(subjects), Double(operators))
    return (s - 1, o - 1, (s - 1) * (o - 1), s * o * Double(repeats - 1))
  }

  /// The interval of a component.
  ///
  /// Residual: exact χ². Subject, operators and interaction, differences of two mean squares:
  /// modified large samples (Ting et al. 1990, J. Stat. Comput. Simul. 35:135), whose lower end is 0
  /// exactly where the F test has p = (1 − level)/2. Measurement, a sum of mean squares: Graybill
  /// and Wang. Ends below 0 are set to 0.
  ///
  /// - Throws: `Undefined` for the interaction without repeats.
  public func interval(of component: Component, level: Double = 0.95) throws(Undefined) -> Interval
  {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let degrees = degreesOfFreedom
    let (s, o, r) = (Double(subjects), Double(operators), Double(repeats))
    let interaction = (value: interactionMeanSquare, degrees: degrees.interaction)
    switch component {
    case .subject:
      return difference(
        (subjectMeanSquare, degrees.subject), interaction, coefficient: 1 / (o * r), level: level)
    case .operators:
      return difference(
        (operatorMeanSquare, degrees.operators), interaction, coefficient: 1 / (s * r),
        level: level)
    case .interaction:
      guard let residualMeanSquare else {
        throw Undefined("no repeats: interaction and residual cannot be told apart")
      }
      return difference(
        interaction, (residualMeanSquare, degrees.residual), coefficient: 1 / r, level: level)
    case .residual:
      return VariancePart(
        coefficient: 1, variance: residualMeanSquare ?? interactionMeanSquare,
        degreesOfFreedom: residualMeanSquare == nil ? degrees.interaction : degrees.residual
      ).varianceInterval(level: level)
    case .measurement:
      // σ_o² + σ_so² + σ_e² = MS_O/(s r) + (s − 1) MS_SO/(s r) + (r − 1) MS_E/r.
      var parts = [
        VariancePart(
          coefficient: 1 / (s * r), variance: operatorMeanSquare,
          degreesOfFreedom: degrees.operators),
        VariancePart(
          coefficient: (s - 1) / (s * r), variance: interactionMeanSquare,
          degreesOfFreedom: degrees.interaction),
      ]
      if let residualMeanSquare {
        parts.append(
          VariancePart(
            coefficient: (r - 1) / r, variance: residualMeanSquare,
            degreesOfFreedom: degrees.residual))
      }
      return parts.interval(level: level)
    }
  }

  /// The interval of c (σ_1² − σ_2²) from two mean squares, ends below 0 set to 0.
  private func difference(
    _ first: (value: Double, degrees: Double), _ second: (value: Double, degrees: Double),
    coefficient: Double, level: Double
  ) -> Interval {
    let (low, high) = ((1 - level) / 2, (1 + level) / 2)
    func scaled(_ degrees: Double, _ p: Double) -> Double {
      Distributions.ChiSquared(degrees).quantile(p) / degrees
    }
    func end(_ one: Double, _ two: Double, _ f: Double) -> Double {
      // one, two: relative distances of the ends of each variance; f: quantile of their ratio.
      let cross = ((f - 1) * (f - 1) - one * one * f * f - two * two) / f
      let sum =
        one * one * first.value * first.value + two * two * second.value * second.value + cross
        * first.value * second.value
      return Swift.max(0, sum).squareRoot()
    }
    let ratio = Distributions.FisherF(first.degrees, second.degrees)
    let below = end(
      1 - 1 / scaled(first.degrees, high), 1 / scaled(second.degrees, low) - 1,
      ratio.quantile(high))
    let above = end(
      1 / scaled(first.degrees, low) - 1, 1 - 1 / scaled(second.degrees, high),
      ratio.quantile(low))
    let difference = first.value - second.value
    return Interval(
      low: Swift.max(0, coefficient * (difference - below)),
      high: Swift.max(0, coefficient * (difference + above)))
  }

  /// The generalised interval of any function of the components: quantiles of the function over
  /// draws of σ² = ν MS/χ²(ν), independent for each mean square, negative components set to 0.
  ///
  ///     try anova.generalizedInterval(stream: stream) { $0.interobserverICC }
  ///
  /// For the consistency ICC without repeats this is the exact F interval up to the error of the
  /// draws. Draw d comes from child d of the stream.
  /// Reference: Weerahandi 1993, J. Am. Stat. Assoc. 88:899.
  public func generalizedInterval(
    level: Double = 0.95, draws: Int = 20_000, stream: RandomStream,
    of function: (VarianceComponents) -> Double
  ) -> Interval {
    precondition(draws >= 100, "draws (\(draws)) must be at least 100")
    let degrees = degreesOfFreedom
    var values: [Double] = []
    values.reserveCapacity(draws)
    for draw in 0..<draws {
      var own = stream.child(draw)
      func drawn(_ value: Double, _ degrees: Double) -> Double {
        degrees * value / (2 * own.gamma(shape: degrees / 2))
      }
      let s = drawn(subjectMeanSquare, degrees.subject)
      let o = drawn(operatorMeanSquare, degrees.operators)
      let so = drawn(interactionMeanSquare, degrees.interaction)
      let e = residualMeanSquare.map { drawn($0, degrees.residual) }
      values.append(function(components(s, o, so, e).truncated))
    }
    values.sort()
    return Interval(
      low: quantile(sorted: values, (1 - level) / 2),
      high: quantile(sorted: values, (1 + level) / 2))
  }
}
