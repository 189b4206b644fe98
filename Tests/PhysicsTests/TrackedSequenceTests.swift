import Foundation
import Imaging
import Physics
import Testing

@Suite struct TransformNameTests {
  @Test(arguments: [
    ("ProbeToTracker", "Probe", "Tracker"), ("TrackerToTool", "Tracker", "Tool"),
    ("ToolToTracker", "Tool", "Tracker"), ("StylusTipToStylus", "StylusTip", "Stylus"),
  ])
  func splits(text: String, from: String, to: String) {
    let name = TransformName(text)
    #expect(name == TransformName(from: from, to: to))
    #expect(name?.description == text)
  }

  @Test(arguments: ["Probe", "AToBToC", "ToTracker", "ProbeTo", "probeToTracker", ""])
  func refuses(text: String) { #expect(TransformName(text) == nil) }
}

@Suite struct TrackedSequenceTests {
  static let shift = SpatialTransform.translation([1, 2, 3])
  static let turn = SpatialTransform.rotation(radians: 0.4, about: [1, 1, 0])

  static func sequence() -> SequenceFile {
    SequenceFile(
      frames: (0..<2).map { _ in
        SequenceFile.fields([("ProbeToTracker", shift), ("ReferenceToTracker", turn)])
      }, pixels: (0..<24).map { UInt8($0) })
  }

  static func fault(_ change: (inout SequenceFile) -> Void) throws -> String? {
    try withFolder { folder in
      var file = sequence()
      change(&file)
      let path = folder + "/s.igs.mha"
      try file.write(path)
      return message {
        let sequence = try TrackedSequence(path)
        let pixels = try sequence.pixels()
        while try pixels.next() != nil {}
      }?.replacingOccurrences(of: path, with: "s")
    }
  }

  @Test func readsPosesStatusesAndPixels() throws {
    try withFolder { folder in
      let path = folder + "/s.igs.mha"
      try Self.sequence().write(path)
      let sequence = try TrackedSequence(path)
      #expect(sequence.width == 4 && sequence.height == 3 && sequence.frames.count == 2)
      #expect(sequence.frames[1].timestamp == 1.5)
      let probe = TransformName(from: "Probe", to: "Tracker")
      #expect(sequence.frames[1].transforms[probe] == TrackedTransform(Self.shift))
      let pixels = try sequence.pixels()
      #expect(try pixels.next()?.elements == (0..<12).map { Float($0) })
      #expect(try pixels.next()?.elements == (12..<24).map { Float($0) })
      #expect(try pixels.next() == nil)
    }
  }

  /// Row 0 of the first frame in the marked-far orientation.
  @Test(arguments: [
    ("MF", [0, 1, 2, 3]), ("UFA", [3, 2, 1, 0]), ("MN", [8, 9, 10, 11]), ("UND", [11, 10, 9, 8]),
    (nil, [0, 1, 2, 3]),
  ])
  func framesAreTurnedToMarkedFar(orientation: String?, expected: [Int]) throws {
    try withFolder { folder in
      var file = Self.sequence()
      file.orientation = orientation
      try file.write(folder + "/s.mha")
      let frame = try TrackedSequence(folder + "/s.mha").pixels().next()!
      #expect(Array(frame.elements[..<4]) == expected.map { Float($0) })
    }
  }

  @Test func faultsAreNamed() throws {
    #expect(try Self.fault { _ in } == nil)
    #expect(
      try Self.fault { $0.pixels.removeLast(5) }
        == "s: found 19 bytes of voxels, expected 24 for 4 x 3 x 2 of MET_UCHAR; "
        + "the file was cut; copy or download it again")
    #expect(
      try Self.fault { $0.type = "MET_OTHER" }?.hasPrefix("s: found ElementType MET_OTHER") == true)
    #expect(
      try Self.fault { $0.frames[1][0].1 = "1 0 0 5" }
        == "s: found Seq_Frame0001_ProbeToTrackerTransform = 1 0 0 5, expected 16 finite numbers "
        + "that end in 0 0 0 1")
    #expect(
      try Self.fault { $0.frames[1][0].0 = "ProbeTransform" }?.hasPrefix(
        "s: found the field Seq_Frame0001_ProbeTransform, expected a name such as") == true)
    #expect(
      try Self.fault { $0.orientation = "FM" }
        == "s: found UltrasoundImageOrientation = FM, expected MF, UF, MN or UN, with or without "
        + "A at the end")
  }
}

@Suite struct SweepTests {
  static let calibration = SpatialTransform.scaling([0.1, 0.2, 1])

  static func sweep(
    _ change: (inout SequenceFile) -> Void, fixed: [(String, String, SpatialTransform)]? = nil
  ) throws -> Sweep {
    try withFolder { folder in
      var file = TrackedSequenceTests.sequence()
      change(&file)
      try file.write(folder + "/s.mha")
      let devices = fixed ?? [("Image", "Probe", calibration)]
      try Data(SequenceFile.devices(devices).utf8)
        .write(to: URL(fileURLWithPath: folder + "/d.xml"))
      do {
        return try Sweep(
          try TrackedSequence(folder + "/s.mha"), devices: try DeviceSet(folder + "/d.xml"))
      } catch {
        throw Fault(description: "\(error)".replacingOccurrences(of: folder + "/", with: ""))
      }
    }
  }

  struct Fault: Error, CustomStringConvertible { let description: String }

  /// Image → probe by the calibration, → tracker as tracked, → reference inverted.
  @Test func chainRunsFromImageToReference() throws {
    let sweep = try Self.sweep { _ in }
    #expect(
      sweep.chain.description
        == "Image to Reference: ImageToProbe, ProbeToTracker, inverse of ReferenceToTracker")
    let point = SIMD3(3.0, 2, 0)
    let expected = TrackedSequenceTests.turn.inverse!(
      TrackedSequenceTests.shift(Self.calibration(point)))
    let difference = sweep.poses[0]!(point) - expected
    #expect((difference * difference).sum() < 1e-28)
    #expect(sweep.exclusions.isEmpty)
  }

  /// What the sequence carries goes before the device set's transform of the same name.
  @Test func trackedGoesBeforeFixed() throws {
    let sweep = try Self.sweep(
      { _ in },
      fixed: [
        ("Image", "Probe", Self.calibration), ("Probe", "Tracker", .translation([100, 0, 0])),
      ])
    #expect(sweep.chain.steps.map(\.isTracked) == [false, true, true])
    #expect(try Self.sweep { _ in }.poses == sweep.poses)
  }

  @Test(arguments: [
    ("ProbeToTrackerTransformStatus", "INVALID", "ProbeToTracker INVALID"),
    ("ReferenceToTrackerTransformStatus", "OUT_OF_VIEW", "ReferenceToTracker OUT_OF_VIEW"),
    ("ImageStatus", "INVALID", "image INVALID"),
    ("ProbeToTrackerTransformStatus", nil, "ProbeToTracker without a status"),
    ("ProbeToTrackerTransform", nil, "ProbeToTracker missing"),
    (
      "ReferenceToTrackerTransform", "1 0 0 0 0 0 0 0 0 0 1 0 0 0 0 1",
      "ReferenceToTracker singular"
    ),
  ])
  func badFramesAreCounted(key: String, value: String?, reason: String) throws {
    func spoil(_ fields: inout [(String, String)]) {
      let place = fields.firstIndex { $0.0 == key }!
      if let value { fields[place].1 = value } else { fields.remove(at: place) }
    }
    let sweep = try Self.sweep { spoil(&$0.frames[1]) }
    #expect(sweep.exclusions.map(\.frame) == [1])
    #expect(sweep.exclusions.map(\.reason) == [reason])
    #expect(sweep.poses[0] != nil && sweep.poses[1] == nil)
    let all = message {
      try Self.sweep { file in
        for frame in 0..<2 { spoil(&file.frames[frame]) }
      }
    }
    if key == "ProbeToTrackerTransform" && value == nil {
      #expect(all?.hasPrefix("s.mha: found no way from Image to Reference") == true)
    } else {
      #expect(all?.hasPrefix("s.mha: found no usable frame: 2 \(reason), expected frames") == true)
    }
  }

  @Test func absentCalibrationSaysWhereItBelongs() {
    #expect(
      message { try Self.sweep({ _ in }, fixed: []) }
        == "s.mha: found no way from Image to Reference over the transforms ProbeToTracker, "
        + "ReferenceToTracker, expected transforms that join Image and Reference; the calibration "
        + "of Image belongs into the device set, under CoordinateDefinitions")
  }
}

@Suite struct DeviceSetTests {
  static func read(_ text: String) throws -> DeviceSet {
    try withFolder { folder in
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/d.xml"))
      do {
        return try DeviceSet(folder + "/d.xml")
      } catch {
        throw SweepTests.Fault(
          description: "\(error)".replacingOccurrences(of: folder + "/", with: ""))
      }
    }
  }

  @Test func readsTheReconstruction() throws {
    let devices = try Self.read(
      SequenceFile.devices(
        [("Image", "Probe", SweepTests.calibration)],
        reconstruction: """
          <VolumeReconstruction Interpolation="NEAREST_NEIGHBOR" CompoundingMode="MAXIMUM"
            FillHoles="ON" ClipRectangleOrigin="1 2" ClipRectangleSize="30 40"
            OutputSpacing="0.5 0.6 0.7" OutputOrigin="1 2 3" OutputExtent="0 9 0 8 0 7">
            <HoleFilling>
              <HoleFillingElement Type="STICK" StickLengthLimit="9" NumberOfSticksToUse="1" />
              <HoleFillingElement Type="GAUSSIAN" Size="5" Stdev="0.66667"
                MinimumKnownVoxelsRatio="0.5" />
            </HoleFilling>
          </VolumeReconstruction>
          """))
    let found = try #require(devices.reconstruction)
    #expect(
      found.settings
        == CompoundingSettings(
          interpolation: .nearest, rule: .maximum,
          clip: ClipRectangle(x: 1, y: 2, width: 30, height: 40)))
    #expect(found.spacingMM == [0.5, 0.6, 0.7])
    #expect(found.originMM == [1, 2, 3])
    #expect(found.extent == [0, 9, 0, 8, 0, 7])
    #expect(
      found.filling == [
        .sticks(length: 9, count: 1), .gaussian(size: 5, deviation: 0.66667, leastKnown: 0.5),
      ])
  }

  @Test func aDeclarationMayStandAtTheStart() throws {
    for start in ["", "\u{FEFF}"] {
      let text = start + "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PlusConfiguration/>"
      #expect(try Self.read(text).transforms.isEmpty)
    }
  }

  @Test(arguments: [
    ("<PlusConfiguration><A></PlusConfiguration>", "d.xml, row 1: found broken XML"),
    ("<Other/>", "d.xml: found no element PlusConfiguration"),
    (
      "<?xml version=\"1.0\"?>\n<PlusConfiguration>\n<?name?></PlusConfiguration>",
      "d.xml, row 3: found a processing instruction, expected elements alone"
    ),
    (
      "\u{FEFF}<?xml version=\"1.0\"?>\n<!DOCTYPE PlusConfiguration><PlusConfiguration/>",
      "d.xml, row 2: found a document type, expected elements alone"
    ),
    (
      SequenceFile.devices([], reconstruction: "<VolumeReconstruction CompoundingMode=\"BEST\"/>"),
      "d.xml, row 3: found CompoundingMode=\"BEST\", expected MEAN, MAXIMUM or LATEST"
    ),
    (
      SequenceFile.devices(
        [], reconstruction: "<VolumeReconstruction FanAnglesDeg=\"-30 30\"/>"),
      "d.xml, row 3: found FanAnglesDeg=\"-30 30\", expected frames of a linear probe"
    ),
    (
      SequenceFile.devices([], reconstruction: "<VolumeReconstruction OutputSpacing=\"0.5\"/>"),
      "d.xml, row 3: found OutputSpacing=\"0.5\", expected 3 numbers"
    ),
    (
      "<PlusConfiguration><CoordinateDefinitions>\n<Transform From=\"A\" To=\"B\" Matrix=\"1 0\"/>"
        + "</CoordinateDefinitions></PlusConfiguration>",
      "d.xml, row 2: found the Matrix of AToB with 2 entries, expected 16 finite numbers"
    ),
  ])
  func faultsAreNamed(text: String, expected: String) {
    let found = message { try Self.read(text) }
    #expect(found?.hasPrefix(expected) == true, "\(found ?? "no error")")
  }
}
