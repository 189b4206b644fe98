import Kernels

extension ChestTable {
  /// Opens the release that a folder holds, by its files: CheXpert (train.csv), ChestX-ray14
  /// (Data_Entry_2017.csv and its like), MIMIC-CXR (mimic-cxr-2.0.0-metadata.csv) or VinDr-CXR
  /// (image_labels_train.csv or a folder `annotations`; readers by majority).
  ///
  /// `policy` counts for the data sets labelled from reports with uncertainty, CheXpert and MIMIC-CXR.
  /// Throws an input error when the folder holds none of them or several, and what reading throws.
  public static func open(
    _ folder: String, policy: ChestLabelPolicy = ChestLabelPolicy()
  ) throws -> ChestTable {
    let releases: [(name: String, marks: [String], read: () throws -> ChestTable)] = [
      ("CheXpert", ["train.csv"], { try CheXpert.read(folder, policy: policy) }),
      (
        "ChestX-ray14", ChestXray14.tables.flatMap { [$0, $0 + ".gz"] },
        { try ChestXray14.read(folder) }
      ),
      (
        "MIMIC-CXR", ["mimic-cxr-2.0.0-metadata.csv", "mimic-cxr-2.0.0-metadata.csv.gz"],
        { try MIMICChest.read(folder, policy: policy) }
      ),
      (
        "VinDr-CXR", ["annotations", "image_labels_train.csv", "image_labels_test.csv"],
        { try VinDrCXR.read(folder).table }
      ),
    ]
    let marks = Set(releases.flatMap(\.marks))
    let files = try ReleaseFiles(folder, isDeep: false) { marks.contains($0) }
    let present = releases.filter { release in release.marks.contains { files[$0] != nil } }
    guard present.count == 1 else {
      throw LightboxError.input(
        file: folder,
        found: present.isEmpty
          ? "files of another layout"
          : "files of \(present.map(\.name).joined(separator: " and "))",
        expected: "the release of one of \(releases.map(\.name).joined(separator: ", "))")
    }
    return try present[0].read()
  }
}
