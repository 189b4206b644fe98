//: ## Twenty texture statistics
//: Realism is judged on numbers that a reader can name, never by a trained discriminator, which
//: always wins. All are computed per 28x28 image after its mean is removed and its standard
//: deviation set to one, so that window settings count only once, as the first statistic.
import Foundation
import LightboxStudy

enum Texture {
  static let names =
    [
      "SD", "skewness", "kurtosis", "10th percentile", "90th percentile", "gradient x",
      "gradient y",
    ]
    + ["Laplacian", "correlation lag 1 x", "lag 1 y", "lag 3 x", "lag 3 y", "lag 6 x", "lag 6 y"]
    + ["left-right", "up-down", "spectrum slope", "power at 3", "power at 6", "power at 10"]

  /// The statistics of a square image, in the order of `names`.
  static func statistics(_ image: [Double], size n: Int) -> [Double] {
    let mean = image.reduce(0, +) / Double(image.count)
    let variance = image.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(image.count)
    let sd = max(1e-9, variance.squareRoot())
    let z = image.map { ($0 - mean) / sd }
    let sorted = z.sorted()
    let third = z.reduce(0) { $0 + $1 * $1 * $1 } / Double(z.count)
    let fourth = z.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(z.count)
    var row = [sd, third, fourth, sorted[z.count / 10], sorted[z.count * 9 / 10]]
    row += [log(meanSquare(z, n, 1, 0)), log(meanSquare(z, n, 0, 1))]
    var laplacian = 0.0
    for y in 1..<(n - 1) {
      for x in 1..<(n - 1) {
        let i = y * n + x
        let value = 4 * z[i] - z[i - 1] - z[i + 1] - z[i - n] - z[i + n]
        laplacian += value * value
      }
    }
    row.append(log(laplacian / Double((n - 2) * (n - 2))))
    for lag in [1, 3, 6] {
      row += [1 - meanSquare(z, n, lag, 0) / 2, 1 - meanSquare(z, n, 0, lag) / 2]
    }
    row += [mirror(z, n, horizontally: true), mirror(z, n, horizontally: false)]
    let spectrum = RadialSpectrum(z, size: n)
    row.append(spectrum.slope())
    row += [3, 6, 10].map { log(spectrum.power[$0] + 1e-9) }
    return row
  }

  /// Mean squared difference at a lag.
  private static func meanSquare(_ z: [Double], _ n: Int, _ dx: Int, _ dy: Int) -> Double {
    var sum = 1e-12
    for y in 0..<(n - dy) {
      for x in 0..<(n - dx) {
        let d = z[y * n + x] - z[(y + dy) * n + x + dx]
        sum += d * d
      }
    }
    return sum / Double((n - dx) * (n - dy))
  }

  /// Correlation of an image with its mirror image.
  static func mirror(_ z: [Double], _ n: Int, horizontally: Bool) -> Double {
    let mean = z.reduce(0, +) / Double(z.count)
    var product = 0.0
    var square = 1e-12
    for y in 0..<n {
      for x in 0..<n {
        let a = z[y * n + x] - mean
        product += a * (z[horizontally ? y * n + n - 1 - x : (n - 1 - y) * n + x] - mean)
        square += a * a
      }
    }
    return product / square
  }
}

//: The Fréchet distance between two sets of statistics, each scaled by mean and SD of the real
//: set: |μ₁ − μ₂|² + tr(C₁ + C₂ − 2(C₁C₂)^½) (Dowson and Landau 1982,
//: doi:10.1016/0047-259X(82)90077-X).
struct Gaussian {
  var mean: [Double]
  var covariance: [[Double]]

  init(_ rows: [[Double]]) {
    let d = rows[0].count
    let n = Double(rows.count)
    let mean = (0..<d).map { j in rows.reduce(0) { $0 + $1[j] } / n }
    covariance = (0..<d).map { i in
      (0..<d).map { j in
        rows.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) } / (n - 1)
      }
    }
    self.mean = mean
  }

  func frechet(_ other: Gaussian) -> Double {
    let shift = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let root = symmetric(covariance) { max(0, $0).squareRoot() }.matrix
    let inner = multiply(multiply(root, other.covariance), root)
    let cross = symmetric(inner) { max(0, $0).squareRoot() }.trace
    let traces = mean.indices.reduce(0) { $0 + covariance[$1][$1] + other.covariance[$1][$1] }
    return shift + traces - 2 * cross
  }
}

func multiply(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
  a.map { row in
    b[0].indices.map { j in row.indices.reduce(0) { $0 + row[$1] * b[$1][j] } }
  }
}

/// A function of a symmetric matrix by Jacobi rotations: f applied to the eigenvalues.
func symmetric(_ a: [[Double]], _ f: (Double) -> Double) -> (matrix: [[Double]], trace: Double) {
  let n = a.count
  var a = a
  var v = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
  for _ in 0..<30 {
    for p in 0..<n {
      for q in (p + 1)..<n where abs(a[p][q]) > 1e-14 {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta >= 0 ? 1 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<n {
          let (x, y) = (a[k][p], a[k][q])
          a[k][p] = c * x - s * y
          a[k][q] = s * x + c * y
        }
        for k in 0..<n {
          let (x, y) = (a[p][k], a[q][k])
          a[p][k] = c * x - s * y
          a[q][k] = s * x + c * y
          let (e, g) = (v[k][p], v[k][q])
          v[k][p] = c * e - s * g
          v[k][q] = s * e + c * g
        }
      }
    }
  }
  let values = (0..<n).map { f(a[$0][$0]) }
  let matrix = (0..<n).map { i in
    (0..<n).map { j in (0..<n).reduce(0) { $0 + v[i][$1] * values[$1] * v[j][$1] } }
  }
  return (matrix, values.reduce(0, +))
}
