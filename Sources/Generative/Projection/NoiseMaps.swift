import Autodiff
import Kernels
import Networks
import Tensors

/// How much the pixels of a noise map resemble their neighbours: for a map n of mean square 1,
///
///     Σ over scales of [mean (n · n shifted by a column)]² + [mean (n · n shifted by a row)]²
///
/// with shifts that wrap round, at the map's own scale and at every halving by 2x2 means down to a
/// side of 8. A single number; without it optimised noise draws the picture.
///
/// - Parameter map: [1, 1, side, side]; the side is a power of two.
///
/// Source: Karras et al. 2020, doi:10.1109/CVPR42600.2020.00813, appendix D. (Halved maps
/// keep the smaller mean square that averaging leaves, as in the released code; the appendix multiplies
/// them by 2.)
public func noiseAutocorrelation<Scalar: TensorScalar>(
  _ map: Variable<Scalar>
) -> Variable<Scalar> {
  precondition(
    map.shape.count == 4 && map.shape[2] == map.shape[3],
    "map \(map.shape) must be [1, 1, side, side]")
  func rolled(_ x: Variable<Scalar>, axis: Int) -> Variable<Scalar> {
    let extent = x.shape[axis]
    return concatenate(
      [
        slice(x, axis: axis, range: extent - 1..<extent),
        slice(x, axis: axis, range: 0..<extent - 1),
      ], axis: axis)
  }
  var map = map
  var terms: [Variable<Scalar>] = []
  while true {
    for axis in [3, 2] { terms.append(square(mean(map * rolled(map, axis: axis)))) }
    guard map.shape[2] > 8 else { break }
    map = averagePool2d(map, size: 2, stride: 2)
  }
  return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
}

extension StyleConfiguration {
  /// Normal noise maps [1, 1, side, side] for each of `noiseSides`, from the stream's children.
  func noiseMaps(_ stream: RandomStream) -> [Tensor<Float>] {
    noiseSides.enumerated().map { place, side in
      var own = stream.child("noise \(place)")
      return Tensor(shape: [1, 1, side, side]) { own.fillNormal($0) }
    }
  }
}

extension Tensor where Scalar == Float {
  /// The same map with mean 0 and mean square 1; a map of one repeated number stays at zeros.
  var standardized: Tensor<Float> {
    let mean = elements.reduce(0.0) { $0 + Double($1) } / Double(count)
    let square = elements.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let root = (square / Double(count)).squareRoot()
    return affine(
      scale: root > 0 ? Float(1 / root) : 0, offset: root > 0 ? Float(-mean / root) : 0)
  }
}
