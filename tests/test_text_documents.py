"""Parts, titles, kinds, issuers, dates, years and quality flags of whole texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractors.document import Cell, Source, Table
from extractors.text import prepare

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases/text/documents.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:16])
def test_document(case: dict[str, Any]) -> None:
    document = prepare(Source("0" * 16, case.get("name", "样稿.txt"), "txt", case["text"]), case.get("option"))
    assert len(document.parts) == len(case["parts"])
    for part, expected in zip(document.parts, case["parts"], strict=True):
        held = document.text[part.start : part.end]
        found = {
            "starts": held[: len(expected.get("starts", ""))],
            "ends": held[len(held) - len(expected.get("ends", "")) :],
            "years": [list(pair) for pair in part.years],
            "quality": sorted(part.quality),
        }
        for key, value in expected.items():
            assert (found[key] if key in found else getattr(part, key)) == value, key


def test_a_table_is_told_by_its_columns() -> None:
    text = "序号\t工作任务\t责任单位\t完成时限\n1\t新建泵站\t市水务局\t6月底"
    cells, at = [], 0
    for r, line in enumerate(text.split("\n"), 1):
        for c, cell in enumerate(line.split("\t"), 1):
            cells.append(Cell(r, c, at, at + len(cell)))
            at += len(cell) + 1
    table = Table(1, 0, len(text), tuple(cells))
    (part,) = prepare(Source("0" * 16, "表.xlsx", "xlsx", text, tables=(table,))).parts
    assert part.kind == "plan"
    assert [(s.kind, s.row, s.table) for s in part.segments] == [("row", 1, table), ("row", 2, table)]


def test_flags_of_the_reader_pass_through() -> None:
    (part,) = prepare(Source("0" * 16, "样稿.pdf", "pdf", "各镇要加强巡查。", flags=frozenset({"ocr", "hidden"}))).parts
    assert {"ocr", "hidden"} <= part.quality
