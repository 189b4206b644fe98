"""Plants one wrong digit at a time in a copy of committed results; verify.py has to find each.

    python3 Tests/Outside/verify_planted.py [folders]

Every kind of file is tried twice: as it is, where the digest of run.json tells, and with that
digest made to fit, where only the recomputation from cases/ can tell. Standard library alone;
exit code 1 where a planted digit stays unseen, or a copy without one is faulted.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile

import verify


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    return (gzip.decompress(data) if path.endswith(".gz") else data).decode("utf-8")


def store(path, text):
    data = text.encode("utf-8")
    with open(path, "wb") as file:
        file.write(gzip.compress(data, mtime=0) if path.endswith(".gz") else data)


def changed(cell):
    """The cell with its first digit that is not 0 made another one."""
    place = re.search("[1-9]", cell).start()
    return cell[:place] + ("7" if cell[place] != "7" else "4") + cell[place + 1 :]


def plant(path, wanted):
    """Changes the first numeric cell for which wanted(row as a dictionary, column) holds."""
    lines = load(path).split("\n")
    header = lines[0].split("\t")
    for i, line in enumerate(lines[1:], start=1):
        cells = line.split("\t")
        for k, cell in enumerate(cells):
            is_number = verify.number(cell) is not None and re.search("[1-9]", cell)
            if is_number and wanted(dict(zip(header, cells)), header[k]):
                cells[k] = changed(cell)
                lines[i] = "\t".join(cells)
                store(path, "\n".join(lines))
                return f"row {i + 1}, column {header[k]}: {cell} -> {cells[k]}"
    return None


def fit_digest(folder, name):
    path = os.path.join(folder, "run.json")
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    with open(os.path.join(folder, name), "rb") as file:
        record["outputs"][name] = hashlib.sha256(file.read()).hexdigest()
    with open(path, "w", encoding="utf-8") as file:
        json.dump(record, file)


def recomputed(folder):
    """Rows of the ledger that verify.py recomputes: (id, tier), recipe; with intervals apart."""
    path = os.path.join(folder, "ledger.tsv")
    if not os.path.exists(path):
        return [], []
    ledger, found, closed = verify.read(path), [], []

    def tables(name):
        plain = os.path.join(folder, "cases", name + ".tsv")
        return verify.read(plain if os.path.exists(plain) else plain + ".gz")

    for i in range(len(ledger["id"])):
        row = {name: column[i] for name, column in ledger.items()}
        reason, with_interval = verify.judge(row, tables, lambda line: None)
        if reason is None:
            found.append(row)
        if with_interval:
            closed.append(row)
    return found, closed


def plants(folder):
    """(file, wanted, whether the digest is made to fit) for what a folder has."""
    drawn = [name for name in os.listdir(folder) if re.fullmatch(r"(table|figure)-.*\.tsv", name)]
    for name in sorted(drawn, key=lambda name: (name.startswith("figure"), name))[:1]:
        yield name, lambda row, column: True, False
    found, closed = recomputed(folder)
    if not found:
        return
    row = found[0]
    yield "ledger.tsv", lambda r, c: r["id"] == row["id"] and c == "measured", False
    yield (
        "ledger.tsv",
        lambda r, c: (r["id"], r["tier"], c) == (row["id"], row["tier"], "measured"), True,
    )
    with open(os.path.join(folder, "REVIEW.md"), encoding="utf-8") as file:
        states_share = "`make verify` recomputes" in file.read()
    if closed and states_share:
        end = closed[0]
        yield (
            "ledger.tsv", lambda r, c: (r["id"], r["tier"], c) == (end["id"], end["tier"], "low"),
            True,
        )
    table, arguments, filters = verify.leaves(verify.parse(row["recipe"]))[0]
    if arguments:
        name = f"cases/{table}.tsv"
        name = name if os.path.exists(os.path.join(folder, name)) else name + ".gz"

        def used(r, c):
            return c == arguments[-1] and all(verify.accepts(r[k], s, v) for k, s, v in filters)

        yield name, used, False
        yield name, used, True


def main(folders):
    unseen, tried = 0, 0
    for folder in folders or verify.committed():
        with tempfile.TemporaryDirectory() as place:
            copy = os.path.join(place, os.path.basename(folder))
            shutil.copytree(folder, copy)
            if verify.verify(copy, say=lambda line: None):
                print(f"{folder}: is faulted without a planted digit; see verify.py")
                return 1
            for name, wanted, fits in list(plants(copy)):
                shutil.rmtree(copy)
                shutil.copytree(folder, copy)
                what = plant(os.path.join(copy, name), wanted)
                if what is None:
                    continue
                if fits:
                    fit_digest(copy, name)
                said = []
                faults = verify.verify(copy, say=said.append)
                tried += 1
                unseen += faults == 0
                how = "digest made to fit" if fits else "as it is"
                seen = next((line.strip() for line in said if "FAULT" in line), "NOT SEEN")
                print(f"{folder}/{name}, {what} ({how}): {seen}")
    print(f"{tried} wrong digits planted, {tried - unseen} found")
    return 1 if unseen or not tried else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
