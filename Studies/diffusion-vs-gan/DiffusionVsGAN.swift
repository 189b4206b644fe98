//: # Do latent diffusion models beat GANs on medical pictures, and would we know?
//: **Paper** Müller-Franzes G, Niehues JM, Khader F, et al. *Diffusion Probabilistic Models beat
//: GANs on Medical Images.* arXiv 2212.07501 (2022),
//: [doi:10.48550/arXiv.2212.07501](https://doi.org/10.48550/arXiv.2212.07501); the journal version
//: is *A multimodal comparison of latent denoising diffusion probabilistic models and generative
//: adversarial networks for medical image synthesis*, Sci Rep 13:12098 (2023).
//:
//: **Question** *Medfusion*, a diffusion model that works in the latents of an autoencoder, was
//: compared with a GAN on fundus photographs, histology and chest radiographs: lower FID, higher
//: precision, higher recall, nine orderings from one training of each. Does the ordering follow
//: from the methods, or from when each was stopped, how large it was, and what it was scored with?
//:
//: **Data** simulated by default: pictures with known generative factors, so that one can ask what
//: a generator has learnt and not only how far it is off. `make diffusion-vs-gan DATA=<file or
//: folder>` runs the same code on real files.
//:
//: **Chapters** 1 arithmetic (`Arithmetic.swift`) · the design (`Design.swift`), the pictures
//: (`Sets.swift`), the experiment (`Experiment.swift`), its trainings (`Training.swift`), the judge
//: (`Scoring.swift`) and what is scored (`Sampling.swift`) · 2 the pictures, looked at
//: (`Pictures.swift`) · 3 autoencoders (`Autoencoders.swift`) · 4 distance against compute
//: (`Curves.swift`, `Judged.swift`) · 5 what else a gap may be (`Gaps.swift`) · 6 knobs after
//: training (`Knobs.swift`) · 7 what was learnt (`Factors.swift`, `Conditional.swift`) · 8 memory
//: (`Memory.swift`) · 9 failures (`Failures.swift`) · 10 real files (`Files.swift`) · 11 limits
//: (`Limits.swift`) · what is kept (`CaseRows.swift`, `Estimates.swift`). The ledger of all claims
//: closes the page. Numbered tables answer the paper's questions; those with an A belong to the
//: simulation.
//:
//: Words: *FD*, Fréchet distance between normal distributions fitted to features, called FID only
//: on Inception's; *kernel distance*, called KID likewise; *precision*, the share of fakes that
//: fall among reals; *recall*, the share of reals that fall among fakes; *floor* and *ceiling*,
//: what a second set of reals scores in the place of fakes; *EMA*, the exponential moving average
//: of a network's parameters; *fake*, a generated picture.
import LightboxStudy

@main struct DiffusionVsGAN: Study {
  static let paper = Paper(
    doi: "10.48550/arXiv.2212.07501",
    title: "Diffusion Probabilistic Models beat GANs on Medical Images",
    authors: "Müller-Franzes G, Niehues JM, Khader F, et al.", year: 2022, claims: "claims.tsv")

  static let budget = Budget(
    smoke: 1, default: 90, full: 900,
    lines: [
      Budget.Line("sets", "about 9,500 pictures, and 1,600 for each seed; the judge", minutes: 3),
      Budget.Line("autoencoder", "12 trainings x 800 steps x 173 ms, two at a time", minutes: 16),
      Budget.Line("diffusion", "6 trainings x 4,000 steps x 62 ms, two at a time", minutes: 13),
      Budget.Line(
        "gan",
        "5 trainings x 3,136 steps x 136 ms, 3 wide ones x 200 ms, two at a time", minutes: 34),
      Budget.Line("scores", "about 75 settings x 800 fakes, two at a time", minutes: 8),
    ])

  static func run(_ study: StudyRun) throws {  // doubles as the table of contents
    try arithmetic(study)
    let experiment = try experiment(study)
    try picturesChapter(study, experiment)
    try autoencoderChapter(study, experiment)
    try curvesChapter(study, experiment)
    try judgedChapter(study, experiment)
    try gapsChapter(study, experiment)
    try knobsChapter(study, experiment)
    try factorsChapter(study, experiment)
    try conditionalChapter(study, experiment)
    try memoryChapter(study, experiment)
    try failuresChapter(study, experiment)
    try filesChapter(study, experiment)
    try limits(study, experiment)
    try caseRows(study, experiment)
  }
}
