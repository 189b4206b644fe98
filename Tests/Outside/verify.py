"""Recomputes what the ledgers of Figures/ say from their cases, in Python's standard library alone.

    python3 Tests/Outside/verify.py                          every study committed in Figures/
    python3 Tests/Outside/verify.py Figures/dp-fairness [more folders]
    python3 Tests/Outside/verify.py --cases .cache/dp-fairness/cases Figures/dp-fairness

1. Every file that run.json lists is there with its digest, and no other file lies beside them.
2. The measured value of every claim with a recipe is computed again from cases/*.tsv[.gz]. The
   vocabulary is closed, and is that of Sources/StudyKit/Claims/Recipes.swift. Values agree to
   1e-9; where the cells of a column are rounded to six digits, a mean of them to that rounding.
3. The interval is computed again where it is closed form: the t interval between seeds, at the
   level of the claim's rule. Every other interval is counted as not recomputed.
4. Every other claim is listed by name with its reason; the share on the study's page is compared.

Exit code 1 where a file, value or share is not what it should be, 64 for wrong arguments.
"""

import csv
import gzip
import hashlib
import json
import math
import operator
import os
import sys

COMPARISONS = {
    "!=": operator.ne, "<=": operator.le, ">=": operator.ge,
    "=": operator.eq, "<": operator.lt, ">": operator.gt,
}
COMPOSITES = ("difference", "average", "largest", "absolute")
ARGUMENTS = {
    "count": 0, "mean": 1, "sd": 1, "quantile": 2, "auroc": 2, "mean-auroc": 0, "pearson": 2,
    "paired-t": 2, "accuracy": 3, "sensitivity": 3, "specificity": 3, "dice": 3,
}

# Why a claim is not recomputed, in the words of the page.
NOT_MEASURED = "no number was measured"
PRINTED = "follows from printed numbers, with no cases behind it"
NO_RECIPE = "no recipe in the closed vocabulary"
SOME_SEEDS = "the cases kept here are those of some of its seeds"
NOT_EVALUATED = "its recipe cannot be evaluated on these cases"
DIFFERS = "differs from its cases"
REASONS = (NOT_MEASURED, PRINTED, NO_RECIPE, SOME_SEEDS, NOT_EVALUATED, DIFFERS)


class Undefined(ValueError):
    """A recipe that these rows give no number for."""


# --- numbers -----------------------------------------------------------------------------------


def mean(values):
    if not values:
        raise Undefined("no values")
    return math.fsum(values) / len(values)


def deviation(values):
    """Standard deviation with n - 1."""
    if len(values) < 2:
        raise Undefined("fewer than two values")
    centre = mean(values)
    return math.sqrt(math.fsum((x - centre) ** 2 for x in values) / (len(values) - 1))


def quantile(values, p):
    """Type 7 of Hyndman and Fan: linear between order statistics."""
    if not values or not 0 <= p <= 1:
        raise Undefined("no values, or a probability outside 0 to 1")
    values = sorted(values)
    place = p * (len(values) - 1)
    lower = int(place)
    if lower + 1 == len(values):
        return values[lower]
    return values[lower] + (place - lower) * (values[lower + 1] - values[lower])


def auroc(labels, scores):
    """Mann-Whitney, ties count one half; None where a class is missing."""
    positives = sum(labels)
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        return None
    order = sorted(range(len(scores)), key=scores.__getitem__)
    twice, below, i = 0, 0, 0
    while i < len(order):
        j, tied = i, 0
        while j < len(order) and scores[order[j]] == scores[order[i]]:
            tied += labels[order[j]]
            j += 1
        others = j - i - tied
        twice += tied * (2 * below + others)
        below += others
        i = j
    return twice / 2 / (positives * negatives)


def pearson(x, y):
    if len(x) < 2:
        raise Undefined("fewer than two pairs")
    a, b = mean(x), mean(y)
    xx = math.fsum((u - a) ** 2 for u in x)
    yy = math.fsum((v - b) ** 2 for v in y)
    if xx == 0 or yy == 0:
        raise Undefined("a constant column")
    return math.fsum((u - a) * (v - b) for u, v in zip(x, y)) / math.sqrt(xx * yy)


def paired_t(x, y):
    """Mean difference over its standard error."""
    differences = [u - v for u, v in zip(x, y)]
    spread = deviation(differences)
    if spread == 0:
        raise Undefined("equal differences")
    return mean(differences) / (spread / math.sqrt(len(differences)))


def incomplete_beta(a, b, x):
    """The regularised incomplete beta function by Lentz's continued fraction."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(log + a * math.log(x) + b * math.log1p(-x)) / a
    tiny, c, d, result = 1e-300, 1.0, 0.0, 1.0
    for i in range(400):
        m = i // 2
        if i == 0:
            term = 1.0
        elif i % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 + term * d
        d = 1 / (d if abs(d) > tiny else tiny)
        c = 1 + term / c
        c = c if abs(c) > tiny else tiny
        result *= c * d
        if abs(1 - c * d) < 1e-16:
            break
    return front * (result - 1)


def t_quantile(p, degrees):
    """Student's t for p above one half, by bisection of its distribution function."""
    low, high = 0.0, 1.0

    def above(t):
        return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2

    while above(high) > 1 - p:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if above(middle) > 1 - p else (low, middle)
    return (low + high) / 2


def seed_interval(values, level):
    """mean +- t(k - 1) s / sqrt(k) of one value a seed."""
    half = t_quantile(0.5 + level / 2, len(values) - 1) * deviation(values) / math.sqrt(len(values))
    return mean(values) - half, mean(values) + half


# --- tables ------------------------------------------------------------------------------------


def read(path):
    """Column name -> list of cells."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise ValueError(f"{path}: rows of different lengths")
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def complete(table, columns):
    """Rows in which every one of the columns has a number; a constant may stand for a column."""
    fixed = [number(column) if column not in table else None for column in columns]
    height = len(next(iter(table.values())))
    rows = []
    for i in range(height):
        cells = [
            table[column][i] if constant is None else constant
            for column, constant in zip(columns, fixed)
        ]
        if "" not in cells:
            rows.append([float(cell) for cell in cells])
    return [list(column) for column in zip(*rows)] if rows else [[] for _ in columns]


def digits(cell):
    """Significant digits of a cell."""
    return len(cell.lower().partition("e")[0].replace("-", "").replace(".", "").lstrip("0"))


def rounding(cells):
    """Half of the sixth digit, on average, where the cells were rounded to six digits; else 0."""
    cells = [cell for cell in cells if cell]
    if not cells or max(map(digits, cells)) != 6:
        return 0.0
    halves = [
        0.5 * 10.0 ** (math.floor(math.log10(abs(float(cell)))) - 5) if float(cell) else 0.0
        for cell in cells
    ]
    return mean(halves)


# --- recipes -----------------------------------------------------------------------------------


def split(text, separators):
    parts, depth = [""], 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth == 0 and c in separators:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts]


def parse(text):
    text = text.strip()
    name, _, rest = text.partition("(")
    name = name.strip()
    if not rest.endswith(")"):
        raise ValueError(f"recipe {text}: expected name(...)")
    inside = rest[:-1]
    if name in COMPOSITES:
        parts = [parse(part) for part in split(inside, ";,")]
        if len(parts) != {"difference": 2, "absolute": 1}.get(name, len(parts)):
            raise ValueError(f"recipe {text}: {len(parts)} parts")
        return name, parts
    if name not in ARGUMENTS:
        raise ValueError(f"recipe {text}: unknown estimator {name}")
    halves = split(inside, "|")
    head = split(halves[0], ";")
    arguments = split(head[1], ",") if len(head) > 1 else []
    if len(arguments) != ARGUMENTS[name] or len(head) > 2 or len(halves) > 2:
        raise ValueError(f"recipe {text}: {name} takes a table and {ARGUMENTS[name]} columns")
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
    keep = range(len(next(iter(table.values()))))
    for column, sign, value in filters:
        known = {cell: accepts(cell, sign, value) for cell in set(table[column])}
        keep = [i for i in keep if known[table[column][i]]]
    if seed is not None and "seed" in table and not any(f[0] == "seed" for f in filters):
        keep = [i for i in keep if table["seed"][i] == seed]
    return {name: [column[i] for i in keep] for name, column in table.items()}


def area(table, truth, score):
    labels, scores = complete(table, [truth, score])
    return auroc([y > 0.5 for y in labels], scores)


def estimate(name, table, arguments):
    """The number of a leaf, and how far the rounding of its cells may move it."""
    if name == "count":
        return len(next(iter(table.values()))), 0.0
    if name == "mean-auroc":
        labels = [c[6:] for c in table if c.startswith("truth.") and "score." + c[6:] in table]
        found = [area(table, "truth." + label, "score." + label) for label in labels]
        return mean([value for value in found if value is not None]), 0.0
    if name == "auroc":
        value = area(table, *arguments)
        if value is None:
            raise Undefined("one class only")
        return value, 0.0
    if name == "mean":
        return mean(complete(table, arguments)[0]), rounding(table[arguments[0]])
    if name == "sd":
        return deviation(complete(table, arguments)[0]), 0.0
    if name == "quantile":
        return quantile(complete(table, arguments[:1])[0], float(arguments[1])), 0.0
    if name in ("pearson", "paired-t"):
        x, y = complete(table, arguments)
        return (pearson if name == "pearson" else paired_t)(x, y), 0.0
    rows = [(y > 0.5, x >= t) for y, x, t in zip(*complete(table, arguments))]
    if name == "dice":
        both = sum(y and called for y, called in rows)
        either = sum(y + called for y, called in rows)
        if either == 0:
            raise Undefined("nothing positive on either side")
        return 2 * both / either, 0.0
    chosen = {"accuracy": (True, False), "sensitivity": (True,), "specificity": (False,)}[name]
    return mean([float(y == called) for y, called in rows if y in chosen]), 0.0


def evaluate(recipe, tables, seed):
    name, body = recipe
    if name not in COMPOSITES:
        table, arguments, filters = body
        return estimate(name, select(tables(table), filters, seed), arguments)
    values, slack = zip(*(evaluate(part, tables, seed) for part in body))
    if name == "difference":
        return values[0] - values[1], sum(slack)
    if name == "absolute":
        return abs(values[0]), slack[0]
    return (mean(values), mean(slack)) if name == "average" else (max(values), max(slack))


def recompute(text, tables):
    """(value, slack) for each seed of a recipe; one pair, and False, where it has no seeds."""
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
        return [evaluate(recipe, tables, None)], False
    if not seeds:
        raise Undefined(f"recipe {text}: no rows")
    return [evaluate(recipe, tables, seed) for seed in seeds], True


# --- a study -----------------------------------------------------------------------------------


def close(a, b, slack=0.0):
    return abs(a - b) <= 1e-9 * max(1, abs(a)) + slack


def check_files(folder, record, say):
    """Files that are not what the run wrote."""
    listed = record.get("outputs", {})
    there = set()
    for place, _, names in os.walk(folder):
        there.update(os.path.relpath(os.path.join(place, name), folder) for name in names)
    there.discard("run.json")
    faults = [f"{name}: no such file, but run.json has it" for name in listed if name not in there]
    faults += [f"{name}: not a file of the run" for name in there if name not in listed]
    for name in sorted(there & set(listed)):
        with open(os.path.join(folder, name), "rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != listed[name]:
                faults.append(f"{name}: changed since the run wrote it")
    for fault in sorted(faults):
        say(f"  FAULT {fault}")
    return len(faults)


def judge(row, tables, say):
    """(reason or None, whether the interval was recomputed) of one row of a ledger."""
    if not row["measured"]:
        return NOT_MEASURED, False
    if not row["recipe"]:
        return PRINTED if row["tier"] == "aggregates" else NO_RECIPE, False
    try:
        parse(row["recipe"])
    except ValueError:
        return NO_RECIPE, False
    name = f"{row['id']} ({row['tier']})"
    measured = float(row["measured"])
    try:
        pairs, by_seed = recompute(row["recipe"], tables)
    except (ValueError, KeyError, OSError) as error:
        say(f"  FAULT {name}: {NOT_EVALUATED}: {error}")
        return NOT_EVALUATED, False
    if by_seed and row["seeds"] and len(pairs) < int(row["seeds"]):
        return SOME_SEEDS, False
    values = [value for value, _ in pairs]
    slack = mean([slack for _, slack in pairs])
    ours = mean(values)
    if not close(measured, ours, slack):
        say(f"  FAULT {name}: measured {measured!r}, its cases give {ours!r}")
        return DIFFERS, False
    if not by_seed or len(values) < 2 or not row["low"] or not row["high"]:
        return None, False
    level = 0.9 if row["rule." + tier_rule(row["tier"])].startswith("E") else 0.95
    ends = seed_interval(values, level)
    # Rounding moves the ends by at most its share in the mean and, through s, t times as much.
    reach = slack * (1 + t_quantile(0.5 + level / 2, len(values) - 1))
    return None, all(close(float(row[key]), end, reach) for key, end in zip(("low", "high"), ends))


def tier_rule(tier):
    return {"aggregates": "aggregates", "simulated": "simulated"}.get(tier, "public")


def share_line(recomputed, measured, intervals):
    """The line of the page; Sources/StudyKit/Claims/Recomputation.swift writes it."""
    return (
        f"`make verify` recomputes {recomputed} of {measured} measured values from `cases/`, "
        f"and {intervals} of their intervals."
    )


def verify(folder, cases=None, say=print):
    """Number of faults of a folder of results."""
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        record = json.load(file)
    say(f"{folder}:")
    faults = check_files(folder, record, say)
    if not os.path.exists(os.path.join(folder, "ledger.tsv")):
        say(f"  {len(record.get('outputs', {}))} files as the run wrote them; it judges no claims")
        return faults
    place = cases or os.path.join(folder, "cases")
    cache = {}

    def tables(name):
        if name not in cache:
            plain = os.path.join(place, name + ".tsv")
            cache[name] = read(plain if os.path.exists(plain) else plain + ".gz")
        return cache[name]

    ledger = read(os.path.join(folder, "ledger.tsv"))
    height = len(ledger["id"])
    rest = {reason: [] for reason in REASONS}
    recomputed = intervals = 0
    for i in range(height):
        row = {name: column[i] for name, column in ledger.items()}
        reason, with_interval = judge(row, tables, say)
        intervals += with_interval
        if reason is None:
            recomputed += 1
        else:
            rest[reason].append(f"{row['id']} ({row['tier']})")
    faults += len(rest[NOT_EVALUATED]) + len(rest[DIFFERS])
    measured = height - len(rest[NOT_MEASURED])
    line = share_line(recomputed, measured, intervals)
    say(f"  {recomputed} of {measured} measured values recomputed, {intervals} of their intervals")
    for reason in REASONS:
        if rest[reason]:
            say(f"  {reason}: {', '.join(rest[reason])}")
    page = os.path.join(folder, "REVIEW.md")
    text = open(page, encoding="utf-8").read() if os.path.exists(page) else ""
    if cases is None and line not in text:
        if "`make verify` recomputes" in text:
            say("  FAULT REVIEW.md: states another share")
            faults += 1
        elif text:
            say("  REVIEW.md states no share yet; `make redraw-<study>` writes it")
    return faults


def committed():
    """Folders of Figures/ that a run at default options wrote."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Figures")
    return [
        os.path.relpath(os.path.join(root, name)) for name in sorted(os.listdir(root))
        if "@" not in name and os.path.exists(os.path.join(root, name, "run.json"))
    ]


def main(arguments):
    cases = None
    if arguments[:1] == ["--cases"]:
        cases, arguments = (arguments[1:2] or [None])[0], arguments[2:]
    if any(argument.startswith("-") for argument in arguments) or (cases and len(arguments) != 1):
        print(__doc__, file=sys.stderr)
        return 64
    faults = 0
    for folder in arguments or committed():
        try:
            faults += verify(folder, cases)
        except (OSError, ValueError) as error:
            print(f"  FAULT {folder}: cannot be read: {error}")
            faults += 1
    print(f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
