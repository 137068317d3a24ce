"""Calendar days whose year may be unknown, and lengths of time.

A day is ``(year or None, month, day)``. Nothing here reads text or a clock.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

Day = tuple[int | None, int, int]
_MONTH_ENDS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def iso(day: Day | None) -> str:
    """ISO 8601 with XXXX for an unknown year (EDTF), empty for no day and beyond the calendar."""
    if day is None or (day[0] is not None and not 0 < day[0] < 10000):
        return ""
    year, month, number = day
    return f"{'XXXX' if year is None else f'{year:04d}'}-{month:02d}-{number:02d}"


def month_end(year: int | None, month: int) -> int:
    """Last day of a month; 28 for February of an unknown year."""
    return 29 if month == 2 and year is not None and calendar.isleap(year) else _MONTH_ENDS[month]


def is_day(year: int | None, month: int, day: int) -> bool:
    """Whether the calendar has that day; 29 February may be in an unknown year."""
    return 1 <= month <= 12 and 1 <= day <= month_end(2000 if year is None else year, month)


def shift_month(year: int | None, month: int, by: int) -> tuple[int | None, int]:
    """Year and month ``by`` months later."""
    carry, index = divmod(month - 1 + by, 12)
    return (None if year is None else year + carry), index + 1


def nth_week(year: int, month: int | None, n: int) -> tuple[Day, Day]:
    """The n-th week that begins in the month or year, Monday to Sunday."""
    first = date(year, month or 1, 1)
    monday = first + timedelta(days=-first.weekday() % 7 + 7 * (n - 1))
    return of(monday), of(monday + timedelta(days=6))


def nth_weekday(year: int, month: int, n: int, weekday: int) -> Day:
    """The n-th Monday (0) … Sunday (6) of a month."""
    first = date(year, month, 1)
    return of(first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1)))


def of(day: date) -> Day:
    """A known day."""
    return day.year, day.month, day.day


class Length(NamedTuple):
    """A length of time. ``days`` may be working days; ``minutes`` holds the part below a day."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    minutes: Decimal = Decimal(0)
    working: bool = False

    @property
    def iso(self) -> str:
        """ISO 8601 duration; weeks stand alone or are given as days, as the standard has it."""
        mixed = bool(self.years or self.months or self.days or self.minutes)
        weeks, days = (0, self.days + 7 * self.weeks) if mixed else (self.weeks, 0)
        parts = [f"{n}{unit}" for n, unit in ((self.years, "Y"), (self.months, "M"), (weeks, "W"), (days, "D")) if n]
        hours, minutes = divmod(self.minutes, 60)
        clock = [f"{n.normalize():f}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n]
        return "P" + "".join(parts) + ("T" + "".join(clock) if clock else "") if parts or clock else ""

    def after(self, start: date, sign: int = 1) -> date | None:
        """The day this long after (or before) a day, None beyond the calendar; working days are Monday to Friday."""
        try:
            year, month = shift_month(start.year, start.month, sign * (12 * self.years + self.months))
            if year is None or not 1 <= year <= 9999:
                return None
            moved = date(year, month, min(start.day, month_end(year, month)))
            days = 7 * self.weeks + self.days + int(self.minutes // 1440)
            if self.working:
                weeks, left = divmod(days, 5)
                moved += timedelta(weeks=sign * weeks)
                while left:
                    moved += timedelta(days=sign)
                    left -= moved.weekday() < 5
                return moved
            return moved + timedelta(days=sign * days)
        except OverflowError:
            return None
