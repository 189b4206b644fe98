import Kernels

extension ChestTable {
  /// Opens the release that a folder holds, by its files: CheXpert (train.csv), ChestX-ray14
  /// (Data_Entry_2017.csv and its like), MIMIC-CXR (mimic-cxr-2.0.0-metadata.csv), VinDr-CXR
  /// (image_labels_train.csv or a folder `annotations`; readers by majority) or UKA-CXR
  /// (master_list.csv).
  ///
  /// `policy` counts for the data sets labelled from reports with uncertainty, CheXpert and MIMIC-CXR.
  /// Throws an input error when the folder holds none of them or several, and what reading throws.
  public static func open(
    _ folder: String, policy: ChestLabelPolicy = ChestLabelPolicy()
  ) throws -> ChestTable {
    let present = try ChestRelease.present(in: folder)
    guard present.count == 1 else {
      let known = ChestRelease.allCases.map(\.rawValue)
      throw LightboxError.input(
        file: folder,
        found: present.isEmpty
          ? "files of another layout"
          : "files of \(present.map(\.rawValue).joined(separator: " and "))",
        expected: "the release of one of \(known.joined(separator: ", "))")
    }
    return try present[0].read(folder, policy: policy)
  }
}
