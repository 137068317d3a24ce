"""Writes docs/accuracy.md from ``taizhang evaluate`` on the project's gold: ``make accuracy``."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "accuracy.md"
GOLD = ROOT / "corpora" / "gold"
SPLITS = ("dev", "test", "samples")
TABLES = ("figures", "deadlines", "units")
_AGREEMENT = "## Two annotators"  # the corpora's README holds the table
_FIELDS = (
    ("figures", "bound"), ("figures", "status"), ("figures", "change"), ("figures", "indicator"), ("figures", "period"),
    ("deadlines", "kind"), ("deadlines", "action"), ("units", "canonical"), ("units", "action"),
)  # fmt: skip

_HEAD = """# How right the tables are

Written by `make accuracy` from `taizhang evaluate` on `corpora/gold`, {day}, commit `{commit}`{changed}. Do not edit.
A test measures again and fails where a figure below is off by more than two in a hundred.

`dev` has guided the rules; `test` is run only to report, and no rule was made from it; `samples` are the documents that
`make run` reads. A row is found where its span overlaps the annotated one (units: by half); its value is right where low, high
and unit (figures), dates, rule and duration (deadlines), or the role (units) are. Optional rows neither earn nor cost.

"""


def measured(split: str) -> dict[str, Any]:
    """The report of ``taizhang evaluate --json`` on a split."""
    command = [sys.executable, "-m", "pipeline.cli", "evaluate", str(GOLD / split), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    if report["unread"]:
        raise SystemExit(f"{split}: no rows of {', '.join(report['unread'])}; the page is left as it was")
    return report


def row(*cells: object) -> str:
    """One row of a Markdown table; shares with three places."""
    return "| " + " | ".join(f"{c:.3f}" if isinstance(c, float) else str(c) for c in cells) + " |\n"


def header(*cells: str) -> str:
    """The head of a Markdown table, numbers to the right."""
    return row(*cells) + row("---", *["---:"] * (len(cells) - 1))


def main_rows(reports: dict[str, dict[str, Any]]) -> str:
    """The first table: what a test compares with a new measurement."""
    lines = header("split", "documents", "table", "gold", "precision", "recall", "F1", "value F1")
    for split, r in reports.items():
        for t in TABLES:
            d = r[t]["detection"]
            lines += row(split, r["files"], t, d["gold"], d["p"], d["r"], d["f1"], r[t]["value"]["f1"])
        n = r["links"]
        lines += row(split, r["files"], "links", n["gold"], n["p"], n["r"], n["f1"], "–")
    return lines


def fields(reports: dict[str, dict[str, Any]]) -> str:
    """Accuracy of the other columns on matched rows."""
    lines = header("column", *reports)
    for table, name in _FIELDS:
        lines += row(f"{table} {name}", *(r[table]["accuracy"].get(name, "–") for r in reports.values()))
    return lines


def groups(reports: dict[str, dict[str, Any]], key: str) -> str:
    """Value F1 and links by group of documents."""
    lines = header("", "split", "documents", *(f"{t} F1" for t in TABLES), "links F1")
    for split, r in reports.items():
        for name, g in r[key].items():
            scores = [g[t]["value"] for t in TABLES] + [g["links"]]
            lines += row(name, split, g["files"], *(x["f1"] if x["gold"] else "–" for x in scores))
    return lines


def stages(reports: dict[str, dict[str, Any]]) -> str:
    """Each stage alone."""
    lines = header("stage", "split", "wanted", "found", "of these right")
    for split, r in reports.items():
        for name, s in r["stages"].items():
            lines += row(name, split, s["gold"], s["r"], s.get("value", "–"))
    return lines


def errors(reports: dict[str, dict[str, Any]]) -> str:
    """What is left wrong, the most frequent first."""
    counts = {(t, k): [r["errors"].get(t, {}).get(k, 0) for r in reports.values()]
              for r in reports.values() for t, kinds in r["errors"].items() for k in kinds}  # fmt: skip
    lines = header("what is wrong", *reports)
    for (table, kind), n in sorted(counts.items(), key=lambda x: (-sum(x[1]), x[0])):
        lines += row(f"{table}: {kind.replace('_', ' ')}", *n)
    return lines


def reliability(reports: dict[str, dict[str, Any]]) -> str:
    """Claimed confidence against the share that is right."""
    lines = header("confidence", "split", "rows", "claimed", "right")
    for split, r in reports.items():
        for b in r["reliability"]:
            if b["rows"]:
                lines += row(f"{b['low']:.2f}–{b['high']:.2f}", split, b["rows"], b["claimed"], b["share"])
        for key, name in (("sure", "0.9 and above"), ("candidates", "below 0.5")):
            if n := r[key]["rows"]:
                lines += row(f"**{name}**", split, n, "", r[key]["right"] / n)
    return lines


def agreement() -> str:
    """What the corpora's README says of two annotators."""
    text = (ROOT / "corpora" / "README.md").read_text("utf-8")
    _, found, rest = text.partition(_AGREEMENT + "\n")
    return rest.partition("\n## ")[0].strip() + "\n" if found else "Not measured yet.\n"


def page(reports: dict[str, dict[str, Any]], commit: str, changed: bool) -> str:
    """The whole page."""
    note = " and uncommitted changes" if changed else ""
    return (
        _HEAD.format(day=date.today().isoformat(), commit=commit, changed=note)
        + main_rows(reports)
        + "\n## Columns beside the value\n\nShare right among matched rows where gold says anything.\n\n" + fields(reports)
        + "\n## By genre of document\n\n" + groups(reports, "by_genre")
        + "\n## By kind as the program reads it\n\n" + groups(reports, "by_kind")
        + "\n## By quality flag\n\nA document may carry several.\n\n" + groups(reports, "by_quality")
        + "\n## Each stage alone\n\nQuantities, times and organisations as their parsers find them in the clean text, whatever"
        " later stages make of them.\n\n" + stages(reports)
        + "\n## What is left wrong\n\nRows missed or too many, columns wrong on matched rows, pairs of rows of one task (links).\n"
        "`taizhang evaluate corpora/gold/dev --page errors.html` shows each with its source and both readings.\n\n" + errors(reports)
        + "\n## Reliability of confidence\n\nA row is right where span, value and, for figures, status are. Confidences are counted on"
        " `dev`, `samples` and the first readings of 88 documents that no rule had seen, which weigh three times (`make calibrate`; decisions.md).\n\n" + reliability(reports)
        + "\n## Agreement of two annotators\n\n" + agreement()
    )  # fmt: skip


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True, text=True).stdout.strip()


if __name__ == "__main__":
    found = {split: measured(split) for split in SPLITS}
    dirty = bool(_git("status", "--porcelain", "--untracked-files=no", "--", "extractors", "pipeline", "corpora"))
    PAGE.write_text(page(found, _git("rev-parse", "--short", "HEAD"), dirty), "utf-8", newline="\n")
