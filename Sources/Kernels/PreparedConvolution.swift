import COneDNN

/// Convolution of Float through oneDNN, one thread a call, parallel over parts of the batch.
///
/// A primitive of oneDNN is made for one batch size. The batch is cut into parts of a size fixed by
/// the shape and the rest into powers of two, so a few primitives serve every batch size, the
/// parts do not depend on the number of threads, and neither do results.
enum PreparedConvolution {
  enum Direction: Int64 { case forward, inputGradient, weightGradient }
  enum Algorithm: Int64 { case direct, winograd }

  /// The parts of a batch: as many of `size` as fit, then falling powers of two.
  static func parts(of batch: Int, size: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = 0
    var length = size
    while start < batch {
      while length > batch - start { length /= 2 }
      result.append(start..<(start + length))
      start += length
    }
    return result
  }

  private static func prepared(
    _ g: ConvolutionGeometry, _ batch: Int, _ direction: Direction, _ algorithm: Algorithm,
    frozen: Bool
  ) -> OpaquePointer? {
    var key = lightbox_convolution_key(
      batch: Int64(batch), input_channels: Int64(g.inputChannels),
      input_height: Int64(g.inputHeight), input_width: Int64(g.inputWidth),
      output_channels: Int64(g.outputChannels), kernel_height: Int64(g.kernelHeight),
      kernel_width: Int64(g.kernelWidth), stride: Int64(g.stride), padding: Int64(g.padding),
      direction: direction.rawValue, algorithm: algorithm.rawValue, input_depth: 0,
      kernel_depth: 0, front_padding: 0, back_padding: 0, input_channel_stride: 0,
      output_channel_stride: 0, frozen: frozen ? 1 : 0)
    return lightbox_convolution_prepare(&key)
  }

  /// Runs one direction over the batch, in the parts and with the algorithms of
  /// `ConvolutionChoice`; false where oneDNN has no implementation for the shape.
  ///
  /// `first` and `second` are the operands in the order of the shim. A weight gradient is summed
  /// over the parts in their order. Weights that are frozen are prepared once.
  static func run(
    _ g: ConvolutionGeometry, _ direction: Direction, _ first: UnsafePointer<Float>,
    _ second: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    bias: UnsafePointer<Float>? = nil
  ) -> Bool {
    let parts = parts(of: g.batch, size: ConvolutionChoice.partSize(g))
    let frozen = direction == .forward ? FrozenWeights.entry(of: second) : nil
    let isFrozen = frozen != nil
    let convolutions = parts.map { part in
      let algorithm = ConvolutionChoice.algorithm(g, examples: part.count, frozen: isFrozen)
      // Processors without AVX-512, and oneDNN 3, have direct kernels alone.
      return prepared(g, part.count, direction, algorithm, frozen: isFrozen)
        ?? (algorithm == .winograd
          ? prepared(g, part.count, direction, .direct, frozen: isFrozen) : nil)
    }
    guard convolutions.allSatisfy({ $0 != nil }) else { return false }
    let separate = direction == .weightGradient && parts.count > 1
    UnfoldedConvolution.withScratch(separate ? parts.count * g.weightCount : 0) { partial in
      withExtendedLifetime(frozen) {
        Parallel.each(parts.count) { index in
          let start = parts[index].lowerBound
          let convolution = convolutions[index]!
          let (a, b, c): (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>)
          switch direction {
          case .forward:
            (a, b, c) = (first + start * g.inputCount, second, result + start * g.outputCount)
          case .inputGradient:
            (a, b, c) = (first + start * g.outputCount, second, result + start * g.inputCount)
          case .weightGradient:
            (a, b, c) = (
              first + start * g.inputCount, second + start * g.outputCount,
              separate ? partial + index * g.weightCount : result
            )
          }
          let workspace = Workspaces.shared.take(lightbox_convolution_workspace(convolution))
          defer { Workspaces.shared.give(workspace) }
          let status = lightbox_convolution_run(
            convolution, a, b, c, workspace.pointer, frozen?.prepared(second, for: convolution))
          precondition(status == 0, "oneDNN status (\(status)) of \(direction) for \(g) must be 0")
          if direction == .forward {
            ConvolutionChoice.addBias(g, bias, examples: parts[index].count, c)
          }
        }
      }
      if separate { sumParts(parts.count, g.weightCount, partial, result) }
    }
    return true
  }

  /// Σ of consecutive arrays of `count` numbers, each number in the order of the arrays.
  static func sumParts(
    _ parts: Int, _ count: Int, _ partial: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    Parallel.chunks(of: count, grain: Elementwise.grain) { range in
      addRange(range, parts, count, partial, result)
    }
  }

  @inline(never)
  private static func addRange(
    _ range: Range<Int>, _ parts: Int, _ count: Int, _ partial: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    let target = result + range.lowerBound
    target.update(from: partial + range.lowerBound, count: range.count)
    for part in 1..<max(1, parts) {
      let source = partial + part * count + range.lowerBound
      for i in 0..<range.count { target[i] += source[i] }
    }
  }
}
