/// Convolution of Float as a matrix product with the unfolded input (im2col), by example.
///
/// The unfolded input U has one row per (channel, kernel row, kernel column) and one column per
/// output position: y = W U, U' = Wᵀ g, W' = g Uᵀ.
enum UnfoldedConvolution {
  /// Rows and columns of U.
  static func extent(_ g: ConvolutionGeometry) -> (rows: Int, columns: Int) {
    (g.inputChannels * g.kernelHeight * g.kernelWidth, g.outputHeight * g.outputWidth)
  }

  /// Whether U is the input itself.
  static func isTrivial(_ g: ConvolutionGeometry) -> Bool {
    g.kernelHeight == 1 && g.kernelWidth == 1 && g.stride == 1 && g.padding == 0
  }

  /// Writes U of one example.
  static func unfold(
    _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ u: UnsafeMutablePointer<Float>
  ) {
    var target = u
    let width = g.outputWidth
    for c in 0..<g.inputChannels {
      let plane = x + c * g.inputHeight * g.inputWidth
      for i in 0..<g.kernelHeight {
        for j in 0..<g.kernelWidth {
          // Output columns whose input column lies inside the image.
          let first = j >= g.padding ? 0 : (g.padding - j + g.stride - 1) / g.stride
          let reach = g.inputWidth - 1 + g.padding - j
          let last = reach < 0 ? 0 : min(width, reach / g.stride + 1)
          for row in 0..<g.outputHeight {
            let y = row * g.stride + i - g.padding
            if y < 0 || y >= g.inputHeight || last <= first {
              target.update(repeating: 0, count: width)
            } else {
              for l in 0..<first { target[l] = 0 }
              let line = plane + y * g.inputWidth + (j - g.padding)
              if g.stride == 1 {
                for l in first..<last { target[l] = line[l] }
              } else {
                for l in first..<last { target[l] = line[l &* g.stride] }
              }
              for l in last..<width { target[l] = 0 }
            }
            target += width
          }
        }
      }
    }
  }

  /// Adds U' back into the input gradient of one example.
  static func fold(
    _ g: ConvolutionGeometry, _ u: UnsafePointer<Float>, _ x: UnsafeMutablePointer<Float>
  ) {
    x.update(repeating: 0, count: g.inputCount)
    var source = u
    let width = g.outputWidth
    for c in 0..<g.inputChannels {
      let plane = x + c * g.inputHeight * g.inputWidth
      for i in 0..<g.kernelHeight {
        for j in 0..<g.kernelWidth {
          let first = j >= g.padding ? 0 : (g.padding - j + g.stride - 1) / g.stride
          let reach = g.inputWidth - 1 + g.padding - j
          let last = reach < 0 ? 0 : min(width, reach / g.stride + 1)
          for row in 0..<g.outputHeight {
            let y = row * g.stride + i - g.padding
            if y >= 0 && y < g.inputHeight && last > first {
              let line = plane + y * g.inputWidth + (j - g.padding)
              if g.stride == 1 {
                for l in first..<last { line[l] += source[l] }
              } else {
                for l in first..<last { line[l &* g.stride] += source[l] }
              }
            }
            source += width
          }
        }
      }
    }
  }

  static func forward(
    _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>? = nil
  ) {
    let (rows, columns) = extent(g)
    Parallel.chunks(of: g.batch, grain: 4) { range in
      withScratch(isTrivial(g) ? 0 : rows * columns) { scratch in
        for n in range {
          let image = x + n * g.inputCount
          if !isTrivial(g) { unfold(g, image, scratch) }
          let target = y + n * g.outputCount
          Float.multiply(
            transposeA: false, transposeB: false, rows: g.outputChannels, columns: columns,
            depth: rows, alpha: 1, w, rows, isTrivial(g) ? image : UnsafePointer(scratch), columns,
            beta: 0, target, columns)
          ConvolutionChoice.addBias(g, bias, examples: 1, target)
        }
      }
    }
  }

  static func inputGradient(
    _ g: ConvolutionGeometry, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = extent(g)
    Parallel.chunks(of: g.batch, grain: 4) { range in
      withScratch(isTrivial(g) ? 0 : rows * columns) { scratch in
        for n in range {
          let target = dx + n * g.inputCount
          Float.multiply(
            transposeA: true, transposeB: false, rows: rows, columns: columns,
            depth: g.outputChannels, alpha: 1, w, rows, dy + n * g.outputCount, columns, beta: 0,
            isTrivial(g) ? target : scratch, columns)
          if !isTrivial(g) { fold(g, scratch, target) }
        }
      }
    }
  }

  /// Partial sums over fixed groups of examples, added up in order.
  static func weightGradient(
    _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    _ dw: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = extent(g)
    let grain = max(1, (g.batch + 7) / 8)
    let parts = (g.batch + grain - 1) / grain
    withScratch(parts * g.weightCount) { partial in
      Parallel.chunks(of: g.batch, grain: grain) { range in
        let target = partial + range.lowerBound / grain * g.weightCount
        withScratch(isTrivial(g) ? 0 : rows * columns) { scratch in
          for n in range {
            let image = x + n * g.inputCount
            if !isTrivial(g) { unfold(g, image, scratch) }
            Float.multiply(
              transposeA: false, transposeB: true, rows: g.outputChannels, columns: rows,
              depth: columns, alpha: 1, dy + n * g.outputCount, columns,
              isTrivial(g) ? image : UnsafePointer(scratch), columns,
              beta: n == range.lowerBound ? 0 : 1, target, rows)
          }
        }
      }
      PreparedConvolution.sumParts(parts, g.weightCount, partial, dw)
    }
  }

  /// Temporary memory for one call.
  static func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let block = Workspaces.shared.take(count * MemoryLayout<Float>.stride)
    defer { Workspaces.shared.give(block) }
    body(block.pointer.bindMemory(to: Float.self, capacity: max(1, count)))
  }
}
