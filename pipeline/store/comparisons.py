"""Targets beside their results as a list to work through, each with its place in its document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, or_, select

from pipeline.store.outcomes import CANDIDATE, chunks, reading_of
from pipeline.store.paging import Page, page
from pipeline.store.queue import like
from pipeline.store.schema import COUNTED, PROGRESS, ROWS

STATES = ("missed", "behind", "on_track", "met", "no_report", "doubt")


@dataclass(frozen=True, slots=True)
class Place:
    """A figure where it stands."""

    figure_id: str
    doc_id: str
    source: str
    quote: str
    sentence: str
    page: int | None
    start: int
    end: int
    version: str
    path: str


def comparisons(connection: Connection, q: str, state: str, after: str, size: int) -> Page:
    """One page of rows of ``progress``: in doubt first, then the gravest. ``state`` is one of STATES or empty."""
    p = PROGRESS.c
    doubt = or_(p.confidence < CANDIDATE, p.state == "")
    rank = case((doubt, 0), *((p.state == s, n) for n, s in enumerate(STATES, start=1)), else_=9)
    query = select(PROGRESS)
    if q:
        query = query.where(like(p.indicator, q))
    if state == "doubt":
        query = query.where(doubt)
    elif state in STATES:
        query = query.where(p.state == state, p.confidence >= CANDIDATE)
    order = [(rank, False), (p.indicator, False), (p.target_figure_id, False), (p.actual_figure_id, False)]
    return page(connection, query, order, after, size)


def places(connection: Connection, figure_ids: Iterable[str]) -> dict[str, Place]:
    """Where figures stand that count now."""
    f, c = ROWS["figures"].c, COUNTED.c
    query = select(f.figure_id, f.doc_id, f.quote, f.sentence, f.page, f.start, f.end, f.version, f.document)
    rows: list[Any] = []
    for chunk in chunks(sorted({i for i in figure_ids if i})):
        rows += connection.execute(query.where(f.figure_id.in_(chunk)))
    # By the reading, which an index knows; which version has its rows is computed in the view.
    where: dict[tuple[str, int], Any] = {}
    for chunk in chunks(sorted({reading_of(r.version) for r in rows})):
        counted = connection.execute(select(COUNTED).where(c.version.in_(chunk)))
        where |= {(r.rows_version, r.document): r for r in counted}
    found: dict[str, Place] = {}
    for r in rows:
        if (at := where.get((r.version, r.document))) is not None:
            found[r.figure_id] = Place(
                r.figure_id, r.doc_id, at.source, r.quote, r.sentence, r.page, r.start, r.end, at.version, at.path
            )
    return found
