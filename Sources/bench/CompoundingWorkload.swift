import Foundation
import Imaging
import Kernels
import Physics
import Tensors

/// Freehand compounding of 24 frames of 820x616 pixels, a clip rectangle of 496x489 pixels of
/// 0.076 mm, trilinear mean into 0.5 mm voxels: the sizes of a real sweep.
enum CompoundingWorkload {
  static let frames = 24

  static func run(_ session: BenchSession) throws {
    var stream = RandomStream(7).child("compounding")
    let images = (0..<16).map { _ in
      Tensor<Float>(shape: [616, 820]) { pixels in
        for i in pixels.indices { pixels[i] = Float(stream.next() >> 56) }
      }
    }
    let clip = ClipRectangle(x: 167, y: 62, width: 495, height: 488)
    let poses = (0..<frames).map(pose)
    let geometry = try VolumeGeometry(
      sweptBy: poses, frameWidth: 820, frameHeight: 616, clip: clip,
      spacingMM: [0.5, 0.5, 0.5], file: "bench")
    let made = try session.compare(
      "compounding, \(frames) frames of 820x616, clip 496x489, trilinear mean", mode: "float32",
      goal: Goal(must: 0.1, aim: 0.05),
      peers: [
        PeerCommand(
          name: "NumPy", mode: "vectorised, bincount, float64 sums", script: "compounding.py")
      ]
    ) {
      let compounder = Compounder(
        geometry: geometry, settings: CompoundingSettings(clip: clip))
      for (index, pose) in poses.enumerated() {
        compounder.add(images[index % images.count], imageToWorld: pose)
      }
      _ = compounder.result()
      return nil
    }
    let rates = ([made.own] + made.peers).map {
      "\($0.name) \(digits(Double(frames) / $0.median, 3)) frames/s"
    }
    note("  " + rates.joined(separator: ", "))
  }

  /// From pixel indices to mm: the plane of x and y, moved along z, rocked about x and y.
  private static func pose(_ frame: Int) -> SpatialTransform {
    let t = Double(frame)
    let (a, b) = (0.1 * sin(0.2 * t), 0.15 * cos(0.13 * t))
    let pixel = 0.076
    let across = SIMD3<Double>(cos(b), sin(a) * sin(b), -cos(a) * sin(b)) * pixel
    let down = SIMD3<Double>(0, cos(a), sin(a)) * pixel
    return SpatialTransform(
      x: across, y: down, z: cross(across, down) / pixel, translation: [0, 0, 0.3 * t])
  }
}
