import Autodiff
import Imaging
import Kernels
import Networks
import Tensors

/// How a slice-wise network sees a volume: planes across z, cut or padded to one size, grey values
/// divided by 255.
public struct SliceView: Codable, Hashable, Sendable {
  /// Rows and columns that the network is given; multiples of its coarsest cell.
  public var height, width: Int

  public init(height: Int, width: Int) {
    precondition(
      height > 0 && width > 0, "height (\(height)) and width (\(width)) must be positive")
    self.height = height
    self.width = width
  }

  /// The planes of voxels [z, y, x], 0...255, as pictures [z, 1, height, width], 0...1: the top rows
  /// and the middle columns, zeros beyond the volume.
  public func pictures(_ voxels: Tensor<Float>) -> Tensor<Float> {
    fitted(voxels).affine(scale: 1 / 255, offset: 0).reshaped([voxels.shape[0], 1, height, width])
  }

  /// The planes of a mask [z, y, x] as labels [z, height * width].
  public func labels(_ mask: Mask) -> Tensor<Float> {
    precondition(mask.shape.count == 3, "mask \(mask.shape) must be [z, y, x]")
    let values = Tensor<Float>(shape: mask.shape) { output in
      for (i, voxel) in mask.voxels.enumerated() { output[i] = voxel ? 1 : 0 }
    }
    return fitted(values).reshaped([mask.shape[0], height * width])
  }

  /// Values [z, height, width] back in a volume of the given shape; zeros where the view does not
  /// reach.
  public func restored(_ planes: Tensor<Float>, shape: [Int]) -> Tensor<Float> {
    let left = (shape[2] - width) / 2
    var result = planes
    result =
      width <= shape[2]
      ? result.padded(axis: 2, before: left, after: shape[2] - width - left)
      : result.slice(axis: 2, range: -left..<(shape[2] - left))
    return height <= shape[1]
      ? result.padded(axis: 1, before: 0, after: shape[1] - height)
      : result.slice(axis: 1, range: 0..<shape[1])
  }

  private func fitted(_ voxels: Tensor<Float>) -> Tensor<Float> {
    precondition(voxels.rank == 3, "voxels \(voxels.shape) must be [z, y, x]")
    let (rows, columns) = (voxels.shape[1], voxels.shape[2])
    let left = (columns - width) / 2
    var result = voxels
    result =
      columns >= width
      ? result.slice(axis: 2, range: left..<(left + width))
      : result.padded(axis: 2, before: -left, after: width - columns + left)
    return rows >= height
      ? result.slice(axis: 1, range: 0..<height)
      : result.padded(axis: 1, before: 0, after: height - rows)
  }
}

/// The probability of the foreground at every voxel, [z, y, x], from a network that sees one plane
/// at a time. Zero outside the view.
///
/// Batches of planes run in parallel; the cut into batches does not depend on the number of threads.
public func foreground(
  _ network: SegmentationUNet<Float>, _ voxels: Tensor<Float>, view: SliceView, batch: Int = 8
) -> Tensor<Float> {
  let pictures = view.pictures(voxels)
  let planes = pictures.shape[0]
  let batches = (planes + batch - 1) / batch
  let probabilities = network.withoutGradients {
    nonisolated(unsafe) let network = network
    nonisolated(unsafe) var parts = [Tensor<Float>?](repeating: nil, count: batches)
    parts.withUnsafeMutableBufferPointer { slots in
      nonisolated(unsafe) let slots = slots
      Parallel.each(batches) { index in
        let range = index * batch..<min(planes, (index + 1) * batch)
        let logits = network(Variable(pictures.slice(axis: 0, range: range)))
        slots[index] = softmax(logits, axis: 1).value.slice(axis: 1, range: 1..<2)
      }
    }
    return Tensor.concatenate(parts.map { $0! }, axis: 0)
  }
  return view.restored(
    probabilities.reshaped([planes, view.height, view.width]), shape: voxels.shape)
}

/// What is kept of a probability map: the largest 6-connected component of the voxels above 1/2,
/// closed with a ball.
///
/// Holes and slits narrower than twice the radius are filled; an empty map stays empty.
public func cleanedMask(
  _ probabilities: Tensor<Float>, spacingMM: [Double], closingMM: Double = 1
) -> Mask {
  let mask = Mask(probabilities, above: 0.5, spacingMM: spacingMM)
  return ConnectedComponents(mask).largest.closed(radiusMM: closingMM)
}
