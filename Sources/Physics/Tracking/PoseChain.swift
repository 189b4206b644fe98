import Imaging
import Kernels

/// A transform of one frame as its tracker gave it.
public struct TrackedTransform: Sendable, Equatable {
  public var transform: SpatialTransform
  /// "OK", or the tracker's word for why the transform is not to be used; nil where none was given.
  public var status: String?

  public init(_ transform: SpatialTransform, status: String? = "OK") {
    self.transform = transform
    self.status = status
  }
}

/// The way from one coordinate system to another over named transforms, some fixed (calibration),
/// some tracked frame by frame, forwards or inverted.
///
/// For freehand ultrasound: image → probe (calibration) → tracker → reference (inverted), so that
/// the patient may move and the tracker be put elsewhere. The shortest way is taken; of equally
/// short ones the first in the order of names.
public struct PoseChain: Sendable, CustomStringConvertible {
  /// One transform of the chain.
  public struct Step: Sendable, Equatable {
    public let name: TransformName
    public let isInverted: Bool
    public let isTracked: Bool
  }

  public let from, to: String
  /// In the order in which a point meets them.
  public let steps: [Step]
  private let fixed: [TransformName: SpatialTransform]

  /// Finds the way.
  ///
  /// - `fixed`: transforms that hold for all frames.
  /// - `tracked`: names of the transforms that the frames carry; they go before fixed ones of the
  ///   same name, as in PLUS.
  /// - `file`: what an error names.
  ///
  /// Throws an input error when no way exists or a fixed transform on it cannot be inverted.
  public init(
    from: String, to: String, fixed: [TransformName: SpatialTransform],
    tracked: Set<TransformName>, file: String
  ) throws {
    self.from = from
    self.to = to
    let names = Set(fixed.keys).union(tracked).sorted()
    // Breadth first; ways[s] is the shortest chain from the start to the system s.
    var ways: [String: [Step]] = [from: []]
    var front = [from]
    while ways[to] == nil, !front.isEmpty {
      var next: [String] = []
      for system in front {
        for name in names {
          let isTracked = tracked.contains(name)
          if name.from == system, ways[name.to] == nil {
            ways[name.to] =
              ways[system]! + [Step(name: name, isInverted: false, isTracked: isTracked)]
            next.append(name.to)
          }
          if name.to == system, ways[name.from] == nil {
            ways[name.from] =
              ways[system]! + [Step(name: name, isInverted: true, isTracked: isTracked)]
            next.append(name.from)
          }
        }
      }
      front = next
    }
    guard let steps = ways[to] else {
      let known = names.isEmpty ? "none" : names.map(\.description).joined(separator: ", ")
      let isUnknown = !names.contains { $0.from == from || $0.to == from }
      throw LightboxError.input(
        file: file, found: "no way from \(from) to \(to) over the transforms \(known)",
        expected: "transforms that join \(from) and \(to)",
        hint: isUnknown
          ? "the calibration of \(from) belongs into the device set, under CoordinateDefinitions"
          : "name the coordinate systems as the file does")
    }
    for step in steps where !step.isTracked && step.isInverted && fixed[step.name]!.inverse == nil {
      throw LightboxError.input(
        file: file, found: "\(step.name), which cannot be inverted",
        expected: "an invertible matrix")
    }
    self.steps = steps
    self.fixed = fixed
  }

  /// Why a frame has no pose.
  public struct Missing: Error, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// From the first coordinate system to the last, for the transforms of one frame.
  ///
  /// Throws what is missing: a transform that the frame does not carry, that the tracker marks as
  /// other than OK or does not mark at all, or that cannot be inverted.
  public func pose(_ frame: [TransformName: TrackedTransform]) throws(Missing)
    -> SpatialTransform
  {
    var result = SpatialTransform.identity
    for step in steps {
      var transform: SpatialTransform
      if step.isTracked {
        guard let tracked = frame[step.name] else {
          throw Missing(description: "\(step.name) missing")
        }
        guard tracked.status == "OK" else {
          throw Missing(description: "\(step.name) \(tracked.status ?? "without a status")")
        }
        transform = tracked.transform
      } else {
        transform = fixed[step.name]!
      }
      if step.isInverted {
        guard let inverse = transform.inverse else {
          throw Missing(description: "\(step.name) singular")
        }
        transform = inverse
      }
      result = transform * result
    }
    return result
  }

  /// `Image -> Probe -> Tracker -> Reference`, with the names of the transforms.
  public var description: String {
    let parts = steps.map { ($0.isInverted ? "inverse of " : "") + $0.name.description }
    return "\(from) to \(to): " + (parts.isEmpty ? "the same" : parts.joined(separator: ", "))
  }
}
