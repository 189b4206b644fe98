import Cohorts
import Foundation
import Imaging
import Testing

@Suite struct MedMNISTTests {
  /// Arrays of a MedMNIST file with 3, 2 and 1 images of the given shape.
  private func arrays(
    shape: [Int], labels: [[UInt8]]
  ) -> [(name: String, array: NPYArray)] {
    let size = shape.reduce(1, *)
    return zip(["train", "val", "test"], labels).flatMap { key, values in
      let count = ["train": 3, "val": 2, "test": 1][key]!
      let pixels = (0..<(count * size)).map { UInt8(truncatingIfNeeded: $0 * 7) }
      return [
        (key + "_images", NPYArray(shape: [count] + shape, pixels)),
        (key + "_labels", NPYArray(shape: [count, values.count / count], values)),
      ]
    }
  }

  private func withFile<Result>(
    _ name: String, _ arrays: [(name: String, array: NPYArray)], _ body: (String) throws -> Result
  ) throws -> Result {
    try withFolder { folder in
      let path = folder.appending(path: name).path
      try NPZ.write(arrays, to: path)
      return try body(path)
    }
  }

  @Test func greySingleLabel() throws {
    let file = arrays(shape: [2, 2], labels: [[0, 1, 1], [1, 0], [0]])
    try withFile("pneumoniamnist.npz", file) { path in
      let cohort = try Cohort.open(path)
      #expect(cohort.labelNames == ["pneumonia"])
      #expect(cohort.cases.map(\.labels) == [[0], [1], [1], [1], [0], [0]])
      #expect(cohort.cases.map(\.id).last == "test-0")
      #expect(cohort.images.shape == [6, 1, 2, 2])
      #expect(cohort.images[1, 0, 0, 1] == Float(35) / 255)
      #expect(cohort.tier == .public)
      #expect(cohort.notes.first?.hasPrefix("The file names no patients") == true)
      #expect(cohort.patients.count == 6)
    }
  }

  @Test func colourAndSeveralLabels() throws {
    let file = arrays(shape: [2, 2, 3], labels: [[0, 1, 1, 1, 0, 0], [1, 0, 0, 1], [0, 0]])
    try withFile("x.npz", file) { path in
      let cohort = try MedMNIST.read(path)
      #expect(cohort.labelNames == ["label 0", "label 1"])
      #expect(cohort.cases[1].labels == [1, 1])
      #expect(cohort.images.shape == [6, 3, 2, 2])
      // Second image, green, y 1, x 0: byte 12 + 6 + 1 of the file.
      #expect(cohort.images[1, 1, 1, 0] == Float(19 * 7) / 255)
    }
  }

  @Test func classesBecomeLabels() throws {
    let file = arrays(shape: [2, 2], labels: [[0, 2, 1], [1, 0], [2]])
    try withFile("x.npz", file) { path in
      let cohort = try MedMNIST.read(path)
      #expect(cohort.labelNames == ["class 0", "class 1", "class 2"])
      #expect(cohort.cases[1].labels == [0, 0, 1])
    }
  }

  @Test func faultsNameFileAndArray() throws {
    let seven = arrays(shape: [2, 2], labels: [[0, 1, 7], [1, 0], [0]])
    try withFile("pneumoniamnist.npz", seven) { path in
      #expect(
        message { try Cohort.open(path) }
          == "\(path), case train-2, column pneumonia: found label 7, expected 0, 1 or empty; "
          + "map graded labels to 0 and 1 first")
    }
    let missing = Array(arrays(shape: [2, 2], labels: [[0, 1, 1], [1, 0], [0]]).dropLast())
    try withFile("x.npz", missing) { path in
      #expect(
        message { try Cohort.open(path) }
          == "\(path): found no array test_labels, expected one of train_images, train_labels, "
          + "val_images, val_labels, test_images")
    }
    var short = arrays(shape: [2, 2], labels: [[0, 1, 1], [1, 0], [0]])
    short[1].array = NPYArray(shape: [2, 1], [0, 1] as [UInt8])
    try withFile("x.npz", short) { path in
      #expect(
        message { try Cohort.open(path) }
          == "\(path), array train_labels: found shape [2, 1], expected [3, labels]; "
          + "MedMNIST files are at https://medmnist.com")
    }
    try withFolder { folder in
      let path = folder.appending(path: "x.npz").path
      try Data("text, not an archive".utf8).write(to: URL(fileURLWithPath: path))
      #expect(
        message { try Cohort.open(path) }
          == "\(path): found a file that is not a zip archive, expected an .npz archive; "
          + "download it again")
    }
  }

  /// The given file. Counts by split and class from its description; duplicates from NumPy 2.4.6
  /// and SHA-256 of the bytes of each image: 18 repeats in train, 3 in test, 8 images in both train
  /// and validation (10 rows of train).
  @Test(.enabled(if: outsideFiles != nil, "LIGHTBOX_DATA names no folder of outside files"))
  func pneumoniaMNIST() throws {
    let cohort = try Cohort.open(outsideFiles! + "/pneumoniamnist.npz")
    #expect(Split.allCases.map { cohort.indices(split: $0).count } == [4708, 524, 624])
    let row = cohort.summary().first { $0.characteristic == "label pneumonia" }
    #expect([row?.train, row?.validation, row?.test] == [3494, 389, 390])
    let duplicates = cohort.duplicates()
    #expect(duplicates.repeats == [.train: 18, .validation: 0, .test: 3])
    #expect(duplicates.overlap(.train, .validation) == 8)
    #expect(duplicates.overlap(.train, .test) == 0)
    #expect(duplicates.overlap(.validation, .test) == 0)
    let clean = cohort.deduplicated()
    #expect(Split.allCases.map { clean.indices(split: $0).count } == [4682, 524, 621])
    #expect(clean.duplicates().groups.isEmpty)
  }
}
