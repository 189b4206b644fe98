import Kernels
import Metrics
import Tensors

/// The Fréchet distance of two sets of 10,000 vectors of 2048 features, moments included: in Double
/// throughout, and with products of features in Float.
enum FrechetWorkload {
  static func run(_ session: BenchSession) throws {
    let (real, fake) = syntheticFeatures()
    func peer(_ mode: String, _ argument: String) -> PeerCommand {
      PeerCommand(name: "SciPy", mode: mode, script: "frechet.py", arguments: [argument])
    }
    let name = "Fréchet distance, 2 x 10,000 x 2048"
    let goal = Goal(must: 0.8, aim: 0.4)
    try session.compare(
      name, mode: "float64", goal: goal,
      peers: [
        peer("float64, Cholesky and eigvalsh", "float64"), peer("float64, sqrtm", "sqrtm"),
      ]
    ) {
      _ = try FrechetDistance(real, fake)
      return nil
    }
    try session.compare(
      name + ", products of features in float32", mode: "float32, then float64", goal: goal,
      peers: [
        peer("float32, then float64", "mixed"), peer("float32 throughout", "float32"),
      ]
    ) {
      _ = try FrechetDistance(real, fake, precision: .single)
      return nil
    }
  }
}

/// Two sets of 10,000 positive feature vectors of length 2048 whose spread and mean differ a little.
func syntheticFeatures() -> (real: Tensor<Float>, fake: Tensor<Float>) {
  func features(_ name: String, spread: Float, shift: Float) -> Tensor<Float> {
    var stream = RandomStream(6).child("features").child(name)
    return Tensor(shape: [10_000, 2048]) { values in
      stream.fillNormal(values)
      for i in values.indices { values[i] = abs(values[i] * spread + shift) }
    }
  }
  return (features("real", spread: 1, shift: 0), features("fake", spread: 1.1, shift: 0.05))
}
