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
/// A variable and the graph behind it belong to one thread at a time. The graph keeps only the
/// values that backward rules use: a variable that went out of scope may be gone from memory.
public final class Variable<Scalar: TensorScalar> {
  private var stored: Tensor<Scalar>?
  let node: Node<Scalar>

  public var value: Tensor<Scalar> {
    guard let stored else {
      preconditionFailure("the value of shape \(node.shape) was not saved for the backward rule")
    }
    return stored
  }
  public var requiresGradient: Bool { node.requiresGradient }
  public var shape: [Int] { node.shape }

  /// A leaf: a constant, or with `requiresGradient` a place where gradients are asked for.
  public init(_ value: Tensor<Scalar>, requiresGradient: Bool = false) {
    stored = value
    node = Node(shape: value.shape, requiresGradient: requiresGradient)
  }

  /// The result of an operation, which is kept only if an input needs a gradient. `perExample`
  /// belongs to operations with parameters whose per-example gradients can be told apart.
  init(
    _ value: Tensor<Scalar>, _ name: String, _ inputs: [Variable],
    saving: SavedValues = .inputsAndOutput, _ rule: @escaping Rule<Scalar>,
    perExample: PerExampleRule<Scalar>? = nil
  ) {
    stored = value
    // Closures, not key paths: in generic code a key path is made anew at every evaluation.
    guard inputs.contains(where: { $0.requiresGradient }) else {
      node = Node(shape: value.shape, requiresGradient: false)
      return
    }
    let operation = Operation(
      name, inputs.map { $0.node },
      values: saving == .shapes ? inputs.map { _ in nil } : inputs.map { $0.stored },
      output: saving == .inputsAndOutput ? value : nil, rule, perExample)
    node = Node(shape: value.shape, operation: operation)
  }

  /// A variable at a place of a graph, with its value where that was saved.
  init(_ node: Node<Scalar>, _ value: Tensor<Scalar>?) {
    self.node = node
    stored = value
  }

  /// Adds to the value in place; only for constants that nobody else holds.
  func accumulate(_ part: Tensor<Scalar>) { stored!.add(part) }

  /// The same value as a constant.
  public func detached() -> Variable { Variable(value) }
}

/// Which values the backward rule of an operation reads; of the others it knows the shapes.
enum SavedValues { case shapes, inputs, inputsAndOutput }

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

  /// The call of the operation that made `node`.
  init(
    _ node: Node<Scalar>, upstream: Variable<Scalar>, needs: [Bool], recordsGraph: Bool
  ) {
    let operation = node.operation!
    func variable(_ node: Node<Scalar>, _ value: Tensor<Scalar>?) -> Variable<Scalar> {
      Variable(recordsGraph ? node : Node(shape: node.shape, requiresGradient: false), value)
    }
    self.upstream = upstream
    inputs = zip(operation.inputs, operation.values).map { variable($0, $1) }
    output = variable(node, operation.output)
    self.needs = needs
    self.recordsGraph = recordsGraph
  }

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
