"""The U-Net of segmentation in two dimensions (32 to 256 channels, 128x128, batch 8) or three (16
to 64 channels, 64x64x64): instance normalisation, leaky ReLU, cross-entropy and Dice, AdamW."""
import sys

from steps import in_layout, nn, precision, serve, torch

F = nn.functional
dimensions, mode = int(sys.argv[1]), sys.argv[2]
Conv, Norm, Grow, Pool = (
    (nn.Conv2d, nn.InstanceNorm2d, nn.ConvTranspose2d, nn.MaxPool2d) if dimensions == 2
    else (nn.Conv3d, nn.InstanceNorm3d, nn.ConvTranspose3d, nn.MaxPool3d))
channels, batch, side, size = (
    ([32, 64, 128, 256], 8, 128, 1_927_874) if dimensions == 2 else ([16, 32, 64], 1, 64, 339_906))


def level(inputs, outputs):
    layers = []
    for i in (inputs, outputs):
        layers += [Conv(i, outputs, 3, padding=1), Norm(outputs, affine=True), nn.LeakyReLU(0.01)]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        pairs = list(zip(channels, channels[1:]))
        self.down = nn.ModuleList([level(1, channels[0])] + [level(a, b) for a, b in pairs])
        self.grow = nn.ModuleList([Grow(b, a, 2, 2) for a, b in reversed(pairs)])
        self.up = nn.ModuleList([level(2 * a, a) for a, _ in reversed(pairs)])
        self.pool, self.head = Pool(2), Conv(channels[0], 2, 1)

    def forward(self, x):
        x, kept = self.down[0](x), []
        for layer in self.down[1:]:
            kept.append(x)
            x = layer(self.pool(x))
        for grow, layer in zip(self.grow, self.up):
            x = layer(torch.cat([grow(x), kept.pop()], 1))
        return self.head(x)


def loss_of(logits, labels):
    p = logits.softmax(1)[:, 1:]
    t = (labels[:, None] == 1).float()
    axes = tuple(range(2, p.dim()))
    dice = (2 * (p * t).sum(axes) + 1e-5) / (p.sum(axes) + t.sum(axes) + 1e-5)
    return F.cross_entropy(logits, labels) + (1 - dice).mean()


extents = [side] * dimensions
model = UNet()
assert sum(p.numel() for p in model.parameters()) == size
model, x = in_layout(mode, model, torch.randn(batch, 1, *extents))
y = (torch.rand(batch, *extents) < 0.2).long()
optimizer = torch.optim.AdamW(model.parameters())


def step():
    with precision(mode):
        logits = model(x)
    loss = loss_of(logits.float(), y)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


serve(step)
