import Imaging
import Tensors

/// How a compounded volume is judged against a reference on the same grid.
///
/// The limits are those that a correct trilinear mean of the real N-wire sweep reaches (r = .988,
/// Dice = .905) and nearest-voxel compounding, a latency of one frame or one per cent of scale do not.
public struct ReconstructionGate: Sendable, Codable, CustomStringConvertible {
  public static let leastCorrelation = 0.98
  public static let leastDice = 0.9

  /// Correlation over all voxels; NaN where one side is constant.
  public let correlation: Double
  /// Overlap of the voxels above 20.
  public let dice: Double

  public init(_ found: Volume, _ reference: Volume) {
    precondition(
      found.voxels.shape == reference.voxels.shape,
      "volume \(found.voxels.shape) must lie on the grid of the reference \(reference.voxels.shape)"
    )
    let (a, b) = (
      found.voxels.elements.map(Double.init), reference.voxels.elements.map(Double.init)
    )
    let n = Double(a.count)
    let (ma, mb) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    var (aa, bb, ab, both, sum) = (0.0, 0.0, 0.0, 0, 0)
    for i in a.indices {
      aa += (a[i] - ma) * (a[i] - ma)
      bb += (b[i] - mb) * (b[i] - mb)
      ab += (a[i] - ma) * (b[i] - mb)
      both += a[i] > 20 && b[i] > 20 ? 1 : 0
      sum += (a[i] > 20 ? 1 : 0) + (b[i] > 20 ? 1 : 0)
    }
    correlation = ab / (aa * bb).squareRoot()
    dice = sum == 0 ? 0 : 2 * Double(both) / Double(sum)
  }

  public var passes: Bool { correlation >= Self.leastCorrelation && dice >= Self.leastDice }
  public var description: String { "r \(correlation), Dice \(dice)" }
}
