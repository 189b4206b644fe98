import Autodiff
import Kernels
import Networks
import Tensors

/// Pictures as an autoencoder sees them: what a latent diffusion is trained on.
public struct EncodedPictures: Codable, Sendable {
  /// [picture, latent channel, height, width] each.
  public var mean, logVariance: Tensor<Float>
  /// The class of each picture, from 0.
  public var labels: [Int]

  public init(mean: Tensor<Float>, logVariance: Tensor<Float>, labels: [Int]) {
    precondition(
      mean.rank == 4 && mean.shape == logVariance.shape && mean.shape[0] == labels.count,
      "mean \(mean.shape) and logVariance \(logVariance.shape) must be [\(labels.count), channel, "
        + "height, width]")
    self.mean = mean
    self.logVariance = logVariance
    self.labels = labels
  }

  public var count: Int { labels.count }

  /// Shape of one latent picture.
  public var shape: [Int] { Array(mean.shape.dropFirst()) }
}

/// Means and log variances of the latent pictures of a set; batches of 64, in parallel.
public func encode(_ set: PictureSet, by network: PictureAutoencoder<Float>) -> EncodedPictures {
  let latents = network.configuration.latentChannels
  let both = network.withoutGradients {
    inBatches(of: 64, count: set.count) { range in
      let found = network.encode(Variable(set.pictures.slice(axis: 0, range: range)))
      return Tensor.concatenate([found.mean.value, found.logVariance.value], axis: 1)
    }
  }
  return EncodedPictures(
    mean: both.slice(axis: 1, range: 0..<latents),
    logVariance: both.slice(axis: 1, range: latents..<2 * latents), labels: set.labels)
}

/// Pictures of latent pictures [picture, latent channel, height, width], as a file would hold them:
/// held in -1...1 and at the nearest of 256 levels; batches of 64, in parallel.
public func decode(
  _ latents: Tensor<Float>, by network: PictureAutoencoder<Float>
) -> Tensor<Float> {
  network.withoutGradients {
    inBatches(of: 64, count: latents.shape[0]) { range in
      network.decode(Variable(latents.slice(axis: 0, range: range)))[0].value.atByteLevels
    }
  }
}

/// Rows worked out batch by batch, in parallel; the cut into batches does not depend on the number
/// of threads.
func inBatches(
  of size: Int, count: Int, _ body: (Range<Int>) -> Tensor<Float>
) -> Tensor<Float> {
  precondition(size > 0 && count > 0, "size (\(size)) and count (\(count)) must be positive")
  var parts = [Tensor<Float>?](repeating: nil, count: (count + size - 1) / size)
  parts.withUnsafeMutableBufferPointer { slots in
    let slots = slots
    Parallel.each(slots.count) { index in
      slots[index] = body(index * size..<min(count, (index + 1) * size))
    }
  }
  return Tensor.concatenate(parts.map { $0! }, axis: 0)
}

extension Tensor where Scalar == Float {
  /// Pixels held in -1...1 and moved to the nearest 2 k / 255 - 1, k = 0...255.
  var atByteLevels: Tensor<Float> {
    Tensor(shape: shape) { levels in
      withUnsafeElements { pixels in
        for i in levels.indices {
          let held = max(-1, min(1, pixels[i]))
          levels[i] = ((held + 1) * 127.5).rounded() / 127.5 - 1
        }
      }
    }
  }
}
