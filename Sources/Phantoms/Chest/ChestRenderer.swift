import Foundation
import Kernels
import Physics

/// Turns a scene into a radiograph: line integrals, signal, noise, grey values.
struct ChestRenderer: Sendable {
  let scene: ChestScene
  let resolution: Int
  /// Samples per pixel and axis: at least one every 2.8 mm of an adult, or as said.
  let oversampling: Int
  let fieldMM: Double
  /// Stream of the image: noise, textures and devices are its children.
  let stream: RandomStream

  init(scene: ChestScene, resolution: Int, sampleMM: Double = 2.8, stream: RandomStream) {
    precondition(resolution >= 8, "resolution (\(resolution)) must be 8 at least")
    self.scene = scene
    self.resolution = resolution
    self.stream = stream
    fieldMM = scene.site.fieldMM
    let pixel = fieldMM / Double(resolution) / scene.site.patientScale
    oversampling = max(1, Int((pixel / sampleMM).rounded(.up)))
  }

  /// Expected signal per pixel relative to the open beam, blurred, without noise; row-major.
  func signal() -> [Float] {
    let scene = self.scene
    let fine = resolution * oversampling
    let grid = ProjectionGrid(rows: fine, columns: fine, pitchMM: fieldMM / Double(fine))
    var solid = LineIntegralMap(grid: grid)
    scene.addBones(to: &solid)
    scene.addDevices(to: &solid, stream: stream)
    scene.addLetter(to: &solid, fieldMM: Float(fieldMM), stream: stream)
    var vessels = LineIntegralMap(grid: grid)
    scene.addVessels(to: &vessels)
    var airways = LineIntegralMap(grid: grid)
    let soft = Float(Tissue.muscle.attenuation(energyKeV: scene.site.energyKeV))
    scene.addAirways(to: &airways, mu: soft)

    let shapes = ChestFindingShapes(view: scene.view, stream: stream)
    let parenchyma = Parenchyma(subject: scene.subject, stream: stream)
    let lung = Float(Tissue.inflatedLung.attenuation(energyKeV: scene.site.energyKeV))
    let scatter = scene.scatter()
    let thickness = Float(scene.subject.size * scene.site.patientScale)
    let count = oversampling
    let half = Float(fieldMM) / 2
    let gradientX = Float(scene.view.gradientX) / half
    let gradientY = Float(scene.view.gradientY) / half
    var samples = [Float](repeating: 0, count: fine * fine)
    samples.withUnsafeMutableBufferPointer { samples in
      for row in 0..<fine {
        let dy = Float(grid.y(row))
        for column in 0..<fine {
          let dx = Float(grid.x(column))
          let index = row &* fine &+ column
          let (x, y) = scene.frame.patient(dx, dy)
          let spine = scene.spine(y)
          let tissue = scene.tissue(
            x, y, spine: spine, soft: soft, lung: lung, thickness: thickness,
            vessels: vessels.values[index], shapes: shapes, parenchyma: parenchyma)
          let bones = scene.flatBones(x, y, spine: spine)
          let integral = max(0, tissue + solid.values[index] + bones - airways.values[index])
          samples[index] = -(integral + gradientX * dx + gradientY * dy)
        }
      }
      Float.map(.exp, samples.count, samples.baseAddress!, samples.baseAddress!)
      // Scatter is broad: strongest behind the middle of the chest.
      for row in 0..<fine {
        for column in 0..<fine {
          let (x, y) = scene.frame.patient(Float(grid.x(column)), Float(grid.y(row)))
          let u = x * (1.0 / 190)
          let v = (y - 20) * (1.0 / 230)
          samples[row &* fine &+ column] += scatter / (1 + u * u + v * v)
        }
      }
    }
    // The detector's unsharpness belongs to the film, so it comes before the binning to pixels.
    gaussianBlur(&samples, rows: fine, columns: fine, sigma: scene.site.blurMM / grid.pitchMM)
    return withExtendedLifetime((shapes, parenchyma)) { binned(samples, by: count) }
  }

  /// Means over the samples of each pixel.
  private func binned(_ samples: [Float], by count: Int) -> [Float] {
    guard count > 1 else { return samples }
    let fine = resolution * count
    let share = 1 / Float(count * count)
    var result = [Float](repeating: 0, count: resolution * resolution)
    for row in 0..<fine {
      let base = row / count * resolution
      for column in 0..<fine {
        result[base + column / count] += samples[row &* fine &+ column] * share
      }
    }
    return result
  }

  /// The finished radiograph, row-major, 0...1.
  func radiograph() -> [Float] {
    var values = signal()
    let site = scene.site
    let pixel = fieldMM / Double(resolution)
    let detector = XRayDetector(
      exposureMicrogray: site.exposureMicrogray * scene.view.dose, energyKeV: site.energyKeV,
      scatterFraction: site.scatterFraction, blurMM: site.blurMM)
    var noise = stream.child("noise").child(resolution)
    detector.addQuantumNoise(to: &values, pixelMM: pixel, stream: &noise)
    scene.display().apply(to: &values)
    applyShutters(&values)
    if site.equalizes { equalizeHistogram(&values) }
    burnText(into: &values)
    return values
  }

  /// Darkens what the collimator covers, with a soft border of a hundredth of the field.
  private func applyShutters(_ values: inout [Float]) {
    let edges = scene.view.shutters.map { Float($0) }
    guard edges.contains(where: { $0 > 0 }) else { return }
    func open(_ at: Float, _ low: Float, _ high: Float) -> Float {
      let inside = min(low > 0 ? at - low : 1, high > 0 ? 1 - at - high : 1)
      return min(1, max(0, inside / 0.01 + 0.5))
    }
    let vertical = (0..<resolution).map {
      open((Float($0) + 0.5) / Float(resolution), edges[2], edges[3])
    }
    let horizontal = (0..<resolution).map {
      open((Float($0) + 0.5) / Float(resolution), edges[0], edges[1])
    }
    for row in 0..<resolution {
      for column in 0..<resolution {
        values[row * resolution + column] *= vertical[row] * horizontal[column]
      }
    }
  }

  /// Writes the site's text in white into the lower left corner.
  private func burnText(into values: inout [Float]) {
    guard !scene.site.text.isEmpty else { return }
    let grid = ProjectionGrid(
      rows: resolution, columns: resolution, pitchMM: fieldMM / Double(resolution))
    var ink = LineIntegralMap(grid: grid)
    let height = 0.032 * Float(fieldMM)
    let corner = SIMD2(-0.475 * Float(fieldMM), 0.45 * Float(fieldMM))
    for tube in StrokeFont.tubes(scene.site.text, at: corner, height: height, radius: 0.08 * height)
    {
      ink.add(tube, outer: 1.27 / (0.16 * height))
    }
    for index in values.indices where ink.values[index] > 0 {
      values[index] += (1 - values[index]) * min(1, ink.values[index])
    }
  }
}

/// The uneven density of lung that is no finding, and of the soft tissue around it.
struct Parenchyma: Sendable {
  let broad, coarse, fine: LatticeNoise

  init(subject: ChestSubject, stream: RandomStream) {
    // The finest part belongs to the patient, the broad ones to the image.
    var own = subject.stream.child("parenchyma")
    fine = LatticeNoise(spacingMM: 6, radiusMM: 210, stream: &own)
    var draw = stream.child("parenchyma")
    coarse = LatticeNoise(spacingMM: 15, radiusMM: 230, stream: &draw)
    broad = LatticeNoise(spacingMM: 52, radiusMM: 300, stream: &draw)
  }
}

extension ChestScene {
  /// Scatter signal behind the middle of the chest relative to the open beam.
  func scatter() -> Float {
    let soft = Tissue.muscle.attenuation(energyKeV: site.energyKeV)
    let primary = exp(-soft * 200 * subject.size * site.patientScale)
    return Float(primary * site.scatterFraction / (1 - site.scatterFraction))
  }

  /// Level and width of the display, set for this patient's size as an automatic exposure system
  /// would, with the image's own errors. It does not look at the findings.
  func display() -> DisplayTransform {
    let soft = Tissue.muscle.attenuation(energyKeV: site.energyKeV)
    let lung = Tissue.inflatedLung.attenuation(energyKeV: site.energyKeV)
    let size = subject.size * site.patientScale
    let depth = 220 * (1 + 0.06 * subject.fat) * subject.depth
    let air = 168 * subject.depth
    let veil = Double(scatter())
    let dense = -log(exp(-soft * depth * size * 1.02 - 0.2) + veil)
    let clear = -log(exp(-(soft * (depth - air) + lung * air) * size) + veil)
    let span = (dense - clear) * view.width * site.windowWidth
    let middle = clear + 0.50 * (dense - clear) + view.level * (dense - clear)
    return DisplayTransform(
      low: middle - 0.70 * span, high: middle + 0.66 * span, gamma: site.gamma * view.gamma)
  }

  /// Line integral of soft tissue and lungs at a patient point; `spine` is the spine's x there.
  @inline(__always)
  func tissue(
    _ x: Float, _ y: Float, spine: Float, soft: Float, lung lungMu: Float, thickness: Float,
    vessels: Float, shapes: ChestFindingShapes, parenchyma: Parenchyma
  ) -> Float {
    let solid = body(x, y)
    guard solid > 0 else { return 0 }
    let broad = parenchyma.broad(x, y)
    let uneven = 1 + 0.012 * Float(clutter) * broad
    let whole = soft * solid * thickness * uneven
    let place = lung(x, y)
    if place.outline >= 1 { return whole - stomach(x, y, soft: soft, thickness: thickness) }
    let surface = diaphragm(x, side: place.side)
    let below = y - surface
    // Under the dome lung remains only in the recess behind it.
    let cover = min(1, max(0, 0.5 - below / 2.5))
    var aerated = cover
    if cover < 1 { aerated += (1 - cover) * 0.22 * expf(-max(0, below) / 16) }
    let free = (1 - mediastinum(x, y, spine: spine)) * aerated
    let cavity = 168 * depth * (1 - place.outline).squareRoot()
    let air = min(solid - 18, cavity * free)
    if air <= 0 { return whole - stomach(x, y, soft: soft, thickness: thickness) }
    let opacity = opacities(x, y, at: place, shapes: shapes)
    let left = max(0, air * (1 - opacity.filled) - opacity.layered * free)
    var density: Float = 0
    var tree: Float = 0
    if !opacity.isOutsidePleura {
      let crowding = 1 + 0.3 * Float(1 - view.inspiration) + 0.12 * place.vertical
      let grain =
        0.13 * broad + 0.07 * parenchyma.coarse(x, y) + 0.04 * parenchyma.fine(x, y)
      density = Float(subject.lungDensity) * crowding * max(0.3, 1 + Float(clutter) * grain)
      tree = vessels * free * (1 - opacity.filled)
    }
    let gas = below > 0 ? stomach(x, y, soft: soft, thickness: thickness) * (1 - aerated) : 0
    return whole - left * thickness * (soft - lungMu * density) + tree - gas
  }

  /// Air in the stomach under the left dome.
  @inline(__always)
  func stomach(_ x: Float, _ y: Float, soft: Float, thickness: Float) -> Float {
    let u = (x - 62) / 30
    let v = (y - domes[1] - 28) / 17
    let inside = 1 - u * u - v * v
    return inside > 0 ? soft * 34 * thickness * inside.squareRoot() : 0
  }

  /// Windpipe and main bronchi.
  func addAirways(to map: inout LineIntegralMap, mu: Float) {
    let top = spine(-170) * 0.6
    let fork = SIMD3<Float>(mediastinalShift + 1, -40, 0)
    let trachea: [SIMD3<Float>] = [
      SIMD3(top, -220, 20), SIMD3(top + 1, -130, 10), SIMD3(0.6 * mediastinalShift - 1, -80, 0),
      fork,
    ]
    map.add(frame.tube(smooth(trachea), radii: smooth([8, 8, 7.6, 7.4])), outer: mu * 0.9)
    for side in [Float(-1), 1] {
      let bronchus: [SIMD3<Float>] = [
        fork + SIMD3(side * 6, 5, 0), fork + SIMD3(side * 16, side < 0 ? 17 : 11, 0),
        fork + SIMD3(side * 32, side < 0 ? 32 : 22, 0),
      ]
      map.add(frame.tube(bronchus, radii: [6.5, 5.6, 4.6]), outer: mu * 0.6)
    }
  }
}
