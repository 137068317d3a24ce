"""Workbooks (.xlsx, .xlsm), straight from the XML: half the time of any library, and number formats at hand.

Sheet after sheet, each under a line with its name and as one table whose cells keep their coordinates. Stored values
of formulas; percent and date formats applied. Hidden rows, columns and sheets are read and flagged.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from extractors.errors import Rejected
from extractors.reading.archive import Package, open_zip
from extractors.reading.assembly import Assembly, GridCell, Parsed
from extractors.reading.numberformat import BUILT_IN, Show, plain, shower

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main")
MAX_CELLS = 5_000_000
MAX_COLUMN = 16_384
ROW, CELL, VALUE, INLINE, MERGE, COLUMN = (NS + tag for tag in ("row", "c", "v", "is", "mergeCell", "col"))
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
LETTERS = re.compile(r"[A-Z]{1,3}")


def read(data: bytes, name: str) -> Parsed:
    """Every sheet that holds text. Raises Rejected where the package or its XML is broken."""
    package = open_zip(data)
    book = _root(package, "xl/workbook.xml")
    properties = book.find(NS + "workbookPr")
    date1904 = properties is not None and properties.get("date1904") in {"1", "true"}
    strings = _shared_strings(package)
    formats = _formats(package, date1904)
    targets = _relations(package)
    assembly = Assembly()
    for sheet in book.iter(NS + "sheet"):
        part = next((targets[value] for key, value in sheet.attrib.items() if key.endswith("}id") and value in targets), "")
        if part not in package.names:
            continue
        cells, hidden = _sheet(package, part, strings, formats)
        if not cells:
            continue
        if hidden or sheet.get("state", "visible") != "visible":
            assembly.flags.add("hidden")
        title = sheet.get("name", "")
        assembly.line(title)
        assembly.table(cells, sheet=title, sparse=True)
    return assembly.parsed()


def _parts(package: Package, part: str, *tags: str) -> Iterator[Any]:
    """Elements of a part as they end, one by one; each is emptied after use, so that no tree grows."""
    source = package.read(part).replace(*STRICT)
    parsing = etree.iterparse(
        BytesIO(source), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
    )
    try:
        for _, element in parsing:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise Rejected("unreadable", "broken XML in the package") from error


def _root(package: Package, part: str) -> Any:
    if part not in package.names:
        raise Rejected("unreadable", "a workbook without its main part")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True)
    try:
        return etree.fromstring(package.read(part).replace(*STRICT), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Rejected("unreadable", "broken XML in the package") from error


def _relations(package: Package) -> dict[str, str]:
    part = "xl/_rels/workbook.xml.rels"
    if part not in package.names:
        return {}
    targets = {relation.get("Id", ""): relation.get("Target", "") for relation in _root(package, part)}
    return {key: target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}") for key, target in targets.items()}


def _shared_strings(package: Package) -> list[str]:
    part = next((name for name in package.names if name.lower() == "xl/sharedstrings.xml"), "")
    return [_rich_text(item) for item in _parts(package, part, NS + "si")] if part else []


def _rich_text(item: Any) -> str:
    """Text of a string item: plain or in runs; the phonetic reading (rPh) is no part of it."""
    texts = [child.text or "" for child in item.iterfind(NS + "t")]
    texts += [child.text or "" for child in item.iterfind(f"{NS}r/{NS}t")]
    return "".join(texts)


def _formats(package: Package, date1904: bool) -> list[Show]:
    """How each cell style shows numbers."""
    if "xl/styles.xml" not in package.names:
        return []
    styles = _root(package, "xl/styles.xml")
    codes = {number.get("numFmtId"): number.get("formatCode", "") for number in styles.iter(NS + "numFmt")}
    shows = list[Show]()
    for style in styles.iterfind(f"{NS}cellXfs/{NS}xf"):
        number = style.get("numFmtId", "0")
        code = codes.get(number)
        if code is None:
            code = BUILT_IN.get(int(number), "") if number.isdecimal() and len(number) < 6 else ""
        shows.append(shower(code, date1904=date1904))
    return shows


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def _sheet(package: Package, part: str, strings: list[str], formats: list[Show]) -> tuple[list[GridCell], bool]:
    """Cells with text, and whether any of them stands in a hidden row or column."""
    cells: dict[tuple[int, int], GridCell] = {}
    columns: dict[str, int] = {}
    hidden_columns: list[tuple[int, int]] = []
    merges: list[str] = []
    hidden, row_number = False, 0
    for element in _parts(package, part, ROW, MERGE, COLUMN):
        if element.tag == COLUMN:
            if element.get("hidden") in {"1", "true"}:
                hidden_columns.append((int(element.get("min", "0")), int(element.get("max", "0"))))
            continue
        if element.tag == MERGE:
            merges.append(element.get("ref", ""))
            continue
        row_number = int(element.get("r") or row_number + 1)
        column, any_text = 0, False
        for cell in element:
            if cell.tag != CELL:
                continue
            reference = cell.get("r")
            if reference:
                letters = reference.rstrip("0123456789")
                column = columns.get(letters) or columns.setdefault(letters, _column(letters))
            else:
                column += 1
            text = _cell_value(cell, strings, formats)
            if text and column <= MAX_COLUMN:
                cells[row_number, column] = GridCell(row_number, column, text)
                any_text = True
        if any_text and element.get("hidden") in {"1", "true"}:
            hidden = True
        if len(cells) > MAX_CELLS:
            raise Rejected("too_large", f"more than {MAX_CELLS} cells in a sheet")
    _merge(cells, merges)
    hidden = hidden or any(low <= column <= high for low, high in hidden_columns for _, column in cells)
    return list(cells.values()), hidden


def _cell_value(cell: Any, strings: list[str], formats: list[Show]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(INLINE)
        return "" if inline is None else _rich_text(inline)
    element = cell.find(VALUE)
    value = element.text if element is not None else None
    if not value:
        return ""
    if kind == "s":
        return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    if kind != "n":  # str: the text a formula gave; e: an error; d: an ISO date
        return str(value.removesuffix("T00:00:00") if kind == "d" else value)
    style = cell.get("s")
    show = formats[int(style)] if style and style.isdecimal() and int(style) < len(formats) else plain
    return show(value)


def _merge(cells: dict[tuple[int, int], GridCell], merges: list[str]) -> None:
    """Give top-left cells their spans and drop what merged areas cover (stale values that nobody sees)."""
    areas: list[tuple[int, int, int, int]] = []
    for reference in merges:
        corners = REFERENCE.findall(reference)
        if len(corners) == 2:
            (left, top), (right, bottom) = corners
            areas.append((int(top), _column(left), int(bottom), _column(right)))
    for top, left, bottom, right in areas:
        cell = cells.get((top, left))
        if cell is not None:
            cell.row_span, cell.column_span = bottom - top + 1, right - left + 1
    covered = _covered(cells, areas)
    for place in covered:
        del cells[place]


def _covered(cells: dict[tuple[int, int], GridCell], areas: list[tuple[int, int, int, int]]) -> list[tuple[int, int]]:
    """Cells inside a merged area but not in its corner, in time linear in cells and the rows that areas touch."""
    if not areas:
        return []
    last = max(row for row, _ in cells) if cells else 0
    by_row: dict[int, list[tuple[int, int, int]]] = {}
    budget = 2_000_000
    for top, left, bottom, right in areas:
        for row in range(top, min(bottom, last) + 1):
            by_row.setdefault(row, []).append((left, right, top))
            budget -= 1
        if budget < 0:
            break
    out = []
    for row, column in cells:
        for left, right, top in by_row.get(row, ()):
            if left <= column <= right and (row, column) != (top, left):
                out.append((row, column))
                break
    return out
