"""When a row is the row that the annotator meant, and when a field says the same."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Protocol

# How much of the longer span two rows must share to be the same row.
LEAST_SHARE = {"figures": 0.0, "deadlines": 0.0, "units": 0.5}
VALUE = {
    "figures": ("low", "high", "unit"),
    "deadlines": ("due_start", "due_end", "rrule", "duration"),
    "units": ("role",),
}
ATTRIBUTES = {
    "figures": ("bound", "status", "change", "indicator", "period"),
    "deadlines": ("kind", "action"),
    "units": ("canonical", "action"),
}
# What makes a row right for the reliability of confidences: value and, for figures, status.
RIGHT = {**VALUE, "figures": (*VALUE["figures"], "status")}
WORDED = frozenset({"indicator", "action", "canonical"})
_SILENT = WORDED | {"period"}  # where gold leaves these empty, nothing is asked
_ALIKE = 0.6  # least character F1 of two wordings


class Spanned(Protocol):
    """Anything with a half-open source span."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def match(gold: Sequence[Spanned], rows: Sequence[Spanned], least: float) -> dict[int, int]:
    """Index of the row that each gold item gets: one to one, the largest shared part first, then the nearest start."""
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


def asked(field: str, gold: str) -> bool:
    """Whether gold says anything about a field."""
    return bool(gold) or field not in _SILENT


def same(field: str, gold: str, row: str) -> bool:
    """Whether a row's field says one of the readings that gold accepts."""
    readings = gold.split("|")
    if not any(readings) and field in _SILENT:
        return True
    if field in WORDED:
        return max(likeness(reading, row) for reading in readings) >= _ALIKE
    said = _normal(field, row)
    return any(_normal(field, reading) == said for reading in readings)


def likeness(a: str, b: str) -> float:
    """Character F1 of two wordings, 0 to 1."""
    shared = sum((Counter(a) & Counter(b)).values())
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def _normal(field: str, value: str) -> object:
    value = value.strip()
    if field in ("low", "high"):
        try:
            return Decimal(value.replace(",", "")) if value else ""
        except InvalidOperation:
            return value
    if field == "rrule":
        rules = value.upper().removeprefix("RRULE:").split(";")
        return frozenset(r for r in rules if r and r != "INTERVAL=1")
    return value.replace("％", "%").lower() if field == "unit" else value
