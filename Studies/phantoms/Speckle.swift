//: ### Speckle
//: Every field is looked at in a plane of its own tilt, 34 mm square, which is less than the
//: field's period. Pixels are a tenth of a millimetre, so that the autocorrelation along the beam
//: is sampled well inside its width.
import Foundation
import LightboxStudy

func speckle(_ stream: RandomStream, fields: Int) throws -> [Measurement] {
  let side = 340
  let pixel = 0.1
  let scanner = BModeScanner()
  let spread = scanner.pointSpread
  let even = AcousticMedium(
    AcousticTissue(
      echogenicityDB: 0, attenuation: scanner.gainCompensation, impedance: 1.6))
  func plane(_ number: Int, shift: Double = 0) -> SpatialTransform {
    let turn = SpatialTransform.rotation(radians: 0.1 + 0.2 * Double(number), about: [1, 2, 0.5])
    return SpatialTransform.translation(turn.z * shift) * turn
      * SpatialTransform.scaling([pixel, pixel, pixel])
  }
  func field(_ number: Int, spacingMM: Double? = nil) -> ScattererField {
    let own = stream.child("field").child(number)
    return spacingMM.map { ScattererField(spacingMM: $0, stream: own) }
      ?? ScattererField(stream: own)
  }
  func envelope(_ number: Int, _ field: ScattererField, shift: Double = 0) -> [Double] {
    scanner.envelope(
      columns: side, rows: side, imageToWorld: plane(number, shift: shift), medium: even,
      field: field
    ).elements.map(Double.init)
  }
  // Half the width at half height of the intensity's correlation: the point spread's half width.
  let halfway = spread.elevationalMM / 2
  let found = try Parallel.map(fields) { number -> SpeckleSample in
    let own = field(number)
    let here = envelope(number, own)
    return SpeckleSample(
      envelope: here, beside: envelope(number, own, shift: halfway), side: side,
      grey: scanner.frame(
        columns: side, rows: side, imageToWorld: plane(number), medium: even, field: own
      ).elements.map(Double.init))
  }
  let all = moments(found.flatMap(\.envelope))
  let logs = moments(found.flatMap { $0.envelope.map { 20 * log10(max($0, 1e-9)) } })
  let grey = moments(found.flatMap(\.grey))
  let sparse = moments(envelope(0, field(0, spacingMM: 1.5)))
  func mean(_ part: (SpeckleSample) -> Double) -> Double {
    found.reduce(0) { $0 + part($1) } / Double(fields)
  }
  // ρ(d) of a Gaussian correlation gives its width: d √(ln 2 / −ln ρ) is where ρ falls to a half.
  func halfWidth(_ shift: Double, _ correlation: Double) -> Double {
    shift * (log(2) / -log(correlation)).squareRoot()
  }
  let axial = halfWidth(pixel, mean { $0.selfCorrelation(rows: 1, columns: 0) })
  let lateral = halfWidth(3 * pixel, mean { $0.selfCorrelation(rows: 0, columns: 3) })
  let elevation = halfWidth(halfway, mean(\.elevational))
  let cells = ScattererField(stream: stream).perMM3 * spread.cellMM3
  func row(_ id: String, _ value: Double) -> Measurement {
    Measurement(id: id, value: value, n: fields)
  }
  return [
    row("neck.scatterers", cells),
    row("neck.speckle-snr", all.mean / all.deviation),
    row("neck.speckle-log", logs.deviation),
    row("neck.axial-width", axial / (spread.axialMM / 2)),
    row("neck.lateral-width", lateral / (spread.lateralMM / 2)),
    row("neck.elevation-width", elevation / (spread.elevationalMM / 2)),
    row("neck.speckle-sparse", sparse.mean / sparse.deviation),
    row("neck.grey-snr", grey.mean / grey.deviation),
  ]
}

/// One plane of even tissue, the plane beside it, and its grey frame.
struct SpeckleSample {
  var envelope, beside: [Double]
  var side: Int
  var grey: [Double]

  /// Correlation of the intensity with itself, so many rows and columns away.
  func selfCorrelation(rows: Int, columns: Int) -> Double {
    var (a, b) = ([Double](), [Double]())
    for y in 0..<(side - rows) {
      for x in 0..<(side - columns) {
        let (here, there) = (envelope[y * side + x], envelope[(y + rows) * side + x + columns])
        a.append(here * here)
        b.append(there * there)
      }
    }
    return correlation(a, b)
  }

  /// Correlation of the two planes' intensities.
  var elevational: Double {
    correlation(envelope.map { $0 * $0 }, beside.map { $0 * $0 })
  }
}
