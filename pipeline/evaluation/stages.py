"""Each stage alone: does it bring what the annotator needs, whatever later stages make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from extractors.overlaps import LEAST_SHARE, match
from pipeline.evaluation.gold import GoldFile, Item
from pipeline.evaluation.matching import same
from pipeline.evaluation.predictions import Predictions, Row
from pipeline.evaluation.scoring import rate

STAGES = ("parts", "headings", "quantities", "times", "organisations")
# The side of a time that its kind makes count.
_COUNTS = {"by": ("due_end",), "in": ("due_start", "due_end"), "every": ("rrule",), "within": ("duration",), "from": ("due_start",)}  # fmt: skip
Tally = Counter[tuple[str, str]]


def stages(files: Iterable[GoldFile], predictions: Predictions) -> dict[str, Any]:
    """By stage: for parts and headings precision and recall of exact spans, for the rest ``gold``, how many were
    ``found`` and how many of these were ``right``. A stage that no gold file speaks of is absent."""
    tally: Tally = Counter()
    for gold in files:
        text = predictions.text(gold)
        if text is not None:
            _file(gold, text, tally)
    return {
        name: _spans(tally, name) if name in ("parts", "headings") else _finds(tally, name)
        for name in STAGES
        if tally[name, "gold"]
    }


def _spans(tally: Tally, name: str) -> dict[str, Any]:
    return rate(tally[name, "hit"], tally[name, "gold"], tally[name, "pred"])


def _finds(tally: Tally, name: str) -> dict[str, Any]:
    gold, found, right = (tally[name, what] for what in ("gold", "found", "right"))
    return {"gold": gold, "found": found, "right": right, "r": found / gold, "value": right / found if found else 0.0}


def _file(gold: GoldFile, text: str, tally: Tally) -> None:
    from extractors.document import Source  # noqa: PLC0415
    from extractors.language import organisations, quantities, times  # noqa: PLC0415
    from extractors.text import prepare  # noqa: PLC0415

    document = prepare(Source("", gold.source, "txt", text))
    clean = document.clean
    low, high = clean.clean_offset(gold.low), clean.clean_offset(gold.high)
    anchor = date(gold.anchor_year, 1, 1) if gold.anchor_year else None
    figures, deadlines, units = [], [], []
    for q in quantities.find(clean.text[low:high]):
        span = clean.source_span(q.start + low, q.end + low)
        fields = {"low": _plain(q.low), "high": _plain(q.high), "unit": q.measure}
        figures.append(Row("figures", *span, 1.0, fields))
    for t in times.find(clean.text[low:high], anchor):
        span = clean.source_span(t.start + low, t.end + low)
        fields = {"due_start": t.start_date, "due_end": t.end_date, "rrule": t.rrule, "duration": t.duration}
        deadlines.append(Row("deadlines", *span, 1.0, fields))
    for o in organisations.find(clean.text[low:high]):
        units.append(Row("units", *clean.source_span(o.start + low, o.end + low), 1.0, {}))
    _find(tally, "quantities", gold.items["figures"], figures, lambda _: ("low", "high", "unit"))
    _find(tally, "times", gold.items["deadlines"], deadlines, lambda x: _COUNTS.get(x.fields.get("kind", ""), ()))
    _find(tally, "organisations", gold.items["units"], units, lambda _: ())
    if gold.parts is not None:
        made = [document.source_span(p.start, p.end) for p in document.parts]
        _exact(tally, "parts", gold.parts, made)
    if gold.headings is not None:
        found = [
            document.source_span(s.start, s.end) for p in document.parts for s in p.segments if s.kind == "heading"
        ]
        _exact(tally, "headings", gold.headings, [s for s in found if gold.low <= s[0] and s[1] <= gold.high])


def _plain(value: object) -> str:
    return "" if value is None else f"{value:f}"


def _find(tally: Tally, stage: str, items: list[Item], rows: list[Row], fields: Any) -> None:
    items = [x for x in items if not x.optional]
    got = match(items, rows, LEAST_SHARE[rows[0].table] if rows else 0.0)
    tally[stage, "gold"] += len(items)
    tally[stage, "found"] += len(got)
    for i, j in got.items():
        wanted = items[i].fields
        tally[stage, "right"] += all(same(f, wanted.get(f, ""), rows[j].fields.get(f, "")) for f in fields(items[i]))


def _exact(tally: Tally, stage: str, wanted: list[tuple[int, int]], made: list[tuple[int, int]]) -> None:
    tally[stage, "gold"] += len(wanted)
    tally[stage, "pred"] += len(made)
    tally[stage, "hit"] += len(set(wanted) & set(made))
