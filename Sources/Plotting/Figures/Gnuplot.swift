import CGnuplot
import Foundation
import Kernels

/// The gnuplot process, fed through gnuplot-iostream.
package enum Gnuplot {
  /// Draws `script` in `directory`: gnuplot gets exactly these bytes, locale C, no start-up file.
  ///
  /// - Returns: gnuplot's warnings, empty when it had none.
  /// - Throws: an error with gnuplot's own message, or how to install it.
  package static func run(
    _ script: String, in directory: String, name: String, program: String = "gnuplot"
  ) throws -> String {
    let messages = "\(directory)/.gnuplot-messages"
    let status = "\(directory)/.gnuplot-status"
    defer {
      unlink(messages)
      unlink(status)
    }
    // gnuplot leaves at the first error; the rest of the script is drained, because a broken
    // pipe would end the whole process.
    let command =
      "cd \(shell(directory)) && { LC_ALL=C \(program) -d - >/dev/null 2>.gnuplot-messages;"
      + " echo $? >.gnuplot-status; cat >/dev/null; }"
    var failure = [CChar](repeating: 0, count: 512)
    let bytes = Array(script.utf8CString)
    let started = lightbox_gnuplot_run(
      command, bytes, bytes.count - 1, &failure, failure.count)
    let text = (try? String(contentsOfFile: messages, encoding: .utf8)) ?? ""
    // In locale C, setting the encoding makes gnuplot remark that its degree sign is lost.
    let said = text.split(separator: "\n").filter { !$0.contains("iconv failed") }
      .joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    let code = (try? String(contentsOfFile: status, encoding: .utf8))
      .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    if code == 127 {
      throw LightboxError(
        .software, "gnuplot is not installed; install it with: apt-get install gnuplot-nox")
    }
    if started != 0 || code != 0 {
      let why = String(
        decoding: failure.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      let message = said.isEmpty ? why : said
      throw LightboxError(
        .software, "\(name).gp: gnuplot stopped: \(lastLines(message, count: 6))")
    }
    return said
  }

  private static func lastLines(_ text: String, count: Int) -> String {
    text.split(separator: "\n").suffix(count).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func shell(_ path: String) -> String {
    "'" + path.replacing("'", with: #"'\''"#) + "'"
  }
}
