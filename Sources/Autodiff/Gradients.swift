/// The gradients of `output` at the given variables, without a graph of the backward pass.
///
/// Σ_j upstream_j ∂output_j / ∂input; `upstream` defaults to ones. Each intermediate gradient is
/// freed as soon as it was passed on. A variable that `output` does not depend on has zeros.
///
/// - `freeingGraph`: whether the operations between are forgotten as the pass leaves them,
///   with the values they saved; `output` cannot be differentiated again.
public func gradients<S>(
  of output: Variable<S>, at inputs: [Variable<S>], upstream: Tensor<S>? = nil,
  freeingGraph: Bool = false
) -> [Tensor<S>] {
  let seed = Variable(upstream ?? .ones(output.shape))
  var pass = BackwardPass(of: output, at: inputs)
  return pass.run(seed, recordsGraph: false, freeingGraph: freeingGraph).map(\.value)
}

/// The gradients of `output` at the given variables, as variables: they can be differentiated
/// again, to any order.
public func differentiableGradients<S>(
  of output: Variable<S>, at inputs: [Variable<S>], upstream: Variable<S>? = nil
) -> [Variable<S>] {
  let seed = upstream ?? Variable(.ones(output.shape))
  var pass = BackwardPass(of: output, at: inputs)
  return pass.run(seed, recordsGraph: true, freeingGraph: false)
}

/// One walk from an output back to chosen variables, through only the operations in between.
///
/// Operations are visited by falling depth, equal depths in the order in which a depth-first search
/// from the output meets them: the order, and so every rounding, is a function of the graph alone.
struct BackwardPass<S: TensorScalar> {
  let output: Node<S>
  let inputs: [Node<S>]
  /// Operation results that lead to an input, last first.
  let order: [Node<S>]
  private let needed: Set<ObjectIdentifier>
  private var gradients: [ObjectIdentifier: Variable<S>] = [:]

  init(of output: Variable<S>, at inputs: [Variable<S>]) {
    self.output = output.node
    self.inputs = inputs.map(\.node)
    var seen: Set<ObjectIdentifier> = []
    var found: [Node<S>] = []
    var stack = [output.node]
    while let node = stack.popLast() {
      guard node.requiresGradient, seen.insert(ObjectIdentifier(node)).inserted else { continue }
      found.append(node)
      if let operation = node.operation { stack.append(contentsOf: operation.inputs.reversed()) }
    }
    var levels = [[Node<S>]](repeating: [], count: 1 + output.node.depth)
    for node in found { levels[node.depth].append(node) }
    var needed = Set(self.inputs.map { ObjectIdentifier($0) })
    var leading: [Node<S>] = []
    for node in levels.joined() {
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

  mutating func run(
    _ seed: Variable<S>, recordsGraph: Bool, freeingGraph: Bool
  ) -> [Variable<S>] {
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
      pass(upstream, through: node, recordsGraph)
      if freeingGraph { node.free() }
    }
    return inputs.map { gradients[ObjectIdentifier($0)] ?? Variable(.zeros($0.shape)) }
  }

  private mutating func pass(
    _ upstream: Variable<S>, through node: Node<S>, _ recordsGraph: Bool
  ) {
    let operation = node.operation!
    let needs = needs(operation)
    let parts = operation.rule(
      BackwardCall(node, upstream: upstream, needs: needs, recordsGraph: recordsGraph))
    for (index, input) in operation.inputs.enumerated() where needs[index] {
      if let part = parts[index] { add(part, to: input) }
    }
  }

  mutating func add(_ part: Variable<S>, to node: Node<S>) {
    precondition(
      part.shape == node.shape, "gradient shape \(part.shape) must be that of its variable")
    let key = ObjectIdentifier(node)
    guard var held = gradients.removeValue(forKey: key) else {
      gradients[key] = part
      return
    }
    // Nobody else sees a gradient that this pass alone owns: it may be added to in place.
    if !held.requiresGradient, !part.requiresGradient, isKnownUniquelyReferenced(&held) {
      held.accumulate(part.value)
      gradients[key] = held
    } else {
      gradients[key] = held + part
    }
  }

  /// Removes and returns the gradient collected so far at a node.
  mutating func take(_ node: Node<S>) -> Variable<S>? {
    gradients.removeValue(forKey: ObjectIdentifier(node))
  }
}
