"""Cells of numbers and of time limits → mentions; which column a cell is in decides how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from extractors import context
from extractors.context import PartView
from extractors.document import Segment
from extractors.language import times
from extractors.language.quantities import Quantity
from extractors.language.times import Time
from extractors.lexicon import words
from extractors.mentions import DeadlineMention, FigureMention
from extractors.worktables import content, numbers
from extractors.worktables.content import READABLE
from extractors.worktables.grid import Entry
from extractors.worktables.headers import UNIT_ROLES, Column

_LONGEST_INDICATOR = 40
_MONTH_DAY = re.compile(r"\d{1,2}[./]\d{2}")
_NUMBER_ONLY = re.compile(r"[\d.,]+")
_SAYS_NOTHING = frozenset(("number", "code", "measure", "period", "duty", "event"))
_YEARS = re.compile(r"((?:19|20)\d\d)年?[-~—–至到]+((?:19|20)\d\d)年?")


@dataclass(slots=True)
class RowView:
    """A data row: its segment, the clean span that is its sentence, and what is known of it.

    ``name`` is what it is about, ``measure`` the measure that its own cells give, ``period`` its time, ``planned`` its tense.
    """

    segment: Segment
    span: tuple[int, int]
    name: str = ""
    measure: str = ""
    period: tuple[str, str] = ("", "")
    planned: bool = True
    work: bool = True


def times_of(view: PartView, row: RowView, entry: Entry) -> list[Time]:
    """The times of a cell in clean offsets, dated by their context."""
    found = content.read(entry.text)[0] if READABLE.search(entry.text) else ()
    if not found:
        return []
    index = view.part.sentence_index(row.span[0])
    return [view.timeline.resolve(context.shift_time(t, entry.start), row.segment, index) for t in found]


def quantities_of(entry: Entry) -> list[Quantity]:
    """The quantities of a cell in clean offsets."""
    if not READABLE.search(entry.text):
        return []
    return [context.shift_quantity(q, entry.start) for q in content.read(entry.text)[1]]


def number(row: RowView, column: Column, entry: Entry, caption: str, status: str) -> FigureMention | None:
    """The figure of a cell that holds a number only; None if it holds anything else."""
    rate = column.change and not column.measure
    measure = column.measure or ("%" if rate and column.basis else "") or row.measure or ("" if rate else caption)
    read = numbers.read(entry.text, measure)
    if read is None:
        return None
    change, low, high = "", read.low, read.high
    # A rate of change has its name from the head of its column or from its row (地区生产总值增速 | % | 6).
    named = read.measure == "%" and row.name.endswith(words("worktables", "rate"))
    if column.change or named:
        said = column.header if column.change else row.name
        change = "down" if read.negative or any(w in said for w in words("worktables", "down")) else "up"
        if read.negative:
            low, high = (None if v is None else -v for v in (low, high))
    return FigureMention(
        entry.start + read.start, entry.start + read.end, row.segment, row.span, rule="table:value", cue=column.header,
        confidence=0.9 if read.measure else 0.7, low=low, high=high, measure=read.measure, bound=read.bound,
        status=status, change=change, basis=column.basis if change else "", indicator=_indicator(row, column),
        period=column.period if any(column.period) else row.period,
    )  # fmt: skip


def holds(column: Column, entry: Entry, started: bool) -> bool:
    """Whether a cell says something that its column is for, or a measured number anywhere: if nothing was made of it, it
    is unread. ``started``: a beginning that is past limits nothing."""
    role, text = column.role, entry.text
    if role in _SAYS_NOTHING or text in words("worktables", "blank") or text in words("worktables", "ditto"):
        return False
    if role in UNIT_ROLES:
        return True
    if role in ("deadline", "start") and holds_digit(text):
        return not (started and READABLE.search(text) and content.read(text)[0])
    head = column.header
    numeric = (
        role in ("value", "length")
        or column.measure
        or column.status
        or head.endswith((*words("worktables", "counting"), "值"))
    )
    if (numeric or _NUMBER_ONLY.fullmatch(text)) and holds_digit(text):
        return True
    return READABLE.search(text) is not None and any(q.measure for q in content.read(text)[1])


@lru_cache(8192)
def holds_digit(text: str) -> bool:
    """Whether a digit of any script stands in a text."""
    return any(c.isdigit() for c in text)


def _indicator(row: RowView, column: Column) -> str:
    if not column.stem or not row.name:
        return (column.stem or row.name)[:_LONGEST_INDICATOR]
    if row.work or column.stem in row.name:
        return (column.stem if row.work else row.name)[:_LONGEST_INDICATOR]
    return (row.name + column.stem)[:_LONGEST_INDICATOR]


def limits(view: PartView, row: RowView, column: Column, entry: Entry) -> list[DeadlineMention]:
    """The time limits of a cell in a column of time limits or of beginnings."""
    found = times_of(view, row, entry)
    if len(found) != 1:
        found = _joined(found) or list(_whole(entry, row.segment.year or view.part.year))
    made = [limit(row, column.role, t) for t in found]
    if undated := _undated(entry.text):
        made += _lasting(row, entry, made, undated)
    return made


def _joined(found: list[Time]) -> list[Time]:
    """A year before a time that has no date of its own (2025年汛期前) dates nothing: both are one limit without a date."""
    out: list[Time] = []
    for t in found:
        if out and out[-1].end == t.start and not t.start_date and not t.end_date and not t.rrule and _is_year(out[-1]):
            t = replace(t, start=out[-1].start, text=out[-1].text + t.text)  # noqa: PLW2901
            out.pop()
        out.append(t)
    return out


def _whole(entry: Entry, year: int | None) -> Iterator[Time]:
    """Times that only a cell of their own can mean: 2024, 06-30, 6.30, 2023-2025."""
    text = entry.text
    anchor = date(year, 1, 1) if year else None
    if years := _YEARS.fullmatch(text):
        span = times.find(f"{years[1]}年至{years[2]}年", anchor)
    elif _MONTH_DAY.fullmatch(text):
        span = times.find(text.replace("/", ".") + "前", anchor)
    else:
        span = times.find(text, anchor)
        if len(span) != 1 or span[0].end - span[0].start != len(text):
            return
    if len(span) == 1:
        yield replace(span[0], start=entry.start, end=entry.end, text=text)


def limit(row: RowView, role: str, t: Time) -> DeadlineMention:
    """The limit that a time sets to a row; ``role`` is that of its column, or ``text`` for one in a sentence."""
    kind = t.kind if t.kind != "duration" else "within"
    start, end = t.start_date, t.end_date
    if role == "start":
        if kind == "by":
            kind, start, end = "from", start or end, ""
        elif kind == "in" and start == end:
            kind, end = "from", ""
    elif kind == "by" or (kind == "in" and (start == end or _is_year(t))):
        kind, start = "by", ""
    return DeadlineMention(
        t.start, t.end, row.segment, row.span, rule=f"table:{role}", cue=role, confidence=0.95, kind=kind, due_start=start,
        due_end=end, rrule=t.rrule, duration=t.duration if kind == "within" else "", action=row.name,
    )  # fmt: skip


def _is_year(t: Time) -> bool:
    return t.start_date.endswith("-01-01") and t.end_date.endswith("-12-31") and t.start_date[:4] == t.end_date[:4]


def _lasting(
    row: RowView, entry: Entry, made: list[DeadlineMention], undated: Iterable[tuple[str, str, int]]
) -> Iterator[DeadlineMention]:
    """Limits without a date: what lasts recurs without a rule, what is done at once has no length."""
    for word, kind, at in undated:
        start, end = entry.start + at, entry.start + at + len(word)
        if not any(d.start < end and start < d.end for d in made):
            yield DeadlineMention(
                start, end, row.segment, row.span, rule="table:words", cue=word, confidence=0.9, kind=kind, action=row.name,
            )  # fmt: skip


@lru_cache(8192)
def _undated(text: str) -> tuple[tuple[str, str, int], ...]:
    """The first word of each kind of limit without a date in a text, its kind and where it stands."""
    first = (
        (next((word for word in words("worktables", key) if word in text), ""), kind)
        for key, kind in (("lasting", "every"), ("at_once", "within"))
    )
    return tuple((word, kind, text.find(word)) for word, kind in first if word)
