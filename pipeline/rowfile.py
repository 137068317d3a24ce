"""Values kept in a file while a run lasts: written once, read as often as wanted, a few of them in memory at a time."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.journal import load

_TOGETHER = 100


class RowFile:
    """Tuples of row values in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, rows: Iterable[tuple[Any, ...]]) -> RowFile:
        """Fill the file anew."""
        with self._path.open("wb") as file:
            left = iter(rows)
            while some := list(islice(left, _TOGETHER)):
                pickle.dump(some, file, 5)
        return self

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        with self._path.open("rb") as file:
            while True:
                try:
                    some = load(file)
                except EOFError:
                    return
                yield from some
