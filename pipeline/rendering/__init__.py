"""Rows of one document as they will stand in the files of a run, made where the document is."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from extractors import collector
from pipeline.rendering.csvlines import CsvLines
from pipeline.rendering.ledger import render
from pipeline.worker import EXTRACTED, Outcome, Rendered


@cache
def _lines() -> dict[str, CsvLines]:
    return {table: CsvLines(table) for table in EXTRACTED}


@collector.at_rest()
def rendered(outcome: Outcome, formats: Collection[str]) -> Rendered | None:
    """The rows of a document in those of ``formats`` that can be rendered; None for a reject, or where none can be."""
    if outcome.reason or not {"csv", "xlsx"} & set(formats):
        return None
    made = Rendered()
    if "csv" in formats:
        made.csv = {table: lines(outcome.rows[table]) for table, lines in _lines().items()}
    if "xlsx" in formats:
        made.ledger = {t: (b.count, b.xml, b.filled) for t, b in render(outcome, {}).items()}
    return made
