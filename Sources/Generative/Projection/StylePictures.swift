import Autodiff
import Kernels
import Networks
import Tensors

/// Pictures [picture, channel, size, size] of given styles, [picture, styles] or
/// [picture, places, styles], at the 256 levels of a byte.
///
/// Without noise, or with maps [1 or picture, 1, side, side] for each of `noiseSides`, the same for
/// all pictures or one each. Every picture is worked out by itself: it depends on its own style and
/// maps alone.
public func stylePictures(
  _ generator: StyleGenerator<Float>, styles: Tensor<Float>, noiseMaps: [Tensor<Float>] = []
) -> Tensor<Float> {
  generator.withoutGradients {
    inBatches(of: 1, count: styles.shape[0]) { range in
      let style = Variable(styles.slice(axis: 0, range: range))
      guard !noiseMaps.isEmpty else { return generator.pictures(style).value.atByteLevels }
      let maps = noiseMaps.map { map in
        Variable(map.shape[0] == 1 ? map : map.slice(axis: 0, range: range))
      }
      return generator.pictures(style, noiseMaps: maps).value.atByteLevels
    }
  }
}

/// The features of a trained discriminator at all its levels, for a perceptual distance without
/// any labels or outside network: `StyleDiscriminator.features` of a copy that nothing moves.
///
/// The state that a training of a style-based GAN offers for saving holds the weights as
/// "discriminator".
///
/// - Throws: `LightboxError` where the weights are of another network; `source` names their origin.
public func discriminatorFeatures(
  _ configuration: StyleConfiguration, weights: Weights<Float>, source: String = "weights"
) throws -> PerceptualFeatures {
  var stream = RandomStream(0)
  let frozen = StyleDiscriminator<Float>(configuration, stream: &stream)
  try frozen.load(weights, source: source)
  for parameter in frozen.parameters { parameter.requiresGradient = false }
  return { frozen.features($0) }
}
