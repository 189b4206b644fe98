import Autodiff
import Kernels
import Networks
import Tensors
import Training

/// Styles of a generator that make given pictures, found by descent: what a projection leaves.
public struct LatentProjection: Codable, Sendable {
  /// [picture, styles], or [picture, places, styles] in W+.
  public let styles: Tensor<Float>
  /// The optimised noise maps, [picture, 1, side, side] for each of the generator's `noiseSides`;
  /// empty where noise was not optimised. The published synthesis leaves them behind and takes the
  /// generator's constant maps.
  public let noiseMaps: [Tensor<Float>]
  /// Per picture: the loss before each step, at the shaken style, then that of the style above.
  public let losses: [[Double]]
  /// The same without the part of the noise maps.
  public let distances: [[Double]]

  public var count: Int { losses.count }
}

/// Projection of pictures into the styles of a trained generator.
///
/// From a start w₀, Adam (.9, .999) takes the plan's steps down
///
///     p · perceptual distance + q · mean squared difference of pixels (+ the noise maps' part)
///
/// between the generator's picture and the given one. The perceptual distance is
/// `perceptualDistance` of the maps that `features` gives, of unit length at every place: the
/// published loss with another network in the place of VGG-16 (`discriminatorFeatures`). All steps
/// are always taken.
///
/// Every picture is worked out by itself, one to a thread: its style depends on the picture, its
/// start, its name and the stream, to the last bit, whatever else is projected beside it. Work can
/// be cut anywhere between pictures.
///
/// Source: Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, appendix D; Han et al. 2022,
/// doi:10.1038/s42256-022-00560-x.
public struct LatentProjector {
  public let generator: StyleGenerator<Float>
  public let plan: ProjectionPlan
  public let statistics: StyleStatistics
  private let features: PerceptualFeatures?

  /// - `features`: maps of a fixed network, whose parameters must not ask for gradients and
  ///   which several threads may call; needed where the plan weighs the perceptual distance.
  public init(
    _ generator: StyleGenerator<Float>, plan: ProjectionPlan, statistics: StyleStatistics,
    features: PerceptualFeatures?
  ) {
    precondition(
      plan.perceptualWeight == 0 || features != nil,
      "perceptualWeight (\(plan.perceptualWeight)) needs features")
    precondition(
      statistics.mean.shape == [generator.configuration.styles],
      "statistics of \(statistics.mean.count) numbers must be those of the generator")
    self.generator = generator
    self.plan = plan
    self.statistics = statistics
    self.features = plan.perceptualWeight == 0 ? nil : features
  }

  /// Projects pictures.
  ///
  /// A picture with numbers that are not finite has losses that are not finite; the others do not
  /// notice.
  ///
  /// - `pictures`: [picture, channel, size, size], -1...1.
  /// - `start`: [picture, styles], such as an encoder's guesses, or [picture, places, styles] in
  ///   W+; the mean style where it is not given.
  /// - `names`: one a picture; its random numbers come from the stream's child of that name. Name
  ///   pictures that are projected in several calls: by default a name is the number in the call.
  public func project(
    _ pictures: Tensor<Float>, from start: Tensor<Float>? = nil, names: [String]? = nil,
    stream: RandomStream
  ) -> LatentProjection {
    let shape = generator.configuration
    precondition(
      pictures.shape.count == 4 && pictures.shape[0] > 0
        && Array(pictures.shape[1...]) == [shape.channels, shape.size, shape.size],
      "pictures \(pictures.shape) must be those of \(shape)")
    let count = pictures.shape[0]
    precondition(
      names == nil || names!.count == count, "names must be one for each of \(count) pictures")
    let starts = starts(start, count)
    let constant = plan.noise == .constant ? shape.noiseMaps(stream.child("noise")) : []
    var found = [Found?](repeating: nil, count: count)
    generator.withoutGradients {
      found.withUnsafeMutableBufferPointer { slots in
        let slots = slots
        Parallel.each(count) { number in
          let own = number..<number + 1
          slots[number] = search(
            for: pictures.slice(axis: 0, range: own), from: starts.slice(axis: 0, range: own),
            constant: constant,
            stream: stream.child("picture").child(names?[number] ?? String(number)))
        }
      }
    }
    let all = found.map { $0! }
    return LatentProjection(
      styles: .concatenate(all.map(\.style), axis: 0),
      noiseMaps: all[0].maps.indices.map { place in
        .concatenate(all.map { $0.maps[place] }, axis: 0)
      }, losses: all.map(\.losses), distances: all.map(\.distances))
  }

  /// One start a picture, of the shape that the plan's space has.
  private func starts(_ given: Tensor<Float>?, _ count: Int) -> Tensor<Float> {
    let shape = generator.configuration
    let start =
      given
      ?? statistics.mean.reshaped([1, shape.styles]).broadcast(
        to: [count, shape.styles])
    let whole = [count, shape.stylePlaces, shape.styles]
    if plan.space == .everyPlace, start.shape == [count, shape.styles] {
      return start.reshaped([count, 1, shape.styles]).broadcast(to: whole)
    }
    let expected = plan.space == .everyPlace ? whole : [count, shape.styles]
    precondition(start.shape == expected, "start \(start.shape) must be \(expected)")
    return start
  }

  /// What was found for one picture, with a first axis of 1.
  private struct Found {
    var style: Tensor<Float>
    var maps: [Tensor<Float>] = []
    var losses: [Double] = []
    var distances: [Double] = []
  }

  private func search(
    for picture: Tensor<Float>, from start: Tensor<Float>, constant: [Tensor<Float>],
    stream: RandomStream
  ) -> Found {
    let target = Variable(picture)
    let wanted = features.map { $0(target) }
    let unit = plan.rateUnit == .absolute ? 1 : Float(statistics.coordinateDeviation)
    let origin = Variable(start)
    // The style is start + unit · offset, so that one rate serves it and the noise maps.
    let offset = Parameter("offset", Tensor<Float>.zeros(start.shape))
    var autocorrelation: Double?
    var moving: [Parameter<Float>] = []
    if case .optimized(let weight) = plan.noise {
      autocorrelation = weight
      moving = generator.configuration.noiseMaps(stream).enumerated().map {
        Parameter("noise \($0)", $1)
      }
    }
    let fixed = constant.map { Variable($0) }
    let parameters = [offset] + moving
    var optimizer = Optimizer<Float>(.adam(), shapes: parameters.map(\.shape))
    var found = Found(style: start)
    func measure(shake: Tensor<Float>?) -> Variable<Float> {
      var style = origin + affine(offset.variable, scale: unit)
      if let shake { style = style + Variable(shake) }
      let maps = moving.isEmpty ? fixed : moving.map(\.variable)
      let made =
        maps.isEmpty ? generator.pictures(style) : generator.pictures(style, noiseMaps: maps)
      let distance = distance(made, target, wanted)
      found.distances.append(Double(distance.item))
      var loss = distance
      if let autocorrelation {
        for map in maps {
          loss = loss + affine(noiseAutocorrelation(map), scale: Float(autocorrelation))
        }
      }
      found.losses.append(Double(loss.item))
      return loss
    }
    for step in 0..<plan.steps {
      let deviation = Float(plan.exploration(step: step) * statistics.deviation)
      var numbers = stream.child("exploration").child(step)
      let loss = measure(
        shake: deviation > 0
          ? Tensor(shape: start.shape) { numbers.fillNormal($0, standardDeviation: deviation) }
          : nil)
      optimizer.update(
        parameters,
        gradients: gradients(of: loss, at: parameters.map(\.variable), freeingGraph: true),
        learningRate: plan.learningRate(step: step))
      for map in moving { map.value = map.value.standardized }
    }
    for parameter in parameters { parameter.requiresGradient = false }
    _ = measure(shake: nil)
    found.style = start + offset.value.affine(scale: unit, offset: 0)
    found.maps = moving.map(\.value)
    return found
  }

  /// The weighted distance of a picture [1, channel, size, size] from its target, without axes.
  private func distance(
    _ made: Variable<Float>, _ target: Variable<Float>, _ wanted: [Variable<Float>]?
  ) -> Variable<Float> {
    var parts: [Variable<Float>] = []
    if let features, let wanted {
      parts.append(
        affine(
          sum(perceptualDistance(features(made), wanted)), scale: Float(plan.perceptualWeight)))
    }
    if plan.pixelWeight > 0 {
      parts.append(affine(mean(square(made - target)), scale: Float(plan.pixelWeight)))
    }
    return parts.dropFirst().reduce(parts[0]) { $0 + $1 }
  }
}
