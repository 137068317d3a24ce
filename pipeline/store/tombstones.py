"""What is left of documents that were taken out for good (:mod:`pipeline.store.purging`): hashes, no content."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from pipeline.store.schema import TOMBSTONES


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a purged document. ``finished`` is empty until nothing of it is left in file and outputs."""

    doc_id: str
    purged_at: str
    who: str
    why: str
    finished: str


def tombstones(connection: Connection) -> list[Tombstone]:
    """All, in the order of their time."""
    query = select(TOMBSTONES).order_by(TOMBSTONES.c.purged_at, TOMBSTONES.c.doc_id)
    return [Tombstone(*row) for row in connection.execute(query)]


def barred(connection: Connection) -> frozenset[str]:
    """Hashes (doc_id) of documents that must not come in again."""
    return frozenset(connection.scalars(select(TOMBSTONES.c.doc_id)))


def finish(connection: Connection, now: str) -> None:
    """Note that nothing of the purged documents is left in file and outputs."""
    connection.execute(update(TOMBSTONES).where(TOMBSTONES.c.finished == "").values(finished=now))


def lift(connection: Connection, doc_id: str) -> bool:
    """Let a document come in again; whether it was barred."""
    return connection.execute(delete(TOMBSTONES).where(TOMBSTONES.c.doc_id == doc_id)).rowcount > 0
