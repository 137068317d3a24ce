"""Time limits as calendars (RFC 5545): one file for all, one a unit.

Each limit is a to-do with its state, and an all-day event as well, since many phone and office calendars ignore to-dos.
The UID is the limit's id, so an imported calendar is brought up to date by the next one. What has no certain day is not in
a calendar.
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
from pipeline.rendering.ledger import look
from pipeline.roster import Roster
from pipeline.store.followups import DONE
from pipeline.store.ledger import Limit

ALL = "all.ics"
_SUMMARY_CHARS = 60
_NAME_BYTES = 120
_FORBIDDEN = '<>:"/\\|?*'  # in file names of one system or another


def write(folder: Path, limits: Iterable[Limit], roster: Roster | None, as_of: date) -> tuple[int, list[Limit]]:
    """Write ``all.ics`` and a file a unit; how many limits are in them, and the limits that have no certain day.

    ``as_of`` is the stamp of the events, so that the same store gives the same files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    everything: list[Any] = []
    of_unit: dict[str, list[Any]] = defaultdict(list)
    unknown: list[Limit] = []
    for limit in limits:
        units = list(dict.fromkeys(roster.canonical(u) if roster else u for u in limit.units))
        found = entries(limit, units, as_of)
        if not found:
            unknown.append(limit)
            continue
        count += 1
        everything += found
        for unit in units:
            of_unit[unit] += found
    (folder / ALL).write_bytes(calendar("台账时限", everything))
    for unit, events in sorted(of_unit.items()):
        (folder / file_name(unit)).write_bytes(calendar(f"{unit}时限", events))
    return count, unknown


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


def entries(limit: Limit, units: Sequence[str], as_of: date) -> list[Any]:
    """The event and the to-do of a limit, none where it has no certain day."""
    from icalendar import Event, Todo  # noqa: PLC0415

    told = days(limit)
    rule = _rule(limit) if limit.rrule else {}
    if not told or rule is None:
        return []
    day = told[0].day
    event, todo = Event(), Todo()
    event.add("uid", f"{limit.deadline_id}@taizhang")
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")
    todo.add("uid", f"{limit.deadline_id}-todo@taizhang")
    todo.add("dtstart" if rule else "due", day)
    todo.add("status", _state(limit))
    word = look()["words"]["follow_up"].get(limit.follow_up, "")
    summary = _plain(limit.action or limit.quote)[:_SUMMARY_CHARS] + (",开始" if limit.kind == "from" else "")
    note = f"\n原定 {limit.planned}" if limit.planned else ""
    for made in (event, todo):
        made.add("dtstamp", datetime.combine(as_of, time(), UTC))
        if rule:
            made.add("rrule", rule)
        made.add("summary", f"({word}){summary}" if word else summary)
        made.add(
            "description",
            _plain(f"{limit.quote}\n{limit.source}" + (f" 第{limit.page}页" if limit.page else "") + note),
        )
        if units:
            made.add("categories", [_plain(u) for u in units])
    return [event, todo]


def _state(limit: Limit) -> str:
    """STATUS of the to-do (RFC 5545, 3.8.1.11): by the follow-up, else by the text."""
    if limit.follow_up in DONE or (not limit.follow_up and limit.task_status == "done"):
        return "COMPLETED"
    started = limit.follow_up == "ongoing" or (not limit.follow_up and limit.task_status == "ongoing")
    return "IN-PROCESS" if started else "NEEDS-ACTION"


def _rule(limit: Limit) -> dict[str, Any] | None:
    """RRULE of a recurring limit, None where its days cannot be told."""
    window = bounds(limit)
    if window is None or not occurrences(limit):
        return None
    rule: dict[str, Any] = {"UNTIL": window[1]}
    for part in explicit_rule(limit.rrule).split(";"):
        key, _, value = part.partition("=")
        rule[key] = [int(v) if v.lstrip("-").isdigit() else v for v in value.split(",")]
    return rule


def _plain(text: str) -> str:
    """Without control characters, which the format does not allow."""
    return "".join(c for c in text if c == "\n" or c.isprintable())
