"""Outside values for Tests/MetricsTests, from programs that share no code with this project.

    python3 Tests/Outside/metrics.py

needs NumPy, SciPy, scikit-learn, scikit-image and SimpleITK. Inputs are integer formulas that the
tests repeat, so that nothing has to be shipped. What is printed stands in the tests.
"""
import numpy as np
import scipy.linalg
import scipy.ndimage
import SimpleITK as sitk
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from sklearn.metrics.pairwise import polynomial_kernel


def mixed(i, j):
    """A number in [0, 1) from two indices."""
    h = ((i * 73856093) ^ (j * 19349663)) & 0x7FFFFFFF
    h = (h * 1103515245 + 12345) & 0x7FFFFFFF
    return ((h >> 8) & 0xFFFF) / 65536


def features(n, d, offset, gain, shift):
    i, j = np.meshgrid(np.arange(n, dtype=np.int64) + offset, np.arange(d, dtype=np.int64), indexing="ij")
    return (gain * mixed(i, j) + 0.5 * mixed(i, (j + 1) % d) + shift).astype(np.float32)


def frechet(x, y, singular=False):
    x, y = x.astype(np.float64), y.astype(np.float64)
    c1, c2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    mean = ((x.mean(0) - y.mean(0)) ** 2).sum()
    if singular:
        g = (x - x.mean(0)) @ (y - y.mean(0)).T / np.sqrt((len(x) - 1) * (len(y) - 1))
        root = np.linalg.svd(g, compute_uv=False).sum()
    else:
        root = np.trace(scipy.linalg.sqrtm(c1 @ c2)).real
    return mean + np.trace(c1) + np.trace(c2) - 2 * root, mean


def kid(x, y):
    d = x.shape[1]
    k = lambda a, b: polynomial_kernel(a.astype(np.float64), b.astype(np.float64), degree=3, gamma=1 / d, coef0=1)
    n, m = len(x), len(y)
    xx, yy, xy = k(x, x), k(y, y), k(x, y)
    return (xx.sum() - np.trace(xx)) / n / (n - 1) + (yy.sum() - np.trace(yy)) / m / (m - 1) - 2 * xy.mean()


def neighbours(x, y, k):
    def distances(a, b):
        return np.sqrt(((a[:, None].astype(np.float64) - b[None].astype(np.float64)) ** 2).sum(-1))
    rx, ry = np.sort(distances(x, x), 1)[:, k], np.sort(distances(y, y), 1)[:, k]
    d = distances(x, y)
    in_real, in_fake = d <= rx[:, None], d <= ry[None]
    return (in_real.any(0).sum(), in_fake.any(1).sum(), in_real.sum(), in_real.any(1).sum(), rx.sum(), ry.sum())


real, fake = features(300, 24, 0, 1.0, 0.0), features(280, 24, 1000, 1.1, 0.05)
print("frechet 300 x 24", frechet(real, fake))
print("frechet 20 against 280", frechet(real[:20], fake, singular=True))
flat = real.copy()
flat[:, 5] = 0.25
print("frechet constant column", frechet(flat, fake, singular=True), frechet(fake, flat, singular=True))
wide = features(700, 300, 0, 1.0, 0.0), features(650, 300, 5000, 1.05, 0.02)
print("frechet 700 x 300", frechet(*wide))
print("kid 300 x 24", kid(real, fake))
print("neighbours k=3", neighbours(real, fake, 3))
print("neighbours k=5 of 600 x 6", neighbours(features(600, 6, 0, 1.0, 0.0), features(530, 6, 7000, 0.8, 0.1), 5))

z, y, x = np.meshgrid(*[np.arange(s, dtype=np.int64) for s in (20, 17, 23)], indexing="ij")
mask = (mixed(z * 31 + y, x) < 0.1) & (z > 3)
spacing = (1.5, 0.8, 0.6)
edt = scipy.ndimage.distance_transform_edt(~mask, sampling=spacing)
print("edt sum, max", edt.sum(), edt.max(), mask.sum())


def ball(centre, radii):
    return sum(((g - c) * s / r) ** 2 for g, c, s, r in zip((z, y, x), centre, spacing, radii)) <= 1


a, b = ball((9, 8, 11), (9, 4.5, 5)), ball((10, 8, 12), (8, 5, 4.4))
image = sitk.GetImageFromArray(a.astype(np.uint8))
image.SetSpacing(spacing[::-1])
signed = sitk.GetArrayFromImage(sitk.SignedMaurerDistanceMap(image, False, False, True))
print("signed sum, min, max", signed.astype(np.float64).sum(), signed.min(), signed.max())


def surface(m):
    return m & ~scipy.ndimage.binary_erosion(m)


def directed(p, q):
    return scipy.ndimage.distance_transform_edt(~surface(q), sampling=spacing)[surface(p)]


ab, ba = directed(a, b), directed(b, a)
print("counts", a.sum(), b.sum(), (a & b).sum(), len(ab), len(ba))
both = np.concatenate([ab, ba])
print("hausdorff", both.max(), "larger 95", max(np.percentile(ab, 95), np.percentile(ba, 95)),
      "pooled 95", np.percentile(both, 95), "assd", both.mean(), "mean of directions",
      (ab.mean() + ba.mean()) / 2, "nsd 1 mm", (both <= 1).mean())
for name, structure in (("faces", None), ("corners", np.ones((3, 3, 3)))):
    labels, count = scipy.ndimage.label(mask, structure)
    sizes = np.sort(np.bincount(labels.ravel())[1:])[::-1]
    print("components", name, count, sizes[:5].tolist())

i, j = np.meshgrid(np.arange(60, dtype=np.int64), np.arange(72, dtype=np.int64), indexing="ij")
p = (0.5 + 0.3 * np.sin(i / 5.0) * np.cos(j / 7.0) + 0.2 * (mixed(i, j) - 0.5)).astype(np.float32)
q = (0.9 * p + 0.15 * mixed(j, i) - 0.02).astype(np.float32)
p64, q64 = p.astype(np.float64), q.astype(np.float64)
standard = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1.0)
print("ssim gaussian", structural_similarity(p64, q64, **standard))
print("ssim uniform 7", structural_similarity(p64, q64, use_sample_covariance=False, data_range=1.0))
print("psnr", peak_signal_noise_ratio(p64, q64, data_range=1.0))


def parts(u, v):
    g = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    g /= g.sum()
    f = lambda w: scipy.ndimage.correlate1d(scipy.ndimage.correlate1d(w, g, 0), g, 1)[5:-5, 5:-5]
    mu, mv = f(u), f(v)
    cs = (2 * (f(u * v) - mu * mv) + 9e-4) / (f(u * u) - mu * mu + f(v * v) - mv * mv + 9e-4)
    return ((2 * mu * mv + 1e-4) / (mu * mu + mv * mv + 1e-4) * cs).mean(), cs.mean()


weights = np.array([0.0448, 0.2856, 0.3001])
weights = weights / weights.sum()
u, v, product = p64, q64, 1.0
for k, w in enumerate(weights):
    full, cs = parts(u, v)
    product *= (full if k == 2 else cs) ** w
    u, v = [w.reshape(w.shape[0] // 2, 2, w.shape[1] // 2, 2).mean((1, 3)) for w in (u, v)] if k < 2 else (u, v)
print("ms-ssim three scales", product)

# The example files of `lightbox fid`, and their values.
import os
import sys

names = ["Examples/features-real.tsv", "Examples/features-fake.tsv"]
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
if "--write-examples" in sys.argv:
    for name, x in zip(names, (features(120, 6, 0, 1.0, 0.0), features(100, 6, 1000, 1.1, 0.05))):
        with open(os.path.join(root, name), "w") as f:
            print("\t".join(f"f{j}" for j in range(6)), file=f)
            for line in x:
                print("\t".join(f"{v:.4f}" for v in line), file=f)
loaded = [np.loadtxt(os.path.join(root, n), skiprows=1).astype(np.float32) for n in names]
print("example frechet", frechet(*loaded), "kid", kid(*loaded), "neighbours", neighbours(*loaded, 3)[:4])
