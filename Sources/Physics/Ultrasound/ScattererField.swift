import Foundation
import Kernels

/// Point scatterers that fill space: one in each cell of a cubic lattice, at a random place in it,
/// with a random phase; the lattice repeats after `side` cells.
///
/// A scatterer is one 32-bit word: seven bits of position along each axis and eleven of phase; all
/// have strength 1. Speckle is therefore Rayleigh only where many share a resolution cell: at ten in
/// the half-amplitude ellipsoid the mean square of the intensity is within a few per cent of 2. The
/// words are those of a random stream: the field is a function of its name alone, and whoever looks
/// at the same place sees the same scatterers.
public struct ScattererField: Sendable {
  /// Lattice constant in mm.
  public let spacingMM: Double
  /// Cells until the field repeats, a power of two.
  public let side: Int
  let words: Words

  /// Words and strengths at fixed addresses, so that reading one costs no bookkeeping.
  final class Words: @unchecked Sendable {
    let cells: UnsafeMutablePointer<UInt32>
    let strengths: UnsafeMutablePointer<SIMD2<Float>>
    init(count: Int) {
      // Eight more, since words are read eight at a time.
      cells = .allocate(capacity: count + 8)
      cells.initialize(repeating: 0, count: count + 8)
      strengths = .allocate(capacity: 2048)
      strengths.initialize(repeating: .zero, count: 2048)
    }
    deinit {
      cells.deallocate()
      strengths.deallocate()
    }
  }

  /// The field of a stream. The default spacing puts ten scatterers into a resolution cell of the
  /// default point spread; 128 cells are 37 mm.
  public init(spacingMM: Double = 0.29, side: Int = 128, stream: RandomStream) {
    precondition(spacingMM > 0, "spacingMM (\(spacingMM)) must be positive")
    precondition(
      (8...256).contains(side) && side & (side - 1) == 0,
      "side (\(side)) must be a power of two from 8 to 256")
    self.spacingMM = spacingMM
    self.side = side
    words = Words(count: side * side * side)
    let cells = words.cells
    nonisolated(unsafe) let target = cells
    Parallel.each(side) { plane in
      var own = stream.child(plane)
      let start = target + plane * side * side
      for k in 0..<(side * side) { start[k] = own.nextUInt32() }
    }
    Self.fillPhases(words.strengths)
  }

  /// Scatterers per mm³.
  public var perMM3: Double { 1 / (spacingMM * spacingMM * spacingMM) }

  /// The phases, evenly around the circle.
  private static func fillPhases(_ target: UnsafeMutablePointer<SIMD2<Float>>) {
    for k in 0..<2048 {
      let phase = 2 * Double.pi * Double(k) / 2048
      target[k] = SIMD2(Float(cos(phase)), Float(sin(phase)))
    }
  }
}
