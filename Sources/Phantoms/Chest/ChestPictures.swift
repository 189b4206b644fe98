import Foundation
import Kernels

/// Chest radiographs with a normal or an enlarged heart, from the chest phantom at the size of a
/// picture.
///
/// Upright films from behind, where the cardiothoracic ratio has its meaning; class 1 is a ratio above
/// one half, so the classes meet there and the image decides. A reader's label errs: a fifth of the
/// rated diseased are healthy, and as many diseased are rated healthy, so that classes keep their
/// sizes. A side marker is burned in (`ChestMarker`). Anatomy, physics and display are those of
/// `ChestPhantom`, with few other findings.
public struct ChestPictures: PictureDomain {
  /// Share of the rated diseased that are healthy, as the digest of the source asks for.
  public var labelNoise = 0.2

  public init() {}

  public var name: String { "chest" }
  public var classes: [String] { ["no cardiomegaly", "cardiomegaly"] }
  /// Chosen, near the share of positive labels in the source's data set.
  public var diseasedShare: Double { 0.12 }
  public var channels: Int { 1 }

  public var factors: [String] {
    [
      "cardiothoracic ratio", "inspiration", "body size", "tilt [degrees]", "window level",
      "marker side [1 R at the left, -1 L at the right]", "marker x [half-widths]",
      "marker y [half-widths]",
    ]
  }

  /// An upright film from behind without lead letters.
  static let site: ChestSite = {
    var site = ChestSite.outpatient
    site.name = "pictures"
    site.fieldMM = 356
    site.bedsideShare = 0
    site.positioning = 0.55
    site.collimation = 0
    site.gamma = 1
    site.windowWidth = 1.05
    site.windowJitter = 0.6
    site.devices = 0.3
    site.drain = 0
    site.letter = ""
    site.text = ""
    site.prevalenceShift = 0
    return site
  }()

  static let configuration: ChestConfiguration = {
    var configuration = ChestConfiguration()
    configuration.clutter = 0.7
    // In the order of `ChestFinding.allCases`; the heart is drawn by the class.
    configuration.prevalence = [0.3, 0.08, 0.03, 0.03, 0.05, 0.05, 0.03, 0.03, 0.01, 0.01]
    return configuration
  }()

  public func draw(label: Int, size: Int, stream: RandomStream) -> DrawnPicture {
    precondition(label == 0 || label == 1, "label (\(label)) must be 0 or 1")
    let scene = Self.scene(label: label, stream: stream)
    // Three samples a pixel at 32 pixels, two at 64.
    let pitch = Self.site.fieldMM / Double(size)
    let renderer = ChestRenderer(
      scene: scene, resolution: size, sampleMM: max(2.8, pitch / 3), stream: stream)
    var pixels = renderer.radiograph()
    var draw = stream.child("marker")
    let isRight = draw.bernoulli(0.5)
    let marker = ChestMarker(
      letter: isRight ? "R" : "L",
      centre: SIMD2(
        Float((isRight ? -0.78 : 0.78) + 0.03 * max(-2.5, min(2.5, draw.normal()))),
        Float(-0.78 + 0.03 * max(-2.5, min(2.5, draw.normal())))))
    marker.burn(into: &pixels, size: size)
    return DrawnPicture(
      label: label, rated: rated(label, stream: stream),
      factors: [
        scene.cardiothoracicRatio, scene.view.inspiration,
        scene.subject.size * scene.view.magnification, scene.view.tilt * 180 / .pi,
        scene.view.level, isRight ? 1 : -1, Double(marker.centre.x), Double(marker.centre.y),
      ], pixels: pixels)
  }

  /// The label as a reader gave it.
  package func rated(_ label: Int, stream: RandomStream) -> Int {
    var reader = stream.child("reader")
    let share = labelNoise * (label == 1 ? 1 : diseasedShare / (1 - diseasedShare))
    return reader.bernoulli(share) ? 1 - label : label
  }

  /// A patient and view of the class: drawn again until the ratio lies on its side of one half.
  static func scene(label: Int, stream: RandomStream) -> ChestScene {
    var attempt = 0
    while true {
      let own = stream.child("patient").child(attempt)
      let subject = ChestSubject(
        number: 0, prefix: "", site: site, configuration: configuration, stream: own)
      var draw = own.child("course")
      var severities = subject.severities(
        configuration: configuration, site: site, stream: &draw
      ).severities
      severities[.cardiomegaly] = draw.uniform(in: label == 1 ? 1...4.5 : 0...1.5)
      let view = ChestView(
        site: site, subject: subject, clutter: configuration.clutter, stream: own)
      let scene = ChestScene(
        subject: subject, view: view, site: site, severities: severities,
        configuration: configuration)
      if (scene.cardiothoracicRatio > 0.5) == (label == 1) { return scene }
      attempt += 1
    }
  }
}
