import Cohorts
import Imaging
import Kernels
import Physics
import Tensors

/// A simulated cohort with everything known about it.
public struct ChestCohort: Sendable {
  public let phantom: ChestPhantom
  public let records: [ChestRecord]
  public let sites: [ChestSite]
  public let resolution: Int
  /// The cohort as studies see it: images, patients and the labels of the eight studied findings
  /// with the reader's errors.
  public let cohort: Cohort
  private let prefix: String
  private let stream: RandomStream

  init(
    phantom: ChestPhantom, records: [ChestRecord], sites: [ChestSite], prefix: String,
    resolution: Int, stream: RandomStream
  ) {
    self.phantom = phantom
    self.records = records
    self.sites = sites
    self.prefix = prefix
    self.resolution = resolution
    self.stream = stream
    let size = resolution * resolution
    let images = Tensor<Float>(shape: [records.count, 1, resolution, resolution]) { buffer in
      nonisolated(unsafe) let buffer = buffer
      Parallel.each(records.count) { index in
        let renderer = Self.renderer(
          records[index], phantom: phantom, sites: sites, prefix: prefix, stream: stream,
          severities: records[index].severities, resolution: resolution)
        let values = renderer.radiograph()
        for pixel in 0..<size { buffer[index * size + pixel] = values[pixel] }
      }
    }
    var patients: [Patient] = []
    for record in records where patients.last?.id != record.patient.id {
      patients.append(record.patient)
    }
    cohort = Cohort(
      name: "chest phantom", tier: .simulated,
      labelNames: ChestFinding.studied.map(\.rawValue), patients: patients,
      cases: records.map { record in
        Case(
          id: "\(record.patient.id)-\(record.image)", patient: record.patient.id,
          split: record.split, site: record.site,
          labels: ChestFinding.studied.map { record.label($0) })
      }, images: images)
  }

  private static func renderer(
    _ record: ChestRecord, phantom: ChestPhantom, sites: [ChestSite], prefix: String,
    stream: RandomStream, severities: ChestSeverities, resolution: Int
  ) -> ChestRenderer {
    let site = sites[record.patientNumber % sites.count]
    let own = stream.child("patient").child(record.patientNumber)
    let subject = ChestSubject(
      number: record.patientNumber, prefix: prefix, site: site,
      configuration: phantom.configuration, stream: own)
    let image = own.child("image").child(record.image)
    let view = ChestView(
      site: site, subject: subject, clutter: phantom.configuration.clutter, stream: image)
    let scene = ChestScene(
      subject: subject, view: view, site: site, severities: severities,
      configuration: phantom.configuration)
    return ChestRenderer(scene: scene, resolution: resolution, stream: image)
  }

  private func renderer(
    _ index: Int, _ severities: ChestSeverities?, _ resolution: Int?
  ) -> ChestRenderer {
    precondition(records.indices.contains(index), "case (\(index)) must lie in \(records.indices)")
    return Self.renderer(
      records[index], phantom: phantom, sites: sites, prefix: prefix, stream: stream,
      severities: severities ?? records[index].severities,
      resolution: resolution ?? self.resolution)
  }

  /// One image again, optionally with other findings or at another resolution.
  ///
  /// With `severities` this is the counterfactual: same patient, view, devices and noise; pixels
  /// that the changed findings do not touch are the same to the last bit (unless the site
  /// equalises histograms).
  public func render(
    _ index: Int, severities: ChestSeverities? = nil, resolution: Int? = nil
  ) -> Image {
    let renderer = self.renderer(index, severities, resolution)
    let size = renderer.resolution
    let spacing = renderer.fieldMM / Double(size)
    return Image(
      pixels: Tensor(shape: [1, size, size], renderer.radiograph()),
      spacingMM: Image.Spacing(y: spacing, x: spacing))
  }

  /// Change of the expected log signal that a finding makes in an image, per pixel, before noise
  /// and display: positive where it makes the image brighter. Row-major.
  public func effect(
    of finding: ChestFinding, in index: Int, severity: Double? = nil, resolution: Int? = nil
  ) -> [Float] {
    let shown = records[index].severities
    let with = shown.setting(finding, to: severity ?? shown[finding])
    let without = shown.setting(finding, to: 0)
    let a = renderer(index, with, resolution).signal()
    let b = renderer(index, without, resolution).signal()
    return zip(a, b).map { XRayDetector.logRatio($1, $0) }
  }

  /// Where a finding changes an image by more than `threshold` of log signal: 1 there, 0 elsewhere,
  /// [1, height, width]. All zero where the severity is 0.
  public func mask(
    of finding: ChestFinding, in index: Int, threshold: Float = 0.03, resolution: Int? = nil
  ) -> Image {
    let size = resolution ?? self.resolution
    let changed = effect(of: finding, in: index, resolution: resolution)
    let spacing = sites[records[index].patientNumber % sites.count].fieldMM / Double(size)
    return Image(
      pixels: Tensor(shape: [1, size, size], changed.map { abs($0) > threshold ? 1 : 0 }),
      spacingMM: Image.Spacing(y: spacing, x: spacing))
  }

  /// The smallest rectangle of pixels around a finding's mask; nil where the mask is empty.
  public func box(
    of finding: ChestFinding, in index: Int, threshold: Float = 0.03, resolution: Int? = nil
  ) -> PixelBox? {
    PixelBox(around: mask(of: finding, in: index, threshold: threshold, resolution: resolution))
  }
}

/// A rectangle of whole pixels, both ends included.
public struct PixelBox: Codable, Hashable, Sendable {
  public var left, top, right, bottom: Int

  /// The smallest box around the pixels of a mask that are not zero; nil where there are none.
  public init?(around mask: Image) {
    let (height, width) = (mask.height, mask.width)
    var box: (Int, Int, Int, Int)?
    mask.pixels.withUnsafeElements { pixels in
      for row in 0..<height {
        for column in 0..<width where pixels[row * width + column] != 0 {
          let old = box ?? (column, row, column, row)
          box = (min(old.0, column), min(old.1, row), max(old.2, column), max(old.3, row))
        }
      }
    }
    guard let box else { return nil }
    (left, top, right, bottom) = box
  }
}
