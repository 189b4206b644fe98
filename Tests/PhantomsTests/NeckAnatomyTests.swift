import Foundation
import Kernels
import Phantoms
import Statistics
import Testing

/// Volumes, extents and populations of the neck against slow independent counts and closed forms.
@Suite struct NeckAnatomyTests {
  static func neck(_ number: Int, _ population: NeckPopulation = .init()) -> NeckAnatomy {
    NeckAnatomy(population: population, stream: RandomStream(20).child("volunteer").child(number))
  }

  /// Voxels of `step` mm whose centres `contains` accepts, times their volume.
  static func counted(
    _ low: SIMD3<Double>, _ high: SIMD3<Double>, step: Double,
    _ contains: (SIMD3<Double>) -> Bool
  ) -> Double {
    var count = 0
    for z in stride(from: low.z - step, to: high.z + step, by: step) {
      for y in stride(from: low.y - step, to: high.y + step, by: step) {
        for x in stride(from: low.x - step, to: high.x + step, by: step) {
          if contains([x, y, z]) { count += 1 }
        }
      }
    }
    return Double(count) * step * step * step
  }

  /// The quadrature is exact; a count of 0.25 mm voxels of a smooth body of n voxels with about
  /// m = 5 n^(2/3) at the surface misses by about √m/4 of them: 1e-3 of a lobe is five such errors.
  @Test(arguments: 0..<4)
  func volumeIsThatOfAVoxelCount(number: Int) {
    let lobe = Self.neck(number).lobe(number % 2 == 0 ? .right : .left)
    let (low, high) = lobe.boundsMM
    let found = Self.counted(low, high, step: 0.25, lobe.contains)
    #expect(abs(found / lobe.volumeMM3 - 1) < 1e-3, "\(found) against \(lobe.volumeMM3)")
  }

  /// The extents along the lobe's axes, from the same points: never beyond, and within the length of
  /// a step that a surface falls short at its tip.
  @Test(arguments: 0..<3)
  func extentsAreTheLargest(number: Int) {
    let lobe = Self.neck(number).right
    let world = lobe.axes
    var low = SIMD3<Double>(repeating: .infinity)
    var high = -low
    for k in 0..<200 {
      for m in 0..<400 {
        let polar = (Double(k) + 0.5) * Double.pi / 200
        let angle = Double(m) * Double.pi / 200
        let (z, ring) = (cos(polar), sin(polar))
        let p = lobe.surface([z, ring * cos(angle), ring * sin(angle)])
        let d = p - lobe.centreMM
        let own = SIMD3((d * world.x).sum(), (d * world.y).sum(), (d * world.z).sum())
        low = pointwiseMin(low, own)
        high = pointwiseMax(high, own)
      }
    }
    let found = high - low
    for (value, true_) in zip(
      [found.x, found.y, found.z], [lobe.lengthMM, lobe.widthMM, lobe.depthMM])
    {
      #expect(value <= true_ * (1 + 1e-9))
      // Directions are at most 0.016 apart: 1 − cos of half of it, with room for the curvature.
      #expect(value > true_ * (1 - 3e-4), "\(value) against \(true_)")
    }
    let product = lobe.lengthMM * lobe.widthMM * lobe.depthMM
    #expect(abs(lobe.ellipsoidCoefficient - lobe.volumeMM3 / product) < 1e-12)
  }

  /// Surface points are on the border of `contains`, and the bounds hold them.
  @Test func containsAgreesWithTheSurface() {
    var stream = RandomStream(3).child("directions")
    for number in 0..<6 {
      for lobe in [Self.neck(number).right, Self.neck(number).left] {
        let (low, high) = lobe.boundsMM
        for _ in 0..<300 {
          let n = SIMD3(stream.normal(), stream.normal(), stream.normal())
          let p = lobe.surface(n)
          #expect(all(p .>= low) && all(p .<= high))
          #expect(lobe.contains(lobe.centreMM + (p - lobe.centreMM) * 0.9999))
          #expect(!lobe.contains(lobe.centreMM + (p - lobe.centreMM) * 1.0001))
        }
      }
    }
  }

  /// The drawn volume and coefficient are reached exactly, and the drawn sizes are adults'.
  @Test func populationIsThePublishedOne() {
    let population = NeckPopulation()
    let n = 1500
    let necks = (0..<n).map { Self.neck($0) }
    let glands = necks.map { ($0.right.volumeMM3 + $0.left.volumeMM3) / 1000 }
    let mean = glands.reduce(0, +) / Double(n)
    let square = glands.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1)
    // Four standard errors; the SD of an SD is about SD/√(2n) here.
    #expect(abs(mean - 7.4) < 4 * 3.05 / Double(n).squareRoot())
    #expect(abs(square.squareRoot() - 3.05) < 4 * 3.05 / Double(2 * n).squareRoot())
    #expect(glands.allSatisfy { population.glandRangeML.contains($0) })
    let larger = Double(necks.filter { $0.right.volumeMM3 > $0.left.volumeMM3 }.count) / Double(n)
    #expect(abs(larger - 0.74) < 4 * (0.74 * 0.26 / Double(n)).squareRoot())
    let lobes = necks.flatMap { [$0.right, $0.left] }
    let coefficients = lobes.map(\.ellipsoidCoefficient)
    let middle = coefficients.reduce(0, +) / Double(2 * n)
    #expect(abs(middle - 0.5) < 4 * 0.04 / Double(2 * n).squareRoot())
    #expect(coefficients.allSatisfy { abs($0 - 0.5) < 2.5 * 0.04 + 1e-6 })
    #expect(lobes.allSatisfy { (35.0...55).contains($0.lengthMM) })
    // Width and depth leave their ranges only where the volume is too small or too large.
    let usual = lobes.filter { (2000.0...7500).contains($0.volumeMM3) }
    #expect(usual.allSatisfy { (9.9...20.1).contains($0.widthMM) })
    #expect(usual.filter { (8.0...18).contains($0.depthMM) }.count > usual.count * 95 / 100)
  }

  /// Cut at 2.8 and 16.7 the distribution has the printed moments. Parameters and a quantile from
  /// scipy 1.x (quad over norm.pdf, fsolve, norm.ppf), to its eight or more printed digits; the
  /// moments by midpoints of 4000 strata.
  @Test func truncatedLogNormalHasItsMoments() {
    let found = NeckPopulation().glandVolume
    #expect(abs(found.logMean - 1.917_023_81) < 5e-9)
    #expect(abs(found.logStandardDeviation - 0.484_766_96) < 1e-8)
    #expect(abs(found.quantile(0.1) - 3.912_311_961_222) < 1e-9)
    let n = 4000
    var (first, second) = (0.0, 0.0)
    for k in 0..<n {
      let p = (Double(k) + 0.5) / Double(n)
      let x = found.quantile(p)
      first += x / Double(n)
      second += x * x / Double(n)
      #expect(abs(found.cdf(x) - p) < 1e-9)
    }
    // Midpoints of n strata: error of second order, largest in the tail.
    #expect(abs(first - 7.4) < 2e-3)
    #expect(abs((second - first * first).squareRoot() - 3.05) < 5e-3)
    #expect(found.quantile(0) == 2.8 && found.quantile(1) == 16.7)
  }

  /// Lobes touch neither each other nor the carotids, and only just press into the trachea.
  @Test func lobesKeepTheirPlace() {
    for number in 0..<40 {
      let neck = Self.neck(number)
      #expect(neck.right.boundsMM.high.x < 0 && neck.left.boundsMM.low.x > 0)
      #expect(neck.right.boundsMM.low.y > 5 && neck.left.boundsMM.low.y > 5)
      #expect((80.0...1500).contains(neck.isthmusVolumeMM3), "\(neck.isthmusVolumeMM3)")
      for side in NeckSide.allCases {
        let lobe = neck.lobe(side)
        #expect(neck.tissue(at: lobe.centreMM) == .thyroid)
        #expect(side.sign * lobe.widthAxis.x > 0.8 && lobe.lengthAxis.z > 0.9)
        #expect(lobe.depthAxis.y > 0.8)
      }
      let middle = neck.right.centreMM.y * 0.5 + neck.left.centreMM.y * 0.5 + 5
      #expect(neck.tissue(at: [0, middle, 0]) == .trachealAir)
      #expect(neck.tissue(at: [0, -0.5, 0]) == .outside)
      #expect(neck.tissue(at: [0, 0.5, 0]) == .skin)
    }
  }

  /// The isthmus' volume against a coarser, shifted count through `tissue`.
  @Test func isthmusVolumeIsThatOfItsPoints() {
    let neck = Self.neck(2)
    let found = Self.counted([-16, 5, -11], [16, 30, 11], step: 0.31) {
      neck.tissue(at: $0) == .isthmus
    }
    #expect(abs(found / neck.isthmusVolumeMM3 - 1) < 0.02)
  }

  /// A pure function of the stream.
  @Test func sameStreamSameNeck() throws {
    let neck = Self.neck(5)
    #expect(neck == Self.neck(5))
    #expect(neck != Self.neck(6))
    let again = try JSONDecoder().decode(NeckAnatomy.self, from: JSONEncoder().encode(neck))
    #expect(again == neck)
  }
}

/// Pressure and labels.
@Suite struct NeckLabelTests {
  /// det = 1, there and back is the identity, and a lobe's volume under the probe is its volume.
  @Test(arguments: [0.0, 0.04, 0.10])
  func pressureKeepsVolumes(compression: Double) {
    let pressure = ProbePressure(compression: compression, axisXMM: 17)
    #expect(abs(pressure.worldToRest.determinant - 1) < 1e-15)
    let p = SIMD3(3.0, 21, -8)
    let there = pressure.pressed(p)
    let back = pressure.rest(there)
    #expect(((back - p) * (back - p)).sum() < 1e-26)
    let direct = pressure.worldToRest(there)
    #expect(((back - direct) * (back - direct)).sum() < 1e-26)
    let lobe = NeckAnatomyTests.neck(1).left
    let (low, high) = lobe.boundsMM
    let corners = [low, high].flatMap { a in
      [low, high].map { b in pressure.pressed([a.x, b.y, a.z]) }
    }
    let found = NeckAnatomyTests.counted(
      corners.reduce(corners[0], pointwiseMin), corners.reduce(corners[0], pointwiseMax),
      step: 0.25
    ) { lobe.contains(pressure.rest($0)) }
    #expect(abs(found / lobe.volumeMM3 - 1) < 1e-3)
  }

  /// Labels are the anatomy at voxel centres, and their count of thyroid is the volume.
  @Test func labelsAreTheAnatomy() {
    let neck = NeckAnatomyTests.neck(3)
    let labels = NeckLabels(neck)
    let map = labels.geometry.indexToWorld
    var stream = RandomStream(8).child("points")
    for _ in 0..<2000 {
      let index = SIMD3(
        Double(stream.integer(below: labels.geometry.width)),
        Double(stream.integer(below: labels.geometry.height)),
        Double(stream.integer(below: labels.geometry.depth)))
      let p = map(index)
      #expect(labels[p] == neck.tissue(at: p))
      #expect(labels[p + 0.24] == neck.tissue(at: p))
    }
    let count = labels.tissues.reduce(0) { $0 + ($1 == NeckTissue.thyroid.rawValue ? 1 : 0) }
    let found = Double(count) * labels.geometry.voxelVolumeMM3
    // 0.5 mm voxels: eight times the volume of 0.25 mm ones, so about 1e-3 a standard error.
    #expect(abs(found / (neck.right.volumeMM3 + neck.left.volumeMM3) - 1) < 4e-3)
  }
}

/// The magnetic resonance image.
@Suite struct NeckMRITests {
  /// Shares sum to the truth, counted voxels are near it, and nothing else varies with the noise.
  @Test func volumesAreThoseOfTheLobes() {
    let neck = NeckAnatomyTests.neck(4)
    let scan = NeckMRI().scan(neck, stream: RandomStream(9))
    for side in NeckSide.allCases {
      let truth = neck.lobe(side).volumeMM3
      // 27 points a voxel: about 1e-3 a standard error; whole voxels of 0.64 mm³: 5e-3.
      #expect(abs(scan.partialVolumeMM3(side) / truth - 1) < 5e-3)
      #expect(abs(scan.countedMM3(side) / truth - 1) < 0.02)
      #expect(scan.readMM3(side) == scan.countedMM3(side) * scan.readerFactor)
    }
    let again = NeckMRI().scan(neck, stream: RandomStream(9))
    #expect(again.image == scan.image && again.right == scan.right)
    let other = NeckMRI().scan(neck, stream: RandomStream(10))
    #expect(other.readerFactor != scan.readerFactor)
  }

  /// Readers spread by 3 %: the SD of 400 factors, four standard errors.
  @Test func readersSpread() {
    var quick = NeckMRI()
    quick.voxelMM = SIMD3(8, 8, 8)
    quick.samples = 1
    let neck = NeckAnatomyTests.neck(0)
    let factors = (0..<400).map { quick.scan(neck, stream: RandomStream(3).child($0)).readerFactor }
    let mean = factors.reduce(0, +) / 400
    let square = factors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399
    #expect(abs(mean - 1) < 4 * 0.03 / 20)
    #expect(abs(square.squareRoot() - 0.03) < 4 * 0.03 / 800.0.squareRoot())
  }

  /// In air the magnitude of complex noise is Rayleigh: mean σ√(π/2), σ = 1/40 of fat. In the gland
  /// it is the signal.
  @Test func noiseIsRician() {
    let neck = NeckAnatomyTests.neck(4)
    let scan = NeckMRI().scan(neck, stream: RandomStream(9))
    let g = scan.image.geometry
    let values = scan.image.voxels.elements
    var (air, airs, gland, glands) = (0.0, 0, 0.0, 0)
    let share = scan.left.voxels.elements
    for z in 0..<g.depth {
      for y in 0..<g.height {
        for x in 0..<g.width {
          let k = (z * g.height + y) * g.width + x
          if y < 3 {
            air += Double(values[k])
            airs += 1
          }
          if share[k] == 1 {
            gland += Double(values[k])
            glands += 1
          }
        }
      }
    }
    let level = air / Double(airs)
    #expect(abs(level / (0.025 * (Double.pi / 2).squareRoot()) - 1) < 0.02, "\(level)")
    let body = gland / Double(glands)
    #expect(body > 0.3 && body < 0.8, "thyroid between muscle and fat: \(body)")
  }
}
