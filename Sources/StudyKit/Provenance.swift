import Foundation
import Kernels

/// What a result was computed with: compiler, libraries, machine.
///
/// Versions are asked of the libraries that are loaded, not of the package manager, because they
/// are what computed.
struct Provenance: Sendable {
  /// Compiler of this program: "Swift 6.3, clang version 21.0.0 (… revision)".
  let toolchain: String
  /// Versions of the numerical libraries in this process.
  let libraries: [String: String]
  let machine: MachineRecord

  struct MachineRecord: Codable, Hashable, Sendable {
    var cpu: String
    var isa: String
    var blas_core: String
    var threads: Int
    var glibc: String
  }

  /// The instruction set that kernels choose from, for stage keys.
  var kernels: String { "\(machine.isa), blas core \(machine.blas_core)" }

  init() throws {
    toolchain = "Swift \(Self.compiler), \(try Self.comment())"
    let here = Machine.current
    // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH … MAX_THREADS=128": name and version.
    let blas = here.blasConfiguration.split(separator: " ").prefix(2).last.map(String.init)
    var libraries = ["OpenBLAS": blas ?? "unknown", "oneDNN": here.oneDNN, "glibc": here.glibc]
    libraries["zlib"] = Self.zlibVersion
    self.libraries = libraries
    machine = MachineRecord(
      cpu: here.cpu, isa: here.isa, blas_core: here.blasCore, threads: here.threads,
      glibc: here.glibc)
  }

  /// Version of the zlib in this process, which writes compressed cases.
  private static var zlibVersion: String? {
    let symbols = dlopen(nil, RTLD_LAZY)
    defer { if let symbols { dlclose(symbols) } }
    typealias Version = @convention(c) () -> UnsafePointer<CChar>?
    guard let address = dlsym(symbols, "zlibVersion") else { return nil }
    return unsafeBitCast(address, to: Version.self)().map { String(cString: $0) }
  }

  private static var compiler: String {
    #if compiler(>=6.5)
      "6.5 or newer"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #elseif compiler(>=6.1)
      "6.1"
    #else
      "6.0"
    #endif
  }

  /// The compiler's own note in the `.comment` section of this program.
  private static func comment() throws -> String {
    // Mapped: of tens of megabytes a few pages are read.
    let program = URL(fileURLWithPath: StudyProcess.executablePath)
    return try Data(contentsOf: program, options: .alwaysMapped).withUnsafeBytes(comment)
  }

  private static func comment(_ bytes: UnsafeRawBufferPointer) -> String {
    func number(_ offset: Int, _ size: Int) -> Int {
      guard offset >= 0, offset + size <= bytes.count else { return 0 }
      return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    // ELF64, little-endian: section headers at e_shoff, e_shentsize, e_shnum, e_shstrndx.
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return "" }
    let (table, size, count) = (number(0x28, 8), number(0x3A, 2), number(0x3C, 2))
    func section(_ index: Int) -> (name: Int, start: Int, size: Int) {
      let header = table + index * size
      return (number(header, 4), number(header + 24, 8), number(header + 32, 8))
    }
    let names = section(number(0x3E, 2)).start
    for index in 0..<count {
      let found = section(index)
      let name = Array(".comment".utf8) + [0]
      let start = names + found.name
      guard start + name.count <= bytes.count,
        bytes[start..<start + name.count].elementsEqual(name),
        found.start + found.size <= bytes.count
      else { continue }
      let notes = bytes[found.start..<found.start + found.size].split(separator: 0)
        .map { String(decoding: $0, as: UTF8.self) }
      return notes.filter { $0.contains("clang") || $0.contains("wift") }.sorted()
        .joined(separator: ", ")
    }
    return ""
  }
}
