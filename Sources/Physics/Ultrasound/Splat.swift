import Imaging

/// Small numbers to and from floating point without conversion instructions: adding 1.5 · 2²³ rounds
/// to the nearest integer and leaves it in the low bits.
enum Rounding {
  static let magic: Float = 12_582_912

  @inline(__always)
  static func integers(_ x: SIMD8<Float>) -> SIMD8<UInt32> {
    unsafeBitCast(x + magic, to: SIMD8<UInt32>.self) &- 0x4B40_0000
  }

  /// Numbers below 2²³ as floating point.
  @inline(__always)
  static func floats(_ n: SIMD8<UInt32>) -> SIMD8<Float> {
    unsafeBitCast(n | 0x4B00_0000, to: SIMD8<Float>.self) - 8_388_608
  }
}

/// From coordinates to the nearest voxel of a medium, held at its borders, eight at a time.
struct LabelLookup {
  private let x, y, z, start: SIMD3<Float>
  private let last: SIMD3<Float>
  private let strideY, strideZ: UInt32

  /// `map` leads from the coordinates to mm.
  init(_ medium: AcousticMedium, from map: SpatialTransform) {
    let g = medium.geometry
    let all = g.worldToIndex * map
    (x, y, z) = (SIMD3<Float>(all.x), SIMD3<Float>(all.y), SIMD3<Float>(all.z))
    start = SIMD3<Float>(all.translation)
    last = SIMD3(Float(g.width - 1), Float(g.height - 1), Float(g.depth - 1))
    (strideY, strideZ) = (UInt32(g.width), UInt32(g.width * g.height))
  }

  @inline(__always)
  func voxels(
    _ px: SIMD8<Float>, _ py: SIMD8<Float>, _ pz: SIMD8<Float>
  ) -> SIMD8<UInt32> {
    let i = held(px * x.x + py * y.x + pz * z.x + start.x, last.x)
    let j = held(px * x.y + py * y.y + pz * z.y + start.y, last.y)
    let k = held(px * x.z + py * y.z + pz * z.z + start.z, last.z)
    return i &+ j &* strideY &+ k &* strideZ
  }

  @inline(__always)
  private func held(_ v: SIMD8<Float>, _ last: Float) -> SIMD8<UInt32> {
    let low = v.replacing(with: 0, where: v .< 0)
    return Rounding.integers(low.replacing(with: last, where: low .> last))
  }
}

/// Moves a row of scatterers to the grid, eight at a time.
struct Splat {
  private let x, y, z, start: SIMD3<Float>
  private let grid: UnsafeMutablePointer<SIMD2<Float>>
  private let columns: UInt32
  private let rows: Float
  /// Where grid columns, rows and elevation steps end, less one half.
  private let ends: SIMD3<Float>
  private let look: LabelLookup
  private let labels: [UInt8]
  private let amplitudes, weights: [Float]
  private let strengths: UnsafePointer<SIMD2<Float>>

  /// `toGrid` leads from lattice coordinates to grid column, grid row and elevation step.
  init(
    canvas: BModeCanvas, toGrid: SpatialTransform, grid: UnsafeMutablePointer<SIMD2<Float>>
  ) {
    (x, y, z) = (SIMD3<Float>(toGrid.x), SIMD3<Float>(toGrid.y), SIMD3<Float>(toGrid.z))
    start = SIMD3<Float>(toGrid.translation)
    self.grid = grid
    columns = UInt32(canvas.gridColumns)
    rows = Float(canvas.gridRows)
    ends = SIMD3(
      Float(canvas.gridColumns) - 0.5, rows - 0.5, Float(2 * BModeCanvas.elevationSteps) + 0.5)
    let spacing = canvas.field.spacingMM
    look = LabelLookup(canvas.medium, from: .scaling(SIMD3(repeating: spacing)))
    labels = canvas.medium.labels
    amplitudes = canvas.medium.amplitudes
    weights = canvas.elevationWeights
    strengths = UnsafePointer(canvas.field.words.strengths)
  }

  /// The cells i, i + 1, …, i + count − 1 of the lattice's row (j, k), whose words are given.
  @inline(__always)
  func run(_ words: UnsafePointer<UInt32>, count: Int, i: Int, j: Int, k: Int) {
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
    // A scatterer sits at (bits + ½)/128 of its cell.
    let first = lanes + (Float(i) + 0x1p-8)
    let (restY, restZ) = (Float(j) + 0x1p-8, Float(k) + 0x1p-8)
    labels.withUnsafeBufferPointer { labels in
      amplitudes.withUnsafeBufferPointer { amplitudes in
        weights.withUnsafeBufferPointer { weights in
          let labels = labels.baseAddress!
          let amplitudes = amplitudes.baseAddress!
          let weights = weights.baseAddress!
          var at = 0
          while at < count {
            let word = UnsafeRawPointer(words + at).loadUnaligned(as: SIMD8<UInt32>.self)
            let px = first + Float(at) + Rounding.floats(word & 127) * 0x1p-7
            let py = Rounding.floats((word &>> 7) & 127) * 0x1p-7 + restY
            let pz = Rounding.floats((word &>> 14) & 127) * 0x1p-7 + restZ
            let u = px * x.x + py * y.x + pz * z.x + start.x
            let v = px * x.y + py * y.y + pz * z.y + start.y
            let w = px * x.z + py * y.z + pz * z.z + start.z
            // Compared as floating point: eight at once, which whole numbers without sign are not.
            let isIn =
              (u .> -0.5) .& (u .< ends.x) .& (v .> -0.5) .& (v .< ends.y) .& (w .> -0.5)
              .& (w .< ends.z) .& (lanes .< Float(count &- at))
            if any(isIn) {
              let column = Rounding.integers(u.replacing(with: 0, where: .!isIn))
              let row = Rounding.integers(v.replacing(with: rows, where: .!isIn))
              let weight = Rounding.integers(w.replacing(with: 0, where: .!isIn))
              // What is not in goes to the one element behind the grid.
              let cell = row &* columns &+ column
              let voxel = look.voxels(px, py, pz)
              let strength = word &>> 21
              for lane in 0..<8 {
                let scale =
                  amplitudes[Int(labels[Int(voxel[lane])])] * weights[Int(weight[lane])]
                grid[Int(cell[lane])] += strengths[Int(strength[lane])] * scale
              }
            }
            at &+= 8
          }
        }
      }
    }
  }
}
