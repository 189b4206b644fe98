import Kernels

/// Changes files a little, by a named stream: the same stream gives the same files.
package struct Mutator: Sendable {
  private var stream: RandomStream

  package init(_ stream: RandomStream) { self.stream = stream }

  /// Lengths and counts at the ends of their ranges, little-endian.
  private static let extremes: [[UInt8]] = [
    [0], [1], [0x7F], [0x80], [0xFF], [0, 0], [0xFF, 0xFF], [0xFF, 0x7F], [0, 0x80], [0x20], [0x2D],
    [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80],
    [0, 0, 0, 0, 0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
  ]
  /// Numbers that text readers meet.
  private static let words = [
    "-1", "0", "9223372036854775807", "18446744073709551616", "1e999", "-0", "nan", "inf", "0x10",
    "4294967295", "1e-320", "\"", "\\", "\n", "\t", ",", "..", "/", "{", "[", "]", "}", ")", "é",
  ].map { Array($0.utf8) }

  /// One of the files after one to four changes.
  package mutating func mutated(_ files: [[UInt8]]) -> [UInt8] {
    var bytes = files[stream.integer(below: files.count)]
    for _ in 0..<(1 + stream.integer(below: 4)) {
      guard !bytes.isEmpty else { return bytes }
      let place = stream.integer(below: bytes.count)
      // Headers lie in front: half of all changes fall there.
      let at = stream.bernoulli(0.5) ? place : min(place, stream.integer(below: 256))
      switch stream.integer(below: 8) {
      case 0: bytes[at] ^= 1 << UInt8(stream.integer(below: 8))
      case 1: bytes[at] = UInt8(truncatingIfNeeded: stream.next())
      case 2: overwrite(&bytes, at, Self.extremes[stream.integer(below: Self.extremes.count)])
      case 3: overwrite(&bytes, at, Self.words[stream.integer(below: Self.words.count)])
      case 4:
        bytes.insert(contentsOf: Self.words[stream.integer(below: Self.words.count)], at: at)
      case 5: bytes.removeSubrange(at..<min(bytes.count, at + 1 + stream.integer(below: 16)))
      case 6: bytes.removeSubrange(at...)
      default:
        let piece = bytes[at..<min(bytes.count, at + 1 + stream.integer(below: 64))]
        bytes.insert(contentsOf: piece, at: stream.integer(below: bytes.count + 1))
      }
    }
    return bytes
  }

  private func overwrite(_ bytes: inout [UInt8], _ at: Int, _ piece: [UInt8]) {
    for (k, byte) in piece.enumerated() where at + k < bytes.count { bytes[at + k] = byte }
  }
}
