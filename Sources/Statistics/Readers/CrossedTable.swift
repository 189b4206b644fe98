import Kernels

extension CrossedRatings {
  /// One rating in a long table.
  public struct Row: Sendable, Hashable {
    /// Row of the file as a spreadsheet numbers it, for errors.
    public var number: Int
    public var modality: String
    public var reader: String
    public var caseName: String
    public var truth: Bool
    public var rating: Double
    /// What the case shares with others, such as the patient.
    public var cluster: String?

    public init(
      number: Int, modality: String, reader: String, caseName: String, truth: Bool, rating: Double,
      cluster: String? = nil
    ) {
      self.number = number
      self.modality = modality
      self.reader = reader
      self.caseName = caseName
      self.truth = truth
      self.rating = rating
      self.cluster = cluster
    }
  }

  /// What the table calls its columns, for errors.
  public struct Columns: Sendable, Hashable {
    public var modality: String
    public var reader: String
    public var caseName: String
    public var truth: String
    public var rating: String
    public var cluster: String?

    public init(
      modality: String = "modality", reader: String = "reader", caseName: String = "case",
      truth: String = "truth", rating: String = "rating", cluster: String? = nil
    ) {
      self.modality = modality
      self.reader = reader
      self.caseName = caseName
      self.truth = truth
      self.rating = rating
      self.cluster = cluster
    }
  }

  /// From the rows of a long table; modalities, readers and cases in order of appearance.
  ///
  /// - Throws: an input error (65) that names file and row where a case has two truths or two
  ///   clusters or a cell has two ratings; that names the cells where some are missing; and where
  ///   there are no rows, one class only, or fewer than two modalities or readers.
  public init(rows: [Row], file: String, columns: Columns = Columns()) throws(LightboxError) {
    let modalities = Index(rows.map(\.modality))
    let readers = Index(rows.map(\.reader))
    let cases = Index(rows.map(\.caseName))
    for (names, column) in [(modalities, columns.modality), (readers, columns.reader)]
    where names.names.count < 2 {
      let found = names.names.first.map { "only \($0) in \(rows.count) rows" } ?? "no rows"
      throw .input(
        file: file, column: column, found: found, expected: "two or more to compare",
        hint: "for one reader, give the modalities to `roc` as two columns")
    }

    var first = [Row?](repeating: nil, count: cases.names.count)
    for (row, k) in zip(rows, cases.codes) {
      guard let known = first[k] else {
        first[k] = row
        continue
      }
      if known.truth != row.truth {
        throw .input(
          file: file, row: row.number, column: columns.truth,
          found: "\(row.truth ? 1 : 0) for case \(row.caseName)",
          expected: "\(known.truth ? 1 : 0) as in row \(known.number)",
          hint: "a case has one truth; number positive and negative cases apart")
      }
      if known.cluster != row.cluster {
        throw .input(
          file: file, row: row.number, column: columns.cluster,
          found: "\(row.cluster ?? "nothing") for case \(row.caseName)",
          expected: "\(known.cluster ?? "nothing") as in row \(known.number)")
      }
    }
    let truth = first.map { $0!.truth }
    for wanted in [true, false] where !truth.contains(wanted) {
      throw .input(
        file: file, column: columns.truth, found: "\(wanted ? 0 : 1) for all \(truth.count) cases",
        expected: "positive and negative cases")
    }

    let (r, n) = (readers.names.count, cases.names.count)
    var cells = [Int?](repeating: nil, count: modalities.names.count * r * n)
    for (i, row) in rows.enumerated() {
      let cell = (modalities.codes[i] * r + readers.codes[i]) * n + cases.codes[i]
      if let before = cells[cell] {
        throw .input(
          file: file, row: row.number, column: columns.rating,
          found: "a second rating of case \(row.caseName) by \(columns.reader) \(row.reader) with "
            + "\(columns.modality) \(row.modality)",
          expected: "one; the first is in row \(rows[before].number)")
      }
      cells[cell] = i
    }
    let missing = cells.indices.filter { cells[$0] == nil }
    if !missing.isEmpty {
      let named = missing.prefix(3).map { cell in
        let k = cell % n
        return "case \(cases.names[k]) (first in row \(first[k]!.number)) by \(columns.reader) "
          + "\(readers.names[cell / n % r]) with \(columns.modality) "
          + modalities.names[cell / (n * r)]
      }
      throw .input(
        file: file, column: columns.rating,
        found: "\(missing.count) of \(cells.count) ratings missing: "
          + named.joined(separator: "; ") + (missing.count > 3 ? "; …" : ""),
        expected: "every reader to rate every case with every modality",
        hint: "leave an incomplete case or reader out altogether; nested designs are not analysed")
    }
    self.init(
      ratings: (0..<modalities.names.count).map { i in
        (0..<r).map { j in (0..<n).map { k in rows[cells[(i * r + j) * n + k]!].rating } }
      },
      truth: truth,
      clusters: first.contains { $0!.cluster != nil }
        ? Clusters(first.map { $0!.cluster ?? "" }) : nil,
      modalities: modalities.names, readers: readers.names, cases: cases.names)
  }
}

/// Names in order of appearance, and which one each entry is.
private struct Index {
  var names: [String] = []
  var codes: [Int] = []

  init(_ entries: [String]) {
    var places: [String: Int] = [:]
    codes.reserveCapacity(entries.count)
    for entry in entries {
      if let place = places[entry] {
        codes.append(place)
      } else {
        places[entry] = names.count
        codes.append(names.count)
        names.append(entry)
      }
    }
  }
}
