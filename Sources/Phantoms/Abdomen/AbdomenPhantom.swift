import Cohorts
import Foundation
import Imaging
import Kernels
import Tensors

/// A generator of small abdominal CT scans, with and without carcinoma of the pancreas.
///
/// A scan is given as "2.5D" slices: `slices` parallel cuts along each of the three axes through a
/// cube around the pancreas, as the channels of one image, axial cuts first, then coronal, then
/// sagittal. Portal-venous contrast, Hounsfield units in a window of −100…240 as 0…1.
///
/// What it is: a geometry with a dark mass, a wide duct behind it and a thinner gland, whose truth
/// is known. What it is not: anatomy; organs are ellipsoids, vessels but two are missing, and no
/// number is fitted to patients.
public struct AbdomenPhantom: Sendable {
  public let configuration: AbdomenConfiguration

  /// Side of the cube that is cut, and its centre, in millimetres.
  public static let fieldMM = 176.0
  static let centreMM = SIMD3<Double>(16, 8, 0)

  public init(_ configuration: AbdomenConfiguration = AbdomenConfiguration()) {
    self.configuration = configuration
  }

  /// Persons 0..<count of a stream.
  public func subjects(_ count: Int, prefix: String = "", stream: RandomStream) -> [AbdomenSubject]
  {
    (0..<count).map {
      AbdomenSubject(number: $0, prefix: prefix, configuration: configuration, stream: stream)
    }
  }

  /// A cohort of one scan each, label "carcinoma": images [case, 3·slices, resolution, resolution].
  ///
  /// Scans are drawn in parallel; the result does not depend on the number of threads, and the
  /// first persons of a longer cohort are those of a shorter one.
  public func cohort(
    images count: Int, resolution: Int, slices: Int = 4, split: Split = .train,
    prefix: String = "", stream: RandomStream
  ) -> Cohort {
    precondition(count > 0, "images (\(count)) must be positive")
    precondition(resolution > 1 && slices > 0, "resolution and slices must be positive")
    let people = subjects(count, prefix: prefix, stream: stream)
    let size = 3 * slices * resolution * resolution
    let images = Tensor<Float>(shape: [count, 3 * slices, resolution, resolution]) { buffer in
      nonisolated(unsafe) let buffer = buffer
      Parallel.each(count) { index in
        let pixels = scan(
          people[index], resolution: resolution, slices: slices,
          noise: stream.child("noise").child(index))
        for pixel in 0..<size { buffer[index * size + pixel] = pixels[pixel] }
      }
    }
    return Cohort(
      name: "abdomen phantom", tier: .simulated, labelNames: ["carcinoma"],
      patients: people.map(\.patient),
      cases: people.map { one in
        Case(
          id: "\(one.patient.id)-0", patient: one.patient.id, split: split, site: "ct",
          labels: [one.tumour == nil ? 0 : 1])
      }, images: images)
  }

  /// The slices of one person, [3·slices, resolution, resolution] row-major; `noise` nil leaves the
  /// noise out.
  public func scan(
    _ subject: AbdomenSubject, resolution: Int, slices: Int = 4, noise: RandomStream?
  ) -> [Float] {
    let spacing = Self.fieldMM / Double(resolution)
    let scene = AbdomenScene(subject, edgeMM: spacing)
    let plane = resolution * resolution
    var pixels = [Float](repeating: 0, count: 3 * slices * plane)
    if var draws = noise {
      pixels.withUnsafeMutableBufferPointer {
        draws.fillNormal($0, standardDeviation: Float(configuration.noiseHU))
      }
    }
    for cut in 0..<3 * slices {
      for row in 0..<resolution {
        for column in 0..<resolution {
          let point = Self.point(
            axis: cut / slices, slice: cut % slices, slices: slices, row: row, column: column,
            resolution: resolution)
          let place = cut * plane + row * resolution + column
          let value = scene.value(at: point) + pixels[place]
          pixels[place] = CTCuts.shade(value)
        }
      }
    }
    return pixels
  }

  /// Where a pixel lies, in millimetres: axial cuts (row y, column x), coronal (z, x), sagittal
  /// (z, y). Cuts lie symmetrically about the centre over 45 % of the field.
  public static func point(
    axis: Int, slice: Int, slices: Int, row: Int, column: Int, resolution: Int
  ) -> SIMD3<Float> {
    func place(_ index: Int) -> Double {
      ((Double(index) + 0.5) / Double(resolution) - 0.5) * fieldMM
    }
    let depth = CTCuts.offset(of: slice, among: slices) * fieldMM
    let (u, v) = (place(column), place(row))
    let offset: SIMD3<Double> =
      switch axis {
      case 0: [u, v, depth]
      case 1: [u, depth, -v]
      default: [depth, u, -v]
      }
    return SIMD3<Float>(centreMM + offset)
  }
}
