import Foundation

/// Variance components by restricted maximum likelihood, for any numbers of repeats, empty cells
/// included.
///
///     let fit = try RestrictedLikelihood(layout).fit()
///     fit.components.operators
///     likelihood.profileInterval(of: .operators, around: fit)
///
/// The model is that of `VarianceComponents`; estimates are not negative. Minimised is
///
///     −2 ℓ_R = ln|V| + ln|1'V⁻¹1| + (y − μ̂)'V⁻¹(y − μ̂) + (N − 1) ln 2π
///
/// (lme4's REML criterion; SAS subtracts nothing else for one fixed effect). Cells collapse to their
/// means with variances σ_so² + σ_e²/n_ij, subjects and operators are eliminated by blocks, and σ_e²
/// is profiled out, so that one evaluation costs O(cells · operators + operators³) and what is
/// searched are the three ratios of standard deviations to σ_e.
/// Reference: Patterson and Thompson 1971, doi:10.1093/biomet/58.3.545.
public struct RestrictedLikelihood: Sendable {
  private struct Cell {
    var subject, operators: Int
    var mean, count: Double
  }
  private let cells: [Cell]
  private let subjects, operators: Int
  private let count: Double
  private let withinSquares: Double
  private let logCounts: Double
  /// Whether interaction and residual can be told apart.
  public let hasRepeats: Bool

  /// - Throws: `Undefined` where all measurements are equal, or no more than one is left for the
  ///   residual.
  public init(_ layout: TwoWayLayout) throws(Undefined) {
    var (cells, within) = ([Cell](), 0.0)
    for (i, row) in layout.cells.enumerated() {
      for (j, values) in row.enumerated() where !values.isEmpty {
        let mean = values.reduce(0, +) / Double(values.count)
        within += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        cells.append(Cell(subject: i, operators: j, mean: mean, count: Double(values.count)))
      }
    }
    self.cells = cells
    subjects = layout.subjects
    operators = layout.operators
    count = Double(layout.count)
    withinSquares = within
    logCounts = cells.reduce(0) { $0 + log($1.count) }
    hasRepeats = layout.count > cells.count
    guard within > 0 || cells.contains(where: { $0.mean != cells[0].mean }) else {
      throw Undefined("all measurements are equal: no variance components")
    }
    guard !hasRepeats || within > 0 else {
      throw Undefined("all repeats are equal: the residual variance is 0")
    }
    guard layout.filled > layout.subjects + layout.operators - 1 else {
      throw Undefined(
        "\(layout.filled) cells for \(layout.subjects) subjects and \(layout.operators) operators: "
          + "too few measured by more than one operator")
    }
  }

  /// What the data say at given ratios of variances to σ_e².
  private struct Evaluation {
    /// ln|V| + ln 1'V⁻¹1 with σ_e² = 1.
    var logDeterminants: Double
    /// (y − μ̂)'V⁻¹(y − μ̂) with σ_e² = 1.
    var squares: Double
    var mean: Double
    /// 1'V⁻¹1 with σ_e² = 1.
    var precision: Double
  }

  /// - Parameters: ratios of the variances of subject, operators, interaction to σ_e².
  private func evaluate(_ s: Double, _ o: Double, _ so: Double) -> Evaluation {
    // A = D + σ_s² blocks of ones, by subject; B = Z'A⁻¹Z for the operators, and with 1 and y.
    let k = operators
    var logA = logCounts
    var weights = [Double](repeating: 0, count: subjects)
    var weightedSums = [Double](repeating: 0, count: subjects)
    let d = cells.map { 1 / (so + 1 / $0.count) }
    let origin = cells[0].mean  // centring guards the quadratic forms against cancellation
    for (cell, w) in zip(cells, d) {
      logA -= log(w)
      weights[cell.subject] += w
      weightedSums[cell.subject] += w * (cell.mean - origin)
    }
    let shrink = weights.map { s / (1 + s * $0) }
    for w in weights { logA += log(1 + s * w) }
    var b = [Double](repeating: 0, count: k * k)
    var (b1, by) = ([Double](repeating: 0, count: k), [Double](repeating: 0, count: k))
    var (a11, a1y, ayy) = (0.0, 0.0, 0.0)
    var start = 0
    while start < cells.count {
      let i = cells[start].subject
      var end = start
      while end < cells.count, cells[end].subject == i { end += 1 }
      let (w1, wy, c) = (weights[i], weightedSums[i], shrink[i])
      a11 += w1 - c * w1 * w1
      a1y += wy - c * w1 * wy
      ayy -= c * wy * wy
      for p in start..<end {
        let y = cells[p].mean - origin
        let j = cells[p].operators
        ayy += d[p] * y * y
        b1[j] += d[p] * (1 - c * w1)
        by[j] += d[p] * (y - c * wy)
        b[j * k + j] += d[p]
        for q in start..<end { b[j * k + cells[q].operators] -= c * d[p] * d[q] }
      }
      start = end
    }
    // V⁻¹ = A⁻¹ − A⁻¹Z (I/σ_o² + B)⁻¹ Z'A⁻¹, written with M = I + σ_o² B = L L'.
    for p in 0..<(k * k) { b[p] *= o }
    for j in 0..<k { b[j * k + j] += 1 }
    var logM = 0.0
    for j in 0..<k {
      for i in j..<k {
        var sum = b[i * k + j]
        for p in 0..<j { sum -= b[i * k + p] * b[j * k + p] }
        if i == j {
          b[j * k + j] = sum.squareRoot()
          logM += 2 * log(b[j * k + j])
        } else {
          b[i * k + j] = sum / b[j * k + j]
        }
      }
      for p in 0..<j {
        b1[j] -= b[j * k + p] * b1[p]
        by[j] -= b[j * k + p] * by[p]
      }
      b1[j] /= b[j * k + j]
      by[j] /= b[j * k + j]
    }
    for j in 0..<k {
      a11 -= o * b1[j] * b1[j]
      a1y -= o * b1[j] * by[j]
      ayy -= o * by[j] * by[j]
    }
    return Evaluation(
      logDeterminants: logA + logM + log(a11),
      squares: withinSquares + Swift.max(0, ayy - a1y * a1y / a11), mean: origin + a1y / a11,
      precision: a11)
  }

  /// −2 ℓ_R of given components.
  ///
  /// - Parameter components: not negative, residual positive; `interaction` nil counts as 0.
  public func criterion(_ components: VarianceComponents) -> Double {
    let e = components.residual
    let found = evaluate(
      components.subject / e, components.operators / e, (components.interaction ?? 0) / e)
    // V scales with σ_e²: |V| by its N-th power, 1'V⁻¹1 by its inverse.
    return found.logDeterminants + (count - 1) * (log(e) + log(2 * Double.pi)) + found.squares / e
  }

  /// The criterion at ratios of standard deviations to σ_e, with the best σ_e.
  private func profiled(_ ratios: [Double]) -> Double {
    let found = evaluate(ratios)
    let variance = found.squares / (count - 1)
    return found.logDeterminants + (count - 1) * (log(variance) + 1 + log(2 * Double.pi))
  }

  private func evaluate(_ ratios: [Double]) -> Evaluation {
    let squares = ratios.map { $0 * $0 }
    return evaluate(squares[0], squares[1], hasRepeats ? squares[2] : 0)
  }

  /// A fitted model.
  public struct Fit: Sendable, Hashable, Codable {
    public var components: VarianceComponents
    /// Generalised least squares mean, with its standard error and no degrees of freedom.
    public var mean: Estimate
    /// −2 ℓ_R at the minimum.
    public var criterion: Double
  }

  /// The estimates: the best of a grid of ratios, then Nelder and Mead, then Newton's steps on those
  /// that are not at 0.
  public func fit() -> Fit {
    let steps = [0.2, 1, 5]
    var start = [1.0, 1.0, 1.0]
    var least = Double.infinity
    for s in steps {
      for o in steps {
        for so in hasRepeats ? steps : [0] {
          let value = profiled([s, o, so])
          if value < least { (least, start) = (value, [s, o, so]) }
        }
      }
    }
    if !hasRepeats { start.removeLast() }
    var best = minimize(from: start, step: 0.5, profiled)
    for k in best.point.indices {
      // The criterion is even in every ratio: at 0 it is flat, so 0 itself has to be tried.
      var other = best.point
      other[k] = 0
      let free = other.indices.filter { $0 != k && other[$0] != 0 }
      let found = minimize(from: free.map { other[$0] }, step: 0.1) { values in
        var full = other
        for (place, value) in zip(free, values) { full[place] = value }
        return profiled(full)
      }
      if found.value <= best.value + 1e-10 * (1 + abs(best.value)) {
        for (place, value) in zip(free, found.point) { other[place] = value }
        best = (other, found.value)
      }
    }
    best.point = best.point.map(abs)
    best = polished(best)
    let found = evaluate(best.point)
    let e = found.squares / (count - 1)
    return Fit(
      components: VarianceComponents(
        subject: best.point[0] * best.point[0] * e, operators: best.point[1] * best.point[1] * e,
        interaction: hasRepeats ? best.point[2] * best.point[2] * e : nil, residual: e),
      mean: Estimate(
        value: found.mean, standardError: (e / found.precision).squareRoot(), n: Int(count)),
      criterion: best.value)
  }

  /// Newton's steps along each coordinate in turn on the logarithms of the ratios, derivatives by
  /// central differences: sharpens a minimum that the simplex leaves at about √ε.
  private func polished(
    _ start: (point: [Double], value: Double)
  ) -> (point: [Double], value: Double) {
    var best = start
    let h = 1e-3
    for _ in 0..<40 {
      var moved = 0.0
      for k in best.point.indices where best.point[k] > 0 {
        func at(_ shift: Double) -> Double {
          var point = best.point
          point[k] *= exp(shift)
          return profiled(point)
        }
        let (above, below, centre) = (at(h), at(-h), profiled(best.point))
        let slope = (above - below) / (2 * h)
        let curvature = (above - 2 * centre + below) / (h * h)
        guard curvature > 0 else { continue }
        let step = Swift.min(0.5, Swift.max(-0.5, -slope / curvature))
        guard at(step) <= centre + 1e-9 else { continue }
        best.point[k] *= exp(step)
        moved = Swift.max(moved, abs(step))
      }
      if moved < 1e-11 { break }
    }
    best.value = profiled(best.point)
    return best
  }
}
