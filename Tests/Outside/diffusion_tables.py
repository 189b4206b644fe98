"""Recomputes scores of diffusion-vs-gan from its cases with NumPy and SciPy.

    python Tests/Outside/diffusion_tables.py Figures/diffusion-vs-gan [.cache/diffusion-vs-gan/cases]

Fréchet distance from cases/features, precision, recall and coverage from the same features by
full distance matrices, against cases/estimates. Exits 1 where one differs by more than 1e-4 relative
(features are kept to six digits; counts must be equal)."""
import csv
import gzip
import sys
from pathlib import Path

import numpy
import scipy.linalg
import scipy.spatial

folder = Path(sys.argv[1])
cases = Path(sys.argv[2]) if len(sys.argv) > 2 else folder / "cases"


def rows(name, place):
    path = place / name
    opened = gzip.open(path, "rt") if name.endswith(".gz") else open(path)
    with opened as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


features = {}
for row in rows("features.tsv.gz", cases):
    numbers = [float(value) for name, value in row.items() if name.startswith("feature ")]
    features.setdefault((row["arm"], row["seed"]), []).append(numbers)
features = {key: numpy.array(value) for key, value in features.items()}

estimates = {}
for row in rows("estimates.tsv", folder / "cases"):
    if row["cell"] == "domain network":
        estimates[row["arm"], row["seed"], row["estimator"]] = float(row["value"])


def frechet(a, b):
    ca, cb = numpy.cov(a.T), numpy.cov(b.T)
    root = scipy.linalg.sqrtm(ca @ cb)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + numpy.trace(ca + cb - 2 * root.real)


def distances(a, b):
    return scipy.spatial.distance.cdist(a, b)


def radii(x, k=3):
    return numpy.sort(distances(x, x), 1)[:, k]


failed = compared = 0
for (arm, seed), fake in sorted(features.items()):
    if arm == "reference":
        continue
    real = features["reference", seed]
    d = distances(fake, real)
    inside = d < radii(real)[None]
    reached = d < radii(fake)[:, None]
    found = {
        "frechet": frechet(real, fake), "precision": inside.any(1).mean(),
        "recall": reached.any(0).mean(), "coverage": inside.any(0).mean(),
        "density": inside.sum() / (3 * len(fake)),
    }
    for name, value in found.items():
        keys = [key for key in estimates
                if key[0].endswith(": " + arm) and key[1] == seed and key[2] == name]
        keys = [key for key in keys if key[0].split(": ")[0] == "fundus" or len(keys) == 1]
        printed = estimates[keys[0]]
        good = abs(printed - value) <= 1e-4 * abs(value) + 1e-12
        compared += 1
        failed += not good
        print("same" if good else "DIFFERS", arm, "seed", seed, name, printed, value, sep="\t")
print(f"{compared - failed} passed, {failed} failed")
sys.exit(failed > 0 or compared == 0)
