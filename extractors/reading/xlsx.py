"""Workbooks (.xlsx, .xlsm), straight from the XML: number formats at hand, in less time than openpyxl takes.

Sheet after sheet, each under a line with its name and as one table whose cells keep their coordinates. Stored values
of formulas; percent and date formats applied. Hidden rows, columns and sheets are read and flagged.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left, bisect_right

from extractors import collector
from extractors.errors import Rejected
from extractors.reading.archive import Package, open_zip
from extractors.reading.assembly import Assembly, GridCell, Parsed
from extractors.reading.numberformat import BUILT_IN, Show, plain, shower
from extractors.reading.officeparts import main_part, relations
from extractors.reading.sheetxml import NS, SheetXml, column_number, shared_strings, sheet, unescaped
from extractors.reading.xmlpart import root as root_of

MAX_CELLS = 5_000_000
MAX_COLUMN = 16_384
MAX_AREA_ROWS = 2_000_000
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")

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
        cells = _cells(content, strings, formats)
        merge(cells, areas(content.merges))
        if not cells:
            continue
        if entry.get("state", "visible") != "visible" or _any_hidden(content, cells):
            assembly.flags.add("hidden")
        title = entry.get("name", "")
        assembly.line(title)
        assembly.table(cells.values(), sheet=title, sparse=True)
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


def _cells(content: SheetXml, strings: list[str], formats: list[Show]) -> dict[tuple[int, int], GridCell]:
    """Cells with text by (row, column)."""
    if len(content.cells) > MAX_CELLS:
        raise Rejected("too_large", f"more than {MAX_CELLS} cells in a sheet")
    cells: dict[tuple[int, int], GridCell] = {}
    columns: dict[str, int] = {}
    shows = {str(i): show for i, show in enumerate(formats)}
    for row, letters, style, kind, value in content.cells:
        column = columns.get(letters) or columns.setdefault(letters, column_number(letters))
        if kind == "s":
            text = strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
        elif not kind or kind == "n":
            text = shows.get(style, plain)(value)
        else:
            text = _other(kind, value)
        if text and column <= MAX_COLUMN:
            cells[row, column] = GridCell(row, column, text)
    return cells


def _other(kind: str, value: str) -> str:
    """Text of a truth value, an ISO date, a formula's string or an error."""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    return value.removesuffix("T00:00:00") if kind == "d" else unescaped(value)


def _any_hidden(content: SheetXml, cells: dict[tuple[int, int], GridCell]) -> bool:
    if not content.hidden_rows and not content.hidden_columns:
        return False
    columns = {column for _, column in cells}
    return any(row in content.hidden_rows for row, _ in cells) or any(
        low <= column <= high for low, high in content.hidden_columns for column in columns
    )


def areas(references: list[str]) -> list[Area]:
    """Merged areas from ``A1:C2``."""
    out = []
    for reference in references:
        corners = REFERENCE.findall(reference)
        if len(corners) == 2:
            (left, top), (right, bottom) = corners
            out.append((int(top), column_number(left), int(bottom), column_number(right)))
    return out


def merge(cells: dict[tuple[int, int], GridCell], merged: list[Area]) -> None:
    """Give top-left cells their spans and drop what merged areas cover (stale values that nobody sees)."""
    by_row: dict[int, list[tuple[int, int]]] = {}
    rows = sorted({row for row, _ in cells})
    budget = MAX_AREA_ROWS
    for top, left, bottom, right in merged:
        cell = cells.get((top, left))
        if cell is not None:
            cell.row_span, cell.column_span = max(1, bottom - top + 1), max(1, right - left + 1)
        touched = rows[bisect_left(rows, top) : bisect_right(rows, bottom)]
        budget -= len(touched)
        if budget < 0:
            break
        for row in touched:
            by_row.setdefault(row, []).append((left, right))
    corners = {(top, left) for top, left, _, _ in merged}
    covered = [
        place
        for place in (cells if by_row else ())
        if place[0] in by_row
        and place not in corners
        and any(left <= place[1] <= right for left, right in by_row[place[0]])
    ]
    for place in covered:
        del cells[place]
