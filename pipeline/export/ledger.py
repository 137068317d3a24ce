"""``ledger.xlsx``, the analyst's workbook: same input, same bytes, and memory that does not grow with the rows.

The rows of a document are rendered by themselves (:func:`render`), so that workers can do it; :func:`write_ledger` joins them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from extractors.schema import ProgressRow, RejectRow, Row
from pipeline.export.cells import Link, Toned
from pipeline.export.ledger_rows import Document, progress_cells, reject_cells
from pipeline.export.rowxml import ORDINAL, Block, Renderer
from pipeline.export.styles import register
from pipeline.export.workbook import MAX_ROWS, Sheet
from pipeline.worker import EXTRACTED, Outcome

_CREATED = datetime(2020, 1, 1)  # any constant: the file must not tell the day


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


def write_ledger(
    path: Path, outcomes: Iterable[Outcome], progress: Sequence[tuple[Any, ...]], links: bool, max_rows: int = MAX_ROWS
) -> None:
    """Write the workbook. ``links``: whether ``texts/`` stands beside it. Raises OSError where it cannot be written."""
    import xlsxwriter  # noqa: PLC0415
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    design = look()
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
    book.set_properties({"title": "任务台账", "author": "taizhang", "created": _CREATED})
    book.set_calc_mode("auto")
    register(book, design)
    sheets = {s["table"]: Sheet(book, s, design, max_rows) for s in design["sheets"]}
    compared = [ProgressRow(*r) for r in progress]
    states = {p.target_figure_id: p for p in compared}
    wanted = {p.target_doc_id for p in compared} | {p.actual_doc_id for p in compared}
    names: dict[str, Link] = {}
    for outcome in outcomes:
        if outcome.reason:
            from pipeline.merge import reject_row  # noqa: PLC0415

            row = RejectRow(*reject_row(outcome))
            sheets["rejects"].add(_layouts()["rejects"].block([(row, reject_cells(row))], first=False))
            continue
        if outcome.doc_id in wanted:
            names[outcome.doc_id] = Link(outcome.source, f"texts/{outcome.doc_id}.txt" if links else "")
        for table, block in render(outcome, states, links).items():
            sheets[table].add(block)
    pairs = ((p, progress_cells(p, names)) for p in compared)
    sheets["progress"].add(_layouts()["progress"].block(pairs, first=False))
    for sheet in sheets.values():
        sheet.close()
    book.get_worksheet_by_name(design["sheets"][0]["title"]).activate()
    try:
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else OSError(str(cause)) from error
