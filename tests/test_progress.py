"""Targets against results."""

from __future__ import annotations

from dataclasses import astuple, replace
from decimal import Decimal
from typing import Any

import pytest

from extractors.indicator_wording import agreement, indicator_key
from extractors.schema import DocumentRow, FigureRow, ProgressRow
from pipeline.progress import Matcher

PLAN = DocumentRow(
    doc_id="p", title="青杉县林业局2022年工作计划", kind="plan", issuer="青杉县林业局", year=2022, date="2022-01-05"
)
REPORT = DocumentRow(
    doc_id="s",
    title="青杉县林业局2022年上半年总结",
    kind="summary",
    issuer="青杉县林业局",
    year=2022,
    date="2022-06-30",
)
TARGET = FigureRow(
    doc_id="p",
    figure_id="t",
    indicator="植树造林面积",
    value_low=Decimal(1000),
    value_high=Decimal(1000),
    unit="亩",
    status="target",
)
RESULT = FigureRow(
    doc_id="s",
    figure_id="r",
    indicator="完成植树造林面积",
    value_low=Decimal(600),
    value_high=Decimal(600),
    unit="亩",
    status="actual",
)


def compare(*documents: tuple[DocumentRow, list[FigureRow]]) -> list[ProgressRow]:
    matcher = Matcher()
    for document, figures in documents:
        matcher.add([astuple(document)], [astuple(f) for f in figures])
    return [ProgressRow(*row) for row in matcher.rows()]


def one(
    target: dict[str, Any] | None = None, result: dict[str, Any] | None = None, report: dict[str, Any] | None = None
) -> ProgressRow:
    (row,) = compare(
        (PLAN, [replace(TARGET, **(target or {}))]),
        (replace(REPORT, **(report or {})), [replace(RESULT, **(result or {}))]),
    )
    return row


def high(value: int) -> dict[str, Any]:
    return {"value_low": Decimal(value), "value_high": Decimal(value)}


@pytest.mark.parametrize(
    ("value", "reported", "state"),
    [
        (1000, "2022-06-30", "met"),
        (1200, "", "met"),
        (600, "2022-06-30", "on_track"),
        (450, "2022-06-30", "on_track"),
        (440, "2022-06-30", "behind"),
        (999, "2022-12-31", "missed"),
        (999, "2023-01-20", "missed"),
        (600, "", ""),
    ],
)
def test_states(value: int, reported: str, state: str) -> None:
    row = one(result=high(value), report={"date": reported})
    assert (row.state, row.completion) == (state, value / 1000)
    assert row.period == "2022-01-01/2022-12-31" and (row.target_doc_id, row.actual_doc_id) == ("p", "s")


def test_the_results_own_period_counts_before_the_date_of_its_document() -> None:
    period = {"period_start": "2022-01-01", "period_end": "2022-03-31"}
    assert one(result=high(250) | period).state == "on_track"
    assert one(result=high(150) | period).state == "behind"


@pytest.mark.parametrize(
    ("value", "reported", "state"),
    [(900, "2022-06-30", "met"), (1100, "2022-06-30", ""), (1100, "2023-01-09", "missed")],
)
def test_upper_limits_have_no_completion(value: int, reported: str, state: str) -> None:
    row = one({"bound": "le", "value_low": None}, high(value), {"date": reported})
    assert (row.state, row.completion) == (state, None)


@pytest.mark.parametrize(
    ("target", "result", "report"),
    [
        ({}, {"unit": "公顷"}, {}),
        ({}, {"change": "up"}, {}),
        ({"change": "up", "basis": "同比"}, {"change": "up", "basis": "环比"}, {}),
        ({}, {"indicator": "封山育林面积"}, {}),
        ({}, {"period_end": "2021-12-31"}, {}),
        (
            {"period_start": "2022-01-01", "period_end": "2022-03-31"},
            {"period_start": "2022-01-01", "period_end": "2022-06-30"},
            {},
        ),
        ({}, {}, {"year": 2021}),
        ({}, {}, {"year": None}),
        ({}, {}, {"kind": "plan"}),
        ({"bound": "range"}, {}, {}),
        ({"confidence": 0.4}, {}, {}),
        ({}, {"status": "other"}, {}),
    ],
)
def test_what_is_not_compared(target: dict[str, Any], result: dict[str, Any], report: dict[str, Any]) -> None:
    found = compare((PLAN, [replace(TARGET, **target)]), (replace(REPORT, **report), [replace(RESULT, **result)]))
    assert [r for r in found if r.state != "no_report"] == []


def test_another_bodys_result_is_not_ours() -> None:
    other = {"issuer": "白桦县林业局", "title": "白桦县林业局2022年上半年总结"}
    assert compare((PLAN, [TARGET]), (replace(REPORT, **other), [RESULT])) == []


def test_a_body_is_known_by_the_beginning_of_its_titles() -> None:
    assert compare((replace(PLAN, issuer=""), [TARGET]), (replace(REPORT, issuer=""), [RESULT]))[0].state == "on_track"
    nameless = "2022年总结"
    assert compare((replace(PLAN, issuer=""), [TARGET]), (replace(REPORT, issuer="", title=nameless), [RESULT])) == []


def test_a_target_that_a_report_is_silent_about() -> None:
    (row,) = compare((PLAN, [TARGET]), (REPORT, [replace(RESULT, indicator="发放苗木补助")]))
    assert row.state == "no_report" and row.actual_value is None and row.completion is None


def test_the_latest_result_counts_and_ties_are_doubtful() -> None:
    early = replace(RESULT, figure_id="r1", value_low=Decimal(200), period_end="2022-03-31")
    late = replace(RESULT, figure_id="r2", value_low=Decimal(700), period_end="2022-06-30")
    assert compare((PLAN, [TARGET]), (REPORT, [early, late]))[0].actual_figure_id == "r2"
    tied = compare((PLAN, [TARGET]), (REPORT, [RESULT, replace(late, period_end="")]))
    assert [r.actual_figure_id for r in tied] == ["r", "r2"] and all(r.confidence < 0.5 for r in tied)


def test_a_summary_with_next_years_plan_is_compared_by_section() -> None:
    both = DocumentRow(doc_id="b", kind="plan_and_summary", year=2022, years="一、2021年工作=2021;二、2022年计划=2022")
    last = {"doc_id": "b", "section": "一、2021年工作 > 1.造林"}
    target, result = replace(TARGET, **last), replace(RESULT, **last)
    assert compare((both, [target, result]))[0].completion == 0.6
    assert compare((both, [replace(target, section="二、2022年计划"), result])) == []
    assert compare((both, [target, replace(result, section="二、2022年计划")])) == []


def test_where_a_change_starts_is_no_result() -> None:
    own = replace(RESULT, doc_id="s", cue="由…到")
    assert compare((REPORT, [replace(TARGET, doc_id="s"), own])) == []


@pytest.mark.parametrize(
    ("target", "result", "agree"),
    [
        ("力争完成造林面积", "造林面积", True),
        ("空气质量优良率", "空气优良率", True),
        ("新增就业人数", "新增失业人数", False),
        ("进口总额", "出口总额", False),
        ("面积", "造林面积", False),
        ("投资", "招商引资到位资金总额和投资", False),
        ("个", "个", False),
    ],
)
def test_indicators_agree(target: str, result: str, agree: bool) -> None:
    assert (agreement(indicator_key(target), indicator_key(result)) > 0) is agree


def test_many_figures_are_compared_in_time() -> None:
    targets = [replace(TARGET, figure_id=f"t{n}", indicator=f"第{n}号项目造林面积{n}处") for n in range(4000)]
    results = [replace(RESULT, figure_id=f"r{n}", indicator=f"第{n}号项目造林面积{n}处") for n in range(4000)]
    assert len(compare((PLAN, targets), (REPORT, results))) == 4000
