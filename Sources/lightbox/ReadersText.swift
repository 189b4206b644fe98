import Statistics

/// The tables of `lightbox readers`.
extension ReadersReport {
  func text(_ style: TableStyle) -> String {
    let comment = style == .latex ? "% " : ""
    let units = clusters.map { " of \($0) clusters (\(cluster ?? ""))" } ?? ""
    var lines = [
      "\(file): \(cases) cases\(units), \(positives) positive, \(negatives) negative",
      "\(readers.count) readers, \(modalities.count) modalities (\(modalityColumn))",
    ].map { comment + $0 }
    for section in sections where section.rows.count > 1 {
      lines.append("")
      lines += style.lines(section)
    }
    lines.append("")
    return (lines + conventions.map { comment + $0 }).joined(separator: "\n")
  }

  private var sections: [TableStyle.Section] {
    var all = [figures, tests, differences, means, single, variances]
    if predictive != nil { all.append(predictiveValues) }
    if plans != nil { all.append(planning) }
    return all
  }

  private var percent: String { RocReport.percent(level) }

  /// How numbers were made.
  private var conventions: [String] {
    var notes = undefined
    let rule = threshold.map { ", call rating >= \(Self.short($0))" } ?? ""
    notes.append(
      "figure: \(figure)\(figure == "AUROC" ? ", ties one half" : rule); covariance: \(covariance)"
        + (clusters == nil ? ", independent cases" : ", clustered"))
    if let dorfmanBerbaumMetz {
      notes.append(
        "Dorfman-Berbaum-Metz on pseudovalues: F \(Cells.fixed(dorfmanBerbaumMetz.statistic, 2)), "
          + "p \(Cells.pValue(dorfmanBerbaumMetz.pValue))")
    }
    if clusters != nil, figure != "AUROC" {
      notes.append("single readers: McNemar ignores the clusters")
    }
    notes.append("p > 0.05 is no evidence of sameness; compare the interval with a margin.")
    if let drawn { notes.append("drawn: \(drawn.joined(separator: ", "))") }
    return notes
  }

  private var figures: TableStyle.Section {
    var rows = [[modalityColumn] + readers.map { "reader \($0)" } + ["mean"]]
    for (i, modality) in modalities.enumerated() {
      let mean = values[i].reduce(0, +) / Double(readers.count)
      rows.append([modality] + (values[i] + [mean]).map { Cells.fixed($0) })
    }
    return TableStyle.Section(title: "\(figure) of each reader", rows: rows)
  }

  private var tests: TableStyle.Section {
    var rows = [["equality of modalities", "test", "df", "p"]]
    for analysis in analyses {
      let numerator = Cells.fixed(analysis.numeratorDegrees, 0)
      let denominator = analysis.denominatorDegrees.map { "; \(Cells.fixed($0, 2))" } ?? ""
      rows.append([
        analysis.generalization, "\(analysis.test) \(Cells.fixed(analysis.statistic, 2))",
        numerator + denominator, Cells.pValue(analysis.pValue),
      ])
    }
    return TableStyle.Section(title: "Obuchowski-Rockette, df by Hillis", rows: rows)
  }

  private var differences: TableStyle.Section {
    let severalPairs = modalities.count > 2
    var rows = [
      ["difference", "over", "value", "SE", "df", "\(percent) interval", "p"]
        + (severalPairs ? ["Holm"] : [])
    ]
    for analysis in analyses {
      for row in analysis.differences {
        rows.append(
          [
            "\(row.first) - \(row.second)", analysis.generalization,
            Cells.fixed(row.estimate.value), Cells.fixed(row.estimate.standardError),
            row.estimate.degreesOfFreedom.map { Cells.fixed($0, 2) } ?? "normal",
            Cells.interval(row.estimate.interval), Cells.pValue(row.pValue),
          ] + (row.holm.map { [Cells.pValue($0)] } ?? []))
      }
    }
    return TableStyle.Section(title: "Differences of \(figure), mean over readers", rows: rows)
  }

  private var means: TableStyle.Section {
    var rows = [[modalityColumn, "over", figure, "SE", "df", "\(percent) interval"]]
    for analysis in analyses {
      for (name, mean) in zip(modalities, analysis.modalities) {
        rows.append([
          name, analysis.generalization, Cells.fixed(mean.value), Cells.fixed(mean.standardError),
          mean.degreesOfFreedom.map { Cells.fixed($0, 2) } ?? "normal",
          Cells.interval(mean.interval),
        ])
      }
    }
    return TableStyle.Section(title: "One modality, from its own data", rows: rows)
  }

  private var single: TableStyle.Section {
    let areRates = readerDifferences.contains { $0.discordant != nil }
    var rows = [
      [
        "reader", "difference", "value", areRates ? "discordant" : "SE", "\(percent) interval",
        areRates ? "mid-p" : "p", "Holm",
      ]
    ]
    for row in readerDifferences {
      rows.append([
        row.reader, "\(row.first) - \(row.second)", Cells.fixed(row.value),
        row.discordant.map { "\($0[0]) : \($0[1])" } ?? Cells.fixed(row.standardError ?? 0),
        Cells.interval(row.interval), Cells.pValue(row.pValue), Cells.pValue(row.holm ?? 1),
      ])
    }
    let how = areRates ? "McNemar, Tango's interval" : "paired, normal"
    return TableStyle.Section(title: "Single readers: these alone (\(how))", rows: rows)
  }

  private var variances: TableStyle.Section {
    let c = components
    let correlations = c.correlations
    let rows = [
      ["component", "Var(R)", "Var(TR)", "Var(error)", "Cov1", "Cov2", "Cov3"],
      ["estimate"]
        + [c.reader, c.modalityReader, c.variance, c.covariance1, c.covariance2, c.covariance3]
        .map { Cells.fixed($0, 8) },
      ["correlation", "", "", ""] + correlations.map { Cells.fixed($0, 3) },
    ]
    return TableStyle.Section(
      title: "Components of the model, for \(c.cases) cases", rows: rows,
      notes: [
        c.covariance2 < c.covariance3 ? "Cov2 - Cov3 is below 0 and counts as 0" : "",
        c.modalityReader < 0
          ? "Var(TR) is below 0: intervals over readers may be too narrow" : "",
      ].filter { !$0.isEmpty })
  }

  private var predictiveValues: TableStyle.Section {
    var rows = [
      ["reader", modalityColumn, "PPV", "\(percent) interval", "NPV", "\(percent) interval"]
    ]
    func cells(_ value: Double?, _ interval: Interval?) -> [String] {
      [value.map { Cells.fixed($0) } ?? "none", interval.map { Cells.interval($0) } ?? "none"]
    }
    for row in predictive ?? [] {
      rows.append(
        [row.reader, row.modality] + cells(row.positive, row.positiveInterval)
          + cells(row.negative, row.negativeInterval))
    }
    return TableStyle.Section(
      title: "Predictive values at prevalence \(Self.short(prevalence ?? 0)), call rating >= "
        + Self.short(threshold ?? 0), rows: rows,
      notes: ["Mercaldo's logit interval, independent cases, prevalence without error"])
  }

  private var planning: TableStyle.Section {
    var rows = [["readers", "cases for power 0.8", "power with \(cases) cases"]]
    for plan in plans ?? [] {
      rows.append([
        "\(plan.readers)", plan.cases.map { "\($0)" } ?? "never",
        Cells.fixed(plan.powerWithThese, 3),
      ])
    }
    return TableStyle.Section(
      title:
        "A study of two modalities to find \(Self.short(detect ?? 0)), readers and cases random",
      rows: rows,
      notes: [
        "from the components above, taken as true, Var(TR) not below 0; the same share of positives"
      ])
  }

  /// Whole numbers without a point.
  private static func short(_ x: Double) -> String {
    x == x.rounded() && abs(x) < 1e15 ? "\(Int(x))" : "\(x)"
  }
}
