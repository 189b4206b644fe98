import Autodiff
import Kernels
import Tensors

/// Where in Inception-v3 features are taken, by their number; each is the mean over the picture.
public enum InceptionFeatures: Int, Codable, Hashable, Sendable, CaseIterable {
  /// After the first and the second pooling.
  case firstPooling = 64
  case secondPooling = 192
  /// Before the last reduction of the size.
  case mixed6 = 768
  /// The last: what the Fréchet inception distance is defined on.
  case pool3 = 2048
}

/// Inception-v3 as the Fréchet inception distance (FID) means it.
///
/// The distance is defined on the 2048 features of one set of weights (TensorFlow's of
/// 2015-12-05), in a network that differs from the published one: means over 3x3 windows leave
/// padding out, and the last block takes a maximum where the others take a mean. Parameters have
/// the names of PyTorch's ports (pytorch-fid, torch-fidelity), whose weights load unchanged;
/// `InceptionV3(contentsOf:)` says how to get them. Without those weights nothing here is an FID.
///
/// 23,850,960 parameters, 5.7 billion multiplications a picture of 299x299.
/// References: Szegedy et al. 2016, doi:10.1109/CVPR.2016.308; Heusel et al. 2017,
/// doi:10.48550/arXiv.1706.08500.
public final class InceptionV3<Scalar: TensorScalar>: Parameterized {
  public let parameters: [Parameter<Scalar>]
  public let buffers: [Buffer<Scalar>]
  /// Classes of the original training, 1008 with its unused ones.
  public static var classes: Int { 1008 }
  /// The least height and width that reach the last block.
  public static var smallestSide: Int { 75 }

  private let stages: [(name: String, run: InceptionBlock<Scalar>)]
  private let head: Linear<Scalar>

  /// A network with random weights, N(0, 2/fan in); `stream` moves on.
  public convenience init(stream: inout RandomStream) {
    self.init(weightsFrom: stream.child("inception \(stream.next())"))
  }

  /// Weights from a stream, or 0 until they are loaded.
  init(weightsFrom stream: RandomStream?) {
    var make = InceptionBuilder<Scalar>(stream: stream)
    var stages: [(name: String, run: InceptionBlock<Scalar>)] = []
    func add(_ name: String, _ run: @escaping InceptionBlock<Scalar>) { stages.append((name, run)) }
    func add(
      _ name: String, _ input: Int, _ output: Int, kernel: Int, stride: Int = 1,
      padded: Bool = false
    ) {
      let unit = make.unit(name, input, output, kernel, kernel, stride: stride, padded: padded)
      add(name) { unit($0) }
    }
    add("Conv2d_1a_3x3", 3, 32, kernel: 3, stride: 2)
    add("Conv2d_2a_3x3", 32, 32, kernel: 3)
    add("Conv2d_2b_3x3", 32, 64, kernel: 3, padded: true)
    add("MaxPool_1") { maxPool2d($0, size: 3, stride: 2) }
    add("Conv2d_3b_1x1", 64, 80, kernel: 1)
    add("Conv2d_4a_3x3", 80, 192, kernel: 3)
    add("MaxPool_2") { maxPool2d($0, size: 3, stride: 2) }
    add("Mixed_5b", make.blockA("Mixed_5b", from: 192, poolFeatures: 32))
    add("Mixed_5c", make.blockA("Mixed_5c", from: 256, poolFeatures: 64))
    add("Mixed_5d", make.blockA("Mixed_5d", from: 288, poolFeatures: 64))
    add("Mixed_6a", make.blockB("Mixed_6a", from: 288))
    for (letter, width) in [("b", 128), ("c", 160), ("d", 160), ("e", 192)] {
      add("Mixed_6" + letter, make.blockC("Mixed_6" + letter, from: 768, width: width))
    }
    add("Mixed_7a", make.blockD("Mixed_7a", from: 768))
    add("Mixed_7b", make.blockE("Mixed_7b", from: 1280, pool: .mean))
    add("Mixed_7c", make.blockE("Mixed_7c", from: 2048, pool: .maximum))
    head = Linear(
      weight: make.parameter("fc.weight", [Self.classes, 2048], .weight),
      bias: make.parameter("fc.bias", [Self.classes], .zero))
    self.stages = stages
    parameters = make.parameters
    buffers = make.buffers
  }

  /// Features of prepared pictures (`InceptionInput`): [batch, 3, height, width], about −1...1, to
  /// [batch, number of the features].
  ///
  /// The network takes any size from 75x75 on; the distance is defined at 299x299. `visit` sees the
  /// result of every stage under the name that PyTorch's port gives it.
  public func features(
    _ images: Variable<Scalar>, _ features: InceptionFeatures = .pool3,
    visit: ((_ stage: String, _ result: Variable<Scalar>) -> Void)? = nil
  ) -> Variable<Scalar> {
    let shape = images.shape
    precondition(
      shape.count == 4 && shape[1] == 3 && min(shape[2], shape[3]) >= Self.smallestSide,
      "images \(shape) must be [batch, 3, height, width] of \(Self.smallestSide) pixels or more")
    let last =
      switch features {
      case .firstPooling: "MaxPool_1"
      case .secondPooling: "MaxPool_2"
      case .mixed6: "Mixed_6e"
      case .pool3: "Mixed_7c"
      }
    var x = images
    for stage in stages {
      x = stage.run(x)
      visit?(stage.name, x)
      if stage.name == last { break }
    }
    return globalAveragePool(x)
  }

  /// Logits of the 1008 classes, from `pool3` features [batch, 2048].
  public func logits(_ features: Variable<Scalar>) -> Variable<Scalar> { head(features) }
}

extension InceptionV3 where Scalar == Float {
  /// Features of pictures of equal size in levels of 0...255: [picture, 1 or 3, height, width] to
  /// [picture, number of the features].
  ///
  /// `batch` pictures are in memory at a time (some 20 MB each); results do not depend on it beyond
  /// rounding. `progress` is told how many pictures are done.
  public func features(
    ofLevels levels: Tensor<Float>, _ features: InceptionFeatures = .pool3,
    input: InceptionInput = .tensorFlow, batch: Int = 16, progress: ((Int) -> Void)? = nil
  ) -> Tensor<Float> {
    precondition(batch > 0, "batch (\(batch)) must be positive")
    let parts = stride(from: 0, to: levels.shape[0], by: batch).map { start in
      let end = min(levels.shape[0], start + batch)
      let prepared = input.prepared(levels.slice(axis: 0, range: start..<end))
      let found = withoutGradients { self.features(Variable(prepared), features).value }
      progress?(end)
      return found
    }
    return parts.isEmpty ? .zeros([0, features.rawValue]) : .concatenate(parts, axis: 0)
  }
}
