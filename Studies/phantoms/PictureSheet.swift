//: ### The sheets for the eye
//: Real pictures as the networks will see them, at 64x64: the upper half of class 0, the lower half
//: of class 1, in the order of their numbers.
import LightboxStudy

struct PictureSheetRow: TableRow {
  static let columns = [
    Column("number"), Column("class"), Column("factor"), Column("drawn", digits: 3),
    Column("measured", digits: 3),
  ]
  var number: Int
  var shows, factor: String
  var drawn: Double
  var measured: Double?
}

func pictureSheets(_ study: StudyRun) throws {
  try pictureSheet(study, FundusPictures(), factor: 0, measure: 0, "Simulated eyes")
  try pictureSheet(study, HistologyPictures(), factor: 1, measure: 1, "Simulated tissue")
  try pictureSheet(study, ChestPictures(), factor: 0, measure: 0, "Simulated films with a marker")
}

func pictureSheet(
  _ study: StudyRun, _ domain: some PictureDomain, factor: Int, measure: Int, _ title: String
) throws {
  let stream = study.stream.child("sheet").child(domain.name + "-pictures")
  let pictures = (0..<24).map { number in
    domain.draw(label: number / 12, size: 64, stream: stream.child(number))
  }
  try study.figure(
    "figure-\(domain.name)-pictures",
    "\(title): twelve of \(domain.classes[0]), then twelve of \(domain.classes[1])",
    tier: .simulated,
    from: pictures.enumerated().map { number, picture in
      PictureSheetRow(
        number: number, shows: domain.classes[picture.label], factor: domain.factors[factor],
        drawn: picture.factors[factor],
        measured: domain.measure(picture.pixels, size: 64).values[measure])
    }
  ) { plot in
    plot.imageGrid(
      pictures.map {
        Image(
          pixels: Tensor(shape: [domain.channels, 64, 64], $0.pixels),
          spacingMM: .init(y: 1, x: 1))
      }, columns: 6, caption: \.shows)
  }
}
