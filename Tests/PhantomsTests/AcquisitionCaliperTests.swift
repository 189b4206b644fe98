import Foundation
import Kernels
import Phantoms
import Testing

private typealias Fixture = AcquisitionFixture

/// Diameters on two planes, one error source at a time.
@Suite struct AcquisitionCaliperTests {
  @Test func errorFreeReadingsAreTheExtents() {
    for lobe in Fixture.lobes {
      let reading = Fixture.reading(lobe, .none)
      #expect(reading.lengthMM == lobe.lengthMM)
      #expect(reading.widthMM == lobe.widthMM)
      #expect(reading.depthMM == lobe.depthMM)
      for coefficient in EllipsoidCoefficient.allCases {
        let ratio = reading.volumeML(coefficient) / lobe.volumeMM3 * 1000
        // Rounding of four products.
        #expect(abs(ratio / (coefficient.value / lobe.ellipsoidCoefficient) - 1) < 1e-12)
      }
    }
  }

  @Test func coefficientsDiffer() {
    // Brunn's against π/6: 8.5 % less.
    let reading = CaliperReading(lengthMM: 45, widthMM: 15, depthMM: 12)
    #expect(abs(reading.volumeML(.brunn) - 3.8799) < 5e-5)
    #expect(abs(reading.volumeML(.half) - 4.05) < 1e-12)
    #expect(abs(reading.volumeML(.brunn) / reading.volumeML() - 0.914823) < 5e-7)
  }

  @Test func biasesMultiply() {
    var person = NeckOperator.published[1]
    person.calipers.bias = LobeExtents(length: 0.1, width: -0.04, depth: 0.02)
    let lobe = Fixture.lobes[0]
    let reading = Fixture.reading(lobe, by: person, .only(.caliperBias))
    #expect(abs(reading.lengthMM / lobe.lengthMM - 1.1) < 1e-12)
    #expect(abs(reading.widthMM / lobe.widthMM - 0.96) < 1e-12)
    #expect(abs(reading.depthMM / lobe.depthMM - 1.02) < 1e-12)
  }

  @Test func habitsBelongToSessions() {
    let person = NeckOperator.published[2]
    let habits = person.calipers
    let (right, left) = (Fixture.lobes[0], Fixture.lobes[1])
    let sources = ErrorSources.only(.caliperHabit)
    var logs: (right: [Double], left: [Double]) = ([], [])
    for k in 0..<400 {
      let reading = Fixture.reading(right, by: person, sources, session: k)
      if k < 3 {
        #expect(reading == Fixture.reading(right, by: person, sources, session: k, repetition: 1))
      }
      let other = Fixture.reading(left, by: person, sources, session: k)
      logs.right.append(log(reading.widthMM / right.widthMM))
      logs.left.append(log(other.widthMM / left.widthMM))
    }
    let sd = Fixture.standardDeviation(logs.right)
    #expect(abs(sd / habits.habitSD - 1) < 4 / 800.0.squareRoot())
    // Fisher's z of the correlation has the standard error 1/√(n − 3).
    let products = zip(logs.right, logs.left).map { $0 * $1 }
    let (a, b) = (Fixture.mean(logs.right), Fixture.mean(logs.left))
    let r =
      (Fixture.mean(products) - a * b) / (sd * Fixture.standardDeviation(logs.left)) * 400 / 399
    #expect(abs(atanh(r) - atanh(habits.habitLobeCorrelation)) < 4 / 397.0.squareRoot())
  }

  @Test func readingsVaryBetweenRepeats() {
    let person = NeckOperator.published[1]
    let lobe = Fixture.lobes[0]
    let depths = (0..<400).map {
      let reading = Fixture.reading(lobe, by: person, .only(.caliperReading), repetition: $0)
      return reading.depthMM / lobe.depthMM
    }
    let sd = person.calipers.readingSD
    #expect(abs(Fixture.mean(depths) - 1) < 4 * sd / 400.0.squareRoot())
    #expect(abs(Fixture.standardDeviation(depths) / sd - 1) < 4 / 800.0.squareRoot())
  }

  /// A plane turned by α about the depth cuts an ellipsoid with the length 1/√(cos² + (L/W)² sin²).
  @Test func turnedPlanesShorten() {
    let lobe = Fixture.lobes[2]
    var person = NeckOperator.published[0]
    var means: [Double] = []
    for degrees in [3.0, 6, 9] {
      person.calipers.planeAngleSDDegrees = degrees
      let readings = (0..<400).map {
        Fixture.reading(lobe, by: person, .only(.planeAngle), repetition: $0)
      }
      let found = Fixture.mean(readings.map { $0.lengthMM / lobe.lengthMM })
      // The same mean for an ellipsoid, by quadrature over the normal angle.
      let slender = lobe.lengthMM / lobe.widthMM
      var (sum, total) = (0.0, 0.0)
      for step in -400...400 {
        let z = Double(step) / 80
        let angle = z * degrees * .pi / 180
        let square = cos(angle) * cos(angle) + slender * slender * sin(angle) * sin(angle)
        sum += exp(-z * z / 2) / square.squareRoot()
        total += exp(-z * z / 2)
      }
      // A lobe is no ellipsoid: half of the effect either way.
      let loss = 1 - sum / total
      #expect(abs((1 - found) / loss - 1) < 0.5, "\(1 - found) for \(loss)")
      means.append(found)
    }
    #expect(means[0] > means[1] && means[1] > means[2])
  }

  @Test func pressureFlattensAndWidens() {
    var person = NeckOperator.published[0]
    person.pressure = PressureHabits(mean: 0.1, volunteerSD: 0, repeatSD: 0, drift: 0)
    for lobe in Fixture.lobes {
      let reading = Fixture.reading(lobe, by: person, .only(.pressure))
      #expect(reading.depthMM < lobe.depthMM && reading.widthMM > lobe.widthMM)
      // Lobes lie obliquely to the pressure: the product of the diameters is kept to first order in
      // c = .1, and a few c² = .01 remain.
      let ratio =
        reading.volumeML() / (EllipsoidCoefficient.ellipsoid.value * lobe.volumeMM3 / 1000)
      #expect(abs(ratio * lobe.ellipsoidCoefficient - 1) < 0.03)
    }
  }
}
