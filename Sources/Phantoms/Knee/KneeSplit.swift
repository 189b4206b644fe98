import Cohorts
import Kernels
import Tensors

/// Simulated knees dealt to training, validation and test by patient.
///
///     let split = KneeSplit(
///       KneePhantom(), train: 320, validation: 80, test: 300, stream: RandomStream(1).child("knees"))
///     split.trainingFilms   // all that a generator or a classifier of grades may learn from
///     split.lenders         // the knees whose change may be lent to others
///
/// Both knees of a patient and all their films lie in one split. Everything that learns takes its
/// films from here, so that a single place decides what it may see; `sharedPatients` says what went
/// wrong where it was decided elsewhere. Patients are independent draws: the first are the training
/// ones, and a split with other fates of the same anatomies (another `anatomyToRate`) deals the same
/// patients to the same sides.
public struct KneeSplit: Sendable {
  public let phantom: KneePhantom
  public let train, validation, test: [Knee]

  /// - `train`: patients of a split, as are `validation` and `test`; a split may be empty.
  /// - `prefix`: begins the patients' identifiers; cohorts that will be joined need different ones.
  public init(
    _ phantom: KneePhantom, train: Int, validation: Int, test: Int, prefix: String = "",
    stream: RandomStream
  ) {
    precondition(
      train >= 0 && validation >= 0 && test >= 0 && train + validation + test > 0,
      "patients (\(train), \(validation), \(test)) must not be negative, nor all 0")
    self.phantom = phantom
    func deal(_ range: Range<Int>) -> [Knee] {
      range.flatMap { phantom.patient(number: $0, prefix: prefix, stream: stream) }
    }
    self.train = deal(0..<train)
    self.validation = deal(train..<train + validation)
    self.test = deal(train + validation..<train + validation + test)
  }

  public subscript(_ split: Split) -> [Knee] {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }

  /// A film of a knee by its number among the knee's films.
  public typealias Film = (knee: Knee, film: Int)

  /// The films of the joint itself, of the training patients.
  public var trainingFilms: [Film] { Self.films(of: train) }

  /// The films of the joint itself, by knee and visit.
  public static func films(of knees: [Knee]) -> [Film] {
    knees.flatMap { knee in knee.nativeFilms.map { (knee, $0) } }
  }

  /// Training knees with two films or more of the joint itself: only these have a change to lend.
  public var lenders: [Knee] { train.filter(\.isFollowed) }

  /// Patients that appear in more than one of the named groups, with the groups, in the order of
  /// the patients' names; empty is what must be.
  public static func sharedPatients(
    _ groups: [(name: String, patients: [String])]
  ) -> [(patient: String, groups: [String])] {
    var places: [String: [Int]] = [:]
    for (place, group) in groups.enumerated() {
      for patient in Set(group.patients) { places[patient, default: []].append(place) }
    }
    return places.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { patient, places in
      (patient, places.map { groups[$0].name })
    }
  }
}

extension Knee {
  /// Numbers of the films that show the joint itself, not metal; the first film always does.
  public var nativeFilms: [Int] { films.indices.filter { !films[$0].isReplaced } }

  /// Number of the last film of the joint itself.
  public var lastNativeFilm: Int { nativeFilms.last ?? 0 }

  /// Whether there is a later film of the joint itself.
  public var isFollowed: Bool { nativeFilms.count > 1 }

  /// Months from the first film to the last of the joint itself.
  public var followedMonths: Int { lastNative.months - films[0].months }
}

extension KneePhantom {
  /// Films as networks learn from them, [film, 1, size, size]: at the 256 levels of a byte, −1...1.
  public func networkPictures(_ films: [KneeSplit.Film], size: Int) -> Tensor<Float> {
    let pixels = pictures(films.map { (knee: $0.knee, film: $0.film) }, size: size)
    return Tensor(
      shape: pixels.shape,
      pixels.elements.map { (min(1, max(0, $0)) * 255).rounded() / 255 * 2 - 1 })
  }
}
