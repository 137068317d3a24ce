"""Rows of one document as they will stand in the files of a run, made where the document is."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from extractors import collector
from pipeline.comparable import packed
from pipeline.rendering.csvlines import CsvLines
from pipeline.rendering.ledger import render
from pipeline.worker import EXTRACTED, Outcome, Rendered


@cache
def _lines() -> dict[str, CsvLines]:
    return {table: CsvLines(table) for table in EXTRACTED}


@collector.at_rest()
def rendered(outcome: Outcome, formats: Collection[str]) -> Rendered | None:
    """What the files of a run in these formats take of a document; None for a reject, where no files are written, or where
    there is no room for it here: then it is made where they are written."""
    if outcome.reason or not formats:
        return None
    try:
        return _made(outcome, formats)
    except MemoryError:
        return None


def _made(outcome: Outcome, formats: Collection[str]) -> Rendered:
    made = Rendered(comparable=packed(outcome.rows))
    if "csv" in formats:
        made.csv = {table: lines(outcome.rows[table]) for table, lines in _lines().items()}
    if "xlsx" in formats:
        made.ledger = {t: (b.count, b.xml, b.filled) for t, b in render(outcome, {}).items()}
    return made
