"""The cells of a table in clean offsets, by row, with what merged cells cover."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from extractors.context import PartView
from extractors.document import Segment, Table

_column = attrgetter("column")
_COVERED = 2_000_000  # rows below merged cells looked at; more were made to exhaust a reader


@dataclass(slots=True)
class Entry:
    """A cell that holds text: its place (1-based), its clean span without blanks at the edges, and its text."""

    row: int
    column: int
    start: int
    end: int
    text: str
    row_span: int = 1
    column_span: int = 1

    @property
    def columns(self) -> range:
        """The columns that it covers."""
        return range(self.column, self.column + self.column_span)


@dataclass(slots=True)
class Grid:
    """Entries by row, rows in order. ``covering`` holds, for a row, the entries of rows above that reach down into it.

    ``segments`` are the row segments of the part by row number; a grid whose rows stand ``across`` the lines of the
    table (a turned one, a form) has segments of its own making.
    """

    table: Table
    rows: dict[int, list[Entry]]
    covering: dict[int, list[Entry]]
    segments: dict[int, Segment]
    order: list[int] = field(default_factory=list)
    across: bool = False


def build(view: PartView, table: Table, segments: dict[int, Segment]) -> Grid:
    """The grid of those rows of a table that lie in the part."""
    clean, text = view.document.clean, view.text
    rows: dict[int, list[Entry]] = {}
    moved = bool(clean.clean_at)
    for number, cells in table.lines():
        if number not in segments:
            continue
        entries: list[Entry] = []
        for cell in cells:
            start, end = cell.start, cell.end
            if moved:
                start, end = clean.clean_offset(start), clean.clean_offset(end)
            content = text[start:end]
            stripped = content.strip()
            if not stripped:
                continue
            if len(stripped) < len(content):
                start += len(content) - len(content.lstrip())
                end = start + len(stripped)
            entries.append(Entry(number, cell.column, start, end, stripped, cell.row_span, cell.column_span))
        if entries:
            rows.setdefault(number, []).extend(entries)
    return _finished(table, rows, segments)


def turned(grid: Grid, columns: dict[int, Segment]) -> Grid:
    """The grid with rows and columns exchanged; ``columns`` are the segments that stand for the new rows."""
    rows: dict[int, list[Entry]] = {}
    for entries in grid.rows.values():
        for e in entries:
            rows.setdefault(e.column, []).append(
                Entry(e.column, e.row, e.start, e.end, e.text, e.column_span, e.row_span)
            )
    return _finished(grid.table, rows, columns, across=True)


def as_rows(grid: Grid, rows: Iterable[list[Entry]], segments: dict[int, Segment]) -> Grid:
    """A grid of other rows made of the entries of ``grid`` (labels and values of a form)."""
    return _finished(grid.table, dict(enumerate(rows, 1)), segments, across=True)


def _finished(table: Table, rows: dict[int, list[Entry]], segments: dict[int, Segment], across: bool = False) -> Grid:
    order = sorted(rows)
    covering: dict[int, list[Entry]] = {}
    budget = _COVERED
    for number in order:
        rows[number].sort(key=_column)
        for entry in rows[number]:
            if entry.row_span > 1:
                below = order[bisect_right(order, number) : bisect_left(order, number + entry.row_span)]
                budget -= len(below)
                if budget < 0:
                    break
                for covered in below:
                    covering.setdefault(covered, []).append(entry)
    return Grid(table, rows, covering, segments, order, across)
