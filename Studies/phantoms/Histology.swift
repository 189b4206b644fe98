//: ## Histology
//: Two stains mean that the optical density of a tile lies in a plane: what is left outside it is
//: noise and the mixing of light at borders, and a third stain must show. Nuclei keep a hard core;
//: farther away their pair correlation must come back to one. Densities and sizes have no cited
//: distribution and are physics only.
import Foundation
import LightboxStudy

func histology(_ study: StudyRun) throws -> Staged<[Measurement]> {
  try study.stage("histology", configuration: PictureSizes.at(study.scale)) { context in
    let sizes = PictureSizes.at(context.scale)
    let stream = context.root.child("histology")
    var rows = try stainRows(stream.child("stains"), count: sizes.large)
    rows += try nuclearPairs(stream.child("tissue"), count: sizes.scenes)
    context.progress.report(0.4, "pictures")
    return try rows
      + pictureRows(
        HistologyPictures(), "histology",
        [
          Following(id: "nuclei", factor: 0, measure: 0),
          Following(id: "lymphocytes", factor: 1, measure: 1),
          Following(id: "mucin", factor: 2, measure: 2),
          Following(id: "glands", factor: 3, measure: 3),
          Following(id: "haematoxylin", factor: 4, measure: 4),
          Following(id: "eosin", factor: 5, measure: 5),
          Following(id: "measured-angle", factor: 6, measure: 6),
        ], label: Following(id: "lymphocytes", factor: 1, measure: 1), sizes: sizes,
        stream: stream)
  }
}

/// Optical densities of a tile's pixels, red, green, blue.
func opticalDensities(_ pixels: [Float]) -> [[Double]] {
  let plane = pixels.count / 3
  return (0..<plane).map { index in
    (0..<3).map { -log(max(0.004, Double(pixels[$0 * plane + index]))) }
  }
}

/// Share of the summed squares of optical density that lies outside the best plane through zero.
func outsidePlane(_ densities: [[Double]]) -> Double {
  var products = [Double](repeating: 0, count: 9)
  for density in densities {
    for i in 0..<3 {
      for j in 0..<3 { products[3 * i + j] += density[i] * density[j] }
    }
  }
  let values = LinearAlgebra.symmetricEigenvalues(products, size: 3)
  return values.min()! / values.reduce(0, +)
}

/// The plane of two stains, the same with a third one added, and the angle between the stains.
func stainRows(_ stream: RandomStream, count: Int) throws -> [Measurement] {
  let domain = HistologyPictures()
  let angleFactor = domain.factors.firstIndex { $0.hasPrefix("stain angle") }!
  // Diaminobenzidine, the brown third stain (Ruifrok and Johnston 2001).
  let brown = [0.268, 0.570, 0.776]
  let found = try Parallel.map(count) { number -> (plane: Double, third: Double, angle: Double) in
    let own = stream.child(number)
    let tile = domain.draw(label: number % 2, size: 64, stream: own)
    let densities = opticalDensities(tile.pixels)
    var draw = own.child("third")
    let stained = densities.map { density -> [Double] in
      let amount = draw.bernoulli(0.25) ? 0.7 : 0
      return zip(density, brown).map { $0 + amount * $1 }
    }
    return (outsidePlane(densities), outsidePlane(stained), tile.factors[angleFactor])
  }
  let angle = moments(found.map(\.angle))
  return [
    Measurement(id: "histology.rank-two", value: moments(found.map(\.plane)).mean, n: count),
    Measurement(id: "histology.third-stain", value: moments(found.map(\.third)).mean, n: count),
    Measurement(id: "histology.angle", value: angle.mean, n: count),
    Measurement(id: "histology.angle-spread", value: angle.deviation, n: count),
  ]
}

//: The pair correlation counts pairs of nuclei at a distance and divides by what as many
//: independent points would give; a pair weighs the more, the fewer places of the tile it could
//: have had (translation correction, Ohser 1983).
func nuclearPairs(_ stream: RandomStream, count: Int) throws -> [Measurement] {
  let side = Double(HistologyTissue.sideUM)
  let tiles = try Parallel.map(count) { number -> (nuclei: [[Double]], scattered: [[Double]]) in
    let own = stream.child(number)
    let tissue = HistologyTissue(label: number % 2, stream: own)
    let inside = tissue.nuclei.map { [Double($0.centre.x), Double($0.centre.y)] }
      .filter { $0.allSatisfy { (0..<side).contains($0) } }
    var draw = own.child("scattered")
    return (inside, inside.map { _ in [side * draw.uniform(), side * draw.uniform()] })
  }
  func correlation(_ points: [[[Double]]], _ range: Range<Double>) -> Double {
    var (pairs, expected) = (0.0, 0.0)
    let ring =
      Double.pi * (range.upperBound * range.upperBound - range.lowerBound * range.lowerBound)
    for tile in points {
      for i in tile.indices {
        for j in 0..<i {
          let (dx, dy) = (abs(tile[i][0] - tile[j][0]), abs(tile[i][1] - tile[j][1]))
          guard range.contains((dx * dx + dy * dy).squareRoot()) else { continue }
          pairs += side * side / ((side - dx) * (side - dy))
        }
      }
      let n = Double(tile.count)
      expected += n * (n - 1) / 2 * ring / (side * side)
    }
    return pairs / expected
  }
  let core = Double(HistologyTissue.coreUM)
  let real = tiles.map(\.nuclei)
  return [
    Measurement(id: "histology.core", value: correlation(real, 0..<core), n: count),
    Measurement(
      id: "histology.core-control", value: correlation(tiles.map(\.scattered), 0..<core), n: count),
    Measurement(
      id: "histology.pairs-near", value: correlation(real, core..<(1.6 * core)), n: count),
    Measurement(id: "histology.pairs-far", value: correlation(real, 40..<60), n: count),
  ]
}
