"""Recomputes the tables of thyroid-volumetry from its cases with NumPy and SciPy.

    python Tests/Outside/thyroid_tables.py Figures/thyroid-volumetry [.cache/thyroid-volumetry/cases]

With the second argument, the folder of the whole cases that the same run keeps, the estimates of all
settings are recomputed, else those of the primary one. Prints the largest difference of every table
in units of the last digit written; exits 1 where one is off by more than half a unit.
"""

import gzip
import os
import sys

import numpy as np
from scipy import optimize, stats

PAIRS = [(0, 1), (0, 2), (1, 2)]
COEFFICIENTS = {"π/6": 1, "0.5": 0.5 / (np.pi / 6), "0.479": 0.479 / (np.pi / 6), "": 1}


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")[:-1]
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"))) for line in lines[1:]]


class Trial:
    """Gland volumes of one arm and seed: volume[method][operator, volunteer, repetition]."""

    def __init__(self, rows):
        people = sorted({row["patient"] for row in rows}, key=lambda p: int(p.split("-v")[1]))
        place = {p: i for i, p in enumerate(people)}
        n = len(people)
        self.volume = {m: np.zeros((3, n, 3)) for m in ("2D", "3D")}
        self.time = {m: np.zeros((3, n, 3)) for m in ("2D", "3D")}
        self.mri, self.truth = np.zeros(n), np.zeros(n)
        for row in rows:
            i, volume = place[row["patient"]], float(row["volume [ml]"])
            if row["method"] == "MRI":
                self.mri[i] += volume
                self.truth[i] += float(row["truth [ml]"])
            else:
                cell = int(row["operator"]) - 1, i, int(row["repetition"]) - 1
                self.volume[row["method"]][cell] += volume
                self.time[row["method"]][cell] += float(row["time [s]"] or "nan")
        self.mean = {m: v.mean(axis=2) for m, v in self.volume.items()}

    def difference(self, method, pair):
        return self.mean[method][pair[0]] - self.mean[method][pair[1]]


def digits(value, count):
    return 0.0 if value == 0 else 10.0 ** (np.floor(np.log10(abs(value))) - count + 1)


def reml(y):
    """Components (subject, operator, interaction, residual) by REML, y[operator, subject, repeat]:
    the likelihood of a balanced layout from its mean squares."""
    o, s, r = y.shape
    cell, grand = y.mean(axis=2), y.mean()
    ms_s = o * r * ((cell.mean(axis=0) - grand) ** 2).sum() / (s - 1)
    ms_o = s * r * ((cell.mean(axis=1) - grand) ** 2).sum() / (o - 1)
    rest = cell - cell.mean(axis=0) - cell.mean(axis=1)[:, None] + grand
    ms_so = r * (rest ** 2).sum() / ((s - 1) * (o - 1))
    ms_e = ((y - cell[:, :, None]) ** 2).sum() / (s * o * (r - 1))
    df = s - 1, o - 1, (s - 1) * (o - 1), s * o * (r - 1)

    def expected(v):
        vs, vo, vso, ve = v
        return ve + r * vso + o * r * vs, ve + r * vso + s * r * vo, ve + r * vso, ve

    def criterion(v):
        e = np.array(expected(v))
        # The eigenvalue of the grand mean cancels between ln|V| and ln(1'V^-1 1).
        m = np.array([ms_s, ms_o, ms_so, ms_e])
        return float((np.array(df) * (np.log(e) + m / e)).sum())

    ve, vso = ms_e, max(0, (ms_so - ms_e) / r)
    pooled = ms_so if vso > 0 else (df[2] * ms_so + df[3] * ms_e) / (df[2] + df[3])
    start = [max(0, (ms_s - pooled) / (o * r)), max(0, (ms_o - pooled) / (s * r)), vso, ve]
    if min(ms_s - ms_so, ms_o - ms_so, ms_so - ms_e) >= 0:
        return np.array(start)
    found = optimize.minimize(
        lambda x: criterion(x ** 2), np.sqrt(np.maximum(start, 1e-6)), method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 20000, "maxfev": 20000})
    return found.x ** 2


def quantities(t):
    found = {}
    for m in ("2D", "3D"):
        for a, b in PAIRS:
            found[f"mean-difference-{m}", f"{a + 1}{b + 1}"] = t.difference(m, (a, b)).mean()
    bias = [[abs(t.difference(m, p).mean()) for p in PAIRS] for m in ("2D", "3D")]
    spread = [[t.difference(m, p).std(ddof=1) for p in PAIRS] for m in ("2D", "3D")]
    for k, (a, b) in enumerate(PAIRS):
        found["less-bias", f"{a + 1}{b + 1}"] = bias[0][k] - bias[1][k]
    found["less-bias", "all"] = np.mean(bias[0]) - np.mean(bias[1])
    found["less-spread", "all"] = np.mean(spread[0]) - np.mean(spread[1])
    own = [np.sqrt(reml(t.volume[m])[1:3].sum()) for m in ("2D", "3D")]
    found["less-operator-and-habit", "all"] = own[0] - own[1]
    within = [np.sqrt(t.volume[m].var(axis=2, ddof=1).mean()) for m in ("2D", "3D")]
    found["repeat-ratio", "all"] = within[1] / within[0]
    for j in range(3):
        for name, factor in (("3D-to-MRI", 1), ("3D-to-MRI-rescaled", 1.05 ** 3)):
            found[name, f"MD{j + 1}"] = (
                (factor * t.mean["3D"][j] - t.mri).mean() / t.mri.mean())
    for name, reference in (("truth", t.truth), ("MRI", t.mri)):
        error = {m: t.mean[m] - reference for m in ("2D", "3D")}
        found[f"less-bias-to-{name}", "all"] = np.mean(
            abs(error["2D"].mean(axis=1)) - abs(error["3D"].mean(axis=1)))
        found[f"less-rmse-to-{name}", "all"] = np.mean(
            np.sqrt((error["2D"] ** 2).mean(axis=1)) - np.sqrt((error["3D"] ** 2).mean(axis=1)))
    found["less-time", "all"] = np.mean(t.time["2D"]) - np.mean(t.time["3D"])
    return found


def main(folder, whole=None):
    rows = read(os.path.join(whole or os.path.join(folder, "cases"), "volumes.tsv.gz"))
    keys = sorted({(row["arm"], int(row["seed"])) for row in rows})
    by_key = {key: [] for key in keys}
    for row in rows:
        by_key[row["arm"], int(row["seed"])].append(row)
    trials = {key: Trial(own) for key, own in by_key.items()}
    t = trials["primary", min(seed for arm, seed in keys if arm == "primary")]
    failed = False

    def compare(name, pairs, significant, allowed=0.5001):
        nonlocal failed
        worst = max(
            (abs(float(printed) - ours) / digits(float(printed), count)
             for (printed, ours), count in zip(pairs, significant) if float(printed) != 0),
            default=0)
        print(f"{name}\t{len(pairs)} numbers\tlargest difference {worst:.3g} of the last digit")
        failed |= bool(worst > allowed)

    def table(name):
        return read(os.path.join(folder, name + ".tsv"))

    def limit_factors(n):
        return stats.nct.ppf([0.025, 0.975], n - 1, stats.norm.ppf(0.975) * np.sqrt(n)) / np.sqrt(n)

    pairs, counts = [], []
    for row in table("table-2"):
        a, b = (int(c) - 1 for c in row["pair"] if c.isdigit())
        d = t.difference(row["method"], (a, b))
        test = stats.ttest_1samp(d, 0)
        low, high = test.confidence_interval(0.95)
        sd, z = d.std(ddof=1), stats.norm.ppf(0.975)
        inner, outer = limit_factors(len(d)) * sd
        ours = {
            "mean difference [ml]": d.mean(), "low [ml]": low, "high [ml]": high,
            "t": test.statistic, "SD [ml]": sd, "lower limit [ml]": d.mean() - z * sd,
            "lower, low [ml]": d.mean() - outer, "lower, high [ml]": d.mean() - inner,
            "upper limit [ml]": d.mean() + z * sd, "upper, low [ml]": d.mean() + inner,
            "upper, high [ml]": d.mean() + outer}
        pairs += [(row[name], value) for name, value in ours.items()] + [(row["p"], test.pvalue)]
        counts += [3] * len(ours) + [2]
    compare("table-2", pairs, counts)

    pairs, counts = [], []
    for row, pair in zip(table("table-2b"), PAIRS):
        x, y = t.difference("2D", pair), t.difference("3D", pair)
        test = stats.ttest_rel(x, y)
        low, high = test.confidence_interval(0.95)
        equal = stats.pearsonr(x + y, x - y)
        pairs += [
            (row["change of the mean [ml]"], (x - y).mean()), (row["low [ml]"], low),
            (row["high [ml]"], high), (row["SD ratio 2D/3D"], x.std(ddof=1) / y.std(ddof=1)),
            (row["p"], test.pvalue), (row["p Pitman-Morgan"], equal.pvalue),
            (row["correlation"], stats.pearsonr(x, y).statistic)]
        counts += [3, 3, 3, 3, 2, 2, 2]
    compare("table-2b", pairs, counts)

    pairs, counts = [], []
    for row in table("table-3"):
        readers = slice(None) if row["physician"] == "all" else int(row["physician"][2]) - 1
        own = t.volume[row["method"]][readers].reshape(-1, 3)
        variance, df = own.var(axis=1, ddof=1).mean(), 2 * len(own)
        ends = np.sqrt(df * variance / stats.chi2.ppf([0.975, 0.025], df))
        factor = stats.norm.ppf(0.975) * np.sqrt(2)
        ours = [
            ("within SD [ml]", np.sqrt(variance)), ("low [ml]", ends[0]), ("high [ml]", ends[1]),
            ("CV [%]", 100 * np.sqrt((own.var(axis=1, ddof=1) / own.mean(axis=1) ** 2).mean())),
            ("repeatability [ml]", factor * np.sqrt(variance)),
            ("repeatability low [ml]", factor * ends[0]),
            ("repeatability high [ml]", factor * ends[1])]
        pairs += [(row[name], value) for name, value in ours]
        counts += [3] * len(ours)
    compare("table-3", pairs, counts)

    pairs = []
    for row in table("table-3b"):
        y = t.volume[row["method"]]
        v = reml(y)
        names = ["volunteers", "physicians", "volunteer x physician", "repetitions"]
        ours = {f"SD, {name}": np.sqrt(x) for name, x in zip(names, v)}
        ours["SD, physician and habit"] = np.sqrt(v[1] + v[2])
        ours["ICC(2,1), one measurement"] = v[0] / v.sum()
        ours["ICC(3,1), one measurement"] = v[0] / (v.sum() - v[1])
        cell = y.mean(axis=2)
        k, n = cell.shape
        ms_r = k * cell.mean(axis=0).var(ddof=1)
        ms_c = n * cell.mean(axis=1).var(ddof=1)
        rest = cell - cell.mean(axis=0) - cell.mean(axis=1)[:, None] + cell.mean()
        ms_e = (rest ** 2).sum() / ((n - 1) * (k - 1))
        ours["ICC(2,1), mean of repetitions"] = (ms_r - ms_e) / (
            ms_r + (k - 1) * ms_e + k * (ms_c - ms_e) / n)
        ours["ICC(3,1), mean of repetitions"] = (ms_r - ms_e) / (ms_r + (k - 1) * ms_e)
        pairs.append((row["value"], ours[row["quantity"]]))
    compare("table-3b", pairs, [3] * len(pairs))

    pairs, counts = [], []
    for row in table("table-4"):
        own = t.mean[row["method"]][int(row["physician"][2]) - 1] * COEFFICIENTS[row["coefficient"]]
        d = own - t.mri
        test = stats.ttest_1samp(d, 0)
        margin, error, df = 0.1 * t.mri.mean(), d.std(ddof=1) / np.sqrt(len(d)), len(d) - 1
        sameness = max(
            stats.t.sf((d.mean() + margin) / error, df),
            stats.t.cdf((d.mean() - margin) / error, df))
        narrow = 100 * np.array(test.confidence_interval(0.9)) / t.mri.mean()
        ours = [
            ("mean difference [ml]", d.mean(), 3), ("SD [ml]", d.std(ddof=1), 3),
            ("p", test.pvalue, 2), ("relative [%]", 100 * d.mean() / t.mri.mean(), 3),
            ("low 90 [%]", narrow[0], 3), ("high 90 [%]", narrow[1], 3),
            ("p equivalence", sameness, 2), ("RMSE to MRI [ml]", np.sqrt((d ** 2).mean()), 3),
            ("bias to truth [ml]", (own - t.truth).mean(), 3),
            ("RMSE to truth [ml]", np.sqrt(((own - t.truth) ** 2).mean()), 3)]
        pairs += [(row[name], value) for name, value, _ in ours]
        counts += [count for _, _, count in ours]
    compare("table-4", pairs, counts)

    pairs, counts = [], []
    for row in table("table-4b"):
        own = t.mean[row["method"]][int(row["physician"][2]) - 1]
        line = stats.linregress((own + t.mri) / 2, own - t.mri)
        pairs += [(row["slope"], line.slope), (row["p slope"], line.pvalue)]
        counts += [3, 2]
    compare("table-4b", pairs, counts)

    pairs, counts = [], []
    for j, row in enumerate(table("table-5")):
        a, b = t.time["2D"][j], t.time["3D"][j]
        test = stats.ttest_rel(a.mean(axis=1), b.mean(axis=1))
        pairs += [(row["2D [s]"], a.mean()), (row["3D [s]"], b.mean()), (row["p"], test.pvalue)]
        counts += [3, 3, 2]
    compare("table-5", pairs, counts)

    known = {key: quantities(trial) for key, trial in trials.items()}
    worst, count = 0.0, 0
    for row in read(os.path.join(folder, "cases", "estimates.tsv")):
        key = row["arm"], int(row["seed"])
        if key in known:
            ours = known[key][row["estimator"], row["cell"]]
            # REML with a component at 0 is a search in both programs.
            scale = 1e-6 if row["estimator"] == "less-operator-and-habit" else 1e-9
            worst = max(worst, abs(float(row["value"]) - ours) / scale)
            count += 1
    print(f"estimates\t{count} numbers\tlargest difference {worst:.2g} of what is allowed")
    return 1 if failed or worst > 1 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
