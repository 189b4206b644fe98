/// The gradients of `output` at the given variables, without a graph of the backward pass.
///
/// Σ_j upstream_j ∂output_j / ∂input; `upstream` defaults to ones. Each intermediate gradient is
/// freed as soon as it was passed on. A variable that `output` does not depend on has zeros.
public func gradients<S>(
  of output: Variable<S>, at inputs: [Variable<S>], upstream: Tensor<S>? = nil
) -> [Tensor<S>] {
  let seed = Variable(upstream ?? .ones(output.shape))
  var pass = BackwardPass(of: output, at: inputs)
  return pass.run(seed, recordsGraph: false).map(\.value)
}

/// The gradients of `output` at the given variables, as variables: they can be differentiated
/// again, to any order.
public func differentiableGradients<S>(
  of output: Variable<S>, at inputs: [Variable<S>], upstream: Variable<S>? = nil
) -> [Variable<S>] {
  let seed = upstream ?? Variable(.ones(output.shape))
  var pass = BackwardPass(of: output, at: inputs)
  return pass.run(seed, recordsGraph: true)
}

/// One walk from an output back to chosen variables, through only the operations in between.
///
/// Operations are visited by falling depth, equal depths in the order in which a depth-first search
/// from the output meets them: the order, and so every rounding, is a function of the graph alone.
struct BackwardPass<S: TensorScalar> {
  typealias Node = ObjectIdentifier

  let output: Variable<S>
  let inputs: [Variable<S>]
  /// Operation results that lead to an input, last first.
  let order: [Variable<S>]
  private let needed: Set<Node>
  private var gradients: [Node: Variable<S>] = [:]

  init(of output: Variable<S>, at inputs: [Variable<S>]) {
    self.output = output
    self.inputs = inputs
    let wanted = Set(inputs.map { ObjectIdentifier($0) })
    var seen: Set<Node> = []
    var found: [Variable<S>] = []
    var stack = [output]
    while let node = stack.popLast() {
      guard node.requiresGradient, seen.insert(ObjectIdentifier(node)).inserted else { continue }
      found.append(node)
      if let operation = node.operation { stack.append(contentsOf: operation.inputs.reversed()) }
    }
    let ranked = found.enumerated().sorted {
      ($0.element.depth, $0.offset) < ($1.element.depth, $1.offset)
    }
    var needed = wanted
    var leading: [Variable<S>] = []
    for (_, node) in ranked {
      guard let operation = node.operation else { continue }
      if operation.inputs.contains(where: { needed.contains(ObjectIdentifier($0)) }) {
        needed.insert(ObjectIdentifier(node))
        leading.append(node)
      }
    }
    self.needed = needed
    order = leading.reversed()
  }

  /// Which inputs of an operation lead to a variable that was asked for.
  func needs(_ operation: Operation<S>) -> [Bool] {
    operation.inputs.map { needed.contains(ObjectIdentifier($0)) }
  }

  mutating func run(_ seed: Variable<S>, recordsGraph: Bool) -> [Variable<S>] {
    precondition(
      seed.shape == output.shape, "upstream shape \(seed.shape) must be \(output.shape)")
    let asked = Set(inputs.map { ObjectIdentifier($0) })
    gradients[ObjectIdentifier(output)] = seed
    for node in order {
      let key = ObjectIdentifier(node)
      let kept = asked.contains(key)
      guard let upstream = kept ? gradients[key] : gradients.removeValue(forKey: key) else {
        continue
      }
      let operation = node.operation!
      let needs = needs(operation)
      let call = BackwardCall(
        upstream: upstream,
        inputs: recordsGraph ? operation.inputs : operation.inputs.map { $0.detached() },
        output: recordsGraph ? node : node.detached(), needs: needs, recordsGraph: recordsGraph)
      let parts = operation.rule(call)
      for (index, input) in operation.inputs.enumerated() where needs[index] {
        if let part = parts[index] { add(part, to: input) }
      }
    }
    return inputs.map { gradients[ObjectIdentifier($0)] ?? Variable(.zeros($0.shape)) }
  }

  mutating func add(_ part: Variable<S>, to node: Variable<S>) {
    precondition(
      part.shape == node.shape, "gradient shape \(part.shape) must be that of its variable")
    let key = ObjectIdentifier(node)
    gradients[key] = gradients[key].map { $0 + part } ?? part
  }

  /// Removes and returns the gradient collected so far at a node.
  mutating func take(_ node: Variable<S>) -> Variable<S>? {
    gradients.removeValue(forKey: ObjectIdentifier(node))
  }
}
