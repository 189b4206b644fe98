import Foundation
import Kernels

/// The check of a finished book: every link leads somewhere, every page can be read by everyone.
///
/// Links: the file exists inside the book, and so does the anchor on its page; nothing on a page is
/// loaded from the network; links that leave the book are `https`, `http` or `mailto`, and are not
/// followed. Structure: `PageStructure`.
public struct BookCheck: Sendable {
  /// What is wrong at one place of a page.
  public struct Fault: Hashable, Sendable, CustomStringConvertible {
    public var page, found, expected: String

    public var description: String { "\(page): found \(found), expected \(expected)" }
  }

  /// Places of the pages, sorted.
  public private(set) var pages: [String] = []
  /// Links and pictures that were looked at.
  public private(set) var links = 0
  public private(set) var pictures = 0
  /// In the order of pages and of their text.
  public private(set) var faults: [Fault] = []

  /// Reads every page below a folder.
  ///
  /// - Throws: an input error where the folder has no index.html, or a page cannot be read.
  public init(folder: String) throws {
    let files = Set(DurableFile.files(below: folder))
    pages = files.filter { $0.hasSuffix(".html") }.sorted()
    guard files.contains("index.html") else {
      throw LightboxError.input(
        file: folder, found: "no index.html", expected: "a book", hint: "run `make book`")
    }
    var anchors: [String: Set<String>] = [:]
    var read: [(page: String, bytes: [UInt8], tags: [HTMLTag])] = []
    for page in pages {
      let bytes = try DurableFile.read("\(folder)/\(page)")
      let tags = HTML.tags(bytes)
      anchors[page] = Set(tags.compactMap { $0.isEnd ? nil : $0["id"] })
      read.append((page, bytes, tags))
    }
    for (page, bytes, tags) in read {
      for (found, expected) in PageStructure.faults(bytes, tags) {
        faults.append(Fault(page: page, found: found, expected: expected))
      }
      for tag in tags where !tag.isEnd {
        check(tag, page, files, anchors)
      }
    }
  }

  private mutating func check(
    _ tag: HTMLTag, _ page: String, _ files: Set<String>, _ anchors: [String: Set<String>]
  ) {
    func fault(_ target: String, _ expected: String) {
      let what = tag.name == "img" ? "a picture" : "a link to"
      faults.append(Fault(page: page, found: "\(what) \(target)", expected: expected))
    }
    if tag.name == "img" { pictures += 1 }
    for attribute in ["href", "src", "srcset", "poster"] {
      guard let target = tag[attribute] else { continue }
      links += 1
      let isFollowed = tag.name == "a" && attribute == "href"
      if let scheme = BookLinks.scheme(of: target) {
        if isFollowed {
          let isKnown = ["http", "https"].contains(scheme) && URL(string: target)?.host != nil
          if !isKnown && scheme != "mailto" {
            fault(target, "a path inside the book, or an address that starts with https://")
          }
        } else if scheme != "data" {
          fault(target, "a file of the book: a page loads nothing from the network")
        }
        continue
      }
      if target.hasPrefix("//") {
        fault(target, "a path inside the book")
        continue
      }
      let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let path = parts[0].removingPercentEncoding ?? String(parts[0])
      let folder = (page as NSString).deletingLastPathComponent
      let place = path.isEmpty ? page : BookLinks.joined(folder, path)
      guard let place, files.contains(place) else {
        fault(target, "a page, a picture or a file of the book")
        continue
      }
      guard parts.count == 2, !parts[1].isEmpty else {
        if target.isEmpty { fault("nothing", "a target") }
        continue
      }
      let anchor = parts[1].removingPercentEncoding ?? String(parts[1])
      if let known = anchors[place], !known.contains(anchor) {
        fault(target, "an anchor that \(place) has")
      }
    }
  }

  /// Faults that an error lists before the rest is only counted.
  private static let listed = 20

  /// One input error for all faults; nothing where there are none.
  ///
  /// - hint: what to do about them.
  public func requireNone(hint: String) throws {
    guard !faults.isEmpty else { return }
    var lines = faults.prefix(Self.listed).map(\.description)
    if faults.count > Self.listed { lines.append("and \(faults.count - Self.listed) more") }
    let count = faults.count == 1 ? "a fault" : "\(faults.count) faults"
    throw LightboxError(
      .input, "the book has \(count); \(hint)\n  " + lines.joined(separator: "\n  "))
  }
}
