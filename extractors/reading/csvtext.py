"""Delimited text: the text stays as it is; its fields become the cells of one table."""

from __future__ import annotations

import re

from extractors.document import Cell, Table
from extractors.reading import plain
from extractors.reading.assembly import Parsed

DELIMITERS = ",\t;|，"
SAMPLE_LINES = 50
FIELD = {
    delimiter: re.compile(
        rf'[ ]*+"((?:[^"]|"")*+)"[ ]*+(?={re.escape(delimiter)}|\r|\n|\Z)|([^{re.escape(delimiter)}\r\n]*+)'
    )
    for delimiter in DELIMITERS
}


def read(data: bytes, name: str) -> Parsed:
    """Text of ``data`` and, where its lines divide alike, one table; offsets are those of the fields without quotes."""
    parsed = plain.read(data, name)
    delimiter = _delimiter(parsed.text)
    if delimiter:
        cells = _cells(parsed.text, delimiter)
        if cells:
            parsed.tables = (Table(1, 0, len(parsed.text), cells),)
    return parsed


def _delimiter(text: str) -> str:
    """The delimiter that divides most of the first lines; empty if none divides half of them."""
    lines = [line for line in text[:100_000].splitlines()[:SAMPLE_LINES] if line.strip()]
    best = max(DELIMITERS, key=lambda d: sum(d in line for line in lines))
    return best if lines and 2 * sum(best in line for line in lines) >= len(lines) else ""


def _cells(text: str, delimiter: str) -> tuple[Cell, ...]:
    field, cells = FIELD[delimiter], list[Cell]()
    at, row, column, length = 0, 1, 1, len(text)
    while at < length:
        match = field.match(text, at)
        if match is None:
            break
        start, end = match.span(1) if match[1] is not None else match.span(2)
        value = text[start:end]
        if value.strip():
            start += len(value) - len(value.lstrip())
            cells.append(Cell(row, column, start, start + len(value.strip())))
        at = match.end()
        if at < length and text[at] == delimiter:
            column += 1
        else:
            row, column = row + 1, 1
            at += text.startswith("\r\n", at)
        at += 1
    return tuple(cells)
