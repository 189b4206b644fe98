import Kernels

/// What a DICOM file says about its pixels and about where its frames lie.
struct DICOMFile {
  enum Photometric: String {
    case monochrome1 = "MONOCHROME1"
    case monochrome2 = "MONOCHROME2"
    case rgb = "RGB"
  }

  /// One frame in space; what the file does not say is nil.
  struct Slice {
    var frame: Int
    /// Centre of the first pixel in LPS mm.
    var positionMM: SIMD3<Double>?
    /// Directions of a growing column and of a growing row.
    var right, down: SIMD3<Double>?
    /// Distances between rows (y) and columns (x).
    var spacingMM: Image.Spacing?
    /// Thickness or distance to the next, for a slice that stands alone.
    var depthMM: Double?
    var slope, intercept: Double

    var isScaled: Bool { slope != 1 || intercept != 0 }
  }

  let file: String
  /// Bytes of the whole file.
  let size: Int
  let series, frameOfReference: String?
  let rows, columns: Int
  let photometric: Photometric
  /// Whether colours lie in planes instead of side by side.
  let isPlanar: Bool
  let format: DICOMSampleFormat
  /// Where the pixels lie.
  let pixels: Range<Int>
  let slices: [Slice]

  /// Samples a pixel: 1, or 3 of RGB.
  var samples: Int { photometric == .rgb ? 3 : 1 }
  /// Bytes a frame.
  var frameSize: Int { rows * columns * samples * format.size }

  /// Throws an input error for what is not read: no or compressed pixels, palettes and other
  /// colours than RGB, other than 8 or 16 bits, fewer pixels than the header states.
  init(_ bytes: [UInt8], file: String) throws {
    let set = try DICOMDataSet.read(bytes, file: file)
    self.file = file
    size = bytes.count
    guard let pixels = set.ranges[.pixels] else {
      let isFloat = set.ranges[.floatPixels] != nil || set.ranges[.doublePixels] != nil
      throw LightboxError.input(
        file: file, found: isFloat ? "pixels as floating-point numbers" : "no pixels",
        expected: "\(DICOMTag.pixels.name) with whole numbers")
    }
    self.pixels = pixels
    series = set.text(.seriesInstance)
    frameOfReference = set.text(.frameOfReference)
    let kind = set.text(.photometric) ?? "none"
    guard let photometric = Photometric(rawValue: kind) else {
      throw set.fault(
        .photometric, kind, "MONOCHROME1, MONOCHROME2 or RGB", hint: "convert it to RGB before")
    }
    self.photometric = photometric
    let samples = photometric == .rgb ? 3 : 1
    let stated = try set.word(.samplesPerPixel) ?? 1
    guard stated == samples else {
      throw set.fault(.samplesPerPixel, "\(stated)", "\(samples) for \(kind)")
    }
    isPlanar = try set.word(.planarConfiguration) == 1 && samples > 1
    format = try DICOMSampleFormat(set)
    (rows, columns) = (try set.required(.rows), try set.required(.columns))
    guard rows > 0, columns > 0 else {
      throw set.fault(.rows, "\(columns) x \(rows) pixels", "at least one")
    }
    let frames = try set.number(.frames) ?? 1
    // Hours of a cine; more would be a claim that memory is not spent on.
    guard frames >= 1, frames == frames.rounded(), frames <= 65536 else {
      throw set.fault(.frames, "\(frames)", "1 to 65536")
    }
    let frame = rows * columns * samples * format.size
    let needed = frame.multipliedReportingOverflow(by: Int(frames))
    guard !needed.overflow, needed.partialValue <= pixels.count else {
      throw LightboxError.input(
        file: file, found: "\(pixels.count) bytes of pixels",
        expected: "\(Int(frames)) x \(frame) for \(columns) x \(rows) of \(format.bits) bits",
        hint: "the file was cut; copy or download it again")
    }
    slices = try Self.slices(set, count: Int(frames))
  }

  // MARK: Where the frames lie

  /// Distances between pixels, from electrons to maps: products of three of them are numbers still.
  static let plausibleMM = 1e-6...1e6

  /// The frames: one place for all, or functional groups, shared or one a frame (PS3.3, C.7.6.16).
  private static func slices(_ set: DICOMDataSet, count: Int) throws -> [Slice] {
    if let table = set.items[.modalityTable], !table.isEmpty {
      throw set.fault(
        .modalityTable, "a table of values", "slope and intercept",
        hint: "apply the table before, for example with dcm2pnm or a viewer")
    }
    let shared = set.items[.sharedGroups]?.first
    let own = set.items[.frameGroups] ?? []
    guard own.isEmpty || own.count == count else {
      throw set.fault(.frameGroups, "\(own.count) items", "\(count), one a frame")
    }
    let between = try set.number(.spacingBetweenSlices)
    let slices = try (0..<count).map { k in
      func group(_ tag: DICOMTag) -> DICOMDataSet {
        if !own.isEmpty, let found = own[k].items[tag]?.first { return found }
        return shared?.items[tag]?.first ?? set
      }
      let measures = group(.pixelMeasures)
      let values = group(.valueTransformation)
      var slice = Slice(
        frame: k, spacingMM: try spacing(measures) ?? spacing(set),
        depthMM: try positive(measures, .spacingBetweenSlices)
          ?? positive(measures, .sliceThickness),
        slope: try values.number(.rescaleSlope) ?? 1,
        intercept: try values.number(.rescaleIntercept) ?? 0)
      if let p = try group(.planePosition).numbers(.position, count: 3) {
        slice.positionMM = [p[0], p[1], p[2]]
      }
      if let d = try group(.planeOrientation).numbers(.orientation, count: 6) {
        (slice.right, slice.down) = try directions(d, set)
      }
      return slice
    }
    return own.isEmpty && count > 1 ? stacked(slices, between) : slices
  }

  /// Frames without places of their own: along the normal, where their distance is stated.
  private static func stacked(_ slices: [Slice], _ between: Double?) -> [Slice] {
    let right = slices[0].right ?? [1, 0, 0]
    let down = slices[0].down ?? [0, 1, 0]
    return slices.map { slice in
      var placed = slice
      placed.positionMM = between.flatMap { distance in
        distance > 0
          ? (slice.positionMM ?? .zero) + cross(right, down) * (distance * Double(slice.frame))
          : nil
      }
      (placed.right, placed.down) = (right, down)
      return placed
    }
  }

  /// Distances of rows and columns: in the patient, else at the detector.
  private static func spacing(_ set: DICOMDataSet) throws -> Image.Spacing? {
    for tag in [DICOMTag.pixelSpacing, .imagerPixelSpacing] {
      guard let pair = try set.numbers(tag, count: 2) else { continue }
      guard pair.allSatisfy(plausibleMM.contains) else {
        throw set.fault(tag, "\(pair[0])\\\(pair[1])", "positive distances in mm")
      }
      return Image.Spacing(y: pair[0], x: pair[1])
    }
    return nil
  }

  private static func positive(_ set: DICOMDataSet, _ tag: DICOMTag) throws -> Double? {
    guard let value = try set.number(tag), value != 0 else { return nil }
    guard plausibleMM.contains(abs(value)) else {
      throw set.fault(tag, "\(value)", "a distance in mm")
    }
    return abs(value)
  }

  /// The two directions as unit vectors; they have to be orthonormal within 0.001.
  private static func directions(
    _ d: [Double], _ set: DICOMDataSet
  ) throws -> (SIMD3<Double>, SIMD3<Double>) {
    let (x, y) = (SIMD3(d[0], d[1], d[2]), SIMD3(d[3], d[4], d[5]))
    let lengths = [x, y].map { ($0 * $0).sum().squareRoot() }
    guard lengths.allSatisfy({ abs($0 - 1) < 1e-3 }), abs((x * y).sum()) < 1e-3 else {
      throw set.fault(
        .orientation, d.map { "\($0)" }.joined(separator: "\\"),
        "two unit vectors at right angles")
    }
    return (x / lengths[0], y / lengths[1])
  }
}

/// How a DICOM file stores a sample: some of 8 or 16 bits, signed or not (PS3.5, section 8).
struct DICOMSampleFormat: Equatable {
  /// Bits of a value, and bits that it lies in.
  let stored, bits: Int
  /// Bits below the value.
  let shift: Int
  let isSigned: Bool

  /// Bytes a sample.
  var size: Int { bits / 8 }
  /// The type that holds every value.
  var type: VoxelType { bits == 8 ? (isSigned ? .int8 : .uint8) : isSigned ? .int16 : .uint16 }
  /// The values that a sample can have.
  var range: ClosedRange<Int> {
    isSigned ? -(1 << (stored - 1))...(1 << (stored - 1)) - 1 : 0...(1 << stored) - 1
  }

  init(_ set: DICOMDataSet) throws {
    bits = try set.required(.bitsAllocated)
    guard bits == 8 || bits == 16 else { throw set.fault(.bitsAllocated, "\(bits)", "8 or 16") }
    stored = try set.word(.bitsStored) ?? bits
    let high = try set.word(.highBit) ?? stored - 1
    guard (1...bits).contains(stored), (stored - 1..<bits).contains(high) else {
      throw set.fault(
        .bitsStored, "\(stored) up to bit \(high)", "bits that lie within \(bits)")
    }
    shift = high + 1 - stored
    isSigned = try set.word(.pixelRepresentation) == 1
  }

  /// The value in a sample; other bits, such as those of overlays, are cut off.
  func value(_ sample: Int) -> Int {
    let value = sample >> shift & (1 << stored - 1)
    return isSigned && value >> (stored - 1) == 1 ? value - 1 << stored : value
  }
}
