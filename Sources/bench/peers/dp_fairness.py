"""The network of the dp-fairness study: torchvision's ResNet layout, one basic block a stage, 16 to
128 channels, GroupNorm with min(32, channels / 4) groups, Mish; batch 128."""
import sys

from steps import nn, serve_step, torch


def norm(channels):
    return nn.GroupNorm(min(32, channels // 4), channels)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.path = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), norm(outputs), nn.Mish(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), norm(outputs))
        self.shortcut = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), norm(outputs))
        self.activation = nn.Mish()

    def forward(self, x):
        return self.activation(self.path(x) + self.shortcut(x))


width = 16
model = nn.Sequential(
    nn.Conv2d(1, width, 7, 2, 3, bias=False), norm(width), nn.Mish(), nn.MaxPool2d(3, 2, 1),
    Block(width, width, 1), Block(width, 2 * width, 2), Block(2 * width, 4 * width, 2),
    Block(4 * width, 8 * width, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * width, 8))
x, y = torch.randn(128, 1, 64, 64), (torch.rand(128, 8) < 0.3).float()
serve_step(model, torch.optim.NAdam(model.parameters(), lr=1e-3), x, y, sys.argv[1])
