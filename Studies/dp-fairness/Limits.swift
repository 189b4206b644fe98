// hide
import LightboxStudy

// show

//: ## 9 · Limits
//: What an expert would ask, and what can be answered here.
//:
//: - **Image or patient?** The budget protects an image. For a patient with {{limits.images}}
//:   training images, what is printed as ε = 7.89 is ε = {{limits.patient}} at worst, at the same δ
//:   (privacy loss of the binomial mixture; Table 10, and what protecting patients costs below it).
//: - **Is the sampling what is accounted for?** Batches are Poisson samples, empty ones release
//:   noise, sums are divided by the expected batch, noise is drawn once a step: each has a test,
//:   and Tables 7 and 8 show the last and the first of them broken.
//: - **Is δ small?** It is .4/N here, as the released code's choice is nearly 1/N. That is
//:   customary and weak: publishing one random record with probability .4 would satisfy it.
//: - **What the accountant does not see.** Class weights come from the training labels and learning
//:   rates were chosen by looking at results; neither is in ε, here or in the released code.
//: - **One training, not all of them.** Each ε is that of one training. A page that publishes many
//:   trainings on the same images, some without noise, has no such budget; on real data it is a
//:   measurement, not a release.
//: - **Noise.** Drawn in floating point, which the proof does not cover; simulated runs draw it
//:   from a seeded generator, which protects nobody.
//: - **An audit is a lower bound.** An honest mechanism's should stay below the accountant, at 95 %
//:   confidence; {{limits.ceiling}} is all that the guesses of one run could prove, even of a
//:   mechanism that hides nothing.
//: - **One cohort, few seeds.** Intervals cover the seed and the test patients, not the draw of the
//:   training cohort.
//: - **Test images per group.** The smallest group of Table 4 has {{limits.smallest}} images. An
//:   AUROC of .85 at a prevalence of one in ten has a standard error of {{limits.error}} there, one
//:   label alone; the margin of ±.02 for a gap of two such groups asks for about {{limits.needed}}
//:   each (half-width of a 90 % interval .01, before labels are averaged). The full scale has 8,000
//:   in an age band and 20,000 of each sex: not enough for one label alone.
//: - **Thresholds.** They come from one set of validation images, whose sampling error is in no
//:   interval. Parity averages over labels: opposite shifts of two labels cancel.
//: - **N is taken as known.** Sampling rate and δ use the number of training images as if it were
//:   public.
//: - **Images as patients.** Where a file names no patients, resampling patients is resampling
//:   images, and intervals are too narrow by an unknown amount.
//: - **Equal tuning.** One learning rate for each arm, chosen once between two; Table 3c shows the
//:   heads' neighbours. A search in either arm would move both.
//: - **Frozen features.** A head cannot show what noise does to a deep network; the whole networks
//:   beside it can, at fewer settings and seeds.
//: - **A phantom.** It can show that an effect of privacy exists under stated conditions. It cannot
//:   show how large the effect is in the authors' patients.
//: - **CT.** The simulated scans are ellipsoids and tubes with a dark sphere in them; the network
//:   sees twelve cuts. What privacy costs on them says little of what it costs on patients.
func limits(
  _ study: StudyRun, _ experiment: Experiment, _ audits: [Staged<AuditFound>]
) throws {
  let images = 4
  try study.value("limits.images", images)
  try study.text("limits.smallest", try smallestGroup(study, experiment))
  try study.text(
    "limits.error",
    try limitsError(study, experiment).map { Printed.significant($0, digits: 2) } ?? "no")
  try study.value("limits.needed", imagesNeeded(halfWidth: 0.01))
  try study.text(
    "limits.ceiling", Printed.significant(try audits[0].value.ceiling, digits: 3))
  try study.value("limits.patient", try patientEpsilon(experiment, images: images), digits: 3)
}

/// Images of the smallest group, in words where there is none.
func smallestGroup(_ study: StudyRun, _ experiment: Experiment) throws -> String {
  let sizes = try experiment.gaps(study).map(\.images)
  return sizes.min().map { "\($0)" } ?? "no known number of"
}

/// Hanley and McNeil's standard error of an AUROC of .85 at a prevalence of one in ten in the
/// smallest group; nil where there is none.
func limitsError(_ study: StudyRun, _ experiment: Experiment) throws -> Double? {
  try experiment.gaps(study).map(\.images).min().map(errorAtOneInTen)
}

func errorAtOneInTen(_ images: Int) -> Double {
  let positives = max(1, images / 10)
  return hanleyMcNeilStandardError(
    auroc: 0.85, positives: positives, negatives: max(1, images - positives))
}

/// Images of each of two groups, to hundreds, from which the 90 % interval of their difference has
/// that half-width.
func imagesNeeded(halfWidth: Double) -> Int {
  (1...10_000).map { 100 * $0 }.first {
    Distributions.Normal().quantile(0.95) * 2.0.squareRoot() * errorAtOneInTen($0) <= halfWidth
  } ?? 1_000_000
}

/// ε of a patient with several images in the training set, at the judged budget's σ.
func patientEpsilon(_ experiment: Experiment, images: Int) throws -> Double {
  let models = try experiment.trained(.judged)
  let model = models[0]
  let sizes = experiment.jobs[0].sizes
  let phase = try SampledGaussian(
    samplingRate: Double(min(sizes.batch, model.images)) / Double(model.images),
    noiseMultiplier: model.noiseMultiplier ?? 0, steps: models.map(\.releases).max()!)
  return try PRVAccountant([phase], groupSize: images).epsilon(delta: model.delta)
}
