"""ResNet-9 of Klause et al. 2022: 64, 128, R128, 256, 256, R256; GroupNorm 32, Mish; batch 64."""
import sys

from steps import nn, serve_step, torch


def unit(inputs, outputs, pool=False):
    layers = [
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.GroupNorm(min(32, outputs), outputs), nn.Mish(),
    ]
    return nn.Sequential(*layers, *([nn.MaxPool2d(2)] if pool else []))


class ResNet9(nn.Module):
    def __init__(self, inputs=1, classes=8):
        super().__init__()
        self.c1, self.c2 = unit(inputs, 64), unit(64, 128, True)
        self.r1 = nn.Sequential(unit(128, 128), unit(128, 128))
        self.c3, self.c4 = unit(128, 256, True), unit(256, 256, True)
        self.r2 = nn.Sequential(unit(256, 256), unit(256, 256))
        self.head = nn.Sequential(nn.AdaptiveMaxPool2d((2, 2)), nn.Flatten(), nn.Linear(1024, classes))

    def forward(self, x):
        x = self.c2(self.c1(x))
        x = self.r1(x) + x
        x = self.c4(self.c3(x))
        return self.head(self.r2(x) + x)


model = ResNet9()
assert sum(p.numel() for p in model.parameters()) == 2_444_744
x, y = torch.randn(64, 1, 64, 64), (torch.rand(64, 8) < 0.3).float()
serve_step(model, torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9), x, y, sys.argv[1])
