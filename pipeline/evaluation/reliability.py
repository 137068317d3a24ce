"""How often rows of a given confidence are right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from pipeline.evaluation.scoring import Judged

EDGES = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows with confidence in ``[low, high)``, the last bin with its end: how many, how many right, what they claimed."""

    low: float
    high: float
    rows: int
    right: int
    claimed: float  # mean confidence

    @property
    def share(self) -> float:
        """The share that is right, 0 without rows."""
        return self.right / self.rows if self.rows else 0.0


def bins(judged: Iterable[Judged], edges: tuple[float, ...] = EDGES) -> list[Bin]:
    """The reliability table."""
    rows = list(judged)
    made = []
    for low, high in pairwise(edges):
        last = high == edges[-1]
        inside = [j for j in rows if low <= j.row.confidence < high or (last and j.row.confidence == high)]
        claimed = sum(j.row.confidence for j in inside) / len(inside) if inside else 0.0
        made.append(Bin(low, high, len(inside), sum(j.right for j in inside), claimed))
    return made


def share(judged: Iterable[Judged], low: float, high: float = 2.0) -> tuple[int, int]:
    """(rows, right rows) with confidence in ``[low, high)``."""
    inside = [j for j in judged if low <= j.row.confidence < high]
    return len(inside), sum(j.right for j in inside)
