/// Maximum over cubes of volumes.
enum VolumePooling {
  @inline(__always)
  static func maximum<S: KernelScalar>(
    _ g: VolumePoolingGeometry, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>,
    _ positions: UnsafeMutablePointer<Int32>
  ) {
    Parallel.each(g.volumes * g.outputDepth) { item in
      let (volume, plane) = (item / g.outputDepth, item % g.outputDepth)
      let target = item * g.outputHeight * g.outputWidth
      maximumOfPlane(g, plane, x + volume * g.count, y + target, positions + target)
    }
  }

  /// One plane of the result. Candidates are visited in reading order and only a larger number
  /// replaces the one held, so the first of equal ones stays; a NaN replaces every number.
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func maximumOfPlane<S: KernelScalar>(
    _ g: VolumePoolingGeometry, _ plane: Int, _ x: UnsafePointer<S>, _ y: UnsafeMutablePointer<S>,
    _ positions: UnsafeMutablePointer<Int32>
  ) {
    let width = g.outputWidth
    let step = g.stride
    for line in 0..<g.outputHeight {
      let best = y + line * width
      let place = positions + line * width
      for i in 0..<g.size {
        for j in 0..<g.size {
          let row = ((plane * step + i) * g.height + line * step + j) * g.width
          for k in 0..<g.size {
            let start = row + k
            let from = x + start
            if i + j + k == 0 {
              for l in 0..<width {
                best[l] = from[l &* step]
                place[l] = Int32(truncatingIfNeeded: start &+ l &* step)
              }
              continue
            }
            for l in 0..<width {
              let value = from[l &* step]
              let larger = value > best[l] || value != value
              best[l] = larger ? value : best[l]
              place[l] = larger ? Int32(truncatingIfNeeded: start &+ l &* step) : place[l]
            }
          }
        }
      }
    }
  }
}

extension Float {
  public static func maxPool(
    _ geometry: VolumePoolingGeometry, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ positions: UnsafeMutablePointer<Int32>
  ) { VolumePooling.maximum(geometry, x, y, positions) }
}

extension Double {
  public static func maxPool(
    _ geometry: VolumePoolingGeometry, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>, _ positions: UnsafeMutablePointer<Int32>
  ) { VolumePooling.maximum(geometry, x, y, positions) }
}
