// Pictures of twice the size, and the adjoint maps; each is the other's backward rule.

/// Pictures of twice the height and width: [batch, channel, height, width] to
/// [batch, channel, 2 height, 2 width], by repeated pixels or bilinear interpolation (PyTorch's
/// `interpolate(scale_factor=2, align_corners=False)`).
public func upsample2d<S>(_ x: Variable<S>, _ mode: Upsampling) -> Variable<S> {
  Variable(x.value.enlarged(mode), "upsample2d", [x], saving: .shapes) {
    [upsample2dAdjoint($0.upstream, mode)]
  }
}

/// The adjoint of `upsample2d`: [batch, channel, 2 height, 2 width] to
/// [batch, channel, height, width].
func upsample2dAdjoint<S>(_ x: Variable<S>, _ mode: Upsampling) -> Variable<S> {
  Variable(x.value.enlargedAdjoint(mode), "upsample2dAdjoint", [x], saving: .shapes) {
    [upsample2d($0.upstream, mode)]
  }
}
