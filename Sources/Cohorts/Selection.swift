import Imaging
import Kernels
import Tensors

extension Cohort {
  /// Number of cases.
  public var count: Int { cases.count }

  /// Channels, height and width of every image.
  public var imageShape: [Int] { Array(images.shape[1...]) }

  /// Positions of the cases of a split, in the order of the cohort.
  public func indices(split: Split) -> [Int] {
    cases.indices.filter { cases[$0].split == split }
  }

  /// Positions of the cases that a condition on case and patient holds for.
  ///
  /// A case whose patient is not listed is an input error found by `validated()`; here it is left
  /// out.
  public func indices(where holds: (Case, Patient) throws -> Bool) rethrows -> [Int] {
    let people = patientsByID
    return try cases.indices.filter { index in
      guard let patient = people[cases[index].patient] else { return false }
      return try holds(cases[index], patient)
    }
  }

  /// Patients by identifier; of two with the same identifier the first.
  public var patientsByID: [String: Patient] {
    Dictionary(patients.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The cases at the given positions, in that order, with their patients and images.
  ///
  /// Patients keep the order of this cohort; those without a remaining case are left out.
  public func subset(_ indices: [Int]) -> Cohort {
    precondition(
      indices.allSatisfy { cases.indices.contains($0) },
      "indices must lie in 0..<\(cases.count), got \(indices.filter { !cases.indices.contains($0) })"
    )
    let size = imageShape.reduce(1, *)
    let pixels = images.withUnsafeElements { source in
      Tensor<Float>(shape: [indices.count] + imageShape) { target in
        for (row, index) in indices.enumerated() {
          for i in 0..<size { target[row * size + i] = source[index * size + i] }
        }
      }
    }
    let chosen = indices.map { cases[$0] }
    let named = Set(chosen.map(\.patient))
    return Cohort(
      name: name, tier: tier, labelNames: labelNames,
      patients: patients.filter { named.contains($0.id) }, cases: chosen, images: pixels,
      notes: notes)
  }

  /// The cases of a split.
  public func subset(_ split: Split) -> Cohort { subset(indices(split: split)) }

  /// The image of a case.
  public func image(_ index: Int) -> Image {
    let size = imageShape.reduce(1, *)
    precondition(cases.indices.contains(index), "index \(index) must lie in 0..<\(cases.count)")
    return images.withUnsafeElements { source in
      Image(
        pixels: Tensor(shape: imageShape) { target in
          for i in 0..<size { target[i] = source[index * size + i] }
        })
    }
  }

  /// Labels and where they are recorded, both [case, label]: a missing label is 0 with mask 0.
  public func labels() -> (values: Tensor<Float>, mask: Tensor<Float>) {
    let shape = [cases.count, labelNames.count]
    let all = cases.flatMap(\.labels)
    return (
      Tensor(shape: shape, all.map { Float($0 ?? 0) }),
      Tensor(shape: shape, all.map { $0 == nil ? 0 : 1 })
    )
  }

  /// One label of all cases, in their order.
  public func labels(named name: String) -> [Int?] {
    guard let place = labelNames.firstIndex(of: name) else {
      preconditionFailure("label \(name) must be one of \(labelNames)")
    }
    return cases.map { $0.labels[place] }
  }

  /// The patient of each case, as numbers 0, 1, … in order of first appearance: for intervals
  /// clustered by patient.
  public func patientNumbers() -> [Int] {
    var numbers: [String: Int] = [:]
    return cases.map { value in
      if let known = numbers[value.patient] { return known }
      let next = numbers.count
      numbers[value.patient] = next
      return next
    }
  }
}
