import Imaging
import Kernels
import Tensors

/// Parallel cuts through a CT volume as the channels of one picture, "2.5D".
///
/// The same number of cuts along each of the patient's three axes: axial ones first (rows to the
/// back, columns to the patient's left), then coronal (rows to the feet, columns to the left), then
/// sagittal (rows to the feet, columns to the back), as a viewer shows them. Cuts lie symmetrically
/// about the centre over 45 % of the extent and are interpolated linearly between planes; each is
/// stretched to a square. Hounsfield units from −100 to 240, a window of the abdomen, become 0…1.
///
/// Planes are those of the voxels: a tilted volume is cut along its own axes, each taken for the axis
/// of the patient that it lies nearest to.
public enum CTCuts {
  /// Hounsfield units that become 0 and 1.
  public static let window = (low: Float(-100), high: Float(240))
  /// Share of the extent that the cuts are spread over.
  static let spread = 0.45

  /// Where a cut lies along its axis, as a share of the extent from the centre: −0.5…0.5.
  public static func offset(of cut: Int, among cuts: Int) -> Double {
    ((Double(cut) + 0.5) / Double(cuts) - 0.5) * spread
  }

  /// A value in Hounsfield units as a shade, 0…1.
  public static func shade(_ hounsfield: Float) -> Float {
    min(1, max(0, (hounsfield - window.low) * (1 / (window.high - window.low))))
  }

  /// The cuts of a volume in Hounsfield units: [3·cuts, resolution, resolution] in 0…1.
  public static func picture(
    of volume: Volume, cuts: Int, resolution: Int
  ) -> Tensor<Float> {
    precondition(
      cuts > 0 && resolution > 0, "cuts (\(cuts)) and resolution (\(resolution)) must be positive")
    let axes = PatientAxes(volume.geometry)
    let planes = [2, 1, 0].flatMap { normal in
      (0..<cuts).map { cut in
        axes.plane(of: volume, across: normal, offset: offset(of: cut, among: cuts))
          .resampled(height: resolution, width: resolution)
      }
    }
    let size = resolution * resolution
    return Tensor(shape: [3 * cuts, resolution, resolution]) { output in
      for (channel, plane) in planes.enumerated() {
        plane.pixels.withUnsafeElements { pixels in
          for i in 0..<size { output[channel * size + i] = shade(pixels[i]) }
        }
      }
    }
  }
}

/// Which axis of a grid runs to the patient's left, back and head, and which way.
struct PatientAxes {
  /// For x (left), y (back) and z (head): the voxel axis, 0 along columns, 1 rows, 2 planes.
  let axis: [Int]
  /// Whether the index grows in the direction of the patient's axis.
  let isForward: [Bool]

  /// The pairing of axes with the largest sum of cosines.
  init(_ geometry: VolumeGeometry) {
    let directions = [geometry.direction.x, geometry.direction.y, geometry.direction.z]
    let pairings = [[2, 1, 0], [2, 0, 1], [1, 2, 0], [1, 0, 2], [0, 2, 1], [0, 1, 2]]
    func closeness(_ pairing: [Int]) -> Double {
      (0..<3).reduce(0) { $0 + abs(directions[pairing[$1]][$1]) }
    }
    let best = pairings.max { closeness($0) < closeness($1) }!
    axis = best
    isForward = (0..<3).map { directions[best[$0]][$0] >= 0 }
  }

  /// A plane across one of the patient's axes, `offset` of the extent from the centre.
  func plane(of volume: Volume, across normal: Int, offset: Double) -> Image {
    let geometry = volume.geometry
    let sizes = [geometry.width, geometry.height, geometry.depth]
    let strides = [1, geometry.width, geometry.width * geometry.height]
    // Rows, columns, and whether rows follow the patient's axis: those of coronal and sagittal planes
    // run from the head to the feet.
    let (row, column, rowsFollow): (Int, Int, Bool) =
      switch normal {
      case 0: (2, 1, false)
      case 1: (2, 0, false)
      default: (1, 0, true)
      }
    let (rows, columns) = (sizes[axis[row]], sizes[axis[column]])
    let count = sizes[axis[normal]]
    let signed = isForward[normal] ? offset : -offset
    let position = min(max((0.5 + signed) * Double(count) - 0.5, 0), Double(count - 1))
    let low = Int(position)
    let high = min(low + 1, count - 1)
    let fraction = Float(position - Double(low))
    let step = strides[axis[normal]]
    let pixels = volume.voxels.withUnsafeElements { voxels in
      Tensor<Float>(shape: [1, rows, columns]) { output in
        for i in 0..<rows {
          let y = isForward[row] == rowsFollow ? i : rows - 1 - i
          for j in 0..<columns {
            let x = isForward[column] ? j : columns - 1 - j
            let place = y * strides[axis[row]] + x * strides[axis[column]]
            let (near, far) = (voxels[place + low * step], voxels[place + high * step])
            output[i * columns + j] = near + fraction * (far - near)
          }
        }
      }
    }
    return Image(pixels: pixels)
  }
}
