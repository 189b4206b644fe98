"""Outside values for the two-sample measures of Tests/StatisticsTests and Tests/MetricsTests.

    python3 Tests/Outside/two_samples.py

needs NumPy, SciPy and scikit-learn. Inputs are the formulas of Tests/Outside/metrics.py, which the
tests repeat. What is printed stands in the tests.
"""
import numpy as np
import scipy.special
import scipy.stats
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors


def mixed(i, j):
    """A number in [0, 1) from two indices."""
    h = ((i * 73856093) ^ (j * 19349663)) & 0x7FFFFFFF
    h = (h * 1103515245 + 12345) & 0x7FFFFFFF
    return ((h >> 8) & 0xFFFF) / 65536


def features(n, d, offset=0, gain=1.0, shift=0.0):
    i, j = np.meshgrid(np.arange(n, dtype=np.int64) + offset, np.arange(d, dtype=np.int64), indexing="ij")
    return (gain * mixed(i, j) + 0.5 * mixed(i, (j + 1) % d) + shift).astype(np.float32)


def column(n, j, gain=1.0, shift=0.0, steps=None):
    x = gain * mixed(np.arange(n, dtype=np.int64), j) + shift
    return np.round(x * steps) / steps if steps else x


print("# Kolmogorov-Smirnov and Wasserstein: statistic, p, distance")
for name, a, b in [
    ("even", column(40, 3), column(55, 4)),
    ("moved", column(120, 3), column(90, 4, shift=0.3)),
    ("far", column(300, 3), column(310, 4, shift=0.6)),
    ("ties", column(60, 3, steps=5), column(80, 4, shift=0.1, steps=5)),
    ("one", column(1, 3), column(7, 4)),
]:
    found = scipy.stats.ks_2samp(a, b, method="exact")
    print(name, repr(float(found.statistic)), repr(float(found.pvalue)), repr(float(scipy.stats.wasserstein_distance(a, b))))
a, b = column(25000, 3), column(20000, 4, gain=1.01)
print("long", repr(float(scipy.stats.ks_2samp(a, b).statistic)), repr(float(scipy.special.kolmogorov(np.sqrt(25000 * 20000 / 45000) * scipy.stats.ks_2samp(a, b).statistic))))

print("# Nearest neighbours")
fake, train, held = features(280, 24, 1000, 1.1, 0.05), features(300, 24), features(300, 24, 11000)
dt, it = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(train.astype(float)).kneighbors(fake.astype(float))
dh, ih = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(held.astype(float)).kneighbors(fake.astype(float))
won = int((dt < dh).sum())
print(float(dt.sum()), int(it.sum()), float(dh.sum()), int(ih.sum()), won)
print(float(scipy.stats.binomtest(won, 280).pvalue), float(scipy.stats.ttest_rel(dt[:, 0], dh[:, 0]).pvalue))
# The standard error of the share under exchanges of the two real sets, by drawing them.
both = np.concatenate([train, held]).astype(float)
nearest = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(both).kneighbors(fake.astype(float))[1][:, 0]
rng = np.random.default_rng(0)
shares = [np.isin(nearest, rng.permutation(600)[:300]).mean() for _ in range(100_000)]
print("exchange", np.mean(shares), np.std(shares))

print("# Leave-one-out accuracy of the nearest neighbour")
real, fake = features(300, 24), features(300, 24, 1000, 1.1, 0.05)
x, y = np.concatenate([real, fake]).astype(float), np.repeat([0, 1], 300)
index = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(x).kneighbors(x)[1][:, 1]
print((y[index][:300] == 0).sum(), (y[index][300:] == 1).sum())

print("# Principal components")
for n, c, h, w in [(90, 2, 5, 6), (40, 3, 6, 5)]:
    x = features(n, c * h * w).astype(float)
    pca = PCA(5, svd_solver="full").fit(x)
    v = pca.components_ * np.sign(pca.components_[np.arange(5), np.abs(pca.components_).argmax(1)])[:, None]
    print(n, pca.explained_variance_.tolist(), pca.explained_variance_ratio_.sum(), (v * np.cos(np.arange(v.size)).reshape(v.shape)).sum())
    z = (features(7, c * h * w, 100).astype(float) - pca.mean_) @ v.T
    print((z * np.cos(np.arange(z.size)).reshape(z.shape)).sum())
