"""The rows of one document as they stand in ``ledger.xlsx``, rendered by themselves, so that workers can do it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from extractors.schema import TABLES, ProgressRow, RejectRow, Row
from pipeline.rendering.cells import Link, Toned
from pipeline.rendering.ledger_rows import Document, progress_cells, reject_cells
from pipeline.rendering.returning import Kept, check
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

Standing = Callable[[str, Row], Kept]  # what people said of a row of a table


@cache
def look() -> dict[str, Any]:
    """The layout of the workbook, ``ledger.toml``."""
    return tomllib.loads(files(__package__).joinpath("ledger.toml").read_text("utf-8"))


@cache
def sheets(kept: bool) -> list[dict[str, Any]]:
    """The sheets of the workbook; ``kept``: of one written from a store, which can be changed and taken back."""
    found = []
    for sheet in look()["sheets"]:
        columns = [c for c in sheet["columns"] if kept or not c.get("kept")]
        ahead = sum(bool(c.get("kept")) for c in columns[: sheet["frozen"]])
        found.append(sheet | {"columns": columns, "frozen": sheet["frozen"] + ahead})
    return found


def changeable(column: dict[str, Any]) -> bool:
    """Whether what is in a column may be changed in Excel."""
    return column["key"] == "verdict" or "edit" in column or "follow" in column


class _Layout:
    """The columns of a sheet, filled from rows and their computed cells, codes in words."""

    def __init__(self, layout: dict[str, Any], design: dict[str, Any]) -> None:
        self._columns = [(c["key"], c.get("words"), design["words"].get(c.get("words"))) for c in layout["columns"]]
        self._changeable = [at for at, c in enumerate(layout["columns"]) if changeable(c)]
        self._renderer = Renderer(layout, design)

    def block(self, rows: Iterable[tuple[Row, dict[str, Any]]], first: bool) -> Block:
        return self._renderer.block((self.values(*pair) for pair in rows), first)

    def values(self, row: Row, computed: dict[str, Any]) -> list[Any]:
        """The cells of a row."""
        values = []
        for key, vocabulary, words in self._columns:
            value = ORDINAL if key == "ordinal" else computed[key] if key in computed else getattr(row, key)
            if words and isinstance(value, str):
                shown = words.get(value, value)
                value = Toned(shown, tone) if (tone := _TONES.get((vocabulary, value))) else shown
            values.append(value)
        if "check" in computed:
            stamps, row_id = computed["check"]
            values[-1] = check(stamps, row_id, (values[at] for at in self._changeable), computed["sentence"])
        return values


@cache
def _layouts(kept: bool) -> dict[str, _Layout]:
    return {s["table"]: _Layout(s, look()) for s in sheets(kept)}


def render(
    outcome: Outcome, states: Mapping[str, ProgressRow], tables: Sequence[str] = EXTRACTED,
    standing: Standing | None = None,
) -> dict[str, Block]:  # fmt: skip
    """The rows of one document as they stand in the ledger, by table.

    ``states`` are the rows of ``progress`` by target figure (only ``tasks`` depend on them), ``standing`` what people said
    of the rows, for a ledger that can be taken back.
    """
    document = Document(outcome.rows, outcome.text.decode(), states, look()["words"], standing)
    layouts = _layouts(standing is not None)
    return {table: layouts[table].block(document.cells(table), first=True) for table in tables}


def cells(
    outcome: Outcome, states: Mapping[str, ProgressRow], table: str, standing: Standing
) -> dict[str, dict[str, Any]]:
    """What the rows of a table show in a ledger that can be taken back, by their ids and the keys of the columns."""
    document = Document(outcome.rows, outcome.text.decode(), states, look()["words"], standing)
    layout, keys = (
        _layouts(True)[table],
        [c["key"] for c in next(s for s in sheets(True) if s["table"] == table)["columns"]],
    )
    id_key = TABLES[table].key[0]
    return {
        getattr(row, id_key): dict(zip(keys, layout.values(row, computed), strict=True))
        for row, computed in document.cells(table)
    }


def render_rejects(rows: Iterable[RejectRow]) -> Block:
    """Rows of the sheet of rejects."""
    return _layouts(False)["rejects"].block(((r, reject_cells(r)) for r in rows), first=False)


def render_progress(rows: Iterable[ProgressRow], names: Mapping[str, Link]) -> Block:
    """Rows of the sheet of progress; ``names`` leads from doc_id to its source."""
    return _layouts(False)["progress"].block(((r, progress_cells(r, names)) for r in rows), first=False)
