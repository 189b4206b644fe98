import Autodiff
import Kernels
import Networks
import Tensors

/// Shuffled batches of slices for a segmentation network, changed at random, with the loss
/// that nnU-Net trains with (`diceAndCrossEntropy`).
///
/// Images are [slice, 1, height, width]; a mask is one label per pixel, targets [slice, height *
/// width], 0 or 1. The network gives two classes, background first. Epoch e visits the slices in
/// the order of the stream's child e, and slice i of step s is changed by its own stream, so a
/// training that goes on from a checkpoint repeats its steps.
public struct SliceBatches: GradientEstimator {
  public typealias Scalar = Float
  private let batches: ShuffledBatches<Float>
  private let augmentation: SliceAugmentation?
  private let stream: RandomStream

  public init(
    slices: Int, plan: TrainingPlan, augmentation: SliceAugmentation?, stream: RandomStream
  ) {
    batches = ShuffledBatches(cases: slices, plan: plan, stream: stream)
    self.augmentation = augmentation
    self.stream = stream.child("augmentation")
  }

  public var steps: Int { batches.steps }
  public var isRepeatable: Bool { true }

  /// The gradient of the mean loss over one batch; `loss` belongs to classifiers and is not used.
  public func estimate(
    step: Int, network: any Network<Float>, data: TrainingData<Float>, loss: MultiLabelLoss<Float>
  ) throws -> GradientEstimate<Float> {
    let part = data.batch(batches.batch(step: step))
    var (images, masks) = (part.images, part.targets)
    if let augmentation {
      (images, masks) = augmentation.changed(
        images: images, masks: masks, stream: stream.child(step))
    }
    let value = diceAndCrossEntropy(network(Variable(images)), targets: Self.classes(masks, images))
    let found = gradients(
      of: value, at: network.variables, upstream: Tensor<Float>.ones(value.shape),
      freeingGraph: true)
    return GradientEstimate(
      gradients: found,
      statistics: StepStatistics(
        step: step, batch: part.count, loss: Double(value.value.elements[0])))
  }

  /// Masks [slice, height * width] as two classes [slice, 2, height, width], background first.
  static func classes(_ masks: Tensor<Float>, _ images: Tensor<Float>) -> Tensor<Float> {
    let (height, width) = (images.shape[2], images.shape[3])
    let inside = masks.reshaped([masks.shape[0], 1, height, width])
    return Tensor.concatenate([inside.affine(scale: -1, offset: 1), inside], axis: 1)
  }
}
