"""Who decided what and when, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

from pipeline.store.dossier import RULING, ruling_of
from pipeline.store.inputs import next_day
from pipeline.store.paging import Page, page
from pipeline.store.schema import ANCHORS, DECISIONS, OUTCOMES
from pipeline.verdicts.ruling import Ruling


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision, where its row is now, and the name of its document."""

    ruling: Ruling
    doc_id: str
    source: str


def entries(
    connection: Connection, after: str, size: int, doc_id: str = "", who: str = "", verdict: str = "", day: str = ""
) -> tuple[list[Entry], str]:
    """One page of the history, and where the next begins; only of a document, a person, a verdict or a day if given."""
    d = DECISIONS.c
    later = ANCHORS.alias("later")
    superseded = (
        select(later.c.decision_id)
        .where(later.c.decision_id == ANCHORS.c.decision_id, later.c.number > ANCHORS.c.number)
        .exists()
    )
    query: Select[tuple[object, ...]] = (
        select(*RULING, ANCHORS.c.doc_id.label("now_in"))
        .join(ANCHORS, ANCHORS.c.decision_id == d.decision_id)
        .where(~superseded)
    )
    for column, value in ((ANCHORS.c.doc_id, doc_id), (d.who, who), (d.verdict, verdict)):
        if value:
            query = query.where(column == value)
    if day:
        query = query.where(d.made_at >= day, d.made_at <= next_day(day))
    found: Page = page(connection, query, [(d.number, True)], after, size)
    names = _sources(connection, [row.now_in for row in found.rows])
    width = len(RULING)
    return [
        Entry(ruling_of(row[:width]), row.now_in, names.get(row.now_in, "")) for row in found.rows
    ], found.after  # fmt: skip


def _sources(connection: Connection, doc_ids: Sequence[str]) -> dict[str, str]:
    query = select(OUTCOMES.c.doc_id, OUTCOMES.c.source).where(OUTCOMES.c.doc_id.in_(set(doc_ids)))
    return {str(row.doc_id): str(row.source) for row in connection.execute(query)}
