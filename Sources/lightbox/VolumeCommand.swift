import ArgumentParser
import Foundation
import Imaging
import Kernels
import Metrics

/// `lightbox volume`: the volume of a label in a volume file.
struct VolumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "volume",
    abstract: "Volume in mL of a label mask or probability map, by voxels and by surface.",
    discussion: """
      FILE is .nii, .nii.gz, .mha, .mhd, a DICOM file or a folder with one DICOM series \
      (uncompressed). A label is all voxels with that value; without --label \
      every value above --level belongs, and for maps of 0...1 their sum is given too (partial \
      volume). Surface: the space where the trilinear interpolation between voxel centres exceeds \
      one half (maps: the level); it differs from counting by how the edges of voxels are cut.

      Examples, on the file that comes with the project (simulated lobe of 6.64 mL with a cyst):

        lightbox volume Examples/lobe.nii.gz --label 1 --component 1
        lightbox volume Examples/lobe.nii.gz
      """)

  @Argument(help: "Label mask or probability map: a file, or a folder with a DICOM series.")
  var file: String
  @Option(help: "Value of the label. Default: all above --level.")
  var label: Int?
  @Option(help: "Values above this belong, where no label is given.")
  var level: Float = 0.5
  @Option(help: "Only the k-th largest connected component, counted from 1.")
  var component: Int?
  @Option(help: "Voxels hang together by faces or by corners.")
  var connectivity: String = "faces"
  @Option(help: "Voxel size in mm, one number or x,y,z, instead of the file's.")
  var spacing: String?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let component, component < 1 {
      throw ValidationError("--component \(component): expected 1 for the largest, or more")
    }
    guard level >= 0, level.isFinite else {
      throw ValidationError("--level \(level): expected 0 or more")
    }
    guard ["faces", "corners"].contains(connectivity) else {
      throw ValidationError("--connectivity \(connectivity): expected faces or corners")
    }
    _ = try spacing.map(VoxelSize.parse)
  }

  func run() throws { try VolumeReport(self).show(asJSON: json) }
}

/// What `lightbox volume` found.
struct VolumeReport: Report {
  var file: String
  var label: Int?
  var level: Float?
  var spacingMM: SIMD3<Double>
  /// [z, y, x].
  var shape: [Int]
  /// Centre of the first voxel and directions of the axes, LPS mm, as the file has them.
  var originMM: SIMD3<Double>
  var direction: VolumeGeometry.Direction
  var connectivity: String
  /// Voxels of the components, largest first, ten at most, and how many there are.
  var components: [Int]
  var componentCount: Int
  var component: Int?
  var voxels: Int
  var countedML: Double
  var surfaceML: Double
  /// Σ of the values, for maps of 0...1.
  var partialML: Double?
  /// Voxels of the body on the rim of the grid: there it may go on.
  var voxelsAtRim: Int

  init(_ options: VolumeCommand) throws {
    let volume = try VolumeFile.read(options.file).volume
    func fail(_ found: String, _ expected: String, _ hint: String? = nil) -> LightboxError {
      .input(file: options.file, found: found, expected: expected, hint: hint)
    }
    let values = volume.voxels.elements
    if let bad = values.first(where: { !$0.isFinite }) {
      throw fail("the value \(bad)", "finite labels or probabilities")
    }
    spacingMM = try options.spacing.map(VoxelSize.parse) ?? volume.geometry.spacingMM
    shape = volume.geometry.shape
    originMM = volume.geometry.originMM
    direction = volume.geometry.direction
    let spacing = [spacingMM.z, spacingMM.y, spacingMM.x]
    let level = options.level
    let belongs = options.label.map { label in values.map { $0 == Float(label) } }
    let whole = Mask(shape: shape, spacingMM: spacing, belongs ?? values.map { $0 > level })
    guard whole.count > 0 else {
      let present = Set(values.prefix(1 << 22)).sorted().prefix(8).map { "\($0)" }
      throw fail(
        options.label.map { "no voxel of label \($0)" } ?? "no voxel above \(level)",
        "a body to measure", "the file holds the values " + present.joined(separator: ", "))
    }
    let parts = ConnectedComponents(
      whole, connectivity: options.connectivity == "faces" ? .faces : .corners)
    if let component = options.component, component > parts.count {
      throw fail("\(parts.count) components", "a component \(component)")
    }
    let mask = options.component.map { parts.mask($0 - 1) } ?? whole
    file = options.file
    label = options.label
    self.level = options.label == nil ? level : nil
    connectivity = options.connectivity
    components = Array(parts.sizes.prefix(10))
    componentCount = parts.count
    component = options.component
    voxels = mask.count
    countedML = mask.countedVolumeMM3 / 1000
    // A graded map keeps its shares, up to the voxels around the chosen component.
    let isGraded = values.contains { $0 != $0.rounded() }
    if isGraded, options.label == nil, options.component == nil {
      surfaceML = EnclosedVolume.voxels(in: volume.voxels, above: level) * mask.voxelMeasure / 1000
    } else {
      surfaceML = mask.surfaceVolumeMM3 / 1000
    }
    if isGraded, options.label == nil, options.component == nil,
      values.allSatisfy({ (0...1).contains($0) })
    {
      partialML = EnclosedVolume.sum(of: volume.voxels) * mask.voxelMeasure / 1000
    }
    let (depth, height, width) = (shape[0], shape[1], shape[2])
    voxelsAtRim = mask.voxels.indices.reduce(0) { sum, i in
      let (x, y, z) = (i % width, i / width % height, i / (width * height))
      let isRim =
        x == 0 || y == 0 || z == 0 || x == width - 1 || y == height - 1 || z == depth - 1
      return sum + (mask.voxels[i] && isRim ? 1 : 0)
    }
  }

  func text() -> String {
    let what = label.map { "label \($0)" } ?? "values above \(level ?? 0)"
    let part = component.map { ", component \($0) of \(componentCount) by \(connectivity)" } ?? ""
    let size = (0..<3).map { Cells.fixed(spacingMM[$0], 3) }.joined(separator: " x ")
    var rows = [
      ["voxels", "\(voxels)"], ["counted", "\(Cells.fixed(countedML)) mL"],
      ["surface", "\(Cells.fixed(surfaceML)) mL"],
    ]
    if let partialML { rows.append(["partial volume", "\(Cells.fixed(partialML)) mL"]) }
    var lines = [
      "\(file): \(what)\(part)", "voxels of \(size) mm, \(shape[2]) x \(shape[1]) x \(shape[0])",
      "",
    ]
    lines += Cells.columns(rows)
    lines.append("")
    let more = componentCount > components.count ? ", …" : ""
    lines.append(
      "components by \(connectivity): \(componentCount) ("
        + components.map(String.init).joined(separator: ", ") + "\(more) voxels)")
    if voxelsAtRim > 0 {
      lines.append("\(voxelsAtRim) voxels lie on the rim of the grid, where the body may be cut")
    }
    return lines.joined(separator: "\n")
  }
}
