import Foundation
import Fuzzing

// libFuzzer, with a main function of our own (libclang_rt.fuzzer_no_main).
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Coverage-guided fuzzing of one reader: `fuzz <reader> [options and folders of libFuzzer]`.
///
/// `fuzz readers` lists the readers, `fuzz seeds <reader> <folder>` writes the files to start from.
@main struct Fuzz {
  nonisolated(unsafe) static var reader = FuzzedReader.png
  nonisolated(unsafe) static var folder = ""

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    folder = NSTemporaryDirectory() + "lightbox-fuzz-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    if arguments == ["readers"] {
      print(FuzzedReader.allCases.map(\.rawValue).joined(separator: " "))
    } else if arguments.count == 3, arguments[0] == "seeds" {
      let place = arguments[2]
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for (k, bytes) in try named(arguments[1]).seeds(in: folder).enumerated() {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(place)/seed-\(k)"))
      }
    } else {
      reader = named(arguments.first ?? "")
      exit(drive(Array(arguments.dropFirst())))
    }
  }

  static func named(_ name: String) -> FuzzedReader {
    if let reader = FuzzedReader(rawValue: name) { return reader }
    let known = FuzzedReader.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("fuzz: found \(name), expected one of \(known)\n".utf8))
    exit(64)
  }

  /// Hands the command line without the reader's name to libFuzzer.
  static func drive(_ options: [String]) -> CInt {
    var list = (["fuzz"] + options).map { strdup($0) } + [nil]
    var count = CInt(list.count - 1)
    return list.withUnsafeMutableBufferPointer { list in
      var start = list.baseAddress!
      return runFuzzer(&count, &start) { bytes, size in
        let input = [UInt8](UnsafeBufferPointer(start: bytes, count: size))
        _ = Fuzz.reader.run(input, in: Fuzz.folder)
        return 0
      }
    }
  }
}
