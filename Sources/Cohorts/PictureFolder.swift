import Foundation
import Imaging
import Kernels
import Tensors

/// The public data sets of the diffusion-against-GAN study, in the layouts in which they are
/// published, as labelled pictures of one size.
///
/// - AIROGS: `train_labels.csv` with columns challenge_id and class (NRG or RG), pictures
///   `<challenge_id>.jpg` beside it or one folder below (as the archives unpack).
/// - CheXpert: `train.csv` with columns Path, Frontal/Lateral and Cardiomegaly; lateral films are
///   left out; 1 and -1 (uncertain) count as positive, 0 and nothing as negative, as the study's
///   source has it. One channel.
/// - CRC: folders `MSIH` and `nonMSIH` of JPG or PNG tiles. Class 1 is MSIH; the source's own code
///   numbers them the other way round.
/// - MedMNIST: an `.npz` of one label (PneumoniaMNIST and its like).
///
/// Pictures become square by their middle part, then area means of `size` pixels a side, -1...1.
public struct PictureFolder: Sendable {
  /// Opens a data set by what is there: [n, channel, size, size] in -1...1, the class number and the
  /// patient of each picture, names of the classes and of the data set.
  ///
  /// A patient is the person where the layout names one (CheXpert's folder, a TCGA barcode in a
  /// tile's name), else the picture itself. With `perClass`, the first so many pictures of each class
  /// are read. Throws an input error naming file, row and column: a layout that is none of these, a
  /// missing column, an unknown class, a missing or damaged picture, a class without pictures.
  public static func open(_ path: String, size: Int, perClass: Int? = nil) throws -> (
    pictures: Tensor<Float>, labels: [Int], patients: [String], classes: [String],
    dataset: String
  ) {
    precondition(size > 0, "size (\(size)) must be positive")
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw LightboxError.input(file: path, found: "no file or folder", expected: expectation)
    }
    if !isFolder.boolValue {
      guard path.lowercased().hasSuffix(".npz") else {
        throw LightboxError.input(
          file: path, found: "a file of another kind", expected: expectation)
      }
      return try medMNIST(path, size: size, perClass: perClass)
    }
    let listing: PictureListing
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }
    if has("train_labels.csv") {
      listing = try PictureListing.airogs(path)
    } else if has("train.csv") {
      listing = try PictureListing.cheXpert(path)
    } else if has("MSIH") || has("nonMSIH") {
      listing = try PictureListing.crc(path)
    } else {
      throw LightboxError.input(
        file: path, found: "a folder of another layout", expected: expectation)
    }
    let entries = chosen(listing.entries, perClass: perClass) { $0.label }
    for (label, name) in listing.classes.enumerated()
    where !entries.contains(where: { $0.label == label }) {
      throw LightboxError.input(
        file: path, found: "no picture of class \(name)", expected: "pictures of both classes")
    }
    let pieces = try Parallel.map(entries.count) { index -> [Float] in
      let entry = entries[index]
      do {
        let image = try ImageFile.read(entry.file)
        return square(listing.channels == 1 ? image.grey() : image.rgb(), size: size)
      } catch let error as LightboxError {
        throw entry.place.isEmpty
          ? error : LightboxError(error.kind, "\(entry.place): \(error.description)")
      }
    }
    return (
      tensor(pieces, channels: listing.channels, size: size), entries.map(\.label),
      entries.map(\.patient), listing.classes, listing.dataset
    )
  }

  private static let expectation =
    "train_labels.csv with pictures (AIROGS), train.csv (CheXpert), folders MSIH and nonMSIH (CRC), "
    + "or a MedMNIST .npz"

  /// The first so many of each label, in order.
  private static func chosen<Entry>(
    _ entries: [Entry], perClass: Int?, label: (Entry) -> Int
  ) -> [Entry] {
    guard let perClass else { return entries }
    var counts: [Int: Int] = [:]
    return entries.filter {
      counts[label($0), default: 0] += 1
      return counts[label($0)]! <= perClass
    }
  }

  /// The middle square of a picture, averaged to `size` pixels a side, -1...1.
  private static func square(_ image: Image, size: Int) -> [Float] {
    let side = min(image.height, image.width)
    let top = (image.height - side) / 2
    let left = (image.width - side) / 2
    let plane = image.height * image.width
    let cut = image.pixels.withUnsafeElements { pixels in
      Tensor<Float>(shape: [image.channels, side, side]) { target in
        for c in 0..<image.channels {
          for row in 0..<side {
            let source = c * plane + (top + row) * image.width + left
            for column in 0..<side {
              target[(c * side + row) * side + column] = pixels[source + column]
            }
          }
        }
      }
    }
    // Interpolation weights add up to 1 only to rounding.
    return Image(pixels: cut).resampled(height: size, width: size).pixels.elements.map {
      2 * min(max($0, 0), 1) - 1
    }
  }

  private static func tensor(_ pieces: [[Float]], channels: Int, size: Int) -> Tensor<Float> {
    let count = channels * size * size
    return Tensor(shape: [pieces.count, channels, size, size]) { target in
      for (index, piece) in pieces.enumerated() {
        for i in 0..<count { target[index * count + i] = piece[i] }
      }
    }
  }

  private static func medMNIST(_ path: String, size: Int, perClass: Int?) throws -> (
    pictures: Tensor<Float>, labels: [Int], patients: [String], classes: [String],
    dataset: String
  ) {
    let cohort = try MedMNIST.read(path)
    let names = cohort.labelNames
    let labels = try cohort.cases.map { value -> Int in
      if names.count == 1 { return value.labels[0]! }
      let set = names.indices.filter { value.labels[$0] == 1 }
      guard set.count == 1 else {
        throw LightboxError.input(
          file: "\(path), case \(value.id)", found: "\(set.count) labels",
          expected: "one class a picture")
      }
      return set[0]
    }
    let kept = chosen(Array(labels.indices), perClass: perClass) { labels[$0] }
    let channels = cohort.images.shape[1]
    let shape = Array(cohort.images.shape[1...])
    let pieces = try Parallel.map(kept.count) { index in
      let image = Image(
        pixels: cohort.images.gathered(rows: [kept[index]]).reshaped(shape))
      return square(image, size: size)
    }
    return (
      tensor(pieces, channels: channels, size: size), kept.map { labels[$0] },
      kept.map { cohort.cases[$0].patient },
      names.count == 1 ? ["no " + names[0], names[0]] : names, cohort.name
    )
  }
}
