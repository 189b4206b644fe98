import Foundation
import Kernels
import Tensors

/// NIfTI-1 volumes in one file: .nii, and .nii.gz packed.
///
/// The file's RAS coordinates become LPS on reading and RAS again on writing. Orientation is the
/// sform where its code is positive, else the qform, else spacing alone with the origin at 0, in
/// this order, as nibabel takes it. Values are scl_slope · stored + scl_inter where the slope is
/// not 0. Lengths in metres or micrometres become mm; an unstated unit is taken as mm.
///
/// Source: nifti1.h, https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h.
public enum NIfTI {
  /// NIfTI's codes of voxel types.
  static let typeCodes: [VoxelType: Int16] = [
    .uint8: 2, .int16: 4, .int32: 8, .float32: 16, .float64: 64, .int8: 256, .uint16: 512,
    .uint32: 768, .int64: 1024, .uint64: 1280,
  ]

  /// The volume in a file; series with one time point and one component are volumes too.
  ///
  /// Throws an input error for an unknown pixel type, a series of volumes, a damaged or shortened
  /// file, and for the detached pairs .hdr and .img.
  public static func read(_ path: String) throws -> Volume {
    try readTyped(path).volume
  }

  /// The volume and the type that its file stores; float32 where the file scales its values.
  static func readTyped(_ path: String) throws -> (volume: Volume, type: VoxelType) {
    let bytes = try Gzip.read(path)
    let header = try NIfTIHeader(bytes, file: path)
    let size = header.geometry.count * header.type.size
    let held = max(0, bytes.count - header.dataOffset)
    guard held >= size else {
      throw LightboxError.input(
        file: path, found: "\(held) bytes of voxels",
        expected: "\(size) for [z, y, x] \(header.geometry.shape) of \(header.type.rawValue)",
        hint: "the file was cut; copy or download it again")
    }
    var voxels = Tensor<Float>(shape: header.geometry.shape) { output in
      bytes.withUnsafeBytes { raw in
        let data = UnsafeRawBufferPointer(
          rebasing: raw[header.dataOffset..<(header.dataOffset + size)])
        header.type.decode(data, bigEndian: header.isBigEndian, into: output)
      }
    }
    guard let (slope, intercept) = header.scaling else {
      return (Volume(voxels: voxels, geometry: header.geometry), header.type)
    }
    voxels.withUnsafeMutableElements { values in
      for i in values.indices { values[i] = Float(Double(values[i]) * slope + intercept) }
    }
    return (Volume(voxels: voxels, geometry: header.geometry), .float32)
  }

  /// Writes a volume, whole or not at all; packed where the name ends in .gz.
  ///
  /// The sform holds the geometry; the qform too where the directions are orthonormal. Integers are
  /// rounded to nearest; a value that does not fit is an error.
  public static func write(
    _ volume: Volume, to path: String, as type: VoxelType = .float32
  ) throws {
    let geometry = volume.geometry
    guard geometry.shape.allSatisfy({ $0 <= Int(Int16.max) }) else {
      throw LightboxError.cannotWrite(
        path, "\(geometry.shape) voxels exceed NIfTI-1's 32767 an axis; write .mha instead")
    }
    let data = try type.encode(volume.voxels, file: path)
    let bytes = NIfTIHeader.bytes(geometry, type: type) + data
    try FileBytes.write(path.hasSuffix(".gz") ? Gzip.compress(bytes) : bytes, to: path)
  }
}

/// What the 348 bytes at the head of a NIfTI-1 file say.
struct NIfTIHeader {
  let geometry: VolumeGeometry
  let type: VoxelType
  let isBigEndian: Bool
  let dataOffset: Int
  /// Slope and intercept where the values are scaled.
  let scaling: (slope: Double, intercept: Double)?

  init(_ bytes: [UInt8], file: String) throws {
    func fail(_ found: String, _ expected: String, _ hint: String? = nil) -> LightboxError {
      .input(file: file, found: found, expected: expected, hint: hint)
    }
    guard bytes.count >= 348 else { throw fail("\(bytes.count) bytes", "a NIfTI-1 header of 348") }
    let big = Int(bytes[0]) << 24 | Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3]) == 348
    let little =
      Int(bytes[3]) << 24 | Int(bytes[2]) << 16 | Int(bytes[1]) << 8 | Int(bytes[0]) == 348
    let magic = String(decoding: bytes[344..<347], as: UTF8.self)
    guard big || little, magic == "n+1" else {
      throw fail(
        magic == "ni1" ? "a header whose voxels are in an .img file" : "no NIfTI-1 signature",
        "a NIfTI-1 volume in one file", magic == "ni1" ? "convert it to .nii" : nil)
    }
    isBigEndian = big
    func short(_ at: Int) -> Int {
      let pair = big ? (bytes[at], bytes[at + 1]) : (bytes[at + 1], bytes[at])
      return Int(Int16(bitPattern: UInt16(pair.0) << 8 | UInt16(pair.1)))
    }
    func real(_ at: Int) -> Double {
      let order = big ? [0, 1, 2, 3] : [3, 2, 1, 0]
      let bits = order.reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[at + $1]) }
      return Double(Float(bitPattern: bits))
    }
    let rank = short(40)
    guard (1...7).contains(rank) else { throw fail("\(rank) axes", "1 to 7 axes") }
    let sizes = (1...7).map { $0 <= rank ? short(40 + 2 * $0) : 1 }
    guard sizes[..<3].allSatisfy({ $0 > 0 }), sizes[3...].allSatisfy({ $0 == 1 || $0 == 0 }) else {
      throw fail(
        "sizes \(sizes[..<rank].map(String.init).joined(separator: " x "))", "one volume",
        "take one volume out of a series before")
    }
    let code = short(70)
    guard let type = NIfTI.typeCodes.first(where: { $0.value == Int16(code) })?.key else {
      throw fail(
        "voxel type \(code)",
        "one of "
          + VoxelType.allCases.map { "\(NIfTI.typeCodes[$0]!) (\($0.rawValue))" }
          .joined(separator: ", "))
    }
    self.type = type
    let start = real(108)
    guard start.isFinite, start >= 348, start == start.rounded(), start < 1e9 else {
      throw fail("voxels at byte \(start)", "a whole number from 348 on")
    }
    dataOffset = Int(start)
    let (slope, intercept) = (real(112), real(116))
    let isScaled = slope.isFinite && intercept.isFinite && slope != 0
    scaling = isScaled && (slope != 1 || intercept != 0) ? (slope, intercept) : nil
    // 1 metre, 2 millimetre, 3 micrometre.
    let units: [UInt8: Double] = [1: 1000, 3: 0.001]
    let unit = units[bytes[123] & 7] ?? 1
    let shape = [sizes[2], sizes[1], sizes[0]]
    let steps = (1...3).map { axis in
      let step = abs(real(76 + 4 * axis))
      return axis <= rank && step > 0 ? step : 1
    }
    let map: SpatialTransform
    if short(254) > 0 {
      func row(_ at: Int) -> [Double] { (0..<4).map { real(at + 4 * $0) } }
      let (x, y, z) = (row(280), row(296), row(312))
      map = SpatialTransform(
        x: [x[0], y[0], z[0]], y: [x[1], y[1], z[1]], z: [x[2], y[2], z[2]],
        translation: [x[3], y[3], z[3]])
    } else if short(252) > 0 {
      let rotation = Self.rotation(b: real(256), c: real(260), d: real(264))
      let handedness: Double = real(76) < 0 ? -1 : 1
      map = SpatialTransform(
        x: rotation.x * steps[0], y: rotation.y * steps[1],
        z: rotation.z * (handedness * steps[2]),
        translation: SIMD3<Double>(real(268), real(272), real(276)))
    } else {
      map = SpatialTransform.scaling([steps[0], steps[1], steps[2]])
    }
    let lps = SpatialTransform.scaling([-unit, -unit, unit]) * map
    guard let geometry = VolumeGeometry(shape: shape, indexToWorld: lps) else {
      throw fail("an orientation without three directions", "a volume in space")
    }
    self.geometry = geometry
  }

  /// The rotation of a unit quaternion with a ≥ 0, given b, c and d.
  static func rotation(b: Double, c: Double, d: Double) -> SpatialTransform {
    // Half turns: what three rounded Floats leave for a is noise (nifti_quatern_to_mat44).
    let square = 1 - b * b - c * c - d * d
    let a = square < 1e-7 ? 0 : square.squareRoot()
    let n = 1 / (a * a + b * b + c * c + d * d).squareRoot()
    let (p, q, r, s) = (a * n, b * n, c * n, d * n)
    let (pp, qq, rr, ss): (Double, Double, Double, Double) = (p * p, q * q, r * r, s * s)
    let x = SIMD3<Double>(pp + qq - rr - ss, 2 * (q * r + p * s), 2 * (q * s - p * r))
    let y = SIMD3<Double>(2 * (q * r - p * s), pp + rr - qq - ss, 2 * (r * s + p * q))
    let z = SIMD3<Double>(2 * (q * s + p * r), 2 * (r * s - p * q), pp + ss - qq - rr)
    return SpatialTransform(x: x, y: y, z: z)
  }

  /// The quaternion parts b, c, d of a proper rotation, a ≥ 0 (nifti_mat44_to_quatern).
  static func quaternion(of m: SpatialTransform) -> (b: Double, c: Double, d: Double) {
    let trace = m.x.x + m.y.y + m.z.z + 1
    if trace > 0.5 {
      let a = trace.squareRoot() / 2
      return (
        (m.y.z - m.z.y) / (4 * a), (m.z.x - m.x.z) / (4 * a), (m.x.y - m.y.x) / (4 * a)
      )
    }
    let squares = [
      1 + m.x.x - m.y.y - m.z.z, 1 + m.y.y - m.x.x - m.z.z, 1 + m.z.z - m.x.x - m.y.y,
    ]
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    switch squares.indices.max(by: { squares[$0] < squares[$1] })! {
    case 0:
      b = squares[0].squareRoot() / 2
      (a, c, d) = (
        (m.y.z - m.z.y) / (4 * b), (m.x.y + m.y.x) / (4 * b), (m.x.z + m.z.x) / (4 * b)
      )
    case 1:
      c = squares[1].squareRoot() / 2
      (a, b, d) = (
        (m.z.x - m.x.z) / (4 * c), (m.x.y + m.y.x) / (4 * c), (m.y.z + m.z.y) / (4 * c)
      )
    default:
      d = squares[2].squareRoot() / 2
      (a, b, c) = (
        (m.x.y - m.y.x) / (4 * d), (m.x.z + m.z.x) / (4 * d), (m.y.z + m.z.y) / (4 * d)
      )
    }
    return a < 0 ? (-b, -c, -d) : (b, c, d)
  }

  /// Header, little-endian, and the four bytes that say "no extension": 352 in all.
  static func bytes(_ geometry: VolumeGeometry, type: VoxelType) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 352)
    func put<T: FixedWidthInteger>(_ value: T, _ at: Int) {
      withUnsafeBytes(of: value.littleEndian) {
        header.replaceSubrange(at..<(at + $0.count), with: $0)
      }
    }
    func put(_ value: Double, _ at: Int) { put(Float(value).bitPattern, at) }
    put(Int32(348), 0)
    put(Int16(3), 40)
    for (k, size) in geometry.shape.reversed().enumerated() { put(Int16(size), 42 + 2 * k) }
    for axis in 4...7 { put(Int16(1), 40 + 2 * axis) }
    put(NIfTI.typeCodes[type]!, 70)
    put(Int16(8 * type.size), 72)
    let ras = SpatialTransform.scaling([-1, -1, 1]) * geometry.indexToWorld
    let isMirrored = ras.determinant < 0
    put(isMirrored ? -1.0 : 1.0, 76)
    for axis in 0..<3 { put(geometry.spacingMM[axis], 80 + 4 * axis) }
    put(352.0, 108)
    put(1.0, 112)
    header[123] = 2
    if geometry.direction.isOrthonormal() {
      let s = geometry.spacingMM
      let rotation = SpatialTransform(
        x: ras.x / s.x, y: ras.y / s.y, z: ras.z / (isMirrored ? -s.z : s.z))
      let q = quaternion(of: rotation)
      put(Int16(1), 252)
      put(q.b, 256)
      put(q.c, 260)
      put(q.d, 264)
      for axis in 0..<3 { put(ras.translation[axis], 268 + 4 * axis) }
    }
    put(Int16(1), 254)
    for row in 0..<3 {
      for (column, value) in [ras.x[row], ras.y[row], ras.z[row], ras.translation[row]].enumerated()
      {
        put(value, 280 + 16 * row + 4 * column)
      }
    }
    header.replaceSubrange(344..<348, with: Array("n+1\0".utf8))
    return header
  }
}
