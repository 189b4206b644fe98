import Autodiff
import Foundation
import Imaging
import Kernels
import Networks
import Tensors

/// Where `lightbox fid` takes the feature vectors of one side from: a file of features, or a folder
/// of pictures that Inception-v3 turns into features.
struct FeatureSource {
  let path: String
  let isFolder: Bool

  init(_ path: String) {
    self.path = path
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    self.isFolder = exists && isFolder.boolValue
  }

  /// The features [n, d], by `inception` where this is a folder.
  func features(skipping skipped: [String], _ inception: InceptionFolder?) throws -> Tensor<Float> {
    guard isFolder else { return try FeatureFile.read(path, skipping: skipped) }
    guard let inception else {
      throw LightboxError(
        .usage,
        "\(path): a folder of pictures needs --weights with Inception-v3 as safetensors (see "
          + "lightbox fid --help), or give files of features")
    }
    return try inception.features(of: path)
  }
}

/// Inception-v3 for the pictures of a folder.
struct InceptionFolder {
  let network: InceptionV3<Float>
  let input: InceptionInput
  /// SHA-256 of the file of weights.
  let digest: String

  private static let batch = 16

  init(weights path: String, input: InceptionInput) throws {
    digest = try SHA256.hex(ofFile: path)
    network = try InceptionV3(contentsOf: path)
    self.input = input
  }

  /// The 2048 features of every PNG and JPEG directly in a folder, in the order of the names' bytes.
  ///
  /// Pictures may differ in size; 8 bits a sample, grey repeated, alpha left out.
  func features(of folder: String) throws -> Tensor<Float> {
    let files = try Self.files(folder)
    var parts: [Tensor<Float>] = []
    for start in stride(from: 0, to: files.count, by: Self.batch) {
      let names = files[start..<min(files.count, start + Self.batch)]
      let prepared = try names.map { name in
        input.prepared(try Self.levels(folder + "/" + name))
      }
      parts.append(
        network.withoutGradients {
          network.features(Variable(.concatenate(prepared, axis: 0))).value
        })
      Self.report(folder, start + names.count, files.count)
    }
    return .concatenate(parts, axis: 0)
  }

  private static func files(_ folder: String) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let pictures = names.filter { name in
      let lowered = name.lowercased()
      return !name.hasPrefix(".") && [".png", ".jpg", ".jpeg"].contains { lowered.hasSuffix($0) }
    }
    guard !pictures.isEmpty else {
      throw LightboxError.input(
        file: folder, found: "\(names.count) files and none of them .png, .jpg or .jpeg",
        expected: "pictures directly in the folder")
    }
    return pictures.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  /// Levels of 0...255, [1, 1 or 3, height, width].
  private static func levels(_ path: String) throws -> Tensor<Float> {
    let raster = try ImageFile.raster(path)
    guard case .bytes(let samples) = raster.samples else {
      throw LightboxError.input(
        file: path, found: "\(raster.bits) bits a sample", expected: "8",
        hint: "the distance is defined on 8-bit pictures; choose the window and convert")
    }
    let (height, width, stored) = (raster.height, raster.width, raster.channels)
    let channels = stored < 3 ? 1 : 3
    return Tensor(shape: [1, channels, height, width]) { levels in
      for c in 0..<channels {
        for i in 0..<height * width {
          levels[c * height * width + i] = Float(samples[i * stored + c])
        }
      }
    }
  }

  /// A line that counts, where somebody watches.
  private static func report(_ folder: String, _ done: Int, _ count: Int) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    let end = done == count ? "\n" : ""
    FileHandle.standardError.write(Data("\r\(folder): \(done) of \(count) pictures\(end)".utf8))
  }
}
