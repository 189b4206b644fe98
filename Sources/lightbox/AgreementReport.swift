import Foundation
import Kernels
import Plotting
import Statistics

/// What `lightbox agreement` found.
struct AgreementReport: Encodable {
  var file: String
  var scale: DifferenceScale
  var level: Double
  var power: Double
  var subjects: Int
  var methods: [String]
  var values: Int
  /// Fewest and most values of a subject by a method that measured him.
  var repeats: [Int]
  /// Fields without a value, left out.
  var empty: Int
  var pairs: [AgreementPair] = []
  var components: AgreementComponents
  var drawn: [String]?

  init(_ options: Agreement) throws {
    let drawing = try options.plot.map { try AgreementPlot($0) }
    let data = try options.measurements()
    guard !options.linked || data.namesRepeats else {
      throw LightboxError(.usage, "--linked: expected --repeat, the column that links the values")
    }
    file = options.file
    scale = options.scale
    level = options.level
    power = options.power
    subjects = data.subjects.count
    methods = data.methods
    values = data.count
    repeats = [data.repeats.lowerBound, data.repeats.upperBound]
    empty = data.empty
    for a in data.methods.indices {
      for b in data.methods.indices.dropFirst(a + 1) {
        pairs.append(try AgreementPair(data, a, b, options))
      }
    }
    for (k, adjusted) in holm(pairs.map(\.bias.pValue)).enumerated() { pairs[k].holm = adjusted }
    components = AgreementComponents(data, level: options.level)
    if let drawing { drawn = try drawing.draw(self) }
  }

  /// Decimals at which the smallest spread of differences has three digits.
  private var decimals: Int {
    let least =
      pairs.flatMap { pair -> [Double] in
        scale == .ratio
          ? [pair.standardDeviation * pair.bias.value] : [pair.standardDeviation]
      }.min() ?? 1
    return min(8, max(0, 2 - Int(log10(least).rounded(.down))))
  }

  func text(_ style: TableStyle) -> String {
    let spread = repeats[0] == repeats[1] ? "\(repeats[0])" : "\(repeats[0]) to \(repeats[1])"
    let missing = empty > 0 ? "; \(empty) empty left out" : ""
    let opening =
      "\(file): \(subjects) subjects, \(methods.count) methods, \(spread) "
      + "value\(spread == "1" ? "" : "s") each, \(values) values\(missing)"
    let comment = style == .latex ? "% " : ""
    var lines = [comment + opening]
    for section in sections where section.rows.count > 1 {
      lines.append("")
      lines += style.lines(section)
    }
    var last = ["p > 0.05 is no evidence of sameness; compare limits and intervals with a margin."]
    if let reason = components.reason { last.insert("no components: \(reason)", at: 0) }
    if let drawn { last.append("drawn: \(drawn.joined(separator: ", "))") }
    lines.append("")
    return (lines + last.map { comment + $0 }).joined(separator: "\n")
  }

  private var sections: [TableStyle.Section] {
    [biases, limits] + (pairs.contains { $0.sameness != nil } ? [sameness] : [])
      + [spreads, parts, measurement, correlations, repeatability, errors]
  }

  private var percent: String { RocReport.percent(level) }

  private var operation: String {
    scale == .ratio ? "/" : "-"
  }

  private func name(_ pair: AgreementPair) -> String { "\(pair.first) \(operation) \(pair.second)" }

  private var biases: TableStyle.Section {
    let d = decimals
    var rows = [
      ["bias", "subjects", scale.rawValue, "\(percent) interval", "p", "Holm", "detectable"]
    ]
    for pair in pairs {
      let detectable = scale == .ratio ? exp(pair.detectableBias) : pair.detectableBias
      rows.append([
        name(pair), "\(pair.subjects)", Cells.fixed(pair.bias.value, d),
        Cells.interval(pair.bias.interval, d), Cells.pValue(pair.bias.pValue),
        Cells.pValue(pair.holm ?? 1), Cells.fixed(detectable, d),
      ])
    }
    return TableStyle.Section(
      title: "Bias, paired t", rows: rows,
      notes: [
        "detectable: smallest true bias found at .05 with power \(Printed.exact(power))"
      ])
  }

  private var limits: TableStyle.Section {
    let d = decimals
    var rows = [["limits", "SD", "lower", "\(percent) interval", "upper", "\(percent) interval"]]
    for pair in pairs {
      rows.append([
        name(pair), Cells.fixed(pair.standardDeviation, scale == .ratio ? 4 : d),
        Cells.fixed(pair.limits.low, d), Cells.interval(pair.limitIntervals.lower, d),
        Cells.fixed(pair.limits.high, d), Cells.interval(pair.limitIntervals.upper, d),
      ])
    }
    let how = pairs.reduce(into: [String]()) {
      if !$0.contains($1.intervals) { $0.append($1.intervals) }
    }
    var notes = ["intervals: " + how.joined(separator: "; ")]
    if scale == .ratio { notes.append("SD of the logarithms of the ratios") }
    return TableStyle.Section(
      title: "Limits of agreement of single measurements", rows: rows, notes: notes)
  }

  private var sameness: TableStyle.Section {
    var rows = [["sameness", "margins", "p", "within"]]
    for pair in pairs {
      guard let test = pair.sameness else { continue }
      rows.append([
        name(pair), Cells.interval(test.margins, decimals), Cells.pValue(test.pValue),
        test.isShown ? "yes" : "not shown",
      ])
    }
    return TableStyle.Section(title: "Bias within the margin, two one-sided tests", rows: rows)
  }

  private var spreads: TableStyle.Section {
    var rows = [["variance ratio", "", "\(percent) interval", "p", "slope on mean", "p"]]
    for pair in pairs {
      guard let ratio = pair.varianceRatio else { continue }
      rows.append(
        [
          name(pair), Cells.fixed(ratio.value, 3), Cells.interval(ratio.interval, 3),
          Cells.pValue(ratio.pValue),
        ] + (pair.slope.map { [Cells.fixed($0.value), Cells.pValue($0.pValue)] } ?? []))
    }
    return TableStyle.Section(
      title: "Equal variances (Pitman and Morgan), proportional bias; subjects' means", rows: rows)
  }

  private var parts: TableStyle.Section {
    var rows = [["component", "variance", "\(percent) interval", "SD"]]
    for part in components.parts {
      rows.append([
        part.name, Self.short(part.variance), part.interval.map(Self.short) ?? "",
        Self.short(part.standardDeviation),
      ])
    }
    return TableStyle.Section(
      title: "Variance components, \(components.estimation)", rows: rows,
      notes: components.parts.contains { $0.variance < 0 }
        ? ["a negative estimate counts as 0 below"] : [])
  }

  private var measurement: TableStyle.Section {
    var rows = [
      ["error of measurement", "SEM", "\(percent) interval", "1.96 x sqrt2 x SEM", "% of mean"]
    ]
    for spread in components.spreads {
      rows.append([
        spread.name, Self.short(spread.standardError), spread.interval.map(Self.short) ?? "",
        Self.short(spread.coefficient), spread.ofMean.map { Cells.fixed(100 * $0, 1) } ?? "",
      ])
    }
    return TableStyle.Section(title: "One measurement of a subject", rows: rows)
  }

  private var correlations: TableStyle.Section {
    var rows = [["intraclass correlation", "of", "value", "\(percent) interval"]]
    for icc in components.correlations {
      rows.append([
        icc.name, icc.of, Cells.fixed(icc.value, 3),
        icc.interval.map { Cells.interval($0, 3) } ?? "no interval",
      ])
    }
    let left = subjects - components.complete
    return TableStyle.Section(
      title: "Intraclass correlation (Shrout and Fleiss; McGraw and Wong)", rows: rows,
      notes: left > 0 ? ["\(left) subjects not measured by all methods are left out of ICC(.)"] : []
    )
  }

  private var repeatability: TableStyle.Section {
    var rows = [
      ["repeatability", "subjects", "within SD", "coefficient", "\(percent) interval", "CV %"]
    ]
    for own in components.repeatability {
      rows.append([
        own.method, "\(own.subjects)", Self.short(own.withinSD), Self.short(own.coefficient),
        Self.short(own.coefficientInterval),
        own.coefficientOfVariation.map { Cells.fixed(100 * $0, 1) } ?? "",
      ])
    }
    return TableStyle.Section(title: "Repeats of one method, 1.96 x sqrt2 x within SD", rows: rows)
  }

  private var errors: TableStyle.Section {
    var rows = [["error variance", "", "\(percent) interval", "p of none"]]
    for own in components.errorVariances ?? [] {
      rows.append([
        own.method, Self.short(own.variance), Self.short(own.interval), Cells.pValue(own.pValue),
      ])
    }
    return TableStyle.Section(
      title: "Error variance of each method (Grubbs), subjects' means", rows: rows)
  }

  /// Three significant digits.
  private static func short(_ x: Double) -> String {
    Printed.significant(x, digits: 3)
  }
  private static func short(_ x: Interval) -> String { "\(short(x.low)) to \(short(x.high))" }
}
