import Kernels
import Networks
import Tensors

/// The real pictures that an adversarial training draws, and the labels that it asks fakes for.
package struct TrainingPictures {
  package let set: PictureSet
  package let batch: Int
  /// Every class equally often, instead of as often as in the set.
  package let balanced: Bool
  /// Mirrors every drawn picture left to right with probability ½.
  package let flips: Bool
  private let classes: [[Int]]
  private let batches: PictureBatches
  private let stream: RandomStream

  package init(_ set: PictureSet, batch: Int, balanced: Bool, flips: Bool, stream: RandomStream) {
    self.set = set
    self.batch = batch
    self.balanced = balanced
    self.flips = flips
    self.stream = stream
    classes = (0...(set.labels.max() ?? 0)).map { set.indices(label: $0) }.filter { !$0.isEmpty }
    batches = PictureBatches(count: set.count, size: batch, stream: stream)
  }

  /// The pictures of a draw, counted from 0, [batch, channel, height, width], and their labels.
  ///
  /// Shuffled epochs; balanced, the classes take turns and each draws with replacement.
  package func draw(_ number: Int) -> (pictures: Tensor<Float>, labels: [Int]) {
    var own = stream.child("draw").child(number)
    let chosen =
      balanced
      ? (0..<batch).map { place in
        let members = classes[place % classes.count]
        return members[own.integer(below: members.count)]
      } : batches.batch(step: number)
    var pictures = set.pictures.gathered(rows: chosen)
    if flips { mirror(&pictures, where: chosen.map { _ in own.bernoulli(0.5) }) }
    return (pictures, chosen.map { set.labels[$0] })
  }

  /// Labels for fakes, as often as `draw` has them.
  package func labels(_ count: Int, from stream: RandomStream) -> [Int] {
    var stream = stream
    return (0..<count).map { _ in
      if balanced { return set.labels[classes[stream.integer(below: classes.count)][0]] }
      return set.labels[stream.integer(below: set.count)]
    }
  }

  private func mirror(_ pictures: inout Tensor<Float>, where mirrored: [Bool]) {
    let width = pictures.shape[3]
    let rows = pictures.shape[1] * pictures.shape[2]
    pictures.withUnsafeMutableElements { pixels in
      for (picture, isMirrored) in mirrored.enumerated() where isMirrored {
        for row in 0..<rows {
          let first = (picture * rows + row) * width
          pixels[first..<first + width].reverse()
        }
      }
    }
  }
}
