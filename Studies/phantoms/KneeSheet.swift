//: ### The sheet of knees
//: One row a knee: its films at every visit in the patient's order of grades, as a reader would lay
//: them out. A knee that was replaced shows metal; what was not attended is left out of the choice,
//: so that rows are complete.
import LightboxStudy

struct KneeSheetRow: TableRow {
  static let columns = [
    Column("patient"), Column("side"), Column("visit [months]"), Column("shows"),
    Column("true grade"), Column("grade as read"), Column("medial space [mm]", digits: 3),
    Column("lateral space [mm]", digits: 3), Column("measured medial space [mm]", digits: 3),
    Column("longest spur [mm]", digits: 3),
  ]
  var patient, side: String
  var months: Int
  var shows: String
  var trueGrade, readGrade: Int?
  var medial, lateral: Double
  var measured: Double?
  var spur: Double
}

func kneeSheets(_ study: StudyRun) throws {
  let phantom = KneePhantom()
  let visits = phantom.population.visits.count
  let stream = study.stream.child("sheet").child("knees")
  var chosen: [Knee]?
  // Followed to the end: two stable knees, two fast ones, a worn one, a replaced one.
  func knees() -> [Knee] {
    if let chosen { return chosen }
    let complete = phantom.knees(patients: 600, stream: stream).filter { $0.films.count == visits }
    func first(_ count: Int, _ holds: (Knee) -> Bool) -> [Knee] {
      Array(complete.filter(holds).prefix(count))
    }
    let native = { (knee: Knee) in !knee.films.contains(where: \.isReplaced) }
    let picked =
      first(2) { native($0) && $0.trueRise == 0 && $0.films[0].trueGrade! <= 1 }
      + first(2) { native($0) && $0.trueRise >= 2 && $0.films[0].trueGrade! <= 1 }
      + first(1) { native($0) && $0.films[0].trueGrade! == 3 && $0.trueRise == 1 }
      + first(1) { !native($0) }
    chosen = picked
    return picked
  }
  func shows(_ film: KneeFilm) -> String {
    let grade = film.trueGrade.map { "KL \($0)" } ?? "replaced"
    return "\(film.months) mo, \(grade)"
  }
  try study.figure(
    "figure-knees",
    "Six simulated knees over seven visits: stable, stable, fast, fast, worn, replaced",
    tier: .simulated,
    from: knees().flatMap { knee in
      knee.films.indices.map { number in
        let film = knee.films[number]
        let pixels = phantom.pixels(of: knee, film: number, size: 128)
        return KneeSheetRow(
          patient: knee.patient, side: knee.side.rawValue, months: film.months,
          shows: shows(film), trueGrade: film.trueGrade, readGrade: film.readGrade,
          medial: film.signs.spaceMM[0], lateral: film.signs.spaceMM[1],
          measured: film.isReplaced ? nil : KneePhantom.measure(pixels, size: 128).values[0],
          spur: film.signs.osteophytesMM.max() ?? 0)
      }
    }
  ) { plot in
    plot.imageGrid(
      knees().flatMap { knee in
        knee.films.indices.map { phantom.image(of: knee, film: $0, size: 128) }
      }, columns: visits, caption: \.shows)
  }
}
