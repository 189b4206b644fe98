import ArgumentParser
import Foundation
import Imaging
import Kernels
import Physics

/// `lightbox compound`: a volume from a tracked freehand sweep.
struct Compound: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compound",
    abstract: "A volume from a tracked ultrasound sweep (PLUS sequence and device set).",
    discussion: """
      SEQUENCE is .igs.mha or .igs.mhd, --devices the XML with the probe's calibration and, where it \
      has them, settings (VolumeReconstruction), which options override. Frames whose image or \
      transforms are missing or not OK are left out and counted. The volume lies along the axes of \
      the reference, over the swept box, or on the grid of --like.

      Example, on the sweep that comes with the project (simulated):

        lightbox compound Examples/sweep.igs.mha \\
          --devices Examples/sweep.xml --out sweep.nii.gz
      """)

  @Argument(help: "Tracked sequence.")
  var sequence: String
  @Option(help: "PLUS device set with the fixed transforms.")
  var devices: String?
  @Option(help: "Volume to write: .mha, .mhd, .nii or .nii.gz.")
  var out: String
  @Option(help: "Voxel size in mm, one number or x,y,z. Default: the device set's, or 0.5.")
  var spacing: String?
  @Option(help: "A volume whose grid to use: a file, or a folder with a DICOM series.")
  var like: String?
  @Option(help: "nearest or trilinear.")
  var interpolation: CompoundingSettings.Interpolation?
  @Option(help: "mean, maximum, latest or roundedMean (PLUS' arithmetic in bytes).")
  var rule: CompoundingSettings.Rule?
  @Option(help: "Clip rectangle x,y,width,height in pixels.")
  var clip: String?
  @Option(help: "Fill holes: sticks of up to this many voxels, linear between their ends.")
  var fill: Int?
  @Option(help: "Coordinate system of the frames. Default: the device set's, or Image.")
  var image: String?
  @Option(help: "Coordinate system of the volume. Default: the device set's, or Reference.")
  var reference: String?
  @Option(help: "Voxel type. Default: the sequence's.")
  var type: VoxelType?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let fill, fill < 3 {
      throw ValidationError("--fill \(fill): expected 3 voxels or more, ends included")
    }
    if like != nil, spacing != nil {
      throw ValidationError("--like and --spacing: expected one of them")
    }
    _ = try spacing.map(VoxelSize.parse)
    _ = try clipRectangle()
  }

  /// The numbers of --clip.
  func clipRectangle() throws -> ClipRectangle? {
    guard let clip else { return nil }
    let parts = clip.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 4, let x = parts[0], let y = parts[1], let width = parts[2],
      let height = parts[3], width > 0, height > 0
    else { throw ValidationError("--clip \(clip): expected x,y,width,height in whole pixels") }
    return ClipRectangle(x: x, y: y, width: width, height: height)
  }

  func run() throws { try CompoundReport(self).show(asJSON: json) }
}

extension CompoundingSettings.Interpolation: ExpressibleByArgument {}
extension CompoundingSettings.Rule: ExpressibleByArgument {}
extension VoxelType: ExpressibleByArgument {}

/// What `lightbox compound` did.
struct CompoundReport: Report {
  struct Excluded: Encodable {
    var reason: String
    var frames: [Int]
  }

  var sequence: String
  var frames: Int
  var width, height: Int
  var chain: String
  var compounded: Int
  var excluded: [Excluded]
  var interpolation: CompoundingSettings.Interpolation
  var rule: CompoundingSettings.Rule
  var clip: ClipRectangle?
  var out: String
  var type: VoxelType
  var geometry: VolumeGeometry
  var voxels: Int
  var seen: Int
  var filled: Int
  var pixels: Int
  var pixelsOutside: Int

  init(_ options: Compound) throws {
    try VolumeFile.check(name: options.out)
    let devices = try options.devices.map { try DeviceSet($0) }
    let plan = devices?.reconstruction ?? DeviceSet.Reconstruction()
    var settings = plan.settings
    settings.interpolation = options.interpolation ?? settings.interpolation
    settings.rule = options.rule ?? settings.rule
    settings.clip = try options.clipRectangle() ?? settings.clip
    let source = try TrackedSequence(options.sequence)
    let sweep = try Sweep(
      source, devices: devices, image: options.image ?? plan.image,
      reference: options.reference ?? plan.reference)
    let spacing = try options.spacing.map(VoxelSize.parse)
    if let like = options.like {
      geometry = try VolumeFile.read(like).volume.geometry
    } else {
      geometry = try sweep.sweptGeometry(
        spacingMM: spacing ?? plan.spacingMM ?? [0.5, 0.5, 0.5], clip: settings.clip)
      if spacing == nil { geometry = try Self.planned(geometry, plan, devices) }
    }
    let filling = options.fill.map { [HoleFilling.sticks(length: $0, count: 1)] } ?? plan.filling
    let found = try sweep.compounded(into: geometry, settings: settings).filled(by: filling)
    guard found.seen > 0 else {
      throw LightboxError.input(
        file: options.sequence, found: "no pixel inside the volume",
        expected: "a grid that the sweep crosses", hint: "check --like, --clip and the reference")
    }
    type = options.type ?? source.type
    try VolumeFile.write(found.volume, to: options.out, as: type)
    sequence = options.sequence
    frames = source.frames.count
    width = source.width
    height = source.height
    chain = sweep.chain.description
    compounded = found.frames
    excluded = Dictionary(grouping: sweep.exclusions, by: \.reason).sorted { $0.key < $1.key }
      .map { Excluded(reason: $0.key, frames: $0.value.map(\.frame)) }
    interpolation = settings.interpolation
    rule = settings.rule
    clip = settings.clip
    out = options.out
    voxels = geometry.count
    seen = found.seen
    filled = found.filled
    pixels = found.pixels
    pixelsOutside = found.pixelsOutside
  }

  /// The grid with the device set's own origin and extent, where it states them.
  private static func planned(
    _ swept: VolumeGeometry, _ plan: DeviceSet.Reconstruction, _ devices: DeviceSet?
  ) throws -> VolumeGeometry {
    var geometry = swept
    if let extent = plan.extent {
      let shape = [2, 1, 0].map { (axis: Int) -> Int in
        extent[2 * axis + 1] - extent[2 * axis] + 1
      }
      guard let origin = plan.originMM, shape.allSatisfy({ (n: Int) in n > 0 }),
        shape.reduce(1.0, { $0 * Double($1) }) <= 0x1p29
      else {
        throw LightboxError.input(
          file: devices?.file ?? "", found: "OutputExtent \(extent)",
          expected: "first and last voxels along x, y, z, beside an OutputOrigin")
      }
      let first = SIMD3(Double(extent[0]), Double(extent[2]), Double(extent[4]))
      geometry.shape = shape
      geometry.originMM = origin + first * swept.spacingMM
    }
    return geometry
  }

  func text() -> String {
    let shape = "\(geometry.width) x \(geometry.height) x \(geometry.depth)"
    func numbers(_ v: SIMD3<Double>, _ digits: Int) -> String {
      (0..<3).map { Cells.fixed(v[$0], digits) }.joined(separator: ", ")
    }
    func share(_ part: Int, _ whole: Int) -> String {
      "\(Cells.fixed(100 * Double(part) / Double(whole), 1)) %"
    }
    var lines = [
      "\(sequence): \(frames) frames of \(width) x \(height), \(compounded) compounded",
      chain,
    ]
    lines.append(excluded.isEmpty ? "left out: none" : "left out:")
    for group in excluded {
      let shown = group.frames.prefix(8).map(String.init).joined(separator: ", ")
      lines.append(
        "  \(group.frames.count) \(group.reason) (frame \(shown)"
          + (group.frames.count > 8 ? ", …)" : ")"))
    }
    let area = clip.map { ", clip \($0.x),\($0.y),\($0.width),\($0.height)" } ?? ""
    let spacing = numbers(geometry.spacingMM, 3)
    lines.append("")
    lines.append("\(out): \(shape) voxels of \(spacing) mm, \(type.rawValue)")
    lines.append("origin \(numbers(geometry.originMM, 4)) mm (LPS)")
    lines.append("\(interpolation.rawValue), \(rule.rawValue)\(area)")
    lines.append("voxels reached: \(seen) of \(voxels) (\(share(seen, voxels))), filled: \(filled)")
    let outside = share(pixelsOutside, pixels)
    lines.append("pixels outside the volume: \(pixelsOutside) of \(pixels) (\(outside))")
    return lines.joined(separator: "\n")
  }
}
