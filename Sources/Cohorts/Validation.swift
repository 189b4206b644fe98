import Kernels

extension Cohort {
  /// Where the rows of a cohort came from, so that errors can name file, row and column.
  public struct Origin: Sendable {
    /// File of the cases, as a person typed it.
    public var file: String
    /// Row of the first case in the file (a header is row 1), or nil where cases have no rows.
    public var firstRow: Int?
    /// Columns of case, patient, age and split, where the file has them.
    public var caseColumn, patientColumn, ageColumn, splitColumn: String?
    /// Columns of the labels in the order of `labelNames`.
    public var labelColumns: [String]

    public init(
      file: String, firstRow: Int? = nil, caseColumn: String? = nil, patientColumn: String? = nil,
      ageColumn: String? = nil, splitColumn: String? = nil, labelColumns: [String] = []
    ) {
      self.file = file
      self.firstRow = firstRow
      self.caseColumn = caseColumn
      self.patientColumn = patientColumn
      self.ageColumn = ageColumn
      self.splitColumn = splitColumn
      self.labelColumns = labelColumns
    }
  }

  /// The cohort itself, when it keeps the promises that studies rely on.
  ///
  /// Throws an input error, naming the file, row and column where `origin` tells them, when there
  /// is no case · a patient or case identifier appears twice · a case names an unknown patient ·
  /// a patient is in two splits · labels are not one per name, or not 0 or 1 · an age is
  /// outside 0...130 years · a comorbidity count is negative · a pixel is not a number in 0...1.
  @discardableResult
  public func validated(origin: Origin? = nil) throws -> Cohort {
    let origin = origin ?? Origin(file: name)
    func fail(
      _ index: Int?, _ column: String?, found: String, expected: String, hint: String? = nil
    ) -> LightboxError {
      var file = origin.file
      var row: Int?
      if let index {
        if let first = origin.firstRow {
          row = first + index
        } else {
          file += ", case \(cases[index].id)"
        }
      }
      return .input(
        file: file, row: row, column: column, found: found, expected: expected, hint: hint)
    }

    guard !cases.isEmpty else {
      throw fail(nil, nil, found: "no cases", expected: "at least one image")
    }
    var people: [String: Patient] = [:]
    for patient in patients {
      guard people.updateValue(patient, forKey: patient.id) == nil else {
        throw fail(nil, nil, found: "patient \(patient.id) twice", expected: "each patient once")
      }
    }
    var seen: [String: Int] = [:]
    var roles: [String: (split: Split, index: Int)] = [:]
    for (index, value) in cases.enumerated() {
      if let before = seen.updateValue(index, forKey: value.id) {
        let place = origin.firstRow.map { " (first in row \($0 + before))" } ?? ""
        throw fail(
          index, origin.caseColumn, found: "case \(value.id) again\(place)",
          expected: "each case once")
      }
      guard let patient = people[value.patient] else {
        throw fail(
          index, origin.patientColumn, found: "patient \(value.patient)",
          expected: "a patient of the cohort")
      }
      if let before = roles[value.patient], before.split != value.split {
        let place = origin.firstRow.map { " (row \($0 + before.index))" } ?? ""
        throw fail(
          index, origin.splitColumn,
          found: "patient \(value.patient) in \(value.split.rawValue) and in "
            + "\(before.split.rawValue)\(place)",
          expected: "each patient in one split")
      }
      if roles[value.patient] == nil { roles[value.patient] = (value.split, index) }
      if let age = patient.ageYears, !(0...130).contains(age) {
        throw fail(
          index, origin.ageColumn, found: "age \(age)", expected: "years from 0 to 130")
      }
      if let number = patient.comorbidities, number < 0 {
        throw fail(index, nil, found: "\(number) comorbidities", expected: "at least 0")
      }
      guard value.labels.count == labelNames.count else {
        throw fail(
          index, nil, found: "\(value.labels.count) labels",
          expected: "\(labelNames.count): \(labelNames.joined(separator: ", "))")
      }
      for (place, label) in value.labels.enumerated() {
        guard let label, label != 0, label != 1 else { continue }
        let column =
          origin.labelColumns.indices.contains(place)
          ? origin.labelColumns[place] : labelNames[place]
        throw fail(
          index, column, found: "label \(label)", expected: "0, 1 or empty",
          hint: "map graded labels to 0 and 1 first")
      }
    }
    if let bad = firstBadPixel() {
      throw fail(
        bad.index, nil,
        found: "pixel \(bad.value) at channel \(bad.place[0]), "
          + "y \(bad.place[1]), x \(bad.place[2])",
        expected: "numbers in 0...1")
    }
    return self
  }

  /// The first pixel that is not a number in 0...1.
  private func firstBadPixel() -> (index: Int, place: [Int], value: Float)? {
    images.withUnsafeElements { pixels in
      let (height, width) = (images.shape[2], images.shape[3])
      let size = imageShape.reduce(1, *)
      for position in 0..<pixels.count where !(pixels[position] >= 0 && pixels[position] <= 1) {
        let inside = position % size
        let place = [inside / (height * width), inside / width % height, inside % width]
        return (position / size, place, pixels[position])
      }
      return nil
    }
  }
}
