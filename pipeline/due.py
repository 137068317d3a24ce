"""What falls due when: time limits of the tables to days.

Recurring limits are expanded within their bounds; a rule without a day falls on the last day of each period, and one
without an end stops with the plan year (tables.md). A limit whose year or beginning is unknown has no day: it is counted
and listed apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from pipeline.store.followups import DONE
from pipeline.store.ledger import Limit
from pipeline.workdays import add_workdays

_MAX_OCCURRENCES = 1000
_DURATION = re.compile(r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")
_WITHIN = re.compile(r"(\d{1,4})([dwm])?")
_WORKDAYS = "工作日"


@dataclass(frozen=True, slots=True)
class Due:
    """A time limit on a day. ``start`` where the work has a window."""

    limit: Limit
    day: date
    start: date | None = None

    @property
    def done(self) -> bool:
        """Whether the work is done: by its follow-up, else by the document itself."""
        if self.limit.follow_up:
            return self.limit.follow_up in DONE
        return self.limit.task_status == "done"


def span(text: str) -> timedelta:
    """The length that ``--within`` names: ``30d``, ``4w``, ``2m`` (of 30 days); ValueError for anything else."""
    match = _WITHIN.fullmatch(text.strip())
    if match is None:
        raise ValueError("应是 30d、4w 或 2m 这样的长度")
    return timedelta(days=int(match[1]) * {"d": 1, "w": 7, "m": 30}[match[2] or "d"])


def day_of(text: str) -> date | None:
    """A complete ISO date, else None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def plan_year(limit: Limit) -> int | None:
    """The year in which a limit without dates of its own holds."""
    return limit.year if limit.year and 1900 <= limit.year <= 2200 else None


def explicit_rule(rule: str) -> str:
    """A recurrence rule with its days written out: a rule without a day means the last day of each period.

    >>> explicit_rule("FREQ=MONTHLY;INTERVAL=3")
    'FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1'
    """
    parts = dict(p.split("=", 1) for p in rule.split(";") if "=" in p)
    if any(key in parts for key in ("BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO")):
        return rule
    frequency, every = parts.get("FREQ", ""), int(parts.get("INTERVAL", "1"))
    if frequency == "MONTHLY" and "BYMONTH" not in parts:
        if every == 1:
            parts["BYMONTHDAY"] = "-1"
        elif 12 % every == 0:  # free of the day it is counted from
            parts = {"FREQ": "YEARLY", "BYMONTH": ",".join(str(m) for m in range(every, 13, every)), "BYMONTHDAY": "-1"}
        else:
            parts["BYMONTHDAY"] = "-1"
    elif frequency in ("MONTHLY", "YEARLY"):
        parts.setdefault("BYMONTH", "12")
        parts["BYMONTHDAY"] = "-1"
    elif frequency == "WEEKLY":
        parts["BYDAY"] = "SU"
    return ";".join(f"{k}={v}" for k, v in parts.items())


def bounds(limit: Limit) -> tuple[date, date] | None:
    """First and last day on which a recurring limit can fall; None where the year is unknown."""
    year = plan_year(limit)
    start = day_of(limit.due_start) or (date(year, 1, 1) if year and not limit.due_start else None)
    if start is None:
        return None
    end = day_of(limit.due_end)
    if end is None:
        if limit.due_end:
            return None
        end = date(max(start.year, year or start.year), 12, 31)
    return (start, end) if start <= end else None


def occurrences(limit: Limit) -> list[date] | None:
    """All days of a recurring limit, at most a thousand; None where they cannot be told."""
    within = bounds(limit)
    if within is None:
        return None
    try:
        rule = rrulestr(explicit_rule(limit.rrule), dtstart=datetime.combine(within[0], time()))
        days = rule.xafter(datetime.combine(within[0], time()), inc=True)
        found = []
        for moment in islice(days, _MAX_OCCURRENCES):
            if moment.date() > within[1]:
                break
            found.append(moment.date())
        return found
    except (ValueError, KeyError):
        return None


def days(limit: Limit) -> list[Due] | None:
    """A limit's days, or None where the text does not tell them. A beginning (``from``) is the day it begins."""
    end, start = day_of(limit.due_end), day_of(limit.due_start)
    if limit.rrule:
        found = occurrences(limit)
        return None if found is None else [Due(limit, d) for d in found]
    if limit.kind == "from":
        return [Due(limit, start)] if start else None
    if end is not None:
        return [Due(limit, end, start)]
    if limit.kind == "within" and start is not None and (length := _DURATION.fullmatch(limit.duration.split("/")[-1])):
        years, months, weeks, n_days = (int(n or 0) for n in length.groups())
        if _WORKDAYS in limit.quote and not (years or months or weeks):
            reached = add_workdays(start, n_days)
            return None if reached is None else [Due(limit, reached, start)]
        return [Due(limit, start + relativedelta(years=years, months=months, weeks=weeks, days=n_days), start)]
    return None


def falling(limits: Iterable[Limit], first: date, last: date) -> tuple[list[Due], list[Limit]]:
    """What falls on days from ``first`` to ``last``, by day, and the limits whose days are unknown."""
    found: list[Due] = []
    unknown: list[Limit] = []
    for limit in limits:
        told = days(limit)
        if told is None:
            unknown.append(limit)
        else:
            found += [d for d in told if first <= d.day <= last]
    return sorted(found, key=lambda d: (d.day, d.limit.source, d.limit.deadline_id)), unknown


def overdue(found: Iterable[Due], today: date) -> Iterator[Due]:
    """Of what fell due before today, what is not known to be done. Beginnings are no debts, and whether a recurring duty
    was done the last time no document tells."""
    return (d for d in found if d.day < today and not d.done and d.limit.kind != "from" and not d.limit.rrule)


def next_ones(found: Iterable[Due]) -> list[Due]:
    """The first occurrence of each limit."""
    seen: set[str] = set()
    return [d for d in found if not (d.limit.deadline_id in seen or seen.add(d.limit.deadline_id))]  # type: ignore[func-returns-value]
