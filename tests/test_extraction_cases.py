"""Sentences and short documents with the rows that must come out: tests/cases/extraction/*.jsonl.

A case: {"text", "year"?, "figures"?, "deadlines"?, "units"?, "links"?}. A table that a case names must give just those rows
(confidence 0.5 or more), in order; of each row the fields given are compared. ``links`` are groups of quotes that share a
task, and no quote of one group is in the task of another.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import extractors

CASES = sorted((Path(__file__).parent / "cases" / "extraction").glob("*.jsonl"))


def _load() -> list[Any]:
    found = []
    for path in CASES:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("//"):
                marks = [pytest.mark.xfail(strict=True)] if path.stem == "known_failures" else []
                found.append(pytest.param(json.loads(line), id=f"{path.stem}:{number}", marks=marks))
    return found


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else "" if value is None else format(value, "f")


@pytest.mark.parametrize("case", _load())
def test_rows(case: dict[str, Any]) -> None:
    source = extractors.read(case["text"].encode(), "case.txt")
    rows = extractors.extract(source, extractors.Options(year=case.get("year"))).rows
    firm = {table: [r for r in rows[table] if r.confidence >= 0.5] for table in ("figures", "deadlines", "units")}
    for table, found in firm.items():
        if table not in case:
            continue
        got = [{key: _plain(getattr(row, key)) for key in want} for row, want in zip(found, case[table], strict=False)]
        assert [r.quote for r in found] == [w["quote"] for w in case[table]]
        assert got == case[table]
    owner = {r.quote: r.task_id for rows_found in firm.values() for r in rows_found}
    groups = [{owner[quote] for quote in group} for group in case.get("links", [])]
    for group in groups:
        assert len(group) == 1 and "" not in group
    flat = [task for group in groups for task in group]
    assert len(set(flat)) == len(flat)
