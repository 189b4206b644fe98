/// Pictures of twice the height and width, and the adjoint maps.
public protocol UpsamplingKernels {
  /// y = enlarged x, plane by plane: [planes, height, width] to [planes, 2 height, 2 width].
  static func enlarge(
    _ mode: Upsampling, planes: Int, height: Int, width: Int, _ x: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>)

  /// The adjoint of `enlarge`: [planes, 2 height, 2 width] to [planes, height, width].
  static func enlargeAdjoint(
    _ mode: Upsampling, planes: Int, height: Int, width: Int, _ y: UnsafePointer<Self>,
    _ x: UnsafeMutablePointer<Self>)
}

/// How the pixels of a picture of twice the size are made.
public enum Upsampling: String, Codable, Hashable, Sendable {
  /// Each pixel four times.
  case nearest
  /// Weights 3/4 and 1/4 of the two nearest pixels along each axis, pixels repeated at the border:
  /// PyTorch's `interpolate(scale_factor=2, mode="bilinear", align_corners=False)`.
  case bilinear
}

/// Along one axis of n pixels, bilinear enlargement is y[2i] = ¼ x[i-1] + ¾ x[i] and
/// y[2i+1] = ¾ x[i] + ¼ x[i+1], with indices held inside 0..<n. Its adjoint gathers
/// x[i] = ¾ (y[2i] + y[2i+1]) + ¼ (y[2i-1] + y[2i+2]), where at the border the missing number is
/// the end one itself. Rows are done first, into a row of scratch, then columns.
enum Enlargement {
  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func plane<S: KernelScalar>(
    _ mode: Upsampling, _ height: Int, _ width: Int, _ x: UnsafePointer<S>,
    _ y: UnsafeMutablePointer<S>, _ scratch: UnsafeMutablePointer<S>
  ) {
    for row in 0..<(2 * height) {
      let near = x + row / 2 * width
      let to = y + row * 2 * width
      guard mode == .bilinear else {
        for l in 0..<width {
          to[2 &* l] = near[l]
          to[2 &* l &+ 1] = near[l]
        }
        continue
      }
      let other = row % 2 == 0 ? max(0, row / 2 - 1) : min(height - 1, row / 2 + 1)
      let far = x + other * width
      // scratch[l + 1] is column l; both ends are repeated.
      for l in 0..<width { scratch[l &+ 1] = near[l] * 0.75 + far[l] * 0.25 }
      scratch[0] = scratch[1]
      scratch[width + 1] = scratch[width]
      for l in 0..<width {
        let middle = scratch[l &+ 1] * 0.75
        to[2 &* l] = middle + scratch[l] * 0.25
        to[2 &* l &+ 1] = middle + scratch[l &+ 2] * 0.25
      }
    }
  }

  @inline(never)
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  static func adjointPlane<S: KernelScalar>(
    _ mode: Upsampling, _ height: Int, _ width: Int, _ y: UnsafePointer<S>,
    _ x: UnsafeMutablePointer<S>, _ scratch: UnsafeMutablePointer<S>
  ) {
    let fine = 2 * width
    for row in 0..<height {
      let upper = y + 2 * row * fine
      let lower = upper + fine
      let to = x + row * width
      guard mode == .bilinear else {
        for l in 0..<width {
          let first = upper[2 &* l] + upper[2 &* l &+ 1]
          to[l] = first + (lower[2 &* l] + lower[2 &* l &+ 1])
        }
        continue
      }
      let above = row == 0 ? upper : upper - fine
      let below = row == height - 1 ? lower : lower + fine
      // scratch[l + 1] is fine column l; both ends are repeated.
      for l in 0..<fine {
        scratch[l &+ 1] = (upper[l] + lower[l]) * 0.75 + (above[l] + below[l]) * 0.25
      }
      scratch[0] = scratch[1]
      scratch[fine + 1] = scratch[fine]
      for l in 0..<width {
        let inner = (scratch[2 &* l &+ 1] + scratch[2 &* l &+ 2]) * 0.75
        to[l] = inner + (scratch[2 &* l] + scratch[2 &* l &+ 3]) * 0.25
      }
    }
  }

  @inline(__always)
  static func each<S: KernelScalar>(
    _ planes: Int, _ height: Int, _ width: Int, _ body: (Int, UnsafeMutablePointer<S>) -> Void
  ) {
    let grain = max(1, Elementwise.grain / max(1, 4 * height * width))
    Parallel.chunks(of: planes, grain: grain) { range in
      let scratch = UnsafeMutablePointer<S>.allocate(capacity: 2 * width + 2)
      defer { scratch.deallocate() }
      for plane in range { body(plane, scratch) }
    }
  }
}

extension Float {
  public static func enlarge(
    _ mode: Upsampling, planes: Int, height: Int, width: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    let size = height * width
    Enlargement.each(planes, height, width) { (plane, scratch: UnsafeMutablePointer<Float>) in
      Enlargement.plane(mode, height, width, x + plane * size, y + plane * 4 * size, scratch)
    }
  }

  public static func enlargeAdjoint(
    _ mode: Upsampling, planes: Int, height: Int, width: Int, _ y: UnsafePointer<Float>,
    _ x: UnsafeMutablePointer<Float>
  ) {
    let size = height * width
    Enlargement.each(planes, height, width) { (plane, scratch: UnsafeMutablePointer<Float>) in
      Enlargement.adjointPlane(mode, height, width, y + plane * 4 * size, x + plane * size, scratch)
    }
  }
}

extension Double {
  public static func enlarge(
    _ mode: Upsampling, planes: Int, height: Int, width: Int, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) {
    let size = height * width
    Enlargement.each(planes, height, width) { (plane, scratch: UnsafeMutablePointer<Double>) in
      Enlargement.plane(mode, height, width, x + plane * size, y + plane * 4 * size, scratch)
    }
  }

  public static func enlargeAdjoint(
    _ mode: Upsampling, planes: Int, height: Int, width: Int, _ y: UnsafePointer<Double>,
    _ x: UnsafeMutablePointer<Double>
  ) {
    let size = height * width
    Enlargement.each(planes, height, width) { (plane, scratch: UnsafeMutablePointer<Double>) in
      Enlargement.adjointPlane(mode, height, width, y + plane * 4 * size, x + plane * size, scratch)
    }
  }
}
