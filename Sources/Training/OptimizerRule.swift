/// Which first-order rule turns gradients into steps, with PyTorch's meaning and defaults.
public enum OptimizerRule: Codable, Hashable, Sendable {
  /// `torch.optim.SGD` (dampening 0).
  case sgd(momentum: Double = 0, nesterov: Bool = false)
  /// `torch.optim.Adam`; Kingma and Ba 2015, arXiv 1412.6980.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// `torch.optim.AdamW`: Adam whose weight decay shrinks the parameters by themselves instead of
  /// joining the gradient; Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2 with the
  /// decay multiplied by the learning rate.
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// `torch.optim.NAdam`; Dozat 2016. The momentum of step t is
  /// μ_t = β₁ (1 − ½ · 0.96^(t · momentumDecay)).
  case nadam(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    momentumDecay: Double = 4e-3)

  /// Tensors of state that the rule keeps for each parameter.
  var moments: Int {
    switch self {
    case .sgd(let momentum, _): momentum == 0 ? 0 : 1
    case .adam, .adamW, .nadam: 2
    }
  }

  /// Whether weight decay acts on the parameters alone: x ← (1 - rate · decay) x before the step.
  var decouplesDecay: Bool {
    if case .adamW = self { true } else { false }
  }
}
