"""Recomputes the tables of dp-fairness from its cases: AUROCs with scikit-learn, gaps from estimates,
audits with scipy (dp_fairness_attacks.py), cohort and training tables (dp_fairness_training.py).

    python Tests/Outside/dp_fairness_tables.py Figures/dp-fairness .cache/dp-fairness/cases

The second argument is the folder of the whole cases that the same run keeps. Prints for each table
how many numbers were recomputed and the largest difference, in half units of the last printed digit
where the number of digits varies; exits 1 where one is off by more. Left out: ends of intervals and
p-values, which hold resampled patients; Tables 0 and 1 to 1d, which hold no case; Table 2b, whose
pixels no case holds.
"""

import math
import os
import sys

import numpy as np
from sklearn.metrics import roc_auc_score

from dp_fairness_attacks import attack_tables
from dp_fairness_training import read, training_tables


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


class Rates:
    """True- and false-positive rates, pooled over images and labels, from scores and thresholds."""

    def __init__(self, cases, labels, thresholds):
        self.cases, self.labels, self.cuts = cases, labels, {}
        columns = ["cohort", "arm", "seed", "label", "threshold"]
        for cohort, arm, seed, label, cut in zip(*(thresholds[name] for name in columns)):
            if cohort == "chest":
                self.cuts[arm, seed, label] = float(cut)
        self.seeds = sorted({seed for arm, seed, _ in self.cuts if arm == "eps-7.89"}, key=int)

    def rate(self, mask, arm, seed, is_true):
        called = total = 0
        for label in self.labels:
            truth = self.cases["truth." + label][mask]
            wanted = truth == ("1" if is_true else "0")
            score = self.cases["score." + label][mask][wanted].astype(float)
            called += (score >= self.cuts[arm, seed, label]).sum()
            total += len(score)
        return called / total

    def change(self, grouping, name, estimator):
        """The gap's change, private minus non-private, mean over seeds."""
        is_true = estimator.startswith("true")
        changes = []
        for seed in self.seeds:
            gaps = []
            for arm in ["eps-7.89", "non-private"]:
                model = (self.cases["arm"] == arm) & (self.cases["seed"] == seed)
                inside = model.copy()
                inside[model] = group(
                    {key: column[model] for key, column in self.cases.items()}, grouping) == name
                gaps.append(
                    self.rate(inside, arm, seed, is_true)
                    - self.rate(model & ~inside, arm, seed, is_true))
            changes.append(gaps[0] - gaps[1])
        return np.mean(changes)


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

    table = read(os.path.join(folder, "table-5.tsv"))
    columns = {
        "accuracy": ("accuracy", 4), "called positive": ("called-positive", 4),
        "TPR": ("true-positive-rate", 4), "FPR": ("false-positive-rate", 4),
        "calibration": ("calibration", 3)}
    offs = []
    for place, (arm, grouping, name) in enumerate(
            zip(*(table.get(c, []) for c in ["arm", "grouping", "group"]))):
        own = f"{grouping}={name}"
        others = [cell for cell in estimates.cells(grouping) if cell != own]
        for column, (estimator, digits) in columns.items():
            found = [value for value, _ in estimates.of(arm, own, estimator).values()]
            if table[column][place] and found:
                offs.append(half_digits(table[column][place], np.mean(found), digits))
        for column, estimator in [
                ("SPD as coded", "accuracy"), ("SPD textbook", "called-positive")]:
            gaps = [estimates.gap(arm, seed, own, others, estimator)
                    for seed in estimates.of(arm, own, estimator)]
            offs.append(half_digits(table[column][place], np.mean(gaps), 3))
    report("table-5", offs, "rates and gaps")

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

    rates = Rates(cases, labels, read(os.path.join(folder, "cases", "thresholds.tsv.gz")))
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
                offs.append(half_digits(
                    printed, rates.change(grouping, group_name, estimator), 3))
                continue
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

    training_tables(folder, estimates, report, half_digits)
    attack_tables(folder, whole, report, half_digits)
    ct_tables(folder, report)
    return 1 if failed else 0


def ct_tables(folder, report):
    """Tables 11 and 11b; they have no rows on real films."""
    scans = read(os.path.join(folder, "cases", "ct.tsv.gz"))
    thresholds = read(os.path.join(folder, "cases", "thresholds.tsv.gz"))
    table = read(os.path.join(folder, "table-11.tsv"))
    if not len(table.get("arm", [])):
        return
    truth = scans["truth.carcinoma"].astype(int)
    score = scans["score.carcinoma"].astype(float)
    first = (scans["arm"] == scans["arm"][0]) & (scans["seed"] == scans["seed"][0])
    age = scans["age [years]"][first].astype(float)
    order = np.lexsort((np.arange(len(age)), age))
    groups = {("sex", name): scans["sex"][first] == name for name in ["F", "M"]}
    for place, name in enumerate(["youngest", "second", "third", "oldest"]):
        quarter = np.zeros(len(age), dtype=bool)
        quarter[order[len(order) * place // 4:len(order) * (place + 1) // 4]] = True
        groups["age", name] = quarter

    def models(arm):
        seeds = sorted(set(scans["seed"][scans["arm"] == arm]), key=int)
        return {seed: (scans["arm"] == arm) & (scans["seed"] == seed) for seed in seeds}

    def area(model, inside=slice(None)):
        return roc_auc_score(truth[model][inside], score[model][inside])

    offs = []
    columns = {"male": ("sex", "M"), "female": ("sex", "F"), **{
        name: ("age", name) for name in ["youngest", "second", "third", "oldest"]}}
    for place, arm in enumerate(table["arm"]):
        mine = models(arm).values()
        offs.append(half_digits(table["AUROC"][place], np.mean([area(m) for m in mine]), 4))
        for column, key in columns.items():
            if table[column][place]:
                ours = np.mean([area(m, groups[key]) for m in mine])
                offs.append(half_digits(table[column][place], ours, 4))
    report("table-11", offs, "AUROCs")

    cuts = {(arm, seed): float(cut) for cohort, arm, seed, cut in zip(*(
        thresholds[name] for name in ["cohort", "arm", "seed", "threshold"])) if cohort == "ct"}

    def level(arm, seed, model, inside, gap):
        if gap == "AUROC":
            return area(model, inside)
        return (score[model][inside] >= cuts[arm, seed]).mean()

    table = read(os.path.join(folder, "table-11b.tsv"))
    offs = []
    for place, (grouping, name, gap) in enumerate(
            zip(*(table.get(c, []) for c in ["grouping", "group", "gap"]))):
        others = [mask for key, mask in groups.items() if key[0] == grouping and key[1] != name]
        private, changes = models("eps-7.89"), []
        for seed in private:
            gaps = []
            for arm in ["eps-7.89", "non-private"]:
                model = models(arm)[seed]
                rest = [level(arm, seed, model, mask, gap) for mask in others]
                gaps.append(
                    level(arm, seed, model, groups[grouping, name], gap)
                    - np.average(rest, weights=[mask.sum() for mask in others]))
            changes.append(gaps[0] - gaps[1])
        offs.append(half_digits(table["change"][place], np.mean(changes), 3))
    report("table-11b", offs, "changes")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
