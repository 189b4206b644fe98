//: # Can a generator see osteoarthritis coming, and do readers gain from what it draws?
//: **Paper** Han T, Kather JN, Pedersoli F, et al. *Image prediction of disease progression for
//: osteoarthritis by style-based manifold extrapolation.* Nat Mach Intell 4 (2022),
//: [doi:10.1038/s42256-022-00560-x](https://doi.org/10.1038/s42256-022-00560-x); preprint arXiv
//: 2111.11439, of which two abstracts are in circulation. Below, *A* is the one that speaks of an
//: unsupervised scheme and prints four measures of readers, *B* the one titled *Image prediction of
//: disease progression by style-based manifold extrapolation*, which prints two.
//:
//: **Question** From a knee's first radiograph a generator draws a later one: it moves the knee's
//: latent code along the way that the most similar other knee has gone. Can that drawing tell who
//: will progress fast, and do radiologists who see it call better?
//:
//: **Data** printed numbers (chapter 1), and simulated knees with known truth (chapters 2 to 7):
//: films over eight years whose joint space, spurs and grades are known, in worlds where anatomy
//: tells the rate more or less or not at all. A simulation can show what follows from a method;
//: what it says of readers has no verdict. The tables of OAI or MOST (chapter 8) if a folder of
//: them is given.
//:
//: **Chapters** 1 arithmetic: the printed numbers (`Arithmetic.swift`, `PrintedNumbers.swift`), the
//: prevalence and the number of knees behind them (`Prevalence.swift`, `AveragedReaders.swift`),
//: whether model and reader together can reach the aided point (`Combination.swift`,
//: `Reachable.swift`), whether the gains are significant when readers are a sample (`Gains.swift`),
//: readers and models one by one (`OneByOne.swift`), what the released code does
//: (`ReleasedCode.swift`) · the design (`Design.swift`) and the experiment (`Experiment.swift`),
//: its networks (`Generator.swift`, `Fitting.swift`, `Classifiers.swift`), projections
//: (`Projection.swift`) and predictions (`Prediction.swift`, `Futures.swift`) · 2 the cohort
//: (`Cohort.swift`, `Separation.swift`) · 3 does the generator know the disease
//: (`GeneratorChapter.swift`, `LatentChange.swift`) · 4 prediction (`PredictionChapter.swift`,
//: `Plausible.swift`) · 5 risk (`Risk.swift`, `Onset.swift`) · 6 when it must fail, ablations
//: (`Sweep.swift`) · 7 readers, simulated (`SimulatedReaders.swift`, `ReadersChapter.swift`,
//: `ReaderDesign.swift`) · 8 real data (`RealData.swift`, `RealHistory.swift`) · 9 limits
//: (`Limits.swift`) · what is kept (`CaseRows.swift`, `Deciding.swift`, `KneeRows.swift`). The
//: ledger of all claims closes the page.
//:
//: Words: *progressor*, a knee whose grade rises by two or more (Kellgren and Lawrence's grades, 0
//: to 4); *aided*, with the synthetic later radiograph beside the first one; *PPV*, *NPV*, the
//: shares of positive and negative calls that are right; *Youden*, sensitivity + specificity − 1;
//: *AUROC*, the chance that a progressor scores above another knee; *AND* and *OR*, positive where
//: both or where either of two says so. Values taken from a figure of the paper by eye are called
//: *figure readings*.
import LightboxStudy

@main struct OAProgression: Study {
  static let paper = Paper(
    doi: "10.1038/s42256-022-00560-x",
    title: "Image prediction of disease progression for osteoarthritis by style-based manifold "
      + "extrapolation",
    authors: "Han T, Kather JN, Pedersoli F, et al.", year: 2022, claims: "claims.tsv")

  static let budget = Budget(
    smoke: 1, default: 90, full: 900,
    lines: BudgetRow.plan.map {
      Budget.Line($0.stage, "\($0.members) x \($0.work)", minutes: $0.both)
    })

  static func run(_ study: StudyRun) throws {  // doubles as the table of contents
    let real = try RealKnees(study)
    try arithmetic(study)
    let experiment = try experiment(study)
    try design(study, experiment)
    try cohortChapter(study, experiment)
    try generatorChapter(study, experiment)
    try predictionChapter(study, experiment)
    try riskChapter(study, experiment)
    try sweepChapter(study, experiment)
    try readersChapter(study, experiment)
    try realDataChapter(study, real)
    try limits(study, experiment)
    try caseRows(study, experiment)
    try kneeRows(study, experiment)
  }
}
