//: # Thyroid volumetry
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
      Budget.Line("arithmetic", "what the printed numbers imply", minutes: 0.1),
      Budget.Line("grid", "195 truths x 4,000 simulated trials", minutes: 0.2),
    ])

  static func run(_ study: StudyRun) throws {
    try arithmetic(study)
    try gridOfTruths(study)
  }
}
