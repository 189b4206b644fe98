/// What makes two measurements of one thyroid differ, source by source.
public enum ErrorSource: String, Codable, CaseIterable, Hashable, Sendable {
  // What both protocols meet.
  case pressure
  case boundary
  // The ellipsoid from two planes.
  case planeAngle = "plane angle"
  case planePlacement = "plane placement"
  case caliperReading = "caliper reading"
  case caliperBias = "caliper bias"
  case caliperHabit = "caliper habit"
  // The tracked sweep.
  case tremor
  case coverage
  case trackerNoise = "tracker noise"
  case trackerScale = "tracker scale"
  case calibrationScale = "calibration scale"
  case calibrationPose = "calibration pose"
  case latency
  case droppedFrames = "dropped frames"
  case contourReading = "contour reading"
  case contourBias = "contour bias"
  case contourHabit = "contour habit"

  /// Which protocol a source belongs to.
  public enum Scope: String, Codable, CaseIterable, Hashable, Sendable {
    /// 2D and 3D alike: one draw moves both.
    case shared
    /// Calipers on two planes.
    case calipers = "2D"
    /// The tracked sweep and its contour.
    case sweep = "3D"
  }

  public var scope: Scope {
    switch self {
    case .pressure, .boundary: .shared
    case .planeAngle, .planePlacement, .caliperReading, .caliperBias, .caliperHabit: .calipers
    case .tremor, .coverage, .trackerNoise, .trackerScale, .calibrationScale, .calibrationPose,
      .latency, .droppedFrames, .contourReading, .contourBias, .contourHabit:
      .sweep
    }
  }

  /// Whether a source is a mean error of an operator, the same in all volunteers.
  public var isOperatorBias: Bool { self == .caliperBias || self == .contourBias }

  /// Whether a source differs between repeats, so that their mean takes some of it away.
  ///
  /// Pressure and coverage have a part of both kinds.
  public var variesBetweenRepeats: Bool {
    switch self {
    case .boundary, .caliperBias, .caliperHabit, .trackerScale, .calibrationScale,
      .calibrationPose, .latency, .contourBias, .contourHabit:
      false
    default: true
    }
  }

  /// For a reader: what happens in words.
  public var explanation: String {
    switch self {
    case .pressure: "the probe flattens the neck, each operator's by their own force"
    case .boundary: "what an operator takes for the edge of this gland, in both protocols"
    case .planeAngle: "planes turned away from the lobe's axes"
    case .planePlacement: "a transverse plane beside the middle of the lobe"
    case .caliperReading: "calipers set anew at every reading"
    case .caliperBias: "an operator's mean caliper error"
    case .caliperHabit: "an operator's caliper error in this volunteer"
    case .tremor: "a trembling hand; the tracker sees it"
    case .coverage: "sweeps that begin or end before a pole"
    case .trackerNoise: "poses with noise"
    case .trackerScale: "a tracker whose millimetre is not one"
    case .calibrationScale: "an image whose millimetre is not one"
    case .calibrationPose: "a sensor mounted a little turned and shifted"
    case .latency: "images older than the pose they are stored with"
    case .droppedFrames: "frames that the tracker lost"
    case .contourReading: "a segmentation that differs from sweep to sweep"
    case .contourBias: "a segmentation's mean margin in an operator's sweeps"
    case .contourHabit: "a segmentation's margin in this operator's sweeps of this volunteer"
    }
  }
}

/// Which error sources are at work: one switch for each.
///
/// A source that is off contributes its error-free value, and no other source draws different
/// numbers because of it: every source has a random stream of its own name.
public struct ErrorSources: Hashable, Sendable, CustomStringConvertible {
  private var bits: UInt32

  private init(bits: UInt32) { self.bits = bits }

  /// The given sources on, all others off.
  public init(_ sources: some Sequence<ErrorSource>) {
    bits = 0
    for source in sources { self[source] = true }
  }

  public static let all = ErrorSources(ErrorSource.allCases)
  public static let none = ErrorSources(bits: 0)
  /// Sources that move 2D and 3D alike.
  public static let shared = ErrorSources(ErrorSource.allCases.filter { $0.scope == .shared })

  /// These sources alone.
  public static func only(_ sources: ErrorSource...) -> ErrorSources { ErrorSources(sources) }

  /// All but these sources.
  public static func without(_ sources: ErrorSource...) -> ErrorSources {
    var result = all
    for source in sources { result[source] = false }
    return result
  }

  /// Whether a source is at work.
  public subscript(source: ErrorSource) -> Bool {
    get { bits & Self.bit(source) != 0 }
    set { bits = newValue ? bits | Self.bit(source) : bits & ~Self.bit(source) }
  }

  /// The sources at work, in the order of `ErrorSource.allCases`.
  public var enabled: [ErrorSource] { ErrorSource.allCases.filter { self[$0] } }

  public var description: String {
    switch self {
    case .all: "all"
    case .none: "none"
    default: enabled.map(\.rawValue).joined(separator: ", ")
    }
  }

  private static func bit(_ source: ErrorSource) -> UInt32 {
    1 << UInt32(ErrorSource.allCases.firstIndex(of: source)!)
  }
}

extension ErrorSources: Codable {
  /// Names in a fixed order: equal sets have equal encodings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(enabled)
  }

  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([ErrorSource].self))
  }
}
