import Kernels
import Tensors

/// Pixels as image files store them: interleaved integer samples, rows from top to bottom.
///
/// 1 channel is grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. Values are those of the file: no
/// gamma, no scaling.
public struct Raster: Sendable, Equatable {
  /// Samples in the order y, x, channel.
  public enum Samples: Sendable, Equatable {
    case bytes([UInt8])
    case words([UInt16])
  }

  public let width, height, channels: Int
  public let samples: Samples

  public init(width: Int, height: Int, channels: Int, samples: Samples) {
    let count =
      switch samples {
      case .bytes(let values): values.count
      case .words(let values): values.count
      }
    precondition(
      (1...4).contains(channels) && count == width * height * channels,
      "\(count) samples must fill \(height) x \(width) x \(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  /// Bits a sample: 8 or 16.
  public var bits: Int { if case .bytes = samples { 8 } else { 16 } }

  /// An image scaled to 0...1 (by 255 or 65535) and quantised to 8 bits: round(255 v), clamped.
  public init(quantizing image: Image) {
    let (channels, plane) = (image.channels, image.height * image.width)
    let bytes = image.pixels.withUnsafeElements { values in
      [UInt8](unsafeUninitializedCapacity: values.count) { output, filled in
        for c in 0..<channels {
          for i in 0..<plane {
            let value = min(max(values[c * plane + i], 0), 1)
            output[i * channels + c] = value.isNaN ? 0 : UInt8((value * 255).rounded())
          }
        }
        filled = values.count
      }
    }
    self.init(
      width: image.width, height: image.height, channels: channels, samples: .bytes(bytes))
  }
}

extension Image {
  /// The samples of a file divided by 255 or 65535: [channel, y, x], 0...1.
  public init(_ raster: Raster, spacingMM: Spacing = Spacing(y: 1, x: 1)) {
    let (channels, plane) = (raster.channels, raster.height * raster.width)
    let pixels = Tensor<Float>(shape: [channels, raster.height, raster.width]) { output in
      func spread<Sample: FixedWidthInteger & UnsignedInteger>(_ samples: [Sample]) {
        let top = Float(Sample.max)
        samples.withUnsafeBufferPointer { samples in
          for c in 0..<channels {
            for i in 0..<plane {
              // Divided, so that 255 gives exactly 1 and every value is correctly rounded.
              output[c * plane + i] = Float(samples[i * channels + c]) / top
            }
          }
        }
      }
      switch raster.samples {
      case .bytes(let samples): spread(samples)
      case .words(let samples): spread(samples)
      }
    }
    self.init(pixels: pixels, spacingMM: spacingMM)
  }

  /// One channel: alpha is dropped, colour becomes .299 R + .587 G + .114 B (ITU-R BT.601).
  public func grey() -> Image {
    if channels == 1 { return self }
    let plane = height * width
    let grey = pixels.withUnsafeElements { values in
      Tensor<Float>(shape: [1, height, width]) { output in
        for i in 0..<plane {
          if channels < 3 {
            output[i] = values[i]
          } else {
            let red: Float = 0.299 * values[i]
            let green: Float = 0.587 * values[plane + i]
            let blue: Float = 0.114 * values[2 * plane + i]
            output[i] = red + green + blue
          }
        }
      }
    }
    return Image(pixels: grey, spacingMM: spacingMM)
  }

  /// Three channels: alpha is dropped, grey is repeated.
  public func rgb() -> Image {
    if channels == 3 { return self }
    let plane = height * width
    let colour = pixels.withUnsafeElements { values in
      Tensor<Float>(shape: [3, height, width]) { output in
        for c in 0..<3 {
          let source = channels < 3 ? 0 : c
          for i in 0..<plane { output[c * plane + i] = values[source * plane + i] }
        }
      }
    }
    return Image(pixels: colour, spacingMM: spacingMM)
  }
}
