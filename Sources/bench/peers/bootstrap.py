"""10,000 bootstraps of 8 AUROCs, n = 2,000, vectorised: scores are sorted once, a resample is a
vector of counts, and an AUROC comes from cumulative counts."""
from serve import serve

import numpy as np

rng = np.random.default_rng(0)
cases, labels, replicates, chunk = 2000, 8, 10_000, 500
truth = (rng.random((cases, labels)) < np.linspace(0.03, 0.4, labels)).astype(np.float32)
scores = rng.standard_normal((cases, labels)) + 0.8 * truth


def step():
    draws = np.random.default_rng(1)
    order = np.argsort(scores, axis=0)
    out = np.empty((replicates, labels))
    for start in range(0, replicates, chunk):
        picked = draws.integers(0, cases, (chunk, cases))
        counts = np.empty((chunk, cases), np.float32)
        for row in range(chunk):
            counts[row] = np.bincount(picked[row], minlength=cases)
        for label in range(labels):
            weights, y = counts[:, order[:, label]], truth[order[:, label], label]
            negatives = np.cumsum(weights * (1 - y), 1)
            positives = weights * y
            out[start : start + chunk, label] = np.einsum("ij,ij->i", positives, negatives) / (
                positives.sum(1) * negatives[:, -1])
    np.percentile(out, [2.5, 97.5], axis=0)


serve(step)
