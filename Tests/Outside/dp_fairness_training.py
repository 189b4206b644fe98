"""Tables of dp-fairness on the cohort and on trainings, from cohort.tsv.gz, estimates.tsv and
layers.tsv: 2, 3 (shares), 3b (levels), 3c, 6, 6b, 6c and Figure 5. Called by dp_fairness_tables.py.
"""

import gzip
import os
import re

import numpy as np


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")[:-1]
    columns = list(zip(*(line.split("\t") for line in lines[1:])))
    return {name: np.array(column) for name, column in zip(lines[0].split("\t"), columns)}


def values(estimates, arm, estimator, cell="all", most=None):
    found = estimates.of(arm, cell, estimator)
    seeds = sorted(found, key=int)[:most]
    return [found[seed][0] for seed in seeds]


def training_tables(folder, estimates, report, half_digits):
    cohort_table(folder, report)
    arms = sorted({arm for arm, _, _ in estimates.rows})
    searched = [re.search(r"n-(\d+), rate-", arm) for arm in arms]
    images = next((found.group(1) for found in searched if found), None)

    def compare(name, rows):
        offs = [half_digits(printed, ours, digits)
                for printed, ours, digits in rows if printed != ""]
        report(name, offs, "numbers")

    def shares(table, place, arm, names, most=None):
        rows = []
        for column, estimator in names:
            found = values(estimates, arm, estimator, "training", most)
            if found:
                rows.append((table[column][place], np.mean(found), 3))
        return rows

    both = [("clipped", "clipped"), ("signal to noise", "signal-to-noise")]
    table = read(os.path.join(folder, "table-3.tsv"))
    rows = []
    for place, arm in enumerate(table["arm"]):
        rows.append((table["AUROC"][place], np.mean(values(estimates, arm, "mean-auroc")), 4))
        rows += shares(table, place, arm, both)
    compare("table-3 from estimates", rows)

    table = read(os.path.join(folder, "table-3b.tsv"))
    most = max((int(n) for t, n in zip(table["trained"], table["images"])
                if t == "whole network"), default=0)
    rows = []
    for place, (kind, count) in enumerate(zip(table["trained"], table["images"])):
        part = most // int(count)
        arm = {
            "head": f"head, non-private, n-{count}",
            "whole network": "non-private" + ("" if part == 1 else f", N/{part}"),
            "whole network, pretrained": "pretrained, non-private"}[kind]
        found = values(estimates, arm, "mean-auroc")
        if found:  # on real files the largest head's name is that of the sweep, not of the films
            rows.append((table["non-private AUROC"][place], np.mean(found), 4))
    compare("table-3b, levels", rows)

    table = read(os.path.join(folder, "table-3c.tsv"))
    rows = []
    for place, (epsilon, rate) in enumerate(zip(table["epsilon"], table["learning rate"])):
        arm = f"head, {'eps-' + epsilon if epsilon else 'non-private'}, n-{images}"
        if float(rate) != 0.01:
            arm += f", rate-{float(rate)!r}"
        rows.append((table["AUROC"][place], np.mean(values(estimates, arm, "mean-auroc")), 4))
    compare("table-3c", rows)

    table = read(os.path.join(folder, "table-6.tsv"))
    names = {("no", "no"): "neither", ("yes", "no"): "clip-only", ("no", "yes"): "noise-only",
             ("yes", "yes"): "eps-7.89"}
    rows = []
    for place, key in enumerate(zip(table["clipping"], table["noise"])):
        arm = names[key]
        ours = np.mean(values(estimates, arm, "mean-auroc", most=3))
        rows.append((table["AUROC"][place], ours, 4))
        rows.append((
            table["loss against neither [points]"][place],
            100 * estimates.loss("neither", arm), 3))
        rows += shares(table, place, arm, both[:1], 3)
    compare("table-6", rows)

    table = read(os.path.join(folder, "table-6b.tsv"))
    rows = []
    for place, clip in enumerate(table["clipping norm"]):
        arm = f"head, eps-7.89, n-{images}"
        if float(clip) != 1.5:
            arm += f", clip-{float(clip)!r}"
        rows.append((table["AUROC"][place], np.mean(values(estimates, arm, "mean-auroc")), 4))
        rows += shares(table, place, arm, both)
    compare("table-6b", rows)
    layer_table(folder, compare, report)

    table = read(os.path.join(folder, "figure-5.tsv"))
    rows = []
    for place, axis in enumerate(table["axis"]):
        if axis != "nominal":
            continue
        count = table["images"][place].split()[0]
        first, second = (f"head, {which}, n-{count}"
                         for which in ["non-private", "eps-" + table["x"][place]])
        if estimates.of(first, "all", "mean-auroc"):
            rows.append((table["loss"][place], 100 * estimates.loss(first, second), 3))
    compare("figure-5", rows)


def layer_table(folder, compare, report):
    """Table 6c: signal over sigma C sqrt(d), and shares, which add up to one."""
    layers = read(os.path.join(folder, "cases", "layers.tsv"))
    table = read(os.path.join(folder, "table-6c.tsv"))
    if not layers:
        return
    steps = sorted(set(layers["step"]), key=int)
    rows, sums = [], []
    for step, when in [(steps[0], "first step"), (steps[-1], "after the last")]:
        one = layers["step"] == step
        number = {name: layers[name][one].astype(float) for name in [
            "signal", "noise multiplier", "clipping norm", "weights", "share"]}
        noise = number["noise multiplier"] * number["clipping norm"] * np.sqrt(number["weights"])
        ratios = dict(zip(layers["parameter"][one], number["signal"] / noise))
        shares = dict(zip(layers["parameter"][one], number["share"]))
        for place, name in enumerate(table["parameter"]):
            rows.append((table["signal to noise, " + when][place], ratios[name], 2))
            rows.append((
                table["share of the squared gradient, " + when][place], shares[name], 2))
        # Shares are sums of Float squares over a Float norm; images without any gradient have none.
        sums.append(max(0.0, sum(shares.values()) - 1) / 1e-4)
    compare("table-6c", rows)
    report("table-6c (shares at most 1, within 1e-4)", sums, "sums")


def cohort_table(folder, report):
    """Table 2 from the rows of the cohort: counts exactly, means to their decimals."""
    cohort = read(os.path.join(folder, "cases", "cohort.tsv.gz"))
    table = read(os.path.join(folder, "table-2.tsv"))
    bands = {"age under 30": (0, 30), "age 30 to 59": (30, 60), "age 60 to 69": (60, 70),
             "age 70 to 79": (70, 80), "age 80 and over": (80, 130)}
    offs = []
    for split in ["train", "validation", "test"]:
        mine = cohort["split"] == split
        first = {}
        for place in np.nonzero(mine)[0]:
            first.setdefault(cohort["patient"][place], place)
        people = np.array(sorted(first.values()))
        age = np.array([float(x) for x in cohort["age [years]"][people] if x])
        ill = np.array([float(x) for x in cohort["comorbidities"][people] if x])
        for row, printed in zip(table["characteristic"], table[split]):
            label = "truth." + row.replace(" ", "_")
            if printed == "not recorded":
                continue
            if row == "images per patient" or row == "comorbidities, mean":
                ours = mine.sum() / len(people) if row.startswith("images") else ill.mean()
                offs.append(abs(float(printed) - ours) / 0.00501)
                continue
            if row == "images":
                ours = mine.sum()
            elif row == "patients":
                ours = len(people)
            elif row == "women":
                ours = (cohort["sex"][people] == "F").sum()
            elif row in bands:
                low, high = bands[row]
                ours = ((age >= low) & (age < high)).sum()
            else:
                label = label if label in cohort else "truth." + row
                ours = (cohort[label][mine] == "1").sum()
            offs.append(0 if int(printed.split()[0]) == ours else np.inf)
    report("table-2", offs, "counts")
