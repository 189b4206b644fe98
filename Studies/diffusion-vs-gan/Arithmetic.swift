// hide
import Foundation
import LightboxStudy

// show

//: ## 1 · Arithmetic: what nine orderings from single trainings can say
//: The abstract prints six FIDs and says that precision and recall were higher in all three data
//: sets; the journal version's abstract prints the recalls, second hand here. Nothing is printed
//: about spread: each number comes from one training, one draw of fakes, one reference.
//:
//: *Could fail*: the recalls might be closer than sampling allows. *Built in*: nothing. *Control
//: that must fail*: a hundredth of the pictures must not suffice. This control fails: in all three
//: sets a hundredth is more than Table 1b needs, so it was set too weak to test anything.
func arithmetic(_ study: StudyRun) throws {
  try printedTable(study)
  try recallGaps(study)
  try biasOfDistance(study)
}

/// One data set of the paper, as printed.
struct PublishedSet {
  var key, name, gan: String
  var images, medfusion, rival: String
  /// Second hand, from the journal version's abstract.
  var recall, rivalRecall: String
  /// Reference pictures of each class, from the released code's comments.
  var perClass: Int

  static let all = [
    PublishedSet(
      key: "airogs", name: "AIROGS, fundus", gan: "StyleGAN-3", images: "101,442",
      medfusion: "11.63", rival: "20.43", recall: "0.40", rivalRecall: "0.19", perClass: 3270),
    PublishedSet(
      key: "crcms", name: "CRCMS, histology", gan: "wGAN", images: "19,557", medfusion: "30.03",
      rival: "49.26", recall: "0.41", rivalRecall: "0.02", perClass: 9979),
    PublishedSet(
      key: "chexpert", name: "CheXpert, chest", gan: "ProGAN", images: "191,027",
      medfusion: "17.28", rival: "84.31", recall: "0.32", rivalRecall: "0.17", perClass: 7869),
  ]

  func number(_ text: String) -> Double { PrintedNumber(text)!.value }
}

struct PrintedRow: TableRow {
  static let columns = [
    Column("data set"), Column("images"), Column("GAN"), Column("FID Medfusion"),
    Column("FID GAN"), Column("ratio", digits: 3), Column("recall Medfusion"),
    Column("recall GAN"), Column("reference pictures"),
  ]
  var set, images, gan: String
  var medfusion, rival, ratio, recall, rivalRecall: Double
  var reference: Int
}

//: ### Table 1 — what is printed
//: FIDs from the abstract; recalls second hand from the journal version's; reference pictures, both
//: classes together, from comments in the released code.
func printedTable(_ study: StudyRun) throws {
  try study.table(
    "table-1", "FID and recall as printed", tier: .aggregates,
    rows: PublishedSet.all.map { set in
      PrintedRow(
        set: set.name, images: set.images, gan: set.gan, medfusion: set.number(set.medfusion),
        rival: set.number(set.rival), ratio: set.number(set.rival) / set.number(set.medfusion),
        recall: set.number(set.recall), rivalRecall: set.number(set.rivalRecall),
        reference: 2 * set.perClass)
    })
  for set in PublishedSet.all {
    try study.claim(
      "S.dg.rec.\(set.key)", tier: .aggregates,
      measured: .relation(
        holds: set.number(set.recall) - 0.005 > set.number(set.rivalRecall) + 0.005,
        detail: "\(set.recall) against \(set.rivalRecall), half a digit each way"))
  }
}

struct RecallRow: TableRow {
  static let columns = [
    Column("data set"), Column("gap", digits: 2), Column("standard error", digits: 2),
    Column("gap over standard error", digits: 3), Column("pictures needed for 1.96"),
    Column("pictures per independent one"),
  ]
  var set: String
  var gap, error, ratio: Double
  var needed, clustered: Int

  init(_ set: PublishedSet) {
    self.set = set.name
    let (a, b) = (set.number(set.recall), set.number(set.rivalRecall))
    let n = Double(2 * set.perClass)
    gap = a - b
    // Recalled or not, of the same reals by two makers: without their correlation an upper bound.
    let variance = a * (1 - a) + b * (1 - b)
    error = (variance / n).squareRoot()
    ratio = gap / error
    needed = Int((1.96 * 1.96 * variance / (gap * gap)).rounded(.up))
    clustered = Int(n) / needed
  }
}

//: ### Table 1b — are the recall gaps larger than the sampling of reals?
//: Recall is the share of real pictures that fall among fakes, so its sampling error is that of a
//: share if pictures are independent. They are not: chest radiographs share patients and tiles
//: share slides. The last column says how many pictures may hang together as one before a gap stops
//: being significant. What no arithmetic can supply is the spread between *trainings*: chapter 4
//: measures it on our pictures.
func recallGaps(_ study: StudyRun) throws {
  let rows = PublishedSet.all.map { RecallRow($0) }
  try study.table(
    "table-1b", "Recall gaps against the sampling of reference pictures", tier: .aggregates,
    rows: rows)
  try study.value("recall.needed", rows.map(\.needed).max()!)
  try study.value("recall.cluster", rows.map(\.clustered).min()!)
}
//: All three gaps are many standard errors wide; {{recall.needed}} independent pictures would do
//: for the smallest of them, and in every set more than {{recall.cluster}} pictures would have to
//: count as one. Sampling of the reference does not explain them.

struct BiasRow: TableRow {
  static let columns = [
    Column("spectrum"), Column("effective dimension", digits: 3), Column("n"),
    Column("expected FD of equals over trace", digits: 3),
  ]
  var spectrum: String
  var dimension: Double
  var n: Int
  var bias: Double
}

/// Eigenvalues i^(-power), scaled to trace 1.
func spectrum(_ dimension: Int, power: Double) -> [Double] {
  let raw = (1...dimension).map { pow(Double($0), -power) }
  let total = raw.reduce(0, +)
  return raw.map { $0 / total }
}

/// Expected Fréchet distance between two samples of n from one normal distribution, to first order
/// in 1/n: 2 Σλ/n + 1/n Σ_ij (1 + δ_ij) λ_i λ_j/(λ_i + λ_j).
func expectedFloor(_ eigenvalues: [Double], n: Int) -> Double {
  var sum = 0.0
  for (i, a) in eigenvalues.enumerated() where a > 0 {
    sum += a
    for b in eigenvalues[..<i] where b > 0 { sum += 2 * a * b / (a + b) }
  }
  return (sum + 2 * eigenvalues.reduce(0, +)) / Double(n)
}

//: ### Table 1c — the distance between equals is not zero
//: Two samples of n from the *same* normal distribution differ, to first order in 1/n, by 2 Σλ/n +
//: 1/n Σ (1 + δ) λλ′/(λ + λ′) on average, with λ the variances along the principal axes; for d
//: equal ones this is the known d(d + 1)/2n + 2d/n at unit variance. In 2048 dimensions the share
//: of the total variance that a perfect generator would score depends on how steeply the spectrum
//: falls, and on n. FIDs at different n, and between data sets with different spectra, are not
//: comparable; at equal n on one data set the offset still depends on each generator's own
//: spectrum, and close makers may change places by it.
func biasOfDistance(_ study: StudyRun) throws {
  let shapes: [(name: String, power: Double)] = [
    ("flat", 0), ("1/i", 1), ("1/i²", 2),
  ]
  let rows = shapes.flatMap { shape in
    [5000, 6540, 15_738, 19_958].map { n -> BiasRow in
      let eigenvalues = spectrum(2048, power: shape.power)
      return BiasRow(
        spectrum: shape.name,
        dimension: 1 / eigenvalues.reduce(0) { $0 + $1 * $1 }, n: n,
        bias: expectedFloor(eigenvalues, n: n))
    }
  }
  try study.table(
    "table-1c", "Expected distance between two samples of one distribution, 2048 features",
    tier: .aggregates, rows: rows)
  try study.value("bias.flat", rows[1].bias, digits: 2)
  try study.value("bias.steep", rows[9].bias, digits: 2)
}
//: At AIROGS' 6,540 reference pictures the offset is {{bias.flat}} of the total variance for a flat
//: spectrum and {{bias.steep}} for a steep one.
