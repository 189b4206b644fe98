import Foundation
import Kernels
import Tensors
import Testing

@Suite struct SafetensorsTests {
  /// Written by Python's safetensors 0.x `save` from torch tensors of float32, float16, bfloat16,
  /// int64 and uint8, with metadata {"k": "v"}.
  static let python = Data(
    base64Encoded:
      "MAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJrIjoidiJ9LCJpIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOlsyXSwi"
      + "ZGF0YV9vZmZzZXRzIjpbMCwxNl19LCJhIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDJdLCJkYXRhX29mZnNl"
      + "dHMiOlsxNiwzMl19LCJiIjp7ImR0eXBlIjoiQkYxNiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzMyLDM2"
      + "XX0sImgiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzRdLCJkYXRhX29mZnNldHMiOlszNiw0NF19LCJ1Ijp7ImR0"
      + "eXBlIjoiVTgiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOls0NCw0Nl19fSAg+/////////8AAAAAAAEAAAAA"
      + "wD8AAADAAABQQAAAgECAP0nAADxVtf97AQAA/w==")!

  @Test func readsPython() throws {
    let file = try Safetensors(Self.python, file: "python.safetensors")
    #expect(file.metadata == ["k": "v"] && file.names == ["i", "a", "b", "h", "u"])
    #expect(try file.tensor("a", as: Float.self) == Tensor(shape: [2, 2], [1.5, -2, 3.25, 4]))
    // Half precision holds 6e-8 as its smallest number, 2^-24.
    #expect(
      try file.tensor("h", as: Double.self)
        == Tensor(shape: [4], [1, -0.333251953125, 65504, 0x1p-24]))
    #expect(try file.tensor("b", as: Float.self) == Tensor(shape: [2], [1, -3.140625]))
    #expect(try file.tensor("i", as: Double.self) == Tensor(shape: [2], [-5, 0x1p40]))
    #expect(try file.tensor("u", as: Float.self) == Tensor(shape: [2], [0, 255]))
  }

  @Test func roundTrip() throws {
    let a = Tensor<Double>(shape: [2, 3], [1, -2, .pi, .infinity, 5e-324, -0.0])
    let b = Tensor<Double>(shape: [], [7])
    let empty = Tensor<Double>.zeros([0, 4])
    let path = NSTemporaryDirectory() + "lightbox-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Safetensors.write(
      [("a", a), ("empty", empty), ("quote\"\\\n", b)], metadata: ["epoch": "3"], to: path)
    let file = try Safetensors.read(path)
    #expect(file.names == ["a", "empty", "quote\"\\\n"] && file.metadata["epoch"] == "3")
    #expect(try file.tensor("a", as: Double.self) == a)
    #expect(try file.tensor("empty", as: Double.self) == empty)
    #expect(try file.tensor("quote\"\\\n", as: Double.self) == b)
  }

  /// Doubles first, then floats, each by name; read by Python's safetensors 0.x as the same arrays.
  @Test func bothNumberTypesInOneFile() throws {
    let doubles = [
      "z": Tensor<Double>(shape: [2], [.pi, -0.0]), "b": Tensor<Double>(shape: [], [7]),
    ]
    let floats = ["a": Tensor<Float>(shape: [1, 3], [1.5, .nan, -.infinity])]
    let data = Safetensors.encoded(doubles: doubles, floats: floats)
    let file = try Safetensors(data, file: "mixed.safetensors")
    #expect(file.names == ["b", "z", "a"])
    #expect(file.entries["a"]?.element == .f32 && file.entries["b"]?.element == .f64)
    let z = try file.tensor("z", as: Double.self).elements
    #expect(z == [.pi, 0] && z[1].sign == .minus)
    #expect(try file.tensor("b", as: Double.self) == doubles["b"])
    let a = try file.tensor("a", as: Float.self)
    #expect(a.shape == [1, 3] && a.elements[0] == 1.5 && a.elements[1].isNaN)
    #expect(a.elements[2] == -.infinity)
    // Each starts at a multiple of its element's size.
    let start = data.count - (3 * 8 + 3 * 4)
    #expect(start % 8 == 0)
    #expect(
      file.entries.values.allSatisfy { $0.range.lowerBound % ($0.element == .f64 ? 8 : 4) == 0 })
    // And a number is converted where another type is asked for.
    #expect(try file.tensor("b", as: Float.self) == Tensor(shape: [], [7]))
  }

  func file(_ header: String, bytes: Int, length: UInt64? = nil) -> Data {
    var data = Data()
    withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) {
      data.append(contentsOf: $0)
    }
    return data + Data(header.utf8) + Data(repeating: 0, count: bytes)
  }

  /// Damaged files give an error that names the file, and the tensor where there is one.
  @Test func refusesDamage() {
    let one = #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let cases: [(Data, String)] = [
      (Data([1, 2, 3]), "3 bytes"),
      (file(one, bytes: 8, length: 1 << 62), "header length of 4611686018427387904"),
      (file(one, bytes: 8, length: 0), "header length of 0"),
      (file("[]", bytes: 0), "not JSON"),
      (file("{\"w\":", bytes: 0), "not JSON"),
      (file(one, bytes: 4), "tensor w"),
      (file(one, bytes: 9), "9 bytes of data"),
      (file(#"{"w":{"dtype":"F32","shape":[2]}}"#, bytes: 8), "tensor w"),
      (file(#"{"w":{"dtype":"F9","shape":[2],"data_offsets":[0,8]}}"#, bytes: 8), "dtype F9"),
      (file(#"{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, bytes: 8), "12 bytes"),
      (file(#"{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, bytes: 8), "shape [-2]"),
      (
        file(
          #"{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, bytes: 0),
        "tensor w"
      ),
      (
        file(
          #"{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
          bytes: 12), "overlaps"
      ),
      (file(#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, bytes: 8), "gap"),
    ]
    for (data, part) in cases {
      do {
        _ = try Safetensors(data, file: "damaged.safetensors")
        Issue.record("no error for \(part)")
      } catch {
        let text = String(describing: error)
        #expect(text.hasPrefix("damaged.safetensors") && text.contains(part), "\(text)")
        #expect((error as? LightboxError)?.kind == .input)
      }
    }
    #expect(throws: LightboxError.self) { try Safetensors.read("/nonexistent/file") }
    #expect(throws: LightboxError.self) {
      try Safetensors.write([("w", Tensor<Float>(1))], to: "/nonexistent/file")
    }
  }
}
