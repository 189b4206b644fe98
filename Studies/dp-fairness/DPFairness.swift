//: # Private, fair and accurate? What differential privacy costs a chest-radiograph classifier
//: **Paper** Tayebi Arasteh S, Ziller A, Kuhl C, et al. *Preserving fairness and diagnostic
//: accuracy in private large-scale AI models for medical imaging.* Commun Med 4:46 (2024),
//: [doi:10.1038/s43856-024-00462-6](https://doi.org/10.1038/s43856-024-00462-6); preprint arXiv
//: 2302.01622 in two versions, radiographs only (v1) and with abdominal CT (v5).
//:
//: **Question** How much accuracy, and how much fairness between groups, does a classifier lose
//: when training is limited in how much any single image can change its result?
//:
//: **Data** simulated by default; `make dp-fairness DATA=pneumoniamnist.npz` runs the same code on
//: real paediatric films, `DATA=<folder>` on a chest release or on CT volumes (chapter 8). The
//: authors' own data are restricted.
//:
//: **Differential privacy in one paragraph.** Training is (ε, δ)-private if adding or removing any
//: one image changes the probability of any outcome by at most a factor e^ε, plus at most δ. DP-SGD
//: gets there in three moves: draw each image into a step with probability q, shorten each image's
//: gradient to norm C at most, add Gaussian noise of standard deviation σC to the sum. An
//: accountant turns (q, σ, steps) into (ε, δ). Small ε: strong protection, much noise. Two
//: accountants appear below: the older one bounds moments of the privacy loss (Rényi differential
//: privacy, *RDP*), the tighter one follows its whole distribution (privacy loss random variables,
//: *PRV*). The Gaussian equivalent *μ* of (ε, δ) is how many standard deviations two unit Gaussians
//: lie apart that are as hard to tell apart as the trained models with and without one image.
//:
//: **Chapters** 1 arithmetic (`Arithmetic.swift`, `ThirdParty.swift`) · the design
//: (`Design.swift`), its budget (`Planned.swift`) and the experiment (`Experiment.swift`,
//: `Stages.swift`, `Pretraining.swift`) · 2 the cohort (`CohortChapter.swift`) · how models are
//: compared (`Scores.swift`) · 3 what privacy costs in accuracy (`Accuracy.swift`), and at other
//: sizes (`Sweeps.swift`) · 4 for whom (`Fairness.swift`, `Squares.swift`, `FairnessClaims.swift`)
//: · 5 where the loss comes from (`WhereFrom.swift`) · 6 whether the guarantee holds
//: (`Guarantee.swift`, `GuaranteeLimits.swift`) · 7 CT (`CT.swift`) · 8 real data
//: (`RealData.swift`, `RealFilms.swift`, `RealScans.swift`) · 9 limits (`Limits.swift`) · what is
//: kept (`CaseRows.swift`, `AttackRows.swift`). The ledger of all claims closes the page.
//:
//: Symbols: N training images, B expected batch, q = B/N sampling rate, C clipping norm, σ noise
//: multiplier, T steps, ε and δ the budget, μ its Gaussian-DP equivalent, k seeds. Words: AUROC,
//: the chance that a positive film scores above a negative one; Mish, a smooth activation; NAdam,
//: an optimiser with momentum; Opacus, the library that the released code trains with.
import LightboxStudy

@main struct DPFairness: Study {
  static let paper = Paper(
    doi: "10.1038/s43856-024-00462-6",
    title: "Preserving fairness and diagnostic accuracy in private large-scale AI models for "
      + "medical imaging",
    authors: "Tayebi Arasteh S, Ziller A, Kuhl C, et al.", year: 2024, claims: "claims.tsv")

  static let budget = Budget(
    smoke: 1, default: 50, full: 1800,
    lines: [
      Budget.Line("cohort", "9,600 films drawn and rendered", minutes: 0.8),
      Budget.Line("second", "4,800 films, 38,400 image passes, on both cores", minutes: 1.2),
      Budget.Line("features", "14,400 films drawn, frozen features of 21,400", minutes: 1.2),
      Budget.Line(
        "train", "79 trainings, 2.06 million image passes x 1.5 ms, two at a time", minutes: 25),
      Budget.Line("heads", "225 heads on frozen features", minutes: 1),
      Budget.Line("square-cohort", "4 cohorts of 6,500 films", minutes: 1.7),
      Budget.Line(
        "square", "40 trainings x 28,800 image passes x 1.5 ms, two at a time", minutes: 14.5),
      Budget.Line("audit", "eight audits of five runs of 100 steps", minutes: 0.6),
      Budget.Line("ct-cohort", "2,800 scans of 12 cuts", minutes: 0.3),
      Budget.Line("ct", "34 trainings x 13,000 passes x 0.6 ms, two at a time", minutes: 2.2),
      Budget.Line("evaluation", "patients resampled for every interval", minutes: 2.5),
    ])

  static func run(_ study: StudyRun) throws {  // doubles as the table of contents
    let source = try DataSource.of(study)
    try arithmetic(study)
    try realDataChapter(study, source)
    try foreignClaims(study, source)
    let audits = try audits(study)
    if source.hasScans { return try scansAlone(study, source, audits) }
    guard source.hasFilms else {
      return try withoutFilms(
        study, source, audits, why: "the tables of \(source.name) came without pictures")
    }
    let experiment = try experiment(study, tier: source.tier)
    let squares = try squares(study, experiment)
    let scans = try ctExperiment(study, experiment)
    try planned(study, experiment)
    try cohortChapter(study, experiment)
    try accuracy(study, experiment)
    try fairness(study, experiment, squares)
    try whereFrom(study, experiment)
    try guarantee(study, experiment, audits)
    try ctChapter(study, scans)
    try limits(study, experiment, audits)
    try caseRows(study, experiment, squares, audits, scans)
  }
}
