"""``ledger.xlsx``, the analyst's workbook: same input, same bytes, and memory that does not grow with the rows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from extractors.schema import ProgressRow, RejectRow, Row
from pipeline.export.ledger_rows import Document, progress_cells, reject_cells
from pipeline.export.workbook import MAX_ROWS, Link, Sheet, Toned
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


def look() -> dict[str, Any]:
    """The layout of the workbook, ``ledger.toml``."""
    return tomllib.loads(files(__package__).joinpath("ledger.toml").read_text("utf-8"))


class _Layout:
    """A sheet with the words of its codes."""

    def __init__(self, book: Any, layout: dict[str, Any], design: dict[str, Any], max_rows: int) -> None:
        self.sheet = Sheet(book, layout, design, max_rows)
        self._columns = layout["columns"]
        self._words = design["words"]
        self._ordinal = 0

    def add(self, row: Row, computed: dict[str, Any], first: bool) -> None:
        self._ordinal += 1
        values = []
        for column in self._columns:
            key = column["key"]
            value = self._ordinal if key == "ordinal" else computed[key] if key in computed else getattr(row, key)
            if (words := column.get("words")) and isinstance(value, str):
                shown = self._words[words].get(value, value)
                value = Toned(shown, tone) if (tone := _TONES.get((words, value))) else shown
            values.append(value)
        self.sheet.add(values, first)


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
    layouts = {s["table"]: _Layout(book, s, design, max_rows) for s in design["sheets"]}
    compared = [ProgressRow(*r) for r in progress]
    states = {p.target_figure_id: p for p in compared}
    wanted = {p.target_doc_id for p in compared} | {p.actual_doc_id for p in compared}
    names: dict[str, Link] = {}
    for outcome in outcomes:
        if outcome.reason:
            from pipeline.merge import reject_row  # noqa: PLC0415

            row = RejectRow(*reject_row(outcome))
            layouts["rejects"].add(row, reject_cells(row), first=False)
            continue
        document = Document(outcome.rows, outcome.text.decode(), states, design["words"], links)
        if outcome.doc_id in wanted:
            names[outcome.doc_id] = document.link(outcome.doc_id)
        for table in EXTRACTED:
            for nth, (found, computed) in enumerate(document.cells(table)):
                layouts[table].add(found, computed, first=nth == 0)
    for compared_row in compared:
        layouts["progress"].add(compared_row, progress_cells(compared_row, names), first=False)
    for layout in layouts.values():
        layout.sheet.close()
    book.get_worksheet_by_name(design["sheets"][0]["title"]).activate()
    try:
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else OSError(str(cause)) from error
