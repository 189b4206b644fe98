import Foundation
import Kernels
import Tensors

/// What the machine can do, and which part of it the kernels of a training step reach: the rate of
/// arithmetic against the matrix product's, the traffic to memory against that of a copy.
enum KernelFractions {
  static func run(_ session: BenchSession) throws {
    let flops = peakProduct(session)
    let bytes = peakCopy(session)
    for (batch, from, to, side) in [
      (64, 1, 64, 64), (64, 64, 128, 64), (64, 128, 128, 32), (64, 128, 256, 32),
      (64, 256, 256, 16), (64, 256, 256, 8), (128, 16, 16, 16), (128, 32, 64, 8),
    ] {
      convolution(session, batch, from, to, side, flops)
    }
    normalization(session, bytes)
    var stream = RandomStream(1)
    var numbers = Tensor<Float>.zeros([1 << 22])
    session.kernel(
      "normal numbers, 4 Mi", work: Double(numbers.count), unit: .numbers, peak: nil
    ) { numbers.withUnsafeMutableElements { stream.fillNormal($0) } }
  }

  private static func random(_ shape: [Int]) -> Tensor<Float> {
    var stream = RandomStream(2)
    return Tensor(shape: shape) { stream.fillNormal($0) }
  }

  /// Square products of side 2048, one for each thread, in GFLOP/s.
  private static func peakProduct(_ session: BenchSession) -> Double {
    let side = 2048
    let (a, b) = (random([side, side]), random([side, side]))
    let name = "sgemm, 2048, one product a thread"
    let threads = Parallel.threads
    session.kernel(
      name, work: 2 * Double(threads) * pow(Double(side), 3), unit: .gigaflops, peak: nil
    ) {
      Parallel.each(threads) { _ in _ = Tensor.matmul(a, b) }
    }
    return session.rate(name)
  }

  /// memcpy of 256 MiB by all threads; read and written bytes count.
  private static func peakCopy(_ session: BenchSession) -> Double {
    let bytes = 256 << 20
    let source = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    let target = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer {
      source.deallocate()
      target.deallocate()
    }
    memset(source, 1, bytes)
    let name = "copy, 256 MiB"
    let threads = Parallel.threads
    session.kernel(name, work: 2 * Double(bytes), unit: .gigabytes, peak: nil) {
      Parallel.chunks(of: bytes, grain: bytes / threads) { range in
        memcpy(target + range.lowerBound, source + range.lowerBound, range.count)
      }
    }
    return session.rate(name)
  }

  /// The three directions of a 3x3 convolution.
  private static func convolution(
    _ session: BenchSession, _ batch: Int, _ from: Int, _ to: Int, _ side: Int, _ peak: Double
  ) {
    let x = random([batch, from, side, side])
    let w = random([to, from, 3, 3])
    let g = random([batch, to, side, side])
    let work = 2.0 * Double(g.count) * Double(from * 9)
    let name = "convolution 3x3, \(batch)x\(from)x\(side)x\(side) to \(to)"
    session.kernel(name, work: work, unit: .gigaflops, peak: peak) {
      _ = Tensor.conv2d(x, weight: w, stride: 1, padding: 1)
    }
    session.kernel(name + ", input gradient", work: work, unit: .gigaflops, peak: peak) {
      _ = Tensor.conv2dInputGradient(g, weight: w, inputShape: x.shape, stride: 1, padding: 1)
    }
    session.kernel(name + ", weight gradient", work: work, unit: .gigaflops, peak: peak) {
      _ = Tensor.conv2dWeightGradient(
        x, upstream: g, weightShape: w.shape, stride: 1, padding: 1)
    }
    session.kernel(name + ", per-example norms", work: work, unit: .gigaflops, peak: peak) {
      _ = Tensor.conv2dWeightSquaredNorms(
        x, upstream: g, weightShape: w.shape, stride: 1, padding: 1)
    }
  }

  /// Group normalisation with Mish: the least traffic is x and y forward, x, upstream and x'
  /// backward.
  private static func normalization(_ session: BenchSession, _ peak: Double) {
    let x = random([64, 128, 64, 64])
    let (scale, shift) = (random([128]), random([128]))
    let (y, state) = x.groupNormalized(
      groups: 32, scale: scale, shift: shift, epsilon: 1e-5, activation: .mish)
    let bytes = Double(4 * x.count)
    session.kernel(
      "GroupNorm and Mish, 64x128x64x64", work: 2 * bytes, unit: .gigabytes, peak: peak
    ) {
      _ = x.groupNormalized(
        groups: 32, scale: scale, shift: shift, epsilon: 1e-5, activation: .mish)
    }
    session.kernel(
      "GroupNorm and Mish, gradient", work: 3 * bytes, unit: .gigabytes, peak: peak
    ) {
      _ = x.groupNormalizedGradient(state, scale: scale, shift: shift, upstream: y)
    }
    session.kernel("max-pooling 2x2", work: 1.5 * bytes, unit: .gigabytes, peak: peak) {
      _ = x.maxPooled(size: 2, stride: 2)
    }
  }
}
