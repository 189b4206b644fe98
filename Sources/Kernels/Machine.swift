import COneDNN
import COpenBLAS
import Foundation

/// What the bits of a result depend on besides code and seed, for run.json.
///
/// ONEDNN_MAX_CPU_ISA=AVX2 and OPENBLAS_CORETYPE=Haswell in the environment, set before the process
/// starts, give portable kernels; `isa` and `blasCore` then say so. Processors of AMD with AVX-512
/// get OPENBLAS_CORETYPE=SkylakeX: the OpenBLAS of Debian 12 takes them for older ones.
public struct Machine: Codable, Sendable, Hashable {
  /// The instruction set that convolutions run on: avx512, avx2, ...
  public var isa: String
  /// The kernels that OpenBLAS chose: SkylakeX, Haswell, ...
  public var blasCore: String
  /// OpenBLAS's own description of its build.
  public var blasConfiguration: String
  public var oneDNN: String
  public var glibc: String
  /// Model name of the processor.
  public var cpu: String
  /// Threads of parallel loops.
  public var threads: Int

  /// This machine and process.
  public static let current = Machine(
    isa: String(cString: lightbox_onednn_isa()),
    blasCore: OpenBLAS.coreName,
    blasConfiguration: OpenBLAS.configuration.trimmingCharacters(in: .whitespaces),
    oneDNN: String(cString: lightbox_onednn_version()),
    glibc: libraryVersion(),
    cpu: cpuModel(),
    threads: Parallel.threads)

  /// The kernels to ask of OpenBLAS on processors that older versions of it do not know, whatever
  /// the version, so that results do not depend on it; the Makefile asks so too.
  public static let coreThatBLASMisses: String? = {
    guard let file = FileHandle(forReadingAtPath: "/proc/cpuinfo"),
      let start = try? file.read(upToCount: 8192)
    else { return nil }
    let text = String(decoding: start, as: UTF8.self)
    return text.contains("AuthenticAMD") && text.contains(" avx512dq ") ? "SkylakeX" : nil
  }()

  private static func libraryVersion() -> String {
    let question: Int32 = 2  // _CS_GNU_LIBC_VERSION, an enumerator that is not imported
    var text = [CChar](repeating: 0, count: 64)
    let length = confstr(question, &text, text.count)
    guard length > 1 && length <= text.count else { return "unknown" }
    return String(decoding: text[..<(length - 1)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func cpuModel() -> String {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return "unknown"
    }
    for line in text.split(separator: "\n") where line.hasPrefix("model name") {
      if let colon = line.firstIndex(of: ":") {
        return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
    }
    return "unknown"
  }
}
