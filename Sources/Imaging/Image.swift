import Tensors

/// A two-dimensional image with physical pixel size.
///
/// Pixels are [channel, y, x], y from top to bottom, x from the viewer's left to right. Grey
/// images have one channel. Values of decoded 8- and 16-bit files are scaled to 0...1.
public struct Image: Sendable, Equatable {
  public var pixels: Tensor<Float>
  /// Distance between neighbouring pixel centres in millimetres; 1 where a file has none.
  public var spacingMM: Spacing

  /// Row (y) and column (x) spacing in millimetres.
  public struct Spacing: Sendable, Equatable {
    public var y, x: Double
    public init(y: Double, x: Double) {
      self.y = y
      self.x = x
    }
  }

  public init(pixels: Tensor<Float>, spacingMM: Spacing = Spacing(y: 1, x: 1)) {
    precondition(pixels.rank == 3, "pixels must be [channel, y, x], got \(pixels.shape)")
    self.pixels = pixels
    self.spacingMM = spacingMM
  }

  public var channels: Int { pixels.shape[0] }
  public var height: Int { pixels.shape[1] }
  public var width: Int { pixels.shape[2] }
}
