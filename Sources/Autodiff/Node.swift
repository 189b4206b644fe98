/// The place of a variable in a graph: what made it, not its value.
final class Node<Scalar: TensorScalar> {
  let shape: [Int]
  let requiresGradient: Bool
  /// Longest chain of operations from a leaf.
  let depth: Int
  /// What made this variable; nil for leaves, where no gradient is needed, and once freed.
  private(set) var operation: Operation<Scalar>?

  /// A leaf.
  init(shape: [Int], requiresGradient: Bool) {
    self.shape = shape
    self.requiresGradient = requiresGradient
    depth = 0
  }

  /// The result of an operation.
  init(shape: [Int], operation: Operation<Scalar>) {
    self.shape = shape
    self.operation = operation
    requiresGradient = true
    depth = 1 + operation.inputs.reduce(0) { max($0, $1.depth) }
  }

  /// Forgets the operation and with it the values that only its rule needed.
  func free() { operation = nil }

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
}

/// One step of a computation: its inputs, the values that its backward rule reads, and the rule.
final class Operation<Scalar: TensorScalar> {
  let name: String
  private(set) var inputs: [Node<Scalar>]
  /// One for each input.
  let values: [Tensor<Scalar>?]
  let output: Tensor<Scalar>?
  let rule: Rule<Scalar>
  let perExample: PerExampleRule<Scalar>?

  init(
    _ name: String, _ inputs: [Node<Scalar>], values: [Tensor<Scalar>?], output: Tensor<Scalar>?,
    _ rule: @escaping Rule<Scalar>, _ perExample: PerExampleRule<Scalar>?
  ) {
    self.name = name
    self.inputs = inputs
    self.values = values
    self.output = output
    self.rule = rule
    self.perExample = perExample
  }

  func takeInputs() -> [Node<Scalar>] {
    defer { inputs = [] }
    return inputs
  }
}
