"""OpenDocument spreadsheets (.ods), straight from content.xml: what a cell shows stands beside its value there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extractors.errors import Rejected
from extractors.reading.archive import open_zip
from extractors.reading.assembly import Assembly, GridCell, Parsed
from extractors.reading.numberformat import percent, plain
from extractors.reading.xlsx import MAX_CELLS, Rows
from extractors.reading.xmlpart import root as root_of

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
SPAN_ROWS, SPAN_COLUMNS = TABLE + "number-rows-spanned", TABLE + "number-columns-spanned"
MAX_XML = 128 << 20
MAX_REPEAT = 1000  # a row or cell with text that is repeated more often is a fill, not data


def read(data: bytes, name: str) -> Parsed:
    """Every sheet that holds text. Raises Rejected: unreadable, encrypted, too_large."""
    package = open_zip(data)
    if "content.xml" not in package.names:
        raise Rejected("unreadable", "a spreadsheet package without content.xml")
    if "META-INF/manifest.xml" in package.names and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise Rejected("encrypted", "spreadsheet protected by a password")
    root = root_of(package.read("content.xml", MAX_XML))
    invisible = {
        style.get(STYLE + "name")
        for style in root.iter(STYLE + "style")
        if any(
            properties.get(TABLE + "display") == "false" for properties in style.iterfind(STYLE + "table-properties")
        )
    }
    assembly = Assembly()
    for table in root.iter(TABLE + "table"):
        cells, hidden = _cells(table)
        if cells:
            title = table.get(TABLE + "name", "")
            if hidden or table.get(TABLE + "style-name") in invisible:
                assembly.flags.add("hidden")
            assembly.line(title)
            rows: Rows = {}
            for cell in cells:
                rows.setdefault(cell.row, {})[cell.column] = cell.text
            assembly.sheet(title, rows, {(c.row, c.column): (c.row_span, c.column_span) for c in cells})
    return assembly.parsed()


def _count(element: Any, attribute: str) -> int:
    value = element.get(attribute, "1")
    return max(1, int(value)) if value.isdecimal() and len(value) < 8 else 1


def _cells(table: Any) -> tuple[list[GridCell], bool]:
    """Cells with text, and whether any of them is in a hidden row or column."""
    cells: list[GridCell] = []
    hidden_columns: list[tuple[int, int]] = []
    hidden, at = False, 1
    for column in table.iter(TABLE + "table-column"):
        repeat = _count(column, TABLE + "number-columns-repeated")
        if column.get(TABLE + "visibility", "visible") != "visible":
            hidden_columns.append((at, at + repeat - 1))
        at += repeat
    number = 1
    for row in table.iter(TABLE + "table-row"):
        repeat = _count(row, TABLE + "number-rows-repeated")
        found = list(_row(row))
        for again in range(min(repeat, MAX_REPEAT) if found else 0):
            cells += [GridCell(number + again, c.column, c.text, c.row_span, c.column_span) for c in found]
        hidden = hidden or (bool(found) and row.get(TABLE + "visibility", "visible") != "visible")
        number += repeat
        if len(cells) > MAX_CELLS:
            raise Rejected("too_large", f"more than {MAX_CELLS} cells in a sheet")
    return cells, hidden or any(low <= cell.column <= high for low, high in hidden_columns for cell in cells)


def _row(row: Any) -> Iterator[GridCell]:
    column = 1
    for cell in row.iterchildren(TABLE + "table-cell", TABLE + "covered-table-cell"):
        repeat = _count(cell, TABLE + "number-columns-repeated")
        text = _show(cell) if cell.tag == TABLE + "table-cell" else ""
        for again in range(min(repeat, MAX_REPEAT) if text else 0):
            yield GridCell(1, column + again, text, _count(cell, SPAN_ROWS), _count(cell, SPAN_COLUMNS))
        column += repeat


def _show(cell: Any) -> str:
    kind, value = cell.get(OFFICE + "value-type", ""), cell.get(OFFICE + "value", "")
    shown = "\n".join("".join(paragraph.itertext()) for paragraph in cell.iterfind(TEXT + "p"))
    if kind == "percentage" and value:
        digits = shown.rstrip("% ").partition(".")[2]
        return percent(value, len(digits))
    if kind in {"float", "currency"} and value:
        return plain(value)
    if kind == "date":
        stored = str(cell.get(OFFICE + "date-value", ""))
        return stored[:10] if not stored[10:].strip("T0:.Z") else stored[:16].replace("T", " ")
    return shown
