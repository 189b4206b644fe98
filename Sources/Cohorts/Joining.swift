import Tensors

extension Cohort {
  /// Cohorts of equal labels and image shape as one, patients and cases in their order.
  ///
  /// Name, tier and notes are the first one's, with the notes that only later ones have behind
  /// them. A patient that several of them list is listed once, as first met.
  public static func joined(_ cohorts: [Cohort]) -> Cohort {
    precondition(!cohorts.isEmpty, "cohorts must not be empty")
    let first = cohorts[0]
    for other in cohorts.dropFirst() {
      precondition(
        other.labelNames == first.labelNames,
        "labels \(other.labelNames) must be those of the first cohort, \(first.labelNames)")
      precondition(
        other.imageShape == first.imageShape,
        "images \(other.imageShape) must have the first cohort's shape \(first.imageShape)")
    }
    var known: Set<String> = []
    let patients = cohorts.flatMap(\.patients).filter { known.insert($0.id).inserted }
    var notes: [String] = []
    for note in cohorts.flatMap(\.notes) where !notes.contains(note) { notes.append(note) }
    let cases = cohorts.flatMap(\.cases)
    let images = Tensor<Float>(shape: [cases.count] + first.imageShape) { target in
      var start = 0
      for cohort in cohorts {
        cohort.images.withUnsafeElements { source in
          for i in 0..<source.count { target[start + i] = source[i] }
          start += source.count
        }
      }
    }
    return Cohort(
      name: first.name, tier: first.tier, labelNames: first.labelNames, patients: patients,
      cases: cases, images: images, notes: notes)
  }
}
