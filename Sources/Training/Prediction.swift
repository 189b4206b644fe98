import Autodiff
import Kernels
import Networks
import Tensors

/// The logits of a network for many images, [case, class].
///
/// images [case, channel, height, width]. Batches run in parallel; the cut into batches does not
/// depend on the number of threads. No graph is recorded. The network's parameters must not
/// change meanwhile.
public func predict<Scalar>(
  _ network: any Network<Scalar>, images: Tensor<Scalar>, batch: Int = 64
) -> Tensor<Scalar> {
  precondition(batch > 0, "batch (\(batch)) must be positive")
  let cases = images.shape[0]
  precondition(cases > 0, "images \(images.shape) must hold at least one case")
  return network.withoutGradients {
    nonisolated(unsafe) let network = network
    let batches = (cases + batch - 1) / batch
    nonisolated(unsafe) var parts = [Tensor<Scalar>?](repeating: nil, count: batches)
    parts.withUnsafeMutableBufferPointer { slots in
      nonisolated(unsafe) let slots = slots
      Parallel.each(batches) { index in
        let part = images.slice(
          axis: 0, range: index * batch..<min(cases, (index + 1) * batch))
        slots[index] = network(Variable(part)).value
      }
    }
    let classes = parts[0]!.shape[1]
    return Tensor(shape: [cases, classes], parts.flatMap { $0!.elements })
  }
}

/// 1/(1 + exp(−x)) of every element: logits to probabilities.
public func probabilities<Scalar>(_ logits: Tensor<Scalar>) -> Tensor<Scalar> {
  sigmoid(Variable(logits)).value
}
