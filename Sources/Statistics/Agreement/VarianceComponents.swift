/// The variances of subject × operator × repeat measurements:
/// y_ijk = μ + s_i + o_j + (so)_ij + e_ijk, all effects random, normal and independent.
///
/// Operators are a sample of operators. `interaction` is the part of an operator's deviation that
/// comes back with the same subject and that repeats do not average out; nil where no cell has
/// repeats, because it is then part of `residual`.
public struct VarianceComponents: Sendable, Hashable, Codable {
  /// Estimates; those by ANOVA may be negative and are not cut here.
  public var subject, operators, residual: Double
  public var interaction: Double?

  public init(subject: Double, operators: Double, interaction: Double?, residual: Double) {
    self.subject = subject
    self.operators = operators
    self.interaction = interaction
    self.residual = residual
  }

  /// The same with negative estimates set to 0.
  public var truncated: VarianceComponents {
    VarianceComponents(
      subject: Swift.max(0, subject), operators: Swift.max(0, operators),
      interaction: interaction.map { Swift.max(0, $0) }, residual: Swift.max(0, residual))
  }

  /// Whether an estimate is below 0.
  public var isNegative: Bool {
    Swift.min(subject, operators, interaction ?? 0, residual) < 0
  }

  /// Of a single measurement of a random subject by a random operator; negatives count as 0.
  public var total: Double {
    let own = truncated
    return own.subject + own.operators + (own.interaction ?? 0) + own.residual
  }

  /// √σ_e²: standard error of measurement of one operator repeating himself.
  public var intraobserverError: Double { truncated.residual.squareRoot() }

  /// √(σ_o² + σ_so² + σ_e²): of single measurements by different operators.
  public var interobserverError: Double { (total - truncated.subject).squareRoot() }

  /// z√2 √σ_e²: two measurements of a subject by one operator differ by less in the share
  /// `coverage`.
  public func repeatabilityCoefficient(coverage: Double = 0.95) -> Double {
    Repeatability.multiplier(coverage) * intraobserverError
  }

  /// z√2 √(σ_o² + σ_so² + σ_e²): the same by two operators.
  public func reproducibilityCoefficient(coverage: Double = 0.95) -> Double {
    Repeatability.multiplier(coverage) * interobserverError
  }

  /// σ_s²/(σ_s² + σ_o² + σ_so² + σ_e²): agreement of single measurements by two operators, the
  /// population value of ICC(2,1).
  public var interobserverICC: Double { truncated.subject / total }

  /// σ_s²/(σ_s² + σ_so² + σ_e²): consistency, the population value of ICC(3,1).
  public var consistencyICC: Double {
    let own = truncated
    return own.subject / (own.subject + (own.interaction ?? 0) + own.residual)
  }

  /// (σ_s² + σ_o² + σ_so²)/total: agreement of two measurements by one operator. Meaningless
  /// without repeats, where interaction and residual are one: nil.
  ///
  /// Reference: Eliasziw et al. 1994, Phys. Ther. 74:777.
  public var intraobserverICC: Double? {
    interaction == nil ? nil : 1 - truncated.residual / total
  }
}

/// Measurements by subject, operator and repeat.
public struct TwoWayLayout: Sendable, Hashable, Codable {
  /// [subject][operator][repeat]; a cell may be empty.
  public let cells: [[[Double]]]

  /// - Throws: `Undefined` with fewer than two subjects or operators, a subject or operator without
  ///   measurements, or a value that is not finite.
  public init(_ cells: [[[Double]]]) throws(Undefined) {
    let operators = cells.first?.count ?? 0
    precondition(
      cells.allSatisfy { $0.count == operators },
      "cells must have \(operators) operators in every row"
    )
    guard cells.count > 1, operators > 1 else {
      throw Undefined(
        "\(cells.count) subjects by \(operators) operators: components need at least 2 of both")
    }
    guard cells.joined().joined().allSatisfy(\.isFinite) else {
      throw Undefined("a measurement that is not finite")
    }
    guard cells.allSatisfy({ $0.contains { !$0.isEmpty } }) else {
      throw Undefined("a subject without measurements")
    }
    guard (0..<operators).allSatisfy({ j in cells.contains { !$0[j].isEmpty } }) else {
      throw Undefined("an operator without measurements")
    }
    self.cells = cells
  }

  public var subjects: Int { cells.count }
  public var operators: Int { cells[0].count }
  /// Number of measurements.
  public var count: Int { cells.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } }
  /// Number of cells with a measurement.
  public var filled: Int { cells.reduce(0) { $0 + $1.count { !$0.isEmpty } } }

  /// Repeats of every cell where all have the same number; nil otherwise.
  public var repeats: Int? {
    let r = cells[0][0].count
    return r > 0 && cells.allSatisfy { $0.allSatisfy { $0.count == r } } ? r : nil
  }

  /// [subject][operator] means of the repeats; nil where a cell is empty.
  public var cellMeans: [[Double]]? {
    guard cells.allSatisfy({ $0.allSatisfy { !$0.isEmpty } }) else { return nil }
    return cells.map { $0.map { $0.reduce(0, +) / Double($0.count) } }
  }
}
