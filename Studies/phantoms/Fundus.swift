//: ## Fundus
//: Vessels are judged on the drawn lines: the exponent of the radii at junctions and the angle
//: between branches, against what was measured in healthy eyes. Cup and disc are judged by their
//: published distribution. Texture, colours and light have no cited distribution and are physics
//: only.
import Foundation
import LightboxStudy

func fundus(_ study: StudyRun) throws -> Staged<[Measurement]> {
  try study.stage("fundus", configuration: PictureSizes.at(study.scale)) { context in
    let sizes = PictureSizes.at(context.scale)
    let stream = context.root.child("fundus")
    let eyes = try Parallel.map(sizes.scenes) {
      FundusEye(label: $0 % 2, stream: stream.child("eye").child($0))
    }
    var rows = try fundusVessels(eyes)
    rows += fundusDiscs(eyes.indices.filter { $0 % 2 == 0 }.map { eyes[$0] })
    context.progress.report(0.3, "pictures")
    let domain = FundusPictures()
    rows += try pictureRows(
      domain, "fundus",
      [
        Following(id: "cup", factor: 0, measure: 0), Following(id: "radius", factor: 1, measure: 1),
        Following(id: "disc-x", factor: 2, measure: 2),
        Following(id: "disc-y", factor: 3, measure: 3),
        Following(id: "vessels", factor: 5, measure: 4),
        Following(id: "light-right", factor: 6, measure: 5),
        Following(id: "light-down", factor: 7, measure: 6),
        Following(id: "pigment", factor: 8, measure: 7),
      ], label: Following(id: "cup", factor: 0, measure: 0), sizes: sizes, stream: stream)
    rows.append(vignetting(domain, stream.child("light"), count: sizes.large))
    return rows
  }
}

//: A junction counts where both branches were drawn; the exponent is solved from its three radii,
//: the angle taken between the first steps of the branches.
func fundusVessels(_ eyes: [FundusEye]) throws -> [Measurement] {
  let junctions = eyes.flatMap(\.vessels.junctions)
  func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
  let angles = moments(junctions.map(\.degrees))
  let counts = eyes.map { Double($0.vessels.count(within: $0.field)) }
  let areas = moments(eyes.map { $0.vessels.areaShare(within: $0.field) })
  func row(_ id: String, _ value: Double, _ n: Int) -> Measurement {
    Measurement(id: "fundus." + id, value: value, n: n)
  }
  return [
    row(
      "exponent-artery", median(junctions.filter { !$0.isVein }.map(\.exponent)), junctions.count),
    row("exponent-vein", median(junctions.filter(\.isVein).map(\.exponent)), junctions.count),
    row("angle", angles.mean, junctions.count),
    row("angle-spread", angles.deviation, junctions.count),
    row("branches", median(counts), eyes.count),
    row("vessel-area", areas.mean, eyes.count),
  ]
}

/// Cup and disc of healthy eyes.
func fundusDiscs(_ healthy: [FundusEye]) -> [Measurement] {
  let ratios = healthy.map(\.cupToDisc)
  let diameters = healthy.map(\.discMM)
  let (ratio, diameter) = (moments(ratios), moments(diameters))
  let product = zip(ratios, diameters).reduce(0) {
    $0 + ($1.0 - ratio.mean) * ($1.1 - diameter.mean)
  }
  let square = diameters.reduce(0) { $0 + ($1 - diameter.mean) * ($1 - diameter.mean) }
  let n = healthy.count
  let high = ratios.sorted()[Int(0.975 * Double(n))]
  return [
    Measurement(id: "fundus.disc-mm", value: diameter.mean, n: n),
    Measurement(id: "fundus.cup-mean", value: ratio.mean, n: n),
    Measurement(id: "fundus.cup-high", value: high, n: n),
    Measurement(id: "fundus.cup-slope", value: product / square, n: n),
  ]
}

/// Red at 0.7 to 0.85 half-widths from the middle over red within 0.3, in the mean picture.
func vignetting(_ domain: FundusPictures, _ stream: RandomStream, count: Int) -> Measurement {
  let size = 64
  var (inner, outer) = ((sum: 0.0, n: 0), (sum: 0.0, n: 0))
  for number in 0..<count {
    let pixels = domain.draw(label: 0, size: size, stream: stream.child(number)).pixels
    for row in 0..<size {
      for column in 0..<size {
        let x = (2 * Double(column) + 1) / Double(size) - 1
        let y = (2 * Double(row) + 1) / Double(size) - 1
        let distance = (x * x + y * y).squareRoot()
        let value = Double(pixels[row * size + column])
        if distance < 0.3 { inner = (inner.sum + value, inner.n + 1) }
        if (0.7..<0.85).contains(distance) { outer = (outer.sum + value, outer.n + 1) }
      }
    }
  }
  let ratio = outer.sum / Double(outer.n) / (inner.sum / Double(inner.n))
  return Measurement(id: "fundus.vignette", value: ratio, n: count)
}
