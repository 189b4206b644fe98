import Foundation
import Kernels
import Tensors

/// DICOM images, the uncompressed part of the standard: a file, or a folder with one series.
///
/// Read are files with the signature of PS3.10 in implicit or explicit VR little endian; grey
/// (MONOCHROME1, MONOCHROME2) and RGB; 8 and 16 bits, signed and unsigned; one frame or many, these
/// with functional groups or a stated distance. Compressed, deflated and big-endian files are
/// refused with the program that converts them.
///
/// **Volumes** hold the values of the modality, slope · stored + intercept, in Float; MONOCHROME1
/// says how to display them and changes none. Coordinates are DICOM's own, LPS mm. **Images** hold
/// what a viewer shows without a window: stored values from the lowest (0) to the highest (1) that
/// their bits can hold, with MONOCHROME1 turned over.
///
/// Names of files do not matter. In a folder, files without the signature, directory files
/// (DICOMDIR) and hidden files are passed over, and so are folders within.
///
/// Source: DICOM PS3.3, PS3.5 and PS3.10.
public enum DICOM {
  /// The volume in a file or of the series in a folder.
  ///
  /// The size of a pixel is PixelSpacing, or ImagerPixelSpacing at the detector of a projection. A
  /// slice that stands alone is as deep as SpacingBetweenSlices or SliceThickness, 1 mm without.
  ///
  /// Throws an input error naming the file for compressed or missing pixels, colours, slices of
  /// several series, missing places and uneven gaps, a damaged or shortened file.
  public static func read(_ path: String) throws -> Volume { try readTyped(path).volume }

  /// The volume and the type that its files store; float32 where they scale their values.
  static func readTyped(_ path: String) throws -> (volume: Volume, type: VoxelType) {
    let names = try paths(path)
    let files = try names.compactMap { name -> DICOMFile? in
      let bytes = try FileBytes.read(name)
      return try isDirectory(bytes, name) ? nil : DICOMFile(bytes, file: name)
    }
    guard !files.isEmpty else { throw none(path, "a directory file alone") }
    let series = try DICOMSeries(files, folder: path)
    let plane = files[0].rows * files[0].columns
    var held: (file: Int, bytes: [UInt8]) = (-1, [])
    var fault: (any Error)?
    let voxels = Tensor<Float>(shape: series.geometry.shape) { output in
      output.initialize(repeating: 0)
      for (z, entry) in series.order.enumerated() where fault == nil {
        do {
          let file = files[entry.file]
          if held.file != entry.file {
            held = (-1, [])
            held = (entry.file, try FileBytes.read(file.file))
          }
          guard held.bytes.count == file.size else {
            throw LightboxError(.io, "\(file.file): changed while it was read")
          }
          file.values(
            held.bytes, entry.slice,
            into: UnsafeMutableBufferPointer(rebasing: output[z * plane..<(z + 1) * plane]))
        } catch {
          fault = error
        }
      }
    }
    if let fault { throw fault }
    let isScaled = series.order.contains { $0.slice.isScaled }
    let formats = Set(files.map(\.format.type))
    let type = isScaled || formats.count > 1 ? VoxelType.float32 : files[0].format.type
    return (Volume(voxels: voxels, geometry: series.geometry), type)
  }

  /// A frame of a file, counted from 0: [1 or 3, y, x], 0...1, with the size of its pixels (1 mm
  /// where the file has none).
  public static func image(_ path: String, frame: Int = 0) throws -> Image {
    try image(try FileBytes.read(path), file: path, frame: frame)
  }

  /// The same from bytes; `file` names them in errors.
  public static func image(_ bytes: [UInt8], file: String, frame: Int = 0) throws -> Image {
    let found = try DICOMFile(bytes, file: file)
    guard found.slices.indices.contains(frame) else {
      throw LightboxError.input(
        file: file, found: "\(found.slices.count) frames", expected: "a frame \(frame + 1)")
    }
    let spacing = found.slices[frame].spacingMM ?? Image.Spacing(y: 1, x: 1)
    let pixels = Tensor<Float>(shape: [found.samples, found.rows, found.columns]) {
      found.shades(bytes, frame, into: $0)
    }
    return Image(pixels: pixels, spacingMM: spacing)
  }

  /// Whether a path is a folder or a file with the signature.
  static func isDICOM(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
    return isFolder.boolValue || isSigned(path)
  }

  /// The files to read: the one given, or those of the folder in the order of their names.
  private static func paths(_ path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else { return [path] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw LightboxError(.io, "\(path): cannot read: \(error.localizedDescription)")
    }
    let found = names.filter { !$0.hasPrefix(".") }
      .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
      .map { (path as NSString).appendingPathComponent($0) }
      .filter(isSigned)
    guard !found.isEmpty else { throw none(path, "\(names.count) files and none of them DICOM") }
    return found
  }

  private static func none(_ path: String, _ found: String) -> LightboxError {
    .input(file: path, found: found, expected: "the slices of one DICOM series")
  }

  /// Whether a file has the signature; false for folders and unreadable files.
  private static func isSigned(_ path: String) -> Bool {
    var status = stat()
    // Only files: opening a pipe would wait for somebody to write.
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let file = fopen(path, "rb")
    else { return false }
    defer { fclose(file) }
    var head = [UInt8](repeating: 0, count: DICOMDataSet.preamble)
    return fread(&head, 1, head.count, file) == head.count && DICOMDataSet.isSigned(head)
  }

  /// Whether a file only lists others (Media Storage Directory Storage).
  private static func isDirectory(_ bytes: [UInt8], _ file: String) throws -> Bool {
    guard DICOMDataSet.isSigned(bytes) else { return false }
    var parser = DICOMParser(file: file, bytes: bytes, place: DICOMDataSet.preamble)
    return try parser.fileMeta().text(.mediaClass) == "1.2.840.10008.1.3.10"
  }
}

extension DICOMFile {
  /// Calls `body` with place and stored value of each sample of a frame, in the order of the file.
  private func each(_ bytes: [UInt8], _ frame: Int, _ body: (Int, Int) -> Void) {
    let start = pixels.lowerBound + frame * frameSize
    let count = rows * columns * samples
    precondition(
      start + frameSize <= min(bytes.count, pixels.upperBound), "bytes must hold frame \(frame)")
    bytes.withUnsafeBytes { raw in
      if format.size == 1 {
        for i in 0..<count { body(i, format.value(Int(raw[start + i]))) }
      } else {
        for i in 0..<count {
          let sample = raw.loadUnaligned(fromByteOffset: start + 2 * i, as: UInt16.self)
          body(i, format.value(Int(UInt16(littleEndian: sample))))
        }
      }
    }
  }

  /// The values of the modality in a grey frame, row by row.
  func values(_ bytes: [UInt8], _ slice: Slice, into output: UnsafeMutableBufferPointer<Float>) {
    precondition(output.count == rows * columns && samples == 1, "output must hold one grey frame")
    if slice.isScaled {
      let (slope, intercept) = (slice.slope, slice.intercept)
      each(bytes, slice.frame) { output[$0] = Float(Double($1) * slope + intercept) }
    } else {
      each(bytes, slice.frame) { output[$0] = Float($1) }
    }
  }

  /// A frame from 0 (black) to 1, [channel, y, x].
  func shades(_ bytes: [UInt8], _ frame: Int, into output: UnsafeMutableBufferPointer<Float>) {
    let (low, width) = (format.range.lowerBound, Float(format.range.count - 1))
    let isTurned = photometric == .monochrome1
    let plane = rows * columns
    each(bytes, frame) { i, value in
      let shade = Float(value - low) / width
      let place = samples == 1 || isPlanar ? i : i % 3 * plane + i / 3
      output[place] = isTurned ? 1 - shade : shade
    }
  }
}
