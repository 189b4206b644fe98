import COneDNN

/// Convolution of Float volumes through oneDNN, slab by slab.
///
/// A batch of volumes is small and a volume is large, so the unit of parallel work is a slab of
/// consecutive planes of one example. A slab of the result is a convolution of its own, of the
/// planes that it reads, with less padding where it does not touch the border; oneDNN reads and
/// writes it in place inside the larger arrays. Slabs are cut by the shape alone.
enum VolumeConvolution {
  /// Planes of the result (of the input, for its gradient), and the sub-convolution they are.
  struct Slab {
    var input, output: Range<Int>
    var front, back: Int
  }

  /// Whether every window lies on voxels of its own: then unfolding only moves numbers.
  static func isTiling(_ g: VolumeConvolutionGeometry) -> Bool {
    g.padding == 0 && g.kernelDepth == g.stride && g.kernelHeight == g.stride
      && g.kernelWidth == g.stride
  }

  static func usesPrepared(
    _ g: VolumeConvolutionGeometry, _ direction: PreparedConvolution.Direction
  ) -> Bool {
    if isTiling(g) || g.padding >= min(g.kernelDepth, g.kernelHeight, g.kernelWidth) {
      return false
    }
    return direction != .inputGradient || (g.stride == 1 && g.inputChannels > 3)
  }

  /// The slabs of one example: enough of them to share out, each with some ten million products.
  static func slabs(
    _ g: VolumeConvolutionGeometry, _ direction: PreparedConvolution.Direction
  ) -> [Slab] {
    let extent = direction == .inputGradient ? g.inputDepth : g.outputDepth
    let products = g.weightCount * g.outputDepth * g.outputPlane
    let parts = max(1, min(8, extent, products / 8_000_000))
    return (0..<parts).map { part in
      let range = (extent * part / parts)..<(extent * (part + 1) / parts)
      let (a, b) = (range.lowerBound, range.upperBound)
      if direction == .inputGradient {
        let low = max(0, a + g.padding - g.kernelDepth + 1)
        let high = min(g.outputDepth, b + g.padding)
        return Slab(
          input: range, output: low..<high, front: a - low + g.padding,
          back: high - 1 - g.padding + g.kernelDepth - b)
      }
      let first = a * g.stride - g.padding
      let last = (b - 1) * g.stride - g.padding + g.kernelDepth
      return Slab(
        input: max(0, first)..<min(g.inputDepth, last), output: range, front: max(0, -first),
        back: max(0, last - g.inputDepth))
    }
  }

  private static func prepared(
    _ g: VolumeConvolutionGeometry, _ slab: Slab, _ direction: PreparedConvolution.Direction
  ) -> OpaquePointer? {
    var key = lightbox_convolution_key(
      batch: 1, input_channels: Int64(g.inputChannels), input_height: Int64(g.inputHeight),
      input_width: Int64(g.inputWidth), output_channels: Int64(g.outputChannels),
      kernel_height: Int64(g.kernelHeight), kernel_width: Int64(g.kernelWidth),
      stride: Int64(g.stride), padding: Int64(g.padding), direction: direction.rawValue,
      algorithm: PreparedConvolution.Algorithm.direct.rawValue,
      input_depth: Int64(slab.input.count), kernel_depth: Int64(g.kernelDepth),
      front_padding: Int64(slab.front), back_padding: Int64(slab.back),
      input_channel_stride: Int64(g.inputDepth * g.inputPlane),
      output_channel_stride: Int64(g.outputDepth * g.outputPlane), frozen: 0)
    return lightbox_convolution_prepare(&key)
  }

  /// `first` and `second` are x, w (forward), dy, w (input gradient) or x, dy (weight gradient).
  static func run(
    _ g: VolumeConvolutionGeometry, _ direction: PreparedConvolution.Direction,
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    let slabs = usesPrepared(g, direction) ? slabs(g, direction) : []
    let convolutions = slabs.map { prepared(g, $0, direction) }
    guard !convolutions.isEmpty && convolutions.allSatisfy({ $0 != nil }) else {
      switch direction {
      case .forward: UnfoldedVolumeConvolution.forward(g, first, second, result)
      case .inputGradient: UnfoldedVolumeConvolution.inputGradient(g, first, second, result)
      case .weightGradient: UnfoldedVolumeConvolution.weightGradient(g, first, second, result)
      }
      return
    }
    let parts = g.batch * slabs.count
    let separate = direction == .weightGradient && parts > 1
    UnfoldedConvolution.withScratch(separate ? parts * g.weightCount : 0) { partial in
      Parallel.each(parts) { part in
        let slab = slabs[part % slabs.count]
        let x = part / slabs.count * g.inputCount + slab.input.lowerBound * g.inputPlane
        let y = part / slabs.count * g.outputCount + slab.output.lowerBound * g.outputPlane
        let convolution = convolutions[part % slabs.count]!
        let block = Workspaces.shared.take(lightbox_convolution_workspace(convolution))
        defer { Workspaces.shared.give(block) }
        let workspace = block.pointer
        let status =
          switch direction {
          case .forward:
            lightbox_convolution_run(convolution, first + x, second, result + y, workspace, nil)
          case .inputGradient:
            lightbox_convolution_run(convolution, first + y, second, result + x, workspace, nil)
          case .weightGradient:
            lightbox_convolution_run(
              convolution, first + x, second + y,
              separate ? partial + part * g.weightCount : result, workspace, nil)
          }
        precondition(status == 0, "oneDNN status (\(status)) of \(direction) for \(g) must be 0")
      }
      if separate { PreparedConvolution.sumParts(parts, g.weightCount, partial, result) }
    }
  }
}

extension Float {
  public static func convolve(
    _ g: VolumeConvolutionGeometry, input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>
  ) {
    VolumeConvolution.run(g, .forward, input, weight, output)
    guard let bias else { return }
    let volume = g.outputDepth * g.outputPlane
    Parallel.each(g.batch * g.outputChannels) { item in
      let target = output + item * volume
      let offset = bias[item % g.outputChannels]
      for i in 0..<volume { target[i] += offset }
    }
  }

  public static func convolveInputGradient(
    _ g: VolumeConvolutionGeometry, outputGradient: UnsafePointer<Float>,
    weight: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>
  ) { VolumeConvolution.run(g, .inputGradient, outputGradient, weight, inputGradient) }

  public static func convolveWeightGradient(
    _ g: VolumeConvolutionGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, weightGradient: UnsafeMutablePointer<Float>
  ) { VolumeConvolution.run(g, .weightGradient, input, outputGradient, weightGradient) }
}
