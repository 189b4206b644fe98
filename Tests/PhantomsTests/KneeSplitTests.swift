import Cohorts
import Kernels
import Phantoms
import Tensors
import Testing

/// No patient may stand on two sides, with either knee, at any visit.
@Suite struct KneeSplitTests {
  static let stream = RandomStream(11).child("split tests")
  static func split(_ share: Double = 0.25) -> KneeSplit {
    var population = KneePopulation()
    population.anatomyToRate = share
    return KneeSplit(
      KneePhantom(population), train: 60, validation: 15, test: 40, prefix: "a", stream: stream)
  }

  @Test func noPatientCrosses() {
    let split = Self.split()
    #expect(split.train.count == 120 && split.validation.count == 30 && split.test.count == 80)
    let shared = KneeSplit.sharedPatients([
      ("training films", split.trainingFilms.map(\.knee.patient)),
      ("validation", split.validation.map(\.patient)), ("test", split.test.map(\.patient)),
    ])
    #expect(shared.isEmpty, "\(shared)")
    let borrowed = KneeSplit.sharedPatients([
      ("lenders", split.lenders.map(\.patient)), ("test", split.test.map(\.patient)),
      ("validation", split.validation.map(\.patient)),
    ])
    #expect(borrowed.isEmpty, "\(borrowed)")
    // What learns is training alone: every lender and every film is of a training patient.
    let allowed = Set(split.train.map(\.patient))
    #expect(split.lenders.allSatisfy { allowed.contains($0.patient) })
    #expect(split.trainingFilms.allSatisfy { allowed.contains($0.knee.patient) })
  }

  @Test func bothKneesStayTogether() {
    let split = Self.split()
    for side in Split.allCases {
      let knees = split[side]
      for patient in Set(knees.map(\.patient)) {
        #expect(Set(knees.filter { $0.patient == patient }.map(\.side)) == Set(KneeSide.allCases))
      }
    }
  }

  /// The control: a patient planted on two sides is found, with the groups.
  @Test func plantedLeakIsFound() {
    let split = Self.split()
    let leak = split.test[3].patient
    let shared = KneeSplit.sharedPatients([
      ("train", split.train.map(\.patient) + [leak]), ("test", split.test.map(\.patient)),
      ("validation", split.validation.map(\.patient)),
    ])
    #expect(shared.map(\.patient) == [leak])
    #expect(shared.map(\.groups) == [["train", "test"]])
  }

  /// Another share of anatomy in the rate leaves first films and sides as they are.
  @Test func worldsShareTheirBaselines() {
    let (one, other) = (Self.split(0.25), Self.split(0))
    for (a, b) in zip(one.test + one.train, other.test + other.train) {
      #expect(a.patient == b.patient && a.side == b.side && a.anatomy == b.anatomy)
      #expect(a.films[0] == b.films[0])
    }
    let films: [KneeSplit.Film] = [(one.test[0], 0)]
    let same: [KneeSplit.Film] = [(other.test[0], 0)]
    #expect(
      one.phantom.networkPictures(films, size: 32).elements
        == other.phantom.networkPictures(same, size: 32).elements)
  }

  @Test func lendersHaveAChange() {
    for knee in Self.split().lenders {
      #expect(knee.followedMonths > 0)
      #expect(knee.nativeFilms.first == 0)
      #expect(!knee.films[knee.lastNativeFilm].isReplaced)
      #expect(knee.films[knee.lastNativeFilm] == knee.lastNative)
    }
  }

  @Test func networkPicturesAreBytes() {
    let split = Self.split()
    let pictures = split.phantom.networkPictures(
      Array(split.trainingFilms.prefix(3)), size: 32)
    #expect(pictures.shape == [3, 1, 32, 32])
    let raw = split.phantom.pixels(of: split.train[0], film: 0, size: 32)
    for (value, pixel) in zip(pictures.elements, raw) {
      let level = (value + 1) / 2 * 255
      // A byte level, to the rounding of Float, and the nearest one.
      #expect(abs(level - level.rounded()) < 1e-3)
      #expect(abs((value + 1) / 2 - min(1, max(0, pixel))) <= 0.5 / 255 + 1e-6)
    }
  }
}
