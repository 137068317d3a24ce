"""Time limits as the follow-up of their tasks has left them: it goes first, the text second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, select

from pipeline.store import followups, ledger
from pipeline.store.counting import Counting, counting
from pipeline.store.followups import Record
from pipeline.store.inputs import current
from pipeline.store.ledger import Limit, units_of
from pipeline.store.outcomes import chunks
from pipeline.store.schema import ROWS


def limits(
    connection: Connection, as_of: str = "", first: str = "", last: str = "", units: bool = True,
    counted: Counting | None = None,
) -> Iterator[Limit]:  # fmt: skip
    """The time limits of :func:`pipeline.store.ledger.limits`, with what the follow-up made of them."""
    standing = followups.current(connection, as_of=as_of)
    moved = {task_id for task_id, r in standing.items() if r.now.new_date}
    written = ledger.limits(connection, as_of, first, last, moved, units, counted)
    return applied(written, standing, _own(connection, moved, as_of))


def undated(connection: Connection, counted: Counting | None = None) -> int:
    """How many current time limits have an unknown year and are open: not done by the follow-up, nor given a day by it."""
    standing = followups.current(connection)
    return ledger.undated(connection, {i for i, r in standing.items() if r.now.done or r.now.new_date}, counted)


def applied(limits: Iterable[Limit], standing: Mapping[str, Record], own: Mapping[str, Limit]) -> Iterator[Limit]:
    """Limits with the states of their tasks.

    A new date takes the place of a task's single dates: the last of them moves, the others go; recurring ones and
    beginnings stay. ``own`` gives, by task, what moves where there is no single date.
    """
    steps: dict[str, list[Limit]] = defaultdict(list)
    for limit in limits:
        record = standing.get(limit.task_id) if limit.task_id else None
        if record is None:
            yield limit
        elif not record.now.new_date or limit.rrule or limit.kind == "from":
            yield replace(limit, follow_up=record.now.state)
        else:
            steps[limit.task_id].append(limit)
    for task_id, record in sorted(standing.items()):
        found = steps.get(task_id) or ([own[task_id]] if task_id in own else [])
        if not found or not record.now.new_date:
            continue
        last = max(found, key=lambda x: (x.due_end, x.due_start, x.deadline_id))
        yield replace(
            last, kind="by", due_start="", due_end=record.now.new_date, duration="", confidence=1.0,
            follow_up=record.now.state, planned=last.due_end,
        )  # fmt: skip


def _own(connection: Connection, task_ids: Iterable[str], as_of: str) -> dict[str, Limit]:
    """A limit without a date for each of these tasks, with the task's id as its own."""
    task, doc = ROWS["tasks"], ROWS["documents"]
    query = select(
        task.c.action, task.c.quote, task.c.sentence, task.c.page, task.c.task_id, task.c.doc_id, doc.c.source,
        doc.c.issuer, doc.c.title, doc.c.year, doc.c.date, task.c.status, task.c.version, task.c.document,
    ).join(doc, and_(doc.c.version == task.c.version, doc.c.document == task.c.document, doc.c.part == task.c.part))  # fmt: skip
    rows: list[Any] = [
        r for c in chunks(sorted(task_ids)) for r in connection.execute(query.where(task.c.task_id.in_(c)))
    ]
    if not as_of and rows:
        counts = counting(connection).has
        rows = [r for r in rows if counts(r.version, r.document)]
    elif rows:
        live = {k.version for k in current(connection, as_of)}
        rows = [r for r in rows if r.version in live]
    units = units_of(connection, sorted({r.version for r in rows}))
    return {
        r.task_id: Limit(
            r.task_id, "by", "", "", "", "", r.action, r.quote, r.sentence, r.page, 1.0, r.task_id, r.doc_id, r.source,
            r.issuer, r.title, r.year, r.date, r.status, units.get((r.version, r.document, r.task_id), []),
            place=(r.version, r.document),
        )
        for r in rows
    }  # fmt: skip
