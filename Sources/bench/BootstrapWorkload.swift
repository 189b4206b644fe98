import Kernels
import Statistics

/// Percentile intervals of 8 AUROCs from 10,000 bootstrap resamples of 2,000 cases, the same
/// resamples for all labels.
enum BootstrapWorkload {
  static func run(_ session: BenchSession) throws {
    let (cases, labels) = (2000, 8)
    var stream = RandomStream(5).child("bootstrap")
    let truth = (0..<labels).map { l in
      let prevalence = 0.03 + 0.37 * Double(l) / 7
      return (0..<cases).map { _ in stream.bernoulli(prevalence) }
    }
    let scores = truth.map { $0.map { stream.normal() + ($0 ? 0.8 : 0) } }
    try session.compare(
      "10,000 paired bootstraps of 8 AUROCs, n = 2,000", mode: "float64",
      goal: Goal(must: 0.2, aim: 0.05),
      peers: [PeerCommand(name: "NumPy", mode: "vectorised, float32", script: "bootstrap.py")]
    ) {
      let ranked = try zip(scores, truth).map { try RankedScores(scores: $0, labels: $1) }
      let sample = Resampling.bootstrap(
        cases: Clusters(singletons: cases), replicates: 10_000, stream: stream, aurocs: ranked)
      for label in 0..<labels { _ = try sample.distribution(label).percentile() }
      return nil
    }
  }
}
