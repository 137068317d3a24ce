"""``ledger.xlsx``, the analyst's workbook: same input, same bytes, and memory that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

from extractors.schema import ProgressRow, RejectRow
from pipeline.export.packing import Beside, Rows, here, pack
from pipeline.export.workbook import MAX_ROWS, Sheet
from pipeline.rendering.cells import Link
from pipeline.rendering.ledger import Standing, look, render, render_progress, render_rejects, sheets
from pipeline.rendering.ledger_rows import source_link
from pipeline.rendering.rowxml import Block
from pipeline.rendering.styles import register
from pipeline.worker import EXTRACTED, Outcome

_TOGETHER = 1000  # rows of progress in memory at a time
_CREATED = datetime(2020, 1, 1)  # any constant: the file must not tell the day


def _blocks(outcome: Outcome, states: Mapping[str, ProgressRow], standing: Standing | None) -> dict[str, Block]:
    """The rows of a document: as a worker rendered them, tasks anew where targets of theirs have been compared, and all
    where people said something of them."""
    made = outcome.rendered.ledger if outcome.rendered is not None and standing is None else {}
    missing = [t for t in EXTRACTED if t not in made or (t == "tasks" and states)]
    blocks = {table: Block(*block) for table, block in made.items()}
    return blocks | render(outcome, states, missing, standing) if missing else blocks


class _States:
    """Rows of ``progress`` by target, document after document, as documents come."""

    def __init__(self, progress: Iterable[ProgressRow]) -> None:
        self._documents = groupby(progress, attrgetter("target_doc_id"))
        self._next = next(self._documents, None)

    def of(self, doc_id: str) -> dict[str, ProgressRow]:
        """The rows whose targets stand in this document."""
        if self._next is None or self._next[0] != doc_id:
            return {}
        found = {p.target_figure_id: p for p in self._next[1]}
        self._next = next(self._documents, None)
        return found

    def end(self) -> None:
        """Raise ValueError where rows are left over."""
        if self._next is not None:
            raise ValueError(f"progress is not in the order of documents: {self._next[0]}")


def write_ledger(
    path: Path, outcomes: Iterable[Outcome], progress: Iterable[tuple[Any, ...]], links: bool, max_rows: int = MAX_ROWS,
    standing: Standing | None = None, beside: bool = False,
) -> None:  # fmt: skip
    """Write the workbook. ``progress`` is gone through more than once, in the order of the documents of its targets;
    ``links``: whether ``texts/`` stands beside it; ``standing``: what people said of the rows, for a ledger that can be
    changed and taken back; ``beside``: whether rows may be compressed beside the rest, on another core. Raises
    OSError where it cannot be written."""
    import xlsxwriter  # noqa: PLC0415
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    design, folder, frame = look(), path.parent, path.with_suffix(".frame")
    book = xlsxwriter.Workbook(str(frame), {"constant_memory": True, "tmpdir": str(folder)})
    book.set_properties({"title": "任务台账", "author": "taizhang", "created": _CREATED})
    book.set_calc_mode("auto")
    kept = standing is not None
    register(book, design, locked=not kept)
    compress = Beside() if beside else here
    layouts = {
        s["table"]: Sheet(book, lambda: Rows(folder, compress), s, design, links, max_rows, kept) for s in sheets(kept)
    }
    names = _fill(layouts, outcomes, progress, standing)
    rows = (ProgressRow(*r) for r in progress)
    while some := list(islice(rows, _TOGETHER)):
        layouts["progress"].add(render_progress(some, names))
    for sheet in layouts.values():
        sheet.close()
    book.get_worksheet_by_name(design["sheets"][0]["title"]).activate()
    try:
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else OSError(str(cause)) from error
    if isinstance(compress, Beside):
        compress.finish()
    pack(frame, path, {part: rows for sheet in layouts.values() for part, rows in sheet.rows.items()})
    frame.unlink()


def _fill(
    layouts: Mapping[str, Sheet], outcomes: Iterable[Outcome], progress: Iterable[tuple[Any, ...]],
    standing: Standing | None,
) -> dict[str, Link]:  # fmt: skip
    """Put the rows of the documents into their sheets; the names of those that ``progress`` speaks of, by their ids."""
    wanted = {doc_id for p in (ProgressRow(*r) for r in progress) for doc_id in (p.target_doc_id, p.actual_doc_id)}
    states = _States(ProgressRow(*r) for r in progress)
    names: dict[str, Link] = {}
    for outcome in outcomes:
        if outcome.reason:
            from pipeline.merge import reject_row  # noqa: PLC0415

            layouts["rejects"].add(render_rejects([RejectRow(*reject_row(outcome))]))
            continue
        if outcome.doc_id in wanted:
            names[outcome.doc_id] = source_link(outcome.source, outcome.doc_id)
        for table, block in _blocks(outcome, states.of(outcome.doc_id), standing).items():
            layouts[table].add(block)
    states.end()
    return names
