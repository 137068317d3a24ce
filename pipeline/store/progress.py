"""Targets against results as they stand, kept in step with the documents.

Results can serve targets of the same body only (:mod:`pipeline.progress`), so what a night changes is confined to the
documents that are tied to the changed ones by bodies they share; only those are compared anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, column, delete, insert, select, table

from extractors.schema import ProgressRow
from pipeline.progress import Matcher, bodies
from pipeline.store import reviewed
from pipeline.store.inputs import Change, current
from pipeline.store.outcomes import DECLARED, chunks, load
from pipeline.store.schema import BODIES, OUTCOMES, PROGRESS

COMPARED = ("documents", "figures", "deadlines", "units")
_CURRENT = table("current_outcomes", column("version"), column("document"))


def refresh(
    connection: Connection, changes: Sequence[Change], decided: Collection[str] = (), everything: bool = False
) -> tuple[dict[str, ProgressRow], dict[str, ProgressRow]]:
    """Bring ``progress`` up to date; the rows of the documents concerned by target, before and after. ``decided`` are readings
    that analysts have decided on since the last time."""
    versions = {k.version for c in changes for k in (c.before, c.after) if k is not None} | set(decided)
    if not versions and not everything:
        return {}, {}
    _index(connection, {c.after.version for c in changes if c.after is not None})
    live = [k.version for k in current(connection)]
    concerned = set(live) | versions if everything else _tied(connection, _copies(connection, versions))
    counted = _counted(connection, concerned)
    matcher = Matcher()
    doc_ids: set[str] = set()
    for version, outcomes in reviewed.load(connection, [v for v in live if v in concerned], COMPARED, texts=False):
        for number, outcome in enumerate(outcomes):
            if (version, number) in counted:
                matcher.add(*(outcome.rows[t] for t in COMPARED))
    for chunk in chunks(sorted(concerned)):
        doc_ids |= set(connection.scalars(select(OUTCOMES.c.doc_id).where(OUTCOMES.c.version.in_(chunk))))
    before = _take(connection, doc_ids - {""})
    names = DECLARED["progress"]
    rows = [ProgressRow(*row) for row in matcher.rows()]
    if rows:
        connection.execute(
            insert(PROGRESS), [{"ordinal": i} | {n: getattr(r, n) for n in names} for i, r in enumerate(rows)]
        )
    return before, {r.target_figure_id: r for r in rows}


def _take(connection: Connection, doc_ids: set[str]) -> dict[str, ProgressRow]:
    """Remove and give the rows whose targets stand in these documents."""
    found: dict[str, ProgressRow] = {}
    columns = [PROGRESS.c[n] for n in DECLARED["progress"]]
    for chunk in chunks(sorted(doc_ids)):
        for row in connection.execute(select(*columns).where(PROGRESS.c.target_doc_id.in_(chunk))):
            found[row.target_figure_id] = ProgressRow(*row)
        connection.execute(delete(PROGRESS).where(PROGRESS.c.target_doc_id.in_(chunk)))
    return found


def _index(connection: Connection, versions: set[str]) -> None:
    """Note the bodies of documents in readings that are new."""
    for chunk in chunks(sorted(versions)):
        known = set(connection.scalars(select(BODIES.c.version).where(BODIES.c.version.in_(chunk)).distinct()))
        added: list[dict[str, Any]] = []
        for version, outcomes in load(
            connection, [v for v in chunk if v not in known], ("documents", "units"), texts=False
        ):
            for number, outcome in enumerate(outcomes):
                named = bodies(outcome.rows["documents"], outcome.rows["units"]) if not outcome.reason else set()
                added += [{"body": b, "version": version, "document": number} for b in sorted(named)]
        if added:
            connection.execute(insert(BODIES), added)


def _copies(connection: Connection, versions: set[str]) -> set[str]:
    """Readings of the same bytes under other names too: which of them counts may have changed."""
    found = set(versions)
    doc_ids: set[str] = set()
    for chunk in chunks(sorted(versions)):
        doc_ids |= set(connection.scalars(select(OUTCOMES.c.doc_id).where(OUTCOMES.c.version.in_(chunk))))
    for chunk in chunks(sorted(doc_ids - {""})):
        found |= set(connection.scalars(select(OUTCOMES.c.version).where(OUTCOMES.c.doc_id.in_(chunk))))
    return found


def _tied(connection: Connection, versions: set[str]) -> set[str]:
    """All readings that are tied to the given ones through bodies, however many steps away."""
    found, frontier = set(versions), set(versions)
    asked: set[str] = set()
    while frontier:
        named: set[str] = set()
        for chunk in chunks(sorted(frontier)):
            named |= set(connection.scalars(select(BODIES.c.body).where(BODIES.c.version.in_(chunk)).distinct()))
        reached: set[str] = set()
        for chunk in chunks(sorted(named - asked)):
            reached |= set(connection.scalars(select(BODIES.c.version).where(BODIES.c.body.in_(chunk)).distinct()))
        asked |= named
        frontier = reached - found
        found |= frontier
    return found


def _counted(connection: Connection, versions: Iterable[str]) -> set[tuple[str, int]]:
    """(version, document) of what counts: current, read, and no second copy."""
    found: set[tuple[str, int]] = set()
    for chunk in chunks(sorted(versions)):
        query = (
            select(OUTCOMES.c.version, OUTCOMES.c.document)
            .join(_CURRENT, (_CURRENT.c.version == OUTCOMES.c.version) & (_CURRENT.c.document == OUTCOMES.c.document))
            .where(OUTCOMES.c.version.in_(chunk), OUTCOMES.c.reason == "")
        )
        found |= {(v, d) for v, d in connection.execute(query)}
    return found


def rows_of(connection: Connection, places: dict[str, int]) -> list[tuple[Any, ...]]:
    """All rows, tuples in declaration order, in the order of the documents of their targets (``places`` by doc_id)."""
    columns = [PROGRESS.c[n] for n in DECLARED["progress"]]
    at = DECLARED["progress"].index("target_doc_id")
    rows = [tuple(row) for row in connection.execute(select(*columns, PROGRESS.c.ordinal))]
    rows.sort(key=lambda row: (places.get(row[at], -1), row[-1]))
    return [row[:-1] for row in rows]
