//: ## What is printed
//: The terminal gets the whole table, with the rows against real films where a file was given or
//: is found through `LIGHTBOX_DATA`; those go into the committed table only when `DATA` names
//: the file, so that two clones write the same bytes.
import Foundation
import LightboxStudy

/// The real file: `--data`, or the folder of LIGHTBOX_DATA; nil where there is none.
func realFile(_ study: StudyRun) -> String? {
  let place = study.options.data ?? ProcessInfo.processInfo.environment["LIGHTBOX_DATA"]
  guard let place else { return nil }
  let path = place.hasSuffix(".npz") ? place : place + "/pneumoniamnist.npz"
  return FileManager.default.fileExists(atPath: path) ? path : nil
}

func chestAgainstReal(_ study: StudyRun) throws -> Staged<[Measurement]> {
  guard let file = realFile(study) else {
    throw LightboxError.input(
      file: study.options.data ?? "", found: "no pneumoniamnist.npz", expected: "the MedMNIST file")
  }
  return try study.stage("chest-real") { context in
    let count = ChestSizes.at(context.scale).realism
    return try againstReal(file, stream: context.root.child("realism"), count: count)
  }
}

/// Prints the table and ends the run with exit code 1 where a limit fails.
func announce(_ study: StudyRun, _ limits: [Limit], _ stages: [Staged<[Measurement]>]) throws {
  guard study.options.mode == .run else { return }
  var measured = try stages.flatMap { try $0.value }
  if study.options.data == nil, let file = realFile(study) {
    let count = ChestSizes.at(study.scale).realism
    measured += try againstReal(file, stream: study.stream.child("realism"), count: count)
  }
  let rows = judge(limits, measured, scale: study.scale)
  for row in rows {
    let range = [row.low, row.high].map { $0.map { Printed.exact($0) } ?? "" }
    let value = row.measured.map { Printed.significant($0, digits: 3) } ?? "-"
    print([row.outcome, row.id, value, range.joined(separator: " ... ")].joined(separator: "\t"))
  }
  let failed = rows.filter { $0.outcome == "fails" }.map(\.id)
  if !failed.isEmpty { study.fail("outside their limits: \(failed.joined(separator: ", "))") }
}
