"""One training step of a network, ordinary or private, in the modes that PyTorch offers: plain,
channels_last, or bf16 (autocast); several may be named in one mode."""
import contextlib

from serve import serve, torch_with_threads

torch = torch_with_threads()
import torch.nn as nn


def precision(mode):
    """The context of a forward pass."""
    bf16 = mode.endswith("bf16")
    return torch.autocast("cpu", dtype=torch.bfloat16) if bf16 else contextlib.nullcontext()


def in_layout(mode, *things):
    """Networks and arrays in the memory layout of a mode."""
    layout = {4: torch.channels_last, 5: torch.channels_last_3d}

    def converted(thing):
        if isinstance(thing, torch.Tensor):
            return thing.contiguous(memory_format=layout[thing.dim()])
        for p in thing.parameters():
            if p.dim() in layout:
                p.data = p.data.contiguous(memory_format=layout[p.dim()])
        return thing

    return [converted(t) if mode.endswith("channels_last") else t for t in things]


def serve_step(model, optimizer, x, y, mode):
    criterion = nn.BCEWithLogitsLoss()
    batch = len(x)

    def forward(inputs, targets):
        with precision(mode):
            return criterion(model(inputs), targets)

    def plain():
        optimizer.zero_grad(set_to_none=True)
        forward(x, y).backward()
        optimizer.step()

    def loop():
        # One example at a time: gradient, clip, add up; then the noise.
        parameters = list(model.parameters())
        total = [torch.zeros_like(p) for p in parameters]
        for i in range(batch):
            gradient = torch.autograd.grad(forward(x[i : i + 1], y[i : i + 1]), parameters)
            norm = torch.sqrt(sum(g.square().sum() for g in gradient))
            factor = (1.0 / (norm + 1e-6)).clamp(max=1.0)
            for t, g in zip(total, gradient):
                t.add_(g * factor)
        for p, t in zip(parameters, total):
            p.grad = (t + torch.randn_like(t)) / batch
        optimizer.step()

    model, x = in_layout(mode, model, x)
    if mode in ("loop", "loop_bf16"):
        return serve(loop)
    if mode == "hooks":
        from opacus import PrivacyEngine

        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=batch)
        model, optimizer, _ = PrivacyEngine(accountant="rdp").make_private(
            module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=1.0,
            max_grad_norm=1.0, poisson_sampling=False, grad_sample_mode="hooks")
    serve(plain)
