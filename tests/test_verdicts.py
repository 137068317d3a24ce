"""Rows as decisions leave them: pure, a text and a few decisions in, rows out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import extractors
from pipeline.verdicts import corrections
from pipeline.verdicts.corrections import Wrong
from pipeline.verdicts.effective import Judged, around, counting, judged
from pipeline.verdicts.ruling import (
    ACCEPT,
    ADD,
    COMMENT,
    CONFIRM,
    EDIT,
    JUDGED,
    LINK,
    REJECT,
    UNDO,
    UNLINK,
    Ruling,
    added_id,
    content,
    key_of,
    mark_of,
    snapshot,
)

TEXT = """松岗县水务局2025年工作计划
1.新建供水管网35公里,6月底前完成。责任单位:县水务局、县住建局。
2.全年完成水利投资1.8亿元。
3.由县水务局牵头,县财政局配合,8月15日前清淤河道12处。
松岗县水务局
2025年1月10日
"""


def rows_of(text: str = TEXT) -> dict[str, list[Any]]:
    source = extractors.read(text.encode(), "计划.txt")
    return {t: found for t, found in extractors.extract(source).rows.items() if t in JUDGED}


class Desk:
    """A document with the decisions made on it so far."""

    def __init__(self, text: str = TEXT) -> None:
        self.text, self.rows, self.rulings = text, rows_of(text), list[Ruling]()

    def find(self, table: str, quote: str) -> Judged:
        return next(j for j in self.judged()[table] if j.row.quote == quote)

    def judged(self) -> dict[str, list[Judged]]:
        return judged(self.rows, self.rulings, self.text)

    def say(self, verdict: str, table: str, quote: str, who: str = "甲", **values: Any) -> Judged:
        j = self.find(table, quote)
        number = len(self.rulings) + 1
        before = snapshot(table, j.row) if verdict not in (COMMENT, UNDO) else {}
        place = j.extracted or j.row
        self.rulings.append(Ruling(
            f"d{number}", number, f"2025-02-01T09:{number:02d}:00", who, verdict, table, j.row_id, place.start, place.end,
            place.quote, place.quote, place.doc_id, before | values.pop("left", {}), values, values.pop("reason", ""),
        ))  # fmt: skip
        return next(x for x in self.judged()[table] if x.row_id == j.row_id)

    def add(self, table: str, quote: str, **values: Any) -> Judged:
        start = self.text.index(quote)
        key = added_id(self.rows["documents"][0].doc_id, table, start, start + len(quote), 0)
        number = len(self.rulings) + 1
        self.rulings.append(Ruling(
            f"d{number}", number, "2025-02-01T10:00:00", "甲", ADD, table, key, start, start + len(quote), quote, quote, "x",
            {}, values,
        ))  # fmt: skip
        return next(x for x in self.judged()[table] if x.row_id == key)


def task(desk: Desk, start: str) -> Any:
    return next(j for j in desk.judged()["tasks"] if j.row.quote.startswith(start))


def test_without_decisions_rows_are_as_extracted() -> None:
    desk = Desk()
    found = desk.judged()
    assert counting(found) == desk.rows
    assert all(j.state == "proposed" and not j.reviewed and j.mark == "" for js in found.values() for j in js)


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ([ACCEPT], "accepted"),
        ([REJECT], "rejected"),
        ([ACCEPT, REJECT], "rejected"),
        ([REJECT, ACCEPT], "accepted"),
        ([ACCEPT, UNDO], "proposed"),
        ([ACCEPT, REJECT, UNDO], "accepted"),
        ([COMMENT], "proposed"),
        ([ACCEPT, COMMENT], "accepted"),
        ([ACCEPT, CONFIRM], "accepted"),
        ([CONFIRM], "proposed"),
    ],
)
def test_the_latest_verdict_in_force_decides(verdicts: list[str], state: str) -> None:
    desk = Desk()
    for verdict in verdicts:
        live = [r.decision_id for r in desk.rulings if r.verdict not in (UNDO, COMMENT)]
        j = desk.say(verdict, "figures", "35公里", **({"undoes": live[-1]} if verdict == UNDO else {}))
    assert j.state == state
    assert j.counts == (state != "rejected")
    assert len(j.thread) == len(verdicts), "nothing is taken away"


def test_accepted_rows_are_sure_and_candidates_come_into_the_ledger() -> None:
    desk = Desk()
    candidate = next(j for j in desk.judged()["deadlines"] if j.row.confidence < 0.5)
    assert desk.say(ACCEPT, "deadlines", candidate.row.quote).row.confidence == 1
    assert desk.rows["deadlines"][0].confidence != 1, "the extracted rows stay as they are"


def test_a_correction_of_a_member_reaches_its_task_and_nothing_else() -> None:
    desk = Desk()
    before = counting(desk.judged())
    j = desk.say(EDIT, "units", "县住建局", canonical="松岗县住房和城乡建设局", role="assist")
    assert (j.state, j.row.confidence) == ("edited", 1)
    one = task(desk, "1.").row
    assert (one.responsible_units, one.assist_units) == ("县水务局", "松岗县住房和城乡建设局") or (
        one.assist_units == "松岗县住房和城乡建设局" and "住房" not in one.responsible_units
    )
    after = counting(desk.judged())
    changed = [(t, a) for t in JUDGED for a, b in zip(after[t], before[t], strict=True) if a != b]
    assert [(t, r.quote[:2]) for t, r in changed] == [("units", "县住"), ("tasks", "1.")]


def test_what_was_corrected_on_a_task_itself_stays() -> None:
    desk = Desk()
    desk.say(EDIT, "tasks", task(desk, "3.").row.quote, due_end="2025-08-20")
    desk.say(REJECT, "units", "县财政局")
    row = task(desk, "3.").row
    assert (row.due_end, row.assist_units) == ("2025-08-20", "")


def test_a_task_without_members_goes_unless_somebody_wants_it() -> None:
    desk = Desk()
    two = task(desk, "2.").row
    members = [("figures", "1.8亿元"), ("deadlines", "全年")]
    for table, quote in members:
        desk.say(REJECT, table, quote)
    assert task(desk, "2.").empty and two.task_id not in {r.task_id for r in counting(desk.judged())["tasks"]}
    desk.say(ACCEPT, "tasks", two.quote)
    assert task(desk, "2.").counts


def test_rejecting_a_task_sets_its_members_free() -> None:
    desk = Desk()
    desk.say(REJECT, "tasks", task(desk, "1.").row.quote)
    assert desk.find("figures", "35公里").row.task_id == "" and desk.find("figures", "35公里").counts
    assert desk.rows["figures"][0].task_id != ""


def test_members_are_linked_and_unlinked() -> None:
    desk = Desk()
    one, two = task(desk, "1.").row, task(desk, "2.").row
    j = desk.say(LINK, "figures", "35公里", task_id=two.task_id)
    assert (j.state, j.row.task_id) == ("proposed", two.task_id), "where it belongs is no verdict on what it says"
    assert "35公里" not in task(desk, "1.").row.figures and "35公里" in task(desk, "2.").row.figures
    desk.say(UNLINK, "figures", "35公里", left={"task_id": two.task_id}, task_id="")
    assert desk.find("figures", "35公里").row.task_id == "" and "35公里" not in task(desk, "2.").row.figures
    desk.say(LINK, "figures", "35公里", task_id=one.task_id)
    assert task(desk, "1.").row.figures == one.figures


def test_an_added_row_is_a_row() -> None:
    desk = Desk()
    j = desk.add("figures", "12处", indicator="清淤河道", value_low="12", value_high="12", unit="处", status="target")
    assert (j.state, j.row.value_low, j.row.quote, j.row.confidence) == ("added", Decimal(12), "12处", 1)
    assert j.row.sentence.startswith("3.由县水务局") and j.row.part == 1
    assert counting(desk.judged())["figures"].index(j.row) >= 2, "in the order of the text"
    number = len(desk.rulings) + 1
    desk.rulings.append(Ruling(
        "u1", number, "", "甲", UNDO, "figures", j.row_id, 0, 0, "", "", "", {}, {"undoes": desk.rulings[0].decision_id},
    ))  # fmt: skip
    assert all(x.row_id != j.row_id for x in desk.judged()["figures"])


MOVED: list[tuple[str, Callable[[Any], Any], str, bool]] = [
    (ACCEPT, lambda _: {}, "proposed", True),
    (REJECT, lambda _: {}, "proposed", True),
    (EDIT, lambda _: {"indicator": "管网"}, "proposed", True),
]


@pytest.mark.parametrize(("verdict", "values", "state", "stale"), MOVED)
def test_a_verdict_on_other_words_is_stale(verdict: str, values: Callable[[Any], Any], state: str, stale: bool) -> None:
    """The file came again with 38公里 in the place of 35公里; the decision was carried to that place."""
    desk = Desk()
    desk.say(verdict, "figures", "35公里", **values(None))
    r = desk.rulings[0]
    later = Desk(TEXT.replace("35公里", "38公里"))
    row = next(x for x in later.rows["figures"] if x.quote == "38公里")
    later.rulings = [Ruling(
        r.decision_id, 1, r.made_at, r.who, verdict, "figures", key_of("figures", row), row.start, row.end, "38公里", "35公里",
        r.doc_id_then, r.before, r.after,
    )]  # fmt: skip
    j = later.find("figures", "38公里")
    assert (j.state, j.stale) == (state, stale) and j.row.indicator == row.indicator


def test_a_verdict_on_another_reading_is_stale_but_a_correction_holds() -> None:
    """The same words, read otherwise by another version of the program."""
    desk = Desk()
    other = {"left": {"indicator": "别的指标"}}
    assert desk.say(ACCEPT, "figures", "35公里", **other).state == "proposed"
    j = desk.say(EDIT, "figures", "35公里", left={"bound": "ge"}, indicator="农村管网")
    assert (j.state, j.stale, j.row.indicator) == ("edited", True, "农村管网")
    assert desk.say(REJECT, "figures", "35公里", **other).state == "rejected"


def test_the_mark_is_the_last_decision_that_binds() -> None:
    desk = Desk()
    desk.say(ACCEPT, "figures", "35公里")
    desk.say(COMMENT, "figures", "35公里")
    assert mark_of(desk.rulings) == "d1" == desk.find("figures", "35公里").mark


@pytest.mark.parametrize(
    ("table", "typed", "wrong"),
    [
        ("figures", {"value_low": "三"}, {"value_low"}),
        ("figures", {"value_low": "NaN"}, {"value_low"}),
        ("figures", {"value_low": "1e99"}, {"value_low"}),
        ("figures", {"value_low": "5", "value_high": "4"}, {"value_high"}),
        ("figures", {"status": "<script>"}, {"status"}),
        ("figures", {"indicator": "x" * 501}, {"indicator"}),
        ("figures", {"indicator": "a\nb"}, {"indicator"}),
        ("figures", {"indicator": "a\u202eb"}, {"indicator"}),
        ("deadlines", {"due_end": "2025-02-30"}, {"due_end"}),
        ("deadlines", {"due_end": "8月底"}, {"due_end"}),
        ("deadlines", {"due_start": "2025-08-02", "due_end": "2025-08-01"}, {"due_end"}),
        ("deadlines", {"rrule": "每月"}, {"rrule"}),
        ("deadlines", {"duration": "六个月"}, {"duration"}),
        ("documents", {"year": "25"}, {"year"}),
    ],
)
def test_what_cannot_stand_in_a_row_is_named(table: str, typed: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(Wrong) as raised:
        corrections.read(table, typed)
    assert set(raised.value.problems) == wrong


@pytest.mark.parametrize(
    ("table", "typed", "values"),
    [
        ("figures", {"value_low": "1,200", "value_high": ""}, {"value_low": "1200", "value_high": None}),
        ("deadlines", {"due_end": "XXXX-08-31"}, {"due_end": "XXXX-08-31"}),
        ("deadlines", {"rrule": "FREQ=MONTHLY;BYMONTHDAY=15"}, {"rrule": "FREQ=MONTHLY;BYMONTHDAY=15"}),
        ("deadlines", {"duration": "P1Y/P2Y"}, {"duration": "P1Y/P2Y"}),
        ("units", {"role": "lead"}, {"role": "lead"}),
        ("documents", {"date": "2025-03", "year": ""}, {"date": "2025-03", "year": None}),
        ("figures", {"doc_id": "x", "figure_id": "y", "confidence": "1"}, {}),
    ],
)
def test_what_can_stand_is_read(table: str, typed: dict[str, str], values: dict[str, Any]) -> None:
    assert corrections.read(table, typed) == values


def test_a_column_left_as_it_was_is_not_looked_at() -> None:
    old = {"indicator": "a\u202eb", "value_low": "1"}
    assert corrections.read("figures", {"indicator": "a\u202eb", "value_low": "2"}, old) == {"value_low": "2"}
    assert corrections.changed("figures", {"value_low": "15.80"}, {"value_low": "15.8"}) == {}


def test_every_column_but_place_and_ids_may_be_corrected() -> None:
    names = {c.name for c in corrections.editable("tasks")}
    assert names >= {"action", "status", "lead_units", "due_end", "figures"} and "task_id" not in names
    assert (
        {c.name for c in corrections.editable("units")}
        == set(content("units"))
        == {"name", "canonical", "role", "action"}
    )


@pytest.mark.parametrize(
    ("text", "quote", "sentence"),
    [
        ("一。二三四。五", "三", "二三四。"),
        ("甲\n乙丙\n丁", "丙", "乙丙"),
        ("只有一句", "一句", "只有一句"),
        ("前。跨过。句子。后", "过。句", "跨过。句子。"),
    ],
)
def test_the_sentence_around(text: str, quote: str, sentence: str) -> None:
    at = text.index(quote)
    assert around(text, at, at + len(quote)) == sentence
