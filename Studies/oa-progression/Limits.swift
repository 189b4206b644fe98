// hide
import LightboxStudy

// show

//: ## 9 · Limits
//: What an expert would ask, and what can be answered here.
//:
//: - **Leakage.** {{limits.shared}} patients stand on two sides (Table 6): both knees and all
//:   visits of a patient go to one split, the generator, the encoder, the classifiers and the pool
//:   of neighbours see training patients alone. The released search excludes only the query's own
//:   patient.
//: - **Follow-up as a predictor.** The released code stretches the change to each knee's own
//:   follow-up, which ends by drop-out and replacement. Scores here ask for {{limits.months}}
//:   months for all; own follow-up stands in Table 19, follow-up alone in Table 14.
//: - **Misread grades.** {{limits.false}} of the read progressors are none (Table 5). A grade that
//:   is misread at first regresses to the mean and looks like a rise; the true rise stands beside
//:   the read one in Table 14.
//: - **Independence.** R multiplies p(a) p(b) of two readings of one knee; it orders knees and is
//:   no probability. Softmax outputs are not calibrated here, which AUROC does not notice.
//: - **The published supervised network** had ImageNet's weights and 224 pixels; here neither. Its
//:   rival, the tuned one, is small too: {{limits.progressors}} progressors teach it in the first
//:   seed. Published networks of baseline films reach .70 to .80 with thousands.
//: - **The generator** sees {{limits.films}} films in {{limits.steps}} steps, the authors' tens of
//:   thousands for days. If the gate of chapter 3 is not met, what fails in chapters 4 to 7 may be
//:   this generator and not the idea. The arm of pixel components has no generator, but components
//:   lose joint space as well (Figure 6): it does not tell the two apart.
//: - **Adversarial training with dual batch normalisation** is an ablation of one seed (Table 19),
//:   with three steps of attack where the authors take ten. The judged networks are trained
//:   without.
//: - **The perceptual distance** is that of the discriminator's maps. The published one stands on
//:   VGG-16, whose weights labels of other pictures have shaped; it is not built, and what it would
//:   change in the gate is not known.
//: - **One style for a film.** A single style loses what makes a knee its own; W+ would keep it and
//:   leave the manifold. Only the published space is used.
//: - **Osteophytes that never grow** are counted (Table 12); a reader who is shown one may believe
//:   it, and the simulated ones do, in part.
//: - **Reader studies.** Same knees twice without a stated wash-out, readers averaged and not
//:   pooled: nothing here can say what that did. Simulated readers have no verdict.
//: - **Prevalence.** Progressors make {{limits.prevalence}} of the tested knees, more than of a
//:   population; Table 23 carries predictive values elsewhere.
//: - **Replacement.** A knee that is replaced leaves the films; its last film of bone counts, so
//:   that the fastest fates are cut short.
//: - **A phantom.** It shows what follows from a method under stated conditions; whether real
//:   anatomy tells a real rate, and how much, no simulation can.
func limits(_ study: StudyRun, _ experiment: Experiment) throws {
  try study.value(
    "limits.shared",
    try {
      let split = knees(study.stream, study.seeds[0], .usual, experiment.sizes)
      let changes = try experiment.runs[0].changes(.usual)!.value
      return KneeSplit.sharedPatients([
        ("training", try experiment.runs[0].generator.value.patients),
        ("test", split.test.map(\.patient)), ("validation", split.validation.map(\.patient)),
      ]).count
        + KneeSplit.sharedPatients([
          ("lenders", changes.lenders.map(\.patient)), ("test", split.test.map(\.patient)),
        ]).count
    }())
  try study.value("limits.months", askedMonths)
  try study.value(
    "limits.false",
    {
      let fast = tested(study, experiment)().filter(\.isFast)
      return 100 * Double(fast.count { $0.trueRise < 2 }) / Double(max(1, fast.count))
    }(), unit: "%", digits: 3)
  try study.value(
    "limits.progressors", try experiment.runs[0].supervised(.usual)!.value.progressors)
  try study.value("limits.films", try experiment.runs[0].generator.value.films)
  try study.value("limits.steps", experiment.sizes.steps)
  try study.value(
    "limits.prevalence",
    {
      let all = tested(study, experiment)()
      return 100 * Double(all.count(where: \.isFast)) / Double(max(1, all.count))
    }(), unit: "%", digits: 3)
}
