import Imaging
import Kernels

/// The split of each patient as files name it row by row, held to one split a patient.
struct PatientSplits {
  private var known: [String: (split: Split, place: String)] = [:]

  /// Notes the split that a row names; throws an input error at that row and column when the
  /// patient is in another split already, telling where.
  mutating func add(
    _ patient: String, _ split: Split, table: TextTable, row: Int, column: String? = nil
  ) throws {
    guard let before = known[patient] else {
      known[patient] = (split, "\(table.file), row \(row + 2)")
      return
    }
    guard before.split != split else { return }
    throw LightboxError.input(
      file: table.file, row: row + 2, column: column,
      found: "patient \(patient) in \(split.rawValue) and in \(before.split.rawValue) "
        + "(\(before.place))",
      expected: "each patient in one split")
  }

  subscript(patient: String) -> Split? { known[patient]?.split }
  var isEmpty: Bool { known.isEmpty }
}

extension Split {
  /// The split that a file's word means: train, val, valid, validate, validation, dev, test, …
  init?(word: String) {
    switch word.lowercased() {
    case "train", "training": self = .train
    case "val", "valid", "validate", "validation", "dev": self = .validation
    case "test", "testing": self = .test
    default: return nil
    }
  }

  /// Deals patients to splits by a named stream, as `Cohort.split` says.
  static func deal(
    _ patients: Set<String>, train: Double, validation: Double, stream: RandomStream
  ) -> [String: Split] {
    precondition(
      train >= 0 && validation >= 0 && train + validation <= 1 + 1e-12,
      "fractions (\(train), \(validation)) must not be negative, nor exceed 1 together")
    let draws = patients.map { id -> (draw: UInt64, id: String) in
      var own = stream.child(id)
      return (own.next(), id)
    }
    let order = draws.sorted { ($0.draw, $0.id) < ($1.draw, $1.id) }.map(\.id)
    let last = Int((Double(order.count) * (train + validation)).rounded())
    let first = min(last, Int((Double(order.count) * train).rounded()))
    var roles: [String: Split] = [:]
    for (place, id) in order.enumerated() {
      roles[id] = place < first ? .train : place < last ? .validation : .test
    }
    return roles
  }
}
