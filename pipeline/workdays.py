"""Chinese working days: announced holidays and the weekends worked in exchange, as far as they have been announced."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_STEP = timedelta(days=1)


@lru_cache(maxsize=4096)  # a report asks for the same few days hundreds of times
def is_workday(day: date) -> bool | None:
    """Whether people work on a day; None beyond the announced years."""
    import chinese_calendar  # noqa: PLC0415

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def add_workdays(start: date, count: int) -> date | None:
    """The ``count``-th working day after ``start``; None where that leads beyond the announced years."""
    day = start
    while count > 0:
        day += _STEP
        works = is_workday(day)
        if works is None:
            return None
        count -= works
    return day


def last_workday(day: date) -> date | None:
    """The last working day up to and including ``day``; None beyond the announced years."""
    for _ in range(15):  # no holiday is as long
        works = is_workday(day)
        if works is None:
            return None
        if works:
            return day
        day -= _STEP
    return None
