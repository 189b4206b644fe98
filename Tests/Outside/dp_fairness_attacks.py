"""What attacks and accountants of dp-fairness come to, written again with numpy and scipy: one-run
audits, bounds from error rates, privacy-loss distributions of (groups in) Poisson samples, and with
them Tables 7 to 10. Called by dp_fairness_tables.py.

    python Tests/Outside/dp_fairness_attacks.py

alone compares the accountant with published values (digest of the paper; Google's dp-accounting).
"""

import math
import os

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

from dp_fairness_training import read


def audit_p(m, r, v, epsilon, delta):
    """p-value of one-run auditing, Steinke, Nasr and Jagielski 2023, appendix D."""
    if v == 0:
        return 1.0
    q = 1 / (1 + math.exp(-epsilon))
    below = np.cumsum(stats.binom.pmf(np.arange(v - 1, -1, -1), r, q))
    alpha = max([0.0] + list(below / np.arange(1, v + 1)))
    return min(1, stats.binom.sf(v - 1, r, q) + alpha * delta * 2 * m)


def one_run(m, r, v, delta, level):
    """The largest epsilon that v of r right guesses about m canaries reject."""
    low, high = 0.0, 1.0
    if audit_p(m, r, v, 0, delta) >= level:
        return 0.0
    while audit_p(m, r, v, high, delta) < level:
        low, high = high, 2 * high
    for _ in range(50):
        middle = (low + high) / 2
        if audit_p(m, r, v, middle, delta) < level:
            low = middle
        else:
            high = middle
    return low


def audit(scores, included, delta, level):
    """The bound of one run: a fifth of the canaries is guessed, half of them in."""
    half = len(scores) // 5 // 2
    order = np.lexsort((np.arange(len(scores)), scores))
    right = (~included[order[:half]]).sum() + included[order[len(order) - half:]].sum()
    return one_run(len(scores), 2 * half, int(right), delta, level)


def attack_bound(called, present, mistaken, absent, delta, confidence=0.95):
    """epsilon of an attack's error rates, each at the bad end of its Clopper-Pearson interval."""
    tail = (1 - confidence) / 2

    def limits(k, n):
        low = 0.0 if k == 0 else stats.beta.ppf(tail, k, n - k + 1)
        high = 1.0 if k == n else stats.beta.ppf(1 - tail, k + 1, n - k)
        return low, high

    def bound(above, below):
        return math.log((above - delta) / below) if above > delta and below > 0 else 0.0

    hit, miss = limits(called, present), limits(mistaken, absent)
    return max(0.0, bound(hit[0], miss[1]), bound(1 - miss[1], 1 - hit[0]))


def called_bound(inside, outside, threshold, delta, confidence=0.95):
    """The same of scores: at or above the threshold is called in."""
    return attack_bound(
        int((inside >= threshold).sum()), len(inside), int((outside >= threshold).sum()),
        len(outside), delta, confidence)


def trials(runs, delta, confidence):
    """Canaries as trials; runs are (scores, included), the first one chooses the threshold."""
    scores, included = runs[0]
    candidates = np.sort(scores)
    best = (-1.0, 0.0)
    for place in range(0, len(candidates), max(1, len(candidates) // 50)):
        found = 0.0
        if 0 < included.sum() < len(included):
            found = called_bound(
                scores[included], scores[~included], candidates[place], delta, 0.8)
        if found > best[0]:
            best = (found, candidates[place])
    scores = np.concatenate([one for one, _ in runs[1:]])
    included = np.concatenate([one for _, one in runs[1:]])
    return called_bound(scores[included], scores[~included], best[1], delta, confidence)


def looks(scores, included):
    """All canaries, and those of either layer."""
    cut = len(scores) // 2
    return [(scores[part], included[part])
            for part in (slice(None), slice(0, cut), slice(cut, None))]


def shuffled_bound(sigma, batches, delta):
    """epsilon that one epoch of shuffled batches costs at least (Chua et al. 2024)."""
    c = np.arange(0, int((2 + 12 * sigma) / (sigma / 100)) + 1) * sigma / 100

    def exceeds(shift):
        return -np.expm1(
            (batches - 1) * stats.norm.logcdf(c / sigma) + stats.norm.logcdf((c - shift) / sigma))

    far, near = exceeds(2), exceeds(1)
    low, high = 0.0, 200.0
    for _ in range(100):
        middle = (low + high) / 2
        if max(0.0, (far - math.exp(middle) * near).max()) <= delta:
            high = middle
        else:
            low = middle
    return low


def epsilon(q, sigma, steps, delta, group=1):
    """epsilon of Poisson-sampled Gaussian steps for `group` records, by their loss's distribution.

    P = sum_j Binomial(j; group, q) N(j, sigma^2), Q = N(0, sigma^2); the loss ln P/Q under P and its
    negative under Q, on a grid, convolved by FFT; the larger epsilon of both directions.
    """
    if q == 1:
        return gaussian_epsilon(group * math.sqrt(steps) / sigma, delta)
    j = np.arange(group + 1)
    weights = stats.binom.pmf(j, group, q)
    xs = np.linspace(-14 * sigma, group + 14 * sigma, 100_001)
    terms = np.log(weights)[:, None] + (2 * j[:, None] * xs - (j * j)[:, None]) / (2 * sigma ** 2)
    top = terms.max(axis=0)
    loss = top + np.log(np.exp(terms - top).sum(axis=0))
    # Wide enough for the sum's mean and spread under P, and for one step's largest loss.
    density = sum(w * stats.norm.pdf(xs, at, sigma) for w, at in zip(weights, j))
    density /= density.sum()
    centre = (density * loss).sum()
    spread = math.sqrt(max(0.0, (density * loss ** 2).sum() - centre ** 2))
    reach = max(40.0, abs(steps * centre) + 15 * math.sqrt(steps) * spread, 2 * loss.max())
    size = 1 << 18
    h = 2 * reach / size
    grid = (np.arange(size) - size // 2) * h
    edges = np.append(grid, grid[-1] + h) - h / 2

    def composed(mass):
        return np.fft.fftshift(
            np.fft.irfft(np.fft.rfft(np.fft.ifftshift(mass)) ** steps, size))

    def spent(mass):
        """Where E[(1 - e^(epsilon - loss))+] falls to delta, between points of the grid."""
        points, mass = grid[grid > 0], mass[grid > 0]
        all_above = np.cumsum(mass[::-1])[::-1] - mass
        # e^(epsilon - loss) summed from above, kept in range by steps of one cell.
        excess, carried = np.empty(len(points)), 0.0
        shrink = math.exp(-h)
        for place in range(len(points) - 1, -1, -1):
            excess[place] = all_above[place] - carried
            carried = (carried + mass[place]) * shrink
        below = np.nonzero(excess <= delta)[0]
        if len(below) == 0:
            return math.inf
        if below[0] == 0:
            return 0.0
        place = below[0]
        part = (excess[place - 1] - delta) / (excess[place - 1] - excess[place])
        return points[place - 1] + part * h

    places = np.interp(edges, loss, xs, left=-np.inf, right=np.inf)
    removing = np.diff(
        sum(w * stats.norm.cdf(places, at, sigma) for w, at in zip(weights, j)))
    # The loss of adding falls with x: reflect the axis. Its probabilities are those of Q.
    places = np.interp(edges, -loss[::-1], -xs[::-1], left=-np.inf, right=np.inf)
    adding = np.diff(stats.norm.cdf(places, 0, sigma))
    return max(spent(composed(removing)), spent(composed(adding)))


def gaussian_epsilon(mu, delta):
    """epsilon of one Gaussian release (Balle and Wang 2018)."""
    def excess(value):
        return (stats.norm.cdf(mu / 2 - value / mu)
                - math.exp(value + stats.norm.logcdf(-mu / 2 - value / mu)))

    low, high = 0.0, mu * mu / 2 + 40 * mu
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if excess(middle) <= delta else (middle, high)
    return low


def attack_tables(folder, whole, report, half_digits):
    """Tables 7 to 10."""
    canaries = read(os.path.join(folder, "cases", "canaries.tsv.gz"))
    updates = read(os.path.join(folder, "cases", "updates.tsv.gz"))
    delta = 1e-5

    def runs(bug, size):
        mine = (canaries["bug"] == bug) & (canaries["canaries"] == size)
        found = []
        for repeat in sorted(set(canaries["repeat"][mine]), key=int):
            one = mine & (canaries["repeat"] == repeat)
            found.append((canaries["score"][one].astype(float), canaries["included"][one] == "1"))
        return found

    def by_trials(all_runs):
        parts = [looks(*run) for run in all_runs]
        return max(
            trials([part[look] for part in parts], delta, 1 - 0.05 / 3)
            for look in range(3))

    table = read(os.path.join(folder, "table-7.tsv"))
    offs = []
    for place, (bug, size) in enumerate(zip(table["bug"], table["canaries"])):
        mine = runs(bug, size)
        bounds = sorted(
            max(audit(scores, there, delta, 0.05 / 3)
                for scores, there in looks(*run)) for run in mine)
        middle, many = bounds[len(bounds) // 2], by_trials(mine)
        for column, ours in [
                ("one run, median", middle), ("one run, largest", bounds[-1]),
                ("as trials", many)]:
            offs.append(half_digits(table[column][place], ours, 3))
        above = max(middle, many) > float(table["stated epsilon"][place])
        offs.append(0 if above == (table["above the claim"][place] == "true") else math.inf)
        seen = (updates["bug"] == bug) & (updates["canaries"] == size)
        squares = updates["mean square"][seen].astype(float)
        n = updates["coordinates"][seen].astype(int).sum()
        ratio = squares.mean() / float(updates["stated variance"][seen][0])
        low, high = (stats.chi2.ppf(p, n) / n for p in (0.0005, 0.9995))
        for column, ours in [
                ("noise variance, observed over stated", ratio), ("low", low), ("high", high)]:
            offs.append(half_digits(table[column][place], ours, 3))
        offs.append(
            0 if (low <= ratio <= high) == (table["variance right"][place] == "true")
            else math.inf)
    report("table-7", offs, "bounds and variances")

    table = read(os.path.join(folder, "table-7b.tsv"))
    offs = []
    for place, size in enumerate(table["canaries"]):
        mine = runs("none", size)
        bounds = sorted(audit(scores, there, delta, 0.05) for scores, there in mine)
        guesses = int(size) // 5 // 2 * 2
        for column, ours in [
                ("one run, median", bounds[len(bounds) // 2]), ("one run, largest", bounds[-1]),
                ("every guess right", one_run(int(size), guesses, guesses, delta, 0.05)),
                ("as trials", by_trials(mine))]:
            offs.append(half_digits(table[column][place], ours, 3))
    report("table-7b", offs, "bounds")

    table = read(os.path.join(folder, "table-8.tsv"))
    called = read(os.path.join(folder, "cases", "attacks.tsv"))
    offs, wide = [], []
    for place, (sigma, size) in enumerate(zip(table["sigma"], table["batches"])):
        delta_of_row = float(table["delta"][place])
        offs.append(half_digits(
            table["shuffled, proven at least"][place],
            shuffled_bound(float(sigma), int(size), delta_of_row), 4))
        for sampling, column in [
                ("shuffled", "shuffled, attacked at least"),
                ("poisson", "Poisson, attacked at least")]:
            one = ((called["sigma"] == sigma) & (called["batches"] == size)
                   & (called["sampling"] == sampling))
            counts = [int(called[c][one][0]) for c in ["called", "present", "mistaken", "absent"]]
            offs.append(half_digits(
                table[column][place], attack_bound(*counts, delta_of_row), 4))
        ours = epsilon(1 / int(size), float(sigma), int(size), delta_of_row)
        wide.append(abs(float(table["Poisson, accountant"][place]) - ours) / 0.025)
    report("table-8", offs, "bounds")
    report("table-8 (accountant, within .025)", wide, "epsilons")

    losses = read(os.path.join(whole, "losses.tsv.gz"))
    mechanism = read(os.path.join(folder, "cases", "mechanism.tsv"))
    table = read(os.path.join(folder, "table-9.tsv"))
    offs = []
    for place, arm in enumerate(table["arm"]):
        areas, bounds = [], []
        for seed in sorted(set(losses["seed"][losses["arm"] == arm]), key=int):
            one = (losses["arm"] == arm) & (losses["seed"] == seed)
            score = -losses["loss"][one].astype(float)
            there = losses["in training"][one] == "1"
            areas.append(roc_auc_score(there, score))
            inside, outside = score[there], score[~there]
            candidates = np.sort(outside[0::2])
            cut = candidates[min(len(candidates) - 1, len(candidates) * 95 // 100)]
            # Both judged arms see all training images, and delta follows from their number.
            bounds.append(called_bound(
                inside[1::2], outside[1::2], cut, float(mechanism["delta"][0])))
        for column, ours in [
                ("AUROC of membership", np.mean(areas)), ("smallest", min(areas)),
                ("largest", max(areas))]:
            offs.append(half_digits(table[column][place], ours, 4))
        offs.append(half_digits(
            table["epsilon at least"][place], sorted(bounds)[len(bounds) // 2], 3))
    report("table-9", offs, "attacks")

    table = read(os.path.join(folder, "table-10.tsv"))
    offs, wide = [], []
    rate = int(mechanism["batch"][0]) / int(mechanism["images"][0])
    steps = max(mechanism["releases"].astype(int))
    for place, images in enumerate(table["images of the patient"].astype(int)):
        own, of_row = float(table["epsilon of an image"][place]), float(mechanism["delta"][0])
        ours = epsilon(
            rate, float(mechanism["noise multiplier"][0]), steps, of_row, int(images))
        wide.append(
            abs(float(table["right composition"][place]) - ours) / (0.025 + 1e-3 * ours))
        offs.append(half_digits(table["k times epsilon"][place], images * own, 4))
        # The ratio of the two exponentials, without leaving the range of a double.
        ratio = math.exp((images - 1) * own) * math.expm1(-images * own) / math.expm1(-own)
        offs.append(half_digits(
            table["delta of k times epsilon"][place], min(1, of_row * ratio), 2))
    report("table-10", offs, "bounds")
    report("table-10 (accountant, within .025 and .1 %)", wide, "epsilons")


def main():
    published = [
        (0.01, 1.0, 1000, 1e-5, 1, 1.828244), (0.01, 1.1, 1000, 1e-5, 1, 1.515370),
        (256 / 60000, 1.1, 14100, 1e-5, 1, 2.385211), (0.05, 1.0, 400, 1e-5, 1, 6.699970),
        (0.1, 1.5, 300, 1e-4, 1, 5.441820), (0.064, 1.2, 500, 1e-3, 1, 5.100596),
        (0.05, 0.8, 200, 1e-3, 1, 5.145901), (1, 10, 10, 1e-5, 1, 1.199370),
        (500 / 10000, 1.11, 800, 6e-5, 1, 7.18), (500 / 10000, 1.11, 800, 6e-5, 4, 44.8),
        (500 / 10000, 4.98, 800, 6e-5, 1, 0.95), (500 / 10000, 4.98, 800, 6e-5, 4, 4.70)]
    for q, sigma, steps, delta, group, value in published:
        ours = epsilon(q, sigma, steps, delta, group)
        print(f"q {q:.5g} sigma {sigma} T {steps} delta {delta} k {group}: {ours:.6f}, "
              f"published {value}, difference {ours - value:.2g}")


if __name__ == "__main__":
    main()
