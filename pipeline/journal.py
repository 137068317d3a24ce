"""Results of a run as they come, one file a stretch of inputs, so that a killed run can go on.

A file is written whole or not at all; a damaged one counts as absent. Only row values are unpickled: any other class in a
file is refused, since the folder may lie where others can write.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.worker import Outcome

_MAGIC = b"TZJ1"
_NAME = re.compile(r"(\d{8})\.rows")
_ALLOWED = {
    ("decimal", "Decimal"),
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


def encode(first: int, outcomes: list[list[Outcome]]) -> bytes:
    """A journal file: the outcomes of the inputs ``first``, ``first + 1``, …"""
    entries = [
        (first + i, o.source, o.doc_id, o.reason, len(o.rows.get("documents", ())))
        for i, of_input in enumerate(outcomes)
        for o in of_input
    ]
    head = pickle.dumps((len(outcomes), entries), 5)
    body = pickle.dumps([o for of_input in outcomes for o in of_input], 5)
    digest = hashlib.blake2b(head + body, digest_size=16).digest()
    return _MAGIC + digest + len(head).to_bytes(8, "big") + head + body


def decode(first: int, data: bytes) -> list[list[Outcome]]:
    """The outcomes of the inputs ``first``, ``first + 1``, … of a journal file."""
    size = int.from_bytes(data[20:28], "big")
    count, found = _load(data[28 : 28 + size])
    by_input: list[list[Outcome]] = [[] for _ in range(count)]
    for entry, outcome in zip(found, _load(data[28 + size :]), strict=True):
        by_input[entry[0] - first].append(outcome)
    return by_input


def _load(data: bytes) -> Any:
    return _Unpickler(io.BytesIO(data)).load()


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
            size = int.from_bytes(data[20:28], "big")
            if data[:4] != _MAGIC or hashlib.blake2b(data[28:], digest_size=16).digest() != data[4:20]:
                path.unlink()
                continue
            count, found = _load(data[28 : 28 + size])
            first = int(path.stem)
            done.update(range(first, first + count))
            entries.extend(Entry(*e) for e in found)
        return done, entries

    def outcomes(self) -> Iterator[Outcome]:
        """All outcomes in input order, one file in memory at a time."""
        for path in self.files():
            data = path.read_bytes()
            size = int.from_bytes(data[20:28], "big")
            yield from _load(data[28 + size :])
