import Foundation
import Imaging
import Kernels

/// One frame in the making: geometry, kernels, and the three passes (scatterers onto a grid, beam
/// along depth, beam across).
///
/// The grid has the image's columns and `fine` rows for each of the image's, with a margin on all
/// sides for the point spread.
struct BModeCanvas {
  let scanner: BModeScanner
  let columns, rows: Int
  let medium: AcousticMedium
  let field: ScattererField
  /// From pixels and mm across the plane to the tissue at rest in mm.
  let imageToTissue: SpatialTransform
  let pixelMM: (column: Double, row: Double)
  /// Grid rows per image row; margins in grid columns and rows.
  let fine, marginColumns, marginRows: Int
  let axialTaps, lateralTaps: [Float]
  /// Half the slab's thickness in mm, and the elevational weight at 257 distances across it.
  let halfThicknessMM: Double
  let elevationWeights: [Float]

  static let elevationSteps = 128

  init(
    _ scanner: BModeScanner, columns: Int, rows: Int, imageToWorld: SpatialTransform,
    worldToTissue: SpatialTransform, medium: AcousticMedium, field: ScattererField
  ) {
    precondition(columns > 0 && rows > 0, "columns (\(columns)), rows (\(rows)) must be positive")
    self.scanner = scanner
    (self.columns, self.rows, self.medium, self.field) = (columns, rows, medium, field)
    func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }
    let pixel = (column: length(imageToWorld.x), row: length(imageToWorld.y))
    pixelMM = pixel
    var plane = imageToWorld
    plane.z = cross(imageToWorld.x / pixel.column, imageToWorld.y / pixel.row)
    imageToTissue = worldToTissue * plane
    let spread = scanner.pointSpread
    let axial = PointSpread.sigma(spread.axialMM)
    // Half a σ or finer along the beam, so that moving scatterers to rows costs little.
    fine = max(1, Int((pixel.row / (0.8 * axial)).rounded(.up)))
    let step = pixel.row / Double(fine)
    let along = PointSpread.taps(
      widthMM: spread.axialMM, stepMM: step, isBetween: fine % 2 == 0)
    let across = PointSpread.taps(
      widthMM: spread.lateralMM, stepMM: pixel.column, isBetween: false)
    marginRows = along.count / 2 + fine
    marginColumns = across.count / 2
    halfThicknessMM = 2.3 * PointSpread.sigma(spread.elevationalMM)
    let thickness = halfThicknessMM
    let elevation = PointSpread.sigma(spread.elevationalMM)
    let profile = (0...(2 * Self.elevationSteps)).map { k in
      let e = (Double(k) / Double(Self.elevationSteps) - 1) * thickness
      return exp(-e * e / (2 * elevation * elevation))
    }
    // The mean of |envelope|² is density × ∫h²: kernels are scaled so that it is 1.
    let sum =
      profile.dropLast().reduce(0) { $0 + $1 * $1 } * thickness / Double(Self.elevationSteps)
    let energy = field.perMM3 * sum * step * pixel.column
    func squares(_ taps: [Float]) -> Double { taps.reduce(0) { $0 + Double($1) * Double($1) } }
    elevationWeights = profile.map { Float($0 / energy.squareRoot()) }
    axialTaps = along.map { $0 / Float(squares(along).squareRoot()) }
    lateralTaps = across.map { $0 / Float(squares(across).squareRoot()) }
  }

  var gridColumns: Int { columns + 2 * marginColumns }
  var gridRows: Int { rows * fine + 2 * marginRows }
  /// From image rows to grid rows: row · fine + offset.
  var rowOffset: Double { Double(marginRows) + (Double(fine) - 1) / 2 }

  /// Calls `body` with each image row's complex envelope, 2 · columns numbers.
  func render(_ body: (Int, UnsafePointer<Float>) -> Void) {
    // One more, for what misses the grid.
    let count = gridColumns * gridRows + 1
    withUnsafeTemporaryAllocation(of: SIMD2<Float>.self, capacity: count) { grid in
      grid.initialize(repeating: .zero)
      scatter(into: grid.baseAddress!)
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rows * gridColumns) { labels in
        readLabels(into: labels.baseAddress!)
        let beam = BeamPath(canvas: self, labels: labels.baseAddress!)
        beam.addInterfaces(to: grid.baseAddress!)
        convolve(grid.baseAddress!, beam, body)
      }
    }
  }

  /// Moves every scatterer of the slab around the plane to the nearest grid point, times its
  /// elevational weight and its tissue's echogenicity.
  private func scatter(into grid: UnsafeMutablePointer<SIMD2<Float>>) {
    let spacing = field.spacingMM
    let imageToLattice = SpatialTransform.scaling(SIMD3(repeating: 1 / spacing)) * imageToTissue
    guard let latticeToImage = imageToLattice.inverse else { return }
    // Grid coordinates: column, row, and elevation in steps of the weight table.
    let toGrid =
      SpatialTransform(
        x: [1, 0, 0], y: [0, Double(fine), 0],
        z: [0, 0, Double(Self.elevationSteps) / halfThicknessMM],
        translation: [Double(marginColumns), rowOffset, Double(Self.elevationSteps)])
      * latticeToImage
    let high = SIMD3(
      Double(gridColumns - 1), Double(gridRows - 1), Double(2 * Self.elevationSteps))
    // A scatterer is at most half a cell from the middle of its cell.
    func size(_ v: SIMD3<Double>) -> SIMD3<Double> { pointwiseMax(v, -v) }
    let slack = 0.5 * (size(toGrid.x) + size(toGrid.y) + size(toGrid.z)) + 0.5
    let middle = toGrid(SIMD3(repeating: 0.5))
    let toLattice = toGrid.inverse!
    var (low, top) = (SIMD3<Double>(repeating: .infinity), SIMD3<Double>(repeating: -.infinity))
    for corner in 0..<8 {
      let at = toLattice([
        corner & 1 == 0 ? 0 : high.x, corner & 2 == 0 ? 0 : high.y, corner & 4 == 0 ? 0 : high.z,
      ])
      low = pointwiseMin(low, at)
      top = pointwiseMax(top, at)
    }
    let splat = Splat(canvas: self, toGrid: toGrid, grid: grid)
    let (mask, side) = (field.side - 1, field.side)
    for k in Int(low.z.rounded(.down)) - 1...Int(top.z.rounded(.up)) {
      for j in Int(low.y.rounded(.down)) - 1...Int(top.y.rounded(.up)) {
        let start = middle + toGrid.y * Double(j) + toGrid.z * Double(k)
        var (first, last) = (low.x - 1, top.x + 1)
        for axis in 0..<3 {
          let slope = toGrid.x[axis]
          let (a, b) = (-slack[axis] - start[axis], high[axis] + slack[axis] - start[axis])
          if abs(slope) < 1e-9 {
            if a > 0 || b < 0 { last = first - 1 }
          } else {
            first = max(first, min(a / slope, b / slope))
            last = min(last, max(a / slope, b / slope))
          }
        }
        let (from, to) = (Int(first.rounded(.up)), Int(last.rounded(.down)))
        if from > to { continue }
        let cells = field.words.cells + ((k & mask) * side + (j & mask)) * side
        // In stretches without the lattice's end in between.
        var i = from
        while i <= to {
          let end = min(to, i | mask)
          splat.run(cells + (i & mask), count: end - i + 1, i: i, j: j, k: k)
          i = end + 1
        }
      }
    }
  }

  /// Tissues at the middles of the pixels of the plane, margins beside them included.
  private func readLabels(into target: UnsafeMutablePointer<UInt8>) {
    let look = LabelLookup(medium, from: imageToTissue)
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
    medium.labels.withUnsafeBufferPointer { source in
      let source = source.baseAddress!
      for row in 0..<rows {
        let line = target + row * gridColumns
        let y = SIMD8(repeating: Float(row))
        var column = 0
        while column < gridColumns {
          let voxels = look.voxels(lanes + Float(column - marginColumns), y, .zero)
          for lane in 0..<min(8, gridColumns - column) {
            line[column + lane] = source[Int(voxels[lane])]
          }
          column += 8
        }
      }
    }
  }

  /// Along the beam into image rows with the beam's gain, then across it.
  private func convolve(
    _ grid: UnsafePointer<SIMD2<Float>>, _ beam: BeamPath,
    _ body: (Int, UnsafePointer<Float>) -> Void
  ) {
    let width = gridColumns
    // Rows of a window that the mirrored echo may look back into.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * width * 2) { lines in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: columns * 2) { out in
        let lines = lines.baseAddress!
        let out = out.baseAddress!
        var walk = beam.walk()
        for row in 0..<rows {
          let line = lines + row * width * 2
          line.initialize(repeating: 0, count: 2 * width)
          let first = row * fine + marginRows + (fine - 1) / 2 - (axialTaps.count - 1) / 2
          for (k, tap) in axialTaps.enumerated() {
            let from = UnsafeRawPointer(grid + (first + k) * width)
              .assumingMemoryBound(to: Float.self)
            for x in 0..<(2 * width) { line[x] += tap * from[x] }
          }
          walk.step(row, line, lines)
          out.initialize(repeating: 0, count: 2 * columns)
          for (k, tap) in lateralTaps.enumerated() {
            let from = line + 2 * k
            for x in 0..<(2 * columns) { out[x] += tap * from[x] }
          }
          body(row, out)
        }
      }
    }
  }
}
