// hide
import Foundation
import LightboxStudy

// show

//: ### Model and reader combined
//: A rule that sees the model's score and the reader's binary call can do no more than use one
//: threshold where the reader says yes and another where he says no. If score and call are
//: independent given the truth, a reader at (f, s) and points (F₁, T₁), (F₀, T₀) of the model's
//: curve make the point (f F₁ + (1 − f) F₀, s T₁ + (1 − s) T₀). AND is F₀ = T₀ = 0, OR is F₁ = T₁ =
//: 1, ignoring the reader is F₁ = F₀. Which curve the model has is not printed, only its area. So
//: ask from the other end: which is the smallest area of a concave curve with which the combination
//: reaches a given point?

/// A reader's call and a model's score, independent given the truth.
struct IndependentPair {
  /// The reader alone.
  var reader: PlanePoint

  /// The smallest area of a concave ROC curve of the model with which some rule reaches `target`;
  /// nil where none does.
  ///
  /// For F₀ on a grid, F₁ follows from the target's false positive rate, and T₁ from its
  /// sensitivity and T₀. The smallest concave curve through both points is made of straight lines,
  /// with area ½(T₀F₁ + T₁(1 − F₀) + 1 − F₁): linear in T₀, so that its least value lies at an end
  /// of the range that T₀ ≥ F₀, T₁ ≤ 1, T₁ ≥ T₀ and concavity leave.
  func smallestArea(reaching target: PlanePoint, steps: Int = 4000) -> Double? {
    let (f, s) = (reader.falsePositive, reader.sensitivity)
    let (fp, tp) = (target.falsePositive, target.sensitivity)
    guard fp < tp else { return 0.5 }
    let first = max(0, (fp - f) / (1 - f))
    let (a, b) = (tp / s, (1 - s) / s)
    var smallest: Double?
    for step in 0...steps {
      let f0 = first + (fp - first) * Double(step) / Double(steps)
      let f1 = (fp - (1 - f) * f0) / f
      let low = max(f0, (a - 1) / b, f0 * a / (f1 + f0 * b))
      let high = min(tp, (a * (1 - f0) - (f1 - f0)) / (b * (1 - f0) + (1 - f1)))
      guard low <= high else { continue }
      let t0 = f1 - b * (1 - f0) >= 0 ? low : high
      let area = (t0 * f1 + (a - b * t0) * (1 - f0) + 1 - f1) / 2
      smallest = min(smallest ?? area, area)
    }
    return smallest
  }

  /// The best curve of both, where the model's scores are normal with equal spread and d′ apart: at
  /// each log likelihood ratio the two thresholds that Neyman and Pearson's lemma asks for.
  func curve(separation d: Double) -> [PlanePoint] {
    let (f, s) = (reader.falsePositive, reader.sensitivity)
    let normal = Distributions.Normal()
    return stride(from: -5.0, through: 5, by: 0.05).map { ratio in
      func threshold(_ weight: Double) -> Double { (ratio - log(weight)) / d + d / 2 }
      let (x1, x0) = (threshold(s / f), threshold((1 - s) / (1 - f)))
      return PlanePoint(
        falsePositive: f * normal.survival(x1) + (1 - f) * normal.survival(x0),
        sensitivity: s * normal.survival(x1 - d) + (1 - s) * normal.survival(x0 - d))
    }
  }

  func largestYouden(separation: Double) -> Double {
    curve(separation: separation).map(\.youden).max()!
  }
}

/// d′ of a normal model with equal spread and this area: √2 Φ⁻¹(area).
func separation(area: Double) -> Double {
  2.0.squareRoot() * Distributions.Normal().quantile(area)
}
