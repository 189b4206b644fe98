import Cohorts
import Foundation
import Kernels
import Tensors
import Testing

/// Six cases of four patients, 1 x 2 x 2 pixels; cases 1 and 4 have equal pixels, as do 2 and 3.
func sixCases() -> Cohort {
  let people = [
    Patient(id: "p", sex: .female, ageYears: 30), Patient(id: "q", sex: .male, ageYears: 59.9),
    Patient(id: "r", ageYears: 80), Patient(id: "s", sex: .female),
  ]
  let rows: [(String, String, Split, [Int?])] = [
    ("0", "p", .train, [1, 0]), ("1", "p", .train, [0, nil]), ("2", "q", .train, [0, 1]),
    ("3", "q", .train, [1, 1]), ("4", "r", .validation, [nil, 0]), ("5", "s", .test, [1, 0]),
  ]
  let starts: [Float] = [0, 0.1, 0.2, 0.2, 0.1, 0.5]
  return Cohort(
    name: "six", tier: .simulated, labelNames: ["effusion", "mass"], patients: people,
    cases: rows.map { Case(id: $0.0, patient: $0.1, split: $0.2, labels: $0.3) },
    images: Tensor(shape: [6, 1, 2, 2], starts.flatMap { [$0, $0 + 0.1, $0 + 0.2, $0 + 0.3] }))
}

@Suite struct CohortTests {
  @Test func aGoodCohortIsReturnedUnchanged() throws {
    let cohort = try sixCases().validated()
    #expect(cohort.cases == sixCases().cases)
    #expect(cohort.images == sixCases().images)
  }

  struct Fault: Sendable, CustomStringConvertible {
    var description: String
    var expected: String
    var make: @Sendable (inout Cohort) -> Void
  }

  static let faults: [Fault] = [
    Fault(
      description: "patient in two splits",
      expected: "c.csv, row 5, column split: found patient q in test and in train (row 4), "
        + "expected each patient in one split"
    ) { $0.cases[3].split = .test },
    Fault(
      description: "duplicate case",
      expected: "c.csv, row 6, column path: found case 1 again (first in row 3), "
        + "expected each case once"
    ) { $0.cases[4].id = "1" },
    Fault(
      description: "label of 7",
      expected: "c.csv, row 4, column effusion: found label 7, expected 0, 1 or empty; "
        + "map graded labels to 0 and 1 first"
    ) { $0.cases[2].labels[0] = 7 },
    Fault(
      description: "too few labels",
      expected: "c.csv, row 2: found 1 labels, expected 2: effusion, mass"
    ) { $0.cases[0].labels = [1] },
    Fault(
      description: "NaN",
      expected: "c.csv, row 3: found pixel nan at channel 0, y 1, x 0, expected numbers in 0...1"
    ) { $0.images[1, 0, 1, 0] = .nan },
    Fault(
      description: "pixel above 1",
      expected: "c.csv, row 7: found pixel 1.5 at channel 0, y 1, x 1, expected numbers in 0...1"
    ) { $0.images[5, 0, 1, 1] = 1.5 },
    Fault(
      description: "unknown patient",
      expected: "c.csv, row 7, column patient: found patient z, expected a patient of the cohort"
    ) { $0.cases[5].patient = "z" },
    Fault(
      description: "negative age",
      expected: "c.csv, row 2, column age: found age -1.0, expected years from 0 to 130"
    ) { $0.patients[0].ageYears = -1 },
    Fault(
      description: "patient twice",
      expected: "c.csv: found patient p twice, expected each patient once"
    ) { $0.patients[1].id = "p" },
    Fault(
      description: "no cases", expected: "c.csv: found no cases, expected at least one image"
    ) { $0 = $0.subset([]) },
  ]

  @Test(arguments: faults) func faultsNameThePlace(fault: Fault) {
    var cohort = sixCases()
    fault.make(&cohort)
    let origin = Cohort.Origin(
      file: "c.csv", firstRow: 2, caseColumn: "path", patientColumn: "patient", ageColumn: "age",
      splitColumn: "split", labelColumns: ["effusion", "mass"])
    #expect(message { try cohort.validated(origin: origin) } == fault.expected)
  }

  @Test func withoutAnOriginTheCaseIsNamed() {
    var cohort = sixCases()
    cohort.cases[2].labels[1] = -1
    #expect(
      message { try cohort.validated() }
        == "six, case 2, column mass: found label -1, expected 0, 1 or empty; "
        + "map graded labels to 0 and 1 first")
  }

  @Test func duplicatesWithinAndAcrossSplits() {
    let found = sixCases().duplicates()
    #expect(found.groups == [[1, 4], [2, 3]])
    #expect(found.repeats == [.train: 1, .validation: 0, .test: 0])
    #expect(found.overlap(.train, .validation) == 1)
    #expect(found.overlap(.test, .train) == 0)
    #expect(
      found.summary
        == "exact duplicates: 1 in train, 0 in validation, 0 in test; images in two splits: "
        + "1 in train and validation, 0 in train and test, 0 in validation and test")
    // The validation copy of case 1 and the first of 2 and 3 stay.
    let clean = sixCases().deduplicated()
    #expect(clean.cases.map(\.id) == ["0", "2", "4", "5"])
    #expect(clean.duplicates().groups.isEmpty)
  }

  @Test func selections() throws {
    let cohort = sixCases()
    #expect(cohort.indices(split: .train) == [0, 1, 2, 3])
    #expect(cohort.indices { $1.sex == .female } == [0, 1, 5])
    let part = cohort.subset([5, 2])
    #expect(part.cases.map(\.id) == ["5", "2"])
    #expect(part.patients.map(\.id) == ["q", "s"])
    #expect(part.image(0).pixels == cohort.image(5).pixels)
    #expect(part.images.shape == [2, 1, 2, 2])
    let (values, mask) = cohort.labels()
    #expect(values == Tensor(shape: [6, 2], [1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0]))
    #expect(mask == Tensor(shape: [6, 2], [1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1]))
    #expect(cohort.labels(named: "mass") == [0, nil, 1, 1, 0, 0])
    #expect(cohort.patientNumbers() == [0, 0, 1, 1, 2, 3])
  }

  /// Counted by hand.
  @Test func tableOne() {
    let rows = sixCases().summary()
    let text = rows.map { row in
      "\(row.characteristic)|\(row.level)|\(row.train)|\(row.validation)|\(row.test)"
    }
    #expect(
      text == [
        "images||4|1|1", "patients||2|1|1", "sex|F|1|0|1", "sex|M|1|0|0", "sex|unknown|0|1|0",
        "age|[0,30)|0|0|0", "age|[30,60)|2|0|0", "age|[60,70)|0|0|0", "age|[70,80)|0|0|0",
        "age|[80,100)|0|1|0", "age|unknown|0|0|1", "label effusion|positive|2|0|1",
        "label effusion|recorded|4|0|1", "label mass|positive|2|0|0", "label mass|recorded|3|1|1",
        "images per patient|1|0|1|1", "images per patient|2|2|0|0",
        "images per patient|3 to 5|0|0|0", "images per patient|6 and more|0|0|0",
      ])
    #expect(rows[0].total == 6)
  }

  @Test func splittingKeepsPatientsTogetherAndFollowsNames() throws {
    var cohort = sixCases()
    let many = (0..<100).map { Patient(id: "p\($0)") }
    cohort.patients = many
    cohort.cases = (0..<200).map {
      Case(id: "\($0)", patient: "p\($0 % 100)", split: .test, labels: [0, 0])
    }
    cohort.images = Tensor.zeros([200, 1, 2, 2])
    let stream = RandomStream(7).child("split")
    let dealt = try cohort.split(train: 0.7, validation: 0.1, stream: stream).validated()
    let counts = Split.allCases.map { dealt.indices(split: $0).count }
    #expect(counts == [140, 20, 40])
    // The order of the file does not matter, the seed does.
    let backwards = cohort.subset(Array((0..<200).reversed()))
    let again = backwards.split(train: 0.7, validation: 0.1, stream: stream)
    let roles = Dictionary(uniqueKeysWithValues: dealt.cases.map { ($0.id, $0.split) })
    #expect(again.cases.allSatisfy { roles[$0.id] == $0.split })
    let other = cohort.split(train: 0.7, validation: 0.1, stream: RandomStream(8))
    #expect(other.cases != dealt.cases)
  }
}
