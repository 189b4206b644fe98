import Kernels

/// A kind of picture with known generative factors: what a generative network has to learn, drawn
/// so that one can tell afterwards what it did learn.
///
/// A draw is a function of the label and the stream alone. Factors are the numbers that were drawn;
/// `measure` works out some of them again from pixels, as one has to for generated pictures. The
/// measuring errs, so measured factors of generated pictures compare with *measured* factors of
/// real ones, never with the drawn.
public protocol PictureDomain: Sendable {
  /// "fundus", "histology", "chest".
  var name: String { get }
  /// Two classes; the second is the rarer, diseased one.
  var classes: [String] { get }
  /// Share of the second class in a cohort as the paper's data set has it.
  var diseasedShare: Double { get }
  /// Colours of a picture: 3 or 1.
  var channels: Int { get }
  /// Names, with units, of what is drawn.
  var factors: [String] { get }
  /// Names, with units, of what `measure` gives.
  var measures: [String] { get }

  /// Draws a picture of a class: `pixels` [channel, size, size], 0...1.
  func draw(label: Int, size: Int, stream: RandomStream) -> DrawnPicture

  /// Works out the measures from pixels [channel, size, size], 0...1.
  func measure(_ pixels: [Float], size: Int) -> PictureMeasures
}

/// A picture and what went into it.
public struct DrawnPicture: Sendable {
  /// The class that it shows.
  public var label: Int
  /// The class that a data set would say; differs by label noise.
  public var rated: Int
  /// In the order of the domain's `factors`.
  public var factors: [Double]
  /// [channel, size, size], 0...1.
  public var pixels: [Float]

  public init(label: Int, rated: Int, factors: [Double], pixels: [Float]) {
    self.label = label
    self.rated = rated
    self.factors = factors
    self.pixels = pixels
  }
}

/// What can be read off a picture.
public struct PictureMeasures: Codable, Hashable, Sendable {
  /// In the order of the domain's `measures`; nil where it cannot be read.
  public var values: [Double?]
  /// The reason why no real anatomy looks like this ("no optic disc", "two optic discs"); nil where
  /// nothing is wrong.
  public var impossible: String?

  public init(values: [Double?], impossible: String? = nil) {
    self.values = values
    self.impossible = impossible
  }
}
