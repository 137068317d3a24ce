"""The rows as decisions leave them, kept in the tables of rows beside those as extracted, for queries over many documents.

What is here can be made anew from readings and decisions at any time, and is: with every decision, and when a night has
read a document anew. The rows of a document with decisions stand again under the version ``<version>~``; the view
``counted_outcomes`` leads there by its column ``rows_version``, for documents without decisions to the rows as extracted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from pipeline.store.dossier import Dossier, dossiers
from pipeline.store.outcomes import CANDIDATE, DECLARED, chunks, overlay_of
from pipeline.store.schema import ANCHORS, OVERLAYS, REVIEWS, ROWS, STANDINGS
from pipeline.verdicts.effective import Judged
from pipeline.verdicts.ruling import JUDGED, PLACED


def refresh(connection: Connection, versions: Sequence[str], now: str) -> None:
    """Bring the documents of these readings, and of those that decisions were carried over to ``now``, up to their
    decisions."""
    moved = connection.scalars(select(ANCHORS.c.version).where(ANCHORS.c.anchored_at == now).distinct())
    for chunk in chunks(sorted({*versions, *moved})):
        for one in dossiers(connection, chunk):
            write(connection, one)


def write(connection: Connection, one: Dossier) -> None:
    """Bring one document up to its decisions."""
    for table in JUDGED:
        rows = [tuple(getattr(j.row, n) for n in DECLARED[table]) for j in one.judged[table] if j.counts]
        _rows(connection, one, table, rows)
    place = {"version": one.version, "document": one.document}
    _replace(connection, OVERLAYS, one, [place | {"overlay": overlay_of(one.version)}])
    _replace(connection, REVIEWS, one, [place | summary(one)])
    _standings(connection, one)


def _rows(connection: Connection, one: Dossier, table: str, rows: list[tuple[Any, ...]]) -> None:
    """Only the rows that differ are written."""
    t = ROWS[table]
    overlay = overlay_of(one.version)
    here = (t.c.version == overlay) & (t.c.document == one.document)
    query = select(t.c.ordinal, *(t.c[n] for n in DECLARED[table])).where(here)
    old = {row[0]: tuple(row[1:]) for row in connection.execute(query)}
    new = dict(enumerate(rows))
    differ = sorted(n for n in old.keys() | new.keys() if old.get(n) != new.get(n))
    for chunk in chunks([n for n in differ if n in old]):
        connection.execute(delete(t).where(here, t.c.ordinal.in_(chunk)))
    added = [
        {"version": overlay, "document": one.document, "ordinal": n} | dict(zip(DECLARED[table], new[n], strict=True))
        for n in differ
        if n in new
    ]
    if added:
        connection.execute(insert(t), added)


def _replace(connection: Connection, table: Table, one: Dossier, rows: list[dict[str, Any]]) -> None:
    connection.execute(delete(table).where(table.c.version == one.version, table.c.document == one.document))
    if rows:
        connection.execute(insert(table), rows)


def _standings(connection: Connection, one: Dossier) -> None:
    """How each row with a decision stands; only what differs is written."""
    s = STANDINGS
    here = (s.c.version == one.version) & (s.c.document == one.document)
    old = {(r.table_name, r.row_id): tuple(r[4:]) for r in connection.execute(select(s).where(here))}
    new = {(t, j.row_id): _standing(j) for t in JUDGED for j in one.judged[t] if j.thread}
    for table, row_id in old.keys() - new.keys():
        connection.execute(delete(s).where(here, s.c.table_name == table, s.c.row_id == row_id))
    names = [c.name for c in s.c][4:]
    for key in sorted(k for k, v in new.items() if old.get(k) != v):
        values: dict[str, Any] = dict(zip(names, new[key], strict=True))
        at = {"table_name": key[0], "row_id": key[1]}
        if key in old:
            query = update(s).where(here, s.c.table_name == key[0], s.c.row_id == key[1])
            connection.execute(query.values(**values))
        else:
            connection.execute(insert(s), [{"version": one.version, "document": one.document} | at | values])


def _standing(j: Judged) -> tuple[Any, ...]:
    return j.state, j.who, j.at, j.confirmed_by, int(j.stale), j.mark, len(j.comments)


def summary(one: Dossier) -> dict[str, Any]:
    """How far the review of a document has come: done where an analyst has accepted all its parts, confirmed where a
    reviewer has confirmed them."""
    rows = [j for t in PLACED for j in one.judged[t] if not j.empty]
    parts = one.judged["documents"]
    done = bool(parts) and all(j.reviewed for j in parts)
    last = max((r for j in rows + parts for r in j.thread), key=lambda r: r.number, default=None)
    return {
        "rows": len(rows),
        "unreviewed": sum(not j.reviewed for j in rows),
        "candidates": sum(not j.reviewed and j.row.confidence < CANDIDATE for j in rows),
        "confirmed": sum(bool(j.confirmed_by) for j in rows),
        "done_by": parts[0].who if done else "",
        "confirmed_by": parts[0].confirmed_by if done and all(j.confirmed_by for j in parts) else "",
        "who": last.who if last else "",
        "at": last.made_at if last else "",
        "number": last.number if last else 0,
    }
