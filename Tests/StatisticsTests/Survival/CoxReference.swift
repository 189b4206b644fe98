import Foundation
import Statistics

/// Cox's partial likelihood from its definition, weighted by case: for every event time the sums
/// over all cases, O(n²). Efron's terms use the mean weight of the tied events, as R's survival
/// does; with weights 1 they are Efron's own.
struct SlowCox {
  var times: [Double]
  var events: [Bool]
  var rows: [[Double]]
  var ties: CoxRegression.Ties
  var strata: [String]?
  var weights: [Double]

  init(
    _ data: SurvivalTimes, _ rows: [[Double]], _ ties: CoxRegression.Ties, strata: [String]? = nil
  ) {
    times = data.times
    events = data.events
    self.rows = rows
    self.ties = ties
    self.strata = strata
    weights = [Double](repeating: 1, count: data.count)
  }

  /// ln L and its gradient.
  func value(_ beta: [Double]) -> (logLikelihood: Double, gradient: [Double]) {
    let p = beta.count
    let eta = rows.map { row in zip(row, beta).reduce(0) { $0 + $1.0 * $1.1 } }
    var total = 0.0
    var gradient = [Double](repeating: 0, count: p)
    for name in Set(strata ?? [""]).sorted() {
      let members = times.indices.filter { strata == nil || strata![$0] == name }
      for time in Set(members.filter { events[$0] }.map { times[$0] }).sorted() {
        let risk = members.filter { times[$0] >= time }
        let deaths = risk.filter { times[$0] == time && events[$0] }
        let mean = deaths.reduce(0) { $0 + weights[$1] } / Double(deaths.count)
        for i in deaths {
          total += weights[i] * eta[i]
          for j in 0..<p { gradient[j] += weights[i] * rows[i][j] }
        }
        for k in deaths.indices {
          let phi = ties == .efron ? Double(k) / Double(deaths.count) : 0
          var sum = 0.0
          var first = [Double](repeating: 0, count: p)
          for i in risk {
            let died = times[i] == time && events[i]
            let share = weights[i] * exp(eta[i]) * (died ? 1 - phi : 1)
            sum += share
            for j in 0..<p { first[j] += share * rows[i][j] }
          }
          total -= mean * log(sum)
          for j in 0..<p { gradient[j] -= mean * first[j] / sum }
        }
      }
    }
    return (total, gradient)
  }

  /// −∂²ln L by central differences of the gradient.
  func information(_ beta: [Double], step: Double = 1e-5) -> [[Double]] {
    beta.indices.map { j in
      var up = beta
      var down = beta
      up[j] += step
      down[j] -= step
      let (a, b) = (value(up).gradient, value(down).gradient)
      return beta.indices.map { (b[$0] - a[$0]) / (2 * step) }
    }
  }

  /// ∂ gradient/∂ weight of each case, by central differences.
  func scoreResiduals(_ beta: [Double], step: Double = 1e-4) -> [[Double]] {
    times.indices.map { i in
      var up = self
      var down = self
      up.weights[i] += step
      down.weights[i] -= step
      let (a, b) = (up.value(beta).gradient, down.value(beta).gradient)
      return beta.indices.map { (a[$0] - b[$0]) / (2 * step) }
    }
  }
}

/// Product of square matrices.
func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
  a.map { row in
    b[0].indices.map { k in row.indices.reduce(0) { $0 + row[$1] * b[$1][k] } }
  }
}
