// Softmax and scaled dot-product attention.

/// softmax(x)_i = e^(x_i) / Σ_j e^(x_j) along one axis; the maximum is taken out first.
public func softmax<S>(_ x: Variable<S>, axis: Int) -> Variable<S> {
  precondition(x.shape.indices.contains(axis), "axis (\(axis)) must be an axis of \(x.shape)")
  guard axis == x.shape.count - 1 else { return exp(logSoftmax(x, axis: axis)) }
  return Variable(x.value.softmaxRows(), "softmax", [x]) { call in
    let (y, g) = (call.output, call.upstream)
    guard call.recordsGraph else {
      return [Variable(y.value.softmaxRowsGradient(upstream: g.value))]
    }
    return [y * (g - sum(g * y, axes: [axis], keepingAxes: true))]
  }
}

/// x_i - log Σ_j e^(x_j) along one axis; the maximum is taken out first.
public func logSoftmax<S>(_ x: Variable<S>, axis: Int) -> Variable<S> {
  let shifted = x - Variable(x.value.maximum(axes: [axis], keepingAxes: true))
  return shifted - log(sum(exp(shifted), axes: [axis], keepingAxes: true))
}

/// What each query token takes from the values: Σ_j softmax_j(q_i · k_j / √d) v_j.
///
/// Tokens are the columns: queries [batch, head, d, m], keys [batch, head, d, n] and values
/// [batch, head, e, n] give [batch, head, e, m], which is how the channels of pictures lie in
/// memory. Vaswani et al. 2017, doi:10.48550/arXiv.1706.03762, eq. 1.
public func attention<S>(
  queries: Variable<S>, keys: Variable<S>, values: Variable<S>
) -> Variable<S> {
  let (q, k, v) = (queries.shape, keys.shape, values.shape)
  precondition(
    q.count == 4 && k.count == 4 && v.count == 4 && q[..<3] == k[..<3] && k[..<2] == v[..<2]
      && k[3] == v[3],
    "queries \(q), keys \(k) and values \(v) must be [batch, head, channel, token] and agree")
  let scaled = affine(queries, scale: 1 / S(q[2]).squareRoot())
  let shares = softmax(matmul(scaled, keys, transposeA: true), axis: 3)
  return matmul(values, shares, transposeB: true)
}
