"""The page of errors: one HTML file that needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pipeline.evaluation import predictions
from pipeline.evaluation.comparison import Changes
from pipeline.evaluation.evaluation import Evaluation
from pipeline.evaluation.gold import TABLES, GoldFile, Item
from pipeline.evaluation.matching import ATTRIBUTES, VALUE
from pipeline.evaluation.predictions import Row
from pipeline.evaluation.scoring import MISSED, Error
from pipeline.evaluation.words import ERROR_NAMES, STAGE_NAMES, TABLE_NAMES, told

_AROUND = 60  # characters of source on either side
_ASKED = {t: (*VALUE[t], *ATTRIBUTES[t]) for t in TABLES}


@dataclass(frozen=True, slots=True)
class Line:
    """One error as the page shows it: the source around it, both readings side by side as (name, gold, ours, wrong)."""

    error: Error
    name: str
    before: str
    quote: str
    after: str
    readings: list[tuple[str, str, str, bool]]
    rule: str
    cue: str
    confidence: str


def html(found: Evaluation, report: dict[str, Any], output: Path, changes: Changes | None = None) -> str:
    """The page. ``output`` is the run's folder, whose texts give the source around each error."""
    import jinja2  # noqa: PLC0415

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(files(__package__).joinpath("page.html.j2").read_text("utf-8"))
    read = predictions.read(output)
    texts = {s.gold.name: read.text(s.gold) for s in found.scores}
    lines: dict[str, list[Line]] = {}
    for gold, error in ((s.gold, e) for s in found.scores for e in s.errors):
        lines.setdefault(f"{TABLE_NAMES[error.table]}:{ERROR_NAMES[error.kind]}", []).append(
            _line(gold, error, texts[gold.name])
        )
    groups = sorted(lines.items(), key=lambda g: (g[1][0].error.table == "links", -len(g[1]), g[0]))
    return template.render(
        r=report, groups=groups, changes=changes, tables=TABLES, table_names=TABLE_NAMES, error_names=ERROR_NAMES,
        stage_names=STAGE_NAMES, told=told, folder=found.gold.folder.name,
    )  # fmt: skip


def _line(gold: GoldFile, error: Error, text: str | None) -> Line:
    before, quote, after = "", error.quote, ""
    if text is not None:
        low, high = max(gold.low, error.start - _AROUND), min(gold.high, error.end + _AROUND)
        before, quote, after = text[low : error.start], text[error.start : error.end], text[error.end : high]
    row = error.row
    return Line(
        error, gold.name, before, quote, after, _readings(error.table, error.kind, error.item, row),
        row.fields.get("rule", "") if row else "", row.fields.get("cue", "") if row else "",
        f"{row.confidence:g}" if row else "",
    )  # fmt: skip


def _readings(table: str, kind: str, item: Item | None, row: Row | None) -> list[tuple[str, str, str, bool]]:
    readings = []
    for name in _ASKED.get(table, ()):
        gold, got = item.fields.get(name, "") if item else "", row.fields.get(name, "") if row else ""
        if gold or got:
            readings.append((ERROR_NAMES[name], gold, got, kind in (name, MISSED)))
    return readings
