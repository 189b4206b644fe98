import Foundation
import Kernels

/// Tiles of bowel cancer stained with haematoxylin and eosin, of stable or unstable microsatellites.
///
/// Tissue (`HistologyTissue`) becomes amounts of the two stains, and these become light through a
/// laboratory's own stain matrix (`StainMatrix`). Light, not density, is averaged over a pixel, as a
/// camera does, so that the optical density of pixels at borders leaves rank two by a little.
/// "MSI-like" tissue has more lymphocytes and more mucin; the amounts of stain in each structure are
/// chosen. Rated and true label agree.
public struct HistologyPictures: PictureDomain {
  /// Standard deviation of the camera's noise.
  public var noise: Float = 0.006

  public init() {}

  public var name: String { "histology" }
  public var classes: [String] { ["MSS-like", "MSI-like"] }
  /// MSI-H among the training tiles of the paper.
  public var diseasedShare: Double { 9578.0 / 19_557 }
  public var channels: Int { 3 }

  public var factors: [String] {
    [
      "nuclei [per 10,000 µm2]", "lymphocytes [per 10,000 µm2]", "mucin [share]", "glands",
      "haematoxylin strength", "eosin strength", "stain angle [degrees]",
    ]
  }

  public func draw(label: Int, size: Int, stream: RandomStream) -> DrawnPicture {
    precondition(label == 0 || label == 1, "label (\(label)) must be 0 or 1")
    let tissue = HistologyTissue(label: label, stream: stream)
    var laboratory = stream.child("stain")
    let stains = StainMatrix(stream: &laboratory)
    func strength() -> Double { exp(0.14 * max(-2.5, min(2.5, laboratory.normal()))) }
    let (h, e) = (strength(), strength())
    return DrawnPicture(
      label: label, rated: label,
      factors: [
        tissue.density([.epithelium, .stroma, .lymphocyte]), tissue.density([.lymphocyte]),
        tissue.mucinShare, Double(tissue.glandCount), h, e, stains.degrees,
      ],
      pixels: photograph(
        tissue, stains: stains, strength: SIMD2(Float(h), Float(e)), size: size, stream: stream))
  }

  /// Amounts of haematoxylin and eosin in each structure.
  private enum Amount {
    static let stroma = SIMD2<Float>(0.09, 0.66)
    static let cytoplasm = SIMD2<Float>(0.26, 0.46)
    static let lumen = SIMD2<Float>(0.015, 0.03)
    static let mucin = SIMD2<Float>(0.27, 0.03)
    static let nuclearEosin: Float = 0.14
  }

  /// The pixels of a tile, [3, size, size].
  private func photograph(
    _ tissue: HistologyTissue, stains: StainMatrix, strength: SIMD2<Float>, size: Int,
    stream: RandomStream
  ) -> [Float] {
    var canvas = PictureCanvas(size: size, channels: 3)
    let fine = canvas.fine
    let plane = canvas.plane
    let unit = HistologyTissue.sideUM / Float(fine)
    let amounts = self.amounts(tissue, fine: fine, unit: unit, stream: stream)
    let (h, e) = (stains.haematoxylin * strength.x, stains.eosin * strength.y)
    canvas.samples.withUnsafeMutableBufferPointer { samples in
      for index in 0..<plane {
        let density = -(amounts[index].x * h + amounts[index].y * e)
        for c in 0..<3 { samples[c &* plane &+ index] = density[c] }
      }
      Float.map(.exp, samples.count, samples.baseAddress!, samples.baseAddress!)
    }
    var camera = stream.child("camera")
    return canvas.pixels(noise: noise, stream: &camera)
  }

  /// Haematoxylin and eosin of every sample.
  private func amounts(
    _ tissue: HistologyTissue, fine: Int, unit: Float, stream: RandomStream
  ) -> [SIMD2<Float>] {
    var texture = stream.child("texture")
    let half = HistologyTissue.sideUM / 2
    let fibres = LatticeNoise(spacingMM: 5, radiusMM: 110, stream: &texture)
    let broad = LatticeNoise(spacingMM: 22, radiusMM: 190, stream: &texture)
    let slant = Float(texture.uniform(in: 0...Double.pi))
    let (cosine, sine) = (cosf(slant), sinf(slant))
    var result = [SIMD2<Float>](repeating: .zero, count: fine * fine)
    result.withUnsafeMutableBufferPointer { result in
      for row in 0..<fine {
        let y = (Float(row) + 0.5) * unit
        for column in 0..<fine {
          let place = SIMD2((Float(column) + 0.5) * unit, y)
          let d = place - half
          // Fibres: noise stretched fourfold along one direction.
          let along = 0.3 * (cosine * d.x + sine * d.y)
          let uneven = 1 + 0.22 * fibres(along, cosine * d.y - sine * d.x) + 0.12 * broad(d.x, d.y)
          var value = Amount.stroma * max(0.3, uneven)
          for gland in tissue.glands where gland.outline.isNear(place) {
            let depth = gland.outline.depth(place)
            guard depth < 1.06 else { continue }
            let edge = min(1, max(0, (1.06 - depth) * 12))
            let inner = min(1, max(0, (gland.lumen - depth) * 12 + 0.5))
            let wall = Amount.cytoplasm * (1 + 0.08 * broad(d.y, d.x))
            value += (wall + (Amount.lumen - wall) * inner - value) * edge
          }
          for lake in tissue.lakes where lake.isNear(place) {
            let depth = lake.depth(place)
            guard depth < 1.05 else { continue }
            let edge = min(1, max(0, (1.05 - depth) * 12))
            let wisps = Amount.mucin * max(0.4, 1 + 0.25 * broad(2 * d.x, 2 * d.y))
            value += (wisps - value) * edge
          }
          result[row &* fine &+ column] = value
        }
      }
      for nucleus in tissue.nuclei {
        paint(nucleus, on: result, fine: fine, unit: unit)
      }
    }
    return result
  }

  /// Covers what lies under a nucleus, with a border of a micrometre.
  private func paint(
    _ nucleus: HistologyTissue.Nucleus, on amounts: UnsafeMutableBufferPointer<SIMD2<Float>>,
    fine: Int, unit: Float
  ) {
    let shape = nucleus.shape
    let reach = shape.long + 1
    func range(_ centre: Float) -> ClosedRange<Int>? {
      let low = max(0, Int(((centre - reach) / unit).rounded(.down)))
      let high = min(fine - 1, Int(((centre + reach) / unit).rounded(.up)))
      return low <= high ? low...high : nil
    }
    guard let rows = range(shape.centre.y), let columns = range(shape.centre.x) else { return }
    let target = SIMD2(nucleus.depth, Amount.nuclearEosin)
    for row in rows {
      for column in columns {
        let place = SIMD2((Float(column) + 0.5) * unit, (Float(row) + 0.5) * unit)
        let cover = min(1, max(0, (1 - shape.depth(place)) * shape.short + 0.5))
        guard cover > 0 else { continue }
        let index = row &* fine &+ column
        amounts[index] += (target - amounts[index]) * cover
      }
    }
  }
}
