"""Tables of many shapes in four formats with the tasks and figures that must come out: tests/cases/worktables/*.json.

A case: {"above", "rows", "below", "tasks", "figures"}. A task is {"action", "lead", "responsible", "assist", "supervise",
"persons", "start", "end", "rrule"}, what is not given must be empty; a figure is the line
"quote|low|high|unit|status|change|period"; "limits" are all quotes of time limits in order, where they are given. Every field is a cell to get right, a row too many is a wrong one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import extractors
from extractors.extraction import Extraction
from tests import worktablerenders as renders

CASES = {
    p.stem: json.loads(p.read_text("utf-8"))
    for p in sorted((Path(__file__).parent / "cases/worktables").glob("*.json"))
}
ENOUGH = 0.98
FIELDS = {
    "action": "action", "lead": "lead_units", "responsible": "responsible_units", "assist": "assist_units",
    "supervise": "supervise_units", "persons": "persons", "start": "due_start", "end": "due_end", "rrule": "rrule",
}  # fmt: skip


def extracted(case: dict[str, Any], form: str) -> Extraction:
    """The rows of a case in one format."""
    data = renders.as_csv(case) if form == "csv" else renders.RENDERS[form](case)
    return extractors.extract(extractors.read(data, f"case.{form}"))


def _figure(row: Any) -> str:
    low, high = ("" if v is None else format(v, "f") for v in (row.value_low, row.value_high))
    period = f"{row.period_start}/{row.period_end}" if row.period_start or row.period_end else ""
    return "|".join((row.quote, low, high, row.unit, row.status, row.change, period))


def differences(case: dict[str, Any], found: Extraction) -> tuple[int, list[str]]:
    """(number of cells looked at, what is wrong)."""
    wrong: list[str] = []
    cells = 0
    tasks = [t for t in found.tasks if t.confidence >= 0.5]
    by_action = {t.action: t for t in tasks}
    left = list(tasks)
    for n, want in enumerate(case["tasks"]):
        got = by_action.get(want["action"]) or (tasks[n] if n < len(tasks) else None)
        if got is None:
            wrong += [f"no task {want['action']}"] * len(FIELDS)
            cells += len(FIELDS)
            continue
        left = [t for t in left if t is not got]
        for name, column in FIELDS.items():
            cells += 1
            if getattr(got, column) != want.get(name, ""):
                wrong.append(f"{want['action']} {name}: {getattr(got, column)!r}, not {want.get(name, '')!r}")
    wrong += [f"task too many: {t.action}" for t in left]
    figures = [_figure(f) for f in found.figures if f.confidence >= 0.5]
    wanted = list(case.get("figures", []))
    for line in wanted:
        cells += 1
        if line in figures:
            figures.remove(line)
        else:
            wrong.append(f"no figure {line}")
    wrong += [f"figure too many: {line}" for line in figures]
    if "limits" in case:
        cells += 1
        quotes = [d.quote for d in found.deadlines if d.confidence >= 0.5]
        if quotes != case["limits"]:
            wrong.append(f"limits: {quotes}, not {case['limits']}")
    return cells + len(left) + len(figures), wrong


@pytest.mark.parametrize("form", renders.RENDERS)
@pytest.mark.parametrize("name", CASES)
def test_shape(name: str, form: str) -> None:
    found = extracted(CASES[name], form)
    _, wrong = differences(CASES[name], found)
    assert wrong == []


def test_share_of_right_cells() -> None:
    counted = [differences(case, extracted(case, form)) for case in CASES.values() for form in renders.RENDERS]
    cells, wrong = sum(c for c, _ in counted), sum(len(w) for _, w in counted)
    assert len(CASES) >= 12
    assert cells > 2000
    assert 1 - wrong / cells >= ENOUGH


def delimitable(case: dict[str, Any]) -> bool:
    """Delimited text has no merged cells."""
    return case.get("csv", True) and not any(isinstance(cell, list) for row in case["rows"] for cell in row)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if delimitable(case)])
def test_delimited(name: str) -> None:
    case = CASES[name]
    _, wrong = differences(case, extracted(case, "csv"))
    assert wrong == []


# Where cells span others, blank space alone does not tell which.
BARE = [name for name, case in CASES.items() if not any(isinstance(c, list) for row in case["rows"] for c in row)]


@pytest.mark.parametrize("height", ["TOP", "MIDDLE"])
@pytest.mark.parametrize("name", BARE)
def test_pdf_without_rules(name: str, height: str) -> None:
    data = renders.as_bare_pdf(CASES[name], height)
    source = extractors.read(data, "case.pdf")
    assert len(source.tables) == 1
    _, wrong = differences(CASES[name], extractors.extract(source))
    assert wrong == []


def test_pdf_without_rules_over_pages() -> None:
    head = ["序号", "重点任务", "责任单位", "完成时限"]
    rows = [[str(n), f"改造第{n}片区老旧管网", "县住建局", f"{n % 12 + 1}月底前"] for n in range(1, 71)]
    found = extracted_pdf({"above": ["2025年管网改造任务表"], "rows": [head, *rows], "repeat": 1})
    assert [(t.action, t.due_end[5:7]) for t in found.tasks] == [
        (f"改造第{n}片区老旧管网", f"{n % 12 + 1:02}") for n in range(1, 71)
    ]


def extracted_pdf(case: dict[str, Any]) -> Extraction:
    """The rows of a case as a PDF without rules that reads as one table."""
    source = extractors.read(renders.as_bare_pdf(case), "case.pdf")
    assert len(source.tables) == 1 and len(source.pages) > 1
    return extractors.extract(source)


@pytest.mark.parametrize(
    "columns",
    [
        [["(1)", "(2)", "(3)", "(4)"], ["清淤河道", "修缮泵站", "加固堤防", "新建水闸"]],
        [["第一章 总则", "第二章 任务", "第三章 保障", "第四章 附则"], ["1", "3", "8", "12"]],
        [["各镇要抓好清淤工作。", "县水利局要督促落实。", "财政局保障资金。", "年底前全部完成。"],
         ["汛期前完成排查整改任务", "按月通报各镇工作进展", "及时拨付工程款项", "组织开展联合验收"]],
    ],
)  # fmt: skip
def test_numbered_lists_contents_and_sentences_side_by_side_are_no_tables(columns: list[list[str]]) -> None:
    case = {"rows": [list(row) for row in zip(*columns, strict=True)]}
    assert extractors.read(renders.as_bare_pdf(case), "a.pdf").tables == ()


def test_a_wrong_cell_is_seen() -> None:
    name = next(iter(CASES))
    case = json.loads(json.dumps(CASES[name]))
    case["tasks"][0]["end"] = "1999-12-31"
    _, wrong = differences(case, extracted(CASES[name], "html"))
    assert len(wrong) == 1


def test_every_number_limit_and_unit_is_in_a_row_or_counted() -> None:
    case = {
        "rows": [
            ["任务", "目标(个)", "责任单位", "完成时限"],
            ["修缮图书室", "3", "镇文化站", "6月底前"],
            ["新建广场", "4+2", "镇文化站", "12.x"],
        ]
    }
    found = extracted(case, "html")
    assert found.documents[0].warnings == "cells_unread=2"


def test_an_empty_template_gives_nothing() -> None:
    case = {"rows": [["序号", "工作任务", "责任单位", "完成时限"], *([str(n), "", "", ""] for n in range(1, 6))]}
    found = extracted(case, "html")
    assert {table: len(rows) for table, rows in found.rows.items()} == {
        "documents": 1, "figures": 0, "deadlines": 0, "units": 0, "tasks": 0
    }  # fmt: skip
    assert found.documents[0].warnings == ""


def test_a_merged_cell_is_one_mention_that_all_its_rows_name() -> None:
    found = extracted(CASES["merged_units"], "docx")
    units = [u for u in found.units if u.name == "县水利局"]
    holders = [t for t in found.tasks if "县水利局" in t.responsible_units]
    assert len(units) == 1
    assert len(holders) > 1
    assert all(units[0].unit_id in t.unit_ids.split(";") for t in holders)
    assert units[0].task_id == holders[0].task_id
