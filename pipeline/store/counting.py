"""Which rows count now, asked for once: what the view ``counted_outcomes`` says, for queries that find rows by something else.

A join of rows with the view costs a look-up a row at best. At worst it is quadratic: the view computes which version has the
rows of a reading, so no index leads there, and a planner without statistics may compare everything with everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from pipeline.store.inputs import live_versions
from pipeline.store.outcomes import chunks, plain, reading_of
from pipeline.store.schema import OUTCOMES, OVERLAYS, READINGS

Place = tuple[str, int]  # version, document


@dataclass(frozen=True, slots=True)
class Copy:
    """An outcome that counts but for its bytes, which another has too; the smallest name goes first."""

    doc_id: str
    source: str
    reason: str
    version: str
    document: int


@dataclass(frozen=True, slots=True)
class Counting:
    """The readings that count, the documents whose rows stand under another version, and second copies of the same bytes."""

    live: frozenset[str]
    overlaid: frozenset[Place]
    copies: tuple[Copy, ...]
    passed_over: frozenset[Place]

    def has(self, version: str, document: int) -> bool:
        """Whether the rows under this version (a reading, or a reading as decisions leave it) count."""
        reading = reading_of(version)
        here = (reading, document)
        if reading not in self.live or here in self.passed_over:
            return False
        return (here in self.overlaid) == (reading != version)


def counting(connection: Connection) -> Counting:
    """What counts now."""
    o = OVERLAYS.c
    copies = tuple(_copies(connection))
    first: dict[str, str] = {}
    for c in copies:
        first.setdefault(c.doc_id, c.source)
    return Counting(
        frozenset(live_versions(connection)),
        frozenset((v, d) for v, d in connection.execute(select(o.version, o.document))),
        copies,
        frozenset((c.version, c.document) for c in copies if c.reason != "empty" and first[c.doc_id] < c.source),
    )


def _copies(connection: Connection) -> Iterable[Copy]:
    """The outcomes that count whose bytes have several names, in the order of bytes and names."""
    o = OUTCOMES.c
    twice = select(o.doc_id).where(o.doc_id != "").group_by(o.doc_id).having(func.min(o.source) != func.max(o.source))
    found: list[Copy] = []
    for chunk in chunks(sorted(doc_id for (doc_id,) in plain(connection, twice))):
        query = select(o.doc_id, o.source, o.reason, o.version, o.document).join(
            READINGS, and_(READINGS.c.version == o.version, READINGS.c.until == "")
        )
        found += sorted((Copy(*row) for row in connection.execute(query.where(o.doc_id.in_(chunk)))), key=_order)
    return found


def _order(copy: Copy) -> tuple[str, str, str, str, int]:
    return copy.doc_id, copy.source, copy.reason, copy.version, copy.document
