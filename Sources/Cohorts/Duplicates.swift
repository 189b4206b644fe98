import Kernels

extension Cohort {
  /// Images that occur more than once, pixel by pixel.
  public struct Duplicates: Sendable, Equatable {
    /// Groups of two and more positions with equal pixels, in order of first appearance.
    public let groups: [[Int]]
    /// Cases beyond the first of their group within each split (train, validation, test).
    public let repeats: [Split: Int]
    /// For each pair of splits, the distinct images found in both.
    public let overlaps: [Overlap]

    /// Distinct images shared by two splits.
    public struct Overlap: Sendable, Equatable {
      public let first, second: Split
      public let images: Int
    }

    /// Distinct images found in both splits.
    public func overlap(_ a: Split, _ b: Split) -> Int {
      overlaps.first { [$0.first, $0.second] == [a, b] || [$0.first, $0.second] == [b, a] }?
        .images ?? 0
    }

    /// One line for a log or a page.
    public var summary: String {
      let within = Split.allCases.map { "\(repeats[$0] ?? 0) in \($0.rawValue)" }
      let across = overlaps.map {
        "\($0.images) in \($0.first.rawValue) and \($0.second.rawValue)"
      }
      return "exact duplicates: \(within.joined(separator: ", ")); images in two splits: "
        + across.joined(separator: ", ")
    }
  }

  /// SHA-256 of the pixels of a case: their Float bits, little-endian, row-major.
  public func pixelDigest(_ index: Int) -> String {
    let size = imageShape.reduce(1, *)
    precondition(cases.indices.contains(index), "index \(index) must lie in 0..<\(cases.count)")
    return images.withUnsafeElements { pixels in
      var hasher = SHA256()
      // -0 and 0 are the same pixel.
      var bits = (0..<size).map { (pixels[index * size + $0] + 0).bitPattern.littleEndian }
      bits.withUnsafeMutableBytes { hasher.update(UnsafeRawBufferPointer($0)) }
      return hasher.hexDigest()
    }
  }

  /// Exact duplicates within and across splits.
  public func duplicates() -> Duplicates {
    let digests = (try? Parallel.map(cases.count) { pixelDigest($0) }) ?? []
    var places: [String: Int] = [:]
    var groups: [[Int]] = []
    for (index, digest) in digests.enumerated() {
      if let place = places[digest] {
        groups[place].append(index)
      } else {
        places[digest] = groups.count
        groups.append([index])
      }
    }
    groups.removeAll { $0.count < 2 }
    var repeats = Dictionary(uniqueKeysWithValues: Split.allCases.map { ($0, 0) })
    var shared: [[Split]: Int] = [:]
    for group in groups {
      let present = Split.allCases.filter { split in group.contains { cases[$0].split == split } }
      for split in present {
        repeats[split, default: 0] += group.count { cases[$0].split == split } - 1
      }
      for (i, a) in present.enumerated() {
        for b in present[(i + 1)...] { shared[[a, b], default: 0] += 1 }
      }
    }
    let pairs: [[Split]] = [[.train, .validation], [.train, .test], [.validation, .test]]
    return Duplicates(
      groups: groups, repeats: repeats,
      overlaps: pairs.map {
        Duplicates.Overlap(first: $0[0], second: $0[1], images: shared[$0] ?? 0)
      })
  }

  /// The cohort with one case per distinct image.
  ///
  /// Of equal images the one in the test split is kept, else the one in validation, else the first
  /// in train: evaluation sets stay as published, and no image is both trained on and judged.
  public func deduplicated() -> Cohort {
    let order: [Split: Int] = [.test: 0, .validation: 1, .train: 2]
    var dropped = Set<Int>()
    for group in duplicates().groups {
      let kept = group.min { a, b in
        (order[cases[a].split]!, a) < (order[cases[b].split]!, b)
      }
      dropped.formUnion(group.filter { $0 != kept })
    }
    return subset(cases.indices.filter { !dropped.contains($0) })
  }
}
