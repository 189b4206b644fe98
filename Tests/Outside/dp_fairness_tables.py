"""Recomputes the tables of dp-fairness from its cases: AUROCs with scikit-learn, gaps from estimates,
audits with scipy.

    python Tests/Outside/dp_fairness_tables.py Figures/dp-fairness .cache/dp-fairness/cases

The second argument is the folder of the whole cases that the same run keeps. Prints for each table
how many numbers were recomputed and the largest difference, in half units of the last printed digit
where the number of digits varies; exits 1 where one is off by more.
"""

import gzip
import math
import os
import sys

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")[:-1]
    header = lines[0].split("\t")
    columns = list(zip(*(line.split("\t") for line in lines[1:])))
    return {name: np.array(column) for name, column in zip(header, columns)}


def group(cases, grouping):
    if grouping == "sex":
        return cases["sex"]
    if grouping == "age":
        age = cases["age [years]"].astype(float)
        names = np.array(["0-29", "30-59", "60-69", "70-79", "80+"])
        return names[np.digitize(age, [30, 60, 70, 80])]
    count = cases["comorbidities"].astype(int)
    return np.where(count >= 3, "3+", count.astype(str))


def auroc(cases, mask, labels):
    """Mean over seeds of the mean over labels; labels with one class are left out."""
    seeds = []
    for seed in np.unique(cases["seed"][mask]):
        rows = mask & (cases["seed"] == seed)
        values = []
        for label in labels:
            truth = cases["truth." + label][rows].astype(int)
            if 0 < truth.sum() < len(truth):
                values.append(roc_auc_score(truth, cases["score." + label][rows].astype(float)))
        seeds.append(np.mean(values))
    return np.mean(seeds)


def half_digits(printed, ours, digits):
    """|printed - ours| in half units of the last of so many significant digits."""
    value = float(printed)
    if value == 0:
        return 0 if abs(ours) < 1e-12 else math.inf
    return abs(value - ours) / (0.5001 * 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1))


class Estimates:
    """The rows of estimates.tsv by arm, cell and estimator: seed -> (value, n)."""

    def __init__(self, path):
        rows = read(path)
        self.rows = {}
        columns = ["arm", "seed", "cell", "estimator", "value", "n"]
        for arm, seed, cell, estimator, value, n in zip(*(rows[name] for name in columns)):
            self.rows.setdefault((arm, cell, estimator), {})[seed] = (float(value), int(n))

    def of(self, arm, cell, estimator):
        return self.rows.get((arm, cell, estimator), {})

    def cells(self, grouping):
        return sorted({cell for _, cell, _ in self.rows if cell.startswith(grouping + "=")})

    def loss(self, first, second):
        """Mean over the seeds of both of all-image mean AUROC, first minus second."""
        a = self.of(first, "all", "mean-auroc")
        b = self.of(second, "all", "mean-auroc")
        both = sorted(set(a) & set(b), key=int)
        return np.mean([a[seed][0] - b[seed][0] for seed in both])

    def gap(self, arm, seed, cell, others, estimator):
        inside = self.of(arm, cell, estimator)[seed][0]
        rest = [self.of(arm, other, estimator)[seed] for other in others]
        return inside - np.average([value for value, _ in rest], weights=[n for _, n in rest])


def audit_p(m, r, v, epsilon, delta):
    """p-value of one-run auditing, Steinke, Nasr and Jagielski 2023, appendix D."""
    q = 1 / (1 + math.exp(-epsilon))
    below = np.cumsum(stats.binom.pmf(np.arange(v - 1, -1, -1), r, q))
    alpha = max([0.0] + list(below / np.arange(1, v + 1)))
    return min(1, stats.binom.sf(v - 1, r, q) + alpha * delta * 2 * m)


def audit(scores, included, delta, level):
    guesses = len(scores) // 5
    half = guesses // 2
    order = np.lexsort((np.arange(len(scores)), scores))
    right = (~included[order[:half]]).sum() + included[order[len(order) - half:]].sum()
    low, high = 0.0, 1.0
    if audit_p(len(scores), 2 * half, right, 0, delta) >= level:
        return 0.0
    while audit_p(len(scores), 2 * half, right, high, delta) < level:
        low, high = high, 2 * high
    for _ in range(50):
        middle = (low + high) / 2
        if audit_p(len(scores), 2 * half, right, middle, delta) < level:
            low = middle
        else:
            high = middle
    return low


def main(folder, whole):
    cases = read(os.path.join(whole, "predictions.tsv.gz"))
    labels = [name[6:] for name in cases if name.startswith("truth.")]
    failed = False

    def compare(name, pairs):
        nonlocal failed
        worst = max((abs(printed - ours) for printed, ours in pairs), default=0)
        print(f"{name}\t{len(pairs)} AUROCs\tlargest difference {worst:.2g}")
        failed |= worst > 0.5001e-4

    table = read(os.path.join(folder, "table-3.tsv"))
    compare("table-3", [
        (float(value), auroc(cases, cases["arm"] == arm, labels))
        for arm, value in zip(table["arm"], table["AUROC"])])
    table = read(os.path.join(folder, "figure-3.tsv"))
    names = {label.replace("_", " "): label for label in labels}
    # More seeds of the non-private arm than of the judged one are trained; groups and labels compare
    # the seeds of both.
    paired = np.isin(cases["seed"], np.unique(cases["seed"][cases["arm"] == "eps-7.89"]))
    compare("figure-3", [
        (float(value), auroc(cases, paired & (cases["arm"] == arm), [names[label]]))
        for label, arm, value in zip(table["label"], table["arm"], table["AUROC"])])
    table = read(os.path.join(folder, "table-5.tsv"))
    if "arm" in table:
        compare("table-5", [
            (float(value),
             auroc(
                 cases, paired & (cases["arm"] == arm) & (group(cases, grouping) == name), labels))
            for arm, grouping, name, value in zip(
                table["arm"], table["grouping"], table["group"], table["AUROC"]) if value])
    estimates = Estimates(os.path.join(folder, "cases", "estimates.tsv"))

    def report(name, offs, what):
        nonlocal failed
        worst = max(offs, default=0)
        print(f"{name}\t{len(offs)} {what}\tlargest difference {worst:.2g} half digits")
        failed |= worst > 1

    budgets = ["0.29", "0.54", "1.06", "2.04", "4.71", "7.89"]
    table = read(os.path.join(folder, "table-3b.tsv"))
    whole_names = {
        "whole network": lambda part: (
            "non-private" + part, lambda epsilon: "eps-" + epsilon + part),
        "whole network, pretrained": lambda part: (
            "pretrained, non-private", lambda epsilon: "pretrained, eps-" + epsilon)}
    most = max((int(n) for t, n in zip(table["trained"], table["images"])
                if t == "whole network"), default=0)
    offs = []
    for place, (kind, images) in enumerate(zip(table["trained"], table["images"])):
        if kind == "head":
            first = f"head, non-private, n-{images}"
            second = lambda epsilon: f"head, eps-{epsilon}, n-{images}"
        else:
            part = most // int(images)
            first, second = whole_names[kind]("" if part == 1 else f", N/{part}")
        for epsilon in budgets:
            printed = table["eps " + epsilon][place]
            if printed and estimates.of(first, "all", "mean-auroc"):
                offs.append(half_digits(printed, 100 * estimates.loss(first, second(epsilon)), 3))
    report("table-3b", offs, "losses")

    names = {"AUROC": "mean-auroc", "parity": "called-positive"}
    for name in ["table-4", "table-4b"]:
        table = read(os.path.join(folder, name + ".tsv"))
        offs = []
        for grouping, group_name, gap, printed in zip(
                *(table.get(c, []) for c in ["grouping", "group", "gap", "change"])):
            if not printed:
                continue
            estimator = names.get(gap, gap.replace(" ", "-"))
            own = f"{grouping}={group_name}"
            others = [cell for cell in estimates.cells(grouping) if cell != own]
            if "rate" in estimator:
                continue  # pooled over image and label pairs, whose numbers no estimate holds
            seeds = sorted(
                set(estimates.of("eps-7.89", own, estimator))
                & set(estimates.of("non-private", own, estimator)), key=int)
            changes = [
                estimates.gap("eps-7.89", seed, own, others, estimator)
                - estimates.gap("non-private", seed, own, others, estimator) for seed in seeds]
            offs.append(half_digits(printed, np.mean(changes), 3))
        report(name, offs, "changes")

    table = read(os.path.join(folder, "table-4c.tsv"))
    offs = []
    for cell, gap, printed in zip(*(table.get(c, []) for c in ["group is", "gap", "change"])):
        if gap not in names:
            continue
        women, men = f"{cell}; sex=F", f"{cell}; sex=M"
        estimator = names[gap]
        values = []
        for seed in estimates.of("eps-7.89", women, estimator):
            values.append(
                estimates.gap("eps-7.89", seed, women, [men], estimator)
                - estimates.gap("non-private", seed, women, [men], estimator))
        offs.append(half_digits(printed, np.mean(values), 3))
    report("table-4c", offs, "changes")

    canaries = read(os.path.join(folder, "cases", "canaries.tsv.gz"))
    table = read(os.path.join(folder, "table-7.tsv"))
    offs = []
    for bug, size, median, largest in zip(
            table["bug"], table["canaries"], table["one run, median"], table["one run, largest"]):
        runs = []
        mine = (canaries["bug"] == bug) & (canaries["canaries"] == size)
        for repeat in np.unique(canaries["repeat"][mine]):
            one = mine & (canaries["repeat"] == repeat)
            score = canaries["score"][one].astype(float)
            there = canaries["included"][one] == "1"
            cut = len(score) // 2
            runs.append(max(
                audit(score[part], there[part], 1e-5, 0.05 / 3)
                for part in [slice(None), slice(0, cut), slice(cut, None)]))
        runs.sort()
        offs.append(half_digits(median, runs[len(runs) // 2], 3))
        offs.append(half_digits(largest, runs[-1], 3))
    report("table-7", offs, "bounds")

    scans = read(os.path.join(folder, "cases", "ct.tsv.gz"))
    table = read(os.path.join(folder, "table-11.tsv"))
    offs = []
    for arm, printed in zip(table.get("arm", []), table.get("AUROC", [])):
        seeds = []
        for seed in np.unique(scans["seed"][scans["arm"] == arm]):
            one = (scans["arm"] == arm) & (scans["seed"] == seed)
            seeds.append(roc_auc_score(
                scans["truth.carcinoma"][one].astype(int),
                scans["score.carcinoma"][one].astype(float)))
        offs.append(half_digits(printed, np.mean(seeds), 4))
    report("table-11", offs, "AUROCs")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
