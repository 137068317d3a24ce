"""The rows of one document as they stand in ``ledger.xlsx``, rendered by themselves, so that workers can do it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from extractors.schema import ProgressRow, RejectRow, Row
from pipeline.rendering.cells import Link, Toned
from pipeline.rendering.ledger_rows import Document, progress_cells, reject_cells
from pipeline.rendering.rowxml import ORDINAL, Block, Renderer
from pipeline.worker import EXTRACTED, Outcome

# Which words are coloured: (vocabulary, code) → tone.
_TONES = {
    ("state", "met"): "met",
    ("state", "behind"): "behind",
    ("state", "missed"): "missed",
    ("task_status", "done"): "done",
    ("task_status", "ongoing"): "ongoing",
}


@cache
def look() -> dict[str, Any]:
    """The layout of the workbook, ``ledger.toml``."""
    return tomllib.loads(files(__package__).joinpath("ledger.toml").read_text("utf-8"))


class _Layout:
    """The columns of a sheet, filled from rows and their computed cells, codes in words."""

    def __init__(self, layout: dict[str, Any], design: dict[str, Any]) -> None:
        self._columns = [(c["key"], c.get("words"), design["words"].get(c.get("words"))) for c in layout["columns"]]
        self._renderer = Renderer(layout, design)

    def block(self, rows: Iterable[tuple[Row, dict[str, Any]]], first: bool) -> Block:
        return self._renderer.block(map(self._values, rows), first)

    def _values(self, pair: tuple[Row, dict[str, Any]]) -> list[Any]:
        row, computed = pair
        values = []
        for key, vocabulary, words in self._columns:
            value = ORDINAL if key == "ordinal" else computed[key] if key in computed else getattr(row, key)
            if words and isinstance(value, str):
                shown = words.get(value, value)
                value = Toned(shown, tone) if (tone := _TONES.get((vocabulary, value))) else shown
            values.append(value)
        return values


@cache
def _layouts() -> dict[str, _Layout]:
    design = look()
    return {s["table"]: _Layout(s, design) for s in design["sheets"]}


def render(
    outcome: Outcome, states: Mapping[str, ProgressRow], links: bool, tables: Sequence[str] = EXTRACTED
) -> dict[str, Block]:
    """The rows of one document as they stand in the ledger, by table.

    ``states`` are the rows of ``progress`` by target figure, ``links`` tells whether ``texts/`` stands beside the ledger.
    """
    document = Document(outcome.rows, outcome.text.decode(), states, look()["words"], links)
    return {table: _layouts()[table].block(document.cells(table), first=True) for table in tables}


def render_rejects(rows: Iterable[RejectRow]) -> Block:
    """Rows of the sheet of rejects."""
    return _layouts()["rejects"].block(((r, reject_cells(r)) for r in rows), first=False)


def render_progress(rows: Iterable[ProgressRow], names: Mapping[str, Link]) -> Block:
    """Rows of the sheet of progress; ``names`` leads from doc_id to its source."""
    return _layouts()["progress"].block(((r, progress_cells(r, names)) for r in rows), first=False)
