/// A durable note of every step whose outcome may be seen, made before the step.
///
/// Steps that cannot be repeated (secure noise) are each a release of their own: after a restart
/// the journal tells how many there were, those after the last checkpoint included.
///
///     let journal = ReleaseJournal(noted: store.marked.count) { try store.mark($0) }
public struct ReleaseJournal {
  /// Steps noted by all earlier runs of the same training, repeats included.
  public var noted: Int
  /// Notes a step, durably.
  public var note: (_ step: Int) throws -> Void

  public init(noted: Int, note: @escaping (_ step: Int) throws -> Void) {
    self.noted = noted
    self.note = note
  }
}
