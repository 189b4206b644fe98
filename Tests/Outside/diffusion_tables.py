"""Recomputes scores of diffusion-vs-gan from its cases with NumPy and SciPy.

    python Tests/Outside/diffusion_tables.py Figures/diffusion-vs-gan [.cache/diffusion-vs-gan/cases]

Fréchet and kernel distance, precision, recall, density and coverage of the first seed from
cases/features-*.npy by full matrices, against cases/estimates.tsv; precision, recall and coverage
again from the counts in cases/fakes and cases/reals. With the folder of the whole cases, which the
run leaves beside its cache, Tables 8, 9 and 11 (factors, modes, memory) recompute as well, for all
seeds and domains, to the digits printed there. Exits 1 where a distance differs by more than
1e-6 relative (of the kernel distance: of the largest of its three means) or a share at all."""
import csv
import gzip
import sys
from pathlib import Path

import numpy
import scipy.linalg
import scipy.spatial
import scipy.stats

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


def printed_equal(text, found, digits):
    """Whether a printed number of so many significant digits is the one found."""
    if text == "":
        return found is None
    if found is None:
        return False
    value = float(text)
    size = 10.0 ** (numpy.floor(numpy.log10(abs(value))) - digits + 1) if value else 1e-12
    return abs(value - found) <= 0.51 * size + 2e-6 * abs(found) + 1e-12


def compare(table, row, name, found, digits):
    global failed, compared
    good = printed_equal(row[name], found, digits)
    compared += 1
    failed += not good
    if not good:
        print("DIFFERS", table, *list(row.values())[:3], name, row[name], found, sep="\t")


def tables(whole):
    global cases
    folder, cases = cases.parent, whole
    sets = {}
    for row in rows("fakes.tsv.gz") + rows("held-out.tsv.gz"):
        sets.setdefault((row["domain"], row["arm"], int(row["seed"])), []).append(row)
    cases = folder
    arm_of = {"real against real": "second", "second real set": "second"}

    def measures(rows, index):
        cells = [row[f"measure {index + 1}"] for row in rows]
        return numpy.array([float(cell) if cell else numpy.nan for cell in cells])

    def seeds(domain, arm):
        return sorted(key[2] for key in sets if key[:2] == (domain, arm))

    order = {}
    for row in rows("table-8.tsv"):
        names = order.setdefault(row["domain"], [])
        if row["measure"] not in names:
            names.append(row["measure"])
    for row in rows("table-8.tsv"):
        domain, arm = row["domain"], arm_of.get(row["maker"], row["maker"])
        index = order[domain].index(row["measure"])
        distances, statistics, all_fakes, all_reals, unreadable, count = [], [], [], [], 0, 0
        for seed in seeds(domain, arm):
            fake = measures(sets[domain, arm, seed], index)
            real = measures(sets[domain, "reference", seed], index)
            unreadable, count = unreadable + numpy.isnan(fake).sum(), count + len(fake)
            fake, real = fake[~numpy.isnan(fake)], real[~numpy.isnan(real)]
            all_fakes.extend(fake)
            all_reals.extend(real)
            if len(fake) > 1 and len(real) > 1:
                distances.append(scipy.stats.wasserstein_distance(fake, real) / real.std(ddof=1))
                statistics.append(scipy.stats.ks_2samp(fake, real).statistic)
        mean = lambda x: float(numpy.mean(x)) if len(x) else None
        spread = lambda x: float(numpy.std(x, ddof=1)) if len(x) > 1 else None
        for name, found, digits in [
                ("mean", mean(all_fakes), 3), ("SD", spread(all_fakes), 3),
                ("reals mean", mean(all_reals), 3), ("reals SD", spread(all_reals), 3),
                ("Wasserstein distance over SD", mean(distances), 2),
                ("Kolmogorov-Smirnov", mean(statistics), 2),
                ("unreadable [%]", 100 * unreadable / count, 2)]:
            compare("table-8", row, name, found, digits)

    def cells(points, edges):
        return [tuple((edges <= point[:, None]).sum(1)) for point in points
                if not numpy.isnan(point).any()]

    for row in rows("table-9.tsv"):
        domain, arm = row["domain"], arm_of.get(row["maker"], row["maker"])
        covered, outside, occupied, impossible = [], [], [], []
        for seed in seeds(domain, arm):
            pick = lambda which: numpy.array(
                [measures(sets[domain, which, seed], i) for i in range(3)]).T
            real, fake = pick("reference"), pick(arm)
            read = numpy.sort(real[~numpy.isnan(real).any(1)], 0)
            edges = numpy.array([read[part * len(read) // 4] for part in (1, 2, 3)]).T
            known = set(cells(real, edges))
            found = cells(fake, edges)
            covered.append(100 * len(known & set(found)) / len(known))
            outside.append(100 * sum(cell not in known for cell in found) / len(fake))
            occupied.append(len(known))
            impossible.extend(row["impossible"] != "" for row in sets[domain, arm, seed])
        for name, found in [
                ("cells that reals occupy", occupied), ("covered [%]", covered),
                ("outside [%]", outside), ("impossible [%]", [100 * x for x in impossible])]:
            compare("table-9", row, name, float(numpy.mean(found)), 3)

    memory = rows("table-11.tsv")
    chances = []
    for row in memory:
        own = sets[row["domain"], arm_of.get(row["maker"], row["maker"]), int(row["seed"])]
        train = numpy.array([float(one["to training"]) for one in own])
        control = numpy.array([float(one["to control"]) for one in own])
        share = (train < control).mean() + (train == control).mean() / 2
        copies, others = (train < control / 2).sum(), (train > 2 * control).sum()
        compare("table-11", row, "nearer to training", share, 3)
        compare("table-11", row, "copies", copies / len(own), 2)
        compare("table-11", row, "copies of control", others / len(own), 2)
        chances.append(scipy.stats.binom.sf(copies - 1, copies + others, 0.5) if copies else 1.0)
    running = 0.0
    for place, index in enumerate(numpy.argsort(chances, kind="stable")):
        running = max(running, min(1.0, (len(chances) - place) * chances[index]))
        compare("table-11", memory[index], "p of copies, Holm", running, 2)


if len(sys.argv) > 2:
    tables(Path(sys.argv[2]))
print(f"{compared - failed} passed, {failed} failed")
sys.exit(failed > 0 or compared == 0)
