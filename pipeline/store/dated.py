"""Time limits as decisions left them at the end of a day, of the documents that had decisions by then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from extractors.schema import DeadlineRow, DocumentRow, TaskRow, UnitRow
from pipeline.store import reviewed
from pipeline.store.outcomes import chunks
from pipeline.store.schema import OUTCOMES
from pipeline.worker import Outcome

ROLES = {"lead": 0, "responsible": 1, "assist": 2}  # who is named first
SURE = 0.5
_TABLES = ("documents", "deadlines", "tasks", "units")
Told = tuple[
    tuple[Any, ...], list[str]
]  # a row as the query of pipeline.store.ledger has it, and the units of its task


def decided(connection: Connection, versions: Iterable[str]) -> set[str]:
    """The readings among these whose documents have decisions."""
    documents, among = reviewed.decided(connection), set(versions)
    found: set[str] = set()
    for chunk in chunks(sorted(documents)):
        found |= set(connection.scalars(select(OUTCOMES.c.version).where(OUTCOMES.c.doc_id.in_(chunk))))
    return found & among


def limits(connection: Connection, versions: Sequence[str], as_of: str) -> Iterator[Told]:
    """The time limits of these readings."""
    for version, outcomes in reviewed.load(connection, versions, _TABLES, texts=False, as_of=as_of):
        for number, outcome in enumerate(outcomes):
            if not outcome.reason:
                yield from _of(version, number, outcome)


def _of(version: str, number: int, outcome: Outcome) -> Iterator[Told]:
    parts = {d.part: d for d in (DocumentRow(*row) for row in outcome.rows["documents"])}
    states = {t.task_id: t.status for t in (TaskRow(*row) for row in outcome.rows["tasks"])}
    units = named(UnitRow(*row) for row in outcome.rows["units"])
    for d in (DeadlineRow(*row) for row in outcome.rows["deadlines"]):
        if (part := parts.get(d.part)) is not None:
            row = (
                d.deadline_id, d.kind, d.due_start, d.due_end, d.rrule, d.duration, d.action, d.quote, d.sentence,
                d.page, d.confidence, d.task_id, d.doc_id, part.source, part.issuer, part.title, part.year, part.date,
                states.get(d.task_id), version, number, d.start,
            )  # fmt: skip
            yield row, units.get(d.task_id, [])


def named(units: Iterable[UnitRow]) -> dict[str, list[str]]:
    """Who is to do each task, leaders first."""
    found: dict[str, dict[str, int]] = {}
    for u in units:
        if u.task_id and u.role in ROLES and u.confidence >= SURE:
            names = found.setdefault(u.task_id, {})
            names[u.canonical] = min(ROLES[u.role], names.get(u.canonical, 9))
    return {task: sorted(names, key=lambda n: names[n]) for task, names in found.items()}
