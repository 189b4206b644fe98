import Autodiff
import Imaging
import Networks
import Tensors
import Testing
import Training

/// Bright discs on a noisy ground, 16 x 16.
private enum Discs {
  static func data(_ count: Int, seed: UInt64) -> TrainingData<Float> {
    var stream = RandomStream(seed)
    var (pixels, masks): ([Float], [Float]) = ([], [])
    for _ in 0..<count {
      let (cx, cy) = (stream.uniform(in: 5...11), stream.uniform(in: 5...11))
      let radius = stream.uniform(in: 2...4)
      for y in 0..<16 {
        for x in 0..<16 {
          let d = (Double(x) - cx) * (Double(x) - cx) + (Double(y) - cy) * (Double(y) - cy)
          let inside = d < radius * radius
          masks.append(inside ? 1 : 0)
          pixels.append(Float(0.15 * stream.normal()) + (inside ? 0.8 : 0.3))
        }
      }
    }
    return TrainingData(
      images: Tensor(shape: [count, 1, 16, 16], pixels),
      targets: Tensor(shape: [count, 256], masks))
  }

  static func network() -> SegmentationUNet<Float> {
    var start = RandomStream(3)
    return SegmentationUNet(
      SegmentationUNetConfiguration(dimensions: 2, channels: [6, 12]), stream: &start)
  }

  static let plan = TrainingPlan(
    epochs: 5, batchSize: 8, optimizer: .adam(), learningRate: 3e-3, classWeighting: .none)

  static func train(
    _ network: SegmentationUNet<Float>, continuing: Continuation<Float> = .none
  ) throws {
    let data = data(40, seed: 1)
    try Training.train(
      network, on: data, plan: plan,
      estimator: SliceBatches(
        slices: data.count, plan: plan, augmentation: SliceAugmentation(),
        stream: RandomStream(5)), continuing: continuing)
  }
}

@Suite struct SegmentationTests {
  @Test func discsAreFound() throws {
    let network = Discs.network()
    let test = Discs.data(12, seed: 2)
    let volume = test.images.reshaped([12, 16, 16]).affine(scale: 255, offset: 0)
    let truth = Mask(test.targets.reshaped([12, 16, 16]))
    func dice() -> Double {
      let found = Mask(foreground(network, volume, view: SliceView(height: 16, width: 16)))
      var both = 0
      for i in found.voxels.indices where found.voxels[i] && truth.voxels[i] { both += 1 }
      return 2 * Double(both) / Double(max(1, found.count + truth.count))
    }
    let before = dice()
    try Discs.train(network)
    #expect(before < 0.6 && dice() > 0.8, "\(before), \(dice())")
  }

  @Test func continuedTrainingEndsInTheSameBytes() throws {
    let whole = Discs.network()
    try Discs.train(whole)
    var kept: [TrainingCheckpoint<Float>] = []
    try Discs.train(
      Discs.network(), continuing: Continuation(interval: 7, save: { kept.append($0) }))
    let second = Discs.network()
    try Discs.train(second, continuing: Continuation(from: kept[1]))
    #expect(kept[1].step == 14 && second.weights == whole.weights)
  }

  /// Slices in a volume of another size: a view cuts top and middle, and gives them back in place.
  @Test(arguments: [[2, 10, 12], [2, 4, 5], [2, 6, 8], [2, 5, 11]])
  func viewsGiveBackWhatTheyTook(shape: [Int]) {
    let count = shape.reduce(1, *)
    let voxels = Tensor<Float>(shape: shape, (0..<count).map { Float($0 + 1) })
    let view = SliceView(height: 6, width: 8)
    let pictures = view.pictures(voxels)
    #expect(pictures.shape == [2, 1, 6, 8])
    let back = view.restored(
      pictures.affine(scale: 255, offset: 0).reshaped([2, 6, 8]), shape: shape)
    let left = max(0, (shape[2] - 8) / 2)
    for z in 0..<2 {
      for y in 0..<shape[1] {
        for x in 0..<shape[2] {
          let i = (z * shape[1] + y) * shape[2] + x
          let isSeen = y < 6 && x >= left && x < left + 8
          let expected = isSeen ? voxels.elements[i] : 0
          #expect(abs(back.elements[i] - expected) <= 1e-4 * expected, "\(z) \(y) \(x)")
        }
      }
    }
  }

  @Test func masksMoveWithTheirPictures() {
    let data = Discs.data(6, seed: 4)
    // Pictures that are their own masks: without blur and gain both move alike, but for rounding.
    let own = data.targets.reshaped([6, 1, 16, 16])
    let plain = SliceAugmentation(gain: 0, blurPixels: 0)
    let (images, masks) = plain.changed(images: own, masks: data.targets, stream: RandomStream(6))
    for (image, mask) in zip(images.elements, masks.elements) {
      #expect((image > 0.5) == (mask == 1))
    }
    #expect(masks != data.targets)
    let still = SliceAugmentation(
      mirrors: false, rotationDegrees: 0, scaling: 0, gain: 0, blurPixels: 0)
    let same = still.changed(images: own, masks: data.targets, stream: RandomStream(6))
    #expect(same.images == own && same.masks == data.targets)
    // Areas stay but for what leaves the edge and for the change of size, ±10 % of length.
    let before = data.targets.sum(axes: [1]).elements
    let after = masks.sum(axes: [1]).elements
    for (a, b) in zip(before, after) { #expect(b > 0.7 * a && b < 1.35 * a) }
  }

  @Test func cleaningKeepsTheLargestPartAndFillsHoles() {
    var values = [Float](repeating: 0, count: 12 * 12 * 12)
    func set(_ z: Range<Int>, _ y: Range<Int>, _ x: Range<Int>, _ value: Float) {
      for k in z { for j in y { for i in x { values[(k * 12 + j) * 12 + i] = value } } }
    }
    set(2..<8, 2..<8, 2..<8, 0.9)
    set(4..<5, 4..<5, 4..<5, 0.1)
    set(10..<12, 10..<12, 10..<12, 0.8)
    let mask = cleanedMask(
      Tensor(shape: [12, 12, 12], values), spacingMM: [0.5, 0.5, 0.5], closingMM: 1)
    #expect(mask.count == 216 && mask.bounds == [2..<8, 2..<8, 2..<8])
  }
}
