"""Counts how often rows of each kind are right, for ``extractors/lexicon/calibration.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from itertools import pairwise
from math import floor, sqrt
from pathlib import Path
from typing import Any

from extractors import Options, extract
from extractors import read as read_source
from extractors.calibration import Kind, deadline_kind, figure_kind, unit_kind
from extractors.lexicon import settings
from extractors.schema import Place
from pipeline.evaluation.gold import TABLES, Gold, sources
from pipeline.evaluation.predictions import Part, Row, Source, completed
from pipeline.evaluation.scoring import Judged, score

MARK = "# Written by make calibrate from corpora/gold/dev and samples; do not edit below.\n"
_LEAST = 10  # rows: a kind with fewer is left to the more general one


def judged(gold: Gold) -> list[Judged]:
    """Rows of the documents of a folder of gold with the marks that the rules gave them."""
    read = {path.name: _source(path) for path in sources(gold)}
    return [j for file in gold.files for j in score(file, read[file.source]).judged]


def _source(path: Path) -> Source:
    found = extract(read_source(path.read_bytes(), path.name), Options(calibrated=False))
    made = Source()
    made.parts = [Part(d.start, d.end, d.kind, tuple(d.quality.split())) for d in found.documents]
    for table in TABLES:
        made.rows[table] = [_row(table, row) for row in found.rows[table]]
    return made


def _row(table: str, row: Place) -> Row:
    values = {f.name: _cell(getattr(row, f.name)) for f in fields(row)}
    return completed(table, values)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def kind_of(row: Row) -> Kind:
    """The kind of a row by its fields."""
    f = row.fields
    if row.table == "figures":
        return figure_kind(f["status"], f["bound"], f["cue"], row.confidence)
    if row.table == "deadlines":
        return deadline_kind(f["kind"], f["cue"], row.confidence)
    return unit_kind(f["rule"], row.confidence)


def counted(
    rows: Iterable[Judged], fresh: Mapping[str, Mapping[str, int]] | None = None
) -> dict[str, tuple[int, int, float]]:
    """By kind, general ones before their special ones: rows, right rows, confidence.

    ``fresh``: rows and right rows, by kind, of documents that no rule had been made from when they were judged; each counts
    as several rows of documents that rules were made from.
    """
    chosen = settings("calibration")["settings"]
    tally: dict[Kind, list[int]] = {}
    for j in rows:
        if j.row.firm:
            kind = kind_of(j.row)
            for n in range(1, len(kind) + 1):
                seen = tally.setdefault(kind[:n], [0, 0])
                seen[0] += 1
                seen[1] += j.right
    for name, judged_before in (fresh or {}).items():
        kind = tuple(name.split())
        for n in range(1, len(kind) + 1):
            seen = tally.setdefault(kind[:n], [0, 0])
            seen[0] += chosen["fresh"] * judged_before["rows"]
            seen[1] += chosen["fresh"] * judged_before["right"]
    shares: dict[Kind, float] = {}
    made: dict[str, tuple[int, int, float]] = {}
    for kind, (n, right) in sorted(tally.items()):
        general = shares[kind[:-1]] if len(kind) > 1 else chosen["start"][kind[0]]
        if tally.get(kind[:-1]) == [n, right]:  # no more special than its general kind: the same rows count once
            shares[kind] = general
            continue
        weight = chosen["prior"] if len(kind) > 1 else chosen["first"]
        shares[kind] = (right + weight * general) / (n + weight)
        if n >= _LEAST:
            sure = shares[kind] - sqrt(shares[kind] * (1 - shares[kind]) / (n + weight))  # one standard error below
            made[" ".join(kind)] = (n, right, _floor(_scaled(sure, chosen["scale"])))
    return made


def _floor(confidence: float) -> float:
    """Two places, never rounded up over a bound that means something."""
    return floor(confidence * 100 + 1e-9) / 100


def _scaled(share: float, scale: list[list[float]]) -> float:
    for (a, low), (b, high) in pairwise(scale):
        if share <= b:
            return low + (share - a) / (b - a) * (high - low)
    return scale[-1][1]


def page(text: str, made: dict[str, tuple[int, int, float]]) -> str:
    """The data file: its hand-written head as it is, the counts anew."""
    head = text.partition(MARK)[0]
    lines = [
        f'"{kind}" = {{ rows = {n}, right = {right}, confidence = {sure} }}' for kind, (n, right, sure) in made.items()
    ]
    return head + MARK + "[known]\n" + "\n".join(lines) + "\n"
