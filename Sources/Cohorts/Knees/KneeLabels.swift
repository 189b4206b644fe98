import Foundation
import Imaging
import Kernels

/// The label file of the study on style-based extrapolation: which baseline film belongs to which fold,
/// and which knee progressed fast.
///
/// A CSV with the columns "name baseline" (`<ID>_<bar code>_<date>_<side>.png`), "fold" (train, val,
/// test), "fast prog" (0, 1: a rise by two grades and more) and "time inter" (months from the baseline
/// to the last film).
///
/// Source: https://github.com/peterhan91/disease_progression (doi:10.1038/s42256-022-00560-x).
public struct KneeLabels: Codable, Sendable {
  /// One baseline film.
  public struct Label: Codable, Hashable, Sendable {
    /// File name of the baseline picture.
    public var name: String
    public var patient: String
    public var side: KneeRecord.Side
    public var split: Split
    public var isFastProgressor: Bool
    /// Months from the baseline to the last film.
    public var months: Double
    /// As a spreadsheet shows it.
    public var row: Int
  }

  public let labels: [Label]
  public let rows: RowAccount

  /// Reads the file.
  ///
  /// A row that repeats another is counted. Throws an input error naming file, row and column when a
  /// column is missing, a name has other parts, a value is out of range, a film has two labels, or a
  /// patient is in two folds, be it with the other knee.
  public init(_ path: String) throws {
    let table = try ReleaseTable(path)
    let nameColumn = try table.required("name baseline")
    let fold = try table.required("fold")
    let fast = try table.required("fast prog")
    let time = try table.required("time inter")
    var rows = RowAccount(file: path)
    var labels: [Label] = []
    var known: [String: Label] = [:]
    var splits = PatientSplits()
    for row in table.rows {
      let name = try table.text(row, nameColumn)
      guard let key = KneePictures.key(name.lowercased()) else {
        throw table.error(
          row, nameColumn, expected: "a name such as 9927360_02160601_20070629_l.png")
      }
      guard let split = Split(word: try table.text(row, fold)) else {
        throw table.error(row, fold, expected: "train, val or test")
      }
      let flag = Double(try table.text(row, fast))
      guard flag == 0 || flag == 1 else { throw table.error(row, fast, expected: "0 or 1") }
      guard let months = Double(try table.text(row, time)), months > 0, months.isFinite else {
        throw table.error(row, time, expected: "a positive number of months")
      }
      // The name's own case: identifiers of MOST have capitals.
      let patient = String(name.prefix(key.patient.count))
      try splits.add(patient, split, table: table.table, row: row, column: fold)
      let label = Label(
        name: name, patient: patient, side: key.side, split: split, isFastProgressor: flag == 1,
        months: months, row: row + 2)
      if let other = known[name] {
        guard (other.isFastProgressor, other.months) == (label.isFastProgressor, label.months)
        else {
          throw table.error(
            row, nameColumn, expected: "a film other than that of row \(other.row), or its labels")
        }
        rows.exclude(KneeReadings.Reason.repeated, row: row)
        continue
      }
      known[name] = label
      labels.append(label)
      rows.keep()
    }
    self.labels = labels
    self.rows = rows
  }
}

extension KneeCohort {
  /// The cohort with the folds of a label file, and how far its labels are those of the grades.
  ///
  /// All knees of a patient get the patient's fold, labelled or not; those of patients without a label
  /// keep their split. Throws an input error when no label is of a knee of the cohort.
  public func labelled(
    by labels: KneeLabels
  ) throws -> (cohort: KneeCohort, agreement: KneeLabelAgreement) {
    var splits: [String: Split] = [:]
    for label in labels.labels { splits[label.patient] = label.split }
    var result = self
    for index in knees.indices {
      if let split = splits[knees[index].patient] { result.knees[index].split = split }
    }
    var byID: [String: KneeRecord] = [:]
    for knee in knees { byID[knee.id] = knee }
    var agreement = KneeLabelAgreement()
    for label in labels.labels {
      guard let knee = byID["\(label.patient) \(label.side.rawValue)"] else {
        agreement.unknown += 1
        continue
      }
      switch knee.isFastProgressor {
      case nil: agreement.withoutFollowUp += 1
      case label.isFastProgressor: agreement.agreeing += 1
      default: agreement.differing += 1
      }
    }
    guard agreement.unknown < labels.labels.count else {
      throw LightboxError.input(
        file: labels.rows.file, found: "no knee of \(name)", expected: "labels of its participants")
    }
    result.notes += [labels.rows.summary + ".", agreement.summary]
    return (try result.validated(), agreement)
  }
}

/// Labels of a file beside what the grades of a cohort say (first to last visit).
public struct KneeLabelAgreement: Codable, Hashable, Sendable {
  /// Labels whose knee has no reading, and those whose knee has one visit.
  public var unknown = 0
  public var withoutFollowUp = 0
  /// Labels that the grades confirm, and that they do not.
  public var agreeing = 0
  public var differing = 0

  /// One line for a log or a page.
  public var summary: String {
    "Labels of fast progression: \(agreeing) as the grades have it, \(differing) not, "
      + "\(withoutFollowUp) of knees with one visit, \(unknown) of knees without a reading."
  }
}
