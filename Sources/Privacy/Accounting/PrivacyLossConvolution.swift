import Foundation
import Kernels

/// One step's privacy loss on a grid, in both directions, with the means kept.
///
/// Mass j is the probability of L within [(j − ½)h, (j + ½)h]; the grid of each direction is then
/// shifted so that its mean equals that of the truncated loss.
struct DiscreteLoss {
  /// Masses at (j mod size), for the record removed and added.
  var removing: [Double]
  var adding: [Double]
  /// True mean minus grid mean.
  var removingShift: Double
  var addingShift: Double

  init(_ loss: PrivacyLoss, mesh: PRVMesh) {
    let h = mesh.spacing
    let size = mesh.size
    let range = loss.range(outside: mesh.truncation)
    let first = Int((loss.loss(at: range.lowerBound) / h).rounded())
    let last = Int((loss.loss(at: range.upperBound) / h).rounded())
    precondition(last - first < size, "a step of \(last - first) cells exceeds \(size)")
    removing = [Double](repeating: 0, count: size)
    adding = removing
    // Edges from the top down: edge i is at (last + ½ − i) h.
    let cells = last - first + 1
    let edges = loss.inverse(
      descending: (0...cells).map { (Double(last - $0) + 0.5) * h })
    var massP = [Double](repeating: 0, count: cells)
    var massQ = massP
    let inverse: Double = 1 / (loss.noiseMultiplier * 2.0.squareRoot())
    for (j, weight) in loss.weights.enumerated() where j == 0 || weight > 0 {
      let centre = Double(j)
      // Tails beyond |u|, which keep their digits on both sides.
      var high: Double = (edges[0] - centre) * inverse
      var highTail: Double = 0.5 * erfc(abs(high))
      for i in 0..<cells {
        let low: Double = (edges[i + 1] - centre) * inverse
        let lowTail: Double = low == -.infinity ? 0 : 0.5 * erfc(abs(low))
        let mass: Double
        if low >= 0 {
          mass = lowTail - highTail
        } else if high <= 0 {
          mass = highTail - lowTail
        } else {
          mass = 1 - lowTail - highTail
        }
        massP[i] += weight * mass
        if j == 0 { massQ[i] = mass }
        high = low
        highTail = lowTail
      }
    }
    let totalP = massP.reduce(0, +)
    let totalQ = massQ.reduce(0, +)
    var gridP = 0.0
    var gridQ = 0.0
    for i in 0..<cells {
      let j = last - i
      let p = massP[i] / totalP
      let q = massQ[i] / totalQ
      gridP += p * (Double(j) * h)
      gridQ += q * (Double(j) * h)
      removing[((j % size) + size) % size] += p
      adding[((-j % size) + size) % size] += q
    }
    let mean = loss.meanLoss(from: edges[cells], to: edges[0])
    removingShift = mean.underP / totalP - gridP
    addingShift = gridQ - mean.underQ / totalQ
  }
}

/// The running product of the transforms of two real sequences, carried by one complex transform.
struct PairSpectrum {
  private let size: Int
  private var removingReal, removingImaginary: [Double]
  private var addingReal, addingImaginary: [Double]

  init(size: Int) {
    precondition(size % 2 == 0, "size (\(size)) must be even")
    self.size = size
    let half = size / 2 + 1
    removingReal = [Double](repeating: 1, count: half)
    removingImaginary = [Double](repeating: 0, count: half)
    addingReal = removingReal
    addingImaginary = removingImaginary
  }

  /// Convolves with `power` copies of a step.
  mutating func multiply(by step: DiscreteLoss, power: Int) {
    let z = FFT.transform(real: step.removing, imaginary: step.adding)
    let half = size / 2 + 1
    for f in 0..<half {
      let g = f == 0 ? 0 : size - f
      // Z = R + iA with R and A the transforms of real sequences.
      let r = (0.5 * (z.real[f] + z.real[g]), 0.5 * (z.imaginary[f] - z.imaginary[g]))
      let a = (0.5 * (z.imaginary[f] + z.imaginary[g]), 0.5 * (z.real[g] - z.real[f]))
      let rn = Self.power(r, power)
      let an = Self.power(a, power)
      (removingReal[f], removingImaginary[f]) = Self.product(
        (removingReal[f], removingImaginary[f]), rn)
      (addingReal[f], addingImaginary[f]) = Self.product((addingReal[f], addingImaginary[f]), an)
    }
  }

  /// The masses of the sum at (j mod size).
  func inverse() -> (removing: [Double], adding: [Double]) {
    var real = [Double](repeating: 0, count: size)
    var imaginary = real
    for f in 0..<(size / 2 + 1) {
      real[f] = removingReal[f] - addingImaginary[f]
      imaginary[f] = removingImaginary[f] + addingReal[f]
      guard f > 0, f < size - f else { continue }
      real[size - f] = removingReal[f] + addingImaginary[f]
      imaginary[size - f] = addingReal[f] - removingImaginary[f]
    }
    let z = FFT.transform(real: real, imaginary: imaginary, inverse: true)
    let scale = 1 / Double(size)
    return (z.real.map { $0 * scale }, z.imaginary.map { $0 * scale })
  }

  @inline(__always)
  private static func product(
    _ a: (Double, Double), _ b: (Double, Double)
  ) -> (Double, Double) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
  }

  /// zⁿ by repeated squaring; 0 where |z|ⁿ is below 1e-60.
  @inline(__always)
  private static func power(_ z: (Double, Double), _ n: Int) -> (Double, Double) {
    let norm = z.0 * z.0 + z.1 * z.1
    if norm == 0 || (norm < 0.99 && Double(n) * log(norm) < -276) { return (0, 0) }
    var base = z
    var result = (1.0, 0.0)
    var rest = n
    while true {
      if rest & 1 == 1 { result = product(result, base) }
      rest >>= 1
      if rest == 0 { return result }
      base = product(base, base)
    }
  }
}

/// δ(ε) of a summed privacy loss on a grid.
///
/// For t_{j−1} < ε ≤ t_j: δ(ε) = S_j − e^{ε − t_j} R_j with S_j = Σ_{i≥j} p_i and
/// R_j = Σ_{i≥j} p_i e^{t_j − t_i}.
struct PrivacyLossCurve {
  private let low: Double
  private let spacing: Double
  private let sums: [Double]
  private let discounted: [Double]
  /// What the transforms' rounding may add up to: the mean size of the masses that came out
  /// negative, times the number of cells.
  let rounding: Double

  /// From the masses at (j mod size), for j·spacing + shift from `low` on.
  init(circular masses: [Double], spacing: Double, shift: Double, low: Double) {
    let size = masses.count
    let first = Int(((low - shift) / spacing).rounded(.down))
    self.low = Double(first) * spacing + shift
    self.spacing = spacing
    var sums = [Double](repeating: 0, count: size + 1)
    var discounted = sums
    let factor = exp(-spacing)
    var position = ((first + size - 1) % size + size) % size
    var negative = 0.0
    var negatives = 0
    for j in stride(from: size - 1, through: 0, by: -1) {
      let p = masses[position]
      if p < 0 {
        negative -= p
        negatives += 1
      }
      sums[j] = sums[j + 1] + p
      discounted[j] = p + factor * discounted[j + 1]
      position = position == 0 ? size - 1 : position - 1
    }
    self.sums = sums
    self.discounted = discounted
    rounding = negatives == 0 ? 0 : negative / Double(negatives) * Double(size)
  }

  func delta(epsilon: Double) -> Double {
    let j = max(0, Int(((epsilon - low) / spacing).rounded(.up)))
    guard j < sums.count - 1 else { return 0 }
    let ahead: Double = epsilon - (low + Double(j) * spacing)
    return sums[j] - exp(ahead) * discounted[j]
  }

  /// The ε with δ(ε) = δ, between the ends of the window.
  func epsilon(delta: Double) -> Double {
    // The first grid point with δ(t_j) ≤ δ; the root is in the cell before it.
    var below = 0
    var above = sums.count - 1
    while below < above {
      let middle = (below + above) / 2
      if sums[middle] - discounted[middle] <= delta { above = middle } else { below = middle + 1 }
    }
    let j = above
    let point = low + Double(j) * spacing
    guard discounted[j] > 0, sums[j] > delta else { return point }
    return min(point, point + log((sums[j] - delta) / discounted[j]))
  }
}
