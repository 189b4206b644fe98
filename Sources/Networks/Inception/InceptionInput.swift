import Kernels
import Tensors

/// How pictures are brought to the 299x299 pixels of about −1...1 that Inception-v3 was trained on.
///
/// The programs that compute the distance differ here, and distances of small pictures differ with
/// them by more than a printed digit; none lowers the resolution of large pictures by averaging.
public enum InceptionInput: String, Codable, Hashable, Sendable, CaseIterable {
  /// The original program's, torch-fidelity's and torchmetrics': (x − 128)/128, bilinear as in
  /// TensorFlow 1, where pixel i of n lies at i/n.
  case tensorFlow = "tensorflow"
  /// pytorch-fid's: x/127.5 − 1, bilinear with pixel i of n at (i + ½)/n, no averaging.
  case pytorchFID = "pytorch-fid"

  /// Pixels on a side of what the network sees.
  public static let side = 299

  /// Levels of 0...255, [picture, 1 or 3, height, width], grey repeated, to
  /// [picture, 3, 299, 299].
  public func prepared(_ levels: Tensor<Float>) -> Tensor<Float> {
    precondition(
      levels.rank == 4 && [1, 3].contains(levels.shape[1]) && levels.count > 0,
      "levels \(levels.shape) must be [picture, 1 or 3, height, width]")
    let (pictures, channels) = (levels.shape[0], levels.shape[1])
    let (height, width) = (levels.shape[2], levels.shape[3])
    let side = Self.side
    let (rows, columns) = (places(from: height), places(from: width))
    return levels.withUnsafeElements { source in
      nonisolated(unsafe) let source = source.baseAddress!
      return Tensor(shape: [pictures, 3, side, side]) { target in
        nonisolated(unsafe) let target = target.baseAddress!
        Parallel.each(pictures * 3) { plane in
          let (picture, colour) = (plane / 3, plane % 3)
          let from = source + (picture * channels + min(colour, channels - 1)) * height * width
          Self.resize(from, width, rows, columns, target + plane * side * side)
          self.scale(target + plane * side * side)
        }
      }
    }
  }

  /// Pictures of a range, as levels: round(255 (x − low)/(high − low)), cut to 0...255, as an image
  /// file would hold them.
  public static func levels(
    _ pictures: Tensor<Float>, from range: ClosedRange<Float> = -1...1
  ) -> Tensor<Float> {
    let (low, width) = (range.lowerBound, range.upperBound - range.lowerBound)
    return pictures.withUnsafeElements { source in
      Tensor(shape: pictures.shape) { target in
        for i in target.indices {
          target[i] = (min(max((source[i] - low) / width, 0), 1) * 255).rounded()
        }
      }
    }
  }

  /// The two source pixels of a target pixel, and the share of the second.
  private struct Place {
    var first, second: Int
    var share: Float
  }

  private func places(from extent: Int) -> [Place] {
    let step = Float(extent) / Float(Self.side)
    return (0..<Self.side).map { i in
      let position =
        switch self {
        case .tensorFlow: Float(i) * step
        case .pytorchFID: max(0, (Float(i) + 0.5) * step - 0.5)
        }
      let first = min(Int(position), extent - 1)
      return Place(
        first: first, second: min(first + 1, extent - 1), share: position - Float(first))
    }
  }

  @inline(never)
  private static func resize(
    _ source: UnsafePointer<Float>, _ width: Int, _ rows: [Place], _ columns: [Place],
    _ target: UnsafeMutablePointer<Float>
  ) {
    for (i, row) in rows.enumerated() {
      let (upper, lower) = (source + row.first * width, source + row.second * width)
      let line = target + i * columns.count
      for (j, column) in columns.enumerated() {
        let top = upper[column.first] + (upper[column.second] - upper[column.first]) * column.share
        let bottom =
          lower[column.first] + (lower[column.second] - lower[column.first]) * column.share
        line[j] = top + (bottom - top) * row.share
      }
    }
  }

  @inline(never)
  private func scale(_ plane: UnsafeMutablePointer<Float>) {
    switch self {
    case .tensorFlow: for i in 0..<Self.side * Self.side { plane[i] = (plane[i] - 128) / 128 }
    case .pytorchFID: for i in 0..<Self.side * Self.side { plane[i] = plane[i] / 127.5 - 1 }
    }
  }
}
