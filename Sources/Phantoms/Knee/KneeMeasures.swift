import Foundation

/// What classical image analysis reads off a film of a knee, generated ones included.
///
/// The joint is where a dark band lies above a bright plate in both compartments; its width comes from
/// `KneeJointFit` over the middle 10 mm of a compartment; spurs are what reaches beyond the border
/// that a healthy margin has relative to the bone next to it; hardened bone is what is brighter below
/// the plateau than deep in the tibia, relative to the contrast of bone and gap. Lengths are those on
/// the film: they hold magnification and what the beam hides.
extension KneePhantom {
  /// Names, with units, of what `measure` gives.
  public static let measures = [
    "medial joint space [mm]", "lateral joint space [mm]", "medial tibial spur [mm²]",
    "lateral tibial spur [mm²]", "medial femoral spur [mm²]", "lateral femoral spur [mm²]",
    "medial subchondral brightness", "lateral subchondral brightness", "plateau width [mm]",
    "joint tilt [degrees]",
  ]

  /// Limits of what counts as a knee. Simulated films, whose extremes set them with a margin, keep
  /// inside: `make phantoms` counts those that do not.
  enum Limit {
    /// Contrast of bone and joint space; darkness of the joint against both bones.
    static let contrast: Float = 0.15
    static let joint: Float = 0.3
    /// Widest joint space in mm.
    static let space: Float = 8.5
    /// Breadth of the femur over that of the tibia.
    static let breadth: ClosedRange<Float> = 0.75...1.2
    /// Brightness of the fibula at its own side over that at the other, relative to the contrast.
    static let fibula: Float = 0.1
  }

  /// What the fit reads too much at 64 pixels, in mm; found on other knees.
  static let excessMM: Float = 0.06

  /// Measures a picture, [1, size, size], 0...1.
  public static func measure(_ pixels: [Float], size: Int) -> PictureMeasures {
    let film = KneeReading(pixels, size: size)
    let nothing = [Double?](repeating: nil, count: measures.count)
    let joint = findJoint(film)
    let line = KneeReading.Line(x: 0, y: (joint.medial + joint.lateral) / 2, slope: joint.slope)
    let bone = PicturePlane.quantile(
      stride(from: Float(-18), through: 18, by: 3).flatMap { x in
        [Float(9), 12, 15, 18].map { film(line, x, $0) }
      }, 0.5)
    var gap = Float.infinity
    for x in [Float(-24), -22, -20, -18, -16, 16, 18, 20, 22, 24] {
      for depth in [Float(-2), -1, 0, 1, 2] { gap = min(gap, film(line, x, depth)) }
    }
    let contrast = bone - gap
    guard contrast > Limit.contrast else {
      return PictureMeasures(values: nothing, impossible: "no bones")
    }
    guard joint.darkness > Limit.joint else {
      return PictureMeasures(values: nothing, impossible: "no joint")
    }
    func border(_ side: Float, _ depth: Float) -> Float {
      film.border(
        line, side: side, depth: depth, threshold: gap + 0.4 * contrast, nearest: 20)
    }
    func middle(_ side: Float, _ depths: [Float]) -> Float {
      PicturePlane.quantile(depths.map { border(side, $0) }, 0.5)
    }
    let tibia = [middle(1, [6, 7.5, 9]), middle(-1, [6, 7.5, 9])]
    let femur = [middle(1, [-20, -22, -24]), middle(-1, [-20, -22, -24])]
    let width = tibia[0] + tibia[1]
    let centre = (tibia[0] - tibia[1]) / 2
    // Halfway to the usual width, since spurs widen what is measured.
    let reach = KneeOutline.compartmentShare * (width + 74) / 2
    let fits = fitJoint(film, line: line, centre: centre, reach: reach)
    let margins = spurs(
      film, line: line, centre: centre, reach: reach, fits: fits, gap: gap, contrast: contrast)
    let deep = film.mean(line, along: (centre - 12)...(centre + 12), depth: 14...22)
    let plates = KneeCompartment.allCases.map { compartment -> Double in
      let at = centre + compartment.sign * reach
      let edge = fits[compartment.rawValue].edge
      let plate = film.mean(
        line, along: (at - 5)...(at + 5), depth: (edge + 0.5)...(edge + 5))
      return Double((plate - deep) / contrast)
    }
    let spaces = fits.map { max(0, $0.gap - excessMM) }
    let values: [Double?] =
      spaces.map { Double($0) } + margins.map { Double($0) } + plates.map { $0 } + [
        Double(width), Double(atanf(joint.slope)) * 180 / .pi,
      ]
    let breadth = (femur[0] + femur[1]) / max(1, width)
    var impossible: String?
    if spaces.max()! > Limit.space {
      impossible = "joint space too wide"
    } else if !Limit.breadth.contains(breadth) {
      impossible = "femur and tibia of different widths"
    } else {
      let lateral = fibula(
        film, line: line, centre: centre, half: width / 2, side: -1)
      let medial = fibula(
        film, line: line, centre: centre, half: width / 2, side: 1)
      let difference = (lateral - medial) / contrast
      if difference < -Limit.fibula {
        impossible = "fibula on the medial side"
      } else if difference < Limit.fibula {
        impossible = "no fibula"
      }
    }
    return PictureMeasures(values: values, impossible: impossible)
  }

  /// y of the joint's dark band at 19.5 mm to either side, and how dark it is.
  private static func findJoint(
    _ film: KneeReading
  ) -> (medial: Float, lateral: Float, slope: Float, darkness: Float) {
    let count = 69
    func depth(_ index: Int) -> Float { -12 + 0.5 * Float(index) }
    func darkness(_ x: Float) -> [Float] {
      let profile = (0..<count).map { index -> Float in
        stride(from: Float(-6), through: 6, by: 1.5).reduce(0) {
          $0 + film(x + $1, depth(index)) / 9
        }
      }
      func at(_ index: Int, _ millimetres: Float) -> Float {
        profile[min(count - 1, max(0, index + Int(2 * millimetres)))]
      }
      return (0..<count).map { index in
        let above = min(at(index, -7), at(index, -5))
        let below = min(at(index, 6), at(index, 5))
        let plate = max(at(index, 2.5), at(index, 3.5))
        return (above + below + plate) / 2 - 1.5 * profile[index]
      }
    }
    let (lateral, medial) = (darkness(-19.5), darkness(19.5))
    var best = (value: -Float.infinity, lateral: 0, medial: 0)
    for a in 0..<count {
      for b in max(0, a - 10)...min(count - 1, a + 10) {
        let value = lateral[a] + medial[b] - 0.002 * Float(abs(a - b))
        if value > best.value { best = (value, a, b) }
      }
    }
    let (low, high) = (depth(best.lateral), depth(best.medial))
    return (high, low, (high - low) / 39, best.value)
  }

  /// The edges of both compartments, medial first.
  private static func fitJoint(
    _ film: KneeReading, line: KneeReading.Line, centre: Float, reach: Float
  ) -> [KneeJointFit] {
    var samples: [[KneeJointFit.Sample]] = [[], []]
    for row in 0..<film.size {
      for column in 0..<film.size {
        let (x, y) = (film.place(column) - line.x, film.place(row) - line.y)
        let depth = y * line.cosine - x * line.sine
        guard abs(depth) <= 9.5 else { continue }
        let along = x * line.cosine + y * line.sine - centre
        for (index, sign) in [Float(1), -1].enumerated()
        where abs(along - sign * reach) <= KneeOutline.window {
          samples[index].append((depth, film.values[row * film.size + column]))
        }
      }
    }
    // The grey of an open gap: the darkest line of either compartment, or, where both are closed, the
    // soft tissue between spines and condyles.
    var beside: [Float] = []
    for side in [Float(-1), 1] {
      for at in stride(from: Float(9), through: 13, by: 1) {
        for depth in stride(from: Float(-6), through: -1, by: 1) {
          beside.append(film(line, centre + side * at, depth))
        }
      }
    }
    var dark = PicturePlane.quantile(beside, 0.1)
    for part in samples {
      for at in stride(from: Float(-4), through: 4, by: 0.5) {
        let near = part.filter { abs($0.depth - at) <= film.pixelMM / 2 + 0.1 }.map(\.value)
        if let mean = PicturePlane.mean(near) { dark = min(dark, mean) }
      }
    }
    let shapes = KneeJointFit.Shapes(pixelMM: film.pixelMM)
    return samples.map { KneeJointFit($0, dark: dark, shapes: shapes) }
  }

  /// Borders of healthy margins in mm beyond the bone next to them, in the order of
  /// `KneeMargin.allCases`: the tibia's at 0 to 4 mm below the plateau relative to 8 to 10, the femur's
  /// at 14 to 7 mm above relative to 22 to 17; means over healthy knees.
  private static let healthy: [[Float]] = [
    [1.8, 2.6, 3.3, 3.7, 3.8], [0.8, 1.8, 2.6, 3.2, 3.5],
    [1.7, 1.6, 1.3, 1.2, 1.0, 0.7, 0.3, -0.3], [1.0, 0.8, 0.6, 0.5, 0.1, -0.2, -0.7, -1.1],
  ]

  /// Area of the spurs in mm², in the order of `KneeMargin.allCases`.
  private static func spurs(
    _ film: KneeReading, line: KneeReading.Line, centre: Float, reach: Float,
    fits: [KneeJointFit], gap: Float, contrast: Float
  ) -> [Float] {
    // Tibia and femur have lines of their own through their edges.
    func own(_ depths: [Float]) -> (y: Float, slope: Float) {
      (
        line.y + centre * line.sine + (depths[0] + depths[1]) / 2,
        line.sine / line.cosine + (depths[0] - depths[1]) / (2 * reach)
      )
    }
    let tibia = own(fits.map(\.edge))
    let femur = own(fits.map { $0.edge - $0.gap })
    let tibiaLine = KneeReading.Line(x: centre, y: tibia.y, slope: tibia.slope)
    var femurLine = tibiaLine
    femurLine.y = femur.y
    return KneeMargin.allCases.map { margin in
      let side = margin.compartment.sign
      func border(_ depth: Float, _ share: Float) -> Float {
        film.border(
          margin.isFemur ? femurLine : tibiaLine, side: side, depth: depth,
          threshold: gap + share * contrast, nearest: 22,
          lean: margin.isFemur ? femur.slope - tibia.slope : 0)
      }
      let beside: [Float] = margin.isFemur ? [-17.5, -19, -20.5, -22] : [8, 9, 10]
      let reference = PicturePlane.quantile(beside.map { border($0, 0.45) }, 0.5)
      let healthy = healthy[margin.rawValue]
      let first: Float = margin.isFemur ? -14 : 0
      return healthy.indices.reduce(Float(0)) {
        $0 + max(0, border(first + Float($1), 0.28) - reference - healthy[$1])
      }
    }
  }

  /// Brightest column where a fibula's shaft would be, clear of the tibia.
  private static func fibula(
    _ film: KneeReading, line: KneeReading.Line, centre: Float, half: Float, side: Float
  ) -> Float {
    [Float(0.82), 0.87, 0.92, 0.97, 1.02].map { share in
      let at = centre + side * share * half
      return film.mean(line, along: (at - 1.5)...(at + 1.5), depth: 28...36)
    }.max()!
  }
}
