import Kernels
import Tensors

/// Weights as a safetensors file: the layout and names that `safetensors.torch.load_file` gives
/// to `load_state_dict` of the same architecture in PyTorch, and back.
extension Weights {
  /// Reads every tensor of a file, in the order of its data; other number types are converted.
  ///
  /// Throws `LightboxError` where the file is missing or damaged.
  public init(contentsOf path: String) throws {
    let file = try Safetensors.read(path)
    let names = file.names
    self.init(names: names, values: try names.map { try file.tensor($0) })
  }

  /// Writes a file; equal weights give equal bytes.
  ///
  /// Throws `LightboxError` where the path cannot be written.
  public func write(to path: String) throws {
    try Safetensors.write(zip(names, values).map { (name: $0, value: $1) }, to: path)
  }
}
