"""The functions of verify.py beside NumPy, SciPy and scikit-learn, on random and on tied numbers.

    python Tests/Outside/verify_functions.py

verify.py itself uses the standard library alone; this holds it to programs that others wrote.
Prints the largest difference of each function and exits 1 above its bound.
"""

import sys

import numpy as np
from scipy import stats
from sklearn.metrics import f1_score, recall_score, roc_auc_score

import verify


def main():
    draw = np.random.default_rng(8)
    worst = {}

    def note(name, ours, theirs):
        scale = max(1.0, abs(theirs))
        worst[name] = max(worst.get(name, 0.0), abs(ours - theirs) / scale)

    for _ in range(200):
        n = int(draw.integers(3, 80))
        x = draw.normal(3, 2, n).round(int(draw.integers(0, 5)))
        y = 0.3 * x + draw.normal(0, 1, n)
        note("mean", verify.mean(list(x)), np.mean(x))
        note("sd", verify.deviation(list(x)), np.std(x, ddof=1))
        p = float(draw.uniform())
        note("quantile", verify.quantile(list(x), p), np.quantile(x, p))
        if np.ptp(x) > 0:
            note("pearson", verify.pearson(list(x), list(y)), stats.pearsonr(x, y).statistic)
        note("paired-t", verify.paired_t(list(x), list(y)), stats.ttest_rel(x, y).statistic)
        labels = draw.integers(0, 2, n)
        if 0 < labels.sum() < n:
            note("auroc", verify.auroc([v == 1 for v in labels], list(x)), roc_auc_score(labels, x))
            called = x >= 3
            table = {"t": [str(v) for v in labels], "s": [repr(float(v)) for v in x]}
            for name, theirs in (
                ("sensitivity", recall_score(labels, called)),
                ("specificity", recall_score(1 - labels, ~called)),
                ("dice", f1_score(labels, called)),
            ):
                note(name, verify.estimate(name, table, ["t", "s", "3"])[0], theirs)
    for degrees in (1, 2, 3, 4, 9, 30, 200):
        for p in (0.9, 0.95, 0.975, 0.995):
            note("t quantile", verify.t_quantile(p, degrees), stats.t.ppf(p, degrees))
    five = [0.1, 0.4, 0.2, 0.35, 0.3]
    theirs = stats.t.interval(0.95, 4, np.mean(five), stats.sem(five))
    for ours, end in zip(verify.seed_interval(five, 0.95), theirs):
        note("seed t interval", ours, float(end))
    for name, difference in worst.items():
        print(f"{name}: {difference:.2g}")
    # Sums of at most 80 numbers of size 10 and two divisions; the t quantile by bisection of a
    # continued fraction, whose own error is some hundred ulps.
    return 1 if max(worst.values()) > 1e-11 else 0


if __name__ == "__main__":
    sys.exit(main())
