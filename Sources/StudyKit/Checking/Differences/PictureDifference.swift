import Imaging

/// What differs between the pixels of two pictures of one size.
///
/// A pixel's difference is the largest of |a − b| over red, green, blue and alpha, of the samples as
/// the files store them; grey counts as three equal colours, a missing alpha as opaque, and eight
/// bits as the same shade in sixteen (257 v). Exact: no sample is rounded.
struct PictureDifference {
  let width, height: Int
  /// Pixels that differ in any channel.
  let changed: Int
  /// Largest difference in steps of `top`.
  let largest: Int
  /// 255 where both pictures have eight bits a sample, else 65535.
  let top: Int
  /// Mean over all pixels, in steps of `top`.
  let mean: Double
  /// The differences as a grey picture of the same size, black where the pixels are equal, stretched
  /// so that the largest is white; no differing pixel is black.
  let picture: Raster

  /// nil where the pictures have different sizes.
  init?(old: Raster, new: Raster) {
    guard old.width == new.width, old.height == new.height else { return nil }
    width = old.width
    height = old.height
    var apart = [UInt16](repeating: 0, count: old.width * old.height)
    var (count, most, sum) = (0, 0, 0)
    for pixel in apart.indices {
      var distance = 0
      for channel in 0..<4 {
        distance = max(
          distance, abs(Self.level(old, pixel, channel) - Self.level(new, pixel, channel)))
      }
      guard distance > 0 else { continue }
      apart[pixel] = UInt16(distance)
      count += 1
      most = max(most, distance)
      sum += distance
    }
    let step = old.bits == 8 && new.bits == 8 ? 257 : 1
    changed = count
    largest = most / step
    top = 65535 / step
    mean = apart.isEmpty ? 0 : Double(sum) / Double(step) / Double(apart.count)
    let white = max(most, 1)
    picture = Raster(
      width: old.width, height: old.height, channels: 1,
      samples: .bytes(
        apart.map { $0 == 0 ? 0 : UInt8(max(1, (Int($0) * 255 + white / 2) / white)) }))
  }

  /// A sample of 0...65535; channels 0 to 2 are colours, 3 is alpha.
  private static func level(_ raster: Raster, _ pixel: Int, _ channel: Int) -> Int {
    let count = raster.channels
    let hasAlpha = count == 2 || count == 4
    if channel == 3 && !hasAlpha { return 65535 }
    let inside = channel == 3 ? count - 1 : count < 3 ? 0 : channel
    switch raster.samples {
    case .bytes(let samples): return Int(samples[pixel * count + inside]) * 257
    case .words(let samples): return Int(samples[pixel * count + inside])
    }
  }
}
