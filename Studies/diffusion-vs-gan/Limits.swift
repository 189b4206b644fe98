// hide
import LightboxStudy

// show

//: ## 11 · Limits
//: What an expert would ask, and what can be answered here.
//:
//: - **Not FID.** No Inception weights come with the project, so nothing here is an FID. Three
//:   feature sets are declared and must agree; `lightbox fid` computes FID and KID on one's own
//:   folders with `--weights`.
//: - **{{limits.side}} pixels.** The paper's pictures have 256 and 512. Microstructure, text and
//:   devices hardly exist at this size, and an autoencoder that shrinks by four has little to
//:   compress.
//: - **Small networks, short trainings.** {{limits.style}} GAN steps of {{limits.batch}} pictures
//:   show {{limits.shown}} thousand; published style-based GANs see millions. The curves of Figure
//:   2 say how far from flat the arms were when stopped, or that more steps made one worse (Table
//:   6); an ordering that holds here may turn later.
//: - **Equal time is one definition of equal.** Equal parameters, pictures shown or energy are
//:   others.
//: - **The style-based GAN** is of the second generation (skip generator, residual discriminator,
//:   R1), not the third that the journal version used, whose aliasing-free layers matter for
//:   motion.
//: - **Baselines of the paper** for histology and chest were, by the folder names in the released
//:   code, sets of pictures that existed before, not trained anew; if so, their FID holds every
//:   difference in preprocessing as well. Here all makers see the same pictures.
//: - **Finite samples.** At n = {{limits.n}} the floor is above 0, and the offset differs by maker;
//:   equal n makes it similar, not equal. Table 4 has the extrapolation beside it.
//: - **One training set.** Intervals cover the start, the batches, the fakes and the held-out
//:   pictures; not the draw of the training pictures.
//: - **A phantom.** It can show that an ordering follows, or need not follow, from the methods
//:   under stated conditions. It cannot show which order the authors' data would give.
func limits(_ study: StudyRun, _ experiment: Experiment) throws {
  let sizes = experiment.sizes
  try study.value("limits.side", sizes.side)
  try study.value("limits.style", sizes.style)
  try study.value("limits.batch", sizes.batch)
  try study.value("limits.shown", Double(sizes.style * sizes.batch) / 1000, digits: 3)
  try study.value("limits.n", 2 * sizes.perClass)
}
