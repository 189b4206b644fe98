import Foundation
import Kernels
import StudyKit
import Testing

@Suite struct WeaverTests {
  static let main = """
    //: # Privacy and accuracy
    //: N is {{cohort.n}}, or {{ cohort.n.number }} of them.
    import LightboxStudy

    // hide
    struct Row {}
    // show

    @main struct Tiny {
      //: ## Table 1
      //: The loss is {{drop}}: {{drop.verdict}}, printed {{drop.paper}}, from {{drop.low}}.
      static func table1() {
        study.table("table-1")
        study.figure("figure-1")
        study.claim("drop")
      }
    }
    //: See Limits.swift for {{word}}.

    """
  static let limits = "//: ## Limits\nlet code = \"```\"\n"

  static let sources = [
    StudySource(file: "Studies/tiny/Tiny.swift", text: main),
    StudySource(file: "Studies/tiny/Limits.swift", text: limits),
  ]

  static func row(
    _ kind: LogRow.Kind, _ id: String, line: Int, value: String? = nil, unit: String? = nil,
    title: String? = nil, file: String = "Studies/tiny/Tiny.swift"
  ) -> LogRow {
    LogRow(
      file: file, line: line, kind: kind, id: id, tier: kind == .value ? nil : "simulated",
      title: title, value: value, unit: unit)
  }

  static let log = [
    row(.value, "cohort.n", line: 13, value: "8000", unit: "images"),
    row(.table, "table-1", line: 13, title: "Loss by arm"),
    row(.figure, "figure-1", line: 14, title: "What privacy costs"),
    row(.claim, "drop", line: 15),
    row(.text, "word", line: 15, value: "the rest"),
    row(.source, "Tiny.swift", line: 1, value: sources[0].digest),
  ]

  static let ledger =
    [
      "id\twhere\tquote\tprinted\tkind\tmeasured\tlow\thigh\tn\tseeds\ttier\tverdict\treason\trecipe",
      "drop\tabstract\ta small | penalty\t2.6 %\tordering\t0.03125\t0.0101\t0.052\t800\t5\tsimulated\tagrees\tbeyond 0\tauroc(predictions)",
      "drop\tabstract\ta small | penalty\t2.6 %\tordering\t\t\t\t\t\taggregates\tcontext (as printed)\t\t",
      "n\tabstract\tmany\t193,311\tvalue\t\t\t\t\t\tsimulated\tcontext\tauthors' data\t",
    ].joined(separator: "\n") + "\n"

  static let files = [
    "table-1.tsv": "arm\tauroc\nprivate\t0.87\nplain\t0.9012\n", "figure-1.svg": "",
  ]

  static func weaver(
    log: [LogRow] = log, sources: [StudySource] = sources, files: [String: String] = files
  ) throws -> Weaver {
    Weaver(
      header: PageHeader(study: "tiny", budget: "about a minute", command: "make tiny"),
      sources: sources, log: log, claims: try WovenClaim.read(ledger, file: "ledger.tsv")
    ) { files[$0] }
  }

  @Test func weavesTheDocumentedPage() throws {
    let page = try Self.weaver().page()
    let expected =
      [
        "<!-- Woven from tiny's sources by its own run; edit those, not this page. -->",
        "# Privacy and accuracy\nN is 8000 images, or 8000 of them.",
        "> **Budget** about a minute (measured: [run.json](run.json)) · **Data** simulated · **Run** "
          + "`make tiny` · **Review** [ledger first](REVIEW.md)",
        "```swift\nimport LightboxStudy\n```\n"
          + "<sub>[Tiny.swift, line 3](../../Studies/tiny/Tiny.swift#L3)</sub>",
        "<details><summary><code>Tiny.swift</code> line 6</summary>\n\n"
          + "[source](../../Studies/tiny/Tiny.swift#L6)\n\n```swift\nstruct Row {}\n```\n\n</details>",
        "```swift\n@main struct Tiny {\n```\n"
          + "<sub>[Tiny.swift, line 9](../../Studies/tiny/Tiny.swift#L9)</sub>",
        "## Table 1\nThe loss is 0.0312 (0.0101 to 0.0520): agrees (simulated), printed 2.6 %, from "
          + "0.0101.",
        "```swift\n  static func table1() {\n    study.table(\"table-1\")\n"
          + "    study.figure(\"figure-1\")\n    study.claim(\"drop\")\n  }\n}\n```\n"
          + "<sub>[Tiny.swift, lines 12–17](../../Studies/tiny/Tiny.swift#L12-L17)</sub>",
        "**Table 1.** Loss by arm · *simulated* · [data](table-1.tsv)\n\n"
          + "| arm | auroc |\n| --- | ---: |\n| private | 0.8700 |\n| plain | 0.9012 |",
        "![What privacy costs](figure-1.svg)\n\n**Figure 1.** What privacy costs · *simulated* · "
          + "[data](figure-1.tsv) · [script](figure-1.gp)",
        "> **agrees** (simulated) `drop` · printed 2.6 % · measured 0.0312 (0.0101 to 0.0520) · "
          + "n 800, 5 seeds · beyond 0",
        "See Limits.swift for the rest.", "## Limits",
        "````swift\nlet code = \"```\"\n````\n"
          + "<sub>[Limits.swift, line 2](../../Studies/tiny/Limits.swift#L2)</sub>",
        "## What the ledger says",
        "- **simulated**: 1 of 1 at risk decided (1 agree, 0 disagree, 0 undecided); not at risk: "
          + "0 built in, 1 context, 0 untestable here\n"
          + "- **aggregates**: 0 of 0 at risk decided (0 agree, 0 disagree, 0 undecided); "
          + "not at risk: 0 built in, 1 context, 0 untestable here",
        "Every row: [REVIEW.md](REVIEW.md), [ledger.tsv](ledger.tsv).",
      ].joined(separator: "\n\n") + "\n"
    #expect(page == expected)
    #expect(try Self.weaver().page() == page)
  }

  @Test func reviewPutsTheLedgerFirst() throws {
    let review = try Self.weaver().review()
    let order = ["## Headline", "## Ledger", "## Figures", "## Tables"].map {
      review.range(of: $0)!.lowerBound
    }
    #expect(order == order.sorted())
    #expect(review.contains("| `drop` | a small \\| penalty | 2.6 % | 0.0312 (0.0101 to 0.0520) |"))
    #expect(review.contains("`drop` (simulated): `auroc(predictions)`"))
  }

  static func error(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func unknownIdsNameFileAndLine() {
    let text = Self.main.replacing("{{word}}", with: "{{drop.verdicts}}")
    let said = Self.error {
      _ = try Self.weaver(
        log: Array(Self.log.dropLast()), sources: [.init(file: Self.sources[0].file, text: text)]
      ).page()
    }
    #expect(said.hasPrefix("Studies/tiny/Tiny.swift, row 18: found {{drop.verdicts}}"), "\(said)")
  }

  @Test func staleLogsAreRefused() {
    let edited = [StudySource(file: Self.sources[0].file, text: "//: new\n" + Self.main)]
    let changed = Self.error { _ = try Self.weaver(sources: edited).page() }
    #expect(changed.contains("stale log"))
    let beyond = Self.error {
      _ = try Self.weaver(log: [Self.row(.text, "word", line: 99)]).page()
    }
    #expect(beyond.contains("line 99 of 19"), "\(beyond)")
    let gone = Self.error {
      _ = try Self.weaver(log: [Self.row(.text, "w", line: 1, file: "Studies/tiny/Old.swift")])
        .page()
    }
    #expect(gone.contains("Old.swift, which is not there"))
  }

  @Test func claimsAndFilesMustExist() {
    let claim = Self.error {
      _ = try Self.weaver(log: Self.log + [Self.row(.claim, "other", line: 15)]).page()
    }
    #expect(claim.contains("no row for the claim other"))
    let file = Self.error { _ = try Self.weaver(files: [:]).page() }
    #expect(file.hasPrefix("table-1.tsv: found no such file"))
  }

  @Test func hideNeedsShow() {
    let open = [StudySource(file: "a.swift", text: "// hide\nlet x = 1\n")]
    #expect(Self.error { _ = try Self.weaver(log: [], sources: open).page() }.contains("// show"))
    let closed = [StudySource(file: "a.swift", text: "// show\n")]
    #expect(Self.error { _ = try Self.weaver(log: [], sources: closed).page() }.contains("row 1"))
  }

  @Test func siblingsFollowTheProseAndWholeNamesOnly() throws {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(
      "weaver-\(ProcessInfo.processInfo.globallyUniqueString)")
    defer { try? FileManager.default.removeItem(at: place) }
    let folder = place.appendingPathComponent("Studies/tiny")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let texts = [
      "Tiny.swift":
        "//: `PrintedData.swift`, `Zones.swift`, then `Data.swift`.\n@main struct Tiny {}\n",
      "Data.swift": "let a = 1\n", "Zones.swift": "let b = 2\n", "PrintedData.swift": "let c = 3\n",
      "Appendix.swift": "let d = 4\n",
    ]
    for (name, text) in texts {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    let order = try StudySource.read(folder: "Studies/tiny", root: place.path).map {
      String($0.file.split(separator: "/").last!)
    }
    #expect(
      order == ["Tiny.swift", "PrintedData.swift", "Zones.swift", "Data.swift", "Appendix.swift"])
  }
}
