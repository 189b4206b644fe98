/// What a study says it will take, in minutes on two cores, and where the time goes.
///
///     Budget(smoke: 1, default: 15, full: 600, lines: [
///       Budget.Line("cohort", "4,000 images at 64 x 64", minutes: 0.5),
///       Budget.Line("train", "5 seeds x 4 arms x 8 epochs", minutes: 13),
///     ])
///
/// Lines name stages; they weigh the progress bar and make the budget table of the page.
public struct Budget: Codable, Hashable, Sendable {
  public var smoke, `default`, full: Double
  public var lines: [Line]

  /// The share of one stage, or of all members of a group, at the default scale.
  public struct Line: Codable, Hashable, Sendable {
    /// Name of the stage.
    public var stage: String
    /// What is computed, in words.
    public var work: String
    public var minutes: Double

    public init(_ stage: String, _ work: String, minutes: Double) {
      precondition(minutes >= 0, "minutes (\(minutes)) of \(stage) must not be negative")
      self.stage = stage
      self.work = work
      self.minutes = minutes
    }
  }

  public init(smoke: Double = 1, default: Double = 15, full: Double, lines: [Line] = []) {
    precondition(
      smoke > 0 && `default` > 0 && full > 0,
      "minutes (\(smoke), \(`default`), \(full)) must be positive")
    self.smoke = smoke
    self.default = `default`
    self.full = full
    self.lines = lines
  }

  /// Stated minutes at a scale.
  public func minutes(at scale: Scale) -> Double {
    switch scale {
    case .smoke: smoke
    case .default: `default`
    case .full: full
    }
  }

  /// Stated minutes of one stage at a scale: its line, stretched as the whole is; nil without one.
  public func minutes(of stage: String, at scale: Scale) -> Double? {
    lines.first { $0.stage == stage }.map { $0.minutes * minutes(at: scale) / `default` }
  }

  /// "about 15 minutes", "about a minute", "about 30 seconds", "about 10 hours".
  public static func inWords(minutes: Double) -> String {
    switch minutes {
    case ..<0.9: "about \(max(5, Int((minutes * 12).rounded()) * 5)) seconds"
    case ..<1.5: "about a minute"
    case ..<180: "about \(Int(minutes.rounded())) minutes"
    case ..<2880: "about \(Int((minutes / 60).rounded())) hours"
    default: "about \(Int((minutes / 1440).rounded())) days"
    }
  }
}
