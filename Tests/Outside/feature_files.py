"""Outside values for feature files in Tests/CommandTests/FidCommandTests.swift.

    python3 Tests/Outside/feature_files.py [real.npy fake.npy]

needs NumPy, SciPy, torch and torch-fidelity, whose own functions give the Fréchet and kernel
distances, precision and recall; with two files of features it scores those. Where there are fewer
vectors than features, eigenvalues of the product of covariances keep half of their digits: there
the trace of the root is the sum of the singular values of X Yᵀ.
"""
import sys

import numpy as np
import torch
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_kid import kernel_poly, mmd2
from torch_fidelity.metric_prc import prc_features_to_metric


def mixed(i, j):
    """A number in [0, 1) from two indices."""
    h = ((i * 73856093) ^ (j * 19349663)) & 0x7FFFFFFF
    h = (h * 1103515245 + 12345) & 0x7FFFFFFF
    return ((h >> 8) & 0xFFFF) / 65536


def features(n, d, offset=0, gain=1.0, shift=0.0):
    i, j = np.meshgrid(np.arange(n, dtype=np.int64) + offset, np.arange(d, dtype=np.int64), indexing="ij")
    return (gain * mixed(i, j) + 0.5 * mixed(i, (j + 1) % d) + shift).astype(np.float32)


def score(real, fake):
    x, y = (torch.from_numpy(a.astype(np.float64)) for a in (real, fake))
    fid = fid_statistics_to_metric(fid_features_to_statistics(x), fid_features_to_statistics(y), False)
    print("frechet, eigenvalues", repr(fid["frechet_inception_distance"]))
    a, b = (z.numpy() - z.numpy().mean(0) for z in (x, y))
    n, m = len(a), len(b)
    root = np.linalg.svd(a @ b.T / np.sqrt((n - 1) * (m - 1)), compute_uv=False).sum()
    mean = ((x.mean(0) - y.mean(0)) ** 2).sum().item()
    print("frechet, singular values", repr(float(mean + (a**2).sum() / (n - 1) + (b**2).sum() / (m - 1) - 2 * root)))
    if n == m:
        options = dict(kid_kernel_poly_degree=3, kid_kernel_poly_gamma=None, kid_kernel_poly_coef0=1)
        k = [kernel_poly(u.numpy(), v.numpy(), **options) for u, v in ((x, x), (x, y), (y, y))]
        print("kernel distance", repr(float(mmd2(*k))))
    found = prc_features_to_metric(y, x, prc_neighborhood=3, prc_batch_size=10000, save_cpu_ram=False, verbose=False)
    print("precision, recall", found["precision"] * m, found["recall"] * n)


if len(sys.argv) > 2:
    score(np.load(sys.argv[1]), np.load(sys.argv[2]))
else:
    print("# 90 x 24")
    score(features(90, 24), features(90, 24, 1000, 1.1, 0.05))
    print("# 60 x 100")
    score(features(60, 100), features(60, 100, 1000, 1.1, 0.05))
