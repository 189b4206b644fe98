"""Recomputes scores of oa-progression from its cases with NumPy and SciPy.

    python Tests/Outside/oa_tables.py Figures/oa-progression [.cache/oa-progression/cases]

From cases/predictions: every AUROC of cases/estimates.tsv with its number of knees and its standard
error over patients (Obuchowski 1997), then the means of Tables 14, 18 and 19. From cases/horizons:
the errors of joint space in estimates.tsv, those of the first seed in the usual world, or with the
folder of the whole cases of all. From cases/gate: Table 8. From cases/wide: Table 17, with the
whole cases. From cases/readers: the AUROC rows of Table 21. Exits 1 where an estimate differs by
more than 1e-9, or a table by more than half of its last printed digit."""
import csv
import gzip
import sys
from pathlib import Path

import numpy
import scipy.stats

folder = Path(sys.argv[1])
whole = Path(sys.argv[2]) if len(sys.argv) > 2 else None
failures = 0


def table(path):
    opened = gzip.open(path, "rt") if path.name.endswith(".gz") else open(path)
    with opened as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def cases(name, from_whole=False):
    place = whole if from_whole and whole else folder / "cases"
    path = place / f"{name}.tsv.gz"
    return table(path if path.exists() else place / f"{name}.tsv")


def number(text):
    return float(text) if text else None


def auroc(scores, labels):
    scores, labels = numpy.array(scores), numpy.array(labels)
    ranks = scipy.stats.rankdata(scores)
    m, n = labels.sum(), (~labels).sum()
    return (ranks[labels].sum() - m * (m + 1) / 2) / (m * n)


def clustered_error(scores, labels, patients):
    scores, labels = numpy.array(scores), numpy.array(labels)
    x, y = scores[labels], scores[~labels]
    wins = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
    area = wins.mean()
    placed = numpy.zeros(len(scores))
    placed[labels], placed[~labels] = wins.mean(1) - area, wins.mean(0) - area
    names = {name: place for place, name in enumerate(dict.fromkeys(patients))}
    code = numpy.array([names[name] for name in patients])
    total = len(names)
    sums = [numpy.bincount(code, numpy.where(kind, placed, 0), total) for kind in (labels, ~labels)]
    held = [len(set(code[kind])) for kind in (labels, ~labels)]
    m, n = labels.sum(), (~labels).sum()
    s10 = held[0] / (held[0] - 1) * (sums[0] ** 2).sum() / m
    s01 = held[1] / (held[1] - 1) * (sums[1] ** 2).sum() / n
    s11 = total / (total - 1) * (sums[0] * sums[1]).sum()
    return max(0, s10 / m + s01 / n + 2 * s11 / (m * n)) ** 0.5


def compare(what, ours, theirs, tolerance):
    global failures
    if ours is None or theirs is None:
        bad = (ours is None) != (theirs is None)
    else:
        bad = abs(ours - theirs) > tolerance
    if bad:
        failures += 1
        print(f"{what}: {ours} here, {theirs} there")


def printed(what, ours, text):
    """Against a cell rounded to the digits that it shows, at most three."""
    theirs = number(text)
    size = 0 if not theirs else 10.0 ** (numpy.floor(numpy.log10(abs(theirs))) - 2)
    compare(what, ours, theirs, 0.500001 * size + 1e-12)


questions = {
    "rise by two, read 0 or 1 at first": (lambda g: g <= 1, lambda g, r, t: r >= 2),
    "rise by two, read 0 to 2 at first": (lambda g: True, lambda g, r, t: r >= 2),
    "onset: 2 or more from 0 or 1": (lambda g: g <= 1, lambda g, r, t: g + r >= 2),
    "progression: any rise from 2": (lambda g: g == 2, lambda g, r, t: r >= 1),
    "true rise by two, read 0 or 1 at first": (lambda g: g <= 1, lambda g, r, t: t >= 2),
}
groups = {}
for row in cases("predictions"):
    groups.setdefault((row["world"], row["seed"]), []).append(row)


def selected(world, seed, arm, question):
    counts, holds = questions[question]
    found = []
    for row in groups[world, seed]:
        first, rise = int(row["first grade"]), int(row["truth.rise"])
        score = number(row[f"score.{arm}"])
        if counts(first) and score is not None:
            found.append((score, holds(first, rise, int(row["truth.true rise"])), row["patient"]))
    return found


areas, compared = {}, 0
estimates = table(folder / "cases" / "estimates.tsv")
for row in (row for row in estimates if row["estimator"] == "auroc"):
    world, question = row["cell"].split(": ", 1)
    found = selected(world, row["seed"], row["arm"], question)
    scores, labels, patients = zip(*found)
    name = f'{row["arm"]}, seed {row["seed"]}, {row["cell"]}'
    area = areas[world, row["seed"], row["arm"], question] = auroc(scores, labels)
    compare(name, area, float(row["value"]), 1e-9)
    compare(name + ", n", len(found), float(row["n"]), 0)
    if row["standard error"]:
        error = clustered_error(scores, labels, patients)
        compare(name + ", standard error", error, float(row["standard error"]), 1e-9)
    compared += 1
print(f"{compared} AUROCs from predictions")

compared = 0
for row in (row for row in estimates if row["estimator"].startswith("deciding auroc, ")):
    question = row["estimator"].removeprefix("deciding auroc, ")
    name = f'{row["cell"]}, {row["arm"]}, seed {row["seed"]}'
    # Networks and drawn films score every knee, so that pairs are of the same knees.
    compare(name, areas["R2-.25", row["seed"], row["arm"], question], float(row["value"]), 1e-9)
    compared += 1
print(f"{compared} AUROCs behind claims")


def mean_area(world, arm, question="rise by two, read 0 or 1 at first"):
    found = [value for (w, _, a, q), value in areas.items()
             if (w, a, q) == (world, arm, question)]
    return numpy.mean(found) if found else None


for row in table(folder / "table-14.tsv"):
    printed("Table 14, " + row["score"], mean_area("R2-.25", row["score"]), row["AUROC"])
for row in table(folder / "table-18.tsv"):
    name = f'Table 18, {row["world"]}, {row["score"]}'
    printed(name, mean_area(row["world"], row["score"]), row["AUROC"])
for row in table(folder / "table-19.tsv"):
    arm = "nearest neighbour" if row["changed"].startswith("nothing") else row["changed"]
    printed("Table 19, " + arm, mean_area("R2-.25", arm), row["AUROC"])

visits = {}
for row in cases("horizons", from_whole=True):
    key = row["world"], row["seed"], row["arm"], row["month"]
    medial, lateral = number(row["medial [mm]"]), number(row["lateral [mm]"])
    if medial is None or lateral is None:
        continue
    error = (abs(medial - float(row["truth.medial [mm]"]))
             + abs(lateral - float(row["truth.lateral [mm]"]))) / 2
    visits.setdefault(key, {})[row["case"]] = error
compared = 0
for row in (row for row in estimates if row["estimator"] == "joint-space error [mm]"):
    world, month = row["cell"].split(": month ")
    own = visits.get((world, row["seed"], row["arm"], month))
    copy = visits.get((world, row["seed"], "copy of the baseline", month))
    if own is None or copy is None:
        continue
    both = [own[name] for name in own if name in copy]
    name = f'{row["arm"]}, seed {row["seed"]}, {row["cell"]}'
    # Differences of numbers with six digits: relative 1e-9 is far above their roundings.
    compare(name, numpy.mean(both), float(row["value"]), 1e-9)
    compare(name + ", n", len(both), float(row["n"]), 0)
    compared += 1
print(f"{compared} errors from horizons")

gate = cases("gate")
lines = [("film", "drawn"), ("guessed", "film"), ("refined", "film"), ("long", "film"),
         ("refined", "drawn")]
for line, row in zip(lines, table(folder / "table-8.tsv")):
    pairs = [tuple(number(film[f"{kind} {side} [mm]"]) for kind in line)
             for film in gate for side in ("medial", "lateral")]
    read = numpy.array([pair for pair in pairs if None not in pair]).reshape(-1, 2)
    error = numpy.abs(read[:, 0] - read[:, 1]).mean() if len(read) else None
    printed(f"Table 8, {line}", error, row["mean error [mm]"])

if whole:
    wide = {}
    for row in cases("wide", from_whole=True):
        wide.setdefault((row["world"], row["seed"]), []).append(row)
    for row in table(folder / "table-17.tsv"):
        found = []
        for (world, _), films in wide.items():
            labels = [film["truth.fast"] == "1" for film in films]
            if world == row["world"] and any(labels) and not all(labels):
                scores = [float(film[f'score.{row["score"]}']) for film in films]
                found.append(auroc(scores, labels))
        printed(f'Table 17, {row["world"]}, {row["score"]}',
                numpy.mean(found) if found else None, row["AUROC"])

readers = cases("readers")
truth = [row["truth.fast"] == "1" for row in readers]
names = [column[6:].split(" ", 1) for column in readers[0] if column.startswith("score.")]


def mean_reader(shown):
    return numpy.mean([auroc([float(row[f"score.{reader} {what}"]) for row in readers], truth)
                       for reader, what in names if what == shown])


for row in table(folder / "table-21.tsv"):
    if row["measure"] == "AUROC":
        shown = row["shown beside the first film"]
        printed(f"Table 21, {shown}", mean_reader(shown), row["aided"])
        printed("Table 21, unaided", mean_reader("nothing"), row["unaided"])

print("all agree" if failures == 0 else f"{failures} differ")
sys.exit(min(1, failures))
