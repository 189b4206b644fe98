/// Where two texts part: what is left of each without the lines that both start and end with.
struct TextDifference {
  /// First line that differs, counted from 1.
  let line: Int
  /// Lines of either text between the equal start and the equal end.
  let old, new: [String]

  /// nil where one of the files is no text: bytes that are not UTF-8, or a zero among them.
  init?(old: [UInt8], new: [UInt8]) {
    guard let before = Self.lines(old), let after = Self.lines(new) else { return nil }
    let limit = min(before.count, after.count)
    var start = 0
    while start < limit, before[start] == after[start] { start += 1 }
    var end = 0
    while end < limit - start, before[before.count - 1 - end] == after[after.count - 1 - end] {
      end += 1
    }
    line = start + 1
    self.old = Array(before[start..<before.count - end])
    self.new = Array(after[start..<after.count - end])
  }

  private static func lines(_ bytes: [UInt8]) -> [String]? {
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      return nil
    }
    return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
  }
}
