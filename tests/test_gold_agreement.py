"""Two annotations of one document against each other, and the second annotations of the corpus."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluation import gold as gold_of
from pipeline.evaluation.gold import TABLES, GoldFile, Item

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "corpora" / "gold"


@cache
def tool() -> Any:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import agreement  # noqa: PLC0415
    finally:
        sys.path.pop(0)
    return agreement


def item(start: int, task: str = "", optional: bool = False, **fields: str) -> Item:
    return Item("x", start, start + 2, fields, task, optional)


def file(**tables: list[Item]) -> GoldFile:
    return GoldFile("a", "a.txt", 0, 99, None, {t: tables.get(t, []) for t in TABLES})


def test_what_both_have_what_one_has_and_what_is_optional() -> None:
    one = file(
        figures=[item(0, "t1", unit="个|家"), item(10, "t1", unit="元"), item(20, optional=True)],
        units=[item(30, "t1", role="lead"), item(40, "t1", role="lead")],
    )
    other = file(
        figures=[item(0, "a", unit="家"), item(20, unit="元")],
        units=[item(30, "a", role="assist"), item(40, "b", role="lead")],
    )
    counts, told = tool().differences(one, other)
    assert counts["figures", "F1", "both"] == 1 and counts["figures", "F1", "one"] == 1
    assert (counts["figures", "unit", "right"], counts["units", "role", "right"]) == (1, 1)
    assert (counts["links", "F1", "both"], counts["links", "F1", "one"]) == (1, 3)
    assert "a units 30 x: role lead / assist" in told and "a figures 10 x: only the first" in told
    assert tool().differences(one, other, first_only=True)[0]["figures", "unit", "right"] == 0


@pytest.mark.parametrize("path", sorted((GOLD / "second").glob("*.json")), ids=lambda p: p.stem)
def test_a_second_annotation_quotes_its_source_and_has_a_first(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    (first,) = (p for split in tool().SPLITS if (p := GOLD / split / path.name).is_file())
    text = (first.parent / content["source"]).read_bytes().decode("utf-8")
    rows = [row for t in TABLES for row in content[t]]
    assert rows and all(text[row["start"] : row["end"]] == row["quote"] for row in rows)


def test_no_split_takes_the_second_annotations_for_documents() -> None:
    names = {f.name for split in ("dev", "test", "samples") for f in gold_of.read(GOLD / split).files}
    listed = {d["gold"] for d in json.loads((ROOT / "corpora" / "manifest.json").read_text("utf-8"))["documents"]}
    assert len(names) == len(listed) and not any("second" in path for path in listed)
