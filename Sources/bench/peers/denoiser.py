"""The U-Net of denoising diffusion: base 32, multipliers 1, 2, 4, two residual blocks a level down
and three up, attention of four heads at the bottom; batch 32. Tasks: train, sample (DDIM, 50)."""
import math
import sys

from steps import in_layout, nn, precision, serve, torch

F = nn.functional
task, channels, side, mode = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
base, batch = 32, 32
width = 4 * base


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.first = nn.Sequential(
            nn.GroupNorm(8, inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1))
        self.time = nn.Linear(width, outputs)
        self.second = nn.Sequential(
            nn.GroupNorm(8, outputs), nn.SiLU(), nn.Conv2d(outputs, outputs, 3, padding=1))
        self.shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, time):
        h = self.first(x) + self.time(time)[:, :, None, None]
        return self.second(h) + self.shortcut(x)


class Attention(nn.Module):
    def __init__(self, width, heads=4):
        super().__init__()
        self.heads = heads
        self.norm, self.out = nn.GroupNorm(8, width), nn.Conv2d(width, width, 1)
        self.qkv = nn.Conv2d(width, 3 * width, 1)

    def forward(self, x):
        b, c, h, w = x.shape
        tokens = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, h * w)
        q, k, v = tokens.transpose(-1, -2).unbind(1)
        mixed = F.scaled_dot_product_attention(q, k, v)
        return x + self.out(mixed.transpose(-1, -2).reshape(b, c, h, w))


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Sequential(nn.Linear(base, width), nn.SiLU(), nn.Linear(width, width))
        self.input = nn.Conv2d(channels, base, 3, padding=1)
        levels = [base, 2 * base, 4 * base]
        now, kept, down = base, [base], []
        for i, c in enumerate(levels):
            for _ in range(2):
                down.append(Block(now, c))
                now = c
                kept.append(c)
            if i < 2:
                down.append(nn.Conv2d(c, c, 3, stride=2, padding=1))
                kept.append(c)
        self.down = nn.ModuleList(down)
        self.bottom = nn.ModuleList([Block(now, now), Attention(now), Block(now, now)])
        up = []
        for i, c in reversed(list(enumerate(levels))):
            for _ in range(3):
                up.append(Block(now + kept.pop(), c))
                now = c
            if i > 0:
                up.append(nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(c, c, 3, padding=1)))
        self.up = nn.ModuleList(up)
        self.output = nn.Sequential(
            nn.GroupNorm(8, base), nn.SiLU(), nn.Conv2d(base, channels, 3, padding=1))

    def forward(self, x, times):
        rates = torch.exp(-math.log(10_000) * torch.arange(base // 2) / (base // 2))
        angles = times.float()[:, None] * rates
        time = F.silu(self.time(torch.cat([angles.sin(), angles.cos()], 1)))
        h = self.input(x)
        kept = [h]
        for layer in self.down:
            h = layer(h, time) if isinstance(layer, Block) else layer(h)
            kept.append(h)
        first, attention, second = self.bottom
        h = second(attention(first(h, time)), time)
        for layer in self.up:
            block = isinstance(layer, Block)
            h = layer(torch.cat([h, kept.pop()], 1), time) if block else layer(h)
        return self.output(h)


model = Denoiser()
assert sum(p.numel() for p in model.parameters()) == {8: 3_611_912, 1: 3_607_873}[channels]
model, pictures = in_layout(mode, model, torch.randn(batch, channels, side, side))
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-4)
kept = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)


def train():
    times = torch.randint(0, 1000, (batch,))
    noise = torch.randn_like(pictures)
    a = kept[times][:, None, None, None]
    with precision(mode):
        found = model(a.sqrt() * pictures + (1 - a).sqrt() * noise, times)
    loss = F.mse_loss(found.float(), noise)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


@torch.no_grad()
def sample():
    z = torch.randn_like(pictures)
    times = torch.linspace(999, 0, 50).long().tolist()
    for place, time in enumerate(times):
        with precision(mode):
            found = model(z, torch.full((batch,), time)).float()
        now = kept[time].item()
        following = kept[times[place + 1]].item() if place + 1 < len(times) else 1.0
        signal = math.sqrt(following / now)
        z = signal * z + (math.sqrt(1 - following) - signal * math.sqrt(1 - now)) * found


serve(train if task == "train" else sample)
