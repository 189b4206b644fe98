// hide
import LightboxStudy

// show

//: ## 6 · The observers: from volumes to trials
//: Whatever produced them, volumes arrive as rows: one per lobe, physician, repetition and method,
//: MRI among them. A gland is its right plus its left lobe, a physician's summary the mean of his
//: repetitions (assumed; the abstract does not say), and the unit of every test below the
//: volunteer. A volunteer without all lobes and repetitions of both methods is left out and
//: counted. A *trial* is 28 such volunteers; on simulated data every seed draws a trial of its own,
//: volunteers included, so that differences between seeds hold everything that chance can do.

/// One measured lobe.
struct VolumeRow: Codable, Hashable {
  var seed: Int
  var volunteer: Int
  /// "right" or "left"
  var side: String
  /// Physician, 1 to 3; MRI rows have one reader.
  var operator_: Int
  var repetition: Int
  /// "2D" (coefficient π/6), "3D" or "MRI"
  var method: String
  /// ml
  var volume: Double
  /// ml; NaN where nobody knows it.
  var truth: Double
  /// Seconds of acquisition.
  var time: Double?
}

/// A way of running the whole trial, as the knobs and flips of claims.tsv name it.
enum TrialSetting: String, Codable, CaseIterable {
  case primary
  case bias2DHalved = "2D operator bias halved"
  case bias2DDoubled = "2D operator bias doubled"
  case bias3DHalved = "3D operator bias halved"
  case bias3DDoubled = "3D operator bias doubled"
  case habit2DHalved = "2D volunteer x operator habit halved"
  case habit2DDoubled = "2D volunteer x operator habit doubled"
  case habit3DDoubled = "3D volunteer x operator habit doubled"
  case reading2DHalved = "2D caliper error of single readings halved"
  case reading2DDoubled = "2D caliper error of single readings doubled"
  case repeats3DDoubled = "3D between-repeat pressure and coverage doubled"
  case sharedOnly = "error sources shared by 2D and 3D only"
  case noOperatorBias = "no operator bias in 2D and 3D"
  case no2DErrors = "2D error sources switched off, 3D ones kept"
  case no2DReadingError = "caliper error of single 2D readings switched off"

  /// Seeds of a setting: all of them for the primary one, three for the others.
  func seeds(_ all: [Int]) -> [Int] { self == .primary ? all : Array(all.prefix(3)) }
}

/// The volumes of one trial by physician, volunteer and repetition.
struct Trial {
  let seed: Int
  let volunteers: [Int]
  /// Volunteers left out because a measurement is missing.
  let excluded: Int
  /// [volunteer] gland volume by MRI and by truth [ml].
  let mri, truth: [Double]
  /// Gland volumes [operator][volunteer][repetition] by method [ml].
  private let glands: [String: [[[Double]]]]
  /// Seconds for both lobes, [operator][volunteer and repetition], by method.
  private let times: [String: [[Double]]]

  static let operators = 3

  init(_ rows: [VolumeRow]) throws {
    seed = rows.first?.seed ?? 0
    let repetitions = Set(rows.filter { $0.method != "MRI" }.map(\.repetition)).sorted()
    var kept: [Int] = []
    var (mri, truth): ([Double], [Double]) = ([], [])
    var glands: [String: [[[Double]]]] = [:]
    var times: [String: [[Double]]] = [:]
    for method in methods {
      glands[method] = Array(repeating: [], count: Self.operators)
      times[method] = Array(repeating: [], count: Self.operators)
    }
    let byVolunteer = Dictionary(grouping: rows, by: \.volunteer)
    for volunteer in byVolunteer.keys.sorted() {
      let own = byVolunteer[volunteer]!
      func both(_ method: String, _ reader: Int?, _ repetition: Int?) -> [VolumeRow]? {
        let found = own.filter {
          $0.method == method && (reader == nil || $0.operator_ == reader)
            && (repetition == nil || $0.repetition == repetition)
        }
        return Set(found.map(\.side)) == ["right", "left"] && found.count == 2 ? found : nil
      }
      func volume(_ pair: [VolumeRow]) -> Double {
        pair.reduce(0) { $0 + Printed.rounded($1.volume, digits: 6) }
      }
      let cells = methods.map { method in
        (1...Self.operators).map { reader in
          repetitions.compactMap { both(method, reader, $0) }
        }
      }
      guard let reference = both("MRI", nil, nil),
        cells.allSatisfy({ $0.allSatisfy { $0.count == repetitions.count } })
      else { continue }
      kept.append(volunteer)
      mri.append(volume(reference))
      truth.append(
        reference.reduce(0) {
          $0 + ($1.truth.isNaN ? .nan : Printed.rounded($1.truth, digits: 6))
        })
      for (method, readers) in zip(methods, cells) {
        for (reader, pairs) in readers.enumerated() {
          glands[method]![reader].append(pairs.map(volume))
          times[method]![reader] += pairs.compactMap { pair in
            let known = pair.compactMap(\.time).map { Printed.rounded($0, digits: 4) }
            return known.count == pair.count ? known.reduce(0, +) : nil
          }
        }
      }
    }
    guard kept.count > 2 else {
      throw LightboxError(
        .input,
        "\(kept.count) volunteers have all lobes, repetitions and methods; a trial needs three")
    }
    volunteers = kept
    excluded = byVolunteer.count - kept.count
    (self.mri, self.truth, self.glands, self.times) = (mri, truth, glands, times)
  }

  /// Gland volumes [volunteer][repetition] of a physician, 0 to 2.
  func repeats(_ method: String, _ reader: Int) -> [[Double]] { glands[method]![reader] }

  /// [volunteer] mean over repetitions.
  func means(_ method: String, _ reader: Int) -> [Double] {
    repeats(method, reader).map { $0.reduce(0, +) / Double($0.count) }
  }

  /// Seconds for both lobes of a physician; empty where none are recorded.
  func seconds(_ method: String, _ reader: Int) -> [Double] { times[method]![reader] }

  /// Limits of agreement of two physicians.
  func agreement(_ method: String, _ pair: PublishedPair) throws -> BlandAltman {
    try BlandAltman(means(method, pair.first), means(method, pair.second))
  }

  /// [volunteer][operator][repetition] for variance components.
  func layout(_ method: String) throws -> TwoWayLayout {
    try TwoWayLayout(
      volunteers.indices.map { volunteer in
        (0..<Self.operators).map { repeats(method, $0)[volunteer] }
      })
  }
}

/// The trials of every setting, computed when first asked for.
final class Trials {
  let tier: DataTier
  let seeds: [Int]
  private let rows: (TrialSetting, Int) throws -> [VolumeRow]
  private var known: [TrialSetting: [Trial]] = [:]

  /// - rows: the volumes of a setting and a seed.
  init(
    tier: DataTier, seeds: [Int], rows: @escaping (TrialSetting, Int) throws -> [VolumeRow]
  ) {
    self.tier = tier
    self.seeds = seeds
    self.rows = rows
  }

  /// One trial per seed of the setting.
  func callAsFunction(_ setting: TrialSetting = .primary) throws -> [Trial] {
    if let found = known[setting] { return found }
    let made = try setting.seeds(seeds).map { try Trial(try rows(setting, $0)) }
    known[setting] = made
    return made
  }

  /// The trial that tables and figures show: the first seed of the primary setting.
  var shown: Trial {
    get throws { try self()[0] }
  }

  /// The settings that were run on this tier.
  var settings: [TrialSetting] { tier == .simulated ? TrialSetting.allCases : [.primary] }

  /// The volumes of a setting as rows.
  func volumes(_ setting: TrialSetting) throws -> [VolumeRow] {
    try setting.seeds(seeds).flatMap { try rows(setting, $0) }
  }
}
