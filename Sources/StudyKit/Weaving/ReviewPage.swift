extension Weaver {
  /// The reviewer's page: headline counts, the ledger, then figures and tables.
  public func review() throws -> String {
    try checkLog()
    var parts = ["# Review of \(header.study)"]
    // A study without claims has no file of them to link to.
    let rules =
      claims.isEmpty
      ? ""
      : "Verdicts are computed from rules fixed in "
        + "[claims.tsv](\(toRoot)Studies/\(header.study)/claims.tsv) before the first run. "
    parts.append(
      rules + "`make check-\(header.study)` runs the study again and compares. "
        + "The study as text: [README.md](README.md).")
    if claims.isEmpty {
      parts.append("The study judges no claims.")
    } else {
      parts.append("## Headline")
      parts.append(list(WovenClaim.headlines(claims)))
      parts.append("## Ledger")
      var lines = [
        "| claim | the paper says | printed | measured (interval) | verdict (tier) | why |",
        "| --- | --- | ---: | ---: | --- | --- |",
      ]
      for claim in claims {
        let cells = [
          "`\(claim.id)`", claim.quote, claim.printed, claim.outcome, claim.judged, claim.reason,
        ]
        lines.append("| " + cells.map(Self.cell).joined(separator: " | ") + " |")
      }
      parts.append(lines.joined(separator: "\n"))
      let recipes = claims.filter { !$0.recipe.isEmpty }
      if !recipes.isEmpty {
        parts.append("How to recompute, from the columns of `cases/`:")
        parts.append(list(recipes.map { "`\($0.id)` (\($0.tier)): `\($0.recipe)`" }))
      }
      if let recomputation {
        parts.append(recomputation.share)
        let rest = recomputation.listed
        if !rest.isEmpty { parts.append("The rest, with the reason:\n\n" + list(rest)) }
      }
    }
    for (kind, heading) in [(LogRow.Kind.figure, "Figures"), (.table, "Tables"), (.cases, "Cases")]
    {
      let rows = log.filter { $0.kind == kind }
      if rows.isEmpty { continue }
      parts.append("## \(heading)")
      for row in rows {
        if let output = try output(row) { parts.append(output) }
        parts.append("<sub>[\(row.file):\(row.line)](\(toRoot)\(row.file)#L\(row.line))</sub>")
      }
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func cell(_ text: String) -> String {
    text.isEmpty ? "–" : text.replacing("|", with: "\\|").replacing("\n", with: " ")
  }
}
