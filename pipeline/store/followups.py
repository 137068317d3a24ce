"""The follow-up (督办) of tasks, apart from the review of their rows: appended, never changed.

A record is the whole state of a task at a moment: its newest record stands. Records keep to their task when documents are
read anew (:mod:`pipeline.store.marks`). An empty state takes the follow-up back: the task goes by its text again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from pipeline.store import marks
from pipeline.store.inputs import next_day
from pipeline.store.marks import LOST, Spot
from pipeline.store.outcomes import chunks
from pipeline.store.schema import ANCHORS, FOLLOWED, FOLLOWUPS

STATES = ("not_started", "ongoing", "completed", "postponed", "closed")
DONE = frozenset({"completed", "closed"})


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How a task stands. ``new_date`` is the ISO day that takes the place of its limit, ``reason`` why it was moved."""

    state: str = ""
    progress: str = ""
    value: str = ""
    evidence: str = ""
    new_date: str = ""
    reason: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing of the task is to be done any more."""
        return self.state in DONE


@dataclass(frozen=True, slots=True)
class Record:
    """A follow-up as it was entered, with where its task is now; ``task_id`` is empty where that is lost."""

    followup_id: str
    number: int
    made_at: str
    who: str
    task_id: str
    path: str
    quote: str
    how: str
    now: FollowUp


NOTHING = FollowUp()
CONTENT = tuple(f.name for f in fields(FollowUp))


def fault(followup: FollowUp) -> str:
    """What is wrong with a follow-up, as one Chinese clause; empty where nothing is."""
    if followup.state not in ("", *STATES):
        return f"状态 {followup.state!r} 不在可选的几种之内"
    if not followup.state and followup != NOTHING:
        return "没有选状态"
    if followup.new_date:
        try:
            if date.fromisoformat(followup.new_date).isoformat() != followup.new_date:
                raise ValueError
        except ValueError:
            return f"新的日期 {followup.new_date!r} 不是 2026-06-30 这样的日期"
        if not followup.reason:
            return "改了日期,没有写延期原因"
    elif followup.state == "postponed":
        return "状态是延期,没有写新的日期"
    return ""


def record(connection: Connection, spot: Spot, followup: FollowUp, text: str, who: str, now: str, program: str) -> str:
    """Append a follow-up of the task at ``spot``, in the text of the version that counts; its id. ValueError for one that
    has a fault."""
    if wrong := fault(followup):
        raise ValueError(wrong)
    count = number(connection) + 1
    raw = f"{count}|{now}|{who}|{spot}|{followup}"
    followup_id = hashlib.blake2b(raw.encode(), digest_size=8).hexdigest()
    marks.make(connection, followup_id, spot, text, now)
    connection.execute(insert(FOLLOWUPS), [
        asdict(followup)
        | {"followup_id": followup_id, "number": count, "made_at": now, "who": who, "task_id": spot.row_id, "program": program}
    ])  # fmt: skip
    connection.execute(delete(FOLLOWED).where(FOLLOWED.c.task_id == spot.row_id))
    connection.execute(insert(FOLLOWED), [_standing(spot.row_id, followup_id, followup)])
    return followup_id


def _standing(task_id: str, followup_id: str, now: FollowUp) -> dict[str, str]:
    return {"task_id": task_id, "followup_id": followup_id, "state": now.state, "new_date": now.new_date}


def refresh(connection: Connection) -> None:
    """Bring what stands up to the anchors, after documents were read anew."""
    connection.execute(delete(FOLLOWED))
    rows = [_standing(task_id, r.followup_id, r.now) for task_id, r in current(connection).items()]
    if rows:
        connection.execute(insert(FOLLOWED), rows)


def number(connection: Connection) -> int:
    """Of the newest record, 0 where there is none."""
    return int(connection.execute(select(func.max(FOLLOWUPS.c.number))).scalar() or 0)


def records(connection: Connection, task_ids: Iterable[str] | None = None, as_of: str = "") -> list[Record]:
    """Follow-ups in the order they were made, of all tasks or of these; those made by the end of the day ``as_of``."""
    a, f = ANCHORS.c, FOLLOWUPS.c
    columns = (
        f.followup_id, f.number, f.made_at, f.who, a.row_id, a.path, a.quote, a.how, *(f[name] for name in CONTENT),
    )  # fmt: skip
    query = marks.latest(columns, f.followup_id, as_of).order_by(f.number, f.followup_id)
    if as_of:
        query = query.where(f.made_at <= next_day(as_of))
    if task_ids is None:
        rows: list[Any] = list(connection.execute(query))
    else:
        rows = [r for chunk in chunks(task_ids) for r in connection.execute(query.where(a.row_id.in_(chunk)))]
        rows.sort(key=lambda r: (r.number, r.followup_id))
    found: list[list[Any]] = [[*row[:8], FollowUp(*row[8:])] for row in rows]
    return [Record(*fields) for fields in found]


def current(connection: Connection, task_ids: Iterable[str] | None = None, as_of: str = "") -> dict[str, Record]:
    """The record that stands, by task."""
    return {r.task_id: r for r in records(connection, task_ids, as_of) if r.task_id and r.how != LOST}


def lost(connection: Connection) -> list[Record]:
    """Follow-ups whose task is not in its document any more, or is no task any more."""
    return [r for r in records(connection) if not r.task_id or r.how == LOST]
