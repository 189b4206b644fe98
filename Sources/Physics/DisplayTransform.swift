import Kernels

/// From detector signal to grey values: logarithm, window, gamma.
///
///     v = clip((−ln I − low) / (high − low), 0, 1)^gamma
///
/// Bone is bright and air dark, as radiographs are read.
public struct DisplayTransform: Sendable, Codable, Equatable {
  /// The line integral shown black.
  public var low: Double
  /// The line integral shown white.
  public var high: Double
  public var gamma: Double

  public init(low: Double, high: Double, gamma: Double = 1) {
    precondition(low < high, "low (\(low)) must lie below high (\(high))")
    precondition(gamma > 0, "gamma (\(gamma)) must be positive")
    self.low = low
    self.high = high
    self.gamma = gamma
  }

  /// The grey value of a signal relative to the open beam; signals below 1e-8 count as 1e-8.
  public func value(_ signal: Float) -> Float {
    var values = [signal]
    apply(to: &values)
    return values[0]
  }

  /// Replaces signals relative to the open beam by their grey values.
  public func apply(to signals: inout [Float]) {
    let slope = -1 / Float(high - low)
    let offset = -Float(low) / Float(high - low)
    let power = Float(gamma)
    signals.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      let count = values.count
      for i in 0..<count { base[i] = base[i] < 1e-8 ? 1e-8 : base[i] }
      Float.map(.log, count, base, base)
      for i in 0..<count {
        let linear = base[i] * slope + offset
        let raised = linear < 0 ? 0 : linear
        base[i] = raised > 1 ? 1 : raised
      }
      guard power != 1 else { return }
      // v^gamma = exp(gamma ln v); the logarithm of 0 is -∞ and its exponential 0.
      Float.map(.log, count, base, base)
      for i in 0..<count { base[i] *= power }
      Float.map(.exp, count, base, base)
    }
  }
}

/// Histogram equalisation on 256 levels: a grey value becomes the share of pixels at or below its
/// level, stretched so that the lowest occupied level is 0 (the textbook definition, Gonzalez and
/// Woods; an image of one level becomes 0). In place, values 0...1.
public func equalizeHistogram(_ values: inout [Float]) {
  func level(_ value: Float) -> Int { Int((min(1, max(0, value)) * 255).rounded()) }
  var counts = [Int](repeating: 0, count: 256)
  for value in values { counts[level(value)] += 1 }
  guard let lowest = counts.first(where: { $0 > 0 }) else { return }
  var cumulative = 0
  let span = Float(max(1, values.count - lowest))
  let table = counts.map { count -> Float in
    cumulative += count
    return max(0, Float(cumulative - lowest)) / span
  }
  for index in values.indices { values[index] = table[level(values[index])] }
}
