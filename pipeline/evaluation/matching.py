"""When a field of a row says what the annotator said."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, InvalidOperation

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
