//: # How large is a thyroid? Tracked 3D ultrasound against the ellipsoid, and what observers add
//: **Paper** Krönke M, Eilers C, Dimova D, et al. *Tracked 3D ultrasound and deep neural
//: network-based thyroid segmentation reduce interobserver variability in thyroid volumetry.* PLoS
//: ONE 17(7):e0268550 (2022),
//: [doi:10.1371/journal.pone.0268550](https://doi.org/10.1371/journal.pone.0268550); preprint arXiv
//: 2108.10118.
//:
//: **Question** Three physicians measured the thyroid of 28 volunteers with calipers on two planes
//: (an ellipsoid's formula) and with a tracked sweep that a network segmented. Did 3D make them
//: agree? Agreement has two parts, and the title's *variability* could mean either: how far
//: observers lie apart on average (*bias*), and how much their difference changes from volunteer to
//: volunteer (*spread*).
//:
//: **Data** simulated by default: necks of known volume, operators with known errors, speckle
//: images and a trained network. `make thyroid-volumetry DATA=<folder>` adds the released SegThy
//: volumes or a real tracked sweep.
//:
//: **Chapters** 1 arithmetic of the printed numbers (`Arithmetic.swift`, `ImpliedVariances.swift`,
//: `SecondHand.swift`, `PrintedAgainstMRI.swift`) · the design (`Design.swift`) and the experiment
//: (`Experiment.swift`, `NetworkExperiment.swift`) · 2 anatomy (`Anatomy.swift`) · 3 the operators
//: (`Operators.swift`) · 4 from frames to a volume (`RealSweep.swift`) · 5 the network
//: (`Segmentation.swift`) · 6 the observers (`Rows.swift`, `Judged.swift`, `Readers.swift`,
//: `Repeats.swift`) · 7 against MRI (`AgainstMRI.swift`, `Conclusion.swift`) · 8 one error off at a
//: time (`ErrorSwitches.swift`) · 9 a grid of truths (`GridOfTruths.swift`) · 10 real data
//: (`RealData.swift`) · 11 limits (`Limits.swift`) · what is kept (`CaseRows.swift`,
//: `ScanRows.swift`). The ledger of all claims closes the page. Numbered tables answer the paper's
//: questions; tables and figures with an A belong to the simulation.
//:
//: Words: *compounding*, placing tracked frames into a volume; *pose*, where a frame lies in space;
//: *calibration*, where the image lies relative to the sensor; *limits of agreement*, mean
//: difference ± 1.96 SD; *Dice coefficient*, twice the common voxels over the sum of both; *RMSE*,
//: root mean square error; *ICC*, intraclass correlation coefficient.
import LightboxStudy

@main struct ThyroidVolumetry: Study {
  static let paper = Paper(
    doi: "10.1371/journal.pone.0268550",
    title: "Tracked 3D ultrasound and deep neural network-based thyroid segmentation reduce "
      + "interobserver variability in thyroid volumetry",
    authors: "Krönke M, Eilers C, Dimova D, et al.", year: 2022, claims: "claims.tsv")

  static let budget = Budget(
    smoke: 1, default: 40, full: 600,
    lines: [
      Budget.Line(
        "trial", "53 trials of 504 sweeps x 15 ms, two at a time", minutes: 4),
      Budget.Line(
        "network", "13 trainings x (38 scans x 1.8 s + 4,400 plane passes x 20 ms), two at a time",
        minutes: 17),
      Budget.Line(
        "read", "504 sweeps rendered, compounded, segmented x 2.2 s, two at a time", minutes: 10),
      Budget.Line("grid", "4,000 trials at each of 195 truths", minutes: 0.1),
    ])

  static func run(_ study: StudyRun) throws {  // doubles as the table of contents
    try arithmetic(study)
    let experiment = try experiment(study)
    try anatomyChapter(study, experiment)
    try operatorsChapter(study, experiment)
    try sweepChapter(study)
    try segmentationChapter(study, experiment)
    let trials = experiment.trials()
    try betweenReaders(study, trials)
    try withinReaders(study, trials)
    try againstMRI(study, trials)
    try conclusion(study, trials)
    try errorSwitches(study, experiment)
    try gridOfTruths(study)
    try realDataChapter(study)
    try limits(study, trials)
    try caseRows(study, trials)
    try scanRows(study, experiment)
  }
}
