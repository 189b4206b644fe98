import Cohorts
import Imaging
import Kernels
import Physics
import Tensors

/// A generator of chest radiographs with known truth.
///
/// Anatomy is analytic and in millimetres: any image can be rendered again at any resolution, with
/// other findings, and nothing else changes. Geometry and noise are physics; the shapes, their
/// variation, the strength of findings and all prevalences are chosen and checked by
/// `make phantoms`.
///
///     let phantom = ChestPhantom(ChestConfiguration())
///     let cohort = phantom.cohort(images: 4000, resolution: 64, stream: RandomStream(1).child("train"))
public struct ChestPhantom: Sendable {
  public let configuration: ChestConfiguration

  public init(_ configuration: ChestConfiguration = ChestConfiguration()) {
    self.configuration = configuration
  }

  /// Patients until `images` images are reached; the last patient may have fewer than drawn.
  ///
  /// The split of a case is drawn per patient with the given shares; patients take the sites in
  /// turn. The identifiers start with `prefix`: give cohorts that will be joined different ones
  /// (and different streams). Images are [case, 1, resolution, resolution], 0...1. Images are
  /// rendered in parallel; the result does not depend on the number of threads.
  public func cohort(
    images count: Int, resolution: Int, sites: [ChestSite] = [.bedside],
    splits: [(split: Split, share: Double)] = [(.train, 1)], prefix: String = "",
    stream: RandomStream
  ) -> ChestCohort {
    let records = self.records(
      images: count, sites: sites, splits: splits, prefix: prefix, stream: stream)
    return ChestCohort(
      phantom: self, records: records, sites: sites, prefix: prefix, resolution: resolution,
      stream: stream)
  }

  /// Who is imaged and with what findings, without rendering.
  public func records(
    images count: Int, sites: [ChestSite], splits: [(split: Split, share: Double)] = [(.train, 1)],
    prefix: String = "", stream: RandomStream
  ) -> [ChestRecord] {
    precondition(count > 0, "images (\(count)) must be positive")
    precondition(!sites.isEmpty && !splits.isEmpty, "sites and splits must not be empty")
    var records: [ChestRecord] = []
    var number = 0
    while records.count < count {
      let site = sites[number % sites.count]
      let own = stream.child("patient").child(number)
      let subject = ChestSubject(
        number: number, prefix: prefix, site: site, configuration: configuration, stream: own)
      var draw = own.child("course")
      let images = 1 + draw.index(weights: configuration.population.imagesPerPatient)
      let split = splits[draw.index(weights: splits.map(\.share))].split
      for image in 0..<images where records.count < count {
        var course = own.child("image").child(image).child("truth")
        let shown = subject.severities(
          configuration: configuration, site: site, stream: &course)
        var rated: [Int] = []
        for finding in ChestFinding.allCases {
          var grade = shown.severities.grade(finding)
          let error = course.uniform()
          let up = course.bernoulli(0.5)
          if error < configuration.raterError { grade = min(4, max(0, grade + (up ? 1 : -1))) }
          rated.append(grade)
        }
        records.append(
          ChestRecord(
            patient: subject.patient, patientNumber: number, image: image, site: site.name,
            split: split, severities: shown.severities, latents: shown.latents, rated: rated))
      }
      number += 1
    }
    return records
  }
}

/// The truth about one image.
public struct ChestRecord: Codable, Hashable, Sendable {
  public var patient: Patient
  /// Number of the patient in the stream, and of the image among the patient's.
  public var patientNumber, image: Int
  public var site: String
  public var split: Split
  public var severities: ChestSeverities
  /// Standard normal latents behind the severities, in the order of `ChestFinding.allCases`,
  /// before the site's shift.
  public var latents: [Double]
  /// Grades as a reader gave them, in the order of `ChestFinding.allCases`.
  public var rated: [Int]

  /// The label of a finding as recorded: 1 where the reader's grade is 3 or 4.
  public func label(_ finding: ChestFinding) -> Int {
    ChestSeverities.isPositive(grade: rated[finding.index]) ? 1 : 0
  }

  /// The label without the reader's error.
  public func trueLabel(_ finding: ChestFinding) -> Int {
    ChestSeverities.isPositive(grade: severities.grade(finding)) ? 1 : 0
  }
}
