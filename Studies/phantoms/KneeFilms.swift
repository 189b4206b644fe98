//: ### Films of knees
//: What the measuring program reads, against what was drawn: the joint space as it lies on the
//: film, with what the beam hides and with magnification, since no ruler can undo those. Pairing
//: films with other knees is the control; mirrored films must be called impossible.
import Foundation
import LightboxStudy

/// A film with what was drawn and what was measured.
struct MeasuredFilm {
  var knee: Knee
  var film: KneeFilm
  var measured: PictureMeasures
  var mirrored: PictureMeasures

  /// Drawn joint space on the film, medial and lateral, in mm.
  var drawn: [Double] { film.signs.spaceMM.map { film.view.filmedMM($0) } }
}

/// One native film of each knee, in turn the first, a middle one and the last.
func measuredFilms(_ stream: RandomStream, count: Int, size: Int) throws -> [MeasuredFilm] {
  let phantom = KneePhantom()
  let knees = phantom.knees(patients: (count + 1) / 2, stream: stream)
  return try Parallel.map(count) { number in
    let knee = knees[number]
    let native = knee.films.filter { !$0.isReplaced }
    let film = native[(number / 2) % 3 * (native.count - 1) / 2]
    let pixels = phantom.pixels(of: knee, shown: film, size: size)
    var turned = pixels
    for row in 0..<size {
      for column in 0..<size {
        turned[row * size + column] = pixels[row * size + size - 1 - column]
      }
    }
    return MeasuredFilm(
      knee: knee, film: film, measured: KneePhantom.measure(pixels, size: size),
      mirrored: KneePhantom.measure(turned, size: size))
  }
}

func kneeFilms(_ stream: RandomStream, count: Int, size: Int) throws -> [Measurement] {
  let films = try measuredFilms(stream, count: count, size: size)
  let readable = films.filter { $0.measured.values[0] != nil }
  func errors(_ place: Int, _ chosen: (Double) -> Bool = { _ in true }) -> [Double] {
    readable.compactMap { film in
      chosen(film.drawn[place])
        ? film.measured.values[place].map { $0 - film.drawn[place] } : nil
    }
  }
  func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(1, values.count))
  }
  let impossible = films.share { $0.measured.impossible != nil }
  let medial = errors(0).map(abs)
  if size != 64 {
    return [
      kneeRow("space-medial.\(size)", mean(medial), medial.count),
      kneeRow("impossible.\(size)", impossible, count),
    ]
  }
  let narrow = (errors(0) { $0 < 2 } + errors(1) { $0 < 2 }).map(abs)
  let lateral = errors(1)
  let others = readable.indices.map { number in
    let other = readable[(number + 7) % readable.count]
    return abs(readable[number].measured.values[0]! - other.drawn[0])
  }
  let hidden = films.flatMap { film in
    zip(film.film.signs.spaceMM, film.drawn).map { abs($0 - $1) }
  }
  let placed = films.flatMap { film in
    KneeCompartment.allCases.map { film.knee.placementErrorMM(film.film, $0) }
  }
  return try [
    kneeRow("space-medial", mean(medial), medial.count),
    kneeRow("space-lateral", mean(lateral.map(abs)), lateral.count),
    kneeRow("space-narrow", mean(narrow), narrow.count),
    kneeRow("space-bias", mean(errors(0) + lateral), 2 * readable.count),
    kneeRow("space-placed", placed.max() ?? 0, placed.count),
    kneeRow("space-other", mean(others), others.count),
    kneeRow("space-hidden", mean(hidden), hidden.count),
    kneeRow("impossible", impossible, count),
    kneeRow("mirrored", films.share { $0.mirrored.impossible != nil }, count),
  ] + kneeFollowing(readable)
}

/// Rank correlations of what was drawn with what was measured, and the grade by two measures.
func kneeFollowing(_ films: [MeasuredFilm]) throws -> [Measurement] {
  func follows(
    _ id: String, _ drawn: (MeasuredFilm) -> Double, _ measured: (MeasuredFilm) -> Double
  ) throws -> Measurement {
    kneeRow(id, try spearman(films.map(drawn), films.map(measured)).r, films.count)
  }
  func area(_ film: MeasuredFilm) -> Double { (2..<6).reduce(0) { $0 + film.measured.values[$1]! } }
  func grade(_ id: String, _ score: (MeasuredFilm) -> Double) throws -> Measurement {
    let diseased = films.map { $0.film.signs.grade >= 2 }
    return kneeRow(id, try auroc(scores: films.map(score), labels: diseased), films.count)
  }
  return [
    try follows("spur", { $0.film.signs.osteophytesMM.reduce(0, +) }, area),
    try follows("spur-medial", { $0.film.signs.osteophytesMM[0] }, { $0.measured.values[2]! }),
    try follows("sclerosis", { $0.film.signs.sclerosis[0] }, { $0.measured.values[6]! }),
    try follows("width", { $0.knee.anatomy.widthMM }, { $0.measured.values[8]! }),
    try grade("grade-measured") { -$0.measured.values[0]! },
    try grade("grade-spurs", area),
  ]
}

//: A larger film must show the same knee, and two films of a stable knee must differ by less than
//: two knees do.
func kneeLikeness(_ stream: RandomStream, count: Int) -> [Measurement] {
  let phantom = KneePhantom()
  let knees = phantom.knees(patients: count, stream: stream)
  func distance(_ a: [Float], _ b: [Float]) -> Double {
    let sum = zip(a, b).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return Double(sum / Float(a.count)).squareRoot()
  }
  var sizes: [Double] = []
  for number in 0..<min(12, count) {
    let small = phantom.pixels(of: knees[number], film: 0, size: 64)
    let large = phantom.pixels(of: knees[number], film: 0, size: 256)
    var sum = 0.0
    for row in 0..<64 {
      for column in 0..<64 {
        var mean: Float = 0
        for y in 0..<4 {
          for x in 0..<4 { mean += large[(4 * row + y) * 256 + 4 * column + x] / 16 }
        }
        sum += Double(abs(mean - small[row * 64 + column]))
      }
    }
    sizes.append(sum / 4096)
  }
  // The same signs in the views of two visits; the second knee is that of the next patient.
  var (visits, others) = (0.0, 0.0)
  for number in 0..<count {
    let knee = knees[2 * number]
    let next = knees[(2 * number + 2) % knees.count]
    var later = knee.films[0]
    later.view = next.films[0].view
    later.months = 12
    let here = phantom.pixels(of: knee, film: 0, size: 64)
    visits += distance(here, phantom.pixels(of: knee, shown: later, size: 64))
    others += distance(here, phantom.pixels(of: next, film: 0, size: 64))
  }
  return [
    kneeRow("sizes", sizes.reduce(0, +) / Double(sizes.count), sizes.count),
    kneeRow("visits", visits / others, count),
  ]
}
