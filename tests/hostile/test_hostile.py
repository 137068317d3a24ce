"""The hostile corpus, and damaged copies of sound files, through the command: nothing crashes, hangs, is lost or gets out."""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
from pathlib import Path

from tests.cliruns import run
from tests.hostile.corpus import corpus, mutations, odd_names, write

MEMORY = 2048  # MB a worker may take beyond what it holds at start
OFFICE = shutil.which("soffice") or ""


def table(out: Path, name: str) -> list[dict[str, str]]:
    csv.field_size_limit(1 << 30)
    with (out / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def contents(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*")}


def survive(folder: Path, tmp_path: Path, count: int) -> dict[str, str]:
    """Run the command over ``folder`` and check what must hold; gives the reason of each reject by source."""
    out, home = tmp_path / "out", tmp_path / "home"
    home.mkdir()
    env = {"HOME": str(home), "TMPDIR": str(home)}
    before = contents(tmp_path)
    shared = set(os.listdir("/tmp"))  # noqa: PTH208
    done = run("extract", folder, "--out", out, "--formats", "csv", "--timeout", "60", "--json", env=env, timeout=600)
    assert done.returncode == 0, done.stderr[-500:]
    summary = json.loads(done.stdout)
    read = {row["source"] for row in table(out, "documents")}
    rejects = {row["source"]: row for row in table(out, "rejects")}
    assert not read & set(rejects)
    assert summary["inputs"] == len(read) + len(rejects) == summary["documents"] + sum(summary["rejects"].values())
    files = {source.split("!")[0] for source in read | set(rejects)}
    assert len(files) == count, "every input stands somewhere"
    ended = {
        source: row["detail"] for source, row in rejects.items() if row["reason"] in {"crash", "timeout", "memory"}
    }
    assert ended == {}
    assert all(row["advice"] and "\n" not in row["detail"] for row in rejects.values())
    out_of_place = {name for name in contents(tmp_path) - before if not name.startswith("out/") and name != "out"}
    assert not out_of_place, "files outside the output folder"
    strays = {name for name in set(os.listdir("/tmp")) - shared if "evil" in name or name.startswith("office-")}  # noqa: PTH208
    assert not strays
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 < MEMORY + 512
    return {source: row["reason"] for source, row in rejects.items()}


def test_the_hostile_corpus(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    files = write(folder, corpus(OFFICE))
    assert files >= 300
    reasons = survive(folder, tmp_path, files + odd_names(folder))
    assert {"archive_limit", "truncated", "encrypted", "unreadable", "too_large", "empty", "no_text"} <= set(
        reasons.values()
    )
    assert reasons["flat.zip"] == reasons["zeros.txt.xz"] == reasons["many.zip"] == "archive_limit"
    assert reasons["flate-bomb.pdf"] == "too_large"
    assert reasons["pipe.docx"] == reasons["device.txt"] == "unreadable"


def test_random_bytes_and_mutations(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    survive(folder, tmp_path, write(folder, mutations(500, 2026, OFFICE)))
