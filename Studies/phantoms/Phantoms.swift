import Foundation
import LightboxStudy

@main struct PhantomLimits {
  static func main() throws {
    guard CommandLine.arguments.count > 1 else { return }
    let size = Int(CommandLine.arguments.dropFirst().first ?? "256")!
    let n = Int(CommandLine.arguments.dropFirst(2).first ?? "24")!
    let site: ChestSite = ["bedside": .bedside, "paediatric": .paediatric, "emergency": .emergency, "outpatient": .outpatient, "cassette": .cassette][CommandLine.arguments.dropFirst(3).first ?? "bedside"]!
    let start = Date()
    let cohort = ChestPhantom().cohort(images: n, resolution: size, sites: [site], stream: RandomStream(3))
    print("seconds", Date().timeIntervalSince(start))
    let data = cohort.cohort.images.withUnsafeElements { Data(buffer: $0) }
    try data.write(to: URL(fileURLWithPath: "/tmp/chest.f32"))
    let lines = cohort.records.map { r in
      "\(r.patient.sex!.rawValue)\t\(r.patient.ageYears!)\t" + ChestFinding.allCases.map { "\(r.severities[$0])\t\(r.label($0))" }.joined(separator: "\t")
    }
    try lines.joined(separator: "\n").write(toFile: "/tmp/chest.tsv", atomically: true, encoding: .utf8)
  }
}
