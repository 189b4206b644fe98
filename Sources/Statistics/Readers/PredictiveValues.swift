import Foundation

/// Predictive values of calls at a stated prevalence, from sensitivity and specificity by Bayes.
///
///     PPV = Se p/(Se p + (1 − Sp)(1 − p)),  NPV = Sp (1 − p)/(Sp (1 − p) + (1 − Se) p)
///
/// A reader study enriches positives; the share of right calls among its positive calls holds at
/// its own prevalence and nowhere else.
public struct PredictiveValues: Sendable, Hashable, Codable {
  public let table: ConfusionTable
  public let prevalence: Double
  private let positives: Double
  private let negatives: Double
  private let sensitivity: Double
  private let specificity: Double

  /// - Throws: `Undefined` without positive or without negative cases.
  public init(_ table: ConfusionTable, prevalence: Double) throws(Undefined) {
    precondition(
      prevalence > 0 && prevalence < 1, "prevalence (\(prevalence)) must lie between 0 and 1")
    self.table = table
    self.prevalence = prevalence
    let (first, second) = (try table.sensitivity, try table.specificity)
    positives = Double(first.trials)
    negatives = Double(second.trials)
    sensitivity = first.value
    specificity = second.value
  }

  /// P(positive | called positive) at the prevalence.
  ///
  /// - Throws: `Undefined` where no case is called positive.
  public var positive: Double {
    get throws(Undefined) {
      let (right, wrong) = (sensitivity * prevalence, (1 - specificity) * (1 - prevalence))
      guard right + wrong > 0 else { throw Undefined("no case is called positive") }
      return right / (right + wrong)
    }
  }

  /// P(negative | called negative) at the prevalence.
  ///
  /// - Throws: `Undefined` where no case is called negative.
  public var negative: Double {
    get throws(Undefined) {
      let (right, wrong) = (specificity * (1 - prevalence), (1 - sensitivity) * prevalence)
      guard right + wrong > 0 else { throw Undefined("no case is called negative") }
      return right / (right + wrong)
    }
  }

  /// Interval of the positive predictive value on the logit scale, standard error
  /// √((1 − Se)/(Se m) + Sp/((1 − Sp) n)) of m positives and n negatives; prevalence is known
  /// without error, cases are independent.
  ///
  /// Reference: Mercaldo, Lau and Zhou 2007, doi:10.1002/sim.2677 (standard logit interval).
  ///
  /// - Throws: `Undefined` where sensitivity is 0 or specificity 1.
  public func positiveInterval(level: Double = 0.95) throws(Undefined) -> Interval {
    guard sensitivity > 0, specificity < 1 else {
      throw Undefined("sensitivity 0 or specificity 1: no logit interval of the predictive value")
    }
    let variance =
      (1 - sensitivity) / (sensitivity * positives) + specificity / ((1 - specificity) * negatives)
    return logit(try positive, variance, level)
  }

  /// The same of the negative predictive value: √(Se/((1 − Se) m) + (1 − Sp)/(Sp n)).
  ///
  /// - Throws: `Undefined` where sensitivity is 1 or specificity 0.
  public func negativeInterval(level: Double = 0.95) throws(Undefined) -> Interval {
    guard sensitivity < 1, specificity > 0 else {
      throw Undefined("sensitivity 1 or specificity 0: no logit interval of the predictive value")
    }
    let variance =
      sensitivity / ((1 - sensitivity) * positives) + (1 - specificity) / (specificity * negatives)
    return logit(try negative, variance, level)
  }

  private func logit(_ value: Double, _ variance: Double, _ level: Double) -> Interval {
    precondition(level > 0 && level < 1, "level (\(level)) must lie between 0 and 1")
    let half = Distributions.Normal().quantile((1 + level) / 2) * variance.squareRoot()
    let centre = log(value / (1 - value))
    return Interval(low: 1 / (1 + exp(half - centre)), high: 1 / (1 + exp(-half - centre)))
  }
}
