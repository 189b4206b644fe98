//: ## Pictures for generative networks
//: diffusion-vs-gan judges generated pictures by what can be measured on them, so three things must
//: hold for the real ones: a measure follows the factor that was drawn, hardly any real picture is
//: called impossible, and the label can be read from the measure, but not perfectly. All at 32x32,
//: the size of that study; the rows named .64 repeat the first two at the size of its full run.
import Foundation
import LightboxStudy

/// Sizes by scale: pictures at 32 and at 64 pixels, eyes and tissues that are drawn without pixels.
struct PictureSizes: Codable {
  var small, large, scenes: Int
  static func at(_ scale: Scale) -> PictureSizes {
    switch scale {
    case .smoke: PictureSizes(small: 400, large: 100, scenes: 300)
    case .default: PictureSizes(small: 2000, large: 500, scenes: 2000)
    case .full: PictureSizes(small: 6000, large: 2000, scenes: 6000)
    }
  }
}

/// Real pictures with what was drawn and what was measured; even numbers show class 0, odd class 1.
struct MeasuredPictures {
  var drawn: [DrawnPicture]
  var measured: [PictureMeasures]

  init(_ domain: some PictureDomain, count: Int, size: Int, stream: RandomStream) throws {
    let both = try Parallel.map(count) { number in
      let picture = domain.draw(label: number % 2, size: size, stream: stream.child(number))
      return (picture, domain.measure(picture.pixels, size: size))
    }
    drawn = both.map(\.0)
    measured = both.map(\.1)
  }

  /// Spearman's correlation of a factor with a measure, over the pictures where it can be read.
  func follows(factor: Int, measure: Int) throws -> Double {
    let pairs = drawn.indices.compactMap { number in
      measured[number].values[measure].map { (drawn[number].factors[factor], $0) }
    }
    return try spearman(pairs.map(\.0), pairs.map(\.1)).r
  }

  /// Share of the pictures called impossible.
  var impossibleShare: Double {
    Double(measured.filter { $0.impossible != nil }.count) / Double(measured.count)
  }

  /// AUROC of a label by a measure; what cannot be read counts as the lowest value.
  func separates(measure: Int, _ label: (DrawnPicture) -> Int) throws -> Double {
    try auroc(
      scores: measured.map { $0.values[measure] ?? -.greatestFiniteMagnitude },
      labels: drawn.map { label($0) == 1 })
  }
}

/// A row of a domain that correlates a factor with a measure, by their places.
struct Following {
  var id: String
  var factor, measure: Int
}

/// The rows that every domain has: correlations, impossible shares, the label by a measure.
func pictureRows(
  _ domain: some PictureDomain, _ prefix: String, _ pairs: [Following], label: Following,
  sizes: PictureSizes, stream: RandomStream
) throws -> [Measurement] {
  let small = try MeasuredPictures(
    domain, count: sizes.small, size: 32, stream: stream.child("32"))
  let large = try MeasuredPictures(
    domain, count: sizes.large, size: 64, stream: stream.child("64"))
  func row(_ id: String, _ value: Double, _ n: Int) -> Measurement {
    Measurement(id: "\(prefix).\(id)", value: value, n: n)
  }
  var rows = try pairs.map {
    row($0.id, try small.follows(factor: $0.factor, measure: $0.measure), sizes.small)
  }
  rows.append(
    row(
      label.id + ".64", try large.follows(factor: label.factor, measure: label.measure),
      sizes.large))
  rows.append(row("impossible", small.impossibleShare, sizes.small))
  rows.append(row("impossible.64", large.impossibleShare, sizes.large))
  rows.append(
    row("label-measured", try small.separates(measure: label.measure) { $0.label }, sizes.small))
  rows.append(
    row(
      "label-drawn",
      try auroc(
        scores: small.drawn.map { $0.factors[label.factor] },
        labels: small.drawn.map { $0.label == 1 }), sizes.small))
  return rows
}

//: ### The chest once more
//: The anatomy is that of the chest rows above; here only what the pictures add to it is looked at:
//: the ratio read with a ruler, the burned-in marker and the reader's noise.
func chestPictures(_ study: StudyRun) throws -> Staged<[Measurement]> {
  try study.stage("chest-pictures", configuration: PictureSizes.at(study.scale)) { context in
    let sizes = PictureSizes.at(context.scale)
    let stream = context.root.child("chest-pictures")
    let domain = ChestPictures()
    var rows = try pictureRows(
      domain, "chest-pictures",
      [
        Following(id: "ratio", factor: 0, measure: 0),
        Following(id: "width", factor: 2, measure: 1),
        Following(id: "lung-area", factor: 1, measure: 2),
        Following(id: "marker-side", factor: 5, measure: 5),
        Following(id: "marker-x", factor: 6, measure: 6),
        Following(id: "marker-y", factor: 7, measure: 7),
      ], label: Following(id: "ratio", factor: 0, measure: 0), sizes: sizes, stream: stream)
    rows.append(ratedWrongly(domain, stream.child("rated"), count: 4 * sizes.small))
    return rows
  }
}

/// Share of the rated diseased that are healthy, in a cohort with the domain's share of disease.
func ratedWrongly(_ domain: ChestPictures, _ stream: RandomStream, count: Int) -> Measurement {
  var (rated, wrong) = (0, 0)
  for number in 0..<count {
    let own = stream.child(number)
    var deal = own.child("label")
    let label = deal.bernoulli(domain.diseasedShare) ? 1 : 0
    guard domain.rated(label, stream: own) == 1 else { continue }
    rated += 1
    if label == 0 { wrong += 1 }
  }
  return Measurement(
    id: "chest-pictures.rated-wrongly", value: Double(wrong) / Double(rated), n: count)
}
