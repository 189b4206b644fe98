import Foundation
import Imaging
import Kernels
import Physics
import Tensors
import Testing

/// Speckle against the closed forms of fully developed speckle, and the scanner against itself.
@Suite struct UltrasoundTests {
  static let even = AcousticMedium(
    AcousticTissue(echogenicityDB: 0, attenuation: 0.5, impedance: 1.6))

  static func field(_ number: Int, spacingMM: Double = 0.29) -> ScattererField {
    ScattererField(spacingMM: spacingMM, stream: RandomStream(5).child("field").child(number))
  }

  /// x across, y down, z along the plane's normal.
  static func plane(
    _ at: SIMD3<Double>, pixelMM: Double = 0.2, turn: SpatialTransform = .identity
  ) -> SpatialTransform {
    SpatialTransform.translation(at) * turn
      * SpatialTransform.scaling([pixelMM, pixelMM, pixelMM])
  }

  static func envelope(
    _ plane: SpatialTransform, field: ScattererField, columns: Int = 170, rows: Int = 170,
    medium: AcousticMedium = even, scanner: BModeScanner = BModeScanner()
  ) -> [Double] {
    scanner.envelope(
      columns: columns, rows: rows, imageToWorld: plane, medium: medium, field: field
    ).elements.map(Double.init)
  }

  static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let n = Double(a.count)
    let (ma, mb) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    var (aa, bb, ab) = (0.0, 0.0, 0.0)
    for k in a.indices {
      aa += (a[k] - ma) * (a[k] - ma)
      bb += (b[k] - mb) * (b[k] - mb)
      ab += (a[k] - ma) * (b[k] - mb)
    }
    return ab / (aa * bb).squareRoot()
  }

  /// Planes in eight fields, tilted so that lattice and image do not run along each other.
  static let samples: [[Double]] = (0..<8).map { number in
    let turn = SpatialTransform.rotation(radians: 0.1 + 0.2 * Double(number), about: [1, 2, 0.5])
    return envelope(plane([3, 5, 7], turn: turn), field: field(number))
  }

  /// Mean over SD of the envelope: √(π/(4 − π)) = 1.913 for Rayleigh. Eight frames of 34 x 34 mm hold
  /// about 35,000 independent cells: a standard error of 0.006.
  @Test func envelopeIsRayleigh() {
    let all = Self.samples.flatMap { $0 }
    let n = Double(all.count)
    let mean = all.reduce(0, +) / n
    let square = all.reduce(0) { $0 + $1 * $1 } / n
    let ratio = mean / (square - mean * mean).squareRoot()
    #expect(abs(ratio - 1.9131) < 0.03, "\(ratio)")
    // The mean square is 1 by the kernels' normalisation.
    #expect(abs(square - 1) < 0.03, "\(square)")
  }

  /// SD of 20 log₁₀ of a Rayleigh envelope: 10/ln 10 · π/√6 = 5.570 dB.
  @Test func logarithmHasItsSpread() {
    let all = Self.samples.flatMap { $0 }.map { 20 * log10(max($0, 1e-9)) }
    let n = Double(all.count)
    let mean = all.reduce(0, +) / n
    let spread = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
    #expect(abs(spread / 5.5700 - 1) < 0.02, "\(spread)")
    // Mean of the logarithm: −10 γ/ln 10 = −2.507 dB below the mean power.
    #expect(abs(mean + 2.507) < 0.15, "\(mean)")
  }

  /// Far fewer scatterers than cells: dark with single bright spots, and not Rayleigh.
  @Test func sparseScatterersAreNotRayleigh() {
    let all = Self.envelope(Self.plane([3, 5, 7]), field: Self.field(9, spacingMM: 1.5))
    let n = Double(all.count)
    let mean = all.reduce(0, +) / n
    let square = all.reduce(0) { $0 + $1 * $1 } / n
    #expect(mean / (square - mean * mean).squareRoot() < 1.7)
  }

  /// Intensity correlates over a lag as the point spread says, along rows and columns: within .03,
  /// which is five standard errors of a correlation over the cells of eight frames.
  @Test(arguments: [1, 2, 3])
  func correlationFollowsThePointSpread(lag: Int) {
    let spread = PointSpread()
    var found = (axial: 0.0, lateral: 0.0)
    for sample in Self.samples {
      let square = sample.map { $0 * $0 }
      var (here, below, right) = ([Double](), [Double](), [Double]())
      for y in 0..<(170 - lag) {
        for x in 0..<(170 - lag) {
          here.append(square[y * 170 + x])
          below.append(square[(y + lag) * 170 + x])
          right.append(square[y * 170 + x + lag])
        }
      }
      found.axial += Self.correlation(here, below) / 8
      found.lateral += Self.correlation(here, right) / 8
    }
    let shift = 0.2 * Double(lag)
    #expect(abs(found.axial - spread.intensityCorrelation(axialMM: shift)) < 0.03, "\(found)")
    #expect(abs(found.lateral - spread.intensityCorrelation(lateralMM: shift)) < 0.03, "\(found)")
  }

  /// Neighbouring planes share scatterers as the elevational width says.
  @Test(arguments: [0.3, 0.8, 1.5, 3.0])
  func planesDecorrelate(shift: Double) {
    var found = 0.0
    for number in 0..<4 {
      let field = Self.field(number)
      let turn = SpatialTransform.rotation(radians: 0.3, about: [1, 2, 0.5])
      let a = Self.envelope(Self.plane([0, 0, 0], turn: turn), field: field).map { $0 * $0 }
      let moved = SpatialTransform.translation(turn.z * shift)
      let b = Self.envelope(moved * Self.plane([0, 0, 0], turn: turn), field: field).map { $0 * $0 }
      found += Self.correlation(a, b) / 4
    }
    let expected = PointSpread().intensityCorrelation(elevationalMM: shift)
    #expect(abs(found - expected) < 0.04, "\(found) against \(expected)")
  }

  /// The same plane through another image window shows the same speckle: a window moved by whole
  /// pixels has the same values where both see.
  @Test func speckleBelongsToThePlace() {
    let field = Self.field(1)
    let a = Self.envelope(Self.plane([0, 0, 0]), field: field, columns: 80, rows: 60)
    let b = Self.envelope(Self.plane([2, 1, 0]), field: field, columns: 60, rows: 50)
    var worst = 0.0
    var shared: [Double] = []
    for y in 0..<50 {
      let row = (y + 5) * 80 + 10
      shared += a[row..<row + 60]
    }
    for (one, other) in zip(shared, b) { worst = max(worst, abs(one - other)) }
    // A scatterer within rounding of the border between two grid points may change sides.
    #expect(worst < 0.4, "\(worst)")
    #expect(Self.correlation(shared, b) > 0.999)
  }

  /// Against the defining sum, scatterer by scatterer at their exact places, over a small oblique
  /// frame. Moving them to the grid costs step²/(24 σ²) of the energy an axis, 0.04 at pixels of
  /// 0.2 mm and 0.007 at 0.05 mm; the correlation of the envelope may fall by twice that.
  @Test(arguments: [(0.2, 0.92), (0.05, 0.986)])
  func framesAreTheSumOverScatterers(pixel: Double, least: Double) {
    let stream = RandomStream(5).child("field").child(0)
    let (side, spacing) = (64, 0.29)
    let field = ScattererField(spacingMM: spacing, side: side, stream: stream)
    let words = (0..<side).map { plane -> [UInt32] in
      var own = stream.child(plane)
      return (0..<(side * side)).map { _ in own.nextUInt32() }
    }
    let turn = SpatialTransform.rotation(radians: 0.4, about: [1, -0.5, 0.8])
    let plane = Self.plane([4, 4, 6], pixelMM: pixel, turn: turn)
    let found = Self.envelope(plane, field: field, columns: 14, rows: 12)
    let spread = PointSpread()
    let (axial, lateral) = (PointSpread.sigma(0.3), PointSpread.sigma(0.8))
    let elevational = PointSpread.sigma(spread.elevationalMM)
    let toImage = plane.inverse!
    var real = [Double](repeating: 0, count: 14 * 12)
    var imaginary = real
    for k in -20..<60 {
      for j in -20..<60 {
        for i in -20..<60 {
          let word = words[k & 63][(j & 63) * side + (i & 63)]
          func bits(_ shift: UInt32) -> Double { (Double((word >> shift) & 127) + 0.5) / 128 }
          let cell = SIMD3(Double(i) + bits(0), Double(j) + bits(7), Double(k) + bits(14))
          let at = toImage(cell * spacing) * pixel
          if abs(at.z) > 5 * elevational || at.x < -3 || at.x > 6 || at.y < -2 || at.y > 5 {
            continue
          }
          let phase = 2 * Double.pi * Double(word >> 21) / 2048
          for y in 0..<12 {
            for x in 0..<14 {
              let (l, a) = (
                (pixel * Double(x) - at.x) / lateral, (pixel * Double(y) - at.y) / axial
              )
              let e = at.z / elevational
              let h = exp(-0.5 * (l * l + a * a + e * e))
              real[y * 14 + x] += h * cos(phase)
              imaginary[y * 14 + x] += h * sin(phase)
            }
          }
        }
      }
    }
    // Mean square 1: density times ∫h² = density π^(3/2) σσσ.
    let energy = field.perMM3 * pow(Double.pi, 1.5) * axial * lateral * elevational
    let expected = real.indices.map { k in
      ((real[k] * real[k] + imaginary[k] * imaginary[k]) / energy).squareRoot()
    }
    #expect(Self.correlation(found, expected) > least)
    let scale = found.reduce(0, +) / expected.reduce(0, +)
    #expect(abs(scale - 1) < 0.03, "\(scale)")
  }

  /// A frame is a function of its arguments, in whatever thread.
  @Test func framesAreReproducible() throws {
    let field = Self.field(2)
    let planes = (0..<6).map { Self.plane([0, 0, 0.5 * Double($0)]) }
    func frame(_ k: Int) -> Tensor<Float> {
      BModeScanner().frame(
        columns: 90, rows: 70, imageToWorld: planes[k], medium: Self.even, field: field)
    }
    let parallel = try Parallel.map(6, frame)
    for k in 0..<6 { #expect(parallel[k] == frame(k)) }
    #expect(parallel[0].elements.allSatisfy { (0...255).contains($0) && $0 == $0.rounded() })
  }

  /// Absorption beyond what the gain makes up for: 1 dB/cm/MHz against 0.5 at 10 MHz loses 10 dB
  /// over each centimetre of depth, both ways counted. Half a dB is four standard errors of the
  /// difference of two bands of 6 mm.
  @Test func attenuationWeakensDepth() {
    let lossy = AcousticMedium(
      AcousticTissue(echogenicityDB: 0, attenuation: 1, impedance: 1.6))
    var (top, bottom) = (0.0, 0.0)
    for number in 0..<4 {
      let e = Self.envelope(
        Self.plane([1, 1, 1]), field: Self.field(number), rows: 80, medium: lossy)
      let even = Self.envelope(Self.plane([1, 1, 1]), field: Self.field(number), rows: 80)
      for x in 0..<(170 * 30) {
        top += e[x] * e[x] / (even[x] * even[x] + 1e-6) / 4 / 5100
        let y = x + 170 * 50
        bottom += e[y] * e[y] / (even[y] * even[y] + 1e-6) / 4 / 5100
      }
    }
    #expect(abs(10 * log10(top / bottom) - 10) < 0.5, "\(10 * log10(top / bottom))")
  }

  /// Behind air there is shadow, before it the interface's echo; an empty vessel is dark and
  /// leaves the tissue behind it brighter.
  @Test func airShadowsAndFluidEnhances() {
    let tissues = [
      AcousticTissue(echogenicityDB: 0, attenuation: 0.5, impedance: 1.6),
      AcousticTissue(echogenicityDB: nil, attenuation: 0.5, impedance: 0.0004),
      AcousticTissue(echogenicityDB: nil, attenuation: 0.1, impedance: 1.6),
    ]
    // Columns from 0 to 10 mm even, to 20 mm air from 10 mm depth on, to 30 mm fluid from 5 to 15.
    let geometry = VolumeGeometry(
      shape: [1, 60, 60], originMM: [0.25, 0.25, 0], spacingMM: [0.5, 0.5, 1])
    var labels = [UInt8](repeating: 0, count: 3600)
    for y in 0..<60 {
      for x in 0..<60 {
        if (20..<40).contains(x), y >= 20 { labels[y * 60 + x] = 1 }
        if x >= 40, (10..<30).contains(y) { labels[y * 60 + x] = 2 }
      }
    }
    let medium = AcousticMedium(labels: labels, geometry: geometry, tissues: tissues)
    var scanner = BModeScanner()
    scanner.mirrorDB = -200
    let e = Self.envelope(
      Self.plane([0.1, 0.1, 0]), field: Self.field(3), columns: 150, rows: 150, medium: medium,
      scanner: scanner)
    func level(_ x: Range<Int>, _ y: Range<Int>) -> Double {
      var sum = 0.0
      for row in y { for column in x { sum += e[row * 150 + column] * e[row * 150 + column] } }
      return 10 * log10(sum / Double(x.count * y.count) + 1e-12)
    }
    #expect(abs(level(5..<45, 5..<145)) < 1)
    #expect(level(58..<92, 60..<145) < -40)
    // The interface lies half a pixel, 0.1 mm, from the nearest row: exp(−0.1²/2σ²) of its level.
    let peak = (48...52).map { e[$0 * 150 + 75] }.max()!
    let sigma = PointSpread.sigma(0.3)
    let expected = scanner.interfaceDB + 20 * log10(exp(-0.01 / (2 * sigma * sigma)))
    #expect(abs(20 * log10(peak) - expected) < 1, "\(20 * log10(peak))")
    #expect(level(108..<142, 32..<68) < -30)
    // 10 mm of fluid at 0.1 instead of 0.5 dB/cm/MHz: 8 dB more.
    #expect(abs(level(108..<142, 80..<145) - 8) < 1.2, "\(level(108..<142, 80..<145))")
  }
}
