"""Recomputes scores of diffusion-vs-gan from its cases with NumPy and SciPy.

    python Tests/Outside/diffusion_tables.py Figures/diffusion-vs-gan

Fréchet and kernel distance, precision, recall, density and coverage of the first seed from
cases/features-*.npy by full matrices, against cases/estimates.tsv; precision, recall and coverage
again from the counts in cases/fakes and cases/reals. Exits 1 where a distance differs by more than
1e-6 relative (of the kernel distance: of the largest of its three means) or a share at all."""
import csv
import gzip
import sys
from pathlib import Path

import numpy
import scipy.linalg
import scipy.spatial

cases = Path(sys.argv[1]) / "cases"


def rows(name):
    path = cases / name
    opened = gzip.open(path, "rt") if name.endswith(".gz") else open(path)
    with opened as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def name_of(arm):
    return arm.lower().replace(" ", "-")


features = {path.stem.removeprefix("features-"): numpy.load(path).astype(float)
            for path in sorted(cases.glob("features-*.npy"))}
real = features.pop("reference")
fakes = rows("fakes.tsv.gz")
seed = fakes[0]["seed"]
domain = fakes[0]["domain"]
reals = rows("reals.tsv.gz")
estimates = {}
for row in rows("estimates.tsv"):
    if row["cell"] == "domain network" and row["seed"] == seed:
        place, arm = row["arm"].split(": ")
        if place == domain:
            estimates[name_of(arm), row["estimator"]] = float(row["value"])


def frechet(a, b):
    ca, cb = numpy.cov(a.T), numpy.cov(b.T)
    # Eigenvalues of a product of two covariances: no square root of a nearly singular matrix.
    root = numpy.sqrt(numpy.maximum(scipy.linalg.eigvals(ca @ cb).real, 0)).sum()
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + numpy.trace(ca) + numpy.trace(cb) - 2 * root


def kernel(a, b):
    """Value and the largest of the three means that it is made of."""
    def k(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3
    def own(x):
        full = k(x, x)
        return (full.sum() - numpy.trace(full)) / (len(x) * (len(x) - 1))
    parts = own(a), own(b), k(a, b).mean()
    return parts[0] + parts[1] - 2 * parts[2], max(parts)


def distances(a, b):
    return scipy.spatial.distance.cdist(a, b)


def radii(x, k=3):
    return numpy.sort(distances(x, x), 1)[:, k]


failed = compared = 0


def judge(arm, name, found, scale):
    global failed, compared
    printed = estimates[arm, name]
    good = abs(printed - found) <= scale
    compared += 1
    failed += not good
    print("same" if good else "DIFFERS", arm, name, printed, found, sep="\t")


for arm, fake in features.items():
    d = distances(fake, real)
    inside = d < radii(real)[None]
    reached = d < radii(fake)[:, None]
    value = frechet(real, fake)
    judge(arm, "frechet", value, 1e-6 * value)
    value, largest = kernel(real, fake)
    judge(arm, "kernel", value, 1e-6 * largest)
    for name, value in {
        "precision": inside.any(1).mean(), "recall": reached.any(0).mean(),
        "coverage": inside.any(0).mean(), "density": inside.sum() / (3 * len(fake)),
    }.items():
        judge(arm, name, value, 1e-12)
    own = [row for row in fakes if name_of(row["arm"]) == arm]
    reference = [row for row in reals if name_of(row["arm"]) == arm]
    for name, flags in {
        "precision": [int(row["real balls"]) > 0 for row in own],
        "density": [int(row["real balls"]) / 3 for row in own],
        "recall": [row["recalled"] == "1" for row in reference],
        "coverage": [row["covered"] == "1" for row in reference],
    }.items():
        judge(arm, name, numpy.mean(flags), 1e-12)
print(f"{compared - failed} passed, {failed} failed")
sys.exit(failed > 0 or compared == 0)
