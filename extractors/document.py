"""The shapes that travel through the extractors: what was read, and how it divides.

Offsets are half-open and count code points. Two coordinate systems exist and never mix in one record:
*source* offsets point into :attr:`Source.text`, exactly as read; *clean* offsets point into
:attr:`Document.text`, the normalised view that the grammars read. :meth:`Document.source_span` is the only bridge.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Literal


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paged format; ``number`` is 1-based, offsets are source offsets; ``ocr``: read from its picture."""

    number: int
    start: int
    end: int
    ocr: bool = False


@dataclass(unsafe_hash=True, slots=True)  # never changed; frozen would make each three times as dear
class Cell:
    """One cell of a table, merged cells once, in their top-left place; ``row`` and ``column`` are 1-based."""

    row: int
    column: int
    start: int
    end: int
    row_span: int = 1
    column_span: int = 1


_row = attrgetter("row")


@cache
def _letters(column: int) -> str:
    """1 is A, 27 AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Table:
    """A table in reading order: one source line a row, cells parted by one tab. ``sheet`` is set for workbooks."""

    number: int
    start: int
    end: int
    cells: tuple[Cell, ...]
    sheet: str = ""
    page: int | None = None

    def lines(self) -> Iterator[tuple[int, list[Cell]]]:
        """The numbers of the rows that hold text and their cells, in the order of the text."""
        for row, cells in groupby(self.cells, key=_row):
            yield row, list(cells)

    def place(self, cell: Cell) -> str:
        """``Sheet1!C5`` in a workbook, else ``表2 第5行第3列``."""
        if self.sheet:
            return f"{self.sheet}!{_letters(cell.column)}{cell.row}"
        return f"表{self.number} 第{cell.row}行第{cell.column}列"


@dataclass(frozen=True, slots=True)
class Source:
    """One input as read. ``doc_id`` is the first 16 hex digits of the SHA-256 of its bytes.

    ``flags`` are quality flags that only the reader can know (``mojibake``, ``hidden``, ``ocr``); ``warnings`` counts
    what could not be read, by code.
    """

    doc_id: str
    name: str
    format: str
    text: str
    pages: tuple[Page, ...] = ()
    tables: tuple[Table, ...] = ()
    flags: frozenset[str] = frozenset()
    warnings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CleanText:
    """A cleaned copy of a text and the way back.

    ``anchors`` are pairs (clean offset, source offset), ascending: from each anchor to the next both sides advance
    together, except that what lies between the end of a run and the next anchor was inserted or removed.
    An empty tuple means identity.
    """

    text: str
    clean_at: tuple[int, ...] = ()
    source_at: tuple[int, ...] = ()

    def source_offset(self, clean: int) -> int:
        """Source offset of the character at a clean offset."""
        i = bisect_right(self.clean_at, clean) - 1
        return clean if i < 0 else self.source_at[i] + clean - self.clean_at[i]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source span of a clean span: from its first character to just after its last one."""
        if not self.clean_at:
            return start, end
        first = self.source_offset(start)
        return first, max(first, self.source_offset(end - 1) + 1 if end > start else first)

    def clean_offset(self, source: int) -> int:
        """Clean offset of a source offset; inside removed text, that of the next character kept."""
        if not self.clean_at:
            return source
        i = bisect_right(self.source_at, source) - 1
        if i < 0:
            return source
        limit = self.clean_at[i + 1] if i + 1 < len(self.clean_at) else len(self.text)
        return min(self.clean_at[i] + source - self.source_at[i], limit)


SegmentKind = Literal["title", "heading", "item", "paragraph", "row", "meta"]
Tense = Literal["done", "planned", ""]


@dataclass(slots=True)
class Segment:
    """A stretch of a part that belongs together: a heading, a numbered item, a paragraph, a table row (clean offsets).

    ``level`` is the depth of its list number: 1 for 一、, 2 for （一）, 3 for 1., 4 for （1）, 5 for ① and 一是; 0 without one.
    ``body`` is where the text after the list number begins. ``path`` holds the headings above it, outermost first, each
    with its number. ``year`` is the year that dates in this segment are in; ``tense`` tells whether the section reports
    (done) or plans. ``meta`` are the lines around a text: document number, addressees, signature, dateline, copies.
    """

    kind: SegmentKind
    start: int
    end: int
    level: int = 0
    body: int = 0
    path: tuple[str, ...] = ()
    year: int | None = None
    tense: Tense = ""
    table: Table | None = None
    row: int = 0


@dataclass(slots=True)
class Sentence:
    """A sentence (clean offsets), its closing mark included; never reaches beyond its segment."""

    start: int
    end: int
    segment: Segment


@dataclass(slots=True)
class Part:
    """A sub-document (clean offsets): a file that compiles 第1篇…第N篇 has several. Fields as in the table documents."""

    number: int
    start: int
    end: int
    title: str = ""
    kind: str = "other"
    issuer: str = ""
    date: str = ""
    year: int | None = None
    year_source: str = "none"
    years: tuple[tuple[str, int], ...] = ()
    quality: frozenset[str] = frozenset()
    segments: list[Segment] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list, repr=False, compare=False)  # of the sentences, once asked for

    def sentence_index(self, clean: int) -> int:
        """Index of the sentence that holds a clean offset, or of the last one before it (-1 if none)."""
        if len(self._starts) != len(self.sentences):
            self._starts = [s.start for s in self.sentences]
        return bisect_right(self._starts, clean) - 1


@dataclass(slots=True)
class Document:
    """A source, its clean view and its parts."""

    source: Source
    clean: CleanText
    parts: list[Part]

    @property
    def text(self) -> str:
        """The clean text that every grammar reads."""
        return self.clean.text

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source span of a clean span."""
        return self.clean.source_span(start, end)

    def page_at(self, source_start: int) -> Page | None:
        """The page of a source offset, None where the format has no pages."""
        pages = self.source.pages
        return pages[max(bisect_right(pages, source_start, key=lambda p: p.start) - 1, 0)] if pages else None


def warnings_text(warnings: Iterable[tuple[str, int]]) -> str:
    """``code=count`` separated by spaces, codes in order."""
    return " ".join(f"{code}={count}" for code, count in sorted(warnings))
