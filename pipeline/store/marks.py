"""Where what people said about a row is now: anchors, carried along when documents are read anew.

A decision of the review or a follow-up of a task is a *mark*: it keeps the place it was made at. Each later version of the
document gets an anchor that says where that place is now (:mod:`pipeline.store.anchoring`), or that it is lost; a later
version may find it again. Anchors are appended, never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select

from extractors.schema import TABLES
from pipeline.store.anchoring import Anchor, anchor_at, locate
from pipeline.store.inputs import Change, current, next_day
from pipeline.store.outcomes import DECLARED, chunks, load
from pipeline.store.schema import ANCHORS, OUTCOMES
from pipeline.verdicts.ruling import is_added, key_of
from pipeline.worker import Outcome

LOST = "lost"


@dataclass(frozen=True, slots=True)
class Spot:
    """The row that a mark is about, as it was when the mark was made: ``start`` and ``end`` in code points, half-open."""

    table_name: str
    row_id: str
    path: str
    version: str
    doc_id: str
    start: int
    end: int


def make(connection: Connection, mark_id: str, spot: Spot, text: str, now: str) -> Anchor:
    """Anchor a new mark in the text of the version it was made on; the anchor."""
    here = anchor_at(text, spot.start, spot.end)
    _append(connection, [_row(mark_id, 0, spot, here, "made", 1.0, now)])
    return here


def _row(mark_id: str, number: int, spot: Spot, at: Anchor, how: str, likeness: float, now: str) -> dict[str, Any]:
    place = asdict(spot) | asdict(at)
    return place | {
        "decision_id": mark_id, "number": number, "how": how, "likeness": likeness, "anchored_at": now,
    }  # fmt: skip


def _append(connection: Connection, anchors: Sequence[dict[str, Any]]) -> None:
    if anchors:
        connection.execute(insert(ANCHORS), anchors)


def latest(columns: Sequence[ColumnElement[Any]], of: ColumnElement[str], as_of: str = "") -> Select[Any]:
    """A query for ``columns`` of marks and their newest anchors (those at the end of the day ``as_of``); ``of`` is the id
    of the mark in its own table."""
    last = select(ANCHORS.c.decision_id, func.max(ANCHORS.c.number).label("number"))
    if as_of:
        last = last.where(ANCHORS.c.anchored_at <= next_day(as_of))
    newest = last.group_by(ANCHORS.c.decision_id).subquery()
    return (
        select(*columns)
        .join(ANCHORS, ANCHORS.c.decision_id == of)
        .join(newest, (newest.c.decision_id == ANCHORS.c.decision_id) & (newest.c.number == ANCHORS.c.number))
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """A mark with its newest anchor."""

    mark_id: str
    number: int
    table_name: str
    path: str
    version: str
    doc_id: str
    made_on: str  # the row's id when the mark was made


def _held(connection: Connection, paths: Iterable[str]) -> list[_Held]:
    """The marks whose newest anchors are on these paths."""
    a = ANCHORS.c
    newest = select(a.decision_id, func.max(a.number).label("number")).group_by(a.decision_id).subquery()
    first = ANCHORS.alias("first")
    query = (
        select(a.decision_id, a.number, a.table_name, a.path, a.version, a.doc_id, first.c.row_id)
        .join(newest, (newest.c.decision_id == a.decision_id) & (newest.c.number == a.number))
        .join(first, (first.c.decision_id == a.decision_id) & (first.c.number == 0))
    )
    found: list[_Held] = []
    for chunk in chunks(paths):
        rows: list[Any] = list(connection.execute(query.where(a.path.in_(chunk)).order_by(a.decision_id)))
        found += [_Held(*row) for row in rows]
    return found


def carry_over(connection: Connection, changes: Sequence[Change], now: str) -> int:
    """Anchor the marks on changed inputs in their new versions; how many are lost now."""
    moved = {(c.before or c.after).path: c for c in changes if c.before is not None}  # type: ignore[union-attr]
    held = _held(connection, moved) if moved else []
    if not held:
        return 0
    elsewhere = _same_bytes(connection, {h.doc_id for h in held if moved[h.path].after is None})
    added: list[dict[str, Any]] = []
    read: dict[str, list[Outcome]] = {}
    for h in held:
        after = moved[h.path].after
        path, version = (h.path, after.version) if after is not None else elsewhere.get(h.doc_id, (h.path, ""))
        if version == h.version:
            continue
        if version and version not in read:
            read = {
                version: next((o for _, o in load(connection, [version])), [])
            }  # marks of a document stand together
        old = _last_found(connection, h.mark_id)
        doc_id, row_id, here, how, likeness = _found(h, old, read.get(version, []))
        spot = Spot(h.table_name, row_id, path, version, doc_id, here.start, here.end)
        added.append(_row(h.mark_id, h.number + 1, spot, here, how, likeness, now))
    _append(connection, added)
    return sum(row["how"] == LOST for row in added)


def _same_bytes(connection: Connection, doc_ids: set[str]) -> dict[str, tuple[str, str]]:
    """Where documents that left their place are now: doc_id → (path, version)."""
    if not doc_ids:
        return {}
    versions = {k.version: k.path for k in current(connection)}
    found: dict[str, tuple[str, str]] = {}
    for chunk in chunks(doc_ids):
        for version, doc_id in connection.execute(
            select(OUTCOMES.c.version, OUTCOMES.c.doc_id).where(OUTCOMES.c.doc_id.in_(chunk), OUTCOMES.c.reason == "")
        ):
            if version in versions:
                found[doc_id] = (versions[version], version)
    return found


def _last_found(connection: Connection, mark_id: str) -> Anchor:
    """The latest anchor that was not lost."""
    query = (
        select(ANCHORS.c.start, ANCHORS.c.end, ANCHORS.c.quote, ANCHORS.c.prefix, ANCHORS.c.suffix)
        .where(ANCHORS.c.decision_id == mark_id, ANCHORS.c.how != LOST)
        .order_by(ANCHORS.c.number.desc())
    )
    return Anchor(*connection.execute(query).first())  # type: ignore[misc]


def _found(h: _Held, old: Anchor, outcomes: Sequence[Outcome]) -> tuple[str, str, Anchor, str, float]:
    """(doc_id, row_id, anchor, how, likeness) of a mark in the outcomes of a version."""
    best: tuple[float, Outcome, Anchor, str] | None = None
    for outcome in outcomes:
        if outcome.reason:
            continue
        place = locate(old, outcome.text.decode())
        if place is not None:
            rank = {"place": 3.0, "quote": 2.0}.get(place.how, place.likeness)
            if best is None or rank > best[0]:
                best = (rank, outcome, place.anchor, place.how)
    if best is None:
        return h.doc_id, "", old, LOST, 0.0
    rank, outcome, here, how = best
    return outcome.doc_id, _row_at(outcome, h, here), here, how, min(rank, 1.0)


def _row_at(outcome: Outcome, h: _Held, at: Anchor) -> str:
    """Id of the row that a mark is about, at its place now: the row it was made on if that is there still, else one of the
    same span, else the one that overlaps it most, else empty. A row that an analyst added keeps its id."""
    if is_added(h.made_on):
        return h.made_on
    if "start" not in DECLARED.get(h.table_name, ()) or h.table_name not in outcome.rows:
        return ""
    best: tuple[bool, int, str] = (False, 0, "")
    for values in outcome.rows[h.table_name]:
        row: Any = TABLES[h.table_name].row(*values)
        key = key_of(h.table_name, row)
        if key == h.made_on:
            return key
        same = (row.start, row.end) == (at.start, at.end)
        best = max(best, (same, min(row.end, at.end) - max(row.start, at.start), key))
    return best[2]
