@_exported import Kernels
@_exported import Tensors

/// A tensor inside a computation that can be differentiated.
///
/// Operations on variables compute at once and remember how to go back: the backward rule of every
/// operation is itself made of operations on variables, so gradients of gradients are gradients
/// like any other.
///
///     let w = Variable(Tensor<Double>(3), requiresGradient: true)
///     let y = square(w)
///     let first = differentiableGradients(of: y, at: [w])[0]  // 2 w = 6
///     gradients(of: first, at: [w])[0].item                   // 2
///
/// A variable and the graph behind it belong to one thread at a time.
public final class Variable<Scalar: TensorScalar> {
  public let value: Tensor<Scalar>
  public let requiresGradient: Bool
  /// What made this variable; nil for leaves and where no gradient is needed.
  package private(set) var operation: Operation<Scalar>?
  /// Longest chain of operations from a leaf.
  let depth: Int

  /// A leaf: a constant, or with `requiresGradient` a place where gradients are asked for.
  public init(_ value: Tensor<Scalar>, requiresGradient: Bool = false) {
    self.value = value
    self.requiresGradient = requiresGradient
    operation = nil
    depth = 0
  }

  /// The result of an operation; the operation is kept only if an input needs a gradient.
  init(
    _ value: Tensor<Scalar>, _ name: String, _ inputs: [Variable], _ rule: @escaping Rule<Scalar>
  ) {
    self.value = value
    requiresGradient = inputs.contains { $0.requiresGradient }
    operation = requiresGradient ? Operation(name, inputs, rule) : nil
    depth = requiresGradient ? 1 + inputs.reduce(0) { max($0, $1.depth) } : 0
  }

  /// The result of an operation with parameters whose per-example gradients can be told apart.
  init(
    _ value: Tensor<Scalar>, _ name: String, _ inputs: [Variable], _ rule: @escaping Rule<Scalar>,
    perExample: @escaping PerExampleRule<Scalar>
  ) {
    self.value = value
    requiresGradient = inputs.contains { $0.requiresGradient }
    operation = requiresGradient ? Operation(name, inputs, rule, perExample) : nil
    depth = requiresGradient ? 1 + inputs.reduce(0) { max($0, $1.depth) } : 0
  }

  // A long chain is taken apart in a loop: released recursively it would exhaust the stack.
  deinit {
    guard depth > 256, let last = operation else { return }
    operation = nil
    var pending = last.takeInputs()
    while var node = pending.popLast() {
      guard isKnownUniquelyReferenced(&node), let operation = node.operation else { continue }
      node.operation = nil
      pending.append(contentsOf: operation.takeInputs())
    }
  }

  public var shape: [Int] { value.shape }

  /// The same value as a constant.
  public func detached() -> Variable { Variable(value) }
}

/// What a backward rule is given: the gradient of the result, the inputs and the result.
///
/// When no graph of the backward pass is wanted, all of them are constants, and operations on them
/// record nothing.
package struct BackwardCall<Scalar: TensorScalar> {
  let upstream: Variable<Scalar>
  let inputs: [Variable<Scalar>]
  let output: Variable<Scalar>
  /// Which inputs a gradient is wanted for.
  let needs: [Bool]
  /// Whether the gradients will be differentiated again: fused rules must then unfold.
  let recordsGraph: Bool

  /// The gradients of a composition of differentiable operations that equals the fused one.
  func unfused(
    _ composition: ([Variable<Scalar>]) -> Variable<Scalar>
  ) -> [Variable<Scalar>?] {
    let copies = inputs.map { identity($0) }
    let asked = needs.indices.filter { needs[$0] }
    let found = differentiableGradients(
      of: composition(copies), at: asked.map { copies[$0] }, upstream: upstream)
    var result = [Variable<Scalar>?](repeating: nil, count: inputs.count)
    for (place, gradient) in zip(asked, found) { result[place] = gradient }
    return result
  }
}

/// From the gradient of a result to the gradients of the inputs; nil is a gradient of zero.
package typealias Rule<Scalar: TensorScalar> = (BackwardCall<Scalar>) -> [Variable<Scalar>?]

/// One step of a computation: its inputs and its backward rule.
package final class Operation<Scalar: TensorScalar> {
  let name: String
  private(set) var inputs: [Variable<Scalar>]
  let rule: Rule<Scalar>
  let perExample: PerExampleRule<Scalar>?

  init(
    _ name: String, _ inputs: [Variable<Scalar>], _ rule: @escaping Rule<Scalar>,
    _ perExample: PerExampleRule<Scalar>? = nil
  ) {
    self.name = name
    self.inputs = inputs
    self.rule = rule
    self.perExample = perExample
  }

  func takeInputs() -> [Variable<Scalar>] {
    defer { inputs = [] }
    return inputs
  }
}
