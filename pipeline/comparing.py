"""Targets against results over any number of documents, in memory that does not grow with them.

What is packed of the documents (:mod:`pipeline.comparable`) is dealt out to files by what may meet, each file is compared by
itself, and the rows are brought back into the order of their targets. A file that is too large still is dealt out again by the
bodies that its packs are tied through: what shares no body, in however many steps, never meets.
"""

from __future__ import annotations

import heapq
import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import IO, Any
from zlib import crc32

from pipeline.comparable import Pack, unpacked
from pipeline.journal import load
from pipeline.progress import Matcher, Reports
from pipeline.rowfile import RowFile

_FILES = 64
ENOUGH = 10_000  # figures that are compared at a time, if no more than these are tied

_Ordered = tuple[int, tuple[Any, ...]]  # where the target stands among all of the run, and a row of it


def compared(documents: Iterable[Sequence[Sequence[Any]]], folder: Path) -> RowFile:
    """The rows of ``progress`` in the order of their targets, from the packs of the documents in input order. ``folder`` is
    an empty one, for this alone."""
    reports = Reports()
    files = _dealt(_numbered(documents, reports), folder, "part")
    parts = [file for path, figures in files for file in _small(path, figures)]
    rows = [RowFile(path.with_suffix(".rows")).write(sorted(_rows(path, reports), key=itemgetter(0))) for path in parts]
    return RowFile(folder / "rows").write(row for _, row in heapq.merge(*rows, key=itemgetter(0)))


_Dealt = tuple[int, int, Pack]  # the file it goes to, the number of its document, the pack


def _numbered(documents: Iterable[Sequence[Sequence[Any]]], reports: Reports) -> Iterator[_Dealt]:
    for number, packs in enumerate(documents):
        for pack in map(Pack._make, packs):
            reports.add(pack.doc_id, pack.year, pack.reporting)
            yield crc32(pack.meeting.encode()) % _FILES, number, pack


def _dealt(packs: Iterable[_Dealt], folder: Path, name: str) -> list[tuple[Path, int]]:
    """Write packs to files by their numbers; the files, and how many figures each holds."""
    files: dict[int, IO[bytes]] = {}
    figures: dict[int, int] = {}
    with ExitStack() as opened:
        for at, number, pack in packs:
            if at not in files:
                files[at], figures[at] = opened.enter_context((folder / f"{name}-{at:04d}").open("wb")), 0
            figures[at] += pack.figures
            pickle.dump((number, tuple(pack)), files[at], 5)
    return [(folder / f"{name}-{at:04d}", figures[at]) for at in sorted(files)]


def _packs(path: Path) -> Iterator[tuple[int, Pack]]:
    with path.open("rb") as file:
        while True:
            try:
                number, pack = load(file)
            except EOFError:
                return
            yield number, Pack._make(pack)


def _small(path: Path, figures: int) -> list[Path]:
    """A file, or what it is dealt out to by the bodies that its packs are tied through."""
    if figures <= ENOUGH:
        return [path]
    tied = _Tied()
    sizes: dict[int, int] = {}
    for number, pack in _packs(path):
        tied.add(pack, number)
    for number, pack in _packs(path):
        group = tied.group(pack, number)
        sizes[group] = sizes.get(group, 0) + pack.figures
    room = max(ENOUGH, figures // _FILES)
    files: dict[int, int] = {}
    at = held = 0
    for group, size in sizes.items():
        if held and held + size > room:
            at, held = at + 1, 0
        files[group] = at
        held += size
    dealt = ((files[tied.group(pack, number)], number, pack) for number, pack in _packs(path))
    found = [p for p, _ in _dealt(dealt, path.parent, path.name)]
    path.unlink()
    return found


class _Tied:
    """Which packs are tied through bodies, in however many steps (disjoint sets)."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._above: list[int] = []

    def add(self, pack: Pack, number: int) -> None:
        """Tie the bodies of a pack together."""
        roots = [self._root(self._number(name)) for name in self._names(pack, number)]
        for root in roots[1:]:
            if (one := self._root(root)) != (other := self._root(roots[0])):
                self._above[max(one, other)] = min(one, other)

    def group(self, pack: Pack, number: int) -> int:
        """The group of a pack, once all are added."""
        return self._root(self._numbers[self._names(pack, number)[0]])

    @staticmethod
    def _names(pack: Pack, number: int) -> Sequence[str]:
        return pack.bodies or (f"\n{number}",)  # nobody's: it meets itself only

    def _number(self, name: str) -> int:
        if (known := self._numbers.get(name)) is not None:
            return known
        self._numbers[name] = len(self._above)
        self._above.append(len(self._above))
        return len(self._above) - 1

    def _root(self, number: int) -> int:
        above = self._above
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number


def _rows(path: Path, reports: Reports) -> Iterator[_Ordered]:
    """The rows of a file, with where their targets stand."""
    matcher = Matcher(reports=reports)
    for number, pack in _packs(path):
        part = unpacked(load(BytesIO(pack.data)))
        for t in part.targets:
            t.ordinal += number << 32
        matcher.take([part])
    return matcher.ordered()
