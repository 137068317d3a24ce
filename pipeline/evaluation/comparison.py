"""Two runs against the same gold: which rows became right and which became wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pipeline.evaluation.evaluation import Evaluation
from pipeline.evaluation.scoring import Error

Key = tuple[str, str, int, int, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One row of gold, or one row too many, that the two runs judge differently: what was and what is wrong with it."""

    file: str
    table: str
    start: int
    quote: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True)
class Changes:
    """What got better (fewer things wrong), what got worse (more), and what is wrong in another way."""

    better: list[Change]
    worse: list[Change]
    other: list[Change]

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {k: [asdict(c) for c in getattr(self, k)] for k in ("better", "worse", "other")}


def compared(before: Evaluation, after: Evaluation) -> Changes:
    """Differences of two evaluations of the same gold, row by row, links pair by pair."""
    old, new = _wrong(before), _wrong(after)
    changes = Changes([], [], [])
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key, {}), new.get(key, {})
        if was == now:
            continue
        change = Change(key[0], key[1], key[2], key[4], _told(was), _told(now))
        grade = _gravity(now) - _gravity(was)
        (changes.better if grade < 0 else changes.worse if grade > 0 else changes.other).append(change)
    return changes


def _told(kinds: dict[str, Error]) -> tuple[str, ...]:
    return tuple(f"{k}:{e.got}" if e.got else k for k, e in sorted(kinds.items()))


def _gravity(kinds: dict[str, Error]) -> float:
    """How wrong: a row missed or too many weighs more than any of its fields."""
    return sum(100 if "missed" in k or "spurious" in k else 1 for k in kinds)


def _wrong(evaluation: Evaluation) -> dict[Key, dict[str, Error]]:
    found: dict[Key, dict[str, Error]] = {}
    for e in evaluation.errors:
        found.setdefault((e.file, e.table, e.start, e.end, e.quote), {})[e.kind] = e
    return found
