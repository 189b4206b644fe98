import Foundation

/// What the beam of each column meets on its way: interfaces, absorption, transmission.
struct BeamPath {
  let canvas: BModeCanvas
  /// Tissues at the pixels, [row, grid column].
  let labels: UnsafePointer<UInt8>
  /// Per pair of tissues (above · count + below): reflection coefficient.
  private let reflections: [Float]
  /// Per tissue: amplitude after one more row against the time-gain curve, both ways.
  private let rowGains: [Float]
  private let count: Int

  init(canvas: BModeCanvas, labels: UnsafePointer<UInt8>) {
    self.canvas = canvas
    self.labels = labels
    let tissues = canvas.medium.tissues
    count = tissues.count
    reflections = tissues.flatMap { above in
      tissues.map { below in
        Float((below.impedance - above.impedance) / (below.impedance + above.impedance))
      }
    }
    let scanner = canvas.scanner
    let pathCM = 2 * canvas.pixelMM.row / 10
    rowGains = tissues.map {
      Float(
        pow(
          10,
          (scanner.gainCompensation - $0.attenuation) * scanner.frequencyMHz * pathCM / 20))
    }
  }

  /// Adds the coherent echoes of interfaces that lie across the beam.
  ///
  /// An interface counts where the columns within a beam's width have it at almost the same depth;
  /// the share of them that do is its strength, so that steep walls fade as they do in the body.
  func addInterfaces(to grid: UnsafeMutablePointer<SIMD2<Float>>) {
    let width = canvas.gridColumns
    let rows = canvas.rows
    let peakAlong = canvas.axialTaps.max()!
    let sumAcross = canvas.lateralTaps.reduce(0, +)
    let unit = Float(pow(10, canvas.scanner.interfaceDB / 20)) / (peakAlong * sumAcross)
    let reach = max(
      1, Int((canvas.scanner.pointSpread.lateralMM / canvas.pixelMM.column).rounded()))
    for row in 1..<max(1, rows) {
      let above = labels + (row - 1) * width
      let here = labels + row * width
      for column in 0..<width where above[column] != here[column] {
        let (a, b) = (above[column], here[column])
        let reflection = reflections[Int(a) * count + Int(b)]
        if abs(reflection) < 1e-3 { continue }
        var (seen, sum) = (1, 0)
        for side in [-1, 1] {
          var expected = row
          for step in 1...reach {
            let x = column + side * step
            if x < 0 || x >= width { break }
            var found = false
            for shift in [0, -1, 1, -2, 2] where !found {
              let r = expected + shift
              if r < 1 || r >= rows { continue }
              if labels[(r - 1) * width + x] == a, labels[r * width + x] == b {
                expected = r
                found = true
              }
            }
            if !found { break }
            seen += 1
            sum += expected - row
          }
        }
        let share = Float(seen) / Float(2 * reach + 1)
        let depth = Float(row) - 0.5 + Float(sum) / Float(seen)
        let at = depth * Float(canvas.fine) + Float(canvas.rowOffset)
        let first = Int(at)
        if first < 0 || first + 1 >= canvas.gridRows { continue }
        let part = at - Float(first)
        let echo = reflection * unit * share * share
        grid[first * width + column].x += echo * (1 - part)
        grid[(first + 1) * width + column].x += echo * part
      }
    }
  }

  func walk() -> Walk { Walk(self) }

  /// The gain of every column on its way down.
  struct Walk {
    private let path: BeamPath
    private let width: Int
    private var gains: [Float]
    /// Row of the strong reflector that each column has met, −1 before.
    private var mirrors: [Int32]
    private var hasMirror = false
    /// What a strong reflector lets through; it counts from the end of the reflector's own echo.
    private var shadows: [Float]
    private let echoRows: Int32
    private let mirror: Float

    init(_ path: BeamPath) {
      self.path = path
      width = path.canvas.gridColumns
      gains = [Float](repeating: 1, count: width)
      mirrors = [Int32](repeating: -1, count: width)
      shadows = [Float](repeating: 1, count: width)
      let canvas = path.canvas
      echoRows = Int32((1.2 * canvas.scanner.pointSpread.axialMM / canvas.pixelMM.row).rounded(.up))
      mirror = Float(pow(10, path.canvas.scanner.mirrorDB / 20))
    }

    /// Applies the gain to a row of complex numbers, in place; `lines` holds the rows above.
    mutating func step(
      _ row: Int, _ line: UnsafeMutablePointer<Float>, _ lines: UnsafePointer<Float>
    ) {
      let here = path.labels + row * width
      let above = row > 0 ? here - width : here
      for column in 0..<width {
        let (a, b) = (above[column], here[column])
        var gain = gains[column]
        line[2 * column] *= gain
        line[2 * column + 1] *= gain
        gain *= path.rowGains[Int(b)]
        if a != b {
          let r = path.reflections[Int(a) * path.count + Int(b)]
          if abs(r) <= 0.5 {
            gain *= 1 - r * r
          } else if mirrors[column] < 0 {
            mirrors[column] = Int32(row)
            shadows[column] = 1 - r * r
            hasMirror = true
          }
        }
        gains[column] = gain
      }
      guard hasMirror else { return }
      for column in 0..<width where mirrors[column] >= 0 {
        if Int32(row) == mirrors[column] + echoRows { gains[column] *= shadows[column] }
        // Up from the reflector, down again from the probe's face, and so on, weaker every time.
        let depth = Int(mirrors[column])
        if row <= depth { continue }
        let turns = (row - depth) / depth
        let rest = (row - depth) % depth
        let source = lines + 2 * ((turns % 2 == 0 ? depth - rest : rest) * width + column)
        let strength = mirror / Float(1 + 2 * turns)
        line[2 * column] += strength * source[0]
        line[2 * column + 1] += strength * source[1]
      }
    }
  }
}
