// hide
import LightboxStudy

// show

//: ## The pictures
//: No two sets of a domain share a picture. *Training* is as imbalanced as the paper's data;
//: *control* is drawn in the same way and never trained on, so that closeness to training pictures
//: has something to be compared with. *Learning* pictures teach the judge, whose features then owe
//: nothing to any generator. Every seed draws its own *reference* that fakes are compared with, and
//: a *second* set that stands for one more generator, a perfect one: both held out and balanced by
//: class, as the paper's references were. The authors scored largely against training pictures;
//: Table 12 does so too, but with the classes as imbalanced as they are in training.

/// What is generated.
enum Domain: String, Codable, Hashable, CaseIterable {
  case fundus, histology, chest
  /// Real files, with `DATA=`.
  case files

  /// The name that claims use.
  var key: String {
    switch self {
    case .fundus: "airogs"
    case .histology: "crcms"
    case .chest: "chexpert"
    case .files: "files"
    }
  }

  var phantom: any PictureDomain {
    switch self {
    case .fundus: FundusPictures()
    case .histology: HistologyPictures()
    case .chest: ChestPictures()
    case .files: preconditionFailure("files have no phantom")
    }
  }

  static let simulated: [Domain] = [.fundus, .histology, .chest]

  /// What a run at a scale draws and trains on: at default scale depth before breadth.
  static func simulated(at scale: Scale) -> [Domain] {
    scale.choose(smoke: simulated, default: [.fundus], full: simulated)
  }
}

/// One picture's numbers: what was drawn and what is measured.
struct PictureFacts: Codable, Hashable {
  var factors: [Double]
  var measures: PictureMeasures
}

/// The sets of a domain that all seeds share.
struct Sets: StageValue {
  var domain: Domain
  var classes: [String]
  /// Names of what is measured.
  var measures: [String]
  /// Names of what was drawn; none for files.
  var factors: [String]
  var train, control, learning: PictureSet
  /// Facts of these pictures; none for files.
  var trainFacts, learningFacts: [PictureFacts]
  /// Held-out pictures that files bring; phantoms draw theirs for every seed.
  var held: PictureSet?

  var channels: Int { train.pictures.shape[1] }
}

/// Draws pictures of given labels; picture i has the stream's child i. What makers learn from is
/// labelled as a reader would, errors included; what judges them by the truth.
func drawn(
  _ phantom: any PictureDomain, labels: [Int], isRated: Bool, side: Int, stream: RandomStream
) throws -> (PictureSet, [PictureFacts]) {
  let parts = try Parallel.map(labels.count) { index -> (DrawnPicture, PictureMeasures) in
    let picture = phantom.draw(label: labels[index], size: side, stream: stream.child(index))
    // As a file would hold it: 256 grey levels.
    var quantised = picture
    quantised.pixels = picture.pixels.map { (min(1, max(0, $0)) * 255).rounded() / 255 }
    return (quantised, rounded(phantom.measure(quantised.pixels, size: side)))
  }
  let pixels = parts.flatMap { $0.0.pixels.map { $0 * 2 - 1 } }
  let set = PictureSet(
    pictures: Tensor(shape: [labels.count, phantom.channels, side, side], pixels),
    labels: parts.map { isRated ? $0.0.rated : $0.0.label })
  return (set, parts.map { PictureFacts(factors: $0.0.factors, measures: $0.1) })
}

/// Labels in random order of which a share is 1.
func mixedLabels(_ count: Int, share: Double, _ stream: RandomStream) -> [Int] {
  let ill = max(2, Int((share * Double(count)).rounded()))
  var order = stream.child("labels")
  return order.permutation(count).map { $0 < ill ? 1 : 0 }
}

func simulatedSets(_ context: StageContext, _ domain: Domain, _ sizes: Sizes) throws -> Sets {
  let phantom = domain.phantom
  let root = context.root.child("pictures").child(domain.rawValue)
  func set(
    _ name: String, _ count: Int, share: Double, isRated: Bool = true
  ) throws -> (PictureSet, [PictureFacts]) {
    let stream = root.child(name)
    return try drawn(
      phantom, labels: mixedLabels(count, share: share, stream), isRated: isRated,
      side: sizes.side, stream: stream)
  }
  let (train, trainFacts) = try set("train", sizes.train, share: phantom.diseasedShare)
  context.progress.report(0.5)
  let (control, _) = try set("control", sizes.train / 2, share: phantom.diseasedShare)
  let (learning, learningFacts) = try set("learning", sizes.factors, share: 0.5, isRated: false)
  return Sets(
    domain: domain, classes: phantom.classes, measures: phantom.measures, factors: phantom.factors,
    train: train, control: control, learning: learning, trainFacts: trainFacts,
    learningFacts: learningFacts)
}

/// Reference and second set of a seed, with their facts.
func heldOut(
  _ context: StageContext, _ job: RealJob, _ sets: Sets
) throws -> [(PictureSet, [PictureFacts])] {
  if let held = sets.held { return halves(held, context.root.child("held-out").child(job.seed)) }
  let phantom = job.domain.phantom
  return try ["reference", "second"].map { name in
    let stream = context.root.child("pictures").child(job.domain.rawValue).child(name)
      .child(job.seed)
    return try drawn(
      phantom, labels: mixedLabels(2 * job.sizes.perClass, share: 0.5, stream), isRated: false,
      side: job.sizes.side, stream: stream)
  }
}

/// Two disjoint sets with as many pictures of either class, from held-out files.
func halves(_ held: PictureSet, _ stream: RandomStream) -> [(PictureSet, [PictureFacts])] {
  var stream = stream
  let classes = [0, 1].map { label -> [Int] in
    var own = held.indices(label: label)
    stream.shuffle(&own)
    return own
  }
  let each = classes.map(\.count).min()! / 2
  return (0..<2).map { part in
    (held.subset(classes.flatMap { Array($0[part * each..<(part + 1) * each]) }), [])
  }
}
