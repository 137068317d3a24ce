"""Confidence: what it is counted from, and what it may not do."""

from __future__ import annotations

import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import extractors
from extractors import calibration
from extractors.document import Segment
from extractors.lexicon import settings
from extractors.mentions import FigureMention, Mention, UnitMention
from pipeline.evaluation.calibrating import counted
from pipeline.evaluation.predictions import Row
from pipeline.evaluation.reliability import bins, share
from pipeline.evaluation.scoring import Judged

ROOT = Path(__file__).parent.parent
CLEAN: frozenset[str] = frozenset()
TOLERANCE = 0.03  # of a confidence, before the data count as stale


def figure(confidence: float, **more: Any) -> FigureMention:
    return FigureMention(0, 1, Segment("paragraph", 0, 1), (0, 1), confidence=confidence, **more)


@cache
def tool() -> Any:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import calibrate  # noqa: PLC0415
    finally:
        sys.path.pop(0)
    return calibrate


def test_the_data_are_fresh() -> None:
    """Every kind gets the confidence that the present rules and gold give it, up to a few rows."""
    shipped: dict[str, Any] = tomllib.loads(tool().DATA.read_text("utf-8"))["known"]
    now: dict[str, Any] = tomllib.loads(tool().data())["known"]
    large = {k for k, v in now.items() if v["rows"] >= 30}
    assert large <= shipped.keys(), "run make calibrate"
    off = {k for k in large if abs(now[k]["confidence"] - shipped[k]["confidence"]) > TOLERANCE}
    assert off == set(), "run make calibrate"


def test_the_head_of_the_data_is_kept() -> None:
    text = tool().DATA.read_text("utf-8")
    mark = tool().calibrating.MARK
    made = tool().calibrating.page(text, {"units": (3, 2, 0.7)})
    assert made == text.partition(mark)[0] + mark + '[known]\n"units" = { rows = 3, right = 2, confidence = 0.7 }\n'


@pytest.mark.parametrize("raw", [0.0, 0.3, 0.49])
def test_candidates_stay_candidates(raw: float) -> None:
    assert calibration.calibrated(figure(raw, status="target", cue="要"), CLEAN) == raw


@pytest.mark.parametrize("raw", [0.5, 0.6, 0.75, 0.88, 0.99])
@pytest.mark.parametrize("quality", [CLEAN, frozenset({"numerals_lost", "scrambled", "mojibake", "percent_lost"})])
@pytest.mark.parametrize("status", ["target", "actual", "rule", "other", "unheard of"])
def test_claims_stay_claims(raw: float, quality: frozenset[str], status: str) -> None:
    sure = calibration.calibrated(figure(raw, status=status, cue="section:planned"), quality)
    assert 0.5 <= sure <= (0.7 if raw <= 0.7 else 0.98)


def test_dirt_lowers_and_tasks_are_left_alone() -> None:
    row = figure(0.88, status="target", cue="section:planned")
    clean = calibration.calibrated(row, CLEAN)
    assert calibration.calibrated(row, frozenset({"numerals_lost"})) < clean
    assert calibration.calibrated(row, frozenset({"boilerplate"})) == clean
    unit = UnitMention(0, 1, row.segment, (0, 1), rule="label", confidence=0.95)
    assert calibration.calibrated(unit, frozenset({"scrambled"})) < calibration.calibrated(unit, CLEAN)
    assert calibration.calibrated(Mention(0, 1, row.segment, (0, 1), confidence=0.66), CLEAN) == 0.66


def judged(right: int, wrong: int, confidence: float, rule: str = "label") -> list[Judged]:
    row = Row("units", 0, 1, confidence, {"rule": rule})
    return [Judged("a", row, n < right) for n in range(right + wrong)]


def test_a_kind_with_few_rows_leans_on_its_general_kind() -> None:
    made = counted([*judged(97, 3, 0.95), *judged(10, 0, 0.85, "by"), *judged(5, 0, 0.85, "verb"), *judged(9, 9, 0.4)])
    assert made["units"][:2] == (115, 112), "candidates are not counted"
    assert made["units by"][:2] == (10, 10) and made["units label"][:2] == (100, 97)
    assert made["units by"][2] <= made["units"][2], "ten of ten prove little"
    many = counted([*judged(97, 3, 0.95), *judged(150, 0, 0.85, "by")])
    assert many["units by"][2] > many["units"][2], "150 of 150 raise it"
    assert "units verb" not in made and "units by fair" not in made, "few rows, or the same rows again"


def test_documents_fresh_when_judged_weigh_several_times() -> None:
    rows = judged(97, 3, 0.95)
    made = counted(rows, {"units label strong": {"rows": 100, "right": 70}})
    weight = settings("calibration")["settings"]["fresh"]
    assert weight > 1
    assert made["units"][:2] == (100 + 100 * weight, 97 + 70 * weight)
    assert made["units"][2] < counted(rows)["units"][2]


def test_what_a_rule_calls_weak_stays_below_nine_tenths() -> None:
    unsure = UnitMention(0, 1, Segment("paragraph", 0, 1), (0, 1), rule="label", confidence=0.75)
    assert calibration.calibrated(unsure, CLEAN) < 0.9


def test_bins_hold_every_row_once() -> None:
    rows = [*judged(1, 0, 1.0), *judged(2, 2, 0.95), *judged(0, 3, 0.2), *judged(1, 1, 0.5)]
    table = bins(rows)
    assert sum(b.rows for b in table) == len(rows)
    assert (table[-1].rows, table[-1].right, table[-1].share) == (5, 3, 0.6)
    assert share(rows, 0.9) == (5, 3) and share(rows, 0.0, 0.5) == (3, 0)


def test_what_the_rules_give_can_still_be_had() -> None:
    source = extractors.read("枫林县水务局2022年工作计划\n一、任务\n1.新建水渠12公里。\n".encode(), "a.txt")
    raw = extractors.extract(source, extractors.Options(calibrated=False)).figures[0]
    sure = extractors.extract(source).figures[0]
    assert raw.confidence != sure.confidence and (raw.rule, raw.cue) == (sure.rule, sure.cue)
