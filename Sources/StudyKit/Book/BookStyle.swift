/// The style sheet of a book: one column of text, dark where the reader asks for it, plain on paper.
public enum BookStyle {
  /// A colour by what it is for, in light and in dark surroundings, as `#rrggbb`.
  public struct Colour: Sendable {
    public var name, light, dark: String
    /// Whether it is written with, so that it must stand out from `paper` and `panel`.
    public var isInk: Bool

    init(_ name: String, _ light: String, _ dark: String, isInk: Bool = true) {
      self.name = name
      self.light = light
      self.dark = dark
      self.isInk = isInk
    }
  }

  /// Every ink keeps WCAG 2's contrast of 4.5 : 1 on both grounds.
  public static let colours = [
    Colour("paper", "#ffffff", "#14181c", isInk: false),
    Colour("panel", "#f5f6f4", "#1d2329", isInk: false),
    Colour("rule", "#d5d9dc", "#3a434c", isInk: false),
    Colour("ink", "#1c2126", "#e6e9ec"), Colour("quiet", "#565f68", "#a3adb6"),
    Colour("link", "#0b5cad", "#86b9f2"), Colour("agrees", "#1b6e3c", "#7fd6a0"),
    Colour("disagrees", "#a8321f", "#f2988a"), Colour("undecided", "#7a5600", "#e3bd6a"),
    Colour("keyword", "#7b2d8b", "#d9a5e3"), Colour("type", "#7a4a00", "#e3bd6a"),
  ]

  /// The text of book.css.
  static var css: String {
    func block(_ value: (Colour) -> String) -> String {
      colours.map { "--\($0.name):\(value($0))" }.joined(separator: ";")
    }
    return """
      :root{color-scheme:light dark;\(block(\.light))}
      @media (prefers-color-scheme:dark){:root{\(block(\.dark))}}
      \(rules)
      """
  }

  private static let rules = """
    *{box-sizing:border-box}
    html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:break-word;
      font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    a{color:var(--link)}
    a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);
      outline-offset:2px}
    .skip{position:absolute;left:-100vw;padding:.5rem 1rem;background:var(--paper)}
    .skip:focus{left:0;z-index:1}
    header,footer,.sheet{max-width:76rem;margin:0 auto;padding:.75rem 1rem}
    header{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:baseline;
      border-bottom:1px solid var(--rule)}
    .home{font-weight:700;text-decoration:none;padding:.5rem 0}
    summary{cursor:pointer;padding:.5rem 0}
    header ul,.views ul,.contents ul,.turn ul,.cards,.gallery{list-style:none;margin:0;padding:0}
    header li,.contents li{padding:.25rem 0}
    .views ul,.turn ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
    .views li,.turn li{padding:.35rem 0}
    [aria-current]{color:inherit;font-weight:700;text-decoration:none}
    .contents{margin:.5rem 0;padding:.5rem 0;border-top:1px solid var(--rule);font-size:.95rem}
    main{max-width:46rem;min-width:0}
    .wide main{max-width:none}
    .wide main>p,.lead{max-width:46rem}
    .lead{font-size:1.2rem}
    h1,h2,h3,h4{line-height:1.25;margin:2rem 0 .75rem}
    h1{font-size:1.8rem;margin-top:.5rem}
    h2{font-size:1.4rem;border-top:1px solid var(--rule);padding-top:1rem}
    h3{font-size:1.15rem}
    p>sub{vertical-align:baseline;font-size:.8rem}
    img{max-width:100%;height:auto;background:#fff}
    a.picture{display:block}
    pre,.scroll{overflow-x:auto;max-width:100%}
    pre{background:var(--panel);padding:.75rem;border-radius:.25rem;line-height:1.45;font-size:.85rem}
    code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.9em}
    pre code{font-size:inherit}
    details>summary{color:var(--quiet)}
    .scroll table{width:max-content;max-width:max(100%,44rem)}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
    th,td{padding:.35rem .6rem;border-bottom:1px solid var(--rule);vertical-align:top;
      overflow-wrap:normal}
    th{text-align:left}
    thead th{border-bottom:2px solid var(--quiet)}
    tbody th{font-weight:inherit}
    blockquote{margin:1rem 0;padding:.1rem 1rem;border-left:4px solid var(--rule)}
    blockquote.verdict{font-size:.95rem}
    .verdict strong,td.verdict{color:var(--quiet)}
    .agrees strong,td.agrees{color:var(--agrees)}
    .disagrees strong,td.disagrees{color:var(--disagrees)}
    .undecided strong,td.undecided{color:var(--undecided)}
    blockquote.agrees{border-color:var(--agrees)}
    blockquote.disagrees{border-color:var(--disagrees)}
    blockquote.undecided{border-color:var(--undecided)}
    math[display=block]{overflow-x:auto;overflow-y:hidden;padding:.25rem 0}
    .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:1.25rem}
    .card{border:1px solid var(--rule);border-radius:.5rem;padding:1rem;min-width:0}
    .card img{display:block;width:100%;height:12rem;object-fit:cover;object-position:top left}
    .card h3{margin:.75rem 0 .5rem}
    .facts{font-size:.9rem;color:var(--quiet);margin:.4rem 0}
    .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,11rem),1fr));gap:.75rem}
    .gallery img{display:block;width:100%;height:9rem;object-fit:contain;border:1px solid var(--rule)}
    footer{margin-top:3rem;border-top:1px solid var(--rule);color:var(--quiet);font-size:.9rem}
    .kw,.cf,.im{color:var(--keyword)}
    .dt,.bu,.va,.at{color:var(--type)}
    .st,.ch,.ss,.vs,.sc{color:var(--agrees)}
    .dv,.fl,.bn,.cn{color:var(--link)}
    .co,.do,.an,.cv{color:var(--quiet)}
    .er,.al{color:var(--disagrees)}
    pre>code>span>a:first-child{text-decoration:none;color:var(--quiet)}
    pre.numberSource code{counter-reset:line}
    pre.numberSource code>span{counter-increment:line}
    pre.numberSource code>span>a:first-child::before{content:counter(line);display:inline-block;
      width:3.5em;padding-right:1em;text-align:right}
    pre code span:target{background:var(--rule)}
    @media (min-width:64rem){
      .sheet{display:grid;grid-template-columns:15rem minmax(0,1fr);gap:0 2.5rem}
      .sheet.wide{display:block}
      .beside{position:sticky;top:0;max-height:100vh;overflow-y:auto;align-self:start}
      .views ul{display:block}
      main{max-width:52rem}
      main:has(.numberSource){max-width:none}}
    @media print{
      :root{\(colours.map { "--\($0.name):\($0.light)" }.joined(separator: ";"))}
      body{font-size:10pt}
      .skip,header nav,.beside,.turn{display:none}
      header,footer,.sheet{display:block;max-width:none;padding:0}
      main{max-width:none}
      pre,.scroll{overflow:visible}
      pre code{white-space:pre-wrap}
      h1,h2,h3,h4{break-after:avoid}
      img,tr,blockquote{break-inside:avoid}
      .scroll table{max-width:100%}
      table{font-size:8pt}
      main a{color:inherit}}

    """
}
