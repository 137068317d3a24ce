"""Which stretch of each exported CSV file came of which document, noted beside the files for the next night.

A line of JSON that says what follows, names a line each, and numbers as packed 32-bit words. Ten thousand documents are read
and written in a few milliseconds, which JSON throughout is not.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractors.schema import TABLES

FILE = "pieces.bin"


@dataclass(slots=True)
class Entry:
    """What one document, or one rejected input, gave: bytes and rows in the order of the tables."""

    key: str
    doc_id: str
    reason: str
    parts: int
    sizes: Sequence[int]
    rows: Sequence[int]


def key_of(source: str, path: str, document: int) -> str:
    """What orders documents as their inputs are ordered. Printable names hold no character below the space."""
    return f"{source}\t{path}\t{document:08d}"


def _numbers() -> list[array[int]]:
    return [array("I") for _ in TABLES]


@dataclass(slots=True)
class Pieces:
    """The entries in input order, as columns; ``sizes`` and ``rows`` a column a table. ``state`` names what was exported."""

    state: str = ""
    keys: list[str] = field(default_factory=list)
    doc_ids: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    parts: array[int] = field(default_factory=lambda: array("I"))
    sizes: list[array[int]] = field(default_factory=_numbers)
    rows: list[array[int]] = field(default_factory=_numbers)

    def append(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self.keys.append(entry.key)
        self.doc_ids.append(entry.doc_id)
        self.reasons.append(entry.reason)
        self.parts.append(entry.parts)
        for of_table, value in zip(self.sizes, entry.sizes, strict=True):
            of_table.append(value)
        for of_table, value in zip(self.rows, entry.rows, strict=True):
            of_table.append(value)

    def extend(self, other: Pieces, first: int, last: int) -> None:
        """Add the entries ``first`` to ``last`` (half-open) of another."""
        self.keys += other.keys[first:last]
        self.doc_ids += other.doc_ids[first:last]
        self.reasons += other.reasons[first:last]
        for mine, theirs in zip(self._words(), other._words(), strict=True):
            mine.extend(theirs[first:last])

    def _words(self) -> list[array[int]]:
        return [self.parts, *self.sizes, *self.rows]

    @property
    def documents(self) -> int:
        """Entries that gave tables."""
        return self.reasons.count("")

    def rejects(self) -> Counter[str]:
        """Entries that did not, by reason."""
        counted = Counter(self.reasons)
        del counted[""]
        return counted

    def totals(self) -> dict[str, int]:
        """Rows by table."""
        return {table: sum(rows) for table, rows in zip(TABLES, self.rows, strict=True)}

    def written(self) -> bytes:
        """As the file has it."""
        words = array("I")
        for column in self._words():
            words.extend(column)
        names = "\n".join((*self.keys, *self.doc_ids, *self.reasons)).encode()
        head = {"state": self.state, "entries": len(self.keys), "tables": list(TABLES), "names": len(names)}
        return json.dumps(head).encode() + b"\n" + names + _little(words)


def read(folder: Path) -> Pieces | None:
    """The pieces noted in a folder; None where there is nothing that can be relied on."""
    try:
        head, _, rest = (folder / FILE).read_bytes().partition(b"\n")
        noted = json.loads(head)
        n, length, tables, state = int(noted["entries"]), int(noted["names"]), noted["tables"], str(noted["state"])
        names = rest[:length].decode().split("\n") if n else []
        words = array("I")
        words.frombytes(rest[length:])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if sys.byteorder == "big":
        words.byteswap()
    width = 1 + 2 * len(TABLES)
    if tables != list(TABLES) or len(names) != 3 * n or len(words) != n * width:
        return None
    parts, *counts = (words[n * at : n * at + n] for at in range(width))
    names_of = (names[:n], names[n : 2 * n], names[2 * n :])
    return Pieces(state, *names_of, parts, counts[: len(tables)], counts[len(tables) :])


def _little(words: array[int]) -> bytes:
    if sys.byteorder == "big":
        words.byteswap()
    return words.tobytes()
