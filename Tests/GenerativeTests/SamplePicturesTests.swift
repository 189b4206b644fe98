import Generative
import Kernels
import Networks
import Tensors
import Testing

@Suite struct SamplePicturesTests {
  static func styled(noisy: Bool = true) -> StyleGenerator<Float> {
    var stream = RandomStream(1)
    let generator = StyleGenerator<Float>(
      StyleConfiguration(styles: 8, features: [16, 16, 8], channels: 3, classes: 2),
      stream: &stream)
    for parameter in generator.parameters where parameter.name.hasSuffix(".nz") && noisy {
      parameter.value = Tensor(0.3)
    }
    return generator
  }

  static let labels = (0..<37).map { $0 % 3 == 0 ? 1 : 0 }

  /// A picture is a function of its number, its label and the stream.
  func expectIndependence(_ draw: (_ labels: [Int], _ batch: Int) -> Tensor<Float>) {
    let all = draw(Self.labels, 64)
    #expect(all.shape[0] == 37)
    for batch in [1, 7, 16, 100] { #expect(draw(Self.labels, batch) == all) }
    for count in [1, 5, 20] {
      #expect(
        draw(Array(Self.labels.prefix(count)), 64) == all.slice(axis: 0, range: 0..<count))
    }
    var other = Self.labels
    other[3] = 1 - other[3]
    let changed = draw(other, 64)
    for picture in 0..<37 {
      let range = picture..<picture + 1
      #expect(
        (changed.slice(axis: 0, range: range) == all.slice(axis: 0, range: range))
          == (picture != 3))
    }
    for value in all.elements {
      let level = (value + 1) * 127.5
      #expect(abs(level - level.rounded()) < 1e-4 && abs(value) <= 1)
    }
  }

  @Test func stylePicturesDependOnNothingBeside() {
    let generator = Self.styled()
    expectIndependence {
      samplePictures(generator, labels: $0, truncation: 0.7, stream: RandomStream(6), batch: $1)
    }
  }

  @Test func wassersteinPicturesDependOnNothingBeside() {
    var stream = RandomStream(1)
    let generator = WGANGenerator<Float>(
      WGANConfiguration(size: 16, latent: 8, embedding: 4, features: 8), stream: &stream)
    expectIndependence {
      samplePictures(generator, labels: $0, stream: RandomStream(6), batch: $1)
    }
  }

  @Test("Truncation to nothing leaves the mean picture of each class; to everything, all as it was")
  func truncation() {
    let generator = Self.styled(noisy: false)
    let labels = [0, 1, 0, 1]
    let stream = RandomStream(6)
    func picture(_ pictures: Tensor<Float>, _ i: Int) -> Tensor<Float> {
      pictures.slice(axis: 0, range: i..<i + 1)
    }
    let mean = samplePictures(generator, labels: labels, truncation: 0, stream: stream)
    #expect(picture(mean, 0) == picture(mean, 2) && picture(mean, 1) == picture(mean, 3))
    #expect(picture(mean, 0) != picture(mean, 1))
    let free = samplePictures(generator, labels: labels, stream: stream)
    let full = samplePictures(
      generator, labels: labels, truncation: 1,
      meanStyle: Tensor(repeating: 5, shape: [2, 8]), stream: stream)
    #expect(free == full && picture(free, 0) != picture(free, 2))
  }

  @Test("Generators that have not grown up give enlarged pictures")
  func growth() {
    let generator = Self.styled()
    let y = samplePictures(
      generator, labels: [0, 1], growth: StyleGrowth(level: 1), stream: RandomStream(6))
    #expect(y.shape == [2, 3, 16, 16])
    let corners = y.slice(axis: 2, range: 0..<1)
    for x in stride(from: 0, to: 16, by: 2) {
      #expect(
        corners.slice(axis: 3, range: x..<x + 1) == corners.slice(axis: 3, range: x + 1..<x + 2))
    }
  }
}
