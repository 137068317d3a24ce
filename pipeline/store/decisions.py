"""What analysts decided: appended, never changed, and carried along when documents are read anew
(:mod:`pipeline.store.marks`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from pipeline.store import marks
from pipeline.store.marks import LOST, Spot
from pipeline.store.outcomes import chunks
from pipeline.store.schema import ANCHORS, DECISIONS

__all__ = ["LOST", "Decision", "Standing", "record", "standing"]


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
    made_on: str = ""  # the row's id when it was decided


def record(
    connection: Connection, decision: Decision, version: str, text: str, made_at: str, program: str, decision_id: str = ""
) -> str:  # fmt: skip
    """Append a decision made on ``version`` of a document with this text; its id, made from the decision if not given."""
    number = int(connection.execute(select(func.max(DECISIONS.c.number))).scalar() or 0) + 1
    if not decision_id:
        raw = f"{number}|{made_at}|{decision}"
        decision_id = hashlib.blake2b(raw.encode(), digest_size=8).hexdigest()
    d = decision
    spot = Spot(d.table_name, d.row_id, d.path, version, d.doc_id, d.start, d.end)
    here = marks.make(connection, decision_id, spot, text, made_at)
    words = {"quote": here.quote, "prefix": here.prefix, "suffix": here.suffix}
    connection.execute(
        insert(DECISIONS),
        [
            asdict(decision)
            | words
            | {"decision_id": decision_id, "number": number, "made_at": made_at, "program": program}
        ],
    )
    return decision_id


def standing(connection: Connection, paths: Iterable[str] | None = None) -> list[Standing]:
    """Where every decision stands now, in the order they were made; only those on ``paths`` if given."""
    a, d = ANCHORS.c, DECISIONS.c
    columns = (
        d.decision_id, d.verdict, d.who, d.table_name, a.path, a.version, a.doc_id, a.row_id, a.start, a.end, a.quote,
        a.how, a.likeness, d.row_id.label("made_on"),
    )  # fmt: skip
    query = marks.latest(columns, d.decision_id).order_by(d.number)
    if paths is None:
        everywhere: list[Any] = list(connection.execute(query))
        return [Standing(*row) for row in everywhere]
    found: list[Standing] = []
    for chunk in chunks(paths):
        rows: list[Any] = list(connection.execute(query.where(a.path.in_(chunk))))
        found += [Standing(*row) for row in rows]
    return found
