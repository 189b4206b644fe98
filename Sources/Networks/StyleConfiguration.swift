/// What the two networks of a style-based GAN look like.
public struct StyleConfiguration: Codable, Hashable, Sendable {
  /// Numbers of a latent vector and of a style.
  public var styles: Int
  /// Channels of the levels 4x4, 8x8, ... up to the size of the pictures.
  public var features: [Int]
  /// Layers of the mapping from latents to styles.
  public var mappingLayers: Int
  /// Channels of the pictures.
  public var channels: Int
  /// Classes that pictures are asked for and judged by; 0 for networks that know of none.
  public var classes: Int
  /// Whether the discriminator takes pictures at every level, as progressive growing needs.
  public var grows: Bool

  public init(
    styles: Int = 256, features: [Int] = [256, 256, 128, 64], mappingLayers: Int = 4,
    channels: Int = 1, classes: Int = 0, grows: Bool = false
  ) {
    precondition(!features.isEmpty, "features must not be empty")
    precondition(classes >= 0, "classes (\(classes)) must not be negative")
    self.styles = styles
    self.features = features
    self.mappingLayers = mappingLayers
    self.channels = channels
    self.classes = classes
    self.grows = grows
  }

  /// Side of the pictures.
  public var size: Int { 4 << (features.count - 1) }

  /// Places that a style of their own can be given to, two a level: the convolutions in their order,
  /// with the 1x1 convolution to a picture sharing the place of the convolution after it.
  public var stylePlaces: Int { 2 * features.count }

  /// Sides of the noise maps of a picture, in the order in which the generator asks for them.
  public var noiseSides: [Int] { [4] + (1..<features.count).flatMap { [4 << $0, 4 << $0] } }

  /// The stage at which nothing is left to grow.
  public var grown: StyleGrowth { StyleGrowth(level: features.count - 1) }

  /// Stops unless labels are given exactly where the networks know classes, one a picture.
  func check(_ labels: [Int]?, pictures: Int) {
    guard classes > 0 else {
      precondition(labels == nil, "labels were given to a network without classes")
      return
    }
    precondition(
      labels?.count == pictures && labels!.allSatisfy { (0..<classes).contains($0) },
      "labels (\(labels.map { "\($0)" } ?? "none")) must be \(pictures) numbers of \(classes) classes"
    )
  }
}

/// How far the networks of a style-based GAN have grown.
///
/// At level l pictures have side 4 · 2^l. A level that was just added joins by the share `blend`,
/// the rest of the picture is the level below, enlarged: Karras et al. 2018,
/// doi:10.48550/arXiv.1710.10196, figure 2.
public struct StyleGrowth: Codable, Hashable, Sendable {
  /// The finest level in use, counted from 0 (4x4).
  public var level: Int
  /// Share of that level, above 0 and at most 1.
  public var blend: Double

  public init(level: Int, blend: Double = 1) {
    precondition(
      level >= 0 && blend > 0 && blend <= 1,
      "level (\(level)) must not be negative, blend (\(blend)) must lie in 0...1 above 0")
    self.level = level
    self.blend = blend
  }

  /// Side of the pictures.
  public var size: Int { 4 << level }
}
