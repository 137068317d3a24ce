"""What analysts decided: appended, never changed, and carried along when documents are read anew.

A decision keeps the place it was made at. Each later version of the document gets an anchor that says where that place is
now (:mod:`pipeline.store.anchoring`), or that it is lost; a later version may find it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from extractors.schema import TABLES
from pipeline.store.anchoring import Anchor, anchor_at, locate
from pipeline.store.inputs import Change, current
from pipeline.store.outcomes import DECLARED, chunks, load
from pipeline.store.schema import ANCHORS, DECISIONS, OUTCOMES
from pipeline.worker import Outcome

LOST = "lost"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. ``before`` and ``after`` are JSON; ``row_id`` is empty for a row that the analyst added."""

    table_name: str
    row_id: str
    path: str
    doc_id: str
    start: int
    end: int
    verdict: str  # accept, reject, edit, add, comment …; the review defines them
    who: str
    before: str = ""
    after: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a decision is now: ``how`` is made, place, quote, likeness or lost."""

    decision_id: str
    verdict: str
    who: str
    table_name: str
    path: str
    version: str
    doc_id: str
    row_id: str
    start: int
    end: int
    quote: str
    how: str
    likeness: float


def record(connection: Connection, decision: Decision, version: str, text: str, made_at: str, program: str) -> str:
    """Append a decision made on ``version`` of a document with this text; its id."""
    number = int(connection.execute(select(func.count()).select_from(DECISIONS)).scalar() or 0) + 1
    raw = f"{number}|{made_at}|{decision}"
    decision_id = hashlib.blake2b(raw.encode(), digest_size=8).hexdigest()
    here = anchor_at(text, decision.start, decision.end)
    words = {"quote": here.quote, "prefix": here.prefix, "suffix": here.suffix}
    connection.execute(
        insert(DECISIONS),
        [
            asdict(decision)
            | words
            | {"decision_id": decision_id, "number": number, "made_at": made_at, "program": program}
        ],
    )
    _append(
        connection,
        [_anchor(decision_id, 0, decision.path, version, decision.doc_id, decision.row_id, here, "made", 1.0, made_at)],
    )
    return decision_id


def _anchor(
    decision_id: str, number: int, path: str, version: str, doc_id: str, row_id: str, at: Anchor, how: str,
    likeness: float, now: str,
) -> dict[str, Any]:  # fmt: skip
    return asdict(at) | {
        "decision_id": decision_id, "number": number, "path": path, "version": version, "doc_id": doc_id,
        "row_id": row_id, "how": how, "likeness": likeness, "anchored_at": now,
    }  # fmt: skip


def _append(connection: Connection, anchors: Sequence[dict[str, Any]]) -> None:
    if anchors:
        connection.execute(insert(ANCHORS), anchors)


def standing(connection: Connection, paths: Iterable[str] | None = None) -> list[Standing]:
    """Where every decision stands now, in the order they were made; only those on ``paths`` if given."""
    last = (
        select(ANCHORS.c.decision_id, func.max(ANCHORS.c.number).label("number"))
        .group_by(ANCHORS.c.decision_id)
        .subquery()
    )
    query = (
        select(
            DECISIONS.c.decision_id, DECISIONS.c.verdict, DECISIONS.c.who, DECISIONS.c.table_name, ANCHORS.c.path,
            ANCHORS.c.version, ANCHORS.c.doc_id, ANCHORS.c.row_id, ANCHORS.c.start, ANCHORS.c.end, ANCHORS.c.quote,
            ANCHORS.c.how, ANCHORS.c.likeness,
        )
        .join(ANCHORS, ANCHORS.c.decision_id == DECISIONS.c.decision_id)
        .join(last, (last.c.decision_id == ANCHORS.c.decision_id) & (last.c.number == ANCHORS.c.number))
        .order_by(DECISIONS.c.number)
    )  # fmt: skip
    if paths is None:
        everywhere: list[Any] = list(connection.execute(query))
        return [Standing(*row) for row in everywhere]
    found: list[Standing] = []
    for chunk in chunks(paths):
        rows: list[Any] = list(connection.execute(query.where(ANCHORS.c.path.in_(chunk))))
        found += [Standing(*row) for row in rows]
    return found


def carry_over(connection: Connection, changes: Sequence[Change], now: str) -> list[Standing]:
    """Anchor the decisions on changed inputs in their new versions; those that are lost now."""
    moved = {(c.before or c.after).path: c for c in changes if c.before is not None}  # type: ignore[union-attr]
    if not moved:
        return []
    held = standing(connection, moved)
    if not held:
        return []
    numbers: dict[str, int] = {}
    for chunk in chunks([s.decision_id for s in held]):
        query = select(ANCHORS.c.decision_id, func.max(ANCHORS.c.number)).where(ANCHORS.c.decision_id.in_(chunk))
        numbers.update((i, n) for i, n in connection.execute(query.group_by(ANCHORS.c.decision_id)))
    elsewhere = _same_bytes(connection, {s.doc_id for s in held if moved[s.path].after is None})
    added, lost = [], []
    for s in held:
        after = moved[s.path].after
        path, version = (s.path, after.version) if after is not None else elsewhere.get(s.doc_id, (s.path, ""))
        if version == s.version:
            continue
        old = _last_found(connection, s.decision_id)
        fresh = _found(connection, s, old, version)
        row = _anchor(s.decision_id, numbers[s.decision_id] + 1, path, version, *fresh, now)
        added.append(row)
        if row["how"] == LOST:
            lost.append(Standing(
                s.decision_id, s.verdict, s.who, s.table_name, path, version, s.doc_id, "", old.start, old.end,
                old.quote, LOST, 0.0,
            ))  # fmt: skip
    _append(connection, added)
    return lost


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


def _last_found(connection: Connection, decision_id: str) -> Anchor:
    """The latest anchor that was not lost."""
    query = (
        select(ANCHORS.c.start, ANCHORS.c.end, ANCHORS.c.quote, ANCHORS.c.prefix, ANCHORS.c.suffix)
        .where(ANCHORS.c.decision_id == decision_id, ANCHORS.c.how != LOST)
        .order_by(ANCHORS.c.number.desc())
    )
    return Anchor(*connection.execute(query).first())  # type: ignore[misc]


def _found(connection: Connection, s: Standing, old: Anchor, version: str) -> tuple[str, str, Anchor, str, float]:
    """(doc_id, row_id, anchor, how, likeness) of a decision in a version."""
    outcomes = next((o for _, o in load(connection, [version])), []) if version else []
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
        return s.doc_id, "", old, LOST, 0.0
    rank, outcome, here, how = best
    return outcome.doc_id, _row_at(outcome, s.table_name, here), here, how, min(rank, 1.0)


def _row_at(outcome: Outcome, table: str, at: Anchor) -> str:
    """Id of the row of ``table`` at a place: the same span, else the one that overlaps it most, else empty."""
    names = DECLARED.get(table, ())
    if "start" not in names or table not in outcome.rows:
        return ""
    start, end, key = names.index("start"), names.index("end"), names.index(TABLES[table].key[0])
    best = (0, "")
    for row in outcome.rows[table]:
        if (row[start], row[end]) == (at.start, at.end):
            return str(row[key])
        best = max(best, (min(row[end], at.end) - max(row[start], at.start), str(row[key])))
    return best[1]
