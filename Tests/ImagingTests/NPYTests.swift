import Foundation
import Imaging
import Tensors
import Testing

@Suite struct NPYTests {
  struct Known: Sendable, CustomStringConvertible {
    var description: String
    var type: NPYArray.ElementType
    var values: [Double]
    var base64: String
    var bytes: [UInt8] { [UInt8](Data(base64Encoded: base64)!) }
  }

  /// Arrays of shape [2, 3] as numpy.save of NumPy 2.4.6 writes them.
  static let known: [Known] = [
    Known(
      description: "u1", type: .u1, values: [1, 2, 3, 4, 5, 6],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAoBAgMEBQY="),
    Known(
      description: "i1", type: .i1, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnfGkxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAr+/wABAgM="),
    Known(
      description: "<u2", type: .u2, values: [1, 2, 3, 4, 5, 6],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPHUyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAoBAAIAAwAEAAUABgA="),
    Known(
      description: ">u2", type: .u2, values: [1, 2, 3, 4, 5, 6],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPnUyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAoAAQACAAMABAAFAAY="),
    Known(
      description: "<i2", type: .i2, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAr+////AAABAAIAAwA="),
    Known(
      description: ">i2", type: .i2, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAr//v//AAAAAQACAAM="),
    Known(
      description: "<i4", type: .i4, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAr+/////////wAAAAABAAAAAgAAAAMAAAA="),
    Known(
      description: ">i4", type: .i4, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPmk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAr////+/////wAAAAAAAAABAAAAAgAAAAM="),
    Known(
      description: "<u4", type: .u4, values: [1, 2, 3, 4, 5, 6],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPHU0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAoBAAAAAgAAAAMAAAAEAAAABQAAAAYAAAA="),
    Known(
      description: "<i8", type: .i8, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAr+////////////////////AAAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAA="),
    Known(
      description: ">i8", type: .i8, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPmk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAr//////////v//////////AAAAAAAAAAAAAAAAAAAAAQAAAAAAAAACAAAAAAAAAAM="),
    Known(
      description: "<f4", type: .f4, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAoAAADAAACAvwAAAAAAAIA/AAAAQAAAQEA="),
    Known(
      description: ">f4", type: .f4, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIArAAAAAv4AAAAAAAAA/gAAAQAAAAEBAAAA="),
    Known(
      description: "<f8", type: .f8, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAoAAAAAAAAAwAAAAAAAAPC/AAAAAAAAAAAAAAAAAADwPwAAAAAAAABAAAAAAAAACEA="),
    Known(
      description: ">f8", type: .f8, values: [-2, -1, 0, 1, 2, 3],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIArAAAAAAAAAAL/wAAAAAAAAAAAAAAAAAAA/8AAAAAAAAEAAAAAAAAAAQAgAAAAAAAA="),
    Known(
      description: "?", type: .bool, values: [0, 1, 0, 1, 0, 1],
      base64:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzog"
        + "KDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAoAAQABAAE="),
  ]

  @Test(arguments: known) func readsWhatNumPyWrote(known: Known) throws {
    let array = try NPY.decode(known.bytes, file: "x.npy")
    #expect(array.shape == [2, 3])
    #expect(array.type == known.type)
    #expect(array.doubles == known.values)
    #expect(array.floats == known.values.map { Float($0) })
    #expect(try array.integers() == known.values.map { Int($0) })
  }

  /// Little-endian files are byte for byte those of NumPy.
  @Test(arguments: known.filter { !$0.description.hasPrefix(">") })
  func writesWhatNumPyWrites(known: Known) throws {
    #expect(NPY.encode(try NPY.decode(known.bytes, file: "x.npy")) == known.bytes)
  }

  @Test(arguments: known) func everyTruncationIsAnError(known: Known) {
    for length in 0..<known.bytes.count {
      let said = message { try NPY.decode(Array(known.bytes[..<length]), file: "x.npy") }
      #expect(said?.hasPrefix("x.npy: found ") == true, "length \(length)")
    }
  }

  /// numpy.asfortranarray(numpy.arange(24).reshape(2, 3, 4)), saved by NumPy 2.4.6.
  @Test func fortranOrderBecomesRowMajor() throws {
    let bytes = Data(
      base64Encoded:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAo"
        + "MiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAoAAAAADAAAAAQAAAAQAAAACAAAABQAAAABAAAADQAAAAUAAAARAAAACQAAABUAAAACAAAA"
        + "DgAAAAYAAAASAAAACgAAABYAAAADAAAADwAAAAcAAAATAAAACwAAABcAAAA=")!
    let array = try NPY.decode([UInt8](bytes), file: "x.npy")
    #expect(array.shape == [2, 3, 4])
    #expect(try array.elements(of: Int32.self) == (0..<24).map { Int32($0) })
  }

  /// numpy.lib.format.write_array with version (2, 0) and (3, 0).
  @Test(arguments: [

    "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAo"
      + "MiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
      + "IAoAAIA/AAAAQAAAQEAAAIBAAACgQAAAwEA=",

    "k05VTVBZAwB0AAAAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAo"
      + "MiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
      + "IAoAAIA/AAAAQAAAQEAAAIBAAACgQAAAwEA=",
  ]) func laterHeaderVersions(base64: String) throws {
    let array = try NPY.decode([UInt8](Data(base64Encoded: base64)!), file: "x.npy")
    #expect(array.tensor == Tensor<Float>(shape: [2, 3], [1, 2, 3, 4, 5, 6]))
  }

  /// Shapes (), (2,) and (0, 3) as NumPy 2.4.6 writes them.
  @Test func unusualShapesAreNumPysToTheByte() throws {
    let scalar =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKC"
      + "ksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
      + "ICAgIAoAAAAAAAAEQA=="
    let vector =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKD"
      + "IsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
      + "ICAgIAoAAAAAAAD4PwAAAAAAAADA"
    let empty =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKD"
      + "AsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
      + "ICAgIAo="
    #expect(Data(NPY.encode(NPYArray(Tensor<Double>(2.5)))).base64EncodedString() == scalar)
    #expect(Data(NPY.encode(NPYArray(shape: [2], [1.5, -2.0]))).base64EncodedString() == vector)
    let none = NPYArray(shape: [0, 3], [Float]())
    #expect(Data(NPY.encode(none)).base64EncodedString() == empty)
    for text in [scalar, vector, empty] {
      _ = try NPY.decode([UInt8](Data(base64Encoded: text)!), file: "x.npy")
    }
  }

  @Test func pickledObjectsAreRefused() {
    let bytes = Data(
      base64Encoded:

        "k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAo"
        + "MSwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgIAqABJWLAAAAAAAAAIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJST"
        + "lIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwGFlGgDjAVkdHlwZZSTlIwCTziUiYiH"
        + "lFKUKEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlH2UYXSUYi4=")!
    let said = message { try NPY.decode([UInt8](bytes), file: "x.npy") }
    #expect(
      said == "x.npy: found elements of type |O, expected one of b1, u1, u2, u4, u8, i1, i2, i4, "
        + "i8, f4, f8")
  }

  @Test func otherTypesAndFractionsAreErrors() throws {
    let array = NPYArray(shape: [2], [1.5, Double.nan])
    #expect(message { try array.integers() } == "array: found 1.5, expected integers")
    #expect(
      message { try array.elements(of: UInt8.self) }
        == "array: found elements of type f8, expected type u1")
    #expect(
      message { try NPY.decode(Array("hello world!".utf8), file: "x.npy") }
        == "x.npy: found no NumPy signature, expected a NumPy array")
  }

  /// numpy.savez_compressed(train=…, label=…) of NumPy 2.4.6.
  static let archive = [UInt8](
    Data(
      base64Encoded:

        "UEsDBC0AAAAIAAAAIQAQJsp+//////////8JABQAdHJhaW4ubnB5AQAQAIYAAAAAAAAATAAAAAAAAACb"
        + "7BfqGxDJyFDGUK2eklqcXKRupaBeU2qorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrG"
        + "mjoKtQpkAy5GJmYWVjYAUEsDBC0AAAAIAAAAIQCDF7Ll//////////8JABQAbGFiZWwubnB5AQAQAIIA"
        + "AAAAAAAASAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBeU2qorqOgnpZfVFKUmBefX5SSChJ3S8wp"
        + "TgWKF2ckFqQC+RpGOgqGmjoKtQpkAy4GRgBQSwECLQMtAAAACAAAACEAECbKfkwAAACGAAAACQAAAAAA"
        + "AAAAAAAAgAEAAAAAdHJhaW4ubnB5UEsBAi0DLQAAAAgAAAAhAIMXsuVIAAAAggAAAAkAAAAAAAAAAAAA"
        + "AIABhwAAAGxhYmVsLm5weVBLBQYAAAAAAgACAG4AAAAKAQAAAAA=")!)

  @Test func archives() throws {
    try withFolder { folder in
      let path = folder.appending(path: "x.npz").path
      try Data(Self.archive).write(to: URL(fileURLWithPath: path))
      let archive = try NPZ(path)
      #expect(archive.names == ["train", "label"])
      #expect(try archive.array("train").elements(of: UInt8.self) == [1, 2, 3, 4, 5, 6])
      #expect(try archive.array("label").shape == [2, 1])
      #expect(
        message { try archive.array("test") }
          == "\(path): found no array test, expected one of train, label")

      let again = folder.appending(path: "again.npz").path
      let arrays = try archive.names.map { ($0, try archive.array($0)) }
      try NPZ.write(arrays, to: again)
      #expect(try NPZ(again).names == ["train", "label"])
      #expect(try NPZ(again).array("label").integers() == [0, 1])
      let first = try Data(contentsOf: URL(fileURLWithPath: again))
      try NPZ.write(arrays, to: again)
      #expect(try Data(contentsOf: URL(fileURLWithPath: again)) == first)
    }
  }

  /// Members are read into memory: a name that climbs out of the folder leaves no file anywhere.
  @Test func membersNamedAboveTheirFolder() throws {
    try withFolder { folder in
      let inner = folder.appending(path: "inner")
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      let path = inner.appending(path: "x.npz").path
      try NPZ.write([("../outside", NPYArray(shape: [2], [1.5, -2.0]))], to: path)
      let archive = try NPZ(path)
      #expect(archive.names == ["../outside"])
      #expect(try archive.array("../outside").doubles == [1.5, -2])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["inner"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: inner.path) == ["x.npz"])
    }
  }

  @Test func filesThatAreNotArchives() throws {
    try withFolder { folder in
      let path = folder.appending(path: "x.npz").path
      try Data("not a zip archive at all, only text".utf8).write(to: URL(fileURLWithPath: path))
      #expect(
        message { try NPZ(path) }
          == "\(path): found a file that is not a zip archive, expected an .npz archive; "
          + "download it again")
      try Data(Self.archive[..<200]).write(to: URL(fileURLWithPath: path))
      #expect(message { try NPZ(path) }?.hasPrefix("\(path): found ") == true)
      var flipped = Self.archive
      flipped[90] ^= 0x55
      try Data(flipped).write(to: URL(fileURLWithPath: path))
      #expect(
        message { try NPZ(path).array("train") }
          == "\(path), array train: found damaged data, expected a complete array; "
          + "download the archive again")
      let missing = folder.appending(path: "none.npz").path
      #expect(message { try NPZ(missing) } == "\(missing): found no file, expected an .npz archive")
    }
  }
}
