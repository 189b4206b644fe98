"""Recomputes the numbers of a ledger from its cases with numpy and scikit-learn.

    python Tests/Outside/recompute.py Figures/dp-fairness [more folders]
    python Tests/Outside/recompute.py --cases .cache/dp-fairness/cases Figures/dp-fairness

Reads ledger.tsv and cases/*.tsv[.gz]; where a study commits a subset of its cases (one seed), the
whole set of the same run is in .cache/<study>/cases, named with --cases; the vocabulary of recipes is that of
Sources/StudyKit/Claims/Recipes.swift. Prints one line per recipe and the largest difference;
exits 1 where a recipe cannot be evaluated or differs by more than 1e-9 (the ledger holds all
digits; scores are rounded before any estimate).
"""

import csv
import gzip
import operator
import os
import sys

import numpy as np
from sklearn.metrics import roc_auc_score

COMPARISONS = {
    "!=": operator.ne, "<=": operator.le, ">=": operator.ge,
    "=": operator.eq, "<": operator.lt, ">": operator.gt,
}
COMPOSITES = ("difference", "average", "largest", "absolute")
ARGUMENTS = {
    "auroc": 2, "mean-auroc": 0, "mean": 1, "accuracy": 3, "sensitivity": 3, "specificity": 3,
}


def read(path):
    """Column name -> array of strings."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    columns = zip(*rows[1:]) if len(rows) > 1 else [()] * len(rows[0])
    return {name: np.array(column, dtype=object) for name, column in zip(rows[0], columns)}


def split(text, separators):
    parts, depth = [""], 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth == 0 and c in separators:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts]


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def numbers(column):
    return np.array([np.nan if x == "" else float(x) for x in column])


def parse(text):
    text = text.strip()
    name, _, rest = text.partition("(")
    name = name.strip()
    if not rest.endswith(")"):
        raise ValueError(f"recipe {text}: expected name(...)")
    inside = rest[:-1]
    if name in COMPOSITES:
        return name, [parse(part) for part in split(inside, ";,")]
    if name not in ARGUMENTS:
        raise ValueError(f"recipe {text}: unknown estimator {name}")
    halves = split(inside, "|")
    head = split(halves[0], ";")
    arguments = split(head[1], ",") if len(head) > 1 else []
    if len(arguments) != ARGUMENTS[name]:
        raise ValueError(f"recipe {text}: {name} takes {ARGUMENTS[name]} columns")
    filters = []
    for part in split(halves[1], ",") if len(halves) > 1 else []:
        sign = next((c for c in COMPARISONS if c in part), None)
        if sign is None:
            raise ValueError(f"recipe {text}: {part} is no condition")
        column, _, value = part.partition(sign)
        filters.append((column.strip(), sign, value.strip()))
    return name, (head[0], arguments, filters)


def leaves(recipe):
    name, body = recipe
    return [leaf for part in body for leaf in leaves(part)] if name in COMPOSITES else [body]


def accepts(cell, sign, value):
    x, y = number(cell), number(value)
    if x is not None and y is not None:
        return COMPARISONS[sign](x, y)
    return COMPARISONS[sign](cell, value) if sign in ("=", "!=") else False


def select(table, filters, seed):
    count = len(next(iter(table.values())))
    keep = np.ones(count, dtype=bool)
    for column, sign, value in filters:
        known = {cell: accepts(cell, sign, value) for cell in set(table[column])}
        keep &= np.array([known[cell] for cell in table[column]], dtype=bool)
    if seed is not None and "seed" in table and not any(f[0] == "seed" for f in filters):
        keep &= table["seed"] == seed
    return {name: column[keep] for name, column in table.items()}


def area(table, truth, score):
    y, x = numbers(table[truth]), numbers(table[score])
    known = ~np.isnan(y) & ~np.isnan(x)
    y = y[known] > 0.5
    if y.all() or not y.any():
        return None
    return roc_auc_score(y, x[known])


def estimate(name, table, arguments):
    if name == "auroc":
        return area(table, *arguments)
    if name == "mean-auroc":
        labels = [c[6:] for c in table if c.startswith("truth.") and "score." + c[6:] in table]
        found = [area(table, "truth." + label, "score." + label) for label in labels]
        return np.mean([value for value in found if value is not None])
    if name == "mean":
        return np.nanmean(numbers(table[arguments[0]]))
    truth, score = numbers(table[arguments[0]]), numbers(table[arguments[1]])
    fixed = number(arguments[2])
    threshold = numbers(table[arguments[2]]) if fixed is None else np.full(len(truth), fixed)
    known = ~(np.isnan(truth) | np.isnan(score) | np.isnan(threshold))
    truth, called = truth[known] > 0.5, (score >= threshold)[known]
    right = called == truth
    chosen = {"accuracy": slice(None), "sensitivity": truth, "specificity": ~truth}[name]
    return np.mean(right[chosen])


def evaluate(recipe, tables, seed):
    name, body = recipe
    if name not in COMPOSITES:
        table, arguments, filters = body
        return estimate(name, select(tables(table), filters, seed), arguments)
    values = [evaluate(part, tables, seed) for part in body]
    if name == "difference":
        return values[0] - values[1]
    return {"average": np.mean, "largest": np.max, "absolute": lambda v: abs(v[0])}[name](values)


def recompute(text, tables):
    recipe = parse(text)
    seeds = None
    for table, _, filters in leaves(recipe):
        found = tables(table)
        if "seed" not in found or any(f[:2] == ("seed", "=") for f in filters):
            continue
        present = sorted(set(select(found, filters, None)["seed"]))
        if seeds is not None and seeds != present:
            raise ValueError(f"recipe {text}: seeds {present} and {seeds} are not paired")
        seeds = present
    if seeds is None:
        return evaluate(recipe, tables, None)
    return np.mean([evaluate(recipe, tables, seed) for seed in seeds])


def main(arguments):
    worst, failed = 0.0, False
    whole = None
    if arguments[0] == "--cases":
        whole, arguments = arguments[1], arguments[2:]
    for folder in arguments:
        cache = {}
        place_of_cases = whole or os.path.join(folder, "cases")

        def tables(name):
            if name not in cache:
                plain = os.path.join(place_of_cases, name + ".tsv")
                cache[name] = read(plain if os.path.exists(plain) else plain + ".gz")
            return cache[name]

        ledger = read(os.path.join(folder, "ledger.tsv"))
        for i, text in enumerate(ledger["recipe"]):
            if not text or not ledger["measured"][i]:
                continue
            place = f"{folder}\t{ledger['id'][i]}\t{ledger['tier'][i]}"
            measured = float(ledger["measured"][i])
            try:
                ours = float(recompute(text, tables))
            except (ValueError, KeyError, OSError, TypeError) as error:
                print(f"{place}\tcannot be recomputed: {error}")
                failed = True
                continue
            print(f"{place}\t{measured!r}\t{ours!r}\t{abs(ours - measured):.3g}")
            worst = max(worst, abs(ours - measured))
    print(f"largest difference {worst:.3g}")
    return 1 if failed or worst > 1e-9 else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
