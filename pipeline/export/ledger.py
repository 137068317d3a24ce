"""``ledger.xlsx``, the analyst's workbook: same input, same bytes, and memory that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from extractors.schema import ProgressRow, RejectRow
from pipeline.export.workbook import MAX_ROWS, Sheet
from pipeline.rendering.cells import Link
from pipeline.rendering.ledger import Standing, look, render, render_progress, render_rejects, sheets
from pipeline.rendering.ledger_rows import source_link
from pipeline.rendering.rowxml import Block
from pipeline.rendering.styles import register
from pipeline.worker import EXTRACTED, Outcome

_CREATED = datetime(2020, 1, 1)  # any constant: the file must not tell the day


def _blocks(
    outcome: Outcome, states: Mapping[str, ProgressRow], targets: Collection[str], standing: Standing | None
) -> dict[str, Block]:
    """The rows of a document: as a worker rendered them, tasks anew where targets of theirs have been compared, and all
    where people said something of them."""
    made = outcome.rendered.ledger if outcome.rendered is not None and standing is None else {}
    missing = [t for t in EXTRACTED if t not in made or (t == "tasks" and outcome.doc_id in targets)]
    blocks = {table: Block(*block) for table, block in made.items()}
    return blocks | render(outcome, states, missing, standing) if missing else blocks


def write_ledger(
    path: Path, outcomes: Iterable[Outcome], progress: Sequence[tuple[Any, ...]], links: bool, max_rows: int = MAX_ROWS,
    standing: Standing | None = None,
) -> None:  # fmt: skip
    """Write the workbook. ``links``: whether ``texts/`` stands beside it; ``standing``: what people said of the rows, for
    a ledger that can be changed and taken back. Raises OSError where it cannot be written."""
    import xlsxwriter  # noqa: PLC0415
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    design = look()
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
    book.set_properties({"title": "任务台账", "author": "taizhang", "created": _CREATED})
    book.set_calc_mode("auto")
    kept = standing is not None
    register(book, design, locked=not kept)
    layouts = {s["table"]: Sheet(book, s, design, links, max_rows, kept) for s in sheets(kept)}
    compared = [ProgressRow(*r) for r in progress]
    states = {p.target_figure_id: p for p in compared}
    targets = {p.target_doc_id for p in compared}
    wanted = {p.target_doc_id for p in compared} | {p.actual_doc_id for p in compared}
    names: dict[str, Link] = {}
    for outcome in outcomes:
        if outcome.reason:
            from pipeline.merge import reject_row  # noqa: PLC0415

            row = RejectRow(*reject_row(outcome))
            layouts["rejects"].add(render_rejects([row]))
            continue
        if outcome.doc_id in wanted:
            names[outcome.doc_id] = source_link(outcome.source, outcome.doc_id)
        for table, block in _blocks(outcome, states, targets, standing).items():
            layouts[table].add(block)
    layouts["progress"].add(render_progress(compared, names))
    for sheet in layouts.values():
        sheet.close()
    book.get_worksheet_by_name(design["sheets"][0]["title"]).activate()
    try:
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else OSError(str(cause)) from error
