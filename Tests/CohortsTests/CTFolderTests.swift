import Cohorts
import Foundation
import Imaging
import Kernels
import Tensors
import Testing

/// Trees written in the layout that the released 2.5D code reads.
private struct CTTree {
  let root: URL
  var path: String { root.path }

  func volume(
    _ name: String, shape: [Int] = [8, 8, 8], value: (Int) -> Float = { Float($0 % 400) - 100 }
  ) throws {
    let file = root.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try NIfTI.write(
      Volume(
        voxels: Tensor(shape: shape, (0..<shape.reduce(1, *)).map(value)),
        geometry: VolumeGeometry(shape: shape, originMM: [0, 0, 0], spacingMM: [1, 1, 2])),
      to: file.path, as: .int16)
  }

  func text(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: root.appending(path: name))
  }

  /// Five scans: packed and plain, names that repeat between classes, something else beside them.
  func write() throws {
    try volume("train/control/0001.nii")
    try volume("train/control/0002.nii.gz")
    try volume("train/pdac/0001.nii.gz")
    try volume("val/control/0003.nii")
    try volume("val/pdac/0004.nii")
    try volume("test/control/0005.nii")
    try volume("test/pdac/0006.nii")
    try text("train/pdac/readme.txt", "notes")
    try text("train/control/._0001.nii", "left by another system")
  }
}

@Suite struct CTFolderTests {
  private func withTree(_ body: (CTTree) throws -> Void) throws {
    try withFolder { folder in
      let tree = CTTree(root: folder)
      try tree.write()
      try body(tree)
    }
  }

  @Test func readsTheLayout() throws {
    try withTree { tree in
      #expect(CTFolder.isPresent(in: tree.path))
      let found = try CTFolder(tree.path)
      #expect(
        found.scans.map(\.id) == [
          "train/control/0001", "train/control/0002", "train/pdac/0001", "val/control/0003",
          "val/pdac/0004", "test/control/0005", "test/pdac/0006",
        ])
      #expect(found.scans.map(\.isPositive) == [false, false, true, false, true, false, true])
      #expect(found.scans.map(\.split).filter { $0 == .validation }.count == 2)
      #expect(found.positive == "pdac" && found.negative == "control")
      #expect(
        found.notes == [
          "1 files of other kinds passed over.",
          "No patients.csv: each scan stands for its own patient, of unknown sex and age.",
        ])
      let cohort = try found.cohort(cuts: 2, resolution: 4)
      #expect(cohort.images.shape == [7, 6, 4, 4] && cohort.labelNames == ["pdac"])
      #expect(cohort.cases.map(\.labels) == [[0], [0], [1], [0], [1], [0], [1]])
      #expect(cohort.tier == .restricted)
    }
  }

  @Test func theTableSaysWho() throws {
    try withTree { tree in
      // Padded ages, a missing one, another delimiter's quirks, a path where names repeat.
      try tree.text(
        "patients.csv",
        "Scan,Patient,Sex,Age\ntrain/control/0001,A, M ,064Y\n0002.nii.gz,A,,\n"
          + "train/pdac/0001.nii.gz,B,F,71\n0003,C,Unknown,155\n")
      let found = try CTFolder(tree.path)
      #expect(found.scans.prefix(4).map(\.patient) == ["A", "A", "B", "C"])
      #expect(found.scans[4].patient == "val/pdac/0004")
      let known = Dictionary(uniqueKeysWithValues: found.patients.map { ($0.id, $0) })
      #expect(known["A"]?.sex == .male && known["A"]?.ageYears == 64)
      #expect(known["B"]?.sex == .female && known["B"]?.ageYears == 71)
      #expect(known["C"] == Patient(id: "C"))
      #expect(found.patients.count == 6)
      #expect(
        found.notes.suffix(3) == [
          "3 scans are not in patients.csv: unknown patients.", "1 scans have no age.",
          "1 ages below 0 or above 120 years count as unknown.",
        ])
    }
  }

  @Test(arguments: [
    ("scan,patient\n0009,A", "row 2", "a scan below"),
    ("scan,patient\n0001,A", "row 2", "train/control/0001, train/pdac/0001"),
    ("scan,patient\n0002,A\n0002.nii.gz,A", "row 3", "that of row 2"),
    ("scan,patient\n0002,A\n0006,A", "row 3", "each patient in one split"),
    ("scan,patient,sex\n0003,A,M\n0004,A,F", "row 3", "M as in row 2"),
    ("scan,age\n0002,old", "row 2", "an age such as 58"),
    ("scan,patient\n0002,", "row 2", "the name or number of a patient"),
    ("scan,patient\n0002,test/pdac/0006", "column patient", "names of patients that are no scans"),
    ("file,patient\n0002,A", "column scan", "file, patient"),
  ])
  func tableFaultsNameTheirPlace(_ table: String, _ place: String, _ expected: String) throws {
    try withTree { tree in
      try tree.text("patients.csv", table)
      let said = try #require(message { try CTFolder(tree.path) })
      #expect(said.contains(place) && said.contains(expected), "\(said)")
    }
  }

  @Test func foldersMustAgree() throws {
    try withFolder { folder in
      #expect(!CTFolder.isPresent(in: folder.path))
      #expect(message { try CTFolder(folder.path) }?.contains("no scan in train") == true)
      #expect(message { try CTFolder(folder.path + "/none") }?.contains("no folder") == true)
    }
    try withTree { tree in
      try tree.volume("test/other/0007.nii")
      #expect(
        message { try CTFolder(tree.path) }?.contains(
          "found control, other, pdac, expected the classes of training, control and pdac") == true)
    }
    try withTree { tree in
      try tree.volume("train/pdac/0001.nii")
      #expect(message { try CTFolder(tree.path) }?.contains("a second file of scan 0001") == true)
    }
    try withTree { tree in
      try tree.volume("validation/pdac/0010.nii")
      #expect(message { try CTFolder(tree.path) }?.contains("one folder a split") == true)
    }
  }

  @Test func scansMayLieDeeperButNotOutsideOrBehindLinks() throws {
    try withTree { tree in
      try tree.volume("train/pdac/patient-7/first/0011.nii")
      try tree.volume("extra/pdac/0012.nii")
      let found = try CTFolder(tree.path)
      #expect(found.scans.map(\.id).contains("train/pdac/patient-7/first/0011"))
      #expect(found.scans.count == 8 && found.notes[0] == "No split, and left out: extra.")
    }
    try withTree { tree in
      try tree.volume("train/0013.nii")
      #expect(message { try CTFolder(tree.path) }?.contains("outside the class folders") == true)
    }
    try withTree { tree in
      let (place, target) = (tree.root.appending(path: "test/pdac"), tree.root.appending(path: "b"))
      try FileManager.default.moveItem(at: place, to: target)
      try FileManager.default.createSymbolicLink(at: place, withDestinationURL: target)
      #expect(message { try CTFolder(tree.path) }?.contains("a link to a folder") == true)
    }
  }

  @Test func aTableWithoutPatientsSaysSo() throws {
    try withTree { tree in
      try tree.text("patients.tsv", "scan\tsex\n0003\tF\n")
      let found = try CTFolder(tree.path)
      #expect(found.notes.contains("patients.tsv names no patients: each scan stands for its own."))
      #expect(found.patients.first == Patient(id: "val/control/0003", sex: .female))
      try tree.text("patients.csv", "scan\n0003\n")
      #expect(message { try CTFolder(tree.path) }?.contains("expected one table") == true)
    }
  }

  @Test func patientsAreDrawnWholeAndByClass() throws {
    try withFolder { folder in
      let tree = CTTree(root: folder)
      var table = "scan,patient\n"
      // 40 patients of two scans each; one in ten ill.
      for number in 0..<80 {
        let name = "s\(100 + number)"
        try tree.volume("train/\(number / 2 % 10 == 0 ? "pdac" : "control")/\(name).nii")
        table += "\(name),P\(number / 2)\n"
      }
      for kind in ["control", "pdac"] { try tree.volume("test/\(kind)/\(kind).nii") }
      for kind in ["control", "pdac"] { try tree.volume("val/\(kind)/v\(kind).nii") }
      try tree.text("patients.csv", table)
      let whole = try CTFolder(tree.path)
      let drawn = whole.drawn([.train: 40], stream: RandomStream(3))
      let train = drawn.scans.filter { $0.split == .train }
      #expect(train.count == 40 && train.filter(\.isPositive).count == 4)
      #expect(Set(train.map(\.patient)).count == 20 && drawn.patients.count == 24)
      let kept = Set(drawn.scans.map(\.id))
      #expect(drawn.scans == whole.scans.filter { kept.contains($0.id) })
      #expect(drawn.notes.last == "Drawn by patient: 40 of 80 train scans.")
      #expect(whole.drawn([.train: 80], stream: RandomStream(3)).scans == whole.scans)
    }
  }

  @Test func aClassWithoutDiseaseIsNegativeWhateverItsName() throws {
    for (names, positive) in [
      (["carcinoma", "control"], "carcinoma"), (["Healthy", "a"], "a"), (["a", "b"], "b"),
      (["benign", "healthy"], "healthy"),
    ] {
      try withFolder { folder in
        let tree = CTTree(root: folder)
        for name in names {
          for split in ["train", "test"] { try tree.volume("\(split)/\(name)/\(split).nii") }
        }
        let found = try CTFolder(tree.path)
        #expect(found.positive == positive)
        let isTold = ["b", "healthy"].contains(positive)
        #expect(found.notes.contains { $0.contains("counts as positive") } == isTold)
        #expect(found.notes.contains { $0.contains("1 of 2 training patients became") })
        #expect(Set(found.scans.map(\.split)) == Set(Split.allCases))
      }
    }
  }

  @Test func whatIsNoCTIsRefused() throws {
    for (fault, says) in [
      ("scaled", "Hounsfield units: air near -1000"), ("thin", "at least 8 along each axis"),
      ("cut", "the file was cut"), ("empty", "nothing between -100 and 240 HU"),
    ] {
      try withTree { tree in
        let name = "test/pdac/0006.nii"
        switch fault {
        case "scaled": try tree.volume(name) { Float($0 % 2) }
        case "thin": try tree.volume(name, shape: [3, 8, 8])
        case "empty": try tree.volume(name) { $0 == 0 ? 500 : -1000 }
        default:
          let bytes = try Data(contentsOf: tree.root.appending(path: name))
          try bytes.dropLast(100).write(to: tree.root.appending(path: name))
        }
        let found = try CTFolder(tree.path)
        let said = message { try found.cohort(cuts: 2, resolution: 4) }
        #expect(said?.contains(says) == true && said?.contains("0006.nii") == true, "\(said ?? "")")
      }
    }
  }
}

@Suite struct CTCutsTests {
  /// Voxels along the patient's left, back and head.
  static let sizes = [32, 24, 16]

  /// Hounsfield units that rise linearly along the three axes, each from −0.5 to 0.5.
  static func value(_ shares: [Double]) -> Double {
    70 + 100 * shares[0] + 60 * shares[1] + 40 * shares[2]
  }

  /// The same scene on a grid whose axes are permuted and turned around.
  static func volume(_ axis: [Int], _ forward: [Bool]) -> Volume {
    var counts = [0, 0, 0]
    var directions = [SIMD3<Double>](repeating: [0, 0, 0], count: 3)
    for world in 0..<3 {
      counts[axis[world]] = sizes[world]
      directions[axis[world]][world] = forward[world] ? 1 : -1
    }
    let shape = [counts[2], counts[1], counts[0]]
    var voxels: [Float] = []
    for k in 0..<shape[0] {
      for j in 0..<shape[1] {
        for i in 0..<shape[2] {
          let index = [i, j, k]
          let shares = (0..<3).map { world -> Double in
            let share = (Double(index[axis[world]]) + 0.5) / Double(sizes[world]) - 0.5
            return forward[world] ? share : -share
          }
          voxels.append(Float(value(shares)))
        }
      }
    }
    return Volume(
      voxels: Tensor(shape: shape, voxels),
      geometry: VolumeGeometry(
        shape: shape, originMM: [3, -5, 7], spacingMM: [1, 2, 3],
        direction: .init(x: directions[0], y: directions[1], z: directions[2])))
  }

  @Test(arguments: [
    ([0, 1, 2], [true, true, true]), ([0, 1, 2], [false, false, true]),
    ([0, 1, 2], [true, true, false]), ([2, 0, 1], [true, false, true]),
    ([1, 0, 2], [true, true, false]), ([2, 1, 0], [false, false, false]),
  ])
  func cutsLieWhereTheyShouldHoweverTheGridLies(_ axis: [Int], _ forward: [Bool]) {
    let (cuts, side) = (3, 8)
    let picture = CTCuts.picture(
      of: Self.volume(axis, forward), cuts: cuts, resolution: side
    ).elements
    func share(_ index: Int) -> Double { (Double(index) + 0.5) / Double(side) - 0.5 }
    var worst = 0.0
    for channel in 0..<3 * cuts {
      // Cuts at 45 % x (-1/3, 0, 1/3) of the extent.
      let depth = 0.45 * Double(channel % cuts - 1) / 3
      for row in 0..<side {
        for column in 0..<side {
          let (u, v) = (share(column), share(row))
          let point: [Double] =
            switch channel / cuts {
            case 0: [u, v, depth]  // axial
            case 1: [u, depth, -v]  // coronal
            default: [depth, u, -v]  // sagittal
            }
          let expected = (Self.value(point) + 100) / 340
          let found = Double(picture[(channel * side + row) * side + column])
          worst = max(worst, abs(found - expected))
        }
      }
    }
    #expect(worst < 1e-6)
  }

  @Test func theWindowEnds() {
    #expect(CTCuts.shade(-1000) == 0 && CTCuts.shade(-100) == 0 && CTCuts.shade(70) == 0.5)
    #expect(CTCuts.shade(240) == 1 && CTCuts.shade(3000) == 1)
  }

  @Test func aTiltedVolumeIsCutAlongItsOwnAxes() {
    // A gantry tilted by 20 degrees about the patient's left-right axis.
    let (c, s) = (cos(20 * Double.pi / 180), sin(20 * Double.pi / 180))
    let straight = Self.volume([0, 1, 2], [true, true, true])
    let tilted = Volume(
      voxels: straight.voxels,
      geometry: VolumeGeometry(
        shape: straight.geometry.shape, originMM: [0, 0, 0], spacingMM: [1, 1, 1],
        direction: .init(x: [1, 0, 0], y: [0, c, s], z: [0, -s, c])))
    #expect(
      CTCuts.picture(of: tilted, cuts: 2, resolution: 8).elements
        == CTCuts.picture(of: straight, cuts: 2, resolution: 8).elements)
  }
}
