import Foundation
import Imaging
import Kernels
import Plotting
import Tensors

/// One example of every kind of figure, drawn into LIGHTBOX_GALLERY (to look at) or a folder that
/// is removed again.
enum Gallery {
  struct Curve: TableRow {
    static let columns = [
      Column("epsilon"), Column("arm"), Column("auroc", digits: 4), Column("low", digits: 4),
      Column("high", digits: 4), Column("paper"),
    ]
    var epsilon: Double
    var arm: String
    var auroc, low, high: Double
    var paper: Double?
  }

  static let curves: [Curve] = {
    let epsilons = [0.29, 0.54, 1.06, 2.04, 4.71, 7.89, .infinity]
    let arms = ["pre-trained", "from scratch", "linear probe", "four statistics"]
    return epsilons.enumerated().flatMap { step, epsilon in
      arms.enumerated().map { rank, arm in
        let value = 0.93 - 0.06 * Double(rank) - 0.025 * Double(6 - step) * (1 + 0.2 * Double(rank))
        let half = 0.012 + 0.004 * Double(6 - step)
        return Curve(
          epsilon: epsilon, arm: arm, auroc: value, low: value - half, high: value + half,
          paper: rank == 0 && step >= 5 ? [0.87, 0.9][step - 5] : nil)
      }
    }
  }()

  struct Group: TableRow {
    static let columns = [
      Column("age"), Column("sex"), Column("gap"), Column("low"), Column("high"), Column("paper"),
    ]
    var age, sex: String
    var gap, low, high: Double
    var paper: Double?
  }

  static let groups: [Group] = ["under 30", "30 to 59", "60 to 69", "70 to 79", "80 and over"]
    .enumerated().flatMap { index, age in
      ["female", "male"].enumerated().map { rank, sex in
        let value = 0.82 + 0.02 * Double(index) - 0.03 * Double(rank)
        return Group(
          age: age, sex: sex, gap: value, low: value - 0.03, high: value + 0.02,
          paper: index == 1 ? value + 0.015 : nil)
      }
    }

  struct Box: TableRow {
    static let columns = [
      Column("site"), Column("low", unit: "mm"), Column("q1"), Column("median", unit: "mm"),
      Column("q3"), Column("high"), Column("method"),
    ]
    var site: String
    var low, q1, median, q3, high: Double
    var method: String
  }

  static let boxes: [Box] = ["A", "B", "C"].enumerated().flatMap { index, site in
    ["phantom", "real"].enumerated().map { rank, method in
      let middle = 5 + Double(index) + 0.7 * Double(rank)
      return Box(
        site: site, low: middle - 2.2, q1: middle - 0.8, median: middle, q3: middle + 1,
        high: middle + 2.6, method: method)
    }
  }

  struct Corner: TableRow {
    static let columns = [Column("fpr"), Column("tpr"), Column("model")]
    var fpr, tpr: Double
    var model: String
  }

  static let corners: [Corner] = ["private (.87)", "not private (.93)"].enumerated()
    .flatMap { rank, model in
      (0...40).map { step in
        let x = Double(step) / 40
        return Corner(fpr: x, tpr: 1 - pow(1 - x, rank == 0 ? 6 : 12), model: model)
      }
    }

  struct Pair: TableRow {
    static let columns = [Column("edges", unit: "mm"), Column("truth", unit: "mm"), Column("side")]
    var edges, truth: Double
    var side: String
  }

  static let pairs: [Pair] = {
    var stream = RandomStream(3).child("pairs")
    return (0..<80).map { index in
      let truth = 2 + 4 * stream.uniform()
      let noise = stream.uniform() + stream.uniform() - 1
      return Pair(
        edges: truth + 0.1 + 0.4 * noise, truth: truth, side: index % 2 == 0 ? "left" : "right")
    }
  }()

  struct Cell: TableRow {
    static let columns = [Column("finding"), Column("site"), Column("change"), Column("auroc")]
    var finding, site: String
    var change, auroc: Double?
  }

  static let cells: [Cell] = ["cardiomegaly", "effusion, right", "effusion, left", "atelectasis"]
    .enumerated().flatMap { row, finding in
      ["Aachen", "Boston", "Hanoi", "Valencia"].enumerated().map { column, site in
        let change = Double(row * 4 + column - 7) / 60
        return Cell(
          finding: finding, site: site, change: row == 2 && column == 1 ? nil : change,
          auroc: 0.7 + Double(row * 4 + column) / 60)
      }
    }

  /// A tilted gradient with a mark at the upper left, so that a flip shows.
  static func picture(_ index: Int) -> Image {
    let size = index == 6 ? 300 : 28 + 9 * index
    let pixels = (0..<size * size).map { place -> Float in
      let x = place % size
      let y = place / size
      if x < size / 4 && y < size / 8 { return 1 }
      return Float(x + y * index) / Float(size * (index + 1))
    }
    return Image(pixels: Tensor(shape: [1, size, size], pixels))
  }

  static func scratch(_ body: (String) throws -> Void) throws {
    if let folder = ProcessInfo.processInfo.environment["LIGHTBOX_GALLERY"] {
      return try body("\(folder)/\(UUID().uuidString)")
    }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("plotting-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  static let kinds = [
    "lines", "bars", "forest", "boxes", "roc", "bland-altman", "histogram", "heat-map", "panels",
    "facets", "images",
  ]

  @discardableResult
  static func draw(_ kind: String, in folder: String) throws -> FigureFiles {
    let footer = "dp-fairness · figure2 (DPFairness.swift:120) · simulated · seed 1"
    let metadata = [(name: "study", value: "dp-fairness"), (name: "tier", value: "simulated")]
    func render<Row: TableRow>(
      _ rows: [Row], _ body: (Plot<Row>) -> Void
    ) throws -> FigureFiles {
      try Figure.render(
        rows, name: kind, directory: folder, footer: footer, metadata: metadata, draw: body)
    }
    func gap(_ plot: Plot<Curve>) {
      plot.line(x: \.epsilon, y: \.auroc, band: (\.low, \.high), series: \.arm)
        .printed(x: \.epsilon, y: \.paper)
        .axes(
          x: .log(0.2...20).infinity(at: 15).ticks([0.29, 0.54, 1.06, 2.04, 4.71, 7.89]),
          y: 0.4...1
        )
        .labels(x: "Privacy budget ε at δ = 6e−6", y: "AUROC, mean of eight findings")
        .reference(y: 0.5, "chance")
    }
    switch kind {
    case "lines": return try render(curves, gap)
    case "bars":
      return try render(groups) { plot in
        plot.bars(x: \.age, y: \.gap, interval: (\.low, \.high), printed: \.paper, series: \.sex)
          .axes(y: 0.5...1).labels(x: "Age in years", y: "AUROC")
      }
    case "forest":
      return try render(groups) { plot in
        plot.points(x: \.gap, y: \.age, interval: (\.low, \.high), series: \.sex)
          .printed(x: \.paper, y: \.age, series: \.sex).reference(x: 0.85, "overall")
          .axes(x: 0.7...1).labels(x: "AUROC with 95 % interval", y: "")
      }
    case "boxes":
      return try render(boxes) { plot in
        plot.boxes(
          x: \.site, low: \.low, lowerHinge: \.q1, median: \.median, upperHinge: \.q3, high: \.high,
          series: \.method
        ).labels(x: "Site", y: "Joint space [mm]").axes(y: 0...12)
      }
    case "roc":
      return try render(corners) { plot in
        plot.roc(falsePositiveRate: \.fpr, truePositiveRate: \.tpr, series: \.model)
          .legend(.bottomRight)
      }
    case "bland-altman":
      return try render(pairs) { plot in
        plot.blandAltman(first: \.edges, second: \.truth, series: \.side)
          .labels(x: "Mean of both [mm]", y: "Edges − truth [mm]")
      }
    case "histogram":
      return try render(pairs) { plot in
        plot.histogram(\.truth, bins: 12, range: 2...6, series: \.side)
          .labels(x: "Joint space [mm]", y: "Knees")
      }
    case "heat-map":
      return try render(cells) { plot in
        plot.panel("AUROC") { panel in
          panel.heatMap(x: \.site, y: \.finding, value: \.auroc).labels(x: "", y: "")
        }
        plot.panel("Change under privacy") { panel in
          panel.heatMap(x: \.site, y: \.finding, value: \.change, diverging: true)
            .labels(x: "", y: "")
        }.columns(1)
      }
    case "panels":
      return try render(curves) { plot in
        plot.panel("Loss of accuracy") { gap($0) }
        plot.panel("Points only") { panel in
          panel.points(
            x: \.epsilon, y: \.auroc, interval: (\.low, \.high), series: \.arm, dodge: 0.06
          ).axes(x: .log(0.2...20).infinity(at: 15), y: 0.4...1).labels(x: "ε", y: "AUROC")
        }
      }
    case "facets":
      return try render(curves) { plot in
        plot.panels(by: \.arm) { panel, arm in
          panel.line(x: \.epsilon, y: \.auroc, band: (\.low, \.high)).axes(
            x: .log(0.2...20).infinity(at: 15), y: 0.4...1
          ).labels(x: "ε", y: "AUROC")
        }
      }
    case "images":
      return try render(Array(cells.prefix(7))) { plot in
        plot.imageGrid(cells.prefix(7).indices.map(picture), columns: 4, caption: \.finding)
      }
    default: preconditionFailure(kind)
    }
  }
}
