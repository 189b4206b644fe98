import Foundation
import Metrics
import Statistics
import Tensors
import Testing

@Suite struct SimilarityTests {
  let p: Tensor<Float>
  let q: Tensor<Float>

  init() {
    var a: [Float] = []
    var b: [Float] = []
    for i in 0..<60 {
      for j in 0..<72 {
        let wave: Double = 0.3 * sin(Double(i) / 5) * cos(Double(j) / 7)
        let value = Float(0.5 + wave + 0.2 * (mixed(i, j) - 0.5))
        // NumPy keeps .9 p in float32.
        b.append(Float(Double(Float(0.9) * value) + 0.15 * mixed(j, i) - 0.02))
        a.append(value)
      }
    }
    p = Tensor(shape: [1, 60, 72], a)
    q = Tensor(shape: [1, 60, 72], b)
  }

  /// scikit-image 0.26.0, and SciPy for the three scales (Tests/Outside/metrics.py). Libm's sine
  /// may differ by one Float in a pixel: 2^-24 of 1 over 4320 pixels is far below 1e-8.
  @Test func againstScikitImage() throws {
    let gaussian = try structuralSimilarity(p, q)
    #expect(near(gaussian, 0.8589186925616978, 1e-8), "\(gaussian)")
    let uniform = try structuralSimilarity(p, q, window: .uniform(size: 7))
    #expect(near(uniform, 0.8834042875429122, 1e-8), "\(uniform)")
    #expect(near(peakSignalToNoise(p, q), 26.72541349647789, 1e-8))
    let weights = [0.0448, 0.2856, 0.3001]
    let sum = weights.reduce(0, +)
    let scales = try multiscaleSimilarity(p, q, weights: weights.map { $0 / sum })
    #expect(near(scales, 0.9730330112037126, 1e-8), "\(scales)")
  }

  /// Constant images: only the luminance term is left, (2ab + C1)/(a² + b² + C1).
  @Test func closedForm() throws {
    let a = Tensor<Float>(repeating: 0.25, shape: [2, 20, 20])
    let b = Tensor<Float>(repeating: 0.5, shape: [2, 20, 20])
    let expected = (2 * 0.125 + 1e-4) / (0.0625 + 0.25 + 1e-4)
    #expect(near(try structuralSimilarity(a, b), expected, 1e-12))
    #expect(near(peakSignalToNoise(a, b), 10 * log10(16), 1e-12))
    #expect(peakSignalToNoise(a, a) == .infinity)
    // MSE at range R scales as R².
    #expect(near(peakSignalToNoise(a, b, range: 10), 10 * log10(1600), 1e-12))
  }

  @Test func invariances() throws {
    #expect(near(try structuralSimilarity(p, p), 1, 1e-12))
    #expect(try structuralSimilarity(p, q) == structuralSimilarity(q, p))
    let (a, b) = (p.elements.map { $0 * 255 }, q.elements.map { $0 * 255 })
    let scaled = try structuralSimilarity(
      Tensor(shape: p.shape, a), Tensor(shape: p.shape, b), range: 255)
    #expect(near(scaled, try structuralSimilarity(p, q), 1e-6))
    // 60 pixels hold three scales of an 11-pixel window, not four.
    #expect(throws: Undefined.self) { try multiscaleSimilarity(p, q) }
    #expect(throws: Undefined.self) {
      try structuralSimilarity(Tensor.zeros([1, 10, 40]), Tensor.zeros([1, 10, 40]))
    }
  }
}
