import Foundation
import Kernels

/// The slices of a series in the order of their places, and the grid that they form.
///
/// With n the normal of the slices (right x down), they are sorted by n · position. The grid is
/// even: its spacing is the mean distance, from which no slice is off by more than a hundredth, and
/// it is straight: no slice is moved along its plane by more than a tenth of a pixel and a
/// thousandth of the way from the first. Anything else is an error, because a volume with a slice
/// missing, or of a tilted gantry, gives wrong millilitres without a sign of it.
struct DICOMSeries {
  let geometry: VolumeGeometry
  /// File (a place in the list given) and slice, in the order of z.
  let order: [(file: Int, slice: DICOMFile.Slice)]

  /// Throws an input error naming the files for several series, slices of unequal size or
  /// direction, missing or doubled places, uneven gaps.
  init(_ files: [DICOMFile], folder: String) throws {
    try Self.checkSame(files, folder: folder)
    var order = files.indices.flatMap { f in files[f].slices.map { (file: f, slice: $0) } }
    let first = order[0].slice
    func name(_ k: Int) -> String {
      let entry = order[k]
      let file = files[entry.file]
      return file.slices.count > 1
        ? "\(file.file), frame \(entry.slice.frame + 1)" : file.file
    }
    func fail(_ k: Int, _ found: String, _ expected: String, _ hint: String? = nil) -> LightboxError
    {
      .input(file: name(k), found: found, expected: expected, hint: hint)
    }
    guard let spacing = first.spacingMM else {
      throw fail(
        0, "neither \(DICOMTag.pixelSpacing.name) nor \(DICOMTag.imagerPixelSpacing.name)",
        "the size of a pixel", "convert to .mha and state the spacing there")
    }
    let right = first.right ?? [1, 0, 0]
    let down = first.down ?? [0, 1, 0]
    let across = cross(right, down)
    let normal = across / (across * across).sum().squareRoot()
    for k in order.indices {
      let slice = order[k].slice
      let (x, y) = (slice.right ?? right, slice.down ?? down)
      guard [x - right, y - down].allSatisfy({ ($0 * $0).sum() < 1e-6 }) else {
        throw fail(
          k, "another direction than in \(name(0))", "parallel slices",
          "move localizers and other views into folders of their own")
      }
      guard let own = slice.spacingMM, abs(own.x / spacing.x - 1) < 1e-3,
        abs(own.y / spacing.y - 1) < 1e-3
      else {
        throw fail(k, "pixels of another size than in \(name(0))", "equal pixels")
      }
    }
    var step = first.depthMM ?? 1
    if order.count > 1 {
      if let k = order.indices.first(where: { order[$0].slice.positionMM == nil }) {
        throw fail(
          k, "no \(DICOMTag.position.name)",
          order[k].slice.frame > 0 || files[order[k].file].slices.count > 1
            ? "frames in space, not in time" : "the place of each slice")
      }
      func depth(_ slice: DICOMFile.Slice) -> Double { (slice.positionMM! * normal).sum() }
      // Ties keep the order of the files, which is that of their names.
      let sorted = order.indices.sorted {
        let (a, b) = (depth(order[$0].slice), depth(order[$1].slice))
        return a == b ? $0 < $1 : a < b
      }
      order = sorted.map { order[$0] }
      let depths = order.map { depth($0.slice) }
      let length = depths.last! - depths[0]
      step = length / Double(order.count - 1)
      let gaps = (1..<depths.count).map { depths[$0] - depths[$0 - 1] }
      let usual = gaps.sorted()[gaps.count / 2]
      if let k = gaps.indices.first(where: { gaps[$0] <= usual * 0.01 }) {
        throw fail(
          k + 1, "the same place as in \(name(k))", "one slice a place",
          "move other times, echoes or reconstructions into folders of their own")
      }
      if let k = gaps.indices.first(where: { abs(gaps[$0] - usual) > usual * 0.02 }) {
        throw fail(
          k + 1, "a gap of \(Self.shown(gaps[k])) mm behind \(name(k))",
          "\(Self.shown(usual)) mm as between the others", "a slice is missing, or one too many")
      }
      let origin = order[0].slice.positionMM!
      for k in order.indices {
        let offset = order[k].slice.positionMM! - origin
        let along = depths[k] - depths[0]
        guard abs(along - step * Double(k)) <= 0.01 * step else {
          throw fail(
            k, "a place \(Self.shown(along)) mm behind the first slice",
            "\(Self.shown(step * Double(k))) mm, by even steps")
        }
        let aside = offset - normal * along
        let allowed = 0.1 * min(spacing.x, spacing.y) + 1e-3 * along
        guard (aside * aside).sum().squareRoot() <= allowed else {
          throw fail(
            k,
            "a slice moved along its plane by \(Self.shown((aside * aside).sum().squareRoot()))"
              + " mm", "a straight stack", "resample it before: the gantry was tilted")
        }
      }
      guard DICOMFile.plausibleMM.contains(step) else {
        throw fail(0, "slices \(step) mm apart", "a distance in mm")
      }
    }
    self.order = order
    geometry = VolumeGeometry(
      shape: [order.count, files[0].rows, files[0].columns],
      originMM: order[0].slice.positionMM ?? .zero, spacingMM: [spacing.x, spacing.y, step],
      direction: .init(x: right, y: down, z: normal))
  }

  /// One series of grey slices of one size.
  private static func checkSame(_ files: [DICOMFile], folder: String) throws {
    let groups = Dictionary(grouping: files) {
      [$0.series ?? "no series", $0.frameOfReference ?? ""]
    }
    guard groups.count == 1 else {
      let series = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.prefix(4)
        .map { "\($0.value.count) of \($0.key[0]) such as \($0.value[0].file)" }
      throw LightboxError.input(
        file: folder, found: "\(groups.count) series (\(series.joined(separator: "; ")))",
        expected: "files of one series and one frame of reference",
        hint: "move each series into a folder of its own")
    }
    let first = files[0]
    for file in files {
      guard file.samples == 1 else {
        throw LightboxError.input(
          file: file.file, found: "colours", expected: "one number a voxel",
          hint: "convert colour images to grey before")
      }
      guard file.rows == first.rows, file.columns == first.columns else {
        throw LightboxError.input(
          file: file.file, found: "\(file.columns) x \(file.rows) pixels",
          expected: "\(first.columns) x \(first.rows) as in \(first.file)")
      }
    }
  }

  /// A length to a thousandth of a millimetre.
  private static func shown(_ length: Double) -> String { "\((length * 1000).rounded() / 1000)" }
}
