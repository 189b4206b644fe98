/// The gradients of many losses at shared parameters, from one backward pass.
///
/// For DP-SGD: with g_i the gradient of loss i, `squaredNorms` gives ‖g_i‖² over all parameters
/// jointly and `weightedSum` gives Σ_i w_i g_i, without any g_i being stored. The pass keeps the
/// input and the gradient of the result at every operation that has parameters; norms come from
/// products or Gram matrices of these, whichever is cheaper, and the weighted sum is one batched
/// weight gradient with the rows of the result's gradient scaled by w_i.
///
/// Loss i must depend on the parameters only through example i: row i of every intermediate
/// (no batch normalisation). Parameters may enter `linear`, `conv2d`, `groupNorm`, `groupNormMish`
/// and `groupNormMaxPool`; any other use is a programmer's error and stops with a message. A
/// parameter that enters several operations has its per-example gradients formed one example at a
/// time.
///
/// Source: Bu, Wang, Zha, Karypis, "Differentially private optimization on large model at small
/// cost", ICML 2023, doi:10.48550/arXiv.2210.00038 (book-keeping).
public struct PerExampleBackward<Scalar: TensorScalar> {
  /// ‖g_i‖² over all parameters, [batch].
  public let squaredNorms: [Double]
  /// ‖g_i‖² by parameter, in the order of the parameters; each [batch].
  public let squaredNormsByParameter: [[Double]]

  private struct Use {
    let parts: any PerExampleParts<Scalar>
    let place: Int
  }
  private let uses: [[Use]]
  private let shapes: [[Int]]
  private let batch: Int

  /// - Parameters:
  ///   - losses: [batch].
  ///   - parameters: leaves that the losses depend on.
  ///   - freeingGraph: whether the operations between are forgotten as the pass leaves them, with
  ///     the values they saved; the losses cannot be differentiated again.
  public init(
    of losses: Variable<Scalar>, at parameters: [Variable<Scalar>], freeingGraph: Bool = false
  ) {
    precondition(losses.shape.count == 1, "losses \(losses.shape) must be [batch]")
    let count = losses.shape[0]
    var places: [ObjectIdentifier: Int] = [:]
    for (index, parameter) in parameters.enumerated() {
      precondition(
        places.updateValue(index, forKey: ObjectIdentifier(parameter.node)) == nil,
        "parameter \(index) must be given once")
    }
    var uses = [[Use]](repeating: [], count: parameters.count)
    var pass = BackwardPass(of: losses, at: parameters)
    pass.add(Variable(.ones(losses.shape)), to: losses.node)
    for node in pass.order {
      guard let upstream = pass.take(node) else { continue }
      let operation = node.operation!
      defer { if freeingGraph { node.free() } }
      var needs = pass.needs(operation)
      let owned = operation.inputs.map { places[ObjectIdentifier($0)] }
      for index in owned.indices where owned[index] != nil { needs[index] = false }
      func call(_ needs: [Bool]) -> BackwardCall<Scalar> {
        BackwardCall(node, upstream: upstream, needs: needs, recordsGraph: false)
      }
      if owned.allSatisfy({ $0 == nil }) {
        let parts = operation.rule(call(needs))
        for (index, input) in operation.inputs.enumerated() where needs[index] {
          if let part = parts[index] { pass.add(part, to: input) }
        }
        continue
      }
      guard let perExample = operation.perExample, owned[0] == nil else {
        preconditionFailure(
          "operation (\(operation.name)) must be linear, conv2d or groupNorm to have parameters "
            + "with per-example gradients")
      }
      precondition(
        zip(needs, owned).dropFirst().allSatisfy { !$0.0 || $0.1 != nil },
        "parameters of operation (\(operation.name)) must be given directly, not computed")
      precondition(
        node.shape.first == count,
        "result \(node.shape) of operation (\(operation.name)) must have a row per loss (\(count))")
      let (input, parts) = perExample(call(needs))
      if let input { pass.add(Variable(input), to: operation.inputs[0]) }
      for (place, index) in owned.enumerated() {
        if let index { uses[index].append(Use(parts: parts, place: place)) }
      }
    }
    self.uses = uses
    shapes = parameters.map(\.shape)
    batch = count
    let byParameter = uses.map { Self.norms($0, count) }
    squaredNormsByParameter = byParameter
    squaredNorms = (0..<count).map { i in byParameter.reduce(0) { $0 + $1[i] } }
  }

  private static func norms(_ uses: [Use], _ count: Int) -> [Double] {
    if uses.isEmpty { return [Double](repeating: 0, count: count) }
    if uses.count == 1 { return uses[0].parts.squaredNorms(uses[0].place) }
    // Used more than once: the gradients of the uses add up before the norm is taken.
    return (0..<count).map { i in
      var one = Tensor<Scalar>.zeros([count])
      one.withUnsafeMutableElements { $0[i] = 1 }
      return sum(uses, one)!.squaredNorm
    }
  }

  private static func sum(_ uses: [Use], _ weights: Tensor<Scalar>) -> Tensor<Scalar>? {
    var total: Tensor<Scalar>?
    for use in uses {
      let part = use.parts.weightedSum(use.place, weights)
      total = total.map { $0 + part } ?? part
    }
    return total
  }

  /// Σ_i weights_i g_i for each parameter; zeros for an empty batch.
  public func weightedSum(_ weights: [Scalar]) -> [Tensor<Scalar>] {
    precondition(
      weights.count == batch, "weights (count \(weights.count)) must match the losses (\(batch))")
    let row = Tensor<Scalar>(shape: [batch], weights)
    return zip(uses, shapes).map { uses, shape in
      (batch == 0 ? nil : Self.sum(uses, row)) ?? .zeros(shape)
    }
  }
}
