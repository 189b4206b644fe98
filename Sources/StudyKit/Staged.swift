import Foundation
import Kernels

/// The value of a stage that may not have been computed yet.
///
/// Its key is known at once, because keys need only the keys of upstream stages. The value is
/// read from the cache, or computed, when it is first asked for; what a study sees is always the
/// value as read back from its file, so a reused stage cannot differ from a fresh one.
public final class Staged<Value: StageValue>: Upstream, @unchecked Sendable {
  let task: StageTask
  private let lock = NSLock()
  private var memory: Value?

  init(_ task: StageTask) { self.task = task }

  /// Name of the stage, with the member's label: `train[arm=private,seed=3]`.
  public var label: String { task.label }

  /// What the value depends on.
  public var key: StageKey { task.key }

  /// The value; computing it may take long. Use it inside rows, claims and values, so that
  /// `--explain` and `--redraw` need not compute.
  public var value: Value {
    get throws {
      if StageTask.isInsideBody {
        throw LightboxError(
          .software,
          "the value of \(label) is used inside another stage; pass it as an upstream stage, "
            + "so that it takes part in that stage's key")
      }
      return try load(keeping: true)
    }
  }

  public var keys: [(String, StageKey)] { [(label, key)] }

  public func prepare() throws { try task.ensure() }

  public func load(keeping: Bool) throws -> Value {
    lock.lock()
    defer { lock.unlock() }
    if let memory { return memory }
    let loaded: Value = try task.read()
    if keeping { memory = loaded }
    return loaded
  }
}

/// What a stage may stand on: another stage, or an array of stages.
public protocol Upstream<Value> {
  associatedtype Value
  /// Labels and keys, which enter the key of the stage below.
  var keys: [(String, StageKey)] { get }
  /// Computes what is missing.
  func prepare() throws
  func load(keeping: Bool) throws -> Value
}

extension Array: Upstream where Element: Upstream {
  public var keys: [(String, StageKey)] { flatMap(\.keys) }
  public func prepare() throws { for element in self { try element.prepare() } }
  public func load(keeping: Bool) throws -> [Element.Value] {
    try map { try $0.load(keeping: keeping) }
  }
}
