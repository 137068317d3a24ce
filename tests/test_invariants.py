"""What holds for every document, however damaged (contract: docs/tables.md and the guide)."""

from __future__ import annotations

import gc
import re
from collections import Counter
from dataclasses import fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import extractors
from extractors import extraction
from extractors.schema import QUALITY_FLAGS, REJECT_REASONS, TABLES, Place, columns
from tests.bench.reading import workbook
from tests.growth import assert_linear
from tests.mutations import damage, mutate

CORPORA = Path(__file__).parent.parent / "corpora"
FILES = sorted(p for p in CORPORA.rglob("*") if p.suffix in {".txt", ".md", ".html", ".docx", ".pdf", ".xlsx"})
TEXTS = [p for p in FILES if p.suffix == ".txt"]
PLACED = [name for name, spec in TABLES.items() if issubclass(spec.row, Place)]
TYPES = {"string": str, "integer": int, "decimal": Decimal, "number": (int, float)}
DATE = re.compile(r"(\d{4}|XXXX)-(\d\d)-(\d\d)")
EDTF = re.compile(r"(?:(?:\d{4}|XXXX)(?:-\d\d(?:-\d\d)?)?)?")
LENGTH = r"P(?=\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?"
DURATION = re.compile(rf"(?:{LENGTH}(?:/{LENGTH})?)?")


# Same examples on every machine and day; make soak goes further with new ones.
def repeatable(examples: int) -> settings:
    return settings(derandomize=True, deadline=None, max_examples=examples, suppress_health_check=list(HealthCheck))


@cache
def text_of(path: Path) -> str:
    return extractors.read(path.read_bytes(), path.name).text


def check(source: Any, found: Any) -> None:
    """All invariants of one document."""
    rows: dict[str, list[Any]] = found.rows
    assert [d.part for d in rows["documents"]] == list(range(1, len(rows["documents"]) + 1)), "a row a part"
    assert rows["documents"], "a file read stands in documents"
    parts = {d.part: d for d in rows["documents"]}
    for table, spec in TABLES.items():
        if table not in rows:
            continue
        keys = Counter(tuple(getattr(row, k) for k in spec.key) for row in rows[table])
        assert [key for key, n in keys.items() if n > 1] == [], f"{table}: keys are unique"
        for row in rows[table]:
            check_types(table, row)
            assert row.doc_id == source.doc_id
            if table in PLACED:
                check_place(source.text, row, parts[row.part])
    for document in rows["documents"]:
        assert 0 <= document.start <= document.end <= len(source.text)
        assert set(document.quality.split()) <= set(QUALITY_FLAGS)
        assert EDTF.fullmatch(document.date), document.date
    for figure in rows["figures"]:
        check_figure(figure)
    for deadline in rows["deadlines"]:
        check_deadline(deadline)
    check_links(rows)


def check_types(table: str, row: Any) -> None:
    for column in columns(table):
        value = getattr(row, column.name)
        assert value is None or isinstance(value, TYPES[column.type]), (table, column.name, value)
        assert not column.vocabulary or value in column.vocabulary, (table, column.name, value)


def check_place(text: str, row: Any, part: Any) -> None:
    assert part.start <= row.start < row.end <= part.end
    assert row.quote == text[row.start : row.end]
    assert 0 <= row.confidence <= 1
    assert row.rule, "every row says which rule found it"


def check_figure(row: Any) -> None:
    low, high = row.value_low, row.value_high
    assert low is not None or high is not None
    assert low is None or low.is_finite()
    assert high is None or high.is_finite()
    if low is not None and high is not None:
        assert low <= high, row.quote
    if row.bound == "eq":
        assert low == high, row.quote
    assert row.bound != "ge" or high is None, row.quote
    assert row.bound != "le" or low is None, row.quote
    well_formed(row.period_start, row.period_end)


def well_formed(start: str, end: str) -> None:
    for day in (start, end):
        if day:
            match = DATE.fullmatch(day)
            assert match, day
            # An unknown year has no 29 February.
            date(int(match[1]) if match[1] != "XXXX" else 2001, int(match[2]), int(match[3]))
    if start and end and "X" not in start + end:
        assert start <= end


def check_deadline(row: Any) -> None:
    well_formed(row.due_start, row.due_end)
    assert DURATION.fullmatch(row.duration), row.duration
    if row.rrule:
        rrulestr(row.rrule)
    assert len(row.action) <= 60


def check_links(rows: dict[str, list[Any]]) -> None:
    members = {"figures": "figure_ids", "deadlines": "deadline_ids", "units": "unit_ids"}
    tasks = {t.task_id: t for t in rows["tasks"]}
    for table, listed in members.items():
        key = TABLES[table].key[0]
        for row in rows[table]:
            assert not row.task_id or getattr(row, key) in getattr(tasks[row.task_id], listed).split(";")
        by_id = {getattr(row, key): row for row in rows[table]}
        for task in tasks.values():
            for member in filter(None, getattr(task, listed).split(";")):
                assert by_id[member].task_id == task.task_id
    for task in tasks.values():
        targets = any(f.status == "target" and f.task_id == task.task_id for f in rows["figures"])
        assert task.unit_ids or task.deadline_ids or targets, "a task has a unit, a deadline or a target"
        well_formed(task.due_start, task.due_end)


def check_text(text: str) -> None:
    try:
        source = extractors.read(text.encode("utf-8", "surrogatepass"), "a.txt")
    except extractors.Rejected as refusal:
        assert refusal.reason in REJECT_REASONS
        return
    check(source, extractors.extract(source))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(CORPORA)))
def test_rows_of_our_documents(path: Path) -> None:
    source = extractors.read(path.read_bytes(), path.name)
    found = extractors.extract(source)
    check(source, found)
    assert extractors.extract(source).rows == found.rows, "the same input gives the same rows"


def test_an_extraction_leaves_no_cycles() -> None:
    """What allows :func:`extractors.extract` to let the cyclic collector rest."""
    sources = [extractors.read(p.read_bytes(), p.name) for p in FILES]
    for source in sources:
        extractors.extract(source)  # vocabularies are compiled at first use, and that leaves some
    gc.collect()
    gc.disable()
    try:
        for source in sources:
            extractors.extract(source)
            assert gc.collect() == 0, source.name
    finally:
        gc.enable()


def test_reading_a_workbook_leaves_no_cycles_that_grow_with_it() -> None:
    """What allows the reader of workbooks to do the same; the package itself leaves a few objects."""
    left = []
    for count in (20, 20, 400):
        data = workbook(count)
        gc.collect()
        gc.disable()
        try:
            extractors.read(data, "a.xlsx")
            left.append(gc.collect())
        finally:
            gc.enable()
    assert left[2] <= left[1] + 10


def test_equal_cells_are_read_in_their_own_rows() -> None:
    """A cell says what it says in a table that holds it once."""
    head = "序号,重点任务,工作目标,牵头单位,完成时限"
    cells = (
        "不低于95%",
        "低于全市平均2个百分点",
        "提高到3万元",
        "下一步新增5家",
        "完成率100%",
        "5月底前建成3个",
        '"两个中心"',
    )
    rows = [
        f"{n},{task},{cell},县住建局,9月底前"
        for n, (task, cell) in enumerate(((t, c) for t in ("治理内涝点", "改造供水管网") for c in cells), 1)
    ]

    def figures(lines: list[str]) -> list[tuple[Any, ...]]:
        found = extractors.extract(extractors.read("\n".join((head, *lines)).encode(), "2026年任务表.csv")).figures
        return [(f.quote, f.indicator, f.value_low, f.value_high, f.status, f.bound, f.confidence) for f in found]

    together = figures(rows)
    assert together == figures(rows[: len(cells)]) + figures(rows[len(cells) :])
    assert len({indicator for _, indicator, *_ in together}) > 2


def test_the_collector_is_as_before_after_an_extraction(monkeypatch: pytest.MonkeyPatch) -> None:
    source = extractors.read("一、6月底前完成投资1亿元。".encode(), "a.txt")
    extractors.extract(source)
    assert gc.isenabled()
    gc.disable()
    try:
        extractors.extract(source)
        assert not gc.isenabled()
    finally:
        gc.enable()
    monkeypatch.setattr(extraction, "build", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        extractors.extract(source)
    assert gc.isenabled()


@repeatable(120)
@given(st.sampled_from(TEXTS), st.integers(0, 2**32), st.integers(1, 12))
def test_rows_of_damaged_texts(path: Path, seed: int, steps: int) -> None:
    check_text(mutate(text_of(path), Random(seed), steps))


@repeatable(120)
@given(st.lists(st.sampled_from([line for p in TEXTS for line in text_of(p).split("\n") if line]), max_size=12))
def test_rows_of_paragraphs_in_any_company(lines: list[str]) -> None:
    check_text("\n".join(lines))


@repeatable(100)
@given(
    st.text(
        st.sampled_from(
            "一二三十百千万亿两半几0123456789.,%％年月日底前每至-~ 、，。；:（）()\n个元亩家责任单位市局应已完成第篇章"
        ),
        max_size=300,
    )
)
@example("0" * 5000)
@example("（" * 5000)
@example("一、" * 2000)
@example("1.1." * 2000)
@example("每" * 3000 + "年")
@example("由市住建局在2021年3月至")
def test_rows_of_nonsense_in_our_alphabet(text: str) -> None:
    check_text(text)


@pytest.mark.parametrize(
    "piece",
    [
        "市",
        "增长1%,",
        "将增长1%,",
        "已建成1个,",
        "2021年3月",
        "责任单位:",
        "由市财政局牵头,",
        "各乡镇(",
        "一、市\n",
        "1.1.",
    ],
)
def test_work_grows_with_length_only(piece: str) -> None:
    def whole(text: str) -> object:
        return extractors.extract(extractors.read(text.encode(), "a.txt"))

    assert_linear(whole, piece)


@repeatable(100)
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "b.docx", "c.pdf", "d.xlsx", "e.html", "f"]))
def test_any_bytes_give_tables_or_a_reject(data: bytes, name: str) -> None:
    give_tables_or_a_reject(data, name)


@repeatable(60)
@given(st.sampled_from(FILES), st.integers(0, 2**32))
def test_damaged_files_give_tables_or_a_reject(path: Path, seed: int) -> None:
    give_tables_or_a_reject(damage(path.read_bytes(), Random(seed)), path.name)


def give_tables_or_a_reject(data: bytes, name: str) -> None:
    try:
        source = extractors.read(data, name)
    except extractors.Rejected as refusal:
        assert refusal.reason in REJECT_REASONS
        assert refusal.detail and "\n" not in refusal.detail
        return
    check(source, extractors.extract(source))


def test_the_checks_see_a_breach() -> None:
    source = extractors.read("市住建局要在8月底前完成投资1.2亿元。".encode(), "a.txt")
    found = extractors.extract(source)
    check(source, found)
    assert found.rows["figures"] and found.rows["deadlines"]
    for table, name, wrong in [
        ("figures", "quote", "1.3亿元"), ("figures", "status", "wish"), ("figures", "task_id", "nowhere"),
        ("deadlines", "due_end", "XXXX-02-30"), ("deadlines", "duration", "6个月"), ("documents", "quality", "fine"),
    ]:  # fmt: skip
        row = found.rows[table][0]
        assert name in {f.name for f in fields(row)}
        right = getattr(row, name)
        setattr(row, name, wrong)
        with pytest.raises((AssertionError, KeyError, ValueError)):
            check(source, found)
        setattr(row, name, right)
