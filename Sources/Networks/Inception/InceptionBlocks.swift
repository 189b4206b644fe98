import Autodiff
import Tensors

/// A part of Inception-v3 between two sizes or channel counts.
typealias InceptionBlock<Scalar: TensorScalar> = (Variable<Scalar>) -> Variable<Scalar>

/// Where the branch that pools comes from: the published network has means everywhere, the one
/// behind the FID a maximum in its last block.
enum InceptionPool { case mean, maximum }

// Branches are joined along the channels in the order of PyTorch's port. In the branches that pool,
// the mean is taken after the 1x1 convolution instead of before: both are linear and the mean of
// a constant is that constant, so they commute, and fewer channels are pooled.
extension InceptionBuilder {
  /// Units one after another.
  private func chain(_ units: [InceptionUnit<Scalar>]) -> InceptionBlock<Scalar> {
    { x in units.reduce(x) { $1($0) } }
  }

  private func joined(_ branches: [InceptionBlock<Scalar>]) -> InceptionBlock<Scalar> {
    { x in concatenate(branches.map { $0(x) }, axis: 1) }
  }

  mutating func unit(
    _ name: String, _ input: Int, _ output: Int, _ height: Int, _ width: Int, stride: Int = 1,
    padded: Bool = false
  ) -> InceptionUnit<Scalar> {
    InceptionUnit(
      name, from: input, to: output, kernel: (height, width), stride: stride,
      padding: padded ? (height / 2, width / 2) : (0, 0), &self)
  }

  private func pooled(
    _ unit: InceptionUnit<Scalar>, _ pool: InceptionPool
  ) -> InceptionBlock<Scalar> {
    switch pool {
    case .mean: return { relu(averageInside(unit.linear($0))) }
    case .maximum: return { unit(maxPool2d($0, size: 3, stride: 1, padding: 1)) }
    }
  }

  /// 35x35: branches of 1x1, 5x5, two 3x3, and a mean; 224 + `poolFeatures` channels.
  mutating func blockA(_ name: String, from input: Int, poolFeatures: Int) -> InceptionBlock<Scalar>
  {
    let one = unit(name + ".branch1x1", input, 64, 1, 1)
    let five = [
      unit(name + ".branch5x5_1", input, 48, 1, 1),
      unit(name + ".branch5x5_2", 48, 64, 5, 5, padded: true),
    ]
    let three = [
      unit(name + ".branch3x3dbl_1", input, 64, 1, 1),
      unit(name + ".branch3x3dbl_2", 64, 96, 3, 3, padded: true),
      unit(name + ".branch3x3dbl_3", 96, 96, 3, 3, padded: true),
    ]
    let last = unit(name + ".branch_pool", input, poolFeatures, 1, 1)
    return joined([chain([one]), chain(five), chain(three), pooled(last, .mean)])
  }

  /// 35x35 to 17x17: 480 + `input` channels.
  mutating func blockB(_ name: String, from input: Int) -> InceptionBlock<Scalar> {
    let single = unit(name + ".branch3x3", input, 384, 3, 3, stride: 2)
    let double = [
      unit(name + ".branch3x3dbl_1", input, 64, 1, 1),
      unit(name + ".branch3x3dbl_2", 64, 96, 3, 3, padded: true),
      unit(name + ".branch3x3dbl_3", 96, 96, 3, 3, stride: 2),
    ]
    return joined([chain([single]), chain(double), { maxPool2d($0, size: 3, stride: 2) }])
  }

  /// 17x17: 7x7 kernels as pairs of 1x7 and 7x1; 768 channels.
  mutating func blockC(_ name: String, from input: Int, width c: Int) -> InceptionBlock<Scalar> {
    let one = unit(name + ".branch1x1", input, 192, 1, 1)
    let single = [
      unit(name + ".branch7x7_1", input, c, 1, 1),
      unit(name + ".branch7x7_2", c, c, 1, 7, padded: true),
      unit(name + ".branch7x7_3", c, 192, 7, 1, padded: true),
    ]
    let double = [
      unit(name + ".branch7x7dbl_1", input, c, 1, 1),
      unit(name + ".branch7x7dbl_2", c, c, 7, 1, padded: true),
      unit(name + ".branch7x7dbl_3", c, c, 1, 7, padded: true),
      unit(name + ".branch7x7dbl_4", c, c, 7, 1, padded: true),
      unit(name + ".branch7x7dbl_5", c, 192, 1, 7, padded: true),
    ]
    let last = unit(name + ".branch_pool", input, 192, 1, 1)
    return joined([chain([one]), chain(single), chain(double), pooled(last, .mean)])
  }

  /// 17x17 to 8x8: 512 + `input` channels.
  mutating func blockD(_ name: String, from input: Int) -> InceptionBlock<Scalar> {
    let three = [
      unit(name + ".branch3x3_1", input, 192, 1, 1),
      unit(name + ".branch3x3_2", 192, 320, 3, 3, stride: 2),
    ]
    let seven = [
      unit(name + ".branch7x7x3_1", input, 192, 1, 1),
      unit(name + ".branch7x7x3_2", 192, 192, 1, 7, padded: true),
      unit(name + ".branch7x7x3_3", 192, 192, 7, 1, padded: true),
      unit(name + ".branch7x7x3_4", 192, 192, 3, 3, stride: 2),
    ]
    return joined([chain(three), chain(seven), { maxPool2d($0, size: 3, stride: 2) }])
  }

  /// 8x8: 3x3 kernels split side by side into 1x3 and 3x1; 2048 channels.
  mutating func blockE(
    _ name: String, from input: Int, pool: InceptionPool
  ) -> InceptionBlock<Scalar> {
    let one = unit(name + ".branch1x1", input, 320, 1, 1)
    let single = [unit(name + ".branch3x3_1", input, 384, 1, 1)]
    let singleEnds = [
      unit(name + ".branch3x3_2a", 384, 384, 1, 3, padded: true),
      unit(name + ".branch3x3_2b", 384, 384, 3, 1, padded: true),
    ]
    let double = [
      unit(name + ".branch3x3dbl_1", input, 448, 1, 1),
      unit(name + ".branch3x3dbl_2", 448, 384, 3, 3, padded: true),
    ]
    let doubleEnds = [
      unit(name + ".branch3x3dbl_3a", 384, 384, 1, 3, padded: true),
      unit(name + ".branch3x3dbl_3b", 384, 384, 3, 1, padded: true),
    ]
    let last = unit(name + ".branch_pool", input, 192, 1, 1)
    func forked(
      _ stem: [InceptionUnit<Scalar>], _ ends: [InceptionUnit<Scalar>]
    ) -> InceptionBlock<Scalar> {
      let (stem, fork) = (chain(stem), joined(ends.map { chain([$0]) }))
      return { fork(stem($0)) }
    }
    return joined([
      chain([one]), forked(single, singleEnds), forked(double, doubleEnds), pooled(last, pool),
    ])
  }
}
