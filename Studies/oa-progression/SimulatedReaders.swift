// hide
import LightboxStudy

// show

//: ## How readers are simulated
//: *Unaided*, a reader holds evidence x = d t + √ρ c + √(1 − ρ) e against a threshold: t the truth,
//: c what all readers share about a knee, e his own, ρ = .5 by choice; d and threshold are set so
//: that his expected point is that of the digest. This is calibration: the unaided points are
//: inputs.
//:
//: *Aided*, nothing is fitted. The second film's change of grade is read as the classifier sees it,
//: with a reader's error on either film (standard deviation √m at a share m of misreads), and joins
//: by a stated rule: standardised over the knees that he reads, without any truth, times his trust
//: τ ~ N(.5, .2), added to x. He goes on calling as many knees as before. Neither weight nor
//: threshold knows the paper's aided point.

/// What is shown beside the first film.
enum Shown: String, Codable, CaseIterable {
  case nothing = "nothing"
  case drawn = "drawn film"
  case copy = "copy of the first film"
  case other = "another patient's drawn film"
  case future = "true last film"
}

/// Ratings of all readers under every condition, of the same knees.
struct SimulatedRatings {
  /// Correlation of two readers' evidence given the truth.
  static let shared = 0.5
  static let trust = (mean: 0.5, deviation: 0.2)

  let places: [Int]
  let truth: [Bool]
  let patients: [String]
  /// [condition][reader][case]
  private(set) var ratings: [Shown: [[Double]]] = [:]
  private(set) var thresholds: [Shown: [Double]] = [:]

  init(_ futures: Futures, misread: Double, stream: RandomStream) {
    let places = futures.cases.indices.filter { futures.cases[$0].isPresymptomatic }
    self.places = places
    truth = places.map { futures.cases[$0].isFast }
    patients = places.map { futures.cases[$0].patient }
    let common = Self.numbers(places, stream.child("shared"))
    let first = places.map { futures.firstSeen[$0] }
    let drawn = places.map { futures.drawnSeen[$0] }
    let future = places.map { futures.futureSeen[$0] }
    // The drawing of the next patient's knee: two further, past the other knee of this one.
    let other = places.indices.map { drawn[($0 + 2) % max(1, places.count)] }
    let error = (2 * misread).squareRoot()
    for (number, reader) in ReaderPoint.all.enumerated() {
      let own = stream.child("reader").child(number)
      let evidence = Self.evidence(reader.unaided, common, truth, own, places)
      add(.nothing, evidence.x, evidence.threshold)
      let positive = evidence.x.count { $0 >= evidence.threshold }
      var draw = own.child("trust")
      let trust = max(
        0, draw.normal(mean: Self.trust.mean, standardDeviation: Self.trust.deviation))
      let noise = Self.numbers(places, own.child("second film"))
      for (shown, later) in [
        (Shown.drawn, drawn), (.copy, first), (.other, other), (.future, future),
      ] {
        let change = places.indices.map { later[$0] - first[$0] + error * noise[$0] }
        let (middle, spread) = (average(change) ?? 0, deviation(change) ?? 0)
        let aided = places.indices.map {
          kept(
            evidence.x[$0] + (spread > 0 ? trust * (change[$0] - middle) / spread : 0))
        }
        let falling = aided.sorted(by: >)
        add(shown, aided, positive > 0 ? falling[positive - 1] : .infinity)
      }
    }
  }

  private mutating func add(_ shown: Shown, _ x: [Double], _ threshold: Double) {
    ratings[shown, default: []].append(x)
    thresholds[shown, default: []].append(threshold)
  }

  private static func numbers(_ places: [Int], _ stream: RandomStream) -> [Double] {
    places.map { place in
      var own = stream.child(place)
      return own.normal()
    }
  }

  /// Evidence of a reader whose expected point is given, and his threshold.
  private static func evidence(
    _ point: PlanePoint, _ common: [Double], _ truth: [Bool], _ stream: RandomStream,
    _ places: [Int]
  ) -> (x: [Double], threshold: Double) {
    let normal = Distributions.Normal()
    let threshold = normal.quantile(1 - point.falsePositive)
    let distance = normal.quantile(point.sensitivity) + threshold
    let own = numbers(places, stream.child("own"))
    let (a, b) = (shared.squareRoot(), (1 - shared).squareRoot())
    return (
      places.indices.map {
        kept((truth[$0] ? distance : 0) + a * common[$0] + b * own[$0])
      }, threshold
    )
  }

  /// Calls, [reader][case].
  func calls(_ shown: Shown) -> [[Bool]] {
    zip(ratings[shown] ?? [], thresholds[shown] ?? []).map { x, threshold in
      x.map { $0 >= threshold }
    }
  }

  /// Aided and unaided as a crossed study, the aided first; of ratings, or of calls as 0 and 1.
  func study(_ shown: Shown, ofCalls: Bool) -> CrossedRatings {
    func numbers(_ shown: Shown) -> [[Double]] {
      ofCalls ? calls(shown).map { $0.map { $0 ? 1 : 0 } } : ratings[shown] ?? []
    }
    return CrossedRatings(
      ratings: [numbers(shown), numbers(.nothing)], truth: truth, clusters: Clusters(patients),
      modalities: [shown.rawValue, "unaided"], readers: ReaderPoint.all.map(\.name))
  }

  /// Mean over readers of sensitivity and specificity.
  func point(_ shown: Shown) -> (sensitivity: Double, specificity: Double)? {
    let tables = calls(shown).map { confusion($0) }
    let points = tables.compactMap { table -> (Double, Double)? in
      guard let a = try? table.sensitivity.value, let b = try? table.specificity.value else {
        return nil
      }
      return (a, b)
    }
    guard let a = average(points.map(\.0)), let b = average(points.map(\.1)) else { return nil }
    return (a, b)
  }

  func confusion(_ calls: [Bool]) -> ConfusionTable {
    ConfusionTable(scores: calls.map { $0 ? 1 : 0 }, labels: truth, threshold: 0.5)
  }
}

/// Reader studies without a difference, of one structure.
struct NullJob: Codable, Hashable, CustomStringConvertible {
  var structure: RoeMetzModel.Structure
  var studies: Int
  var description: String { "structure=\(structure.rawValue)" }
}

func nulls(_ study: StudyRun, _ sizes: Sizes) throws -> [(NullJob, Staged<RoeMetzRejections>)] {
  let jobs = RoeMetzModel.Structure.allCases.map {
    NullJob(structure: $0, studies: sizes.nulls)
  }
  let found = try study.stages("nulls", over: jobs) { context, job in
    // As many readers and knees as the digest derives for the paper's study.
    RoeMetzModel(job.structure, separation: .low).rejections(
      studies: job.studies, readers: readerCount, positives: 95, negatives: 392,
      stream: context.root.child("nulls").child(job.structure.rawValue))
  }
  return Array(zip(jobs, found))
}
