import Foundation
import Kernels
import StudyKit
import Testing

/// A checkout of one or two tiny studies, as their runs would have left it.
final class TinyCheckout {
  let root: String

  static let page = """
    <!-- Woven from tiny's sources by its own run; edit those, not this page. -->

    # A tiny study
    **Question** Is 1 < 2 & so on? **Data** simulated.

    The factor is $e^{\\varepsilon}$, and in full

    $$\\frac{a}{b} \\le 2$$

    > **Budget** a minute (measured: [run.json](run.json)) · **Review** [ledger first](REVIEW.md)

    ```swift
    let a = 1
    ```
    <sub>[Tiny.swift, line 3](../../Studies/tiny/Tiny.swift#L3)</sub>

    ### A heading one level too deep

    **Table 1.** Loss by arm · *simulated* · [data](table-1.tsv)

    | arm | auroc |
    | --- | ---: |
    | private | 0.8700 |
    | plain | 0.9012 |

    ![What privacy costs](figure-1.svg)

    > **agrees** (simulated) `drop` · printed 2.6 % · measured 0.0312

    See [doi](https://doi.org/10.1000/182).

    """

  static let review = """
    # Review of tiny

    Rules: [claims.tsv](../../Studies/tiny/claims.tsv). As text: [README.md](README.md).

    ## Ledger

    | claim | verdict (tier) |
    | --- | --- |
    | `drop` | disagrees (simulated) |

    ## Figures

    ![What privacy costs](figure-1.svg)

    """

  init(page: String = TinyCheckout.page) throws {
    root = NSTemporaryDirectory() + "lightbox-book-" + UUID().uuidString
    for (file, text) in [
      ("Studies/tiny/Tiny.swift", "//: # A tiny study\nimport LightboxStudy\nlet a = 1 < 2\n"),
      ("Studies/tiny/Rest.swift", "let fence = \"```\"\n"),
      ("Studies/tiny/claims.tsv", "id\tprinted\ndrop\t2.6 %\n"),
      ("Figures/tiny/README.md", page), ("Figures/tiny/REVIEW.md", Self.review),
      ("Figures/tiny/table-1.tsv", "arm\tauroc\nprivate\t0.87\nplain\t0.9012\n"),
      ("Figures/tiny/figure-1.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n"),
      ("Figures/tiny/run.json", "{\"wall_s\": 61}\n"), ("Figures/tiny/unused.tsv", "a\n1\n"),
    ] { try write(text, to: file) }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ text: String, to file: String) throws {
    let path = "\(root)/\(file)"
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  func read(_ file: String) throws -> String {
    try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)
  }

  /// Files of the book with their texts.
  func book() throws -> [String: String] {
    let folder = "\(root)/Figures/book"
    var files: [String: String] = [:]
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder)
    where file.contains(".") { files[file] = try read("Figures/book/\(file)") }
    return files
  }
}

@Suite struct BookTests {
  @Test func pagesLinkToEachOtherAndToCopies() throws {
    let checkout = try TinyCheckout()
    try checkout.write("//: # Later\nlet b = 2\n", to: "Studies/later/Later.swift")
    let summary = try Book(root: checkout.root).write()
    #expect(summary.studies == ["tiny"] && summary.withoutResults == ["later"])
    #expect(summary.pages == 4)
    let files = try checkout.book()
    #expect(
      files.keys.sorted() == [
        "book.css", "index.html", "tiny/figure-1.svg", "tiny/index.html", "tiny/review.html",
        "tiny/run.json", "tiny/source.html", "tiny/source/claims.tsv", "tiny/table-1.tsv",
      ])
    let landing = try #require(files["index.html"])
    #expect(landing.contains("<p>Is 1 &lt; 2 &amp; so on?</p>"))
    #expect(landing.contains("<a href=\"tiny/index.html#figure-1\">"))
    #expect(landing.contains("No results yet: <code>make later</code>"))
    let page = try #require(files["tiny/index.html"])
    for part in [
      "href=\"../book.css\"", "href=\"review.html\"", "href=\"source.html#Tiny-3\"",
      "href=\"table-1.tsv\"", "<title>A tiny study · Lightbox</title>",
    ] { #expect(page.contains(part), "\(part)") }
    let sources = try #require(files["tiny/source.html"])
    #expect(sources.contains("id=\"Tiny-3\"") && sources.contains("id=\"Rest-1\""))
    #expect(try #require(files["tiny/source/claims.tsv"]).hasPrefix("id\tprinted"))
  }

  /// Formulas are MathML, headings skip no level, tables and verdicts say what they are.
  @Test func pagesAreFitToRead() throws {
    let checkout = try TinyCheckout()
    try Book(root: checkout.root).write()
    let files = try checkout.book()
    let page = try #require(files["tiny/index.html"])
    for part in [
      "<math display=\"inline\"", "<math display=\"block\"", "<mi>ε</mi>",
      "<h2 id=\"a-heading-one-level-too-deep\">A heading one level too deep</h2>",
      "aria-label=\"Table 1. Loss by arm · simulated · data\"", "<th scope=\"col\">arm</th>",
      "<th scope=\"row\">private</th>", "<blockquote class=\"verdict agrees\">",
      "alt=\"What privacy costs\" id=\"figure-1\" loading=\"lazy\"",
    ] { #expect(page.contains(part), "\(part)") }
    #expect(!page.contains("$") && !page.contains("<script"))
    let review = try #require(files["tiny/review.html"])
    #expect(review.contains("<td class=\"verdict disagrees\">disagrees (simulated)</td>"))
    let ledger = try #require(review.range(of: ">Ledger</h2>"))
    let figures = try #require(review.range(of: ">Figures</h2>"))
    #expect(ledger.lowerBound < figures.lowerBound)
  }

  @Test func equalResultsGiveEqualBytes() throws {
    let checkout = try TinyCheckout()
    try Book(root: checkout.root).write()
    let first = try checkout.book()
    try Book(root: checkout.root).write()
    #expect(try checkout.book() == first)
    #expect(!FileManager.default.fileExists(atPath: "\(checkout.root)/Figures/.book.assembly"))
  }

  /// What a page must not hold, and the error that names page and target.
  @Test(arguments: [
    ("[a](table-9.tsv)", "tiny/index.html: found a link to table-9.tsv, expected a page"),
    ("[a](../../../../etc/hostname)", "found a link to ../../../../etc/hostname"),
    ("[a](/etc/hostname)", "found a link to /etc/hostname"),
    ("[a](../../Studies/tiny/Tiny.swift#L99)", "source.html#Tiny-99, expected an anchor that tiny"),
    ("[a](#nowhere)", "found a link to #nowhere, expected an anchor that tiny/index.html has"),
    ("[a](../tiny@data=x/README.md)", "found a link to ../tiny@data=x/README.md"),
    ("<a href=\"javascript:alert(1)\">a</a>", "found a link to javascript:alert(1)"),
    ("[](run.json)", "found a link to run.json without a text"),
    ("![](figure-1.svg)", "found the picture figure-1.svg without a text, expected alt"),
    ("![a](figure-9.svg)", "found a picture figure-9.svg"),
    ("![a](https://example.org/a.png)", "expected a file of the book: a page loads nothing"),
    ("<script>let a = '<a href=\"b\">'</script>", "found a script"),
    ("# A second title", "found 2 headings h1, expected one"),
  ])
  func faultsNamePageAndTarget(text: String, part: String) throws {
    let checkout = try TinyCheckout()
    try checkout.write("# Real patients\n", to: "Figures/tiny@data=x/README.md")
    try Book(root: checkout.root).write()
    let before = try checkout.book()
    try checkout.write(TinyCheckout.page + "\n" + text + "\n", to: "Figures/tiny/README.md")
    let error = #expect(throws: LightboxError.self) { try Book(root: checkout.root).write() }
    #expect(error?.kind == .input)
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    // The book before it stays as it was.
    #expect(try checkout.book() == before)
  }

  @Test func formulasThatCannotBeReadAreNamed() throws {
    let checkout = try TinyCheckout(page: TinyCheckout.page + "\n$\\frac{1}$\n")
    let error = #expect(throws: LightboxError.self) { try Book(root: checkout.root).write() }
    #expect(error?.description.hasPrefix("Figures/tiny/README.md: found what pandoc warns") == true)
  }

  @Test func foldersOfOthersStay() throws {
    let checkout = try TinyCheckout()
    try checkout.write("mine\n", to: "Figures/book/index.html")
    let error = #expect(throws: LightboxError.self) { try Book(root: checkout.root).write() }
    #expect(error?.kind == .cannotWrite)
    #expect(try checkout.book() == ["index.html": "mine\n"])
  }

  @Test func whatIsMissingIsNamed() throws {
    let checkout = try TinyCheckout()
    let pandoc = #expect(throws: LightboxError.self) {
      try Book(root: checkout.root, pandoc: "no-such-pandoc").write()
    }
    #expect(pandoc?.kind == .software)
    #expect(pandoc?.description.contains("`make book-packages`") == true)
    try FileManager.default.removeItem(atPath: "\(checkout.root)/Figures/tiny")
    let results = #expect(throws: LightboxError.self) { try Book(root: checkout.root).write() }
    #expect(results?.kind == .input)
    #expect(results?.description.contains("run `make <study>` first") == true)
  }
}

@Suite struct BookCheckTests {
  static let page = """
    <!DOCTYPE html>
    <html lang="en">
    <head><title>A page</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"></head>
    <body><a href="#main">Skip</a><header><nav aria-label="Pages"><a href="index.html">Home</a>
    </nav></header>
    <main id="main"><h1>One</h1><h2 id="two">Two</h2>
    <div role="region" aria-label="Numbers" tabindex="0"><table>
    <tr><th scope="col">a</th></tr><tr><td>1</td></tr></table></div>
    <details><summary>More</summary><p>Text</p></details>
    <a href="#two"><img src="a%20b.svg" alt="A curve"></a>
    </main><footer>End</footer></body></html>

    """

  static func faults(_ page: String) throws -> [String] {
    let folder = NSTemporaryDirectory() + "lightbox-book-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try page.write(toFile: "\(folder)/index.html", atomically: true, encoding: .utf8)
    try "<svg/>".write(toFile: "\(folder)/a b.svg", atomically: true, encoding: .utf8)
    return try BookCheck(folder: folder).faults.map(\.description)
  }

  @Test func aSoundPageHasNoFault() throws {
    #expect(try Self.faults(Self.page) == [])
  }

  /// One thing taken away, one fault.
  @Test(arguments: [
    ("<!DOCTYPE html>\n", "", "no document type"), (" lang=\"en\"", "", "no language"),
    ("A page", " ", "no title"), ("width=device-width, ", "", "no viewport for phones"),
    ("<a href=\"#main\">Skip</a>", "", "no skip link"), ("<footer>End</footer>", "", "no footer"),
    (" aria-label=\"Pages\"", "", "a navigation called \"\""),
    (" aria-label=\"Numbers\"", "", "a region without a name"),
    ("h2", "h3", "the h3 \"Two\", expected a level of at most h2"),
    ("<h2 id=\"two\">Two", "<h2 id=\"two\">", "an empty h2"),
    ("<summary>More</summary>", "", "details without a summary"),
    (" scope=\"col\"", "", "a heading of table 1 without scope"),
    ("<th scope=\"col\">a</th>", "<td>a</td>", "table 1 without headings"),
    ("id=\"two\"", "id=\"main\"", "the id \"main\" again"),
    (">Home<", "><", "a link to index.html without a text"),
    ("a%20b.svg", "a.svg", "a picture a.svg"), ("\"index.html\"", "\"\"", "a link to nothing"),
    ("\"index.html\"", "\"//example.org/\"", "a link to //example.org/"),
    ("\"index.html\"", "\"file:///etc/hostname\"", "a link to file:///etc/hostname"),
  ])
  func whatIsMissingIsAFault(from: String, to: String, found: String) throws {
    let faults = try Self.faults(Self.page.replacing(from, with: to))
    #expect(faults.contains { $0.hasPrefix("index.html: found \(found)") }, "\(faults)")
    // The anchor of the heading that went is missed as well.
    #expect(faults.count == (to == "id=\"main\"" ? 2 : 1), "\(faults)")
  }

  /// Comments, scripts and attributes in any quotes are read as a browser reads them.
  @Test func whatIsNoTagIsPassedOver() throws {
    let more = "<!-- <a href=\"gone\"> --><p>1 < 2 <a href='#two' >Two</a> <A HREF=#main>M</A></p>"
    #expect(try Self.faults(Self.page.replacing("</main>", with: more + "</main>")) == [])
  }

  @Test func aFolderWithoutBookIsRefused() {
    #expect(throws: LightboxError.self) { try BookCheck(folder: NSTemporaryDirectory() + "none") }
  }

  /// WCAG 2.1, success criterion 1.4.3: at least 4.5 : 1 for text, by its definition of relative
  /// luminance. Black on white is 21 : 1 there.
  @Test func inksStandOutFromBothGrounds() throws {
    func luminance(_ colour: String) throws -> Double {
      let number = try #require(Int(colour.dropFirst(), radix: 16))
      let channels = [number >> 16, number >> 8 & 255, number & 255].map { value in
        let part = Double(value) / 255
        return part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }
    func contrast(_ a: String, _ b: String) throws -> Double {
      let both = [try luminance(a), try luminance(b)].sorted()
      return (both[1] + 0.05) / (both[0] + 0.05)
    }
    #expect(abs(try contrast("#000000", "#ffffff") - 21) < 1e-9)
    let grounds = BookStyle.colours.filter { ["paper", "panel"].contains($0.name) }
    #expect(grounds.count == 2)
    for ink in BookStyle.colours where ink.isInk {
      for ground in grounds {
        #expect(try contrast(ink.light, ground.light) >= 4.5, "\(ink.name) on \(ground.name)")
        #expect(try contrast(ink.dark, ground.dark) >= 4.5, "\(ink.name) on \(ground.name), dark")
      }
    }
  }
}
