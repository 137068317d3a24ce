"""What a row is likely to say that an analyst adds by selecting words: read by the program's own grammars."""

from __future__ import annotations

from typing import Any

from extractors.language import quantities, times
from pipeline.verdicts.ruling import as_json


def values(table: str, quote: str, year: int | None) -> dict[str, Any]:
    """Values by column, as JSON holds them; none where the words say nothing that can be read."""
    if table == "figures":
        return _figure(quote)
    if table == "deadlines":
        return _deadline(quote, year)
    if table == "units":
        return {"name": quote, "canonical": quote}
    return {"action": quote[:60]} if table == "tasks" else {}


def _figure(quote: str) -> dict[str, Any]:
    found = quantities.find(quote)
    if not found:
        return {"status": "target"}
    q = found[0]
    return {
        "value_low": as_json(q.low), "value_high": as_json(q.high), "unit": q.measure, "bound": q.bound,
        "change": q.change, "status": "target",
    }  # fmt: skip


def _deadline(quote: str, year: int | None) -> dict[str, Any]:
    found = times.find(quote, None)
    if not found:
        return {}
    t = found[0]
    kind = "within" if t.kind == "duration" else t.kind
    start, end = (d.replace("XXXX", str(year), 1) if year else d for d in (t.start_date, t.end_date))
    return {
        "kind": kind, "due_start": "" if kind == "by" else start, "due_end": end, "rrule": t.rrule,
        "duration": t.duration,
    }  # fmt: skip
