import Foundation
import Kernels
import Statistics

/// What `lightbox agreement` says about two methods.
struct AgreementPair: Encodable {
  /// An estimate with interval and test.
  struct Tested: Encodable {
    var value: Double
    var interval: Interval
    var pValue: Double
  }
  /// Sameness within a margin.
  struct Sameness: Encodable {
    var margins: Interval
    var pValue: Double
    var isShown: Bool
  }
  /// A place of the Bland-Altman panel.
  struct Point {
    var subject: String
    var mean, difference: Double
  }

  var first, second: String
  /// Subjects measured by both.
  var subjects: Int
  /// Values, or linked pairs, that went in.
  var measurements: Int
  /// On the scale asked for: ratios as ratios.
  var bias: Tested
  var holm: Double?
  /// Of differences of single measurements, on the scale of analysis (log ratios).
  var standardDeviation: Double
  var limits: Interval
  var limitIntervals: LimitIntervals
  /// How `limitIntervals` were made.
  var intervals: String
  var outside: Int?
  /// One value each only.
  var jointIntervals: LimitIntervals?
  var approximateIntervals: LimitIntervals?
  /// Variance of the first over that of the second, of the subjects' means.
  var varianceRatio: Tested?
  /// Of the difference on the mean, of the subjects' means.
  var slope: Tested?
  var sameness: Sameness?
  /// On the scale of analysis.
  var detectableBias: Double
  var points: [Point]

  private enum CodingKeys: String, CodingKey {
    case first, second, subjects, measurements, bias, holm, standardDeviation, limits
    case limitIntervals, intervals, outside, jointIntervals, approximateIntervals, varianceRatio
    case slope, sameness, detectableBias
  }

  /// - Throws: an input error where the data do not define the estimates.
  init(_ data: Measurements, _ a: Int, _ b: Int, _ options: Agreement) throws {
    first = data.methods[a]
    second = data.methods[b]
    let scale = options.scale
    let level = options.level
    let both = data.cells.indices.filter {
      !data.cells[$0][a].isEmpty && !data.cells[$0][b].isEmpty
    }
    func read(_ x: Double) -> Double { scale == .ratio ? exp(x) : x }
    func read(_ x: Interval) -> Interval { Interval(low: read(x.low), high: read(x.high)) }
    func read(_ x: LimitIntervals) -> LimitIntervals {
      LimitIntervals(lower: read(x.lower), upper: read(x.upper))
    }
    do {
      guard both.count > 1 else {
        throw Undefined("\(both.count) subjects measured by both: at least 2 are needed")
      }
      let own = both.map { data.cells[$0][a].map(\.value) }
      let other = both.map { data.cells[$0][b].map(\.value) }
      func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }
      let means = try BlandAltman(own.map(mean), other.map(mean), scale: scale)
      let bias: Estimate
      if own.allSatisfy({ $0.count == 1 }), other.allSatisfy({ $0.count == 1 }) {
        bias = means.bias
        subjects = both.count
        measurements = 2 * both.count
        standardDeviation = means.standardDeviation
        limits = read(means.limits)
        limitIntervals = read(means.exactIntervals(level: level))
        jointIntervals = read(means.jointExactIntervals(level: level))
        approximateIntervals = read(means.approximateIntervals(level: level))
        intervals = "exact, each limit by itself (Carkeet 2015)"
        outside = means.outside
        points = Self.points(data, both, means)
      } else {
        let repeated: RepeatedAgreement
        if options.linked {
          var (groups, all, names) = ([[Double]](), [(Double, Double)](), [String]())
          for i in both {
            let match = data.cells[i][a].compactMap { x in
              data.cells[i][b].first { $0.name == x.name }.map { (x.value, $0.value) }
            }
            if match.isEmpty { continue }
            groups.append([Double](repeating: 0, count: match.count))
            all += match
            names += match.map { _ in data.subjects[i] }
          }
          guard all.count > 1 else { throw Undefined("no repeat measured by both") }
          let pairs = try BlandAltman(all.map(\.0), all.map(\.1), scale: scale)
          var next = 0
          for i in groups.indices {
            for k in groups[i].indices {
              groups[i][k] = pairs.differences[next]
              next += 1
            }
          }
          repeated = try RepeatedAgreement(pairs: groups)
          points = zip(names, zip(pairs.means, pairs.differences)).map {
            Point(subject: $0, mean: $1.0, difference: read($1.1))
          }
          intervals = "linked pairs, the true value varies (Zou 2013)"
        } else {
          guard scale != .percent else {
            throw LightboxError(
              .usage, "--scale percent with repeats: expected --linked, or --scale ratio")
          }
          func logs(_ x: [[Double]]) -> [[Double]] { scale == .ratio ? x.map { $0.map(log) } : x }
          if scale == .ratio, let low = (own + other).joined().min(), low <= 0 {
            throw Undefined("a measurement of \(low): ratios need positive values")
          }
          repeated = try RepeatedAgreement(repeats: logs(own), logs(other))
          points = Self.points(data, both, means)
          intervals = "repeats, the true value is constant (Zou 2013)"
        }
        bias = repeated.bias
        subjects = bias.n
        measurements = repeated.measurements
        standardDeviation = repeated.totalVariance.squareRoot()
        limits = read(repeated.limits)
        limitIntervals = read(repeated.intervals(level: level))
      }
      self.bias = Tested(
        value: read(bias.value), interval: read(bias.interval(level: level)),
        pValue: bias.pValue())
      detectableBias = PairedPower(
        n: bias.n, standardDeviation: bias.standardError * Double(bias.n).squareRoot()
      ).minimumDetectableDifference(power: options.power)
      if let margin = options.margin {
        let test = Equivalence(bias, margin: scale == .ratio ? log(margin) : margin)
        sameness = Sameness(
          margins: read(test.margins), pValue: test.pValue, isShown: test.isEquivalent)
      }
      if let spread = try? PitmanMorgan(own.map(mean), other.map(mean)) {
        varianceRatio = Tested(
          value: spread.ratio, interval: spread.interval(level: level), pValue: spread.pValue)
      }
      if let line = try? DifferenceRegression(means) {
        slope = Tested(
          value: line.slope.value, interval: line.slope.interval(level: level),
          pValue: line.slope.pValue())
      }
    } catch let error as Undefined {
      throw LightboxError.input(
        file: data.file, found: "\(first) and \(second): \(error.reason)",
        expected: "measurements that define agreement")
    }
  }

  /// The subjects' means.
  private static func points(
    _ data: Measurements, _ rows: [Int], _ means: BlandAltman
  ) -> [Point] {
    rows.indices.map {
      Point(
        subject: data.subjects[rows[$0]], mean: means.means[$0],
        difference: means.onScale(means.differences[$0]))
    }
  }
}
