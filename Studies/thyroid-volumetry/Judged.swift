// hide
import LightboxStudy

// show

//: ## 6a · What is judged, and how
//: Every claim about a trial comes down to one number per trial. It is computed for each seed of
//: the primary setting; the verdict rests on the 95 % t interval over seeds (90 % for sameness).
//: The same number in a *flip*, a setting in which it must reverse, shows that it could have been
//: otherwise; in three *alternatives*, named before anything ran, that it does not hang on one
//: tuned knob. All of them are kept in `cases/estimates.tsv`, one row per setting and seed.

/// A number of one trial that a claim rests on.
struct Quantity {
  /// As `cases/estimates.tsv` names it.
  var name: String
  /// Physician, pair or "all".
  var cell: String
  var value: (Trial) throws -> Double
}

extension Quantity {
  static func difference(_ method: String, _ pair: PublishedPair) -> Quantity {
    Quantity(name: "mean-difference-\(method)", cell: pair.key) {
      try $0.agreement(method, pair).bias.value
    }
  }

  /// |mean difference| in 2D minus 3D [ml].
  static func lessBias(_ pair: PublishedPair) -> Quantity {
    Quantity(name: "less-bias", cell: pair.key) { trial in
      try abs(trial.agreement("2D", pair).bias.value)
        - abs(trial.agreement("3D", pair).bias.value)
    }
  }

  /// A value of 2D minus that of 3D, averaged over the three pairs.
  private static func overPairs(
    _ name: String, _ value: @escaping (BlandAltman) -> Double
  ) -> Quantity {
    Quantity(name: name, cell: "all") { trial in
      try PublishedPair.all.reduce(0) { sum, pair in
        try sum + value(trial.agreement("2D", pair)) - value(trial.agreement("3D", pair))
      } / Double(PublishedPair.all.count)
    }
  }

  /// (i), (ii), (iii) of "less interobserver variability", 2D minus 3D [ml].
  static let threeAnswers = [
    overPairs("less-bias") { abs($0.bias.value) },
    overPairs("less-spread") { $0.standardDeviation },
    Quantity(name: "less-operator-and-habit", cell: "all") { trial in
      try operatorAndHabit(trial, "2D") - operatorAndHabit(trial, "3D")
    },
  ]

  /// √(σ_o² + σ_so²) by restricted maximum likelihood [ml].
  static func operatorAndHabit(_ trial: Trial, _ method: String) throws -> Double {
    let found = try RestrictedLikelihood(trial.layout(method)).fit().components
    return (found.operators + (found.interaction ?? 0)).squareRoot()
  }

  /// SD of repetitions within physician and volunteer, 3D over 2D.
  static let repeatRatio = Quantity(name: "repeat-ratio", cell: "all") { trial in
    func pooled(_ method: String) throws -> Double {
      try Repeatability((0..<Trial.operators).flatMap { trial.repeats(method, $0) })
        .standardDeviation
    }
    return try pooled("3D") / pooled("2D")
  }

  /// Mean difference to MRI over the mean MRI volume, 3D volumes multiplied by `factor`.
  static func relativeToMRI(_ reader: Int, factor: Double = 1) -> Quantity {
    Quantity(name: factor == 1 ? "3D-to-MRI" : "3D-to-MRI-rescaled", cell: "MD\(reader + 1)") {
      trial in
      let own = trial.means("3D", reader).map { $0 * factor }
      return try pairedDifference(own, trial.mri).value / meanEstimate(trial.mri).value
    }
  }

  /// How much closer 3D comes, 2D minus 3D averaged over physicians [ml]: absolute bias and root
  /// mean square error, to MRI and, where it is known, to the truth.
  static func accuracy(_ tier: DataTier) -> [Quantity] {
    (tier == .simulated ? closer("truth", \.truth) : []) + closer("MRI", \.mri)
  }

  private static func closer(_ name: String, _ reference: KeyPath<Trial, [Double]>) -> [Quantity] {
    [
      Quantity(name: "less-bias-to-\(name)", cell: "all") { trial in
        try overReaders { reader, method in
          abs(try pairedDifference(trial.means(method, reader), trial[keyPath: reference]).value)
        }
      },
      Quantity(name: "less-rmse-to-\(name)", cell: "all") { trial in
        overReaders { reader, method in
          rootMeanSquare(trial.means(method, reader), trial[keyPath: reference])
        }
      },
    ]
  }

  private static func overReaders(
    _ value: (_ reader: Int, _ method: String) throws -> Double
  ) rethrows -> Double {
    try (0..<Trial.operators).reduce(0) { try $0 + value($1, "2D") - value($1, "3D") }
      / Double(Trial.operators)
  }

  /// Seconds for both lobes, 2D minus 3D.
  static let lessTime = Quantity(name: "less-time", cell: "all") { trial in
    try overReaders { reader, method in try meanEstimate(trial.seconds(method, reader)).value }
  }

  /// Every quantity that claims rest on.
  static func all(_ tier: DataTier) -> [Quantity] {
    methods.flatMap { method in PublishedPair.all.map { difference(method, $0) } }
      + PublishedPair.all.map(lessBias) + threeAnswers + [repeatRatio]
      + (0..<Trial.operators).flatMap {
        [relativeToMRI($0), relativeToMRI($0, factor: wrongScale)]
      } + accuracy(tier) + [lessTime]
  }
}

/// √ of the mean squared difference.
func rootMeanSquare(_ first: [Double], _ second: [Double]) -> Double {
  (zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(first.count))
    .squareRoot()
}

/// What a calibration that is 5 % too large in every direction does to a volume.
let wrongScale = 1.05 * 1.05 * 1.05

/// The setting in which a claim's outcome must reverse, and what is looked at there.
struct Flip {
  var name: String
  var setting: TrialSetting
  var quantities: [Quantity]

  /// - name: where it is not the setting's own, such as a change made to its volumes.
  init(_ setting: TrialSetting, _ quantities: [Quantity], name: String? = nil) {
    self.name = name ?? setting.rawValue
    (self.setting, self.quantities) = (setting, quantities)
  }
}

extension Trials {
  /// The number of each trial; empty where it is undefined, such as times that nobody recorded.
  func values(
    _ quantity: Quantity, _ setting: TrialSetting = .primary
  ) throws -> [(trial: Trial, value: Double)] {
    let all = try self(setting)
    do {
      return try all.map { ($0, try quantity.value($0)) }
    } catch is Undefined {
      return []
    }
  }

  /// One number per seed; each seed has volunteers of its own, so that nothing is added for cases.
  func measured(_ quantity: Quantity, _ setting: TrialSetting = .primary) throws -> Measured {
    let values = try values(quantity, setting).map(\.value)
    return values.isEmpty
      ? .notAvailable("not recorded") : .pairedSeeds(values, caseVariance: 0)
  }

  /// The same for several quantities that must all satisfy the rule.
  func measured(_ all: [Quantity], _ setting: TrialSetting = .primary) throws -> Measured {
    all.count == 1
      ? try measured(all[0], setting) : .family(try all.map { try measured($0, setting) })
  }

  /// The outcome in an alternative setting. Of several orderings every mean must lie on the side
  /// that is claimed.
  func alternative(_ quantities: [Quantity], _ setting: TrialSetting) throws -> Measured {
    guard quantities.count > 1 else { return try measured(quantities[0], setting) }
    let means = try quantities.map { try measured($0, setting).value ?? .nan }
    return .relation(
      holds: means.allSatisfy { $0 > 0 },
      detail: means.map { Printed.significant($0, digits: 2) }.joined(separator: ", "))
  }

  /// Judges a claim on quantities that must all satisfy its rule.
  func claim(
    _ study: StudyRun, _ id: String, _ quantities: [Quantity], flip: Flip? = nil,
    alternatives: [TrialSetting] = [], fileID: String = #fileID, line: Int = #line
  ) throws {
    let isRun = tier == .simulated
    try study.claim(
      id, tier: tier, measured: try measured(quantities),
      flip: try (isRun ? flip : nil).map {
        Setting($0.name, try measured($0.quantities, $0.setting))
      },
      alternatives: try (isRun ? alternatives : []).map {
        Setting($0.rawValue, try alternative(quantities, $0))
      },
      recipe: quantities.count == 1 ? recipe(quantities[0]) : "", seeds: seeds.count,
      fileID: fileID, line: line)
  }

  /// Recomputes a quantity's mean over seeds from cases/estimates.tsv.
  func recipe(_ quantity: Quantity) -> String {
    "mean(estimates; value | arm=primary, cell=\(quantity.cell), estimator=\(quantity.name))"
  }
}

//: Table 7 is the whole map: every quantity in every setting.
func settingsMap(_ study: StudyRun, _ trials: Trials) throws {
  try study.table(
    "table-7", "Judged quantities in every setting, mean over seeds with 95 % interval",
    tier: trials.tier, rows: try settingRows(trials))
  try study.estimates(tier: trials.tier, rows: try estimateRows(trials))
}

struct SettingRow: TableRow {
  static let columns = [
    Column("quantity"), Column("cell"), Column("setting"), Column("seeds"),
    Column("mean", digits: 3), Column("low", digits: 3), Column("high", digits: 3),
  ]
  var quantity, cell, setting: String
  var seeds: Int
  var mean: Double
  var low, high: Double?
}

func settingRows(_ trials: Trials) throws -> [SettingRow] {
  try Quantity.all(trials.tier).flatMap { quantity in
    try trials.settings.compactMap { setting in
      let values = try trials.values(quantity, setting).map(\.value)
      guard !values.isEmpty else { return nil }
      let interval = Measured.pairedSeeds(values, caseVariance: 0).interval()
      return SettingRow(
        quantity: quantity.name, cell: quantity.cell, setting: setting.rawValue,
        seeds: values.count, mean: values.reduce(0, +) / Double(values.count),
        low: interval?.low, high: interval?.high)
    }
  }
}

func estimateRows(_ trials: Trials) throws -> [EstimateRow] {
  try trials.settings.flatMap { setting in
    try Quantity.all(trials.tier).flatMap { quantity in
      try trials.values(quantity, setting).map { trial, value in
        EstimateRow(
          arm: setting.rawValue, seed: trial.seed, cell: quantity.cell, estimator: quantity.name,
          value: value, standardError: nil, n: trial.volunteers.count)
      }
    }
  }
}
