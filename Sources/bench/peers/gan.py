"""One step of both networks of a generative adversarial pair, batch 32, Adam: dcgan at 64x64, or
style at 32x32 (256, 256, 128, 64 channels) with the R1 penalty. A style modulates the weights of
every picture (one grouped convolution), or with "scaled" the activations around the convolution."""
import math
import sys

from steps import in_layout, nn, precision, serve, torch

F = nn.functional
kind, mode = sys.argv[1], sys.argv[2]
batch = 32


def convolutional_pair():
    levels = [512, 256, 128, 64]
    g = [nn.ConvTranspose2d(100, 512, 4, bias=False), nn.BatchNorm2d(512), nn.ReLU(True)]
    for a, b in zip(levels, levels[1:]):
        g += [nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(True)]
    g += [nn.ConvTranspose2d(64, 1, 4, 2, 1, bias=False), nn.Tanh()]
    d = [nn.Conv2d(1, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True)]
    for b, a in reversed(list(zip(levels, levels[1:]))):
        d += [nn.Conv2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2, True)]
    d += [nn.Conv2d(512, 1, 4, bias=False), nn.Flatten(0)]
    return nn.Sequential(*g), nn.Sequential(*d)


class Modulated(nn.Module):
    def __init__(self, inputs, outputs, kernel, demodulates=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.style = nn.Linear(256, inputs)
        nn.init.ones_(self.style.bias)
        self.bias, self.strength = nn.Parameter(torch.zeros(outputs)), nn.Parameter(torch.zeros([]))
        self.demodulates = demodulates

    def forward(self, x, w):
        b, c, height, width = x.shape
        o, i, k, _ = self.weight.shape
        a, weight = self.style(w), self.weight / math.sqrt(i * k * k)
        if mode.startswith("scaled"):
            y = F.conv2d(x * a[:, :, None, None], weight, padding=k // 2)
            if self.demodulates:
                power = a.square() @ weight.square().sum((2, 3)).T
                y = y * torch.rsqrt(power + 1e-8)[:, :, None, None]
        else:
            own = weight[None] * a[:, None, :, None, None]
            if self.demodulates:
                own = own * torch.rsqrt(own.square().sum((2, 3, 4), keepdim=True) + 1e-8)
            y = F.conv2d(x.reshape(1, b * c, height, width), own.reshape(b * o, i, k, k),
                         padding=k // 2, groups=b).view(b, o, height, width)
        if self.demodulates:
            y = y + self.strength * torch.randn(b, 1, height, width)
        return y + self.bias[:, None, None]


class StyleGenerator(nn.Module):
    def __init__(self, levels=(256, 256, 128, 64)):
        super().__init__()
        self.mapping = nn.Sequential(
            *[m for _ in range(4) for m in (nn.Linear(256, 256), nn.LeakyReLU(0.2))])
        self.constant = nn.Parameter(torch.randn(1, levels[0], 4, 4))
        pairs = list(zip(levels, levels[1:]))
        self.first = Modulated(levels[0], levels[0], 3)
        self.growing = nn.ModuleList([Modulated(a, b, 3) for a, b in pairs])
        self.steady = nn.ModuleList([Modulated(b, b, 3) for _, b in pairs])
        self.pictures = nn.ModuleList([Modulated(c, 1, 1, False) for c in levels])

    def forward(self, z):
        def larger(x):
            return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)

        w = self.mapping(z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8))
        x = F.leaky_relu(self.first(self.constant.expand(len(z), -1, -1, -1), w), 0.2)
        picture = self.pictures[0](x, w)
        for grow, steady, picturing in zip(self.growing, self.steady, self.pictures[1:]):
            x = F.leaky_relu(grow(larger(x), w), 0.2)
            x = F.leaky_relu(steady(x, w), 0.2)
            picture = larger(picture) + picturing(x, w)
        return picture


class StyleDiscriminator(nn.Module):
    def __init__(self, levels=(64, 128, 256, 256)):
        super().__init__()
        self.input = nn.Conv2d(1, levels[0], 1)
        self.levels = nn.ModuleList([
            nn.ModuleList([nn.Conv2d(a, a, 3, padding=1), nn.Conv2d(a, b, 3, padding=1),
                           nn.Conv2d(a, b, 1, bias=False)]) for a, b in zip(levels, levels[1:])])
        self.last = nn.Conv2d(levels[-1] + 1, levels[-1], 3, padding=1)
        self.head = nn.Sequential(
            nn.Linear(16 * levels[-1], levels[-1]), nn.LeakyReLU(0.2), nn.Linear(levels[-1], 1))

    def forward(self, x):
        x = F.leaky_relu(self.input(x), 0.2)
        for first, second, shortcut in self.levels:
            h = F.leaky_relu(second(F.leaky_relu(first(x), 0.2)), 0.2)
            x = (F.avg_pool2d(h, 2) + shortcut(F.avg_pool2d(x, 2))) / math.sqrt(2)
        spread = torch.sqrt(x.var(0) + 1e-8).mean().expand(len(x), 1, 4, 4)
        x = F.leaky_relu(self.last(torch.cat([x, spread], 1)), 0.2)
        return self.head(x.flatten(1)).flatten()


style = kind == "style"
g, d = (StyleGenerator(), StyleDiscriminator()) if style else convolutional_pair()
sizes = [sum(p.numel() for p in network.parameters()) for network in (g, d)]
assert sizes == ([3_117_903, 3_481_793] if style else [3_574_656, 2_763_520])
side = 32 if style else 64
g, d, real = in_layout(mode, g, d, torch.rand(batch, 1, side, side) * 2 - 1)
optimizers = [torch.optim.Adam(n.parameters(), lr=2e-4, betas=(0.5, 0.999)) for n in (g, d)]


def latents():
    return torch.randn(batch, 256) if style else torch.randn(batch, 100, 1, 1)


def update(optimizer, loss):
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def step():
    with precision(mode):
        with torch.no_grad():
            fake = g(latents())
        images = real.clone().requires_grad_(style)
        scores = d(images)
        loss = F.softplus(-scores).mean() + F.softplus(d(fake)).mean()
    if style:
        slopes, = torch.autograd.grad(scores.sum(), images, create_graph=True)
        loss = loss + 5 * slopes.square().sum() / batch
    update(optimizers[1], loss)
    for p in d.parameters():
        p.requires_grad_(False)
    with precision(mode):
        loss = F.softplus(-d(g(latents()))).mean()
    update(optimizers[0], loss)
    for p in d.parameters():
        p.requires_grad_(True)


serve(step)
