"""Fréchet distance of two sets of 10,000 x 2048 float32 features, moments included.

The argument chooses the route: "float64" and "float32" are the fastest one that SciPy offers, the
eigenvalues of L'CL with the Cholesky factor L of the other covariance, in that precision; "mixed"
has only the products of features in float32; "sqrtm" is the root of the product of covariances.
"""
import sys

from serve import needs, serve

import numpy as np

linalg = needs("scipy.linalg")
blas = needs("scipy.linalg.blas")

route = sys.argv[1]
rng = np.random.default_rng(0)
n, d = 10_000, 2048
sets = [np.abs(rng.standard_normal((n, d), dtype=np.float32) * s + m) for s, m in ((1, 0), (1.1, 0.05))]


def moments(x):
    if route in ("float64", "sqrtm"):
        x = x.astype(np.float64)
        return x.mean(0), np.cov(x, rowvar=False)
    mean = x.mean(0, dtype=np.float64)
    x = x - mean.astype(np.float32)
    c = x.T @ x
    c /= n - 1
    return mean, c.astype(np.float64) if route == "mixed" else c


def step():
    (m1, c1), (m2, c2) = (moments(x) for x in sets)
    if route == "sqrtm":
        trace = np.trace(linalg.sqrtm(c1 @ c2)).real
    else:
        factor = linalg.cholesky(c1, lower=True, overwrite_a=False, check_finite=False)
        trmm = blas.strmm if route == "float32" else blas.dtrmm
        product = trmm(1, factor, c2, side=0, lower=1, trans_a=1)
        product = trmm(1, factor, product, side=1, lower=1, overwrite_b=1)
        values = linalg.eigvalsh(product, overwrite_a=True, check_finite=False, driver="evd")
        trace = np.sqrt(np.clip(values, 0, None)).sum()
    return_value = ((m1 - m2) ** 2).sum() + np.trace(c1) + np.trace(c2) - 2 * trace
    assert 0 < return_value < 1000


serve(step)
