import Kernels

/// Some of the patients of a split, each with all that is theirs.
struct PatientDrawing {
  private(set) var patients: Set<String> = []
  /// Images of the patients drawn.
  private(set) var images = 0

  /// Takes patients in a random order until the next one would exceed `most` images; one at least.
  ///
  /// `order` lists patients in an order of the data's own, `images` how many each has.
  init(_ order: [String], images counts: [String: Int], most: Int, stream: RandomStream) {
    var draws = stream
    for place in draws.permutation(order.count) {
      let size = counts[order[place]]!
      if images > 0, images + size > most { break }
      patients.insert(order[place])
      images += size
    }
  }
}
