"""A plain datasette opens the store: what a curious colleague does first. In a process of its own, as they would."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.nights import run, setting


def ask(store: Path, query: str) -> Any:
    """What datasette answers to one request on the file."""
    command = [sys.executable, "-m", "datasette", str(store), "--get", query]
    told = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert told.returncode == 0, told.stderr.decode()
    return told.stdout.decode()


def test_the_store_opens_to_sensible_tables(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db")
    run(file)
    listed = json.loads(ask(tmp_path / "store.db", "/store.json"))
    views = {v["name"] if isinstance(v, dict) else v for v in listed["views"]}
    assert {f"current_{t}" for t in ("documents", "figures", "deadlines", "units", "tasks", "rejects")} <= views
    with (tmp_path / "out" / "figures.csv").open(encoding="utf-8-sig", newline="") as exported:
        wanted = sorted(r["quote"] for r in csv.DictReader(exported))
    shown = json.loads(ask(tmp_path / "store.db", "/store/current_figures.json?_shape=array&_size=max"))
    assert sorted(r["quote"] for r in shown) == wanted
    with sqlite3.connect(tmp_path / "store.db") as store:
        (first,) = store.execute("SELECT indicator FROM current_figures WHERE quote = '1.8亿元'").fetchone()
    lines = ask(tmp_path / "store.db", "/store/current_figures.csv?quote__exact=1.8%E4%BA%BF%E5%85%83&_size=max")
    assert [r["indicator"] for r in csv.DictReader(io.StringIO(lines))] == [first]
