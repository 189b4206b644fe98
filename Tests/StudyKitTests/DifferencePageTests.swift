import Foundation
import Imaging
import Kernels
import StudyKit
import Testing

/// The page of what a check found, on two small folders of results.
@Suite struct DifferencePageTests {
  static let table = "arm\tauroc\tverdict\na\t0.87\tagrees\nb\t0.9\tundecided\n"
  static let log =
    "file\tline\tkind\tid\ttier\ttitle\tvalue\tunit\n"
    + "Studies/tiny/T.swift\t3\tfigure\tfigure-1\tsimulated\tWhat privacy costs\t\t\n"

  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// A grey PNG one pixel high.
  static func png(_ values: [UInt8]) -> [UInt8] {
    PNG.encode(Raster(width: values.count, height: 1, channels: 1, samples: .bytes(values)))
  }

  /// The page of two folders; nil stands for a file that is not there.
  static func page(
    _ files: [String: (old: [UInt8]?, new: [UInt8]?)], study: String = "tiny",
    isa: String = "avx2", also: (String) throws -> Void = { _ in }
  ) throws -> String {
    try FolderCheckTests.scratch { place in
      let old = try FolderCheckTests.folder(place + "/old", files: [:])
      let new = try FolderCheckTests.folder(place + "/new", isa: isa, files: [:])
      for (name, sides) in files {
        for (folder, bytes) in [(old, sides.old), (new, sides.new)] {
          guard let bytes else { continue }
          try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
      }
      let check = try FolderCheck(old: old, new: new)
      #expect(check.changed.map(\.file) == check.changed.map(\.file).sorted())
      func made() -> DifferencePage {
        DifferencePage(study: study, old: old, new: new, shown: "Figures/tiny/", check: check)
      }
      let page = made()
      #expect(made().html == page.html, "equal folders give equal bytes")
      // Alone in a folder, it has to be whole: no fault of structure, no link that leads nowhere.
      let book = place + "/book"
      try FileManager.default.createDirectory(atPath: book, withIntermediateDirectories: true)
      try page.write(to: book + "/index.html")
      #expect(try BookCheck(folder: book).faults == [])
      try also(book + "/index.html")
      return page.html
    }
  }

  /// The rasters that a page holds, in its order.
  static func rasters(_ html: String) throws -> [Raster] {
    try html.components(separatedBy: "src=\"data:image/png;base64,").dropFirst().map { part in
      let data = try #require(Data(base64Encoded: String(part.prefix { $0 != "\"" })))
      return try PNG.decode([UInt8](data), file: "page")
    }
  }

  // MARK: Tables

  @Test func aChangedCellIsShownWithItsRow() throws {
    let html = try Self.page([
      "t.tsv": (Self.bytes(Self.table), Self.bytes(Self.table.replacing("0.9\t", with: "0.95\t"))),
      "same.tsv": (Self.bytes(Self.table), Self.bytes(Self.table)),
    ])
    #expect(
      html.contains(
        "<tr><th scope=\"row\">arm b<br><small>row 3</small></th><td>auroc</td><td>0.9</td>"
          + "<td>0.95</td><td>+0.0500</td></tr>"))
    #expect(!html.contains("arm a") && !html.contains("same.tsv"))
    #expect(html.contains("1 file differs between"))
  }

  /// A row that comes or goes is that row, not every row behind it.
  @Test(arguments: [
    (
      "a\t0.87\tagrees\n", "", "arm a<br><small>row 2</small>", "<em>no such row</em></td><td></td>"
    ),
    (
      "b\t", "c\t0.5\tagrees\nb\t", "arm c<br><small>now row 3</small>", "<td>c · 0.5 · agrees</td>"
    ),
  ])
  func aRowThatCameOrWentIsNamed(from: String, to: String, key: String, said: String) throws {
    let html = try Self.page([
      "t.tsv": (Self.bytes(Self.table), Self.bytes(Self.table.replacing(from, with: to)))
    ])
    #expect(html.contains("<th scope=\"row\">\(key)</th>") && html.contains(said), "\(html)")
    #expect(html.components(separatedBy: "<td>all</td>").count == 2)
    #expect(!html.contains("arm b"))
  }

  /// Where no column tells rows apart, what the tables start and end with is equal.
  @Test func rowsWithoutAKeyAreComparedFromBothEnds() throws {
    let old = "x\n1\n1\n2\n2\n"
    let html = try Self.page(["t.tsv": (Self.bytes(old), Self.bytes("x\n1\n1\n7\n2\n2\n"))])
    #expect(html.contains("<th scope=\"row\">x 7<br><small>now row 4</small></th>"))
    #expect(html.components(separatedBy: "<td>all</td>").count == 2)
    #expect(html.contains("<p>4 rows, now 5.</p>"))
  }

  @Test func columnsAreNamed() throws {
    let new = Self.table.replacing("auroc", with: "auc")
    let html = try Self.page(["t.tsv": (Self.bytes(Self.table), Self.bytes(new))])
    #expect(html.contains("<p>Columns that went: <code>auroc</code>.</p>"))
    #expect(html.contains("<p>Columns that came: <code>auc</code>.</p>"))
  }

  @Test func compressedTablesAreRead() throws {
    let new = Self.table.replacing("undecided", with: "agrees")
    let html = try Self.page([
      "t.tsv.gz": (Gzip.compress(Self.bytes(Self.table)), Gzip.compress(Self.bytes(new)))
    ])
    #expect(html.contains("<td>verdict</td><td>undecided</td><td>agrees</td><td></td>"))
  }

  // MARK: Ledger

  static let ledger = """
    id\tquote\tmeasured\tlow\thigh\ttier\tverdict\treason
    drop\tloses < 3 %\t0.0312\t0.02\t0.04\tsimulated\tagrees\tinside
    gap\tno gap\t\t\t\tsimulated\tuntestable here\tno data
    gap\tno gap\t0.1\t\t\tpublic\tcontext\tas printed

    """

  @Test func aChangedVerdictIsShownWithBothValues() throws {
    let new = Self.ledger.replacing(
      "0.0312\t0.02\t0.04\tsimulated\tagrees\tinside",
      with: "0.05\t0.04\t0.06\tsimulated\tdisagrees\toutside")
    let html = try Self.page(["ledger.tsv": (Self.bytes(Self.ledger), Self.bytes(new))])
    #expect(
      html.contains(
        "<tr><th scope=\"row\"><code>drop</code><br><small>loses &lt; 3 %</small></th>"
          + "<td>simulated</td><td class=\"verdict agrees\">agrees</td>"
          + "<td>0.0312 (0.02 to 0.04)</td><td class=\"verdict disagrees\">disagrees</td>"
          + "<td>0.05 (0.04 to 0.06)</td><td>reason: inside → outside</td></tr>"))
    #expect(html.contains("<h2>Ledger</h2>") && !html.contains("<code>gap</code>"))
  }

  /// Claims are paired by id and tier, wherever they stand.
  @Test func claimsAreFoundByTheirIds() throws {
    var rows = Self.ledger.split(separator: "\n").map(String.init)
    rows.swapAt(1, 3)
    rows[2] = "new\tmore\t1\t\t\tsimulated\tundecided\tfew"
    let new = rows.joined(separator: "\n") + "\n"
    let html = try Self.page(["ledger.tsv": (Self.bytes(Self.ledger), Self.bytes(new))])
    #expect(!html.contains("<code>drop</code>"))
    #expect(
      html.contains(
        "<td class=\"verdict untestable\">untestable here</td><td><em>missing</em></td>"
          + "<td><em>no such claim</em></td><td></td>"))
    #expect(
      html.contains(
        "<td><em>no such claim</em></td><td></td><td class=\"verdict undecided\">undecided</td>"
          + "<td>1</td>"))
    rows[2] = "gap\tno gap\t\t\t\tsimulated\tuntestable here\tno data"
    let moved = try Self.page([
      "ledger.tsv": (Self.bytes(Self.ledger), Self.bytes(rows.joined(separator: "\n") + "\n"))
    ])
    #expect(moved.contains("Every claim has the cells that it had"))
  }

  // MARK: Pictures

  /// Differences 0, 30, 0, 10: black, white (255), black and a third of white (85).
  @Test func aChangedPictureIsShownWithItsDifference() throws {
    let html = try Self.page([
      "figure-1.png": (Self.png([10, 20, 30, 60]), Self.png([10, 50, 30, 50])),
      "log.tsv": (Self.bytes(Self.log), Self.bytes(Self.log)),
    ])
    let rasters = try Self.rasters(html)
    try #require(rasters.count == 3)
    #expect(rasters[0].samples == .bytes([10, 20, 30, 60]))
    #expect(rasters[1].samples == .bytes([10, 50, 30, 50]))
    #expect(rasters[2].samples == .bytes([0, 255, 0, 85]))
    let said = "2 of 4 pixels differ (50 %), by at most 30 of 255, by 10 on average"
    #expect(html.contains("<p>\(said) over all pixels.</p>"))
    for alt in [
      "figure-1.png, committed: What privacy costs", "figure-1.png, now: What privacy costs",
      "Absolute difference of figure-1.png, committed and now: \(said) over all pixels.",
    ] { #expect(html.contains("<img alt=\"\(alt)\" src=\"data:image/png;base64,"), "\(alt)") }
    #expect(html.contains(">figure-1: What privacy costs</h3>"))
  }

  /// A shade is the same in grey, in colour, with alpha and in sixteen bits; a size is not.
  @Test(
    arguments: [
      (3, Raster.Samples.bytes([10, 10, 12]), "by at most 2 of 255"),
      (4, .bytes([10, 10, 10, 255]), "The pixels are equal; the bytes of the file differ."),
      (2, .bytes([10, 254]), "by at most 1 of 255"),
      (1, .words([10 * 257]), "The pixels are equal; the bytes of the file differ."),
      (1, .words([10 * 257 + 3]), "by at most 3 of 65535"),
      (1, .bytes([10, 10]), "1 × 1 pixels, now 2 × 1: no pixel has a counterpart."),
    ] as [(Int, Raster.Samples, String)])
  func shadesAreComparedAsTheyAreStored(
    channels: Int, samples: Raster.Samples, said: String
  ) throws {
    let count =
      switch samples {
      case .bytes(let values): values.count
      case .words(let values): values.count
      }
    let new = Raster(width: count / channels, height: 1, channels: channels, samples: samples)
    let html = try Self.page(["figure-1.png": (Self.png([10]), PNG.encode(new))])
    #expect(html.contains(said), "\(html)")
    // The smallest difference is seen: stretched, it is white.
    if said.hasPrefix("by") { #expect(try Self.rasters(html).last?.samples == .bytes([255])) }
  }

  @Test func drawingsAreComparedThroughTheirTables() throws {
    let (old, new) = (Self.bytes("<svg id=\"old\"/>\n"), Self.bytes("<svg id=\"new\"/>\n"))
    let changed = Self.bytes(Self.table.replacing("0.87", with: "0.88"))
    var files: [String: (old: [UInt8]?, new: [UInt8]?)] = [
      "figure-1.svg": (old, new), "figure-1.tsv": (Self.bytes(Self.table), changed),
      "figure-1.gp": (Self.bytes("set a\nplot 1\n"), Self.bytes("set a\nplot 2\n")),
    ]
    for isa in ["avx2", "avx512"] {
      let html = try Self.page(files, isa: isa)
      for bytes in [old, new] {
        let data = Data(bytes).base64EncodedString()
        #expect(html.contains("src=\"data:image/svg+xml;base64,\(data)\""), "\(isa)")
      }
      #expect(html.contains("<td>auroc</td><td>0.87</td><td>0.88</td><td>+0.0100</td>"))
      #expect(html.contains("<h2>Figures</h2>") && !html.contains("<h2>Tables</h2>"))
      // On another machine neither drawing nor script is compared.
      #expect(html.contains(">plot 1</code>") == (isa == "avx2"))
      #expect(html.contains("The machines differ") == (isa == "avx512"))
    }
    files["figure-1.tsv"] = (changed, changed)
    let alone = try Self.page(files)
    #expect(alone.contains("<code>figure-1.tsv</code>, is the same.</p>"))
  }

  @Test func aDamagedPictureIsNamed() throws {
    let whole = Self.png([1, 2, 3])
    let html = try Self.page(["figure-1.png": (Array(whole.prefix(40)), whole)])
    #expect(html.contains("Cannot be shown: figure-1.png: found a damaged PNG"))
    #expect(try Self.rasters(html).count == 1)
  }

  // MARK: Any file

  @Test func missingAndNewFilesAreShownAlone() throws {
    let html = try Self.page([
      "figure-1.png": (Self.png([7]), nil), "figure-2.png": (nil, Self.png([8])),
      "t.tsv": (Self.bytes(Self.table), nil), "cases.npy": (nil, [0, 1, 2]),
    ])
    #expect(try Self.rasters(html).map(\.samples) == [.bytes([7]), .bytes([8])])
    for part in [
      "<em>No longer written.</em>", "<em>None is committed.</em>",
      "<p>No longer written; 2 rows are committed.</p>", "<p>New: 3 bytes; none is committed.</p>",
      ">t.tsv</a></th><td>no longer written</td>", ">cases.npy</a></th><td>new</td>",
      "4 files differ between",
    ] { #expect(html.contains(part), "\(part)") }
  }

  /// Names, cells, captions and lines are text on the page, whatever they hold.
  @Test func namesAndTextsAreEscaped() throws {
    let evil = "<script>alert(\"&\")</script>"
    let name = "a<b> & \"c\".tsv"
    let html = try Self.page(
      [
        name: (Self.bytes(Self.table), Self.bytes(Self.table.replacing("b\t", with: "\(evil)\t"))),
        "figure-1.png": (Self.png([1]), Self.png([2])),
        "log.tsv": (nil, Self.bytes(Self.log.replacing("What privacy costs", with: evil))),
        "README.md": (Self.bytes("# A\n"), Self.bytes("# \(evil)\n")),
        "x'\"><i>.png": (Self.png([1]), Self.png([2])),
      ], study: "<i>tiny</i>")
    #expect(!html.contains("<script") && !html.contains("<i>") && !html.contains("<b>"))
    let safe = "&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;"
    #expect(html.components(separatedBy: safe).count > 4)
    #expect(html.contains("a&lt;b&gt; &amp; &quot;c&quot;.tsv"))
    #expect(html.contains("<h1>What changed in &lt;i&gt;tiny&lt;/i&gt;</h1>"))
  }

  @Test func longTablesAreCounted() throws {
    func table(_ value: Int) -> [UInt8] {
      Self.bytes("k\tv\n" + (0..<450).map { "\($0)\t\(value)\n" }.joined())
    }
    let html = try Self.page(["t.tsv": (table(1), table(2))])
    #expect(html.components(separatedBy: "<td>1</td><td>2</td>").count == 201)
    #expect(html.contains("<p>And 250 more.</p>"))
  }

  /// The page of an earlier check is replaced; anything else in its place stays.
  @Test func onlyAPageOfDifferencesIsRemoved() throws {
    _ = try Self.page(["t.tsv": (Self.bytes(Self.table), nil)]) { path in
      #expect(try DifferencePage.clear(path))
      #expect(try !DifferencePage.clear(path))
      try "<!DOCTYPE html>\nmine\n".write(toFile: path, atomically: true, encoding: .utf8)
      let error = #expect(throws: LightboxError.self) { try DifferencePage.clear(path) }
      #expect(error?.kind == .cannotWrite)
      let folder = (path as NSString).deletingLastPathComponent
      let other = #expect(throws: LightboxError.self) { try DifferencePage.clear(folder) }
      #expect(other?.kind == .cannotWrite)
      #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("mine\n"))
    }
  }
}
