"""Time limits as calendars (RFC 5545): one file for all, one a unit.

All-day events, since many phone and office calendars ignore to-dos. The UID is the limit's id, so an imported calendar is
brought up to date by the next one. What has no certain day is not in a calendar.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pipeline.due import bounds, days, explicit_rule, occurrences
from pipeline.inputs import printable
from pipeline.roster import Roster
from pipeline.store.ledger import Limit

ALL = "all.ics"
_SUMMARY_CHARS = 60
_NAME_BYTES = 120
_FORBIDDEN = '<>:"/\\|?*'  # in file names of one system or another


def write(folder: Path, limits: Iterable[Limit], roster: Roster | None, as_of: date) -> tuple[int, list[Limit]]:
    """Write ``all.ics`` and a file a unit; how many events, and the limits that have no certain day.

    ``as_of`` is the stamp of the events, so that the same store gives the same files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    everything: list[Any] = []
    of_unit: dict[str, list[Any]] = defaultdict(list)
    unknown: list[Limit] = []
    for limit in limits:
        units = list(dict.fromkeys(roster.canonical(u) if roster else u for u in limit.units))
        found = event(limit, units, as_of)
        if found is None:
            unknown.append(limit)
            continue
        everything.append(found)
        for unit in units:
            of_unit[unit].append(found)
    (folder / ALL).write_bytes(calendar("台账时限", everything))
    for unit, events in sorted(of_unit.items()):
        (folder / file_name(unit)).write_bytes(calendar(f"{unit}时限", events))
    return len(everything), unknown


def file_name(unit: str) -> str:
    """A file name for a unit; one that had to be changed or cut keeps apart from others by a hash."""
    name = "".join("_" if c in _FORBIDDEN else c for c in printable(unit)).strip(". ")
    if name != unit or len(name.encode()) > _NAME_BYTES or f"{name.lower()}.ics" == ALL:
        cut = name.encode()[:_NAME_BYTES].decode("utf-8", "ignore")
        name = f"{cut}-{hashlib.blake2b(unit.encode(), digest_size=4).hexdigest()}"
    return f"{name}.ics"


def calendar(name: str, events: Sequence[Any]) -> bytes:
    """A calendar of events."""
    from icalendar import Calendar  # noqa: PLC0415

    made = Calendar()
    made.add("prodid", "-//taizhang//taizhang//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", name)
    for entry in events:
        made.add_component(entry)
    return bytes(made.to_ical())


def event(limit: Limit, units: Sequence[str], as_of: date) -> Any | None:
    """The event of a limit, None where it has no certain day."""
    from icalendar import Event  # noqa: PLC0415

    told = days(limit)
    if not told:
        return None
    made = Event()
    made.add("uid", f"{limit.deadline_id}@taizhang")
    made.add("dtstamp", datetime.combine(as_of, time(), UTC))
    if limit.rrule:
        window, all_days = bounds(limit), occurrences(limit)
        if window is None or not all_days:
            return None
        made.add("dtstart", all_days[0])
        made.add("dtend", all_days[0] + timedelta(days=1))
        rule: dict[str, Any] = {}
        for part in explicit_rule(limit.rrule).split(";"):
            key, _, value = part.partition("=")
            rule[key] = value.split(",")
        made.add(
            "rrule",
            {k: [int(v) if v.lstrip("-").isdigit() else v for v in vs] for k, vs in rule.items()}
            | {"UNTIL": window[1]},
        )
    else:
        made.add("dtstart", told[0].day)
        made.add("dtend", told[0].day + timedelta(days=1))
    summary = limit.action or limit.quote
    made.add("summary", _plain(summary)[:_SUMMARY_CHARS] + (",开始" if limit.kind == "from" else ""))
    made.add("description", _plain(f"{limit.quote}\n{limit.source}" + (f" 第{limit.page}页" if limit.page else "")))
    if units:
        made.add("categories", [_plain(u) for u in units])
    made.add("transp", "TRANSPARENT")
    return made


def _plain(text: str) -> str:
    """Without control characters, which the format does not allow."""
    return "".join(c for c in text if c == "\n" or c.isprintable())
