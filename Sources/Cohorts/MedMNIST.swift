import Foundation
import Imaging
import Kernels
import Tensors

/// The data sets of MedMNIST v2 in their own `.npz` files.
///
/// Arrays train_images, val_images, test_images are [n, h, w] or [n, h, w, 3] of unsigned bytes,
/// train_labels and so on [n, k]: k = 1 holds a class number, k > 1 one 0/1 per label. The files
/// name no patients, so that each image is its own patient and patient-wise statements cannot be
/// made; exact duplicates are found by `Cohort.duplicates()` and removed by `deduplicated()`.
///
/// Source: Yang et al., Scientific Data 10:41 (2023), doi:10.1038/s41597-022-01721-8.
public enum MedMNIST {
  /// Names of the labels, where the file's own name tells the data set.
  private static let classNames: [String: [String]] = [
    "pneumoniamnist": ["pneumonia"],
    "breastmnist": ["normal or benign"],
    "chestmnist": [
      "atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule", "pneumonia",
      "pneumothorax", "consolidation", "edema", "emphysema", "fibrosis", "pleural", "hernia",
    ],
  ]

  /// Reads a file: single-label sets of two classes become one label, of more classes one label a
  /// class.
  ///
  /// Throws an input error naming file and array when the file is not a zip archive, an array is
  /// missing or damaged, or shapes, labels and images do not fit each other.
  public static func read(_ path: String) throws -> Cohort {
    let archive = try NPZ(path)
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent.lowercased()
    var cases: [Case] = []
    var pieces: [NPYArray] = []
    var classes: [[[Int]]] = []
    for (key, split) in [("train", Split.train), ("val", .validation), ("test", .test)] {
      let images = try archive.array(key + "_images")
      let labels = try archive.array(key + "_labels")
      func fail(_ array: String, _ found: String, _ expected: String) -> LightboxError {
        .input(
          file: "\(path), array \(key)_\(array)", found: found, expected: expected,
          hint: "MedMNIST files are at https://medmnist.com")
      }
      guard images.type == .u1,
        images.shape.count == 3 || (images.shape.count == 4 && images.shape[3] == 3)
      else {
        throw fail(
          "images", "\(images.type.rawValue) of shape \(images.shape)",
          "u1 of shape [n, height, width] or [n, height, width, 3]")
      }
      if let first = pieces.first, Array(first.shape[1...]) != Array(images.shape[1...]) {
        throw fail("images", "shape \(images.shape)", "images of \(Array(first.shape[1...]))")
      }
      guard labels.shape.first == images.shape[0], labels.shape.count <= 2 else {
        throw fail("labels", "shape \(labels.shape)", "[\(images.shape[0]), labels]")
      }
      let width = labels.shape.count == 2 ? labels.shape[1] : 1
      let values = try labels.integers()
      let rows = (0..<images.shape[0]).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
      if let first = classes.first(where: { !$0.isEmpty }), let row = rows.first,
        row.count != first[0].count
      {
        throw fail("labels", "\(row.count) labels an image", "\(first[0].count) as in train")
      }
      classes.append(rows)
      pieces.append(images)
      for i in rows.indices {
        let id = "\(key)-\(i)"
        cases.append(Case(id: id, patient: id, split: split, labels: []))
      }
    }
    let names = try applyLabels(&cases, classes: classes.flatMap { $0 }, stem: stem, path: path)
    var cohort = Cohort(
      name: stem, tier: .public, labelNames: names,
      patients: cases.map { Patient(id: $0.patient) }, cases: cases, images: try pixels(pieces))
    cohort.notes.append(
      "The file names no patients: each image stands for its own patient, and patient-wise "
        + "statements cannot be made.")
    try cohort.validated(origin: Cohort.Origin(file: path))
    let duplicates = cohort.duplicates()
    if !duplicates.groups.isEmpty { cohort.notes.append("Found " + duplicates.summary + ".") }
    return cohort
  }

  /// Gives every case its labels and returns their names.
  private static func applyLabels(
    _ cases: inout [Case], classes: [[Int]], stem: String, path: String
  ) throws -> [String] {
    let known = classNames.first { stem.hasPrefix($0.key) }?.value
    let width = classes.first?.count ?? 1
    let top = width == 1 ? classes.map { $0[0] }.max() ?? 0 : 1
    let names: [String]
    if width > 1 {
      names = known?.count == width ? known! : (0..<width).map { "label \($0)" }
    } else if let known, known.count == 1 {
      names = known
    } else {
      names = top <= 1 ? ["class 1"] : (0...min(top, 63)).map { "class \($0)" }
    }
    for (index, row) in classes.enumerated() {
      if width > 1 || names.count == 1 {
        cases[index].labels = row.map { $0 }
      } else {
        guard row[0] >= 0, row[0] < names.count else {
          throw LightboxError.input(
            file: "\(path), case \(cases[index].id)", found: "class \(row[0])",
            expected: "0 to \(names.count - 1)")
        }
        cases[index].labels = names.indices.map { row[0] == $0 ? 1 : 0 }
      }
    }
    return names
  }

  /// Bytes divided by 255, channels first.
  private static func pixels(_ pieces: [NPYArray]) throws -> Tensor<Float> {
    let shape = pieces[0].shape
    let (height, width) = (shape[1], shape[2])
    let channels = shape.count == 4 ? shape[3] : 1
    let count = pieces.reduce(0) { $0 + $1.shape[0] }
    let plane = height * width
    return try Tensor(shape: [count, channels, height, width]) { target in
      var start = 0
      for piece in pieces {
        let bytes = try piece.elements(of: UInt8.self)
        bytes.withUnsafeBufferPointer { bytes in
          for image in 0..<piece.shape[0] {
            for c in 0..<channels {
              for i in 0..<plane {
                let value = Float(bytes[(image * plane + i) * channels + c]) / 255
                target[start + (image * channels + c) * plane + i] = value
              }
            }
          }
        }
        start += bytes.count
      }
    }
  }
}
