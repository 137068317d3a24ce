"""Plain text: the decoded bytes, nothing else changed; neighbouring lines with as many tabs each are a table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.document import Cell, Table
from extractors.errors import Rejected
from extractors.reading.assembly import MAX_TEXT, Parsed
from extractors.reading.charset import decode

MIN_TABS = 2  # a single tab parts a heading from its page number as often as two columns
TABBED = re.compile(r"[^\n\r\t]*+\t[^\n\r]*+")


def read(data: bytes, name: str) -> Parsed:
    """Text of ``data``, byte order mark dropped, line ends kept."""
    text, _ = decode(data)
    if len(text) > MAX_TEXT:
        raise Rejected("too_large", f"more than {MAX_TEXT} characters of text")
    return Parsed(text, tables=tuple(_tables(text)) if "\t" in text else ())


def _tables(text: str) -> Iterator[Table]:
    """Tables written with tabs: two or more lines in a row, each with as many tabs as the others."""
    rows: list[tuple[int, int]] = []
    tabs = number = 0
    for line in [*TABBED.finditer(text), None]:
        count = line[0].count("\t") if line else 0
        if rows and line and count == tabs and text[rows[-1][1] : line.start()] in {"\n", "\r\n", "\r"}:
            rows.append(line.span())
            continue
        if tabs >= MIN_TABS and len(rows) > 1:
            cells = tuple(cell for row, (start, end) in enumerate(rows, 1) for cell in _cells(text, row, start, end))
            if len({cell.column for cell in cells}) > MIN_TABS:
                number += 1
                yield Table(number, rows[0][0], rows[-1][1], cells)
        rows, tabs = ([line.span()] if line else []), count


def _cells(text: str, row: int, start: int, end: int) -> Iterator[Cell]:
    for column, value in enumerate(text[start:end].split("\t"), 1):
        bare = value.strip()
        if bare:
            at = start + value.index(bare)
            yield Cell(row, column, at, at + len(bare))
        start += len(value) + 1
