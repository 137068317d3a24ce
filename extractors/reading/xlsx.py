"""Workbooks (.xlsx, .xlsm), straight from the XML: number formats at hand, in less time than openpyxl takes.

Sheet after sheet, each under a line with its name and as one table whose cells keep their coordinates. Stored values
of formulas; percent and date formats applied. Hidden rows, columns and sheets are read and flagged.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable

from extractors import collector
from extractors.errors import Rejected
from extractors.reading.archive import Package, open_zip
from extractors.reading.assembly import Assembly, Parsed, SheetRows, Spans
from extractors.reading.numberformat import BUILT_IN, Show, plain, shower
from extractors.reading.officeparts import main_part, relations
from extractors.reading.sheetxml import NS, SheetXml, column_number, shared_strings, sheet, unescaped
from extractors.reading.xmlpart import root as root_of

MAX_CELLS = 5_000_000
MAX_COLUMN = 16_384
MAX_AREA_ROWS = 2_000_000
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")

Rows = dict[int, dict[int, str]]  # texts by row and column
Area = tuple[int, int, int, int]  # top, left, bottom, right; 1-based, inclusive


@collector.at_rest()
def read(data: bytes, name: str) -> Parsed:
    """Every sheet that holds text. Raises Rejected where the package or its XML is broken."""
    package = open_zip(data)
    main = main_part(package, "xl/workbook.xml", "spreadsheetml")
    folder = posixpath.dirname(main)
    book = root_of(package.read(main))
    properties = book.find(NS + "workbookPr")
    formats = _formats(
        package, f"{folder}/styles.xml", date1904=properties is not None and properties.get("date1904") in {"1", "true"}
    )
    strings_part = next((part for part in package.names if part.lower() == f"{folder}/sharedstrings.xml".lower()), "")
    strings = shared_strings(package.read(strings_part)) if strings_part else []
    targets = relations(package, main)
    assembly = Assembly()
    for entry in book.iter(NS + "sheet"):
        part = next(
            (targets[value] for key, value in entry.attrib.items() if key.endswith("}id") and value in targets), ""
        )
        if part not in package.names:
            continue
        content = sheet(package.read(part))
        rows = _rows(content, strings, formats)
        spans = merge(rows, areas(content.merges))
        if not rows:
            continue
        if entry.get("state", "visible") != "visible" or any_hidden(rows, content.hidden_rows, content.hidden_columns):
            assembly.flags.add("hidden")
        title = entry.get("name", "")
        assembly.line(title)
        assembly.sheet(title, rows, spans)
    return assembly.parsed()


def _formats(package: Package, part: str, *, date1904: bool) -> list[Show]:
    """How each cell style shows numbers."""
    if part not in package.names:
        return []
    styles = root_of(package.read(part))
    codes = {number.get("numFmtId"): number.get("formatCode", "") for number in styles.iter(NS + "numFmt")}
    shows = list[Show]()
    for style in styles.iterfind(f"{NS}cellXfs/{NS}xf"):
        number = style.get("numFmtId", "0")
        built_in = BUILT_IN.get(int(number), "") if number.isdecimal() and len(number) < 6 else ""
        shows.append(shower(codes.get(number) or built_in, date1904=date1904))
    return shows


def _rows(content: SheetXml, strings: list[str], formats: list[Show]) -> Rows:
    """Texts of the cells by row and column."""
    if len(content.cells) > MAX_CELLS:
        raise Rejected("too_large", f"more than {MAX_CELLS} cells in a sheet")
    rows: Rows = {}
    last, line = "", dict[int, str]()
    columns = _Columns()
    shows = {str(i): show for i, show in enumerate(formats)}
    count = len(strings)
    for letters, number, style, kind, value in content.cells:
        if number != last:
            last, row = number, int(number)
            line = rows.setdefault(row, {})
        if kind == "s":
            text = strings[at] if value.isdecimal() and (at := int(value)) < count else ""
        elif not kind or kind == "n":
            text = shows.get(style, plain)(value)
        else:
            text = _other(kind, value)
        if text and (column := columns[letters]) <= MAX_COLUMN:
            line[column] = text
    return {row: line for row, line in rows.items() if line}


class _Columns(dict[str, int]):
    """Numbers of columns by their letters."""

    def __missing__(self, letters: str) -> int:
        number = self[letters] = column_number(letters)
        return number


def _other(kind: str, value: str) -> str:
    """Text of a truth value, an ISO date, a formula's string or an error."""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    return value.removesuffix("T00:00:00") if kind == "d" else unescaped(value)


def any_hidden(rows: SheetRows, hidden_rows: Collection[int], hidden_columns: Iterable[tuple[int, int]]) -> bool:
    """Whether a text stands in a hidden row or column."""
    if any(row in hidden_rows for row in rows):
        return True
    columns = {column for line in rows.values() for column in line} if hidden_columns else set()
    return any(low <= column <= high for low, high in hidden_columns for column in columns)


def areas(references: list[str]) -> list[Area]:
    """Merged areas from ``A1:C2``."""
    out = []
    for reference in references:
        corners = REFERENCE.findall(reference)
        if len(corners) == 2:
            (left, top), (right, bottom) = corners
            out.append((int(top), column_number(left), int(bottom), column_number(right)))
    return out


def merge(rows: Rows, merged: list[Area]) -> Spans:
    """The spans of top-left cells; drops what merged areas cover (stale values that nobody sees) from the rows."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    order = sorted(rows) if merged else []
    corners = {(top, left) for top, left, _, _ in merged}
    budget = MAX_AREA_ROWS
    for top, left, bottom, right in merged:
        if left in rows.get(top, ()):
            spans[top, left] = max(1, bottom - top + 1), max(1, right - left + 1)
        touched = order[bisect_left(order, top) : bisect_right(order, bottom)]
        budget -= len(touched)
        if budget < 0:
            break
        for number in touched:
            line = rows[number]
            for column in [c for c in line if left <= c <= right and (number, c) not in corners]:
                del line[column]
    for number in [number for number in order if not rows[number]]:
        del rows[number]
    return spans
