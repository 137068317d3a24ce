"""Results of a run as they come, one file a stretch of inputs, so that a killed run can go on.

A file is written whole or not at all; a damaged one counts as absent. Only row values are unpickled: any other class in a
file is refused, since the folder may lie where others can write.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import re
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from extractors import collector
from pipeline.worker import Outcome, Rendered

_MAGIC = b"TZJ3"
RENDERED = ("csv", "ledger", "comparable")  # fields of Rendered, a section each
_SECTIONS = 2 + len(RENDERED)
_HEAD = 20 + 8 * _SECTIONS  # bytes: magic, digest, sizes
_NAME = re.compile(r"(\d{8})\.rows")
_ALLOWED = {
    ("decimal", "Decimal"),
    ("datetime", "date"),
    ("pipeline.worker", "Outcome"),
    ("pipeline.journal", "Entry"),
    ("copyreg", "_reconstructor"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the merge needs to know of an outcome without reading it: ordinal of its input, name, hash, and counts."""

    ordinal: int
    source: str
    doc_id: str
    reason: str
    documents: int


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a journal")
        return super().find_class(module, name)


@collector.at_rest()
def encode(first: int, outcomes: list[list[Outcome]]) -> bytes:
    """A journal file: the outcomes of the inputs ``first``, ``first + 1``, …

    Its sections are what the merge needs, the outcomes, and what of them is rendered as CSV and for the ledger.
    """
    entries = [
        (first + i, o.source, o.doc_id, o.reason, len(o.rows.get("documents", ())))
        for i, of_input in enumerate(outcomes)
        for o in of_input
    ]
    flat = [o for of_input in outcomes for o in of_input]
    sections = [
        pickle.dumps((len(outcomes), entries), 5),
        pickle.dumps([pickle.dumps(replace(o, rendered=None), 5) for o in flat], 5),
        *(_packed([getattr(o.rendered, name, None) for o in flat]) for name in RENDERED),
    ]
    digest = hashlib.blake2b(b"".join(sections), digest_size=16).digest()
    return b"".join([_MAGIC, digest, *(len(s).to_bytes(8, "big") for s in sections), *sections])


def decode(first: int, data: bytes) -> list[list[Outcome]]:
    """The outcomes of the inputs ``first``, ``first + 1``, … of a journal file."""
    head, rows, *_ = _sections(data)
    count, found = _load(head)
    by_input: list[list[Outcome]] = [[] for _ in range(count)]
    for entry, outcome in zip(found, _load(rows), strict=True):
        by_input[entry[0] - first].append(_load(outcome))
    return by_input


def _packed(made: list[Any]) -> bytes:
    return zlib.compress(pickle.dumps(made, 5), 1) if any(made) else b""


def _sections(data: bytes) -> list[bytes]:
    at = _HEAD
    found = []
    for n in range(_SECTIONS):
        size = int.from_bytes(data[20 + 8 * n : 28 + 8 * n], "big")
        found.append(data[at : at + size])
        at += size
    return found


def load(file: IO[bytes]) -> Any:
    """The next of the values pickled into a file, if it holds nothing but row values; EOFError after the last."""
    return _Unpickler(file).load()


@collector.at_rest()
def _load(data: bytes) -> Any:
    return load(io.BytesIO(data))


class Journal:
    """The journal folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, first: int, data: bytes) -> None:
        """Keep the results of the inputs from ordinal ``first`` on."""
        path = self.folder / f"{first:08d}.rows"
        draft = path.with_suffix(".draft")
        draft.write_bytes(data)
        draft.replace(path)

    def files(self) -> list[Path]:
        """Journal files in input order."""
        return sorted(p for p in self.folder.iterdir() if _NAME.fullmatch(p.name))

    def scan(self) -> tuple[set[int], list[Entry]]:
        """Ordinals of the inputs done, and their entries in input order. Damaged files are removed."""
        done: set[int] = set()
        entries: list[Entry] = []
        for path in self.files():
            data = path.read_bytes()
            if data[:4] != _MAGIC or hashlib.blake2b(data[_HEAD:], digest_size=16).digest() != data[4:20]:
                path.unlink()
                continue
            count, found = _load(_sections(data)[0])
            first = int(path.stem)
            done.update(range(first, first + count))
            entries.extend(Entry(*e) for e in found)
        return done, entries

    def outcomes(self, rendered: str = "", rows: Container[str] | None = None) -> Iterator[Outcome]:
        """All outcomes in input order, one file in memory at a time; with what is rendered of them under this name of
        RENDERED. ``rows`` are the documents whose rows and text are wanted though that is there; None: of all."""
        for path in self.files():
            head, pickled, *made = _sections(path.read_bytes())
            found: list[bytes] = _load(pickled)
            packed = made[RENDERED.index(rendered)] if rendered else b""
            ready = _load(zlib.decompress(packed)) if packed else [None] * len(found)
            for (_, source, doc_id, reason, _), own, data in zip(_load(head)[1], ready, found, strict=True):
                if own is not None and rows is not None and doc_id not in rows:
                    outcome = Outcome(source, doc_id, reason=reason)
                else:
                    outcome = _load(data)
                if own is not None:
                    outcome.rendered = Rendered(**{rendered: own})
                yield outcome
