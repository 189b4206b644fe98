import Imaging
import Tensors
import Testing

@Suite struct ResamplingTests {
  static let values: [Float] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]
  static let image = Image(
    pixels: Tensor(shape: [1, 3, 5], values), spacingMM: Image.Spacing(y: 2, x: 0.6))

  /// Expected: repeat to the common grid 6 x 15 and average blocks, with NumPy 2.4.6.
  @Test func areaAverageWithFractionalCover() {
    let small = Self.image.resampled(height: 2, width: 3)
    let expected: [Double] = [
      3.533333333333333, 3.533333333333333, 3.533333333333333, 6.2, 7.266666666666667,
      6.733333333333333,
    ]
    // Two sums of at most three products each: below 8 roundings of relative size 2^-24.
    for (ours, theirs) in zip(small.pixels.elements, expected) {
      #expect(abs(Double(ours) - theirs) <= 8 * theirs * 0x1p-24)
    }
    #expect(abs(small.spacingMM.y - 3) <= 3 * Double.ulpOfOne)
    #expect(abs(small.spacingMM.x - 1) <= Double.ulpOfOne)
  }

  /// Expected: torch 2.13.0 interpolate(mode="bilinear", align_corners=False), size (4, 8).
  @Test func bilinearUp() {
    let large = Self.image.resampled(height: 4, width: 8)
    let expected: [Double] = [
      3.0, 2.125, 1.1875, 3.0625, 3.0625, 1.1875, 3.25, 5.0, 6.75, 4.5078125, 1.8515625,
      4.1171875, 4.703125, 3.609375, 3.640625, 3.75, 7.5, 6.078125, 4.4296875, 6.2265625,
      6.6953125, 5.8359375, 5.46875, 5.25, 5.0, 6.3125, 8.0625, 8.6875, 8.375, 7.125, 8.125, 9.0,
    ]
    for (ours, theirs) in zip(large.pixels.elements, expected) {
      #expect(abs(Double(ours) - theirs) <= 8 * theirs * 0x1p-24)
    }
  }

  @Test(arguments: [(1, 1), (2, 4), (3, 2), (1, 5)])
  func shrinkingKeepsTheMean(height: Int, width: Int) {
    let small = Self.image.resampled(height: height, width: width).pixels.elements
    let mean = small.reduce(0) { $0 + Double($1) } / Double(small.count)
    let truth = Self.values.reduce(0) { $0 + Double($1) } / 15
    #expect(abs(mean - truth) <= 16 * truth * 0x1p-24)
  }

  @Test func theSameSizeIsTheSameImage() {
    #expect(Self.image.resampled(height: 3, width: 5) == Self.image)
    let point = Image(pixels: Tensor(shape: [1, 1, 1], [7])).resampled(height: 2, width: 3)
    #expect(point.pixels.elements == [7, 7, 7, 7, 7, 7])
  }
}
