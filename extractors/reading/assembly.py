"""What a reader hands over, and the one place where lines, tables and pages become text with offsets.

Readers of structured formats never compute offsets: they give lines and grids to an :class:`Assembly`, which writes
the text of the contract (one paragraph a line; a table as one line per row, cells parted by one tab, a merged cell's
text once in its top-left place) and keeps where each cell and page landed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter

from extractors.document import Cell, Page, Table
from extractors.errors import Rejected

MAX_TEXT = 50_000_000  # code points; beyond it a file is an attack or a data dump, not a document

BREAKS = re.compile(
    r"[ \xa0\u3000]*[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+[ \xa0\u3000\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*"
)
LINE_BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")


SheetRows = Mapping[int, Mapping[int, str]]  # texts of a sheet by row and column, both 1-based
Spans = Mapping[
    tuple[int, int], tuple[int, int]
]  # (rows, columns) of merged cells by (row, column) of their first place


@dataclass(slots=True)
class Parsed:
    """A text and what a format knows about it; the fields are those of :class:`extractors.document.Source`."""

    text: str
    pages: tuple[Page, ...] = ()
    tables: tuple[Table, ...] = ()
    flags: set[str] = field(default_factory=set)
    warnings: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class GridCell:
    """A cell before it has a place in the text; ``row`` and ``column`` are 1-based, ``text`` may still hold breaks."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1


def cell_text(text: str) -> str:
    """The text of a cell as the contract wants it: line breaks and tabs, with blanks around them, are one space."""
    if text.isprintable() and text[:1] != " " and text[-1:] != " ":  # neither breaks nor blanks but inner spaces
        return text
    return BREAKS.sub(" ", text.strip())


class Assembly:
    """Collects lines, tables and pages in reading order; :meth:`parsed` gives the text and its offsets.

    Raises Rejected("too_large") once the text passes MAX_TEXT code points.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._tables: list[Table] = []
        self._pages: list[Page] = []
        self._recognised: set[int] = set()
        self.flags: set[str] = set()
        self.warnings: dict[str, int] = {}

    @property
    def length(self) -> int:
        """Code points written so far."""
        return self._length

    def _write(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)
        if self._length > MAX_TEXT:
            raise Rejected("too_large", f"more than {MAX_TEXT} characters of text")

    def line(self, text: str) -> None:
        """Write a paragraph; breaks inside it make lines of their own."""
        self._write(LINE_BREAKS.sub("\n", text) + "\n")

    def include(self, parsed: Parsed) -> None:
        """Write a document that was read by itself: its lines and its tables; its pages are not those of this one."""
        start = self._length
        self._write(parsed.text + "\n")
        for table in parsed.tables:
            cells = tuple(replace(cell, start=cell.start + start, end=cell.end + start) for cell in table.cells)
            number = len(self._tables) + 1
            self._tables.append(Table(number, table.start + start, table.end + start, cells, table.sheet))
        self.flags |= parsed.flags

    def page(self, number: int) -> None:
        """Begin page ``number``; what was written before belongs to the page before."""
        if self._pages:
            last = self._pages[-1]
            self._pages[-1] = Page(last.number, last.start, self._length)
        self._pages.append(Page(number, self._length, self._length))

    def recognised(self, numbers: set[int]) -> None:
        """Mark pages whose text was read from their picture."""
        self._recognised = numbers
        if numbers:
            self.flags.add("ocr")

    def table(
        self, cells: Iterable[GridCell], *, page: int | None = None, breaks: Mapping[int, int] | None = None
    ) -> None:
        """Write a table: row n is line n. Cells without text take their place in the line but are not in ``Table.cells``.

        ``breaks`` tells which rows begin a new page, as row → page number.
        """
        rows: dict[int, list[GridCell]] = {}
        for cell in cells:
            cell.text = cell_text(cell.text)
            rows.setdefault(cell.row, []).append(cell)
        if not any(cell.text for line in rows.values() for cell in line):
            return
        slot = {column: i for i, column in enumerate(sorted({cell.column for line in rows.values() for cell in line}))}
        start, placed = self._length, list[Cell]()
        previous = 0
        for number in sorted(rows):
            self._write("\n" * (number - previous - 1))
            previous = number
            if breaks and number in breaks:
                self.page(breaks[number])
            line = sorted(rows[number], key=attrgetter("column"))
            spans = {
                (number, c.column): (c.row_span, c.column_span) for c in line if c.row_span > 1 or c.column_span > 1
            }
            self._row(number, [(c.column, c.text) for c in line if c.text], slot, spans, placed)
        self._tables.append(Table(len(self._tables) + 1, start, self._length - 1, tuple(placed), "", page))

    def sheet(self, name: str, rows: SheetRows, spans: Spans) -> None:
        """Write the sheet of a workbook as a table. Columns and leading rows without any text leave no trace in the text, a
        run of empty rows one empty line; ``row`` and ``column`` of the cells stay what they are."""
        lines: list[tuple[int, list[tuple[int, str]]]] = []
        columns: set[int] = set()
        for number in sorted(rows):
            line = [(column, text) for column, raw in sorted(rows[number].items()) if (text := cell_text(raw))]
            if line:
                lines.append((number, line))
                columns.update([column for column, _ in line])
        if not lines:
            return
        slot = {column: i for i, column in enumerate(sorted(columns))}
        start, placed = self._length, list[Cell]()
        previous = lines[0][0] - 1
        for number, line in lines:
            if number - previous > 1:
                self._write("\n")
            previous = number
            self._row(number, line, slot, spans, placed)
        self._tables.append(Table(len(self._tables) + 1, start, self._length - 1, tuple(placed), name))

    def _row(
        self, row: int, line: list[tuple[int, str]], slot: dict[int, int], spans: Spans, placed: list[Cell]
    ) -> None:
        parts: list[str] = []
        at, done = self._length, 0
        for column, text in line:
            tabs = slot[column] - done
            if tabs:
                parts.append("\t" * tabs)
                at += tabs
                done += tabs
            parts.append(text)
            end = at + len(text)
            down, across = spans.get((row, column), (1, 1)) if spans else (1, 1)
            placed.append(Cell(row, column, at, end, down, across))
            at = end
        parts.append("\n")
        self._write("".join(parts))

    def parsed(self) -> Parsed:
        """The text without its last line end, and everything that points into it."""
        text = "".join(self._pieces)
        if text.endswith("\n"):
            text = text[:-1]
        if self._pages:
            last = self._pages[-1]
            self._pages[-1] = Page(last.number, last.start, len(text))
        pages = tuple(
            Page(p.number, min(p.start, len(text)), min(p.end, len(text)), p.number in self._recognised)
            for p in self._pages
        )
        return Parsed(text, pages, tuple(self._tables), self.flags, self.warnings)
