import Foundation

/// What a ruler reads off a film: the lungs as the dark fields at both sides, the heart between them,
/// and the marker in the corners.
///
/// Edges lie where a row of pixels crosses the level halfway between the darkest of a lung and the
/// brightness beside it, with linear interpolation between pixels.
extension ChestPictures {
  public var measures: [String] {
    [
      "cardiothoracic ratio", "thoracic width [half-widths]",
      "lung area over thoracic width [half-widths]",
      "share of the right lung", "mean brightness",
      "marker side [1 R at the left, -1 L at the right]",
      "marker x [half-widths]", "marker y [half-widths]",
    ]
  }

  /// Limits of what counts as a film of a chest; the worst thousandth of real pictures, with a
  /// margin, sets them.
  enum Limit {
    /// Difference of a lung to heart and chest wall.
    static let contrast: Float = 0.06
    /// Sideways step of the heart's border within a thirty-second of the height, in half-widths.
    static let jump: Float = 0.19
    /// Rows, as a share of those looked at, in which both lungs must show.
    static let rows = 0.3
    /// Correlation with a letter that counts as a marker.
    static let marker: Float = 0.50
    /// Correlation and ink of a second marker as shares of the first one's: a shoulder that looks
    /// like a letter has less of both.
    static let second: Float = 0.90
    /// Share of the right lung in the area of both.
    static let share = 0.25...0.78
  }

  public func measure(_ pixels: [Float], size: Int) -> PictureMeasures {
    precondition(pixels.count == size * size, "pixels (\(pixels.count)) must be \(size) squared")
    let film = PicturePlane(size: size, pixels)
    let mean = Double(pixels.reduce(0, +)) / Double(pixels.count)
    let lungs = readLungs(film)
    let marker = readMarker(film)
    let values: [Double?] = [
      lungs.ratio, lungs.width, lungs.area, lungs.rightShare, mean, marker.side, marker.x, marker.y,
    ]
    return PictureMeasures(values: values, impossible: lungs.impossible ?? marker.impossible)
  }

  /// Edges of the lungs in a row: outer and inner of the right, inner and outer of the left, in
  /// half-widths.
  private struct Edges {
    var outerRight, innerRight, innerLeft, outerLeft: Float
  }

  /// The heart reaches to the right as far as the inner edge of a lung that is still wide (below it
  /// lies the liver), to the left as far as the edge goes before it jumps aside along the diaphragm.
  private func readLungs(_ film: PicturePlane) -> (
    ratio: Double?, width: Double?, area: Double?, rightShare: Double?, impossible: String?
  ) {
    // The chest wall first, from blurred rows and lungs away from the air beside the patient; then
    // the heart, from sharp rows and lungs within the wall.
    let size = film.size
    let soft = film.blurred(0.035)
    let upper = (size * 28 / 100..<size * 72 / 100).compactMap {
      edges(
        soft, row: $0, rightLung: size * 16 / 100...size * 42 / 100,
        leftLung: size * 58 / 100...size * 84 / 100)
    }
    guard !upper.isEmpty else { return (nil, nil, nil, nil, "no two lungs") }
    let chestLeft = PicturePlane.quantile(upper.map(\.outerLeft), 0.9)
    let chestRight = PicturePlane.quantile(upper.map(\.outerRight), 0.1)
    let width = max(film.pixel, chestLeft - chestRight)
    func column(_ place: Float) -> Int { Int((place + 1) * Float(size) / 2) }
    let rows = size * 30 / 100..<size * 80 / 100
    let found = rows.compactMap {
      edges(
        film, row: $0,
        rightLung: min(size * 30 / 100, column(chestRight) + size / 32)...size * 41 / 100,
        leftLung: size * 57 / 100...max(size * 70 / 100, column(chestLeft) - size / 32))
    }
    guard Double(found.count) > Limit.rows * Double(rows.count) else {
      return (nil, nil, nil, nil, "no two lungs")
    }
    let lungs = found.map { $0.innerRight - $0.outerRight }
    let wide = 0.6 * PicturePlane.quantile(lungs, 0.9)
    let right = zip(found, lungs).filter { $1 > wide }.map { $0.0.innerRight }.min() ?? 0
    let step = size / 32
    let third = found.count / 3
    var left = found[third].innerLeft
    for row in found.indices where row > third {
      let rise = found[row].innerLeft - found[max(0, row - step)].innerLeft
      if row > found.count / 2, rise > Limit.jump { break }
      left = max(left, found[row].innerLeft)
    }
    let areas = found.reduce(into: (right: Float(0), left: Float(0))) { sum, row in
      sum.right += row.innerRight - row.outerRight
      sum.left += row.outerLeft - row.innerLeft
    }
    let both = max(1e-6, areas.right + areas.left)
    let share = Double(areas.right / both)
    return (
      Double((left - right) / width), Double(width), Double(both * film.pixel / width), share,
      Limit.share.contains(share) ? nil : "one lung missing"
    )
  }

  /// The edges in a row whose lungs are darkest within the given columns; nil where a lung is not
  /// darker than heart and wall.
  private func edges(
    _ film: PicturePlane, row: Int, rightLung: ClosedRange<Int>, leftLung: ClosedRange<Int>
  ) -> Edges? {
    let size = film.size
    let line = Array(film.values[(row * size)..<((row + 1) * size)])
    func darkest(_ range: ClosedRange<Int>) -> Int { range.min { line[$0] < line[$1] }! }
    func brightest(_ range: ClosedRange<Int>) -> Int { range.max { line[$0] < line[$1] }! }
    let right = darkest(rightLung)
    let left = darkest(leftLung)
    let heart = PicturePlane.quantile(Array(line[(size * 44 / 100)...(size * 56 / 100)]), 0.5)
    let wallRight = brightest(max(0, right - size * 22 / 100)...right)
    let wallLeft = brightest(left...min(size - 1, left + size * 22 / 100))
    guard
      min(heart, line[wallRight]) - line[right] > Limit.contrast,
      min(heart, line[wallLeft]) - line[left] > Limit.contrast
    else { return nil }
    /// Where the line first exceeds the level halfway between `start` and `bright` on the way to
    /// `end`.
    func crossing(from start: Int, to end: Int, bright: Float) -> Float {
      let level = (line[start] + bright) / 2
      let step = end < start ? -1 : 1
      var index = start
      while index != end, line[index + step] < level { index += step }
      if index == end { return film.place(end) }
      let share = (level - line[index]) / max(1e-6, line[index + step] - line[index])
      return film.place(index) + Float(step) * min(1, max(0, share)) * film.pixel
    }
    return Edges(
      outerRight: crossing(from: right, to: wallRight, bright: line[wallRight]),
      innerRight: crossing(from: right, to: size / 2 + 1, bright: heart),
      innerLeft: crossing(from: left, to: size / 2 - 1, bright: heart),
      outerLeft: crossing(from: left, to: wallLeft, bright: line[wallLeft]))
  }

  private func readMarker(_ film: PicturePlane) -> (
    side: Double?, x: Double?, y: Double?, impossible: String?
  ) {
    let reader = Self.readers[film.size] ?? ChestMarkerReader(size: film.size)
    let left = reader.read(film, left: true)
    let right = reader.read(film, left: false)
    guard max(left.score, right.score) > Limit.marker else { return (nil, nil, nil, "no marker") }
    let isRightMarker = left.score >= right.score
    let (marker, other) = isRightMarker ? (left, right) : (right, left)
    var impossible: String?
    if other.score > Limit.second * marker.score, other.ink > Limit.second * marker.ink {
      impossible = "two markers"
    } else if marker.isMirrored {
      impossible = "mirrored marker"
    } else if (marker.letter == "R") != isRightMarker {
      impossible = "wrong marker"
    }
    return (
      isRightMarker ? 1 : -1, Double(marker.centre.x), Double(marker.centre.y), impossible
    )
  }

  /// The letters of the common sizes, cut out once.
  private static let readers = [32: ChestMarkerReader(size: 32), 64: ChestMarkerReader(size: 64)]
}
