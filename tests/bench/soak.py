"""Thousands of damaged documents through the command: ``make soak``.

    python -m tests.bench.soak [FILES] [SEED]

Ends with 1 where an input is in neither or both of documents and rejects, where reading crashed, or where a quote is not its text.
"""

from __future__ import annotations

import csv
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.hostile import corpus
from tests.mutations import damage, mutate

ROOT = Path(__file__).parent.parent.parent
FORMATS = {".txt", ".md", ".html", ".docx", ".pdf", ".xlsx"}
QUOTED = ("figures", "deadlines", "units", "tasks")


def write(folder: Path, count: int, random: Random) -> None:
    """So many files made from the project's own, each damaged in its own way."""
    originals = sorted(p for p in (ROOT / "corpora").rglob("*") if p.suffix in FORMATS)
    for i in range(count):
        path = random.choice(originals)
        data = path.read_bytes()
        if path.suffix == ".txt" and random.random() < 0.8:
            data = mutate(data.decode("utf-8", "replace"), random, random.randrange(1, 10)).encode("utf-8", "replace")
        else:
            data = damage(data, random)
        (folder / f"{i:06d}{path.suffix}").write_bytes(data)


_MAILS = (".eml", ".msg")


def read(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def faults(inputs: Path, out: Path) -> list[str]:
    """What must not be, one line each."""
    given = {p.name for p in inputs.iterdir()}
    read_ones = {d["source"].partition("!")[0] for d in read(out / "documents.csv")}
    rejected = Counter(r["source"] for r in read(out / "rejects.csv") if "!" not in r["source"])
    read_ones |= {r["source"].partition("!")[0] for r in read(out / "rejects.csv") if "!" in r["source"]}
    found = [f"{name}: in neither table" for name in given - read_ones - set(rejected)]
    # A mail is its body: that may be refused while its attachments are read.
    found += [f"{name}: in both tables" for name in read_ones & set(rejected) if not name.endswith(_MAILS)]
    found += [
        f"{name}: read and refused" for name in {d["source"] for d in read(out / "documents.csv")} & set(rejected)
    ]
    found += [
        f"{r['source']}: {r['detail']}"
        for r in read(out / "rejects.csv")
        if r["reason"] in {"crash", "timeout", "memory"}
    ]
    texts = {p.stem: p.read_bytes().decode() for p in (out / "texts").iterdir()}
    for table in QUOTED:
        for row in read(out / f"{table}.csv"):
            if texts[row["doc_id"]][int(row["start"]) : int(row["end"])] != row["quote"]:
                found.append(f"{table} {row['doc_id']} {row['start']}: quote is not its text")
    return found


def main(count: int = 5000, seed: int = 0) -> int:
    """Exit code: 0 where nothing was wrong."""
    folder = Path(tempfile.mkdtemp(prefix="taizhang-soak-"))
    inputs, out = folder / "in", folder / "out"
    inputs.mkdir()
    write(inputs, count // 2, Random(seed))
    corpus.write(inputs, corpus.mutations(count - count // 2, seed, shutil.which("soffice") or ""))
    command = [str(Path(sys.executable).with_name("taizhang")), "extract", str(inputs), "--out", str(out), "--json"]
    started = time.monotonic()
    done = subprocess.run(
        [*command, "--timeout", "20", "--formats", "csv"], capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - started
    if done.returncode:
        print(done.stderr)
        return 1
    summary = json.loads(done.stdout)
    wrong = faults(inputs, out)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{count} damaged files, seed {seed}: {seconds:.0f} s, {summary['documents']} read, rejects {summary['rejects']}"
    )
    print(f"largest process {peak:.0f} MB, {len(wrong)} faults")
    print("\n".join(wrong[:20]))
    if not wrong:
        shutil.rmtree(folder)
    else:
        print(f"kept in {folder}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
