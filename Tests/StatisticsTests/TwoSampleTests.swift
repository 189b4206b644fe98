import Foundation
import Statistics
import Testing

/// Against SciPy 1.17.1 on formulas that Tests/Outside/two_samples.py repeats.
@Suite struct TwoSampleTests {
  /// A number in [0, 1) from two indices.
  static func mixed(_ i: Int, _ j: Int) -> Double {
    var h = ((i * 73_856_093) ^ (j * 19_349_663)) & 0x7FFF_FFFF
    h = (h * 1_103_515_245 + 12345) & 0x7FFF_FFFF
    return Double((h >> 8) & 0xFFFF) / 65536
  }

  static func column(
    _ n: Int, _ j: Int, gain: Double = 1, shift: Double = 0, steps: Double? = nil
  ) -> [Double] {
    (0..<n).map { i in
      let x: Double = gain * mixed(i, j) + shift
      return steps.map { (x * $0).rounded(.toNearestOrEven) / $0 } ?? x
    }
  }

  struct Reference: Sendable, CustomTestStringConvertible {
    var name: String
    var first, second: [Double]
    var statistic, pValue, distance: Double
    var testDescription: String { name }
  }

  static let references: [Reference] = [
    Reference(
      name: "even", first: column(40, 3), second: column(55, 4),
      statistic: 0.11818181818181818, pValue: 0.8587603505443454, distance: 0.03269840587269177),
    Reference(
      name: "moved", first: column(120, 3), second: column(90, 4, shift: 0.3),
      statistic: 0.3333333333333333, pValue: 1.5105739965486285e-05, distance: 0.2683696746826172),
    Reference(
      name: "far", first: column(300, 3), second: column(310, 4, shift: 0.6),
      statistic: 0.64, pValue: 2.2880697640387054e-59, distance: 0.6001740289503528),
    Reference(
      name: "ties", first: column(60, 3, steps: 5), second: column(80, 4, shift: 0.1, steps: 5),
      statistic: 0.0875, pValue: 0.9377589112242187, distance: 0.056666666666666636),
    Reference(
      name: "one", first: column(1, 3), second: column(7, 4),
      statistic: 0.8571428571428571, pValue: 0.5, distance: 0.3583788190569197),
  ]

  /// `ks_2samp(method="exact")` and `wasserstein_distance`. The recursion adds positive numbers: its
  /// relative error is below 4 (n + m) roundings; distances are sums of as many terms.
  @Test(arguments: references) func againstSciPy(_ r: Reference) throws {
    let bound = 4 * Double(r.first.count + r.second.count) * 0x1p-53
    for (a, b) in [(r.first, r.second), (r.second, r.first)] {
      let test = try KolmogorovSmirnov(a, b)
      #expect(test.isExact && test.first == a.count && test.second == b.count)
      #expect(abs(test.statistic - r.statistic) <= 0x1p-52, "\(test.statistic)")
      // SciPy's own p-values carry some 10^-13.
      #expect(abs(test.pValue - r.pValue) <= max(bound, 1e-12) * r.pValue, "\(test.pValue)")
      let distance = try WassersteinDistance1D(a, b)
      #expect(abs(distance.value - r.distance) <= bound, "\(distance.value)")
    }
  }

  /// Beyond the exact recursion the limit law, `scipy.special.kolmogorov`.
  @Test func limitLaw() throws {
    let test = try KolmogorovSmirnov(Self.column(25000, 3), Self.column(20000, 4, gain: 1.01))
    #expect(!test.isExact)
    #expect(abs(test.statistic - 0.010780000000000012) <= 0x1p-52, "\(test.statistic)")
    #expect(abs(test.pValue - 0.15111808326996817) <= 1e-13, "\(test.pValue)")
  }

  /// By hand: 1, 2 against 3 has D = 1 with probability 2 of 3 orders; against itself D = 0, p = 1.
  @Test func byHand() throws {
    let apart = try KolmogorovSmirnov([1, 2], [3])
    #expect(apart.statistic == 1 && abs(apart.pValue - 2.0 / 3) < 0x1p-52)
    let same = try KolmogorovSmirnov([1, 2, 3], [3, 1, 2])
    #expect(same.statistic == 0 && same.pValue == 1)
    // 0 and 2 carried to 1 and 5: (1 + 3)/2.
    let carried = try WassersteinDistance1D([0, 2], [1, 5])
    #expect(carried.value == 2 && carried.spread == 1 && carried.relative == 2)
    // A shift costs its length, whatever the sizes.
    #expect(try WassersteinDistance1D([0, 1, 2], [10, 11, 12, 10, 11, 12]).value == 10)
    #expect(try WassersteinDistance1D([4, 4], [4]).relative == 0)
    #expect(try WassersteinDistance1D([4, 4], [5]).relative == .infinity)
  }

  @Test func refusals() {
    #expect(throws: Undefined.self) { try KolmogorovSmirnov([], [1]) }
    #expect(throws: Undefined("NaN among the values")) { try KolmogorovSmirnov([1], [.nan]) }
    #expect(throws: Undefined.self) { try WassersteinDistance1D([1], [.infinity]) }
  }
}
