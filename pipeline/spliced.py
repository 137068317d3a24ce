"""The tables of a night as CSV, made from those of the night before: what did not change is copied, not written anew.

``pieces.json`` beside the tables says which stretch of each file came from which reading. The result is the same, byte for
byte, as an export from the start; where anything about the old files is not as noted, everything is written from the start.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from extractors.schema import TABLES
from pipeline.export.tables import CsvSink
from pipeline.journal import Entry
from pipeline.merge import Merge, reject_row
from pipeline.rendering.csvlines import CsvLines, header
from pipeline.store import outcomes, reviewed
from pipeline.store.outcomes import Head
from pipeline.store.progress import rows_of
from pipeline.worker import EXTRACTED, Outcome

PIECES = "pieces.json"
_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 22
Key = tuple[str, int]


@dataclass(slots=True)
class _Piece:
    """What one document holds of each table: bytes, rows, and where they begin in the old file."""

    doc_id: str
    sizes: list[int]
    rows: list[int]
    starts: list[int]


class _Nothing:
    def outcomes(self, _rendered: str = "") -> Iterator[Outcome]:
        return iter(())


def write(connection: Connection, out: Path, new: Path) -> tuple[Merge, dict[str, int], str]:
    """Write the CSV tables and the texts of what counts now into ``new``, with the help of those in ``out``.

    The texts are moved there from ``out``. Gives what a merge tells, the rows by table, and the text of
    ``pieces.json``.
    """
    heads = outcomes.live(connection)
    entries = [Entry(0, h.source, h.doc_id, h.reason, h.parts) for h in heads]
    merge = Merge(_Nothing(), entries)
    kept = [h for h, e in zip(heads, entries, strict=True) if not merge.reason(e)]
    old = _old(out)
    pieces, blocks = _pieces(connection, kept, old)
    for number, table in enumerate(EXTRACTED):
        _splice(
            out / f"{table}.csv",
            new / f"{table}.csv",
            number,
            table,
            [pieces[h.state, h.document] for h in kept],
            blocks,
        )
    _texts(connection, out, new, kept, old)
    places = {h.doc_id: at for at, h in enumerate(kept)}
    progress = rows_of(connection, places)
    rejects = [
        reject_row(merge.copy(h.source, h.doc_id) if merge.reason(e) == "duplicate" else _outcome(h))
        for h, e in zip(heads, entries, strict=True)
        if merge.reason(e)
    ]
    for table, rows in (("progress", progress), ("rejects", rejects)):
        sink = CsvSink(new, table)
        sink.add(rows)
        sink.close()
    counts = {t: sum(p.rows[n] for p in pieces.values()) for n, t in enumerate(EXTRACTED)}
    counts |= {"progress": len(progress), "rejects": len(rejects)}
    return merge, {table: counts[table] for table in TABLES}, _noted(kept, pieces)


def _outcome(head: Head) -> Outcome:
    return Outcome(head.source, head.doc_id, reason=head.reason, detail=head.detail)


def _noted(kept: Sequence[Head], pieces: dict[Key, _Piece]) -> str:
    noted = [[h.state, h.document, h.doc_id, p.sizes, p.rows] for h in kept for p in (pieces[h.state, h.document],)]
    return json.dumps(noted, separators=(",", ":"))


def _old(out: Path) -> dict[Key, _Piece]:
    """The pieces of the old files, none where the files are not as noted."""
    try:
        noted = json.loads((out / PIECES).read_text("utf-8"))
        at = [len(_first_line(table)) for table in EXTRACTED]
        found: dict[Key, _Piece] = {}
        for state, document, doc_id, sizes, rows in noted:
            found[state, document] = _Piece(doc_id, sizes, rows, list(at))
            at = [a + s for a, s in zip(at, sizes, strict=True)]
        there = [(out / f"{table}.csv").stat().st_size for table in EXTRACTED]
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return found if there == at and (out / "texts").is_dir() else {}


def _first_line(table: str) -> bytes:
    return _BOM + header(table).encode()


def _pieces(
    connection: Connection, kept: Sequence[Head], old: dict[Key, _Piece]
) -> tuple[dict[Key, _Piece], dict[str, list[bytes]]]:
    """The pieces of what is kept, and the blocks of those that are new, by doc_id."""
    missing = list(dict.fromkeys(h.version for h in kept if (h.state, h.document) not in old))
    keys = {(h.version, h.document): (h.state, h.document) for h in kept}
    lines = [CsvLines(table) for table in EXTRACTED]
    fresh: dict[Key, _Piece] = {}
    blocks: dict[str, list[bytes]] = {}
    for version, found in reviewed.load(connection, missing, texts=False):
        for document, outcome in enumerate(found):
            key = keys.get((version, document))
            if key is None or key in old:
                continue
            written = [
                line(outcome.rows[t]).encode("utf-8", "replace") for line, t in zip(lines, EXTRACTED, strict=True)
            ]
            rows = [len(outcome.rows[t]) for t in EXTRACTED]
            blocks[outcome.doc_id] = written
            fresh[key] = _Piece(outcome.doc_id, [len(b) for b in written], rows, [])
    return {key: old[key] if key in old else fresh[key] for key in keys.values()}, blocks


def _splice(
    before: Path, after: Path, number: int, table: str, pieces: Sequence[_Piece], blocks: dict[str, list[bytes]]
) -> None:
    """Write a file of old stretches and new blocks. Old pieces that follow each other are copied as one."""
    with after.open("wb") as target:
        target.write(_first_line(table))
        begin = end = 0
        with (before if before.exists() else after).open("rb") as source:
            for piece in pieces:
                if not piece.starts:
                    _copy(source.fileno(), target, begin, end)
                    begin = end = 0
                    target.write(blocks[piece.doc_id][number])
                    continue
                start = piece.starts[number]
                if start != end:
                    _copy(source.fileno(), target, begin, end)
                    begin = start
                end = start + piece.sizes[number]
            _copy(source.fileno(), target, begin, end)


def _copy(source: int, target: BufferedWriter, begin: int, end: int) -> None:
    while begin < end:
        block = os.pread(source, min(_BLOCK, end - begin), begin)
        if not block:
            raise OSError(f"an old table is shorter than noted at {begin}")
        target.write(block)
        begin += len(block)


def _texts(connection: Connection, out: Path, new: Path, kept: Sequence[Head], old: dict[Key, _Piece]) -> None:
    folder = new / "texts"
    there = {p.doc_id for p in old.values()}
    if old:
        (out / "texts").rename(folder)
    else:
        folder.mkdir()
    wanted = {h.doc_id: h for h in kept}
    for doc_id in there - wanted.keys():
        (folder / f"{doc_id}.txt").unlink(missing_ok=True)
    added: dict[str, Any] = {i: h for i, h in wanted.items() if i not in there}
    for _, found in outcomes.load(connection, list(dict.fromkeys(h.version for h in added.values())), ()):
        for outcome in found:
            if outcome.doc_id in added and not outcome.reason:
                (folder / f"{outcome.doc_id}.txt").write_bytes(outcome.text)
