import Imaging
import Tensors

/// A frame with the way from its pixels (x, y, 0) to voxel indices.
struct PlacedFrame: Sendable {
  let pixels: Tensor<Float>
  let columns, rows: Range<Int>
  let map: SpatialTransform
}

/// Some planes of the volume along y or z, to which one thread adds frames.
///
/// Cells are pairs (Σ w p, Σ w), or (value, weight) for rules that are no sums, [z, y, x] with one
/// plane more along each axis.
struct SplatSlab {
  private let cells: UnsafeMutableRawPointer
  /// Bytes from a cell to its neighbour along the axes.
  private let strides: SIMD3<Int>
  /// The slab axis, 1 for y and 2 for z, and the other one.
  private let axis, across: Int
  /// Planes owned.
  private let low, high: Int
  /// Largest coordinates inside the volume.
  private let last: SIMD3<Double>
  private let settings: CompoundingSettings

  init(
    cells: UnsafeMutablePointer<SIMD2<Float>>, shape: [Int], axis: Int, planes: Range<Int>,
    settings: CompoundingSettings
  ) {
    let bytes = MemoryLayout<SIMD2<Float>>.stride
    self.cells = UnsafeMutableRawPointer(cells)
    strides = SIMD3(bytes, bytes * (shape[2] + 1), bytes * (shape[2] + 1) * (shape[1] + 1))
    self.axis = axis
    across = 3 - axis
    low = planes.lowerBound
    high = planes.upperBound
    let sizes = SIMD3(Double(shape[2]), Double(shape[1]), Double(shape[0]))
    // Trilinear: all eight neighbours exist, those with weight 0 apart. Nearest: floor below n.
    last =
      settings.interpolation == .trilinear
      ? sizes - SIMD3(repeating: 1) : SIMD3(sizes.x.nextDown, sizes.y.nextDown, sizes.z.nextDown)
    self.settings = settings
  }

  /// Adds a frame; the number of its pixels inside the volume whose near plane this slab owns.
  func add(_ frame: PlacedFrame) -> Int {
    switch (settings.interpolation, settings.rule) {
    case (.trilinear, .mean): addMean(frame)
    case (.trilinear, .maximum):
      addWeighted(frame) { cell, value, weight in
        if weight >= Double(CompoundingSettings.leastWeight) { Self.maximum(&cell, value) }
      }
    case (.trilinear, .latest):
      addWeighted(frame) { cell, value, weight in
        if weight >= Double(CompoundingSettings.leastWeight) { cell = SIMD2(value, 1) }
      }
    case (.trilinear, .roundedMean): addWeighted(frame, Self.roundedMean)
    case (.nearest, .mean): addNearest(frame) { $0 += SIMD2($1, 1) }
    case (.nearest, .maximum): addNearest(frame) { Self.maximum(&$0, $1) }
    case (.nearest, .latest): addNearest(frame) { $0 = SIMD2($1, 1) }
    case (.nearest, .roundedMean): addNearest(frame, Self.truncatedMean)
    }
  }

  @inline(__always)
  private static func maximum(_ cell: inout SIMD2<Float>, _ value: Float) {
    cell = SIMD2(cell.y > 0 ? max(cell.x, value) : value, 1)
  }

  /// PLUS' running mean in whole numbers, weights in 1/256 up to 65535/256.
  @inline(__always)
  private static func roundedMean(_ cell: inout SIMD2<Float>, _ value: Float, _ weight: Double) {
    if weight == 0 { return }
    let before = Double(cell.y) / 256
    let sum = weight + before
    let mean = (weight * Double(value) + before * Double(cell.x)) / sum
    let total = sum * 256
    cell = SIMD2(
      Float((mean + 0.5).rounded(.down)),
      total < 65535 ? Float((total + 0.5).rounded(.down)) : 65535)
  }

  /// The same for nearest voxels, where PLUS cuts the fraction off and, once the weight is full,
  /// takes 255/256 of the new pixel.
  @inline(__always)
  private static func truncatedMean(_ cell: inout SIMD2<Float>, _ value: Float) {
    if cell.y > 65279 {
      cell.x = (0.99609375 * value + 0.00390625 * cell.x).rounded(.towardZero)
      return
    }
    let total = cell.y + 256
    cell = SIMD2(
      ((value * 256 + cell.x * cell.y) / total).rounded(.towardZero), min(total, 65535))
  }

  /// The weighted sums of trilinear means: two neighbouring cells along x are one vector of four.
  private func addMean(_ frame: PlacedFrame) -> Int {
    let (width, step) = (frame.pixels.shape[1], frame.map.x)
    let (strideX, strideS, strideT) = (strides.x, strides[axis], strides[across])
    let (stepX, stepS, stepT) = (step.x, step[axis], step[across])
    return frame.pixels.withUnsafeElements { pixels in
      var inside = 0
      for y in frame.rows {
        let start = frame.map.translation + frame.map.y * Double(y)
        let range = columns(frame.columns, start, step, below: 1)
        let row = pixels.baseAddress! + y * width
        let (startX, startS, startT) = (start.x, start[axis], start[across])
        for x in range {
          let place = Double(x)
          let (px, ps, pt) = (
            startX + place * stepX, startS + place * stepS, startT + place * stepT
          )
          let (ix, i, it) = (Int(px), Int(ps), Int(pt))
          let fx = Float(px - Double(ix))
          let fs = Float(ps - Double(i))
          let ft = Float(pt - Double(it))
          let (rx, rs, rt) = (1 - fx, 1 - fs, 1 - ft)
          let value = row[x]
          let pair = SIMD4<Float>(value * rx, rx, value * fx, fx)
          let near = cells + (ix &* strideX &+ i &* strideS &+ it &* strideT)
          if i >= low {
            inside &+= 1
            Self.add(pair * (rs * rt), near)
            Self.add(pair * (rs * ft), near + strideT)
          }
          if i &+ 1 < high {
            Self.add(pair * (fs * rt), near + strideS)
            Self.add(pair * (fs * ft), near + (strideS &+ strideT))
          }
        }
      }
      return inside
    }
  }

  @inline(__always)
  private static func add(_ amount: SIMD4<Float>, _ cell: UnsafeMutableRawPointer) {
    cell.storeBytes(
      of: cell.loadUnaligned(as: SIMD4<Float>.self) + amount, as: SIMD4<Float>.self)
  }

  /// Any rule over the eight voxels around a pixel and their weights.
  @inline(__always)
  private func addWeighted(
    _ frame: PlacedFrame, _ update: (inout SIMD2<Float>, Float, Double) -> Void
  ) -> Int {
    let (width, step) = (frame.pixels.shape[1], frame.map.x)
    return frame.pixels.withUnsafeElements { pixels in
      var inside = 0
      for y in frame.rows {
        let start = frame.map.translation + frame.map.y * Double(y)
        for x in columns(frame.columns, start, step, below: 1) {
          let p = start + step * Double(x)
          let (ix, iy, iz) = (Int(p.x), Int(p.y), Int(p.z))
          let (fx, fy, fz) = (p.x - Double(ix), p.y - Double(iy), p.z - Double(iz))
          if (axis == 2 ? iz : iy) >= low { inside &+= 1 }
          for corner in 0..<8 {
            let (dx, dy, dz) = (corner & 1, corner >> 1 & 1, corner >> 2)
            let plane = axis == 2 ? iz + dz : iy + dy
            guard plane >= low, plane < high else { continue }
            let weight =
              (dx == 1 ? fx : 1 - fx) * ((dy == 1 ? fy : 1 - fy) * (dz == 1 ? fz : 1 - fz))
            let offset = (ix + dx) * strides.x + (iy + dy) * strides.y + (iz + dz) * strides.z
            let cell = (cells + offset).assumingMemoryBound(to: SIMD2<Float>.self)
            update(&cell.pointee, pixels[y * width + x], weight)
          }
        }
      }
      return inside
    }
  }

  /// Any rule over the voxel nearest to a pixel.
  @inline(__always)
  private func addNearest(
    _ frame: PlacedFrame, _ update: (inout SIMD2<Float>, Float) -> Void
  ) -> Int {
    let (width, step) = (frame.pixels.shape[1], frame.map.x)
    return frame.pixels.withUnsafeElements { pixels in
      var inside = 0
      for y in frame.rows {
        let start = frame.map.translation + frame.map.y * Double(y)
        let range = columns(frame.columns, start, step, below: 0)
        inside += range.count
        for x in range {
          let p = start + step * Double(x)
          let offset = Int(p.x) * strides.x + Int(p.y) * strides.y + Int(p.z) * strides.z
          let cell = (cells + offset).assumingMemoryBound(to: SIMD2<Float>.self)
          update(&cell.pointee, pixels[y * width + x])
        }
      }
      return inside
    }
  }

  /// The columns of a row whose points lie inside the volume and reach the slab, `below` planes
  /// under it included.
  private func columns(
    _ columns: Range<Int>, _ start: SIMD3<Double>, _ step: SIMD3<Double>, below: Int
  ) -> Range<Int> {
    var range = Self.span(
      columns, start[axis], step[axis], max(0, Double(low - below)),
      min(last[axis], Double(high).nextDown))
    if range.isEmpty { return range }
    range = Self.span(range, start[across], step[across], 0, last[across])
    return Self.span(range, start.x, step.x, 0, last.x)
  }

  /// The indices k of a range with low ≤ start + k · step ≤ high, as these sums are rounded.
  @inline(__always)
  static func span(
    _ range: Range<Int>, _ start: Double, _ step: Double, _ low: Double, _ high: Double
  ) -> Range<Int> {
    func isInside(_ k: Int) -> Bool {
      let p = start + Double(k) * step
      return low <= p && p <= high
    }
    if range.isEmpty || low > high { return range.lowerBound..<range.lowerBound }
    if step == 0 { return isInside(range.lowerBound) ? range : range.lowerBound..<range.lowerBound }
    let (a, b) = ((low - start) / step, (high - start) / step)
    func clamped(_ k: Double) -> Int {
      Int(max(Double(range.lowerBound), min(Double(range.upperBound), k)))
    }
    var first = clamped(min(a, b).rounded(.up))
    var end = max(first, clamped((max(a, b) + 1).rounded(.down)))
    // Rounded sums rise or fall with k, so that only the ends need moving.
    while first > range.lowerBound, isInside(first - 1) { first -= 1 }
    while first < end, !isInside(first) { first += 1 }
    while end < range.upperBound, isInside(end) { end += 1 }
    while end > first, !isInside(end - 1) { end -= 1 }
    return first..<end
  }
}
