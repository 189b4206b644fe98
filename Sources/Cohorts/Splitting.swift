import Kernels

extension Cohort {
  /// The cohort with patients dealt to splits by a named stream.
  ///
  /// Each patient gets a uniform number from the stream's child of the patient's own name and the
  /// patients are ordered by it: who lands where depends on the seed and on the patient, not on
  /// the order of the file. Split sizes are the rounded fractions of the number of patients.
  public func split(
    train: Double, validation: Double, stream: RandomStream
  ) -> Cohort {
    precondition(
      train >= 0 && validation >= 0 && train + validation <= 1 + 1e-12,
      "fractions (\(train), \(validation)) must not be negative, nor exceed 1 together")
    let draws = Set(cases.map(\.patient)).map { id -> (draw: UInt64, id: String) in
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
    var result = self
    for index in result.cases.indices { result.cases[index].split = roles[cases[index].patient]! }
    return result
  }
}
