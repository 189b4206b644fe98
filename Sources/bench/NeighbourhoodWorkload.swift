import Kernels
import Metrics

/// Precision and recall by 3 nearest neighbours between two sets of 10,000 vectors of 2048 features.
///
/// The features are independent, the hardest case for a search: all distances are nearly equal.
enum NeighbourhoodWorkload {
  static func run(_ session: BenchSession) throws {
    let (real, fake) = syntheticFeatures()
    let name = "precision and recall, k = 3, 2 x 10,000 x 2048"
    let made = try session.compare(
      name, mode: "exact", goal: Goal(must: 0.4, aim: 0.2),
      peers: [
        PeerCommand(name: "NumPy", mode: "float32, full matrices", script: "neighbourhoods.py")
      ]
    ) {
      let found = try Neighbourhoods(real: real, fake: fake)
      _ = (found.precision, found.recall)
      return nil
    }
    var limit = Side(name: "limit", mode: "features included")
    limit.peakMB = 500
    session.add(
      made.against(
        [limit], named: name + ", peak memory in MB", goal: Goal(must: 1), quantity: .megabytes))
  }
}
