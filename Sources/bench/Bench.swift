import ArgumentParser
import Foundation
import Kernels

/// `make bench`: how long the workloads take here, how much memory they need, and, where a Python
/// with the peers is named, how long the peers take on the same machine in alternation.
@main struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time the workloads, beside their peers where PEERS names a Python that has them.",
    discussion: """
      Every time is the median of the repeats after one warm-up; both sides of a comparison take \
      turns, so that a busy neighbour slows both. The rows of a workload go to Figures/bench/ when \
      it is done, in the place of its earlier ones; those of other workloads stay.

      Example: make bench WORKLOADS="frechet start" PEERS=python3
      """)

  @Option(help: "A Python with PyTorch, Opacus and NumPy; without it only our own side runs.")
  var peers: String?
  @Option(help: "Timed repeats of each side.")
  var repeats = 5
  @Option(help: "Folder of the checkout.")
  var root = "."
  @Option(help: "Where results go; Figures/bench under the root by default.")
  var out: String?
  @Flag(help: "Print the tables and write nothing.")
  var console = false
  @Argument(help: "Workloads to run; all by default.")
  var names: [String] = []

  static let workloads: [(name: String, run: @Sendable (BenchSession) throws -> Void)] = [
    ("kernels", KernelFractions.run),
    ("resnet9", ResNet9Workload.run),
    ("dp-fairness", DPFairnessWorkload.run),
    ("denoiser-latents", DenoiserWorkload.latents),
    ("denoiser-pictures", DenoiserWorkload.pictures),
    ("dcgan", GANWorkload.convolutional),
    ("style-gan", GANWorkload.styled),
    ("medfusion", GenerativeWorkload.diffusion),
    ("conditional-style-gan", GenerativeWorkload.style),
    ("inception", GenerativeWorkload.inception),
    ("unet-2d", SegmentationWorkload.pictures),
    ("unet-3d", SegmentationWorkload.volumes),
    ("bootstrap", BootstrapWorkload.run),
    ("frechet", FrechetWorkload.run),
    ("neighbourhoods", NeighbourhoodWorkload.run),
    ("distance-map", DistanceMapWorkload.run),
    ("compounding", CompoundingWorkload.run),
    ("start", StartWorkload.run),
  ]

  func validate() throws {
    guard repeats > 0 else { throw ValidationError("--repeats must be positive") }
    let known = Self.workloads.map(\.name)
    for name in names where !known.contains(name) {
      throw ValidationError("no workload \(name); there are \(known.joined(separator: ", "))")
    }
  }

  func run() throws {
    let interpreter = peers.flatMap { $0.isEmpty ? nil : $0 }
    let code = checkedOutCode(root: root)
    var results = try Results(folder: console ? nil : out ?? root + "/Figures/bench")
    var failed: [String] = []
    for (name, run) in Self.workloads where names.isEmpty || names.contains(name) {
      note("== \(name)")
      let session = BenchSession(root: root, interpreter: interpreter, repeats: repeats)
      do {
        try run(session)
      } catch {
        note("  \(name): \(error)")
        failed.append(name)
        continue
      }
      try results.replace(name, with: session, code: code)
    }
    print(Report(results).text)
    if !failed.isEmpty {
      throw LightboxError(.software, "not measured: \(failed.joined(separator: ", "))")
    }
  }
}

/// A line of progress, on standard error.
func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
