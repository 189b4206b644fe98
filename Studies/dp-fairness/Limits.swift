// hide
import LightboxStudy

// show

//: ## 5 · Limits
//: What an expert would ask, and what can be answered here.
//:
//: - **Image or patient?** The budget protects an image. For a patient with {{limits.images}}
//:   training images, what is printed as ε = 7.89 is really ε = {{limits.patient}} at the same δ
//:   (privacy loss of the binomial mixture).
//: - **What the accountant does not see.** Class weights come from the training labels and
//:   learning rates were chosen by looking at results; neither is in ε, here or in the released
//:   code.
//: - **One training, not all of them.** Each ε is that of one training. A page that publishes many
//:   trainings on the same images, some without noise, has no such budget; on real data it is a
//:   measurement, not a release.
//: - **Noise.** Drawn in floating point, which the proof does not cover; simulated runs draw it
//:   from a seeded generator, which protects nobody.
//: - **One cohort, few seeds.** Intervals cover the seed and the test patients, not the draw of
//:   the training cohort.
//: - **Few test images per group.** The smallest group of Table 4 has {{limits.smallest}} images; the
//:   margin of ±.02 asks for about 4,000 per age and sex cell, so wide intervals are expected.
//: - **Thresholds.** They come from one set of validation images, whose sampling error is in no
//:   interval. Parity averages over labels: opposite shifts of two labels cancel.
//: - **N is taken as known.** Sampling rate and δ use the number of training images as if it were
//:   public.
//: - **Images as patients.** Where a file names no patients, resampling patients is resampling
//:   images, and intervals are too narrow by an unknown amount.
//: - **A phantom.** It can show that an effect of privacy exists under stated conditions. It cannot
//:   show how large the effect is in the authors' patients.
//: - **CT.** The second version's abdominal CT chapter is not part of this form; its claims are judged
//:   on the second-hand table only.
func limits(_ study: StudyRun, _ experiment: Experiment) throws {
  let images = 4
  try study.value("limits.images", images)
  try study.text("limits.smallest", try smallestGroup(study, experiment))
  try study.value("limits.patient", try patientEpsilon(experiment, images: images), digits: 3)
}

/// Images of the smallest group, in words where there is none.
func smallestGroup(_ study: StudyRun, _ experiment: Experiment) throws -> String {
  let sizes = try experiment.gaps(study).map(\.images)
  return sizes.min().map { "\($0)" } ?? "no known number of"
}

/// ε of a patient with several images in the training set, at the judged budget's σ.
func patientEpsilon(_ experiment: Experiment, images: Int) throws -> Double {
  let models = try experiment.trained(.judged)
  let model = models[0]
  let sizes = experiment.jobs[0].sizes
  let phase = try SampledGaussian(
    samplingRate: Double(sizes.batch) / Double(model.images),
    noiseMultiplier: model.noiseMultiplier ?? 0, steps: models.map(\.releases).max()!)
  return try PRVAccountant([phase], groupSize: images).epsilon(delta: model.delta)
}
