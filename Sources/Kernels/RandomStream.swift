import Foundation

/// A named stream of random numbers: every draw is a function of the stream's name and of the
/// number of draws before it, and of nothing else.
///
///     var stream = RandomStream(42).child("train").child("epsilon=1.06").child(3)
///     let x = stream.normal()
///
/// The key of a child is Philox applied to the 64-bit FNV-1a hash of its name under the key of
/// its parent, so siblings are independent and drawing from a parent does not move its children.
/// A stream is a value: passing it by value repeats its draws, passing it `inout` continues them.
public struct RandomStream: Sendable, Codable, Hashable {
  /// The 64-bit key that the name hashes to.
  public let key: UInt64
  /// The number of 128-bit blocks consumed so far.
  public private(set) var position: UInt64 = 0
  private var buffer = SIMD4<UInt32>()
  private var buffered = 0

  /// The root stream of a seed.
  public init(_ seed: UInt64) {
    key = Self.derive(parent: 0x4C69_6768_7462_6F78, label: seed)  // "Lightbox"
  }

  private init(key: UInt64) { self.key = key }

  /// The stream below this one with the given name.
  public func child(_ name: String) -> RandomStream {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return RandomStream(key: Self.derive(parent: key, label: hash))
  }

  /// The stream below this one with the given number; the same as `child("\(index)")`.
  public func child(_ index: Int) -> RandomStream { child(String(index)) }

  private static func derive(parent: UInt64, label: UInt64) -> UInt64 {
    let words = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: label), UInt32(truncatingIfNeeded: label >> 32), 0, 0x6368_696C),
      key: SIMD2(UInt32(truncatingIfNeeded: parent), UInt32(truncatingIfNeeded: parent >> 32)))
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }

  // MARK: Bits

  /// The block with the given number, independent of the current position.
  @inline(__always)
  func block(at index: UInt64) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), 0, 0),
      key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
  }

  /// 32 random bits.
  public mutating func nextUInt32() -> UInt32 {
    if buffered == 0 {
      buffer = block(at: position)
      position &+= 1
      buffered = 4
    }
    buffered -= 1
    return buffer[3 - buffered]
  }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    let low = UInt64(nextUInt32())
    return low | UInt64(nextUInt32()) << 32
  }

  // MARK: Distributions

  /// A uniform number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A uniform number between two bounds.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A standard normal number (Box-Muller, one of the pair).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// A normal number with the given mean and standard deviation.
  public mutating func normal(mean: Double, standardDeviation: Double) -> Double {
    mean + standardDeviation * normal()
  }

  /// An exponential number with mean 1.
  public mutating func exponential() -> Double { -log(1 - uniform()) }

  /// True with the given probability.
  public mutating func bernoulli(_ probability: Double) -> Bool { uniform() < probability }

  /// A uniform integer in 0..<bound, without modulo bias (Lemire's rejection).
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "bound (\(bound)) must be positive")
    let n = UInt64(bound)
    var product = next().multipliedFullWidth(by: n)
    if product.low < n {
      let threshold = (0 &- n) % n
      while product.low < threshold { product = next().multipliedFullWidth(by: n) }
    }
    return Int(product.high)
  }

  /// An index drawn with the given non-negative weights.
  public mutating func index(weights: [Double]) -> Int {
    var rest = uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }

  /// A Poisson count; inversion below a mean of 30, rounded normal above 1000, else a sum.
  public mutating func poisson(mean: Double) -> Int {
    precondition(mean >= 0 && mean.isFinite, "mean (\(mean)) must be finite and not negative")
    if mean > 1000 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
    if mean > 30 { return poisson(mean: mean / 2) + poisson(mean: mean / 2) }
    let limit = exp(-mean)
    var count = 0
    var product = uniform()
    while product > limit {
      count += 1
      product *= uniform()
    }
    return count
  }

  /// A Gamma number with the given shape and scale 1 (Marsaglia and Tsang 2000).
  public mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0, "shape (\(shape)) must be positive")
    if shape < 1 { return gamma(shape: shape + 1) * pow(1 - uniform(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = 1 + c * x
      guard v > 0 else { continue }
      let cube = v * v * v
      if log(1 - uniform()) < 0.5 * x * x + d - d * cube + d * log(cube) { return d * cube }
    }
  }

  // MARK: Collections

  /// Shuffles in place (Fisher-Yates, from the end).
  public mutating func shuffle<Element>(_ array: inout [Element]) {
    guard array.count > 1 else { return }
    for i in stride(from: array.count - 1, to: 0, by: -1) {
      array.swapAt(i, integer(below: i + 1))
    }
  }

  /// The numbers 0..<count in random order.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// A Poisson subsample: each of 0..<count independently with probability `rate`, in order.
  /// The result may be empty.
  public mutating func poissonSubsample(count: Int, rate: Double) -> [Int] {
    precondition((0...1).contains(rate), "rate (\(rate)) must lie in 0...1")
    return (0..<count).filter { _ in uniform() < rate }
  }

  /// Fills a buffer with normal numbers of the given standard deviation (`NormalNumbers`).
  ///
  /// Number i comes from block `position` + i / 4 and from nothing else. A fill starts at a fresh
  /// block and uses whole ones: filling n numbers at once equals filling the first m and then the
  /// rest wherever m is a multiple of four. Threads share out large buffers, without effect on
  /// the numbers.
  public mutating func fillNormal(
    _ buffer: UnsafeMutableBufferPointer<Float>, standardDeviation: Float = 1
  ) {
    guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
    let (first, key, whole) = (position, key, buffer.count / 4)
    Parallel.chunks(of: whole, grain: 8192) { range in
      NormalNumbers.fill(
        target + 4 * range.lowerBound, blocks: range.count,
        from: first &+ UInt64(range.lowerBound), key: key, scale: standardDeviation)
    }
    if buffer.count > 4 * whole {
      let last = UnsafeMutablePointer<Float>.allocate(capacity: 4)
      NormalNumbers.fill(
        last, blocks: 1, from: first &+ UInt64(whole), key: key, scale: standardDeviation)
      (target + 4 * whole).update(from: last, count: buffer.count - 4 * whole)
      last.deallocate()
    }
    position = first &+ UInt64((buffer.count + 3) / 4)
    buffered = 0
  }
}
