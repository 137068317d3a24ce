"""The tables of a night as CSV, made from those of the night before: what did not change is copied, not written anew.

``pieces.json`` beside the tables says which stretch of each file came from which document (:mod:`pipeline.pieces`). The result
is the same, byte for byte, as an export from the start; where anything about the old files is not as noted, everything is
written from the start.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from extractors.schema import TABLES
from pipeline import pieces
from pipeline.merge import reject_row
from pipeline.pieces import Entry, Pieces, key_of
from pipeline.rendering.csvlines import CsvLines, header
from pipeline.store import outcomes, reviewed
from pipeline.store.inputs import Change
from pipeline.store.outcomes import Head
from pipeline.store.progress import rows_of
from pipeline.worker import EXTRACTED, Outcome

_BOM = b"\xef\xbb\xbf"
_FEW = 200  # readings in memory at a time
Blocks = list[bytes]


@dataclass(frozen=True, slots=True)
class Changed:
    """What tonight's export may rely on: the run and the readings that the old tables should be of, the changes since, the
    documents whose rows in ``progress`` are others now, and the readings that analysts have decided on."""

    since: str
    changes: Sequence[Change]
    targets: frozenset[str]
    decided: frozenset[str] = frozenset()


def write(connection: Connection, out: Path, new: Path, state: str, before: str, changed: Changed | None) -> Pieces:
    """Write the CSV tables and the texts of what counts now into ``new``, with the help of those in ``out``.

    The texts are moved there from ``out``. ``before`` is the state that the old tables are of, ``state`` that
    of the new ones.
    """
    old = _old(out, before) if changed is not None else None
    if old is None or changed is None:
        return _whole(connection, new, state)
    touched = _touched(old, changed)
    after = [c.after.version for c in changed.changes if c.after is not None]
    # With all copies of the same bytes: which of them counts may have changed.
    doc_ids = {old.doc_ids[i] for i in touched if old.reasons[i] != "empty"} - {""}
    doc_ids |= changed.targets | outcomes.doc_ids_of(connection, {*after, *changed.decided})
    touched |= {i for i, d in enumerate(old.doc_ids) if d in doc_ids}
    heads = outcomes.live_of(connection, after, doc_ids)
    added = list(_entries(connection, heads))
    found, plan = _merged(old, touched, added)
    found.state = state
    for number, table in enumerate(TABLES):
        _splice(out / f"{table}.csv", new / f"{table}.csv", table, plan, old.sizes[number], number)
    _move_texts(out, new, {old.doc_ids[i] for i in touched if not old.reasons[i]}, added)
    return found


def _old(out: Path, before: str) -> Pieces | None:
    """The pieces of the old files, None where the files are not as noted or not of the state before."""
    old = pieces.read(out)
    if old is None or old.state != before:
        return None
    try:
        there = [(out / f"{table}.csv").stat().st_size for table in TABLES]
    except OSError:
        return None
    noted = [len(_first_line(table)) + sum(sizes) for table, sizes in zip(TABLES, old.sizes, strict=True)]
    return old if there == noted and (out / "texts").is_dir() else None


def _first_line(table: str) -> bytes:
    return _BOM + header(table).encode()


def _touched(old: Pieces, changed: Changed) -> set[int]:
    """Entries of inputs that changed, and of documents whose targets are told anew."""
    found: set[int] = set()
    for known in (k for c in changed.changes for k in (c.before, c.after) if k is not None):
        first = key_of(known.source, known.path, 0)
        at, stem = bisect_left(old.keys, first), first[:-8]
        while at < len(old.keys) and old.keys[at].startswith(stem):
            found.add(at)
            at += 1
    return found | {i for i, d in enumerate(old.doc_ids) if d in changed.targets}


Added = tuple[Entry, Blocks, bytes]


def _entries(connection: Connection, heads: Sequence[Head]) -> Iterator[Added]:
    """Entries of outcomes with their rows as they stand in the files, and the texts. All copies of the same bytes must be
    among them: the smallest name counts, the others are duplicates (:mod:`pipeline.merge`)."""
    first: dict[str, str] = {}
    for h in heads:
        if h.doc_id and h.reason != "empty":
            first[h.doc_id] = min(h.outcome_source, first.get(h.doc_id, h.outcome_source))
    lines = [CsvLines(table) for table in TABLES]
    for at in range(0, len(heads), _FEW):
        some = heads[at : at + _FEW]
        duplicate = [h.doc_id != "" and h.reason != "empty" and first[h.doc_id] != h.outcome_source for h in some]
        kept = [h for h, again in zip(some, duplicate, strict=True) if not h.reason and not again]
        loaded = dict(reviewed.load(connection, list(dict.fromkeys(h.version for h in kept))))
        progress = rows_of(connection, {h.doc_id for h in kept})
        for h, again in zip(some, duplicate, strict=True):
            rows: dict[str, Sequence[Any]] = {}
            text, reason = b"", "duplicate" if again else h.reason
            if again:
                copied = Outcome(h.outcome_source, h.doc_id, reason=reason, detail=f"same bytes as {first[h.doc_id]}")
                rows["rejects"] = [reject_row(copied)]
            elif reason:
                rows["rejects"] = [reject_row(Outcome(h.outcome_source, h.doc_id, reason=reason, detail=h.detail))]
            else:
                outcome = loaded[h.version][h.document]
                rows = {t: outcome.rows[t] for t in EXTRACTED} | {"progress": progress.get(h.doc_id, [])}
                text = outcome.text
            of_tables = [rows.get(table, ()) for table in TABLES]
            blocks = [
                line(r).encode("utf-8", "replace") if r else b"" for line, r in zip(lines, of_tables, strict=True)
            ]
            key = key_of(h.source, h.path, h.document)
            entry = Entry(key, h.doc_id, reason, h.parts, [len(b) for b in blocks], [len(r) for r in of_tables])
            yield entry, blocks, text


def _whole(connection: Connection, new: Path, state: str) -> Pieces:
    """All of it from the start."""
    found = Pieces(state)
    (new / "texts").mkdir()
    with ExitStack() as opened:
        files = [opened.enter_context((new / f"{table}.csv").open("wb")) for table in TABLES]
        for file, table in zip(files, TABLES, strict=True):
            file.write(_first_line(table))
        for entry, blocks, text in _entries(connection, outcomes.live(connection)):
            found.append(entry)
            for file, block in zip(files, blocks, strict=True):
                file.write(block)
            if not entry.reason:
                (new / "texts" / f"{entry.doc_id}.txt").write_bytes(text)
    return found


Step = tuple[int, int] | Blocks  # entries of the old files, half-open, or what is new


def _merged(old: Pieces, touched: Iterable[int], added: Iterable[Added]) -> tuple[Pieces, list[Step]]:
    """The entries that come out, and of what old stretches and new blocks."""
    leaving = set(touched)
    coming: dict[int, list[Added]] = defaultdict(list)
    for one in sorted(added, key=lambda a: a[0].key):
        coming[bisect_left(old.keys, one[0].key)].append(one)
    found, steps, at = Pieces(), list[Step](), 0
    for here in sorted({*leaving, *coming, len(old.keys)}):
        if here > at:
            found.extend(old, at, here)
            steps.append((at, here))
        for entry, blocks, _ in coming.get(here, ()):
            found.append(entry)
            steps.append(blocks)
        at = here + 1 if here in leaving else here
    return found, steps


def _splice(before: Path, after: Path, table: str, plan: Sequence[Step], sizes: array[int], number: int) -> None:
    """Write a file of old stretches, whose entries are so long, and new blocks."""
    first = _first_line(table)
    at, begin = 0, len(first)
    with after.open("wb") as target, before.open("rb") as source:
        target.write(first)
        for step in plan:
            if isinstance(step, tuple):
                begin += sum(sizes[at : step[0]])
                at, end = step[1], begin + sum(sizes[step[0] : step[1]])
                _copy(source.fileno(), target, begin, end)
                begin = end
            else:
                target.write(step[number])


def _copy(source: int, target: BufferedWriter, begin: int, end: int) -> None:
    """Copy a stretch within the kernel, as ``cp`` does."""
    target.flush()
    while begin < end:
        done = os.sendfile(target.fileno(), source, begin, end - begin)
        if not done:
            raise OSError(f"an old table is shorter than noted at {begin}")
        begin += done


def _move_texts(out: Path, new: Path, before: set[str], added: Sequence[Added]) -> None:
    folder = new / "texts"
    (out / "texts").rename(folder)
    after = {entry.doc_id: text for entry, _, text in added if not entry.reason}
    for doc_id in before - after.keys():
        (folder / f"{doc_id}.txt").unlink(missing_ok=True)
    for doc_id in after.keys() - before:
        (folder / f"{doc_id}.txt").write_bytes(after[doc_id])
