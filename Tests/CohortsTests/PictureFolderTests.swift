import Cohorts
import Foundation
import Imaging
import Testing

@Suite struct PictureFolderTests {
  /// A colour picture of one colour but for its upper left quarter, which is black.
  private func write(_ folder: URL, _ name: String, _ rgb: [UInt8], height: Int, width: Int) throws
  {
    let path = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    var bytes: [UInt8] = []
    for row in 0..<height {
      for column in 0..<width {
        bytes += row < height / 2 && column < width / 2 ? [0, 0, 0] : rgb
      }
    }
    try PNG.write(
      Raster(width: width, height: height, channels: 3, samples: .bytes(bytes)), to: path.path)
  }

  private func write(_ folder: URL, _ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  @Test func airogs() throws {
    try withFolder { folder in
      try write(folder, "train_labels.csv", "challenge_id,class\nTRAIN000000,NRG\nTRAIN000001,RG\n")
      try Data(JPEGBytes.colour).write(to: folder.appending(path: "TRAIN000000.jpg"))
      try write(folder, "1/TRAIN000001.png", [255, 51, 0], height: 8, width: 12)
      let found = try PictureFolder.open(folder.path, size: 4)
      #expect(found.pictures.shape == [2, 3, 4, 4])
      #expect(found.labels == [0, 1])
      #expect(found.patients == ["TRAIN000000", "TRAIN000001"])
      #expect(found.classes.count == 2)
      #expect(found.dataset == "AIROGS")
      // The middle 8 of 12 columns are 2 to 9, of which 2 to 5 are black in the upper half.
      #expect(found.pictures[1, 0, 0, 0] == -1)
      #expect(found.pictures[1, 0, 3, 3] == 1)
      #expect(abs(found.pictures[1, 1, 3, 3] - (2 * 0.2 - 1)) <= 0x1p-22)
      // 24 x 16: columns 4 to 19, of which the first pixel averages 4 x 4 of red 10x, x = 4...7.
      #expect(abs(found.pictures[0, 0, 0, 0] - (2 * 55.0 / 255 - 1)) <= 2 * 3 / 255)
    }
  }

  @Test func airogsNamesTheFault() throws {
    try withFolder { folder in
      try write(folder, "train_labels.csv", "challenge_id,class\nA,NRG\nB,glaucoma\n")
      try write(folder, "A.png", [1, 2, 3], height: 4, width: 4)
      let unknown = try #require(message { try PictureFolder.open(folder.path, size: 4) })
      #expect(unknown.contains("train_labels.csv, row 3, column class: found glaucoma"))
      try write(folder, "train_labels.csv", "challenge_id,class\nA,NRG\nB,RG\n")
      let missing = try #require(message { try PictureFolder.open(folder.path, size: 4) })
      #expect(missing.contains("train_labels.csv, row 3, column challenge_id: found B"))
      try write(folder, "B.jpg", "no picture")
      let damaged = try #require(message { try PictureFolder.open(folder.path, size: 4) })
      #expect(damaged.contains("row 3, column challenge_id") && damaged.contains("B.jpg"))
      try write(folder, "train_labels.csv", "id,class\nA,NRG\n")
      let column = try #require(message { try PictureFolder.open(folder.path, size: 4) })
      #expect(column.contains("column challenge_id"))
      try write(folder, "train_labels.csv", "challenge_id,class\nA,NRG\n")
      let one = try #require(message { try PictureFolder.open(folder.path, size: 4) })
      #expect(one.contains("no picture of class referable glaucoma"))
    }
  }

  static let films = "CheXpert-v1.0-small/train/"

  @Test func cheXpert() throws {
    let header = "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Cardiomegaly\n"
    func row(_ patient: String, _ view: String, _ label: String) -> String {
      "\(Self.films)\(patient)/study1/view1_\(view.lowercased()).jpg,Male,60,\(view),AP,,\(label)\n"
    }
    try withFolder { folder in
      let inner = folder.appending(path: "CheXpert-v1.0-small")
      for patient in ["patient00001", "patient00002", "patient00003", "patient00004"] {
        try write(
          folder, Self.films + patient + "/study1/view1_frontal.jpg", [90, 90, 90], height: 6,
          width: 6)
      }
      let table =
        header + row("patient00001", "Frontal", "1.0") + row("patient00001", "Lateral", "1.0")
        + row("patient00002", "Frontal", "-1.0") + row("patient00003", "Frontal", "0.0")
        + row("patient00004", "Frontal", "")
      try write(inner, "train.csv", table)
      let found = try PictureFolder.open(inner.path, size: 3)
      #expect(found.pictures.shape == [4, 1, 3, 3])
      #expect(found.labels == [1, 1, 0, 0])
      #expect(found.patients.first == "patient00001")
      #expect(found.dataset == "CheXpert")
      let few = try PictureFolder.open(inner.path, size: 3, perClass: 1)
      #expect(few.patients == ["patient00001", "patient00003"])
      try write(inner, "train.csv", header + row("patient00001", "Frontal", "2.0"))
      let label = try #require(message { try PictureFolder.open(inner.path, size: 3) })
      #expect(label.contains("train.csv, row 2, column Cardiomegaly: found 2.0"))
      try write(inner, "train.csv", header + row("patient00009", "Frontal", "1.0"))
      let missing = try #require(message { try PictureFolder.open(inner.path, size: 3) })
      #expect(missing.contains("train.csv, row 2, column Path"))
    }
  }

  @Test func colorectalTiles() throws {
    try withFolder { folder in
      try write(
        folder, "MSIH/blk-AAAF-TCGA-AA-3516-01Z-00-DX1.png", [200, 0, 0], height: 4, width: 4)
      try write(folder, "nonMSIH/tile7.png", [0, 200, 0], height: 4, width: 4)
      let found = try PictureFolder.open(folder.path, size: 2)
      #expect(found.labels == [0, 1])
      #expect(found.patients == ["tile7", "TCGA-AA-3516"])
      #expect(found.classes == ["nonMSIH", "MSIH"])
      // Upper left is black, the rest of the tile of class 1 red.
      #expect(found.pictures[1, 0, 0, 0] == -1)
      #expect(abs(found.pictures[1, 0, 1, 1] - (400.0 / 255 - 1)) <= 0x1p-22)
      try FileManager.default.removeItem(at: folder.appending(path: "nonMSIH"))
      let half = try #require(message { try PictureFolder.open(folder.path, size: 2) })
      #expect(half.contains("no folder nonMSIH"))
    }
  }

  @Test func medMNIST() throws {
    try withFolder { folder in
      let path = folder.appending(path: "pneumoniamnist.npz").path
      var arrays: [(name: String, array: NPYArray)] = []
      for (key, values) in [("train", [0, 1, 1]), ("val", [0]), ("test", [1])]
        as [(String, [UInt8])]
      {
        let pixels = (0..<(values.count * 16)).map { UInt8($0) }
        arrays.append((key + "_images", NPYArray(shape: [values.count, 4, 4], pixels)))
        arrays.append((key + "_labels", NPYArray(shape: [values.count, 1], values)))
      }
      try NPZ.write(arrays, to: path)
      let found = try PictureFolder.open(path, size: 2)
      #expect(found.pictures.shape == [5, 1, 2, 2])
      #expect(found.labels == [0, 1, 1, 0, 1])
      #expect(found.classes == ["no pneumonia", "pneumonia"])
      #expect(found.patients[4] == "test-0")
      // Mean of 0, 1, 4 and 5, to rounding.
      #expect(abs(found.pictures[0, 0, 0, 0] - (2 * 2.5 / 255 - 1)) <= 0x1p-22)
    }
  }

  @Test(.enabled(if: outsideFiles != nil, "LIGHTBOX_DATA names no folder of outside files"))
  func pneumoniaMNIST() throws {
    let found = try PictureFolder.open(outsideFiles! + "/pneumoniamnist.npz", size: 32)
    #expect(found.labels.count == 5856)
    #expect(found.pictures.elements.allSatisfy { (-1...1).contains($0) })
  }

  @Test func otherLayoutsAreNamed() throws {
    try withFolder { folder in
      let text = try #require(message { try PictureFolder.open(folder.path, size: 4) })
      #expect(text.contains("a folder of another layout") && text.contains("AIROGS"))
      let none = try #require(message { try PictureFolder.open(folder.path + "/x", size: 4) })
      #expect(none.contains("no file or folder"))
    }
  }
}

/// A JPEG file of another program.
enum JPEGBytes {
  /// 24 x 16 RGB (10x, 15y, 255 − 10x), 4:2:0, quality 90, written by Pillow 13.0.0.
  static let colour = [UInt8](
    Data(
      base64Encoded:
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsN"
        + "DhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQU"
        + "FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAQABgDASIAAhEBAxEB/8QA"
        + "HwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIh"
        + "MUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW"
        + "V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXG"
        + "x8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQF"
        + "BgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAV"
        + "YnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOE"
        + "hYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq"
        + "8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD5b074X9P3P6V0+nfC/p+5/SvpTTvhf0/c/pXUad8L+n7n9K/a"
        + "+PeLfj94/PuCuOfh98+a9O+F/T9z+lFfXenfC/p+5/Siv4Kzvi7/AGyXvH9rZPxz/ssffP/Z")!)
}
