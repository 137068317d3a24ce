"""Readings in and out: what was read of an input, its rows as tuples in declaration order."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, delete, insert, select

from extractors.schema import TABLES
from pipeline.journal import Entry
from pipeline.store.schema import (
    BODIES,
    DIGESTS,
    INPUTS,
    OUTCOMES,
    OVERLAYS,
    READINGS,
    READS,
    REVIEWS,
    ROW_TABLES,
    ROWS,
    STANDINGS,
    TEXTS,
)
from pipeline.store.tombstones import barred
from pipeline.worker import Outcome

_CHUNK = 400  # ids in one IN (…)
DECLARED = {t: tuple(f.name for f in fields(TABLES[t].row)) for t in TABLES}


@dataclass(slots=True)
class Reading:
    """One reading of one input: ``key`` names what was read by which program, ``outcomes`` is what came of it."""

    key: str
    source: str
    sha256: str
    fingerprint: str
    outcomes: list[Outcome]

    @property
    def version(self) -> str:
        """Hash of name, bytes and everything read: equal readings have equal versions."""
        digest = hashlib.blake2b(f"{self.source}|{self.sha256}".encode(), digest_size=8)
        for o in self.outcomes:
            digest.update(repr((o.source, o.doc_id, o.reason, o.detail, sorted(o.rows.items()))).encode())
            digest.update(o.text)
        return digest.hexdigest()


def read_key(source: str, sha256: str, fingerprint: str) -> str:
    """What tells whether a reading has been made already."""
    return hashlib.blake2b(f"{fingerprint}|{sha256}|{source}".encode(), digest_size=16).hexdigest()


def overlay_of(version: str) -> str:
    """The version under which the rows of a reading stand as decisions leave them (:mod:`pipeline.store.overlay`)."""
    return version + "~"


def chunks(ids: Iterable[Any], size: int = _CHUNK) -> Iterator[list[Any]]:
    """Ids in lists short enough for one statement."""
    it = iter(ids)
    while chunk := list(islice(it, size)):
        yield chunk


def reading_of(version: str) -> str:
    """The reading whose rows stand under a version: itself, or what :func:`overlay_of` made one of."""
    return version.removesuffix(overlay_of(""))


def plain(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """The rows as bare tuples, on SQLite straight from the driver, which needs no conversion of text and whole numbers
    (:mod:`pipeline.store.types`): for queries of thousands of rows."""
    result = connection.execute(query)
    if connection.dialect.name == "sqlite":
        return list(result.cursor.fetchall())
    return [tuple(row) for row in result]


def known_reads(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Versions of the readings that have been made, by key."""
    found: dict[str, str] = {}
    for chunk in chunks(keys):
        for key, version in connection.execute(
            select(READS.c.read_key, READS.c.version).where(READS.c.read_key.in_(chunk))
        ):
            found[key] = version
    return found


def keep(connection: Connection, readings: Sequence[Reading]) -> None:
    """Store readings; what is there already stays. Documents that were purged are left out of the readings."""
    bars = barred(connection)
    for r in readings if bars else ():
        r.outcomes = [o for o in r.outcomes if o.doc_id not in bars]
    versions = {r.key: r.version for r in readings}
    have: set[str] = set()
    for chunk in chunks(set(versions.values())):
        have |= set(connection.scalars(select(OUTCOMES.c.version).where(OUTCOMES.c.version.in_(chunk)).distinct()))
    heads: list[dict[str, Any]] = []
    digests: list[dict[str, Any]] = []
    rows: dict[str, list[dict[str, Any]]] = {t: [] for t in ROW_TABLES}
    texts: dict[str, bytes] = {}
    for r in readings:
        version = versions[r.key]
        if version in have:
            continue
        have.add(version)
        for number, o in enumerate(r.outcomes):
            text_id = "" if o.reason else hashlib.blake2b(o.text, digest_size=16).hexdigest()
            if text_id:
                texts[text_id] = o.text
            heads.append({
                "version": version, "document": number, "source": o.source, "doc_id": o.doc_id, "reason": o.reason,
                "detail": o.detail, "parts": len(o.rows.get("documents", ())), "text_id": text_id,
            })  # fmt: skip
            place = {"version": version, "document": number}
            if not o.reason:
                digests.append(place | _digest(o))
            for table, found in o.rows.items():
                names = DECLARED[table]
                rows[table] += [
                    place | {"ordinal": n} | dict(zip(names, row, strict=True)) for n, row in enumerate(found)
                ]
    _new_texts(connection, texts)
    for into, added in ((OUTCOMES, heads), (DIGESTS, digests), *((ROWS[t], rows[t]) for t in ROW_TABLES)):
        if added:
            connection.execute(insert(into), added)
    made = known_reads(connection, versions)
    new = [
        {"read_key": r.key, "version": versions[r.key], "fingerprint": r.fingerprint}
        for r in readings
        if r.key not in made
    ]
    if new:
        connection.execute(insert(READS), new)


DOUBT, CANDIDATE = 0.7, 0.5  # rows below are looked at first; rows below stay out of the ledger
_COUNTED = ("figures", "deadlines", "units", "tasks")


def _digest(outcome: Outcome) -> dict[str, int]:
    """How many rows a document gave, and how many of them are in doubt."""
    counts = {t: len(outcome.rows.get(t, ())) for t in _COUNTED}
    sure = [row[DECLARED[t].index("confidence")] for t in _COUNTED for row in outcome.rows.get(t, ())]
    return counts | {"doubtful": sum(s < DOUBT for s in sure), "candidates": sum(s < CANDIDATE for s in sure)}


def _new_texts(connection: Connection, texts: dict[str, bytes]) -> None:
    for chunk in chunks(texts):
        there = set(connection.scalars(select(TEXTS.c.text_id).where(TEXTS.c.text_id.in_(chunk))))
        new = [
            {"text_id": i, "packed": zlib.compress(texts[i], 6), "n_bytes": len(texts[i])}
            for i in chunk
            if i not in there
        ]
        if new:
            connection.execute(insert(TEXTS), new)


def text_of(connection: Connection, text_ids: Iterable[str]) -> dict[str, bytes]:
    """Texts (UTF-8) by id."""
    found: dict[str, bytes] = {}
    for chunk in chunks(set(text_ids)):
        for text_id, packed in connection.execute(
            select(TEXTS.c.text_id, TEXTS.c.packed).where(TEXTS.c.text_id.in_(chunk))
        ):
            found[text_id] = zlib.decompress(packed)
    return found


def load(
    connection: Connection, versions: Iterable[str], tables: Sequence[str] = ROW_TABLES, texts: bool = True
) -> Iterator[tuple[str, list[Outcome]]]:
    """The outcomes of readings, in the order given."""
    for chunk in chunks(versions, 200):
        heads = connection.execute(
            select(OUTCOMES).where(OUTCOMES.c.version.in_(chunk)).order_by(OUTCOMES.c.version, OUTCOMES.c.document)
        ).all()
        packed = text_of(connection, (h.text_id for h in heads if h.text_id)) if texts else {}
        found: dict[str, list[Outcome]] = {v: [] for v in chunk}
        for h in heads:
            empty: dict[str, list[tuple[Any, ...]]] = {} if h.reason else {t: [] for t in tables}
            found[h.version].append(
                Outcome(h.source, h.doc_id, empty, packed.get(h.text_id, b""), reason=h.reason, detail=h.detail)
            )
        for table in tables:
            t = ROWS[table]
            query = select(t.c.version, t.c.document, *(t.c[n] for n in DECLARED[table])).where(t.c.version.in_(chunk))
            for row in connection.execute(query.order_by(t.c.version, t.c.document, t.c.ordinal)):
                found[row[0]][row[1]].rows[table].append(tuple(row[2:]))
        for version in chunk:
            yield version, found[version]


def entries(connection: Connection, versions: Sequence[str]) -> dict[str, list[Entry]]:
    """The heads of readings, as a merge wants them; ordinals are left at 0."""
    found: dict[str, list[Entry]] = {}
    for chunk in chunks(versions):
        query = select(OUTCOMES).where(OUTCOMES.c.version.in_(chunk)).order_by(OUTCOMES.c.version, OUTCOMES.c.document)
        for h in connection.execute(query):
            found.setdefault(h.version, []).append(Entry(0, h.source, h.doc_id, h.reason, h.parts))
    return found


def forget(connection: Connection, versions: Iterable[str]) -> int:
    """Remove readings with their rows, and texts that no reading holds any more. How many readings."""
    gone = 0
    for chunk in chunks(sorted(set(versions))):
        gone += len(chunk)
        maybe = set(connection.scalars(select(OUTCOMES.c.text_id).where(OUTCOMES.c.version.in_(chunk))))
        for table in (OUTCOMES, READS, BODIES, DIGESTS, OVERLAYS, STANDINGS, REVIEWS):
            connection.execute(delete(table).where(table.c.version.in_(chunk)))
        for table in ROWS.values():
            connection.execute(delete(table).where(table.c.version.in_([*chunk, *map(overlay_of, chunk)])))
        for some in chunks(maybe):
            held = set(connection.scalars(select(OUTCOMES.c.text_id).where(OUTCOMES.c.text_id.in_(some))))
            connection.execute(delete(TEXTS).where(TEXTS.c.text_id.in_(set(some) - held)))
    return gone


class Head(NamedTuple):
    """One outcome of the current reading of an input that counts. ``source`` and ``path`` are the input's, which is a
    container where the outcome has another name."""

    source: str
    path: str
    version: str
    document: int
    outcome_source: str
    doc_id: str
    reason: str
    detail: str
    parts: int


_LIVE = (
    select(
        INPUTS.c.source, INPUTS.c.path, OUTCOMES.c.version, OUTCOMES.c.document, OUTCOMES.c.source, OUTCOMES.c.doc_id,
        OUTCOMES.c.reason, OUTCOMES.c.detail, OUTCOMES.c.parts,
    )
    .join(READINGS, and_(READINGS.c.version == OUTCOMES.c.version, READINGS.c.until == ""))
    .join(INPUTS, and_(INPUTS.c.input_id == READINGS.c.input_id, INPUTS.c.until == ""))
)  # fmt: skip


def live(connection: Connection) -> list[Head]:
    """The outcomes that count now, second copies included, in input order."""
    return sorted(Head(*row) for row in connection.execute(_LIVE).all())


def live_of(connection: Connection, versions: Iterable[str], doc_ids: Iterable[str]) -> list[Head]:
    """Those of :func:`live` that are of these readings or have these bytes."""
    rows: set[Any] = set()
    for column, wanted in ((OUTCOMES.c.version, versions), (OUTCOMES.c.doc_id, doc_ids)):
        for chunk in chunks(sorted(set(wanted))):
            rows |= {tuple(row) for row in connection.execute(_LIVE.where(column.in_(chunk))).all()}
    return sorted(Head(*row) for row in rows)


def doc_ids_of(connection: Connection, versions: Iterable[str]) -> set[str]:
    """The bytes that readings are of; what is empty is nobody's copy and left out."""
    found: set[str] = set()
    for chunk in chunks(sorted(set(versions))):
        query = select(OUTCOMES.c.doc_id).where(OUTCOMES.c.version.in_(chunk), OUTCOMES.c.reason != "empty")
        found |= set(connection.scalars(query))
    return found - {""}


def present(connection: Connection, doc_ids: Iterable[str]) -> set[str]:
    """Those of these documents that the store holds in any version."""
    found: set[str] = set()
    for chunk in chunks(sorted(doc_ids)):
        found |= set(connection.scalars(select(OUTCOMES.c.doc_id).where(OUTCOMES.c.doc_id.in_(chunk)).distinct()))
    return found
