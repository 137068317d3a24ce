"""When two readings speak of the same place: rows of gold, of a run, of a second reader."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Protocol

# How much of the longer span two rows must share to be the same row.
LEAST_SHARE = {"figures": 0.0, "deadlines": 0.0, "units": 0.5}


class Spanned(Protocol):
    """Anything with a half-open source span."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def match(gold: Sequence[Spanned], rows: Sequence[Spanned], least: float) -> dict[int, int]:
    """Index of the row that each gold item gets: one to one, the largest shared part first, then the nearest start.

    ``least`` is the share of the longer span that both must have.
    """
    order = sorted(range(len(rows)), key=lambda j: rows[j].start)
    longest = max((r.end - r.start for r in rows), default=0)
    pairs: list[tuple[float, int, int, int]] = []
    starts = [rows[j].start for j in order]
    for i, g in enumerate(gold):
        for k in range(bisect_left(starts, g.start - longest), len(order)):
            j = order[k]
            if starts[k] >= g.end:
                break
            shared = min(g.end, rows[j].end) - max(g.start, rows[j].start)
            if shared > 0 and (share := shared / max(g.end - g.start, rows[j].end - rows[j].start)) >= least:
                pairs.append((share, -abs(g.start - rows[j].start), i, j))
    got: dict[int, int] = {}
    used: set[int] = set()
    for _, _, i, j in sorted(pairs, reverse=True):
        if i not in got and j not in used:
            got[i] = j
            used.add(j)
    return got


class Covered:
    """Half-open spans, in any order, asked whether others meet them."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))  # how far those up to here reach

    def meets(self, start: int, end: int) -> bool:
        """Whether any of them shares a character with a span."""
        i = bisect_left(self._starts, end) - 1
        return i >= 0 and self._reach[i] > start
