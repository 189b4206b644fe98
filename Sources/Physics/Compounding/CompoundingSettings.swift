/// How pixels become voxels.
public struct CompoundingSettings: Sendable, Equatable {
  /// Which voxels a pixel reaches.
  public enum Interpolation: String, Sendable, CaseIterable, Codable {
    /// The nearest one, with weight 1.
    case nearest
    /// The eight around it, with the weights of trilinear interpolation.
    case trilinear
  }

  /// What a voxel makes of the pixels that reach it, in the order of frames, rows and columns.
  public enum Rule: String, Sendable, CaseIterable, Codable {
    /// Σ w p / Σ w over all pixels p with their weights w, in Float.
    case mean
    /// The brightest pixel. With trilinear weights those below 1/8 do not count, as in PLUS.
    case maximum
    /// The last pixel. With trilinear weights those below 1/8 do not count, as in PLUS.
    case latest
    /// PLUS' own mean, for bytes: after every pixel the mean is rounded to a whole number and the
    /// weight to 1/256, up to 255.99. It differs from `mean` as small changes are rounded away.
    case roundedMean
  }

  public var interpolation: Interpolation
  public var rule: Rule
  /// The part of a frame that is used; nil for all of it.
  public var clip: ClipRectangle?

  public init(
    interpolation: Interpolation = .trilinear, rule: Rule = .mean, clip: ClipRectangle? = nil
  ) {
    self.interpolation = interpolation
    self.rule = rule
    self.clip = clip
  }

  /// Smallest trilinear weight that `maximum` and `latest` heed: a pixel amid eight voxels reaches
  /// all of them.
  static let leastWeight: Float = 0.125
}

/// A part of a frame: pixels x...(x + width) and y...(y + height), the last ones included, as PLUS
/// counts them; what lies outside the frame is cut off.
public struct ClipRectangle: Sendable, Equatable, Codable {
  public var x, y, width, height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    precondition(
      width > 0 && height > 0, "width (\(width)) and height (\(height)) must be positive")
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// Columns and rows of a frame of the given size; empty where the rectangle lies outside.
  func ranges(width frameWidth: Int, height frameHeight: Int) -> (x: Range<Int>, y: Range<Int>) {
    func range(_ start: Int, _ size: Int, _ limit: Int) -> Range<Int> {
      let low = min(max(0, start), limit)
      return low..<max(low, min(limit, start + size + 1))
    }
    return (range(x, width, frameWidth), range(y, height, frameHeight))
  }
}
