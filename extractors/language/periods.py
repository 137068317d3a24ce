"""Points and periods of the calendar as written, and the days they cover.

What a text writes (a year or only a shift from this year, a month, a quarter …) stays apart from the anchor that dates
it, so that a time is read once and dated as often as its context needs.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from extractors.language import feasts
from extractors.language.dates import Day, is_day, month_end, nth_week, nth_weekday, of, shift_month

Span = tuple[Day | None, Day | None]
_NOWHERE: Span = (None, None)


class Point(NamedTuple):
    """A point or period as written; what is None or empty was not written.

    ``short``: the year has two digits; ``blank``: it was struck out (_年). ``year_by`` and ``by`` are shifts from the
    anchor (去年; 下月, with ``unit`` month). ``part`` is half, quarter, decade (旬), week, weekday, first_months,
    last_months, first_weeks, last_weeks, feast, plan (“十四五”), years, school or term, with ``n`` to ``n2``. ``edge`` is
    start, middle or end of the whole.
    """

    year: int | None = None
    last_year: int | None = None
    short: bool = False
    blank: bool = False
    year_by: int | None = None
    unit: str = ""
    by: int = 0
    month: int | None = None
    last_month: int | None = None
    day: int | None = None
    last_day: int | None = None
    part: str = ""
    n: int = 0
    n2: int = 0
    weekday: int | None = None
    feast: str = ""
    edge: str = ""

    def having(self, **changes: Any) -> Point:
        """The same with other values of some fields: ``_replace`` in half its time, and most points need two."""
        fields = list(self)
        for name, value in changes.items():
            fields[_FIELDS[name]] = value
        return tuple.__new__(Point, fields)

    @property
    def has_year(self) -> bool:
        """Whether the text fixes the year, be it unknown (_年) or relative (去年)."""
        return self.year is not None or self.blank or self.year_by is not None

    @property
    def has_month(self) -> bool:
        """Whether the text fixes the month."""
        return self.month is not None or bool(self.unit)


_FIELDS = {name: i for i, name in enumerate(Point._fields)}
NOTHING = Point()


def valid(p: Point) -> bool:
    """Whether the calendar can have it."""
    if p.month is not None and not 1 <= p.month <= 12:
        return False
    if p.day is None and p.last_day is None:
        return True
    year, month = None if p.short else p.year, p.month or 1
    return (p.day is None or is_day(year, month, p.day)) and (p.last_day is None or is_day(year, month, p.last_day))


def inherit(p: Point, first: Point) -> Point:
    """A later member of a range or list with the year and month that only the first one writes."""
    if p.has_year or p.part in ("plan", "term") or p.unit in ("week", "day", "quarter", "half"):
        return p
    if p.unit == "month":
        if p.by or p.edge or not first.has_month or first.unit in ("week", "day", "quarter"):
            return p
        p = p.having(unit=first.unit, by=first.by, month=first.last_month or first.month)
    return p.having(year=first.last_year or first.year, short=first.short, blank=first.blank, year_by=first.year_by)


def span(p: Point, anchor: date | None) -> Span:
    """First and last day of a point; (None, None) where neither the text nor the anchor gives them."""
    if p.part == "term" or (anchor is None and p.unit and not (p.has_year and p.unit == "month")):
        return _NOWHERE
    if anchor is not None and p.unit in ("day", "week", "quarter", "half"):
        try:
            return _shifted(p, anchor)
        except OverflowError:
            return _NOWHERE
    if p.year_by is not None or not p.has_year:
        year = anchor.year + (p.year_by or 0) if anchor else None
    else:
        year = _century(p.year, anchor) if p.short and p.year is not None else p.year
    month = p.month
    if p.unit == "month":
        if anchor is None:
            return _NOWHERE
        moved, month = shift_month(anchor.year, anchor.month, p.by)
        year = year if p.has_year else moved
    return _within(p, year, month)


def uses(p: Point) -> str:
    """The coarsest part that an anchor has to give: term, year, month, week, day, or '' for none."""
    if p.part == "term":
        return "term"
    if p.year_by is not None:
        return "year"
    if p.unit:
        return "month" if p.unit in ("quarter", "half") else p.unit
    return "" if p.has_year else "year"


def _century(short: int, anchor: date | None) -> int:
    """The year of two digits that lies nearest to the anchor; without one, 1950 to 2049."""
    if anchor is None:
        return 2000 + short if short < 50 else 1900 + short
    here = anchor.year // 100 * 100 + short
    return min((here - 100, here, here + 100), key=lambda y: abs(y - anchor.year))


def _shifted(p: Point, anchor: date) -> Span:
    if p.unit == "day":
        day = of(anchor + timedelta(days=p.by))
        return day, day
    if p.unit == "week":
        monday = anchor + timedelta(days=7 * p.by - anchor.weekday())
        if p.weekday is not None:
            return of(monday + timedelta(days=p.weekday)), of(monday + timedelta(days=p.weekday))
        return of(monday + timedelta(days=5 if p.edge else 0)), of(monday + timedelta(days=6))
    size = 3 if p.unit == "quarter" else 6
    year, month = shift_month(anchor.year, (anchor.month - 1) // size * size + 1, size * p.by)
    return _months(p.edge, year, month, size)


def _months(edge: str, year: int | None, month: int, size: int) -> Span:
    """A stretch of whole months, or its start, middle or end (tables.md: 月初 01–10, 年初 January, 年中 06-30)."""
    last_year, last_month = shift_month(year, month, size - 1)
    last: Day = (last_year, last_month, month_end(last_year, last_month))
    if edge == "end":
        return last, last
    if edge == "start":
        return (year, month, 1), (year, month, 10 if size == 1 else month_end(year, month))
    if edge == "middle":
        if size == 1:
            return (year, month, 11), (year, month, 20)
        mid_year, mid = shift_month(year, month, max(size // 2 - 1, 1))
        return (mid_year, mid, month_end(mid_year, mid)), (mid_year, mid, month_end(mid_year, mid))
    return (year, month, 1), last


def _within(p: Point, year: int | None, month: int | None) -> Span:
    """The days of a point whose year and month are settled."""
    match p.part:
        case "feast":
            day = feasts.day(p.feast, year)
            return day, day
        case "half":
            return _months(p.edge, year, 6 * p.n - 5, 6)
        case "quarter":
            return _months(p.edge, year, 3 * p.n - 2, 3 * (p.n2 - p.n + 1))
        case "first_months":
            return _months(p.edge, year, 1, min(p.n, 12))
        case "last_months":
            return _months(p.edge, year, 13 - min(p.n, 12), min(p.n, 12))
        case "week" | "weekday" | "first_weeks" | "last_weeks":
            return _NOWHERE if year is None else _weeks(p, year, month)
        case "school":  # a school year begins on 1 September
            return (year, 9, 1), (p.last_year, 8, 31)
        case "plan" | "years":
            return _years(p, year)
    if month is None:
        return _months(p.edge, year, 1, 12)
    if p.part == "decade":
        return (year, month, 10 * p.n - 9), (year, month, month_end(year, month) if p.n2 == 3 else 10 * p.n2)
    if p.day is not None:
        if not is_day(year, month, p.day):
            return _NOWHERE
        last = p.day if p.last_day is None else min(p.last_day, month_end(year, month))
        return (year, month, p.day), (year, month, max(last, p.day))
    return _months(p.edge, year, month, 1 if p.last_month is None else (p.last_month - month) % 12 + 1)


def _years(p: Point, year: int | None) -> Span:
    last = p.last_year if p.last_year is not None else None if year is None else year + p.n
    if p.edge == "start":
        last = year
    elif p.edge == "end":
        year = last
    elif p.edge == "middle":
        year = last = None if year is None else year + 2
    return (year, 1, 1), (last, 12, 31)


def _weeks(p: Point, year: int, month: int | None) -> Span:
    if p.part == "weekday" and p.weekday is not None and month is not None:
        day = nth_weekday(year, month, p.n, p.weekday)
        return day, day
    if p.part == "week":
        return nth_week(year, month, p.n)
    if p.part == "first_weeks":
        return nth_week(year, month, 1)[0], nth_week(year, month, p.n)[1]
    end = date(year, 12, 31)
    sunday = end - timedelta(days=(end.weekday() + 1) % 7)
    return of(sunday - timedelta(days=7 * p.n - 1)), of(sunday)
