/// What can be wrong in a simulated chest. Sides are the patient's: right is the viewer's left.
public enum ChestFinding: String, Codable, CaseIterable, Hashable, Sendable {
  case cardiomegaly
  case congestion
  case pleuralEffusionRight = "pleural_effusion_right"
  case pleuralEffusionLeft = "pleural_effusion_left"
  case infiltratesRight = "pneumonic_infiltrates_right"
  case infiltratesLeft = "pneumonic_infiltrates_left"
  case atelectasisRight = "atelectasis_right"
  case atelectasisLeft = "atelectasis_left"
  case pneumothoraxRight = "pneumothorax_right"
  case pneumothoraxLeft = "pneumothorax_left"

  /// The eight outputs of the bedside radiograph studies; pneumothorax is recorded but not among
  /// them.
  public static let studied: [ChestFinding] = Array(allCases.prefix(8))

  /// −1 for the patient's right (viewer's left), +1 for the left, 0 for both.
  public var side: Double {
    switch self {
    case .cardiomegaly, .congestion: 0
    case .pleuralEffusionRight, .infiltratesRight, .atelectasisRight, .pneumothoraxRight: -1
    case .pleuralEffusionLeft, .infiltratesLeft, .atelectasisLeft, .pneumothoraxLeft: 1
    }
  }

  /// Place in `allCases`.
  @inline(__always)
  public var index: Int {
    switch self {
    case .cardiomegaly: 0
    case .congestion: 1
    case .pleuralEffusionRight: 2
    case .pleuralEffusionLeft: 3
    case .infiltratesRight: 4
    case .infiltratesLeft: 5
    case .atelectasisRight: 6
    case .atelectasisLeft: 7
    case .pneumothoraxRight: 8
    case .pneumothoraxLeft: 9
    }
  }
}

/// A severity for every finding, on the continuous scale whose rounding is the grade 0 to 4.
public struct ChestSeverities: Codable, Hashable, Sendable {
  private var values: [Double]

  /// No finding at all.
  public init() { values = [Double](repeating: 0, count: ChestFinding.allCases.count) }

  /// The severity of a finding, 0 (absent) or .5 to 4.5.
  public subscript(finding: ChestFinding) -> Double {
    get { values[finding.index] }
    set {
      precondition((0...4.5).contains(newValue), "severity (\(newValue)) must lie in 0...4.5")
      values[finding.index] = newValue
    }
  }

  /// The grade of a finding: 0 none, 1 minimal, 2 mild, 3 moderate, 4 severe.
  public func grade(_ finding: ChestFinding) -> Int {
    min(4, Int(values[finding.index].rounded(.toNearestOrAwayFromZero)))
  }

  /// A copy with one finding set to a severity (0 removes it): the counterfactual patient.
  public func setting(_ finding: ChestFinding, to severity: Double) -> ChestSeverities {
    var copy = self
    copy[finding] = severity
    return copy
  }

  /// Whether a grade counts as a positive label: 3 and 4 do, 0 to 2 do not.
  public static func isPositive(grade: Int) -> Bool { grade >= 3 }
}
