import Kernels
import Tensors

extension InceptionV3 {
  /// A network with the weights of a safetensors file that has PyTorch's names.
  ///
  /// The weights of the distance are TensorFlow's of 2015-12-05, under their own licence (Apache
  /// 2.0); they do not come with this project. On a machine with network and PyTorch, once:
  ///
  ///     base=https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights
  ///     curl -LO $base/pt_inception-2015-12-05-6726825d.pth
  ///     python3 - <<'END'
  ///     import torch, safetensors.torch
  ///     weights = torch.load("pt_inception-2015-12-05-6726825d.pth")
  ///     safetensors.torch.save_file(
  ///         {name: value.contiguous() for name, value in weights.items()}, "inception.safetensors")
  ///     END
  ///
  /// pytorch-fid's file and torch-fidelity's `weights-inception-2015-12-05-6726825d.pth` hold the
  /// same numbers. torchvision's own Inception-v3 weights have the same names but other numbers
  /// and 1000 classes: they are refused by their shape, because their distance is another one.
  ///
  /// - Throws: `LightboxError` (input) where the file is missing or damaged, or a tensor is missing,
  ///   unknown or of another shape.
  public convenience init(contentsOf path: String) throws {
    self.init(weightsFrom: nil)
    try load(Weights<Scalar>(contentsOf: path), source: path)
  }
}
