"""Outside values for Tests/NetworksTests/InceptionTests.swift, from torch-fidelity's Inception-v3.

    python3 Tests/Outside/inception.py [weights.safetensors]

needs torch and torch-fidelity (and safetensors where a path is given, to which the formula's weights
are written). Weights and pictures come from an integer formula that the tests repeat, so nothing has
to be shipped. What is printed stands in the tests.
"""
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3


def seed(name):
    """FNV-1a of 32 bits."""
    h = 2166136261
    for byte in name.encode():
        h = ((h ^ byte) * 16777619) & 0xFFFFFFFF
    return h


def uniform(count, j):
    """Numbers in [0, 1) of 24 bits."""
    with np.errstate(over="ignore"):
        h = np.arange(count, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(j)
        for shift, factor in ((15, 2246822519), (13, 3266489917)):
            h = (h ^ (h >> np.uint32(shift))) * np.uint32(factor)
        h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)) / 2.0**24


def value(name, shape):
    u = uniform(int(np.prod(shape)), seed(name)).reshape(shape)
    if name.endswith("bn.weight"):
        x = 0.75 + 0.5 * u
    elif name.endswith("running_var"):
        x = 0.5 + u
    elif len(shape) == 1:
        x = 0.2 * (2 * u - 1)
    else:
        x = np.sqrt(6 / np.prod(shape[1:])) * (2 * u - 1)
    return torch.from_numpy(np.asarray(x).astype(np.float32))


class Shapes(FeatureExtractorInceptionV3):
    """The network before its weights are loaded."""

    def load_state_dict(self, state):
        pass


def extractor():
    with tempfile.NamedTemporaryFile() as file:
        torch.save({}, file.name)
        bare = Shapes("shapes", ["2048"], file.name)
        state = {n: value(n, tuple(t.shape)) if t.dim() else t for n, t in bare.state_dict().items()}
        torch.save(state, file.name)
        made = FeatureExtractorInceptionV3(
            "inception", ["64", "192", "768", "2048", "logits"], file.name)
    # Asked for float64 this version makes float32.
    made.feature_extractor_internal_dtype = torch.float64
    return made.double(), state


def row(name, x):
    """Norm, and a sum that every element moves."""
    x = x.double().flatten().numpy()
    norm, probe = np.sqrt((x * x).sum()), (x * np.cos(np.arange(x.size))).sum()
    print(f'("{name}", {float(norm)!r}, {float(probe)!r}),')


network, state = extractor()
print("parameters", sum(t.numel() for n, t in network.named_parameters()))
if len(sys.argv) > 1:
    from safetensors.torch import save_file

    save_file({n: t.contiguous() for n, t in state.items()}, sys.argv[1])

# Layer by layer, in double, on a picture of 139x123 as it is.
x = torch.from_numpy(2 * uniform(3 * 139 * 123, 7).reshape(1, 3, 139, 123) - 1)
for name, module in network.named_children():
    if name == "AvgPool":
        break
    x = module(x)
    row(name, x)
row("pool3", x.mean((2, 3)))
row("logits", network.fc(x.mean((2, 3))))

# Whole, from two pictures of 32x40 levels.
levels = torch.from_numpy(np.floor(256 * uniform(2 * 3 * 32 * 40, 11)).astype(np.uint8).reshape(2, 3, 32, 40))
for name, result in zip(("64", "192", "768", "2048", "logits"), network(levels)):
    row(name, result)
print(network(levels)[3][:, :4].numpy())

# The other resizing, as pytorch-fid has it.
z = F.interpolate(levels.double() / 255, size=(299, 299), mode="bilinear", align_corners=False)
x = 2 * z - 1
row("pytorch-fid input", x)
for name, module in network.named_children():
    if name == "AvgPool":
        break
    x = module(x)
row("pytorch-fid 2048", x.mean((2, 3)))
