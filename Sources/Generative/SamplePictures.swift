import Autodiff
import Kernels
import Networks
import Tensors

/// Pictures of a style-based generator, [picture, channel, size, size], one for each label.
///
/// Picture i draws its latent and its noise from the stream's child i: a picture is a function of
/// its number, its label and the stream, whatever is drawn beside it. Values are clipped to -1...1
/// and rounded to the 256 levels of a byte.
///
/// Truncation ψ below 1 trades variety for looks: style ← mean + ψ (style - mean), with the mean
/// style of the label (Karras et al. 2019, doi:10.1109/CVPR.2019.00453, appendix B).
///
/// - `labels`: the class of each picture; for a generator without classes any numbers.
/// - `meanStyle`: [class, styles] from `meanStyles`; worked out anew where truncation needs it and
///   it is not given.
/// - `growth`: how far the generator had grown, for snapshots taken while it did; its pictures are
///   enlarged to full size by repeated pixels.
/// - `batch`: pictures in memory at once, rounded up to groups of 16; changes no bits.
public func samplePictures(
  _ generator: StyleGenerator<Float>, labels: [Int], truncation: Double = 1,
  meanStyle: Tensor<Float>? = nil, growth: StyleGrowth? = nil, stream: RandomStream,
  batch: Int = 64
) -> Tensor<Float> {
  let configuration = generator.configuration
  let knowsClasses = configuration.classes > 0
  let center =
    truncation == 1
    ? nil : meanStyle ?? meanStyles(of: generator, stream: stream.child("mean style"))
  return generator.withoutGradients {
    groupedPictures(labels: labels, stream: stream, batch: batch) { labels, streams in
      let latents = joined(streams, "latents", [configuration.styles])
      var styles = generator.styles(Variable(latents), labels: knowsClasses ? labels : nil)
      if let center {
        let mean = Variable(
          center.gathered(rows: knowsClasses ? labels : labels.map { _ in 0 }))
        styles = mean + affine(styles - mean, scale: Float(truncation))
      }
      var place = 0
      let made = generator.pictures(styles, growth: growth) { shape in
        defer { place += 1 }
        return joined(streams, "noise \(place)", Array(shape.dropFirst()))
      }
      var pictures = made.value
      while pictures.shape[3] < configuration.size { pictures = pictures.enlarged(.nearest) }
      return pictures
    }
  }
}

/// Pictures of a conditional Wasserstein GAN's generator, drawn and rounded in the same way; the
/// running statistics normalise.
public func samplePictures(
  _ generator: WGANGenerator<Float>, labels: [Int], stream: RandomStream, batch: Int = 64
) -> Tensor<Float> {
  generator.withoutGradients {
    groupedPictures(labels: labels, stream: stream, batch: batch) { labels, streams in
      let latents = joined(streams, "latents", [generator.configuration.latent])
      return generator(Variable(latents), labels: labels, training: false).value
    }
  }
}

/// The mean style of each class over `count` latents, [class, styles]; one row for a generator
/// without classes.
public func meanStyles(
  of generator: StyleGenerator<Float>, count: Int = 4096, stream: RandomStream
) -> Tensor<Float> {
  let classes = generator.configuration.classes
  let latents = Variable(normalLatents(count, generator.configuration.styles, stream))
  return generator.withoutGradients {
    .concatenate(
      (0..<max(1, classes)).map { label in
        let labels = classes == 0 ? nil : [Int](repeating: label, count: count)
        return mean(generator.styles(latents, labels: labels), axes: [0], keepingAxes: true).value
      }, axis: 0)
  }
}

/// Pictures by groups of 16, always whole ones: kernels choose their algorithms, and so their
/// roundings, by the number of pictures.
private func groupedPictures(
  labels: [Int], stream: RandomStream, batch: Int,
  _ draw: (_ labels: [Int], _ streams: [RandomStream]) -> Tensor<Float>
) -> Tensor<Float> {
  precondition(!labels.isEmpty && batch > 0, "labels and batch (\(batch)) must not be empty")
  let size = 16
  let groups = (labels.count + size - 1) / size
  let together = (batch + size - 1) / size
  var parts: [Tensor<Float>] = []
  for first in stride(from: 0, to: groups, by: together) {
    let members = first..<min(groups, first + together)
    var made = [Tensor<Float>?](repeating: nil, count: members.count)
    made.withUnsafeMutableBufferPointer { made in
      nonisolated(unsafe) let made = made
      Parallel.each(members.count) { place in
        let numbers = (members.lowerBound + place) * size..<(members.lowerBound + place + 1) * size
        made[place] =
          draw(
            numbers.map { $0 < labels.count ? labels[$0] : labels[0] },
            numbers.map { stream.child($0) }
          ).atByteLevels
      }
    }
    parts += made.map { $0! }
  }
  return Tensor.concatenate(parts, axis: 0).slice(axis: 0, range: 0..<labels.count)
}

/// Normal numbers [picture] + shape, each picture's from the named child of its own stream.
private func joined(_ streams: [RandomStream], _ name: String, _ shape: [Int]) -> Tensor<Float> {
  let width = shape.reduce(1, *)
  return Tensor(shape: [streams.count] + shape) { numbers in
    for (place, stream) in streams.enumerated() {
      var own = stream.child(name)
      own.fillNormal(
        UnsafeMutableBufferPointer(rebasing: numbers[place * width..<(place + 1) * width]))
    }
  }
}
