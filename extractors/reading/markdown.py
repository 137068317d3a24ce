"""Markdown: the text stays as it is; pipe tables are recognised and their cells placed."""

from __future__ import annotations

import re

from extractors.document import Cell, Table
from extractors.reading import plain
from extractors.reading.assembly import Parsed

RULE = re.compile(r"^[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+\r?$", re.MULTILINE)
CELL = re.compile(r"(?:[^|\\]|\\.)+")


def read(data: bytes, name: str) -> Parsed:
    """Text of ``data``; a table for each header line, line of dashes and lines with pipes below."""
    parsed = plain.read(data, name)
    text, tables, at = parsed.text, list[Table](), 0
    while (rule := RULE.search(text, at)) is not None:
        at = rule.end()
        head_end = rule.start() - 1
        head_start = text.rfind("\n", 0, max(head_end, 0)) + 1
        if "|" not in rule[0] or head_end < 0 or "|" not in text[head_start:head_end]:
            continue
        cells, row = _row(text, head_start, head_end, 1), 1
        end = at
        while end < len(text):
            start = end + 1
            stop = text.find("\n", start)
            stop = len(text) if stop < 0 else stop
            if "|" not in text[start:stop]:
                break
            row += 1
            cells += _row(text, start, stop, row)
            end = stop
        at = max(at, end)
        tables.append(Table(len(tables) + 1, head_start, end, tuple(cells)))
    parsed.tables = tuple(tables)
    return parsed


def _row(text: str, start: int, end: int, row: int) -> list[Cell]:
    line = text[start:end]
    lead = len(line) - len(line.lstrip())
    begin = start + lead + line.startswith("|", lead)
    cells, column = list[Cell](), 1
    while begin <= end:
        match = CELL.match(text, begin, end)
        stop = match.end() if match else begin
        value = text[begin:stop]
        if value.strip():
            first = begin + len(value) - len(value.lstrip())
            cells.append(Cell(row, column, first, first + len(value.strip())))
        column += 1
        begin = stop + 1
    return cells
