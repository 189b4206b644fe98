import Foundation
import Fuzzing
import Testing

@Suite struct VolumeCommandTests {
  struct Found: Decodable {
    var voxels, componentCount: Int
    var components: [Int]
    var countedML, surfaceML: Double
  }

  static func run(_ more: String...) throws -> Found {
    let outcome = try Command.run(["volume", "Examples/lobe.nii.gz"] + more + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
  }

  /// Voxel counts by NumPy when the file was made: 55291 of label 1, a stray island of 27 among
  /// them, and 537 of label 2; a voxel has 0.12 mm³. Spacing is stored in Float.
  @Test func countsOfTheExampleFile() throws {
    let lobe = try Self.run("--label", "1")
    #expect(lobe.voxels == 55291 && lobe.components == [55264, 27])
    #expect(abs(lobe.countedML - 55291 * 0.12e-3) < 1e-6)
    let largest = try Self.run("--label", "1", "--component", "1")
    #expect(largest.voxels == 55264)
    let gland = try Self.run("--component", "1")
    #expect(gland.voxels == 55264 + 537)
    // The whole ellipsoid: 6.702 mL.
    #expect(abs(gland.countedML / 6.702 - 1) < 0.002 && abs(gland.surfaceML / 6.702 - 1) < 0.003)
    let doubled = try Self.run("--label", "1", "--spacing", "0.8,1,1.2")
    #expect(abs(doubled.countedML - 55291 * 0.96e-3) < 1e-9)
  }

  @Test(arguments: [
    (["--label", "7"], 65 as Int32, "no voxel of label 7"),
    (["--label", "1", "--component", "3"], 65, "found 2 components"),
    (["--component", "0"], 64, "--component 0"), (["--level", "-1"], 64, "--level"),
    (["--connectivity", "edges"], 64, "--connectivity edges"),
  ])
  func faultsEndWithTheirCode(_ more: [String], _ code: Int32, _ part: String) throws {
    let outcome = try Command.run(["volume", "Examples/lobe.nii.gz"] + more)
    #expect(outcome.code == code)
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
    #expect(outcome.output == "")
  }

  /// The lobe of the example sweep is an ellipsoid of π/6 · 16 · 20 · 40 mm³ = 6.702 mL at 150 on
  /// 70. In the compounded volume the space above 110, half-way, is the lobe alone. Trilinear
  /// weights move its surface by (h²/6) H, 0.2 % of the volume; between frames 0.85 mm apart linear
  /// filling cuts off (0.85²/12) ∫H dA / V = 0.3 %.
  @Test func volumeOfTheExampleSweep() throws {
    try Command.withFolder { folder in
      let out = folder + "/sweep.nii.gz"
      let made = try Command.run(CompoundCommandTests.arguments + [out, "--fill", "9"])
      #expect(made.code == 0, "\(made.errors)")
      let volume = try Command.run(
        "volume", out, "--level", "110", "--component", "1", "--json")
      #expect(volume.code == 0, "\(volume.errors)")
      let measured = try JSONDecoder().decode(
        Found.self, from: Data(volume.output.utf8))
      #expect(abs(measured.countedML / 6.702 - 1) < 0.01, "\(measured.countedML)")
    }
  }

  /// A DICOM slice of 2 x 3 voxels, label 1 on four of them, of no stated thickness.
  static func slice(_ z: Int) -> Data {
    Data(
      DICOMBytes.file(
        DICOMBytes.slice(
          at: "1\\2\\\(z)", samples: [1, 1, 0, 0, 1, 1], changes: [0x0018_0050: nil])))
  }

  /// Three slices 4 mm apart: 12 voxels of 0.5 x 2 x 4 mm³.
  @Test func aFolderOfDICOM() throws {
    struct Places: Decodable {
      var voxels: Int
      var countedML: Double
      var shape: [Int]
      var spacingMM, originMM: [Double]
    }
    try Command.withFolder { folder in
      for z in 0..<3 {
        try Self.slice(10 - 4 * z).write(to: URL(fileURLWithPath: "\(folder)/IM\(z)"))
      }
      let outcome = try Command.run("volume", folder, "--label", "1", "--json")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let found = try JSONDecoder().decode(Places.self, from: Data(outcome.output.utf8))
      #expect(found.shape == [3, 2, 3] && found.spacingMM == [0.5, 2, 4])
      #expect(found.originMM == [1, 2, 2])
      #expect(found.voxels == 12 && abs(found.countedML - 0.048) < 1e-12)
      // One of them alone has no thickness: 1 mm.
      let one = try Command.run("volume", folder + "/IM1", "--json")
      #expect(try JSONDecoder().decode(Places.self, from: Data(one.output.utf8)).voxels == 4)
      try FileManager.default.removeItem(atPath: folder + "/IM1")
      try Self.slice(9).write(to: URL(fileURLWithPath: folder + "/IM3"))
      let uneven = try Command.run("volume", folder, "--json")
      #expect(uneven.code == 65)
      #expect(uneven.errors.contains("found a gap of"), "\(uneven.errors)")
    }
  }
}
