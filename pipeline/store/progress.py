"""Targets against results as they stand, kept in step with the documents.

Results can serve targets of the same body only (:mod:`pipeline.progress`), so what a night changes is confined to the
documents that are tied to the changed ones by bodies they share; only those are compared anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from extractors.issuing_bodies import bodies
from extractors.schema import ProgressRow
from pipeline.progress import Matcher
from pipeline.store import matches, reviewed
from pipeline.store.inputs import Change, current, current_with
from pipeline.store.outcomes import DECLARED, chunks, load
from pipeline.store.schema import BODIES, CURRENT, OUTCOMES, PROGRESS

_TARGET_DOCUMENT = DECLARED["progress"].index("target_doc_id")
COMPARED = ("documents", "figures", "deadlines", "units")


@dataclass(slots=True)
class Compared:
    """What became of targets: their rows before and after, by target, and the documents where any is another."""

    before: dict[str, ProgressRow] = field(default_factory=dict)
    after: dict[str, ProgressRow] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()


def refresh(
    connection: Connection, changes: Sequence[Change], decided: Collection[str] = (), everything: bool = False
) -> Compared:
    """Bring ``progress`` up to date for the documents concerned. ``decided`` are readings that analysts have decided on since
    the last time."""
    versions = {k.version for c in changes for k in (c.before, c.after) if k is not None} | set(decided)
    if not versions and not everything:
        return Compared()
    _index(connection, {c.after.version for c in changes if c.after is not None})
    if everything:
        live = [k.version for k in current(connection)]
        concerned = set(live) | versions
    else:
        concerned = _tied(connection, _copies(connection, versions))
        live = [k.version for k in current_with(connection, concerned)]
    counted = _counted(connection, concerned)
    matcher = Matcher(matches.pairs(connection))
    doc_ids: set[str] = set()
    for version, outcomes in reviewed.load(connection, live, COMPARED, texts=False):
        for number, outcome in enumerate(outcomes):
            if (version, number) in counted:
                matcher.add(*(outcome.rows[t] for t in COMPARED))
    for chunk in chunks(sorted(concerned)):
        doc_ids |= set(connection.scalars(select(OUTCOMES.c.doc_id).where(OUTCOMES.c.version.in_(chunk))))
    before = rows_of(connection, doc_ids - {""})
    after: dict[str, list[tuple[Any, ...]]] = {}
    for row in matcher.rows():
        after.setdefault(row[_TARGET_DOCUMENT], []).append(row)
    changed = {d for d in before.keys() | after.keys() if before.get(d) != after.get(d)}
    _replace(connection, changed, after)
    return Compared(_by_target(before), _by_target(after), frozenset(changed))


def rematch(connection: Connection, versions: Collection[str], target_figure_id: str) -> None:
    """Compare one target anew after a word on it, within these readings; what others may hold the next night finds."""
    counted = _counted(connection, versions)
    matcher = Matcher(matches.pairs(connection))
    for version, outcomes in reviewed.load(connection, sorted(versions), COMPARED, texts=False):
        for n, outcome in enumerate(outcomes):
            if (version, n) in counted:
                matcher.add(*(outcome.rows[t] for t in COMPARED))
    here = PROGRESS.c.target_figure_id == target_figure_id
    ordinal = connection.execute(select(func.min(PROGRESS.c.ordinal)).where(here)).scalar() or 0
    connection.execute(delete(PROGRESS).where(here))
    names = DECLARED["progress"]
    found = [dict(zip(names, row, strict=True)) for row in matcher.rows()]
    added = [{"ordinal": ordinal} | row for row in found if row["target_figure_id"] == target_figure_id]
    if added:
        connection.execute(insert(PROGRESS), added)


def _by_target(rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, ProgressRow]:
    return {
        row.target_figure_id: row for of_document in rows.values() for row in (ProgressRow(*r) for r in of_document)
    }


def _replace(connection: Connection, doc_ids: set[str], rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Put the rows of these documents in the place of those that are there."""
    for chunk in chunks(sorted(doc_ids)):
        connection.execute(delete(PROGRESS).where(PROGRESS.c.target_doc_id.in_(chunk)))
    names = DECLARED["progress"]
    added = [
        {"ordinal": i} | dict(zip(names, row, strict=True))
        for d in sorted(doc_ids)
        for i, row in enumerate(rows.get(d, ()))
    ]
    if added:
        connection.execute(insert(PROGRESS), added)


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
            .join(CURRENT, (CURRENT.c.version == OUTCOMES.c.version) & (CURRENT.c.document == OUTCOMES.c.document))
            .where(OUTCOMES.c.version.in_(chunk), OUTCOMES.c.reason == "")
        )
        found |= {(v, d) for v, d in connection.execute(query)}
    return found


def rows_of(connection: Connection, doc_ids: Iterable[str]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows whose targets stand in these documents, tuples in declaration order, by document."""
    columns = [PROGRESS.c[n] for n in DECLARED["progress"]]
    found: dict[str, list[tuple[Any, ...]]] = {}
    for chunk in chunks(sorted(doc_ids)):
        query = select(PROGRESS.c.target_doc_id, *columns).where(PROGRESS.c.target_doc_id.in_(chunk))
        for doc_id, *row in connection.execute(query.order_by(PROGRESS.c.target_doc_id, PROGRESS.c.ordinal)).all():
            found.setdefault(doc_id, []).append(tuple(row))
    return found
