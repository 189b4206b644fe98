/// Convolution of Float volumes as matrix products with the unfolded input, a few planes of the
/// result at a time.
///
/// The unfolded input U has one row per (channel, kernel plane, kernel row, kernel column) and one
/// column per output position: y = W U, U' = Wᵀ g, W' = g Uᵀ. Where windows tile the input (a
/// 1x1x1 convolution, or the adjoint of an upsampling one), this is all the work there is.
enum UnfoldedVolumeConvolution {
  /// Planes of the result in one matrix product: some million numbers of U.
  private static func blocks(_ g: VolumeConvolutionGeometry) -> [Range<Int>] {
    let plane = g.inputChannels * g.kernelCount * g.outputPlane
    let height = max(1, (1 << 20) / max(1, plane))
    return stride(from: 0, to: g.outputDepth, by: height).map {
      $0..<min(g.outputDepth, $0 + height)
    }
  }

  private static func isTrivial(_ g: VolumeConvolutionGeometry) -> Bool {
    g.stride == 1 && g.padding == 0 && g.kernelCount == 1
  }

  /// Calls `body` with (row of U, place in the input, column of U, count) for every run of
  /// numbers of U that lies inside the input; the other numbers of U are zeros.
  private static func runs(
    _ g: VolumeConvolutionGeometry, _ planes: Range<Int>,
    _ body: (_ row: Int, _ source: Int, _ column: Int, _ count: Int) -> Void
  ) {
    var row = 0
    for c in 0..<g.inputChannels {
      for i in 0..<g.kernelDepth {
        for j in 0..<g.kernelHeight {
          for k in 0..<g.kernelWidth {
            let first = k >= g.padding ? 0 : (g.padding - k + g.stride - 1) / g.stride
            let reach = g.inputWidth - 1 + g.padding - k
            let last = reach < 0 ? 0 : min(g.outputWidth, reach / g.stride + 1)
            if last > first {
              for plane in planes {
                let z = plane * g.stride + i - g.padding
                if z < 0 || z >= g.inputDepth { continue }
                for line in 0..<g.outputHeight {
                  let y = line * g.stride + j - g.padding
                  if y < 0 || y >= g.inputHeight { continue }
                  let source = ((c * g.inputDepth + z) * g.inputHeight + y) * g.inputWidth
                  let column =
                    ((plane - planes.lowerBound) * g.outputHeight + line) * g.outputWidth + first
                  body(row, source + first * g.stride + k - g.padding, column, last - first)
                }
              }
            }
            row += 1
          }
        }
      }
    }
  }

  private static func unfold(
    _ g: VolumeConvolutionGeometry, _ planes: Range<Int>, _ x: UnsafePointer<Float>,
    _ u: UnsafeMutablePointer<Float>
  ) {
    let columns = planes.count * g.outputPlane
    if !VolumeConvolution.isTiling(g) {
      u.update(repeating: 0, count: g.inputChannels * g.kernelCount * columns)
    }
    let step = g.stride
    runs(g, planes) { row, source, column, count in
      let to = u + row * columns + column
      let from = x + source
      for l in 0..<count { to[l] = from[l &* step] }
    }
  }

  private static func fold(
    _ g: VolumeConvolutionGeometry, _ planes: Range<Int>, _ u: UnsafePointer<Float>,
    _ x: UnsafeMutablePointer<Float>
  ) {
    let columns = planes.count * g.outputPlane
    let step = g.stride
    runs(g, planes) { row, source, column, count in
      let from = u + row * columns + column
      let to = x + source
      for l in 0..<count { to[l &* step] += from[l] }
    }
  }

  static func forward(
    _ g: VolumeConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    let rows = g.inputChannels * g.kernelCount
    let blocks = blocks(g)
    let volume = g.outputDepth * g.outputPlane
    Parallel.each(g.batch * blocks.count) { part in
      let planes = blocks[part % blocks.count]
      let image = x + part / blocks.count * g.inputCount
      let target = y + part / blocks.count * g.outputCount + planes.lowerBound * g.outputPlane
      let columns = planes.count * g.outputPlane
      UnfoldedConvolution.withScratch(isTrivial(g) ? 0 : rows * columns) { u in
        if !isTrivial(g) { unfold(g, planes, image, u) }
        Float.multiply(
          transposeA: false, transposeB: false, rows: g.outputChannels, columns: columns,
          depth: rows, alpha: 1, w, rows,
          isTrivial(g) ? image + planes.lowerBound * g.outputPlane : UnsafePointer(u),
          isTrivial(g) ? volume : columns, beta: 0, target, volume)
      }
    }
  }

  static func inputGradient(
    _ g: VolumeConvolutionGeometry, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>
  ) {
    let rows = g.inputChannels * g.kernelCount
    let blocks = blocks(g)
    let volume = g.outputDepth * g.outputPlane
    // Blocks whose windows overlap add to the same voxels and must follow each other.
    let apart = g.kernelDepth <= g.stride
    let side = apart ? blocks.count : 1
    if !isTrivial(g) { dx.update(repeating: 0, count: g.batch * g.inputCount) }
    Parallel.each(g.batch * side) { part in
      let own = apart ? [blocks[part % side]] : blocks
      let target = dx + part / side * g.inputCount
      for planes in own {
        let source = dy + part / side * g.outputCount + planes.lowerBound * g.outputPlane
        let columns = planes.count * g.outputPlane
        UnfoldedConvolution.withScratch(isTrivial(g) ? 0 : rows * columns) { u in
          Float.multiply(
            transposeA: true, transposeB: false, rows: rows, columns: columns,
            depth: g.outputChannels, alpha: 1, w, rows, source, volume, beta: 0,
            isTrivial(g) ? target + planes.lowerBound * g.outputPlane : u,
            isTrivial(g) ? volume : columns)
          if !isTrivial(g) { fold(g, planes, u, target) }
        }
      }
    }
  }

  /// Partial sums over blocks, added up in order.
  static func weightGradient(
    _ g: VolumeConvolutionGeometry, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    _ dw: UnsafeMutablePointer<Float>
  ) {
    let rows = g.inputChannels * g.kernelCount
    let blocks = blocks(g)
    let volume = g.outputDepth * g.outputPlane
    let parts = g.batch * blocks.count
    // Some sixteen sums, each over neighbouring blocks.
    let grain = (parts + 15) / 16
    let sums = (parts + grain - 1) / grain
    UnfoldedConvolution.withScratch(sums * g.weightCount) { partial in
      Parallel.chunks(of: parts, grain: grain) { range in
        let target = partial + range.lowerBound / grain * g.weightCount
        for part in range {
          let planes = blocks[part % blocks.count]
          let image = x + part / blocks.count * g.inputCount
          let source = dy + part / blocks.count * g.outputCount + planes.lowerBound * g.outputPlane
          let columns = planes.count * g.outputPlane
          UnfoldedConvolution.withScratch(isTrivial(g) ? 0 : rows * columns) { u in
            if !isTrivial(g) { unfold(g, planes, image, u) }
            Float.multiply(
              transposeA: false, transposeB: true, rows: g.outputChannels, columns: rows,
              depth: columns, alpha: 1, source, volume,
              isTrivial(g) ? image + planes.lowerBound * g.outputPlane : UnsafePointer(u),
              isTrivial(g) ? volume : columns, beta: part == range.lowerBound ? 0 : 1, target, rows)
          }
        }
      }
      PreparedConvolution.sumParts(sums, g.weightCount, partial, dw)
    }
  }
}
