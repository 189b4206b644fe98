import Foundation
import Kernels
import Phantoms
import Statistics
import Testing

/// What every kind of picture promises.
@Suite struct PictureDomainTests {
  static let domains: [any PictureDomain] = [
    FundusPictures(), HistologyPictures(), ChestPictures(),
  ]
  static let stream = RandomStream(6).child("picture tests")

  @Test(arguments: 0..<3)
  func aDrawIsAFunctionOfLabelAndStream(number: Int) throws {
    let domain = Self.domains[number]
    for size in [32, 64] {
      let parallel = try Parallel.map(6) {
        domain.draw(label: $0 % 2, size: size, stream: Self.stream.child($0))
      }
      let serial = Parallel.serially {
        (0..<6).map { domain.draw(label: $0 % 2, size: size, stream: Self.stream.child($0)) }
      }
      for (a, b) in zip(parallel, serial) {
        #expect(a.pixels == b.pixels)
        #expect(a.factors == b.factors && a.rated == b.rated)
        #expect(a.pixels.count == domain.channels * size * size)
        #expect(a.pixels.allSatisfy { (0...1).contains($0) })
        #expect(a.factors.count == domain.factors.count)
        let measured = domain.measure(a.pixels, size: size)
        #expect(measured.values.count == domain.measures.count)
        #expect(measured == domain.measure(b.pixels, size: size))
      }
    }
  }

  /// The factors, but not the pixels, are the same at every size.
  @Test(arguments: 0..<3)
  func sizesShowTheSameThing(number: Int) {
    let domain = Self.domains[number]
    for seed in 0..<4 {
      let own = Self.stream.child("sizes").child(seed)
      let small = domain.draw(label: seed % 2, size: 32, stream: own)
      let large = domain.draw(label: seed % 2, size: 64, stream: own)
      #expect(small.factors == large.factors)
      var square = 0.0
      for channel in 0..<domain.channels {
        for row in 0..<32 {
          for column in 0..<32 {
            var sum: Float = 0
            for y in 0..<2 {
              for x in 0..<2 {
                sum += large.pixels[(channel * 64 + 2 * row + y) * 64 + 2 * column + x]
              }
            }
            let difference = Double(sum / 4 - small.pixels[(channel * 32 + row) * 32 + column])
            square += difference * difference
          }
        }
      }
      // Noise of both and three samples a pixel against four: below a twentieth of the scale.
      #expect((square / Double(domain.channels * 1024)).squareRoot() < 0.05)
    }
  }

  /// Noise and flat colours must not stop the measures, which read generated pictures.
  @Test(arguments: 0..<3)
  func measuresReadAnything(number: Int) {
    let domain = Self.domains[number]
    let count = domain.channels * 32 * 32
    for value in [Float(0), 0.5, 1] {
      let flat = domain.measure([Float](repeating: value, count: count), size: 32)
      #expect(flat.impossible != nil)
    }
    for seed in 0..<4 {
      var own = Self.stream.child("anything").child(seed)
      let noise = (0..<count).map { _ in Float(own.uniform()) }
      let read = domain.measure(noise, size: 32)
      #expect(read.values.allSatisfy { $0?.isFinite ?? true })
    }
  }

  /// The share of the reasons among pictures that were spoiled.
  private func share(
    _ reasons: Set<String>, _ domain: some PictureDomain, count: Int = 24,
    spoil: ([Float], Int) -> [Float]
  ) -> Double {
    let found = (0..<count).filter { seed in
      let picture = domain.draw(
        label: seed % 2, size: 32, stream: Self.stream.child("spoiled").child(seed))
      let reason = domain.measure(spoil(picture.pixels, seed), size: 32).impossible
      return reason.map(reasons.contains) ?? false
    }
    return Double(found.count) / Double(count)
  }

  /// A picture turned around its vertical axis.
  private func mirrored(_ pixels: [Float]) -> [Float] {
    pixels.indices.map { pixels[$0 / 32 * 32 + 31 - $0 % 32] }
  }

  @Test func impossibleEyesAreFound() {
    let domain = FundusPictures()
    // Both halves from the half with the disc, or both from the half without.
    func halves(_ pixels: [Float], withDisc: Bool) -> [Float] {
      let other = mirrored(pixels)
      let left = (0..<1024).filter { $0 % 32 < 16 }.reduce(Float(0)) { $0 + pixels[1024 + $1] }
      let right = (0..<1024).filter { $0 % 32 >= 16 }.reduce(Float(0)) { $0 + pixels[1024 + $1] }
      let keepsLeft = (left > right) == withDisc
      return pixels.indices.map { ($0 % 32 < 16) == keepsLeft ? pixels[$0] : other[$0] }
    }
    #expect(
      share(["two optic discs"], domain) { pixels, _ in halves(pixels, withDisc: true) } > 0.8)
    #expect(share(["no optic disc"], domain) { pixels, _ in halves(pixels, withDisc: false) } > 0.8)
    #expect(share(["no retina"], domain) { pixels, _ in pixels.map { 0.2 * $0 } } == 1)
    #expect(
      share(["light outside the retina"], domain) { pixels, _ in pixels.map { max(0.4, $0) } } > 0.8
    )
  }

  @Test func impossibleTissueIsFound() {
    let domain = HistologyPictures()
    let green = share(["colours of no two stains"], domain) { pixels, _ in
      Array(pixels[1024..<2048] + pixels[..<1024] + pixels[2048...])
    }
    #expect(green > 0.9)
    #expect(share(["nothing stained"], domain) { pixels, _ in pixels.map { pow($0, 0.05) } } == 1)
  }

  @Test func impossibleFilmsAreFound() {
    let domain = ChestPictures()
    #expect(
      share(["mirrored marker", "wrong marker"], domain) { pixels, _ in mirrored(pixels) } > 0.9)
    let doubled = share(["two markers"], domain) { pixels, _ in
      let other = mirrored(pixels)
      return pixels.indices.map { $0 < 9 * 32 ? max(pixels[$0], other[$0]) : pixels[$0] }
    }
    #expect(doubled > 0.9)
    let dropped = share(["no marker"], domain) { pixels, _ in
      pixels.indices.map { $0 < 9 * 32 ? min(0.3, pixels[$0]) : pixels[$0] }
    }
    #expect(dropped > 0.8)
    let filled = share(["no two lungs"], domain) { pixels, _ in
      pixels.indices.map { $0 < 8 * 32 ? pixels[$0] : max(0.7, pixels[$0]) }
    }
    #expect(filled > 0.9)
  }

  /// Few real pictures are impossible, and the main measure follows its factor.
  @Test(arguments: [(0, 0, 0), (1, 1, 1), (2, 0, 0)])
  func measuresFollowFactors(number: Int, factor: Int, measure: Int) throws {
    let domain = Self.domains[number]
    let both = try Parallel.map(200) { seed -> (Double, PictureMeasures) in
      let picture = domain.draw(
        label: seed % 2, size: 32, stream: Self.stream.child("follow").child(seed))
      return (picture.factors[factor], domain.measure(picture.pixels, size: 32))
    }
    // One in a hundred is the limit of `make phantoms`; six of 200 are three errors above it.
    #expect(both.filter { $0.1.impossible != nil }.count <= 6)
    let pairs = both.compactMap { pair in pair.1.values[measure].map { (pair.0, $0) } }
    // The limit there is .7 at least; a correlation of .7 has an error of .04 at n = 200.
    #expect(try spearman(pairs.map(\.0), pairs.map(\.1)).r > 0.6)
  }

  @Test func readersErrAsStated() {
    let domain = ChestPictures()
    var wrong = 0
    for seed in 0..<200 {
      let picture = domain.draw(
        label: 1, size: 16, stream: Self.stream.child("rated").child(seed))
      #expect(picture.factors[0] > 0.5)
      wrong += picture.rated == 0 ? 1 : 0
    }
    // Binomial, 200 draws of .2: 40, standard deviation 5.7; four of them.
    #expect(abs(wrong - 40) <= 23)
  }
}
