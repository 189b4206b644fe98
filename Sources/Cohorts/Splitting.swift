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
    let roles = Split.deal(
      Set(cases.map(\.patient)), train: train, validation: validation, stream: stream)
    var result = self
    for index in result.cases.indices { result.cases[index].split = roles[cases[index].patient]! }
    return result
  }
}
