"""The command on files of a million rows: seconds, memory, and values that are known beforehand.

    python3 Tests/Outside/million_rows.py .build/release/lightbox [rows]

Files are made by formula in a temporary folder (some 30 MB each), so that NumPy is not needed.
Every verb must end within 60 seconds of processor time and 4 GiB of memory, the bound of a laptop;
both are printed. Exit code 1 where one does not, or a value is not the one expected.
"""

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time

SECONDS, BYTES = 60, 4 << 30


def fraction(i, step):
    """The fractional part of i times a constant: equidistributed, the same everywhere."""
    return i * step % 1.0


def write(path, header, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.write("\t".join(header) + "\n")
        file.writelines("\t".join(row) + "\n" for row in rows)


def readings(n):
    for i in range(n):
        truth = i % 2
        score = 0.5 * truth + fraction(i, 0.6180339887498949)
        second = 0.25 * truth + fraction(i, 0.4142135623730951)
        yield (f"c{i}", f"p{i // 2}", "FM"[i % 4 // 2], str(truth), f"{score:.6f}", f"{second:.6f}")


def times(n):
    for i in range(n):
        arm = i % 2
        days = math.ceil(-math.log(1 - fraction(i, 0.6180339887498949)) * (800 if arm else 400))
        died = int(fraction(i, 0.4142135623730951) < 0.7)
        yield (str(days), str(died), "AB"[arm], f"{40 + fraction(i, 0.7320508075688772) * 40:.3f}")


def measurements(n):
    for i in range(n):
        volume = 3 + 9 * fraction(i, 0.6180339887498949)
        error = fraction(i, 0.4142135623730951) - 0.5
        yield (f"s{i}", f"{volume:.6f}", f"{volume + 0.25 + error:.6f}")


def run(command, arguments):
    """JSON of a verb, with the processor seconds and peak memory of its process."""
    started = time.monotonic()
    process = subprocess.Popen(
        [command] + arguments + ["--json"], stdout=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS * 4, SECONDS * 4)))
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    found = json.loads(output) if process.returncode == 0 else None
    return found, process.returncode, time.monotonic() - started, seconds, peak


def main(command, rows):
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        cases, survival, pairs = (os.path.join(folder, f"{name}.tsv") for name in "abc")
        write(cases, ("case", "patient", "sex", "truth", "model", "reader"), readings(rows))
        write(survival, ("days", "died", "arm", "age"), times(rows))
        write(pairs, ("subject", "first", "second"), measurements(rows))
        scored = [cases, "--truth", "truth", "--score", "model"]
        # P(u + 1/2 > v) = 7/8 and P(u + 1/4 > v) = 23/32 for independent uniform u and v; the
        # sequences are even to some log(n)/n.
        tried = [
            ("roc", ["roc"] + scored + ["--compare", "reader"],
             lambda r: abs(r["curves"][0]["auroc"] - 7 / 8) < 1e-3
             and abs(r["curves"][1]["auroc"] - 23 / 32) < 1e-3),
            ("roc, clusters", ["roc"] + scored + ["--cluster", "patient"],
             lambda r: abs(r["curves"][0]["auroc"] - 7 / 8) < 1e-3),
            ("fairness", ["fairness"] + scored + ["--group", "sex", "--threshold", "0.75"],
             lambda r: r["cases"] == rows),
            ("survival", ["survival", survival, "--time", "days", "--event", "died", "--group",
                          "arm", "--covariates", "age,arm"],
             # Exponential times with means of 400 and 800 days: the hazard halves.
             lambda r: abs(math.log(r["cox"]["coefficients"][1]["hazardRatio"] * 2)) < 0.02),
            ("agreement", ["agreement", pairs, "--subject", "subject", "--columns", "first,second"],
             # First minus second is -1/4 less a number with mean 0.
             lambda r: abs(r["pairs"][0]["bias"]["value"] + 0.25) < 1e-3),
        ]
        for name, arguments, holds in tried:
            found, code, wall, seconds, peak = run(command, arguments)
            right = found is not None and holds(found)
            bounded = seconds <= SECONDS and peak <= BYTES
            faults += not (right and bounded)
            print(f"{name}: {rows} rows, {wall:.1f} s ({seconds:.1f} s of processor), "
                  f"{peak >> 20} MiB, exit code {code}"
                  + ("" if right else ", NOT THE VALUE EXPECTED") + ("" if bounded else ", TOO MUCH"))
    return 1 if faults else 0


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 1_000_000))
