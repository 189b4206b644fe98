// hide
import LightboxStudy

// show

//: ## 10 · Real files
//: `make diffusion-vs-gan DATA=<file or folder>` runs the main comparison on real pictures: a
//: MedMNIST file such as `pneumoniamnist.npz` (https://medmnist.com), or the three data sets as
//: their owners lay them out: AIROGS (https://airogs.grand-challenge.org), CheXpert
//: (https://stanfordmlgroup.github.io/competitions/chexpert), the tiles of Kather 2020
//: (https://doi.org/10.5281/zenodo.3832231). Colours and shapes are kept; sides become 32 pixels.
//: Pictures of a patient stay in one set where the files name patients.
//:
//: What is missing there: factors. The domain network then learns the classes, from pictures that
//: no maker sees; measures, modes and impossible pictures are left out; and two seeds, which share
//: their held-out pictures, are fewer than any verdict needs. {{files.note}}
func filesChapter(_ study: StudyRun, _ experiment: Experiment) throws {
  guard study.data != nil else {
    try study.text("files.note", "This run was given no files.")
    return
  }
  let run = experiment.depth
  try study.text(
    "files.note",
    "This run: \(try run.sets.value.train.count) training pictures, "
      + "\(try run.reals[0].value.referenceLabels.count) held out twice.")
}

/// The sets of real files: of the training part, a quarter each for the judge and for control.
func fileSets(_ context: StageContext, _ input: StudyInput, _ sizes: Sizes) throws -> Sets {
  let files = try PictureFolder.open(input.path, size: sizes.side)
  var order = context.root.child("files")
  // By patient: no two sets share one.
  let patients = Array(Set(files.patients)).sorted()
  let shuffled = order.permutation(patients.count).map { patients[$0] }
  var place: [String: Int] = [:]
  for (index, patient) in shuffled.enumerated() { place[patient] = index }
  func part(_ range: Range<Double>, most: Int) -> PictureSet {
    let chosen = files.labels.indices.filter {
      range.contains(Double(place[files.patients[$0]]!) / Double(shuffled.count))
    }
    return PictureSet(
      pictures: files.pictures.gathered(rows: Array(chosen.prefix(most))),
      labels: chosen.prefix(most).map { files.labels[$0] })
  }
  return Sets(
    domain: .files, classes: files.classes, measures: [], factors: [],
    train: part(0..<0.5, most: sizes.train), control: part(0.5..<0.65, most: sizes.train / 2),
    learning: part(0.65..<0.8, most: sizes.factors), trainFacts: [], learningFacts: [],
    held: part(0.8..<1.01, most: 4 * sizes.perClass))
}
