import Kernels
import Tensors

/// Labelled pictures that a generative network is trained on or compared with.
public struct PictureSet: Codable, Sendable {
  /// [picture, channel, height, width], -1...1.
  public var pictures: Tensor<Float>
  /// The class of each picture, from 0.
  public var labels: [Int]

  public init(pictures: Tensor<Float>, labels: [Int]) {
    precondition(
      pictures.shape.count == 4 && pictures.shape[0] == labels.count,
      "pictures \(pictures.shape) must be [\(labels.count), channel, height, width]")
    self.pictures = pictures
    self.labels = labels
  }

  public var count: Int { labels.count }

  /// Some of the pictures, in the order asked for.
  public func subset(_ indices: [Int]) -> PictureSet {
    PictureSet(pictures: pictures.gathered(rows: indices), labels: indices.map { labels[$0] })
  }

  /// The numbers of the pictures of one class.
  public func indices(label: Int) -> [Int] { labels.indices.filter { labels[$0] == label } }
}

/// The pictures of a step: shuffled epochs, the last incomplete batch of each dropped.
///
/// Epoch e visits the pictures in the order of the stream's child e, so that a batch depends on the
/// stream and the step alone.
public struct PictureBatches: Sendable {
  public let count, size: Int
  private let stream: RandomStream

  public init(count: Int, size: Int, stream: RandomStream) {
    precondition(size > 0 && size <= count, "size (\(size)) must lie in 1...\(count)")
    self.count = count
    self.size = size
    self.stream = stream.child("batches")
  }

  public var stepsPerEpoch: Int { count / size }

  /// The numbers of the pictures of a step, counted from 0.
  public func batch(step: Int) -> [Int] {
    var epoch = stream.child(step / stepsPerEpoch)
    let first = step % stepsPerEpoch * size
    return Array(epoch.permutation(count)[first..<first + size])
  }
}
