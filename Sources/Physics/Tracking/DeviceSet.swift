import Foundation
import FoundationXML
import Imaging
import Kernels

/// What a PLUS device set (its XML configuration) says about reconstructing a volume: the fixed
/// transforms of CoordinateDefinitions, among them the probe's calibration, and VolumeReconstruction.
///
/// Devices, phantoms and everything else in the file are passed over. Settings that would change the
/// volume and are not known here are errors.
///
/// Source: PLUS user manual, "Coordinate system definitions", "Algorithm: volume reconstruction".
public struct DeviceSet: Sendable {
  /// The attributes of VolumeReconstruction.
  public struct Reconstruction: Sendable {
    public var image = "Image"
    public var reference = "Reference"
    public var settings = CompoundingSettings()
    /// Along x, y and z of the reference in mm.
    public var spacingMM: SIMD3<Double>?
    public var originMM: SIMD3<Double>?
    /// First and last voxel along x, y and z.
    public var extent: [Int]?
    /// Tried one after the other in each hole; empty where holes stay.
    public var filling: [HoleFilling] = []

    public init() {}
  }

  public let file: String
  public let transforms: [TransformName: SpatialTransform]
  /// nil where the file has no VolumeReconstruction.
  public let reconstruction: Reconstruction?

  /// Reads a file; throws an input error with the line where it is not what PLUS writes.
  public init(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw LightboxError.input(
        file: path, found: "no readable file", expected: "a PLUS device set")
    }
    // Foundation's parser stops the program at a name that is not UTF-8.
    guard let text = String(validating: data, as: UTF8.self) else {
      throw LightboxError.input(
        file: path, found: "bytes that are not UTF-8", expected: "a PLUS device set in UTF-8")
    }
    try Self.refuseInstructions(text, file: path)
    let reader = DeviceSetReader(path)
    let parser = XMLParser(data: data)
    parser.delegate = reader
    let isComplete = parser.parse()
    if let error = reader.error { throw error }
    guard isComplete, parser.parserError == nil, reader.isClosed else {
      throw LightboxError.input(
        file: path, row: parser.lineNumber, found: "broken XML",
        expected: "a PLUS device set")
    }
    guard reader.hasRoot else {
      throw LightboxError.input(
        file: path, found: "no element PlusConfiguration", expected: "a PLUS device set")
    }
    file = path
    transforms = reader.transforms
    reconstruction = reader.reconstruction
  }

  /// Throws an input error for a processing instruction and for a document type, which PLUS does not
  /// write.
  ///
  /// Foundation's parser stops the program at an instruction without text, `<?name?>`; a document type
  /// can define entities that grow without bound.
  private static func refuseInstructions(_ text: String, file: String) throws {
    var start = text.startIndex
    if text.hasPrefix("\u{FEFF}") { start = text.index(after: start) }
    let declaration = text[start...]
    if declaration.hasPrefix("<?xml"), declaration.dropFirst(5).first?.isWhitespace == true,
      let end = declaration.range(of: "?>")
    {
      start = end.upperBound
    }
    for (mark, found) in [
      ("<?", "a processing instruction"), ("<!DOCTYPE", "a document type"),
    ] {
      guard let place = text[start...].range(of: mark) else { continue }
      let row = text[..<place.lowerBound].reduce(1) { $1.isNewline ? $0 + 1 : $0 }
      throw LightboxError.input(
        file: file, row: row, found: found, expected: "elements alone, as PLUS writes them",
        hint: "remove it")
    }
  }
}

private final class DeviceSetReader: NSObject, XMLParserDelegate {
  let file: String
  var transforms: [TransformName: SpatialTransform] = [:]
  var reconstruction: DeviceSet.Reconstruction?
  var error: LightboxError?
  var hasRoot = false
  private var path: [String] = []
  /// Whether every element was closed under its own name.
  var isClosed: Bool { path.isEmpty && !isCrossed }
  private var isCrossed = false
  private var line = 0
  private var fillsHoles = false

  init(_ file: String) { self.file = file }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    path.append(name)
    line = parser.lineNumber
    do {
      switch path.dropFirst().joined(separator: "/") {
      case "" where name == "PlusConfiguration": hasRoot = true
      case "CoordinateDefinitions/Transform": try transform(attributes)
      case "VolumeReconstruction": try reconstruct(attributes)
      case "VolumeReconstruction/HoleFilling/HoleFillingElement":
        if fillsHoles { reconstruction!.filling.append(try filling(attributes)) }
      default: break
      }
    } catch let found as LightboxError {
      error = error ?? found
      parser.abortParsing()
    } catch {
      preconditionFailure("\(error)")
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    // The parser goes on after an end that does not fit.
    if path.popLast() != name { isCrossed = true }
  }

  private func fail(_ found: String, _ expected: String, _ hint: String? = nil) -> LightboxError {
    .input(file: file, row: line, found: found, expected: expected, hint: hint)
  }

  private func transform(_ attributes: [String: String]) throws {
    guard let from = attributes["From"], let to = attributes["To"] else {
      throw fail("a Transform without From and To", "two coordinate systems")
    }
    let numbers = (attributes["Matrix"] ?? "").split(whereSeparator: \.isWhitespace)
    guard let matrix = SpatialTransform(rowMajor: numbers.compactMap { Double($0) }),
      numbers.count == 16
    else {
      throw fail(
        "the Matrix of \(from)To\(to) with \(numbers.count) entries",
        "16 finite numbers that end in 0 0 0 1")
    }
    let name = TransformName(from: from, to: to)
    guard transforms[name] == nil else { throw fail("\(name) twice", "one matrix") }
    transforms[name] = matrix
  }

  private func reconstruct(_ attributes: [String: String]) throws {
    var result = DeviceSet.Reconstruction()
    result.image = attributes["ImageCoordinateFrame"] ?? result.image
    result.reference = attributes["ReferenceCoordinateFrame"] ?? result.reference
    switch attributes["Interpolation"] {
    case nil, "LINEAR": result.settings.interpolation = .trilinear
    case "NEAREST_NEIGHBOR": result.settings.interpolation = .nearest
    case let other?: throw fail("Interpolation=\"\(other)\"", "LINEAR or NEAREST_NEIGHBOR")
    }
    switch attributes["CompoundingMode"] {
    case nil, "MEAN": result.settings.rule = .mean
    case "MAXIMUM": result.settings.rule = .maximum
    case "LATEST": result.settings.rule = .latest
    case let other?: throw fail("CompoundingMode=\"\(other)\"", "MEAN, MAXIMUM or LATEST")
    }
    for name in ["Compounding", "Calculation"] where attributes[name] != nil {
      throw fail("the attribute \(name)", "CompoundingMode, which took its place in PLUS 2.2")
    }
    for name in ["PixelRejectionThreshold", "SkipInterval", "EnableFanAnglesAutoDetect"] {
      let value = attributes[name]
      guard value == nil || (name == "SkipInterval" && value == "1") || value == "FALSE" else {
        throw fail("\(name)=\"\(value!)\"", "settings known here", "remove the attribute to go on")
      }
    }
    for name in ["FanAnglesDeg", "FanAngles"] {
      if let angles = try numbers(attributes, name, 2), angles != [0, 0] {
        throw fail(
          "\(name)=\"\(attributes[name]!)\"", "frames of a linear probe, without a fan",
          "remove the attribute to use whole rectangles")
      }
    }
    if let origin = try whole(attributes, "ClipRectangleOrigin", 2),
      let size = try whole(attributes, "ClipRectangleSize", 2), size[0] > 0, size[1] > 0
    {
      result.settings.clip = ClipRectangle(
        x: origin[0], y: origin[1], width: size[0], height: size[1])
    }
    if let s = try numbers(attributes, "OutputSpacing", 3) {
      guard s.allSatisfy({ $0 > 0 }) else { throw fail("OutputSpacing \(s)", "distances in mm") }
      result.spacingMM = SIMD3(s[0], s[1], s[2])
    }
    result.originMM = try numbers(attributes, "OutputOrigin", 3).map { SIMD3($0[0], $0[1], $0[2]) }
    result.extent = try whole(attributes, "OutputExtent", 6)
    switch attributes["FillHoles"] {
    case nil, "OFF": fillsHoles = false
    case "ON": fillsHoles = true
    case let other?: throw fail("FillHoles=\"\(other)\"", "ON or OFF")
    }
    reconstruction = result
  }

  private func filling(_ attributes: [String: String]) throws -> HoleFilling {
    func size() throws -> Int {
      guard let size = try whole(attributes, "Size", 1)?[0], size > 0, size % 2 == 1 else {
        throw fail("Size \(attributes["Size"] ?? "missing")", "an odd number of voxels")
      }
      return size
    }
    let share = try numbers(attributes, "MinimumKnownVoxelsRatio", 1)?[0] ?? 0
    func deviation() throws -> Double {
      guard let stdev = try numbers(attributes, "Stdev", 1)?[0], stdev > 0 else {
        throw fail("Stdev \(attributes["Stdev"] ?? "missing")", "a positive number of voxels")
      }
      return stdev
    }
    switch attributes["Type"] {
    case "GAUSSIAN":
      return .gaussian(size: try size(), deviation: try deviation(), leastKnown: share)
    case "DISTANCE_WEIGHT_INVERSE":
      return .inverseDistance(size: try size(), leastKnown: share)
    case "NEAREST_NEIGHBOR": return .nearest(size: try size(), leastKnown: share)
    case "STICK":
      guard let length = try whole(attributes, "StickLengthLimit", 1)?[0], length > 1,
        let count = try whole(attributes, "NumberOfSticksToUse", 1)?[0], count > 0
      else { throw fail("a STICK", "StickLengthLimit and NumberOfSticksToUse") }
      return .sticks(length: length, count: count)
    default:
      throw fail(
        "HoleFillingElement of Type \(attributes["Type"] ?? "missing")",
        "GAUSSIAN, DISTANCE_WEIGHT_INVERSE, NEAREST_NEIGHBOR or STICK")
    }
  }

  private func numbers(
    _ attributes: [String: String], _ name: String, _ count: Int
  ) throws -> [Double]? {
    guard let text = attributes[name] else { return nil }
    let numbers = text.split(whereSeparator: \.isWhitespace).map { Double($0) ?? .nan }
    guard numbers.count == count, numbers.allSatisfy(\.isFinite) else {
      throw fail("\(name)=\"\(text)\"", "\(count) number\(count == 1 ? "" : "s")")
    }
    return numbers
  }

  private func whole(
    _ attributes: [String: String], _ name: String, _ count: Int
  ) throws -> [Int]? {
    try numbers(attributes, name, count)?.map { value in
      guard let number = Int(exactly: value) else {
        throw fail("\(name)=\"\(attributes[name]!)\"", "whole numbers")
      }
      return number
    }
  }
}
