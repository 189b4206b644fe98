import Foundation

/// Where the links of woven pages lead inside a book.
///
/// Woven pages link to files beside them, to pages of other studies and to lines of sources. In the
/// book those are a page's own copies of the files, the other studies' pages, and anchors of the
/// pages of sources. What is none of these stays as it was written, and the check reports it.
struct BookLinks {
  /// The checkout.
  let root: String
  /// Studies that have pages.
  let studies: Set<String>
  /// Files to copy: place in the book, and where each comes from.
  private(set) var copies: [String: String] = [:]

  init(root: String, studies: Set<String>) {
    self.root = root
    self.studies = studies
  }

  /// The link of `study`'s woven page, as `page` of the book has to write it.
  mutating func target(_ link: String, study: String, page: String) -> String {
    if link.hasPrefix("#") || Self.scheme(of: link) != nil { return link }
    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let fragment = parts.count == 2 ? String(parts[1]) : ""
    guard let decoded = parts[0].removingPercentEncoding,
      let path = Self.joined("Figures/\(study)", decoded)
    else { return link }
    guard let place = place(path, fragment) else { return link }
    return Self.relative(from: page, to: place)
  }

  /// Place in the book, with its anchor, of a path below the root.
  private mutating func place(_ path: String, _ fragment: String) -> String? {
    let words = path.split(separator: "/").map(String.init)
    guard words.count >= 3, studies.contains(words[1]) else { return nil }
    let study = words[1]
    let inside = words[2...].joined(separator: "/")
    let anchor = fragment.isEmpty ? "" : "#" + fragment
    switch (words[0], inside) {
    case ("Figures", "README.md"): return "\(study)/index.html\(anchor)"
    case ("Figures", "REVIEW.md"): return "\(study)/review.html\(anchor)"
    case ("Figures", _):
      return copy(path, to: "\(study)/\(inside)")
    case ("Studies", _) where inside.hasSuffix(".swift") && !inside.contains("/"):
      // GitHub's anchors of lines: L7, L7-L9.
      let line = fragment.split(separator: "-").first.map { $0.drop { $0 == "L" } } ?? ""
      let name = String(inside.dropLast(6))
      return "\(study)/source.html#"
        + (line.isEmpty ? SourcePage.fileID(name) : SourcePage.lineID(name, String(line)))
    case ("Studies", _): return copy(path, to: "\(study)/source/\(inside)")
    default: return nil
    }
  }

  private mutating func copy(_ path: String, to place: String) -> String? {
    let file = "\(root)/\(path)"
    guard DurableFile.exists(file), !DurableFile.isFolder(file) else { return nil }
    copies[place] = file
    return place
  }

  // MARK: Paths

  /// `https` of a link that leaves the book; nil for a path.
  static func scheme(of link: String) -> String? {
    guard let colon = link.firstIndex(of: ":"), colon != link.startIndex else { return nil }
    let name = link[..<colon]
    let isScheme = name.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789+.-".unicodeScalars.contains($0))
    }
    return isScheme ? name.lowercased() : nil
  }

  /// `path` as seen from `folder`, without `.` and `..`; nil where it leaves the root or is absolute.
  static func joined(_ folder: String, _ path: String) -> String? {
    guard !path.hasPrefix("/"), !path.utf8.contains(0) else { return nil }
    var words = folder.split(separator: "/").map(String.init)
    for word in path.split(separator: "/").map(String.init) where word != "." {
      if word == ".." {
        guard words.popLast() != nil else { return nil }
      } else {
        words.append(word)
      }
    }
    return words.joined(separator: "/")
  }

  /// The link from a page to a place of the same book: `../phantoms/index.html`.
  static func relative(from page: String, to place: String) -> String {
    var here = page.split(separator: "/").dropLast().map(String.init)
    var there = place.split(separator: "/").map(String.init)
    while there.count > 1, let first = here.first, first == there.first {
      here.removeFirst()
      there.removeFirst()
    }
    let path = (here.map { _ in ".." } + there).joined(separator: "/")
    let allowed = CharacterSet.urlPathAllowed.union(CharacterSet(charactersIn: "#"))
      .subtracting(CharacterSet(charactersIn: ":"))
    return path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
  }
}
