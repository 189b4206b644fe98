import Foundation
import Metrics
import Statistics
import Tensors
import Testing

/// Principal components of pictures, and which combinations of factors pictures show.
@Suite struct PictureFactorsTests {
  static let fits:
    [(shape: [Int], variances: [Double], share: Double, probe: Double, scores: Double)] =
      [
        (
          [90, 2, 5, 6],
          [
            0.40649685353267073, 0.34892582724245336, 0.3336454688442162, 0.289020092977104,
            0.27792351471377796,
          ],
          0.27092350953006833, 0.8082656854549484, 0.5977092177479282
        ),
        (
          [40, 3, 6, 5],
          [
            0.672142802460077, 0.5964821505965114, 0.564499589121368, 0.5519478118059107,
            0.49594752968020644,
          ],
          0.32057113163083634, -1.2037155440777505, -1.3882482628087522
        ),
      ]

  /// scikit-learn's `PCA(svd_solver="full")`, signs by the same rule (Tests/Outside/two_samples.py),
  /// with more pictures than pixels and with fewer. Vectors err by roundings over gaps between
  /// variances of some tenths of the largest: 1e-12; scores are rounded to Float.
  @Test(arguments: 0..<2) func againstScikitLearn(_ place: Int) throws {
    let expected = Self.fits[place]
    let pixels = expected.shape[1...].reduce(1, *)
    let found = try PixelComponents(
      features(expected.shape[0], pixels).reshaped(expected.shape), count: 5)
    for (ours, theirs) in zip(found.variances, expected.variances) {
      #expect(near(ours, theirs, 1e-12))
    }
    #expect(near(found.explained, expected.share, 1e-12))
    func probe(_ values: [Double]) -> Double {
      values.enumerated().reduce(0) { $0 + $1.element * cos(Double($1.offset)) }
    }
    #expect(abs(probe(found.components) - expected.probe) < 1e-10, "\(probe(found.components))")
    let scores = try found.features(
      features(7, pixels, offset: 100).reshaped([7] + expected.shape[1...]))
    #expect(scores.shape == [7, 5])
    // 35 numbers of about 1, rounded to Float.
    let bound = 35 * 2 * 0x1p-24
    #expect(abs(probe(scores.elements.map(Double.init)) - expected.scores) < bound)
  }

  /// All components together keep distances; fitted pictures have the variances.
  @Test func wholeRotation() throws {
    let pictures = features(60, 12).reshaped([60, 3, 2, 2])
    let fit = try PixelComponents(pictures, count: 12)
    #expect(near(fit.explained, 1, 1e-13))
    let scores = try fit.features(pictures)
    func square(_ x: Tensor<Float>, _ i: Int, _ j: Int) -> Double {
      (0..<12).reduce(0) {
        let difference = Double(x.elements[i * 12 + $1]) - Double(x.elements[j * 12 + $1])
        return $0 + difference * difference
      }
    }
    for i in 0..<59 { #expect(near(square(scores, i, i + 1), square(pictures, i, i + 1), 1e-5)) }
    let moments = try FeatureMoments(scores)
    for k in 0..<12 {
      #expect(near(moments.covariance[k * 13], fit.variances[k], 1e-5))
      #expect(abs(moments.mean[k]) < 1e-6)
    }
    // The same bytes again, and through a file.
    #expect(try PixelComponents(pictures, count: 12).components == fit.components)
  }

  @Test func componentsRefused() {
    #expect(throws: Undefined.self) {
      try PixelComponents(features(5, 12).reshaped([5, 3, 2, 2]), count: 5)
    }
    #expect(throws: Undefined.self) {
      try PixelComponents(features(50, 12).reshaped([50, 3, 2, 2]), count: 13)
    }
  }

  /// Two factors, halves at the medians: four cells, of which the reference shows three.
  @Test func coverageByHand() throws {
    let reference: [[Double?]] = [[0, 0], [1, 10], [2, 11], [3, 1]]
    let coverage = try ModeCoverage(
      reference: Array(reference[..<3]) + [[2.5, 12]], real: reference,
      fake: [[0, 0], [0, 1], [9, nil], [9, -5]], bins: 2)
    // Reference rows 0, 1, 2 and 2.5 have edges 2 and 11: cells (0,0), (0,0), (1,1), (1,1).
    #expect(coverage.occupied == 2)
    let (real, fake) = (coverage.real, coverage.fake)
    #expect(real.covered == 1 && real.outside == 0.25 && real.unread == 0)
    #expect(fake.covered == 0.5 && fake.outside == 0.25 && fake.unread == 0.25)
    #expect(coverage.n == 4 && coverage.bins == 2)
  }

  /// A generator of one kind covers one cell in nine.
  @Test func collapsed() throws {
    let rows: [[Double?]] = (0..<900).map { [Double($0 % 30), Double($0 / 30)] }
    let coverage = try ModeCoverage(
      reference: rows, real: rows, fake: Array(repeating: [15, 15], count: 900), bins: 3)
    #expect(coverage.occupied == 9 && coverage.real.covered == 1)
    #expect(coverage.fake.covered == 1.0 / 9 && coverage.fake.outside == 0)
    #expect(throws: Undefined.self) {
      try ModeCoverage(reference: rows, real: rows, fake: [[1, 1]], bins: 3)
    }
    #expect(throws: Undefined.self) {
      try ModeCoverage(reference: [[nil]], real: [[1]], fake: [[1]], bins: 3)
    }
  }
}
