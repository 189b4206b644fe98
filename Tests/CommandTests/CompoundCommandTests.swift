import Foundation
import Testing

@Suite struct CompoundCommandTests {
  struct Found: Decodable {
    struct Excluded: Decodable {
      var reason: String
      var frames: [Int]
    }
    struct Geometry: Decodable {
      var shape: [Int]
      var spacingMM: [Double]
    }
    var frames, compounded, seen, voxels, filled, pixelsOutside: Int
    var chain: String
    var excluded: [Excluded]
    var geometry: Geometry
  }

  static let arguments = [
    "compound", "Examples/sweep.igs.mha", "--devices", "Examples/sweep.xml", "--out",
  ]

  @Test func excludedFramesAreListed() throws {
    try Command.withFolder { folder in
      let out = folder + "/sweep.nii.gz"
      let outcome = try Command.run(Self.arguments + [out, "--fill", "9", "--json"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let found = try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
      #expect(found.frames == 56 && found.compounded == 54)
      #expect(found.excluded.map(\.reason) == ["ProbeToTracker INVALID"])
      #expect(found.excluded.map(\.frames) == [[17, 30]])
      #expect(
        found.chain
          == "Image to Reference: ImageToProbe, ProbeToTracker, inverse of ReferenceToTracker")
      #expect(found.geometry.spacingMM == [0.5, 0.5, 0.5])
    }
  }

  /// The same command gives the same bytes, in text too.
  @Test func textAndBytesRepeat() throws {
    try Command.withFolder { folder in
      let outcomes = try (0..<2).map { _ in
        try Command.run(
          Self.arguments + [folder + "/v.mha", "--spacing", "1", "--rule", "maximum"])
      }
      #expect(outcomes[0].code == 0, "\(outcomes[0].errors)")
      #expect(outcomes[0].output == outcomes[1].output)
      #expect(outcomes[0].output.contains("2 ProbeToTracker INVALID (frame 17, 30)"))
      #expect(outcomes[0].output.contains("trilinear, maximum"))
    }
  }

  @Test(arguments: [
    (["/tmp/none.png"], 64 as Int32, "ends in .mha, .mhd, .nii or .nii.gz"),
    (["x.mha", "--spacing", "0"], 64, "--spacing 0"),
    (["x.mha", "--clip", "1,2,3"], 64, "--clip 1,2,3"),
    (["x.mha", "--fill", "2"], 64, "--fill 2"), (["x.mha", "--rule", "median"], 64, "median"),
    (["x.mha", "--reference", "Phantom"], 65, "no way from Image to Phantom"),
    (["x.mha", "--clip", "200,0,9,9"], 65, "a clip rectangle outside the frames of 80 x 96"),
    (["/proc/none/x.mha"], 73, "/proc/none/x.mha"),
  ])
  func faultsEndWithTheirCode(_ more: [String], _ code: Int32, _ part: String) throws {
    let outcome = try Command.run(Self.arguments + more)
    #expect(outcome.code == code)
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
    #expect(outcome.output == "")
  }

  @Test func absentCalibrationIsNamed() throws {
    let outcome = try Command.run("compound", "Examples/sweep.igs.mha", "--out", "x.mha")
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("the calibration of Image belongs into the device set"))
  }
}
