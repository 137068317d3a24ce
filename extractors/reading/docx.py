"""Word documents (.docx, .docm): the body in its order, from python-docx's element tree.

The package is opened by hand, since python-docx knows no limits for what arrives from outside and no .docm.

Automatic list numbers are written out, tables become tables, text boxes follow the paragraph that they hang on,
tracked changes stand as accepted. Headers, footers, footnotes and comments are no part of the body; notes that were left
out are counted as ``notes_unread``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import Any

from docx.oxml.parser import element_class_lookup
from docx.oxml.table import CT_Tc

from extractors.errors import Rejected
from extractors.reading import html, mht, plain
from extractors.reading.archive import Package, open_zip
from extractors.reading.assembly import Assembly, GridCell, Parsed
from extractors.reading.numbering import Numbering
from extractors.reading.officeparts import main_part, relations
from extractors.reading.sniff import sniff
from extractors.reading.xmlpart import root

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
MAX_XML = 128 << 20  # bytes of one part: the tree takes about ten times as much
MAX_DEPTH = 200
MAX_COLUMNS = 16_384
P, TBL, TR, TC, R, T = W + "p", W + "tbl", W + "tr", W + "tc", W + "r", W + "t"
ALT_CHUNK = W + "altChunk"
CHUNKS = frozenset({"html", "mht", "txt", "docx"})
MAX_CHUNKS = 50  # a document that holds more documents was made to exhaust its reader
TEXT_BOX = W + "txbxContent"
TEXTS = frozenset({T, MATH_TEXT})
# What stands for a character inside a run.
SIGNS = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
# Taken out of the text: deletions and moves away (as accepted), field codes, properties, readings above characters.
DROPPED = frozenset(
    W + name
    for name in (
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "pPr",
        "rPr",
        "tblPr",
        "tblGrid",
        "trPr",
        "tcPr",
        "sdtPr",
        "rt",
        "sectPr",
    )
)


def read(data: bytes, name: str) -> Parsed:
    """Paragraphs and tables of the main part. Raises Rejected where the package or its XML is broken."""
    package = open_zip(data)
    main = main_part(package, "word/document.xml", "wordprocessingml")
    folder = posixpath.dirname(main)
    body = root(package.read(main, MAX_XML), element_class_lookup)
    numbering = _optional(package, f"{folder}/numbering.xml")
    styles = None if numbering is None else _optional(package, f"{folder}/styles.xml", b"numPr")
    document = _Body(Numbering(numbering, styles), lambda key: _chunk(package, main, key))
    document.blocks(body)
    document.flush()
    parsed = document.assembly.parsed()
    if next(body.iterfind(f".//{R}/{W}rPr/{W}vanish"), None) is not None:
        parsed.flags.add("hidden")
    notes = sum(1 for _ in body.iter(W + "footnoteReference", W + "endnoteReference"))
    if notes:
        parsed.warnings["notes_unread"] = notes
    return parsed


def _chunk(package: Package, main: str, key: str) -> Parsed | None:
    """A document of another format inside this one (altChunk); None where it is not read."""
    part = relations(package, main).get(key, "")
    if part not in package.names:
        return None
    data = package.read(part, MAX_XML)
    if sniff(data, part) not in CHUNKS:
        return None
    try:
        reader = {"html": html.read, "mht": mht.read, "docx": read}.get(sniff(data, part), plain.read)
        return reader(data, part)
    except Rejected:
        return None


def _xml(package: Package, part: str) -> Any:
    return root(package.read(part, MAX_XML))


def _optional(package: Package, part: str, wanted: bytes = b"") -> Any | None:
    """Root of a part, None where it is missing, broken or does not hold ``wanted``."""
    try:
        return _xml(package, part) if part in package.names and wanted in package.read(part, MAX_XML) else None
    except Rejected:  # a document reads without its styles and numbers
        return None


class _Body:
    """Walks block content and writes it to its assembly."""

    def __init__(self, numbering: Numbering, chunk: Callable[[str], Parsed | None]) -> None:
        self.assembly = Assembly()
        self._chunk = chunk
        self._numbering = numbering
        self._carried = ""  # text of paragraphs whose end mark was deleted: it runs into the next
        self._depth = 0
        self._chunks = 0

    def blocks(self, parent: Any) -> None:
        """Write the paragraphs and tables below ``parent``, whatever wraps them."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Rejected("unreadable", "nested too deeply")
        for child in parent:
            tag = child.tag
            if tag == P:
                self._paragraph(child)
            elif tag == TBL:
                self._table(child)
            elif tag == ALT_CHUNK:
                self._foreign(child)
            elif tag not in DROPPED:
                self.blocks(_chosen(child))
        self._depth -= 1

    def _paragraph(self, paragraph: Any) -> None:
        text, boxes = self._text(paragraph)
        properties = paragraph.find(W + "pPr")
        if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
            self._carried += text
        else:
            self.assembly.line(self._carried + text)
            self._carried = ""
        for box in boxes:
            self.blocks(box)

    def _foreign(self, element: Any) -> None:
        key = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
        parsed = self._chunk(key) if self._chunks < MAX_CHUNKS else None
        self._chunks += 1
        if parsed is None:
            self.assembly.warnings["parts_unread"] = self.assembly.warnings.get("parts_unread", 0) + 1
        else:
            self.assembly.include(parsed)

    def flush(self) -> None:
        """Write what a deleted paragraph mark carried past the last paragraph."""
        if self._carried:
            self.assembly.line(self._carried)

    def _text(self, paragraph: Any) -> tuple[str, list[Any]]:
        """A paragraph's text with its automatic number, and the text boxes that hang on it."""
        pieces: list[str] = []
        boxes: list[Any] = []
        _runs(paragraph, pieces, boxes)
        text = "".join(pieces)
        number = self._numbering.next(paragraph)
        return number + text if text else number.rstrip(" "), boxes

    def _table(self, table: Any) -> None:
        grid: list[GridCell] = []
        contents: list[Any] = []
        above: dict[int, GridCell] = {}  # column -> the cell that vertical merges below it continue
        for number, row in enumerate(_rows(table), 1):
            column = 1 + _value(row, f"{W}trPr/{W}gridBefore", 0)
            for cell in _cells(row):
                span, merge = _merge(cell)
                continued = above.get(column) if merge == "continue" else None
                if continued is not None:
                    continued.row_span = number - continued.row + 1
                else:
                    above[column] = GridCell(number, column, "", column_span=span)
                    grid.append(above[column])
                    contents.append(cell)
                column += span
        if len(grid) == 1:  # a frame round text, not a table
            self.blocks(contents[0])
            return
        for place, cell in zip(grid, contents, strict=True):
            place.text = " ".join(self._cell_lines(cell))
        self.assembly.table(grid)

    def _cell_lines(self, cell: Any) -> Iterator[str]:
        """Text of the paragraphs in a cell, those of tables and boxes inside it included."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Rejected("unreadable", "nested too deeply")
        for child in cell:
            if child.tag == P:
                text, boxes = self._text(child)
                if text.strip():
                    yield text.strip()
                for box in boxes:
                    yield from self._cell_lines(box)
            elif child.tag not in DROPPED:
                yield from self._cell_lines(_chosen(child))
        self._depth -= 1


def _chosen(element: Any) -> Any:
    """The one branch to read of alternatives that say the same; anything else as it is."""
    return element[0] if element.tag == CHOICE and len(element) else element


def _runs(element: Any, pieces: list[str], boxes: list[Any]) -> None:
    """Collect the characters below ``element`` into ``pieces`` and text boxes into ``boxes``."""
    for child in element:
        tag = child.tag
        if len(child) and tag not in DROPPED:
            if tag == TEXT_BOX:
                boxes.append(child)
            elif tag == CHOICE:
                _runs(child[0], pieces, boxes)
            else:
                _runs(child, pieces, boxes)
        elif tag in TEXTS:
            pieces.append(child.text or "")
        elif tag in SIGNS:
            pieces.append(SIGNS[tag])


def _value(element: Any, path: str, default: int) -> int:
    found = element.find(path)
    value = found.get(W + "val", "") if found is not None else ""
    return int(value) if value.isdecimal() and len(value) < 6 else default


def _merge(cell: CT_Tc) -> tuple[int, str]:
    """(columns covered, "restart", "continue" or "" for the vertical merge) of a cell."""
    try:
        return min(max(1, cell.grid_span), MAX_COLUMNS), cell.vMerge or ""
    except ValueError:  # a span or merge that Word does not write
        return 1, ""


def _rows(table: Any) -> Iterator[Any]:
    for row in table:
        if row.tag == TR:
            if row.find(f"{W}trPr/{W}del") is None:
                yield row
        elif row.tag not in DROPPED:
            yield from _rows(row)


def _cells(row: Any) -> Iterator[Any]:
    for cell in row:
        if cell.tag == TC:
            yield cell
        elif cell.tag not in DROPPED:
            yield from _cells(cell)
