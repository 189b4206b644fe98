import Foundation
import Kernels

/// Simulated trials in which readers measure the same subjects by several methods and are compared
/// by paired t tests, with each other and with a reference: how often is which test significant?
///
///     let twoD = ReaderTrials.Method(biases: [0, -0.6, 1.3], spread: 1.5)
///     let threeD = ReaderTrials.Method(biases: [0, 0, 0], spread: 1.5)
///     let design = ReaderTrials(subjects: 28, methods: [twoD, threeD], referenceError: 0.3)
///     let outcomes = design.simulate(2000, stream: stream)
///     outcomes.count { $0[0].pairs == 2 && $0[1].pairs == 0 }
///
/// Reader j's mean over repeats of subject i by a method is
///
///     y_ij = truth_i + bias_j + g_i + h_ij,   reference_i = truth_i + m_i
///
/// with h of variance `spread`² (volunteer × operator habit plus the repeats' error over their
/// number), g of variance `sharedSpread`² (what all readers of a method get wrong alike, such as the
/// formula of a shape) and m of variance `referenceError`², all normal and independent. The truth
/// cancels in every difference and is not drawn. Tests are two-sided paired t at `alpha`, with
/// n − 1 degrees of freedom. Methods share m, nothing else.
///
/// A single test's rate is `PairedPower` at SD √2·spread (between readers) or
/// √(spread² + sharedSpread² + referenceError²) (against the reference); what needs simulation is how
/// tests that share readers fall together.
public struct ReaderTrials: Sendable, Hashable, Codable {
  /// A method as its readers use it.
  public struct Method: Sendable, Hashable, Codable {
    /// [reader] systematic deviation from the truth, in the unit measured.
    public var biases: [Double]
    /// SD of the readers' own errors, subject by subject.
    public var spread: Double
    /// SD of the error that all readers share, subject by subject.
    public var sharedSpread: Double

    public init(biases: [Double], spread: Double, sharedSpread: Double = 0) {
      precondition((2...16).contains(biases.count), "biases (\(biases.count)) must be 2 to 16")
      precondition(spread > 0, "spread (\(spread)) must be positive")
      precondition(sharedSpread >= 0, "sharedSpread (\(sharedSpread)) must not be negative")
      self.biases = biases
      self.spread = spread
      self.sharedSpread = sharedSpread
    }
  }

  /// What the tests of one method said in one trial.
  public struct Outcome: Sendable, Hashable, Codable {
    /// Bit p: pair p is significant, pairs in the order 1−2, 1−3, …, 2−3, ….
    public var significantPairs: UInt32
    /// Bit j: reader j differs significantly from the reference.
    public var significantReaders: UInt32

    /// Number of significant pairs.
    public var pairs: Int { significantPairs.nonzeroBitCount }
    /// Number of readers that differ from the reference.
    public var readers: Int { significantReaders.nonzeroBitCount }
  }

  public let subjects: Int
  public let methods: [Method]
  /// SD of the reference's own error.
  public let referenceError: Double
  /// Size of each two-sided test.
  public let alpha: Double

  public init(
    subjects: Int, methods: [Method], referenceError: Double = 0, alpha: Double = 0.05
  ) {
    precondition(subjects >= 2, "subjects (\(subjects)) must be at least 2")
    precondition(!methods.isEmpty, "methods must not be empty")
    precondition(referenceError >= 0, "referenceError (\(referenceError)) must not be negative")
    precondition(alpha > 0 && alpha < 1, "alpha (\(alpha)) must lie between 0 and 1")
    self.subjects = subjects
    self.methods = methods
    self.referenceError = referenceError
    self.alpha = alpha
  }

  /// The outcomes [trial][method].
  ///
  /// Trial t draws from child t of the stream, so that a longer simulation begins like a shorter one.
  ///
  /// - Complexity: O(trials · methods · subjects · readers²).
  public func simulate(_ trials: Int, stream: RandomStream) -> [[Outcome]] {
    precondition(trials > 0, "trials (\(trials)) must be positive")
    let critical = Distributions.StudentT(Double(subjects - 1)).quantile(1 - alpha / 2)
    // With S = Σd, Q = Σd²: t² = (n − 1) S²/(nQ − S²), so that no root or division is needed.
    let bound = critical * critical / Double(subjects - 1)
    var outcomes = [[Outcome]](repeating: [], count: trials)
    outcomes.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let outcomes = buffer
      Parallel.chunks(of: trials, grain: 64) { range in
        var normals = [Float](repeating: 0, count: normalsPerTrial)
        for trial in range {
          var own = stream.child(trial)
          normals.withUnsafeMutableBufferPointer { own.fillNormal($0) }
          outcomes[trial] = normals.withUnsafeBufferPointer { evaluate($0, bound: bound) }
        }
      }
    }
    return outcomes
  }

  /// m, then g and h of each method, subject by subject.
  private var normalsPerTrial: Int {
    subjects * methods.reduce(1) { $0 + 1 + $1.biases.count }
  }

  private func evaluate(_ normals: UnsafeBufferPointer<Float>, bound: Double) -> [Outcome] {
    let n = subjects
    var start = n
    return methods.map { method in
      let readers = method.biases.count
      let shared = start
      let own = start + n
      start = own + n * readers
      func isSignificant(_ difference: (Int) -> Double) -> Bool {
        var (sum, squares) = (0.0, 0.0)
        for i in 0..<n {
          let d = difference(i)
          sum += d
          squares += d * d
        }
        return sum * sum > bound * (Double(n) * squares - sum * sum)
      }
      var outcome = Outcome(significantPairs: 0, significantReaders: 0)
      var bit: UInt32 = 1
      for j in 0..<readers {
        for k in (j + 1)..<max(j + 1, readers) {
          let offset = method.biases[j] - method.biases[k]
          if isSignificant({ i in
            offset + method.spread
              * Double(normals[own + j * n + i] - normals[own + k * n + i])
          }) {
            outcome.significantPairs |= bit
          }
          bit <<= 1
        }
        if isSignificant({ i in
          method.biases[j] + method.spread * Double(normals[own + j * n + i])
            + method.sharedSpread * Double(normals[shared + i])
            - referenceError * Double(normals[i])
        }) {
          outcome.significantReaders |= 1 << UInt32(j)
        }
      }
      return outcome
    }
  }
}
