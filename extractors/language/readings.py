"""What the grammars of times read, and the dates, rule and duration it comes to."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from extractors.language.dates import Day, Length, iso, month_end, of, shift_month
from extractors.language.periods import Point, Span, span, uses

Kind = Literal["by", "in", "every", "within", "from", "duration"]
Way = Literal["", "event", "within", "ago", "later", "past", "coming", "previous", "next"]


class Moment(NamedTuple):
    """One point or period, or a range of two.

    ``rolls``: one end only inherits its year, so that an end before the start lies in the next year. ``now``: the range
    ends today. ``exact``: a named last day (三季度末) that is a day of its own besides being a limit.
    """

    first: Point
    last: Point | None = None
    rolls: bool = False
    now: bool = False
    exact: bool = False


class Stretch(NamedTuple):
    """A length of time. ``way`` tells how it lies to the anchor (event: to an event that has no date); ``base`` is the
    point it counts from where the text gives one."""

    low: Length
    high: Length
    way: Way = ""
    base: Point | None = None


class Repeat(NamedTuple):
    """A recurrence rule, with the point it starts from where the text says so."""

    rule: str
    start: Point | None = None


Reading = Moment | Stretch | Repeat


class Hit(NamedTuple):
    """A reading in its place; offsets in the text as scanned."""

    start: int
    end: int
    kind: Kind
    reading: Reading


class Values(NamedTuple):
    """What a reading comes to with an anchor: fields as in ``times.Time``."""

    start_date: str = ""
    end_date: str = ""
    rrule: str = ""
    duration: str = ""
    uses: str = ""


@lru_cache(maxsize=4096)  # a document says 今年 and 6月底前 again and again
def values(reading: Reading, kind: Kind, anchor: date | None) -> Values:
    """Dates, rule, duration and need of an anchor."""
    if isinstance(reading, Moment):
        return _moment(reading, kind, anchor)
    if isinstance(reading, Stretch):
        return _stretch(reading, anchor)
    if reading.start is None:
        return Values(rrule=reading.rule)
    return Values(iso(span(reading.start, anchor)[0]), rrule=reading.rule, uses=uses(reading.start))


def _moment(m: Moment, kind: Kind, anchor: date | None) -> Values:
    start, end = span(m.first, anchor)
    need = uses(m.first)
    if m.last is not None:
        end = span(m.last, anchor)[1]
        need = need or uses(m.last)
        if m.rolls and start and end and start[0] and end[0] and start > end:
            end = (
                end[0] + 1,
                end[1],
                month_end(end[0] + 1, 2) if end[1:] == (2, 28) and m.last.day is None else end[2],
            )
    if kind == "by":
        start = end if m.exact else None
    elif kind == "from":
        start, end = (end if m.first.edge == "end" else start), (of(anchor) if m.now and anchor else None)
    return Values(iso(start), iso(end), uses=need)


def _stretch(p: Stretch, anchor: date | None) -> Values:
    low, high = p.low.iso, p.high.iso
    duration = low if low == high else f"{low}/{high}"
    if p.base is not None:
        first, last = span(p.base, anchor)
        base = last if p.base.edge == "end" else first
        end = p.high.after(date(base[0], base[1], base[2])) if base and base[0] else None
        return Values(iso(base), iso(_of(end)), duration=duration, uses=uses(p.base))
    if p.way in ("", "event"):
        return Values(duration=duration)
    start, stop = _around(p, anchor) if anchor else (None, None)
    return Values(iso(start), iso(stop), duration=duration, uses="day")


def _of(day: date | None) -> Day | None:
    return None if day is None else of(day)


def _around(p: Stretch, anchor: date) -> Span:
    """Where a length lies that is counted from the anchor."""
    match p.way:
        case "within":
            return None, _of(p.high.after(anchor))
        case "ago" | "later":
            day = _of(p.high.after(anchor, -1 if p.way == "ago" else 1))
            return day, day
        case "past":
            return _of(p.high.after(anchor, -1)), of(anchor)
        case "coming":
            return of(anchor), _of(p.high.after(anchor))
        case _:
            return _whole(p.high, anchor, p.way == "next")


def _whole(length: Length, anchor: date, coming: bool) -> Span:
    """The whole years, months, weeks or days before or after those of the anchor: 上两个月, 下三周."""
    months = 12 * length.years + length.months
    try:
        if months:
            step = 1 if length.months else 12
            year, month = shift_month(anchor.year, anchor.month if length.months else 1, step if coming else -months)
            last_year, last_month = shift_month(year, month, months - 1)
            if year is None or last_year is None or not (year > 0 and last_year < 10000):
                return None, None
            return (year, month, 1), (last_year, last_month, month_end(last_year, last_month))
        count = 7 * length.weeks + length.days
        base = anchor - timedelta(days=anchor.weekday() if length.weeks else 0)
        start = base + timedelta(days=7 if length.weeks else 1) if coming else base - timedelta(days=count)
        return of(start), of(start + timedelta(days=max(count, 1) - 1))
    except OverflowError:
        return None, None
