import Foundation
import Kernels

extension ChestTable {
  /// The films whose picture is there.
  public func withPictures() -> ChestTable {
    filtered { film in
      film.picture.map { FileManager.default.fileExists(atPath: $0) } ?? false
    }
  }

  /// The table with films in all three splits.
  ///
  /// Where the files name a split for every film and test films among them, their patients stay where
  /// they are; without validation films an eighth of the training patients become validation patients.
  /// Else (no split, or training and validation alone, as CheXpert's public part) all patients are
  /// dealt 70:10:20. What was done joins the notes.
  public func withAllSplits(stream: RandomStream) -> ChestTable {
    var result: ChestTable
    if films.contains(where: { $0.split == nil }) || films(.test).isEmpty {
      result = split(train: 0.7, validation: 0.1, stream: stream)
      result.notes.append(
        "The files name no test split: patients were dealt 70:10:20 by a stream.")
    } else if films(.validation).isEmpty {
      result = movingToValidation(0.125, stream: stream)
      result.notes.append(
        "The files name no validation split: an eighth of the training patients were moved there by "
          + "a stream.")
    } else {
      result = self
    }
    return result
  }

  /// At most so many films of each split, by patients drawn with a stream, each with all films.
  ///
  /// Patients are taken in a random order of their own until the next one would exceed the number; one
  /// at least is taken. A split that fits, or has no number, stays whole. Films keep their order.
  public func drawn(_ most: [Split: Int], stream: RandomStream) -> ChestTable {
    var kept: Set<String> = []
    var lines: [String] = []
    for split in Split.allCases {
      let own = films(split)
      var sizes: [String: Int] = [:]
      for film in own { sizes[film.patient, default: 0] += 1 }
      guard let limit = most[split], own.count > limit else {
        kept.formUnion(sizes.keys)
        continue
      }
      let order = patients.map(\.id).filter { sizes[$0] != nil }
      let drawing = PatientDrawing(
        order, images: sizes, most: limit, stream: stream.child(split.rawValue))
      kept.formUnion(drawing.patients)
      lines.append("\(drawing.images) of \(own.count) \(split.rawValue) films")
    }
    var result = filtered { kept.contains($0.patient) }
    if !lines.isEmpty {
      result.notes.append("Drawn by patient: \(lines.joined(separator: ", ")).")
    }
    return result
  }
}
