import Kernels
import Phantoms
import Statistics
import Testing

/// How knees change, and what readers make of it.
@Suite struct KneeCourseTests {
  static let stream = RandomStream(8).child("knee tests")
  static let knees = KneePhantom().knees(patients: 400, stream: stream)

  /// The thresholds of the grade, by hand: spur [mm], share of the space lost, grade.
  @Test(arguments: [
    (0.0, 0.0, 0), (0.79, 0.9, 0), (0.8, 0, 1), (1.99, 0.9, 1), (2, 0.29, 2), (2, 0.3, 3),
    (5, 0.74, 3), (5, 0.75, 4),
  ])
  func gradesFollowThresholds(spur: Double, lost: Double, grade: Int) {
    let signs = KneeSigns(
      spaceMM: [4, 5], narrowing: lost, osteophytesMM: [spur, 0, spur / 2, 0],
      sclerosis: [0, 0], attritionMM: [0, 0])
    #expect(signs.grade == grade)
  }

  @Test func nothingEverShrinks() {
    for knee in Self.knees {
      for (early, late) in zip(knee.films, knee.films.dropFirst()) {
        #expect(early.months < late.months)
        #expect(early.signs.grade <= late.signs.grade)
        for place in 0..<2 {
          #expect(early.signs.spaceMM[place] >= late.signs.spaceMM[place])
          #expect(early.signs.sclerosis[place] <= late.signs.sclerosis[place])
          #expect(early.signs.attritionMM[place] <= late.signs.attritionMM[place])
        }
        for place in 0..<4 {
          #expect(early.signs.osteophytesMM[place] <= late.signs.osteophytesMM[place])
        }
        // Metal stays.
        #expect(!early.isReplaced || late.isReplaced)
      }
    }
  }

  /// At grade 0 a film shows nothing of the disease, so that nothing there can tell the future.
  @Test func gradeNullShowsNothing() {
    let healthy = Self.knees.filter { $0.films[0].trueGrade == 0 }
    // About two in five of 800.
    #expect(healthy.count > 200)
    for knee in healthy {
      let signs = knee.films[0].signs
      #expect(signs.osteophytesMM == [0, 0, 0, 0] && signs.sclerosis == [0, 0])
      #expect(signs.spaceMM == [knee.anatomy.medialSpaceMM, knee.anatomy.lateralSpaceMM])
    }
  }

  @Test func filmsEndWithFollowUp() {
    let visits = KneePopulation().visits
    for knee in Self.knees {
      let attended = visits.filter { $0 < knee.lostMonths ?? .max }
      #expect(knee.films.map(\.months) == attended)
      for film in knee.films {
        #expect(film.isReplaced == (film.months >= knee.replacedMonths ?? .max))
        #expect((film.readGrade == nil) == film.isReplaced)
        #expect((film.trueGrade == nil) == film.isReplaced)
        if let read = film.readGrade, let grade = film.trueGrade {
          #expect(abs(read - grade) <= 1 && (0...4).contains(read))
        }
      }
      #expect(knee.films[0].months == 0 && !knee.films[0].isReplaced)
    }
    // Both knees of a patient are lost together.
    for patient in 0..<400 {
      let pair = (Self.knees[2 * patient], Self.knees[2 * patient + 1])
      #expect(pair.0.patient == pair.1.patient && pair.0.lostMonths == pair.1.lostMonths)
      #expect(pair.0.side == .right && pair.1.side == .left)
    }
  }

  /// The knob moves rates and nothing that a first film shows.
  @Test func theKnobMovesRatesAlone() {
    var population = KneePopulation()
    population.anatomyToRate = 0
    let free = KneePhantom(population).knees(patients: 50, stream: Self.stream)
    population.anatomyToRate = 1
    let bound = KneePhantom(population).knees(patients: 50, stream: Self.stream)
    for (a, b) in zip(free, bound) {
      #expect(a.anatomy == b.anatomy && a.films[0] == b.films[0] && a.person == b.person)
      #expect(a.course.stage == b.course.stage)
      // At R² 1 the anatomy is all: the latent rate is the score.
      #expect(abs(b.course.latentRate - b.anatomy.score) < 1e-12)
    }
    #expect(free.map(\.course.latentRate) != bound.map(\.course.latentRate))
  }

  /// √R² score + √(1 − R²) ε has R² as squared correlation, whatever the knob.
  @Test(arguments: [0.0, 0.1, 0.25, 0.5])
  func anatomyExplainsTheStatedShare(share: Double) throws {
    var population = KneePopulation()
    population.anatomyToRate = share
    let knees = KneePhantom(population).knees(patients: 1000, stream: Self.stream.child("share"))
    let r = try pearson(knees.map(\.anatomy.score), knees.map(\.course.latentRate)).r
    // The standard error of r is (1 − R²) / √n; the two knees of a patient count as one: n 1000.
    // Four of them.
    #expect(abs(r - share.squareRoot()) < 4 * (1 - share) / 1000.0.squareRoot())
    // Variance 1: the standard error of a normal number's variance is √(2 / n).
    let latent = knees.map(\.course.latentRate)
    let mean = latent.reduce(0, +) / 2000
    let variance = latent.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1999
    #expect(abs(variance - 1) < 4 * (2.0 / 1000).squareRoot())
  }

  /// A patient is a function of the stream and the number, not of how many there are.
  @Test func patientsDoNotDependOnTheirNumber() {
    let few = KneePhantom().knees(patients: 3, stream: Self.stream)
    #expect(few == Array(Self.knees.prefix(6)))
    let named = KneePhantom().knees(patients: 1, prefix: "t", stream: Self.stream)
    #expect(named[0].patient == "t0")
  }

  // MARK: Readers

  /// The source derives 4.7 % for a misread of 10 %: .05 · .95, by hand.
  @Test func misreadsMakeFastProgressors() {
    let reader = KneeReader(misread: 0.1)
    #expect(abs(reader.twoGradeRise(from: 0, to: 1) - 0.0475) < 1e-15)
    // Away from the ends: first down or last up, .05 · .95 + .9 · .05 (0 + 1, −1 + 0, −1 + 1).
    #expect(abs(reader.twoGradeRise(from: 1, to: 2) - (0.05 * 0.95 + 0.05 * 0.95 - 0.0025)) < 1e-15)
    #expect(reader.twoGradeRise(from: 0, to: 0) == 0)
    #expect(KneeReader(misread: 0).twoGradeRise(from: 0, to: 2) == 1)
  }

  @Test func readersErrAsOftenAsStated() {
    let reader = KneeReader(misread: 0.13)
    for grade in 0...4 {
      var counts = [Double](repeating: 0, count: 5)
      for number in 0..<4000 {
        counts[reader.read(grade, stream: Self.stream.child("reads").child(number))] += 1
      }
      let expected = reader.probabilities(grade)
      #expect(abs(expected.reduce(0, +) - 1) < 1e-15)
      for (count, share) in zip(counts, expected) {
        // Binomial of 4000; four standard deviations.
        #expect(abs(count - 4000 * share) <= 4 * (4000 * share * (1 - share)).squareRoot() + 1e-9)
      }
    }
  }

  /// Cohen's κ by hand: [[20, 5], [10, 15]] agrees in .7, by chance in .5; on two grades linear
  /// weights change nothing.
  @Test func weightedKappaByHand() throws {
    let kappa = try #require(KneeReader.weightedKappa([[20, 5], [10, 15]]))
    #expect(abs(kappa - 0.4) < 1e-12)
    // Three grades: Σ w O = (1 + 1 + 2·1)/10 = .4, Σ w E from margins (.4 .3 .3) and (.4 .3 .3):
    // 2(.4·.3 + .3·.3) + 2·2·.4·.3 = .9; κ = 1 − .4/.9 for the table below.
    let three = try #require(KneeReader.weightedKappa([[3, 0, 1], [1, 2, 0], [0, 1, 2]]))
    #expect(abs(three - (1 - 0.4 / 0.9)) < 1e-12)
    #expect(KneeReader.weightedKappa([[5, 0], [0, 0]]) == nil)
  }

  @Test func aFilmShowsLessSpaceUnderATiltedBeam() {
    var view = KneeView()
    #expect(view.filmedMM(4) == 4)
    view.beamDegrees = -5
    view.magnification = 1.02
    #expect(abs(view.filmedMM(4) - (4 - 0.2) * 1.02) < 1e-12)
    #expect(view.filmedMM(0.1) == 0)
  }
}
