import COneDNN
import Foundation

/// Convolution weights that serve many forward passes unchanged, kept in the layout of the kernels.
///
/// Kernels take weights in blocks, and Winograd's take them transformed: 36 numbers for 9. Of 128 to
/// 128 channels on planes of 8x8 the transform is two fifths of a call (measured on a Zen 5 core, 16
/// examples: 915 µs with it, 540 without), so whoever draws fifty times from one network has it
/// done once. On planes of 4x4 the transformed weights are too many to fetch, and direct kernels
/// are the faster ones.
public enum FrozenWeights {
  /// One array of weights, and what the kernels made of it.
  final class Entry: @unchecked Sendable {
    private struct Layout {
      let convolution: OpaquePointer
      let block: UnsafeMutableRawPointer
      let bytes: Int
    }

    private let lock = NSLock()
    private var layouts: [Layout] = []

    /// The weights in the layout of a prepared convolution; nil where that is the plain one.
    func prepared(
      _ weights: UnsafePointer<Float>, for convolution: OpaquePointer
    ) -> UnsafeRawPointer? {
      let bytes = lightbox_convolution_weights(convolution)
      if bytes == 0 { return nil }
      lock.lock()
      defer { lock.unlock() }
      let found = layouts.first {
        $0.convolution == convolution
          || lightbox_convolution_shares_weights($0.convolution, convolution) != 0
      }
      if let found { return UnsafeRawPointer(found.block) }
      let block = SystemMemory.allocate(bytes)
      let status = lightbox_convolution_prepare_weights(convolution, weights, block)
      precondition(status == 0, "oneDNN status (\(status)) of frozen weights must be 0")
      layouts.append(Layout(convolution: convolution, block: block, bytes: bytes))
      return UnsafeRawPointer(block)
    }

    deinit { for layout in layouts { SystemMemory.free(layout.block, layout.bytes) } }
  }

  /// Networks of more numbers than this keep the ordinary kernels: transformed weights take four
  /// times the memory, once for large parts of a batch and once for small ones. A rule of shapes
  /// alone, so that results do not depend on what else runs.
  private static let most = 32 << 20

  private static let lock = NSLock()
  /// By address.
  nonisolated(unsafe) private static var entries: [UInt: Entry] = [:]

  /// Calls `body` while arrays of weights are frozen, which must be the caller's own: nobody may
  /// write to them, free them, freeze them again, or use them outside of `body` meanwhile.
  public static func hold<Result>(
    _ arrays: [UnsafeBufferPointer<Float>], _ body: () throws -> Result
  ) rethrows -> Result {
    guard arrays.reduce(0, { $0 + $1.count }) <= most else { return try body() }
    let places = arrays.compactMap { $0.baseAddress.map { UInt(bitPattern: $0) } }
    lock.withLock { for place in places { entries[place] = Entry() } }
    defer { lock.withLock { for place in places { entries[place] = nil } } }
    return try body()
  }

  /// The entry of an array that is frozen now.
  static func entry(of weights: UnsafePointer<Float>) -> Entry? {
    lock.withLock { entries.isEmpty ? nil : entries[UInt(bitPattern: weights)] }
  }
}
