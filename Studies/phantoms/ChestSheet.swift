//: ### The sheet for the eye
//: The eye is not a test, but it finds what no number was asked about: the first images of
//: consecutive patients, one patient with every finding in turn, and the sites.
import LightboxStudy

struct SheetRow: TableRow {
  static let columns = [Column("case"), Column("site"), Column("shows")]
  var name, site, shows: String
}

/// A finding in few letters: "effusion R".
func short(_ finding: ChestFinding) -> String {
  let names = ["heart", "congestion", "effusion", "infiltrate", "atelectasis", "pneumothorax"]
  let side = finding.side < 0 ? " R" : finding.side > 0 ? " L" : ""
  return names[finding.index < 2 ? finding.index : 1 + finding.index / 2] + side
}

/// What an image shows, for its caption: findings of grade 3 and 4 by their first letters, capital
/// for the heart and congestion, with their sides for the others: "H C eR iRL".
func caption(_ record: ChestRecord) -> String {
  var words: [String] = []
  for finding in ChestFinding.allCases where record.trueLabel(finding) == 1 {
    let name = short(finding)
    if finding.side == 0 {
      words.append(name.prefix(1).uppercased())
    } else if let last = words.last, last.first == name.first {
      words[words.count - 1] += name.suffix(1)
    } else {
      words.append(String(name.prefix(1)) + name.suffix(1))
    }
  }
  return words.isEmpty ? "none" : words.joined(separator: " ")
}

func chestSheets(_ study: StudyRun) throws {
  let sheet = study.stream.child("sheet")
  func first(_ count: Int, _ site: ChestSite) -> [(ChestRecord, Image)] {
    let cohort = ChestPhantom().cohort(
      images: 8 * count, resolution: 8, sites: [site], stream: sheet.child(site.name))
    let picked = cohort.records.indices.filter { cohort.records[$0].image == 0 }.prefix(count)
    return picked.map { (cohort.records[$0], cohort.render($0, resolution: 128)) }
  }
  var patients: [(ChestRecord, Image)] = []
  func consecutive() -> [(ChestRecord, Image)] {
    if patients.isEmpty { patients = first(18, .bedside) }
    return patients
  }
  try study.figure(
    "figure-patients",
    "Eighteen consecutive simulated patients in bed, first image of each; "
      + "H heart, C congestion, e effusion, i infiltrate, a atelectasis, p pneumothorax, "
      + "R and L of the patient",
    tier: .simulated,
    from: consecutive().map {
      SheetRow(name: $0.0.patient.id, site: $0.0.site, shows: caption($0.0))
    }
  ) { plot in
    plot.imageGrid(consecutive().map(\.1), columns: 6, caption: \.shows)
  }

  var healthy = ChestConfiguration()
  healthy.prevalence = healthy.prevalence.map { _ in 0 }
  let one = ChestPhantom(healthy).cohort(
    images: 1, resolution: 8, stream: sheet.child("counterfactual"))
  try study.figure(
    "figure-findings", "One patient, one view: without a finding, and with each at grade 4",
    tier: .simulated,
    from: (["none"] + ChestFinding.allCases.map(short)).map {
      SheetRow(name: "0-0", site: "bedside", shows: $0)
    }
  ) { plot in
    plot.imageGrid(
      [one.render(0, resolution: 128)]
        + ChestFinding.allCases.map {
          one.render(0, severities: ChestSeverities().setting($0, to: 4), resolution: 128)
        }, columns: 6, caption: \.shows)
  }

  let sites = ChestSite.adults + [.paediatric]
  try study.figure(
    "figure-sites", "Four patients at each site", tier: .simulated,
    from: sites.flatMap { site in
      (0..<4).map { SheetRow(name: String($0), site: site.name, shows: site.name) }
    }
  ) { plot in
    plot.imageGrid(
      sites.flatMap { site in first(4, site).map(\.1) }, columns: 4, caption: \.shows)
  }
}
