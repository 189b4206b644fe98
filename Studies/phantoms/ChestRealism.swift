//: ### Real film and phantom
//: The public films are of children, so a paediatric site of the same phantom is compared with
//: them; adults in bed are reported beside. Real films are read from where they lie and nothing
//: of them is stored.
import Foundation
import LightboxStudy

/// Phantom films of 28x28: normal, and with moderate or severe infiltrates.
func films(_ site: ChestSite, diseased: Bool, count: Int, stream: RandomStream) -> [[Double]] {
  var configuration = ChestConfiguration()
  configuration.prevalence = [Double](repeating: 0, count: ChestFinding.allCases.count)
  if diseased {
    configuration.prevalence[ChestFinding.infiltratesRight.index] = 0.75
    configuration.prevalence[ChestFinding.infiltratesLeft.index] = 0.6
    configuration.prevalence[ChestFinding.congestion.index] = 0.3
  }
  let cohort = ChestPhantom(configuration).cohort(
    images: count, resolution: 28, sites: [site],
    stream: stream.child(site.name).child(diseased ? "pneumonia" : "normal"))
  return planes(cohort.cohort.images)
}

/// The images of a tensor [case, 1, n, n], rounded to 8 bits as files are.
func planes(_ images: Tensor<Float>) -> [[Double]] {
  let plane = images.shape[2] * images.shape[3]
  return images.withUnsafeElements { values in
    (0..<images.shape[0]).map { image in
      (0..<plane).map { Double((values[image * plane + $0] * 255).rounded()) }
    }
  }
}

func realism(_ stream: RandomStream, count: Int) -> [Measurement] {
  var rows: [Measurement] = []
  func add(_ id: String, _ films: [[Double]], _ statistic: ([Double]) -> Double) {
    let values = films.map(statistic).filter(\.isFinite)
    rows.append(
      Measurement(id: id, value: values.reduce(0, +) / Double(values.count), n: values.count))
  }
  for (name, diseased) in [("normal", false), ("pneumonia", true)] {
    let films = films(.paediatric, diseased: diseased, count: count, stream: stream)
    add("chest.paediatric.slope.\(name)", films) { RadialSpectrum($0, size: 28).slope() }
    add("chest.paediatric.symmetry.\(name)", films) {
      Texture.mirror($0, 28, horizontally: true)
    }
  }
  let adults = films(.bedside, diseased: false, count: count / 2, stream: stream)
  add("chest.bedside.slope.normal", adults) { RadialSpectrum($0, size: 28).slope() }
  add("chest.bedside.symmetry.normal", adults) { Texture.mirror($0, 28, horizontally: true) }
  return rows
}

/// The rows that need the real file: Fréchet distances and a two-sample test, all with the same
/// number of images in every set and a real half-to-half floor.
func againstReal(_ path: String, stream: RandomStream, count: Int) throws -> [Measurement] {
  let array = try NPZ(path).array("train_images")
  let bytes = try array.elements(of: UInt8.self)
  var draw = stream.child("real")
  var order = draw.permutation(array.shape[0])
  let n = min(count, order.count / 2)
  order = Array(order.prefix(2 * n))
  let labels = try NPZ(path).array("train_labels").integers()
  let real = order.map { image in (0..<784).map { Double(bytes[image * 784 + $0]) } }
  let halves = (Array(real.prefix(n)), Array(real.suffix(n)))
  // As many diseased films as among the real ones.
  let ill = order.prefix(n).filter { labels[$0] == 1 }.count
  let phantom =
    films(.paediatric, diseased: true, count: max(1, ill), stream: stream)
    + films(.paediatric, diseased: false, count: max(1, n - ill), stream: stream)
  let sets = [
    halves.1, phantom, ellipses(n, stream: stream.child("ellipses")),
    halves.0.enumerated().map {
      phaseRandomised($0.element, stream.child("phase").child($0.offset))
    },
  ].map { $0.map { Texture.statistics($0, size: 28) } }
  let base = halves.0.map { Texture.statistics($0, size: 28) }
  let reference = Gaussian(base)
  func scaled(_ rows: [[Double]]) -> [[Double]] {
    rows.map { row in
      row.indices.map { (row[$0] - reference.mean[$0]) / reference.covariance[$0][$0].squareRoot() }
    }
  }
  let origin = Gaussian(scaled(base))
  let distances = sets.map { Gaussian(scaled($0)).frechet(origin) }
  return [
    Measurement(id: "chest.frechet.floor", value: distances[0] / distances[2], n: n),
    Measurement(id: "chest.frechet", value: distances[1] / distances[2], n: n),
    Measurement(id: "chest.frechet.phase", value: distances[3] / distances[2], n: n),
    Measurement(
      id: "chest.two-sample", value: try twoSample(scaled(base), scaled(sets[1])), n: 2 * n),
  ]
}

/// AUROC, on held-out halves, of a logistic model that tells two sets of rows apart.
func twoSample(_ a: [[Double]], _ b: [[Double]]) throws -> Double {
  func tensor(_ rows: [[Double]]) -> Tensor<Double> {
    Tensor(shape: [rows.count, rows[0].count], rows.flatMap { $0 })
  }
  let (na, nb) = (a.count / 2, b.count / 2)
  let model = LogisticRegression(
    features: tensor(Array(a.prefix(na) + b.prefix(nb))),
    labels: [Int](repeating: 0, count: na) + [Int](repeating: 1, count: nb))
  let held = Array(a.dropFirst(na)) + Array(b.dropFirst(nb))
  let labels = held.indices.map { $0 >= a.count - na }
  return try auroc(scores: model.logits(tensor(held)), labels: labels)
}

/// Plain ellipses: a bright body with two dark lungs, jittered, with noise.
func ellipses(_ count: Int, stream: RandomStream) -> [[Double]] {
  (0..<count).map { index in
    var draw = stream.child(index)
    var shapes: [(x: Double, y: Double, a: Double, b: Double, v: Double)] = []
    shapes.append(
      (14 + draw.normal(), 14 + draw.normal(), 13 + draw.normal(), 15 + draw.normal(), 160))
    for side in [-1.0, 1] {
      shapes.append(
        (
          14 + side * (5.5 + 0.5 * draw.normal()), 13 + draw.normal(), 3.6 + 0.4 * draw.normal(),
          8 + 0.8 * draw.normal(), -90 + 15 * draw.normal()
        ))
    }
    return (0..<784).map { pixel in
      let (x, y) = (Double(pixel % 28), Double(pixel / 28))
      var value = 20 + 5 * draw.normal()
      for shape in shapes {
        let (u, v) = ((x - shape.x) / shape.a, (y - shape.y) / shape.b)
        if u * u + v * v < 1 { value += shape.v }
      }
      return min(255, max(0, value.rounded()))
    }
  }
}

/// The image with its amplitudes and the phases of white noise: same spectrum, no shape.
func phaseRandomised(_ image: [Double], _ stream: RandomStream) -> [Double] {
  let n = 28
  var draw = stream
  let noise = image.map { _ in draw.normal() }
  let a = fourier(image, size: n)
  let b = fourier(noise, size: n)
  var real = [Double](repeating: 0, count: n * n)
  var imaginary = real
  for i in 0..<(n * n) {
    let size = (a.0[i] * a.0[i] + a.1[i] * a.1[i]).squareRoot()
    let length = max(1e-12, (b.0[i] * b.0[i] + b.1[i] * b.1[i]).squareRoot())
    real[i] = i == 0 ? a.0[0] : size * b.0[i] / length
    // The conjugate, so that a forward transform inverts.
    imaginary[i] = i == 0 ? 0 : -size * b.1[i] / length
  }
  return fourier(real, imaginary, size: n).0.map {
    min(255, max(0, ($0 / Double(n * n)).rounded()))
  }
}

func fourier(_ real: [Double], _ imaginary: [Double]? = nil, size n: Int) -> ([Double], [Double]) {
  var real = real
  var imaginary = imaginary ?? [Double](repeating: 0, count: n * n)
  for axis in 0..<2 {
    for line in 0..<n {
      let places = (0..<n).map { axis == 0 ? line * n + $0 : $0 * n + line }
      let out = FFT.transform(
        real: places.map { real[$0] }, imaginary: places.map { imaginary[$0] })
      for (k, place) in places.enumerated() {
        real[place] = out.real[k]
        imaginary[place] = out.imaginary[k]
      }
    }
  }
  return (real, imaginary)
}
