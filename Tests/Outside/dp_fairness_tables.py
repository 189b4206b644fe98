"""Recomputes the tables of dp-fairness from its cases: AUROCs with scikit-learn, gaps from estimates.

    python Tests/Outside/dp_fairness_tables.py Figures/dp-fairness .cache/dp-fairness/cases

The second argument is the folder of the whole cases that the same run keeps. Prints the largest
difference of each table's AUROC columns, which are written with four significant digits; exits 1
where one is off by more than half a unit of the last digit.
"""

import gzip
import os
import sys

import numpy as np
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
    compare("figure-3", [
        (float(value), auroc(cases, cases["arm"] == arm, [names[label]]))
        for label, arm, value in zip(table["label"], table["arm"], table["AUROC"])])
    table = read(os.path.join(folder, "table-5.tsv"))
    if "arm" in table:
        compare("table-5", [
            (float(value),
             auroc(cases, (cases["arm"] == arm) & (group(cases, grouping) == name), labels))
            for arm, grouping, name, value in zip(
                table["arm"], table["grouping"], table["group"], table["AUROC"]) if value])
    table = read(os.path.join(folder, "table-4.tsv"))
    if "gap" in table:
        rows = read(os.path.join(folder, "cases", "estimates.tsv"))
        value = rows["value"].astype(float)
        count = rows["n"].astype(float)
        estimator = {"AUROC": "mean-auroc", "parity": "called-positive"}
        off = 0.0
        for grouping, name, gap, printed in zip(
                table["grouping"], table["group"], table["gap"], table["change"]):
            cells = np.char.startswith(rows["cell"], grouping + "=")
            own = rows["cell"] == grouping + "=" + name
            changes = []
            for seed in np.unique(rows["seed"]):
                both = []
                for arm in ["eps-7.89", "non-private"]:
                    here = (cells & (rows["estimator"] == estimator[gap])
                            & (rows["arm"] == arm) & (rows["seed"] == seed))
                    others = here & ~own
                    both.append(value[here & own][0]
                                - np.average(value[others], weights=count[others]))
                changes.append(both[0] - both[1])
            if printed:
                half = 0.5001 * 10.0 ** (np.floor(np.log10(abs(float(printed)))) - 2)
                off = max(off, abs(float(printed) - np.mean(changes)) / half)
        print(f"table-4\t{len(table['gap'])} changes\tlargest difference {off:.2g} half digits")
        failed |= off > 1
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
