/// The patient's right (x < 0) or left (x > 0).
public enum NeckSide: String, Codable, CaseIterable, Hashable, Sendable {
  case right, left

  /// The sign of x on this side: −1 on the right, +1 on the left.
  public var sign: Double { self == .right ? -1 : 1 }
}

/// What is at a point of the neck.
public enum NeckTissue: UInt8, Codable, CaseIterable, Hashable, Sendable {
  /// Air or gel before the skin.
  case outside
  case skin
  /// Fat below the skin.
  case fat
  case muscle
  /// Connective tissue between the fibres of a muscle, and its sheath.
  case septum
  /// A lobe of the thyroid.
  case thyroid
  /// The bridge between the lobes, of the same tissue.
  case isthmus
  /// A ring of the trachea.
  case cartilage
  case trachealAir
  case vesselWall
  case arterialBlood
  case venousBlood
  /// Loose tissue that fills what is left.
  case connective
  /// Wall of the oesophagus.
  case oesophagus
  /// Mucosa and air bubbles in the middle of the oesophagus.
  case mucosa
  case bone
}
